"""Adversarial readings of eleven providers: what a hostile or careless page must not get past their parsers.

The shared suites mutate pages in general ways; here are the ways these pages in particular could mislead:
columns moved under merged cells, one cell in another currency, half a day, a footnote gone, a price in words.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sources.catalogue import UNTRUSTED, source
from sources.pages.page import Page
from sources.pages.quote import PriceQuote
from sources.pages.tables import Grid, html_grids
from sources.trials.exactness import rows_of

PROVIDERS = ("alibaba", "aliyun", "byteplus", "cohere", "deepseek", "groq", "minimax", "moonshot", "tencent", "zai", "zhipu")


def specimens(provider: str) -> list[Path]:
    return sorted(p for p in (source(f"prices/{provider}").folder / "specimens").iterdir() if not p.name.endswith(".golden.csv"))


ALL = [(p, path) for p in PROVIDERS for path in specimens(p)]
IDS = [f"{p}:{path.name}" for p, path in ALL]


def text_of(provider: str, name: str) -> str:
    return (source(f"prices/{provider}").folder / "specimens" / name).read_text(encoding="utf-8")


def rows(provider: str, text: str) -> list[dict[str, str]]:
    return rows_of("prices", source(f"prices/{provider}").read(text.encode()))


def refused(provider: str, text: str) -> bool:
    try:
        source(f"prices/{provider}").read(text.encode())
    except UNTRUSTED:
        return True
    return False


def page_of(grids: list[Grid], order: Callable[[int], list[int]]) -> str:
    """The tables of a page printed again without merged cells, their columns in another order."""
    parts = []
    for grid in grids:
        parts += [f"<h2>{html.escape(h)}</h2>" for h in grid.heading[-1:]]
        parts.append(f"<p>{html.escape(grid.before)}</p><table>")
        for row in grid.rows:
            cells = [row[n] for n in order(len(row))]
            parts.append("<tr>" + "".join(f"<td>{'<br>'.join(map(html.escape, c.lines))}</td>" for c in cells) + "</tr>")
        parts.append("</table>")
    return f"<!doctype html><html><body>{''.join(parts)}</body></html>"


@pytest.mark.parametrize(("provider", "name"), [("aliyun", "regions.html"), ("byteplus", "tiers.html"), ("alibaba", "models.html")])
def test_columns_may_stand_in_any_order_under_merged_cells(provider: str, name: str) -> None:
    grids = html_grids(Page(text_of(provider, name).encode()).tree)
    reversed_page = page_of(grids, lambda width: list(range(width))[::-1])
    assert rows(provider, reversed_page) == rows(provider, text_of(provider, name))


def test_deepseek_models_may_stand_in_any_order() -> None:
    grids = html_grids(Page(text_of("deepseek", "one_price.html").encode()).tree)
    swapped = rows("deepseek", page_of(grids, lambda width: [*range(width - 2), width - 1, width - 2]))
    assert {r["model"]: r for r in swapped} == {r["model"]: r for r in rows("deepseek", text_of("deepseek", "one_price.html"))}


PRICE = re.compile(r"\\?\$\d+(?:\.\d+)?(?![\d,])|¥\d+(?:\.\d+)?|(?<![\d.])\d+(?:\.\d+)? ?元")


def prices_in(text: str) -> list[re.Match[str]]:
    """Printed prices, tokens per dollar (``10M / $1``) aside."""
    return [m for m in PRICE.finditer(text) if not text[: m.start()].endswith("/ ")]


def wide_figures(provider: str, text: str) -> list[str]:
    return [r[c] for r in rows(provider, text) for c in ("input", "output", "cached")]


@pytest.mark.parametrize(("provider", "path"), ALL, ids=IDS)
@pytest.mark.parametrize("to", ["€{}", "{} CHF", "{}%", "about {}", "{}-{}", "{},5", "from {}"])
def test_a_price_in_other_words_is_never_read_as_before(provider: str, path: Path, to: str) -> None:
    """Another currency, a percentage, an estimate, a range, a decimal comma: refused, or its row is gone and no other has changed."""
    text = path.read_text(encoding="utf-8")
    before = wide_figures(provider, text)
    wide = Counter(tuple(r.values()) for r in rows(provider, text))
    for match in prices_in(text)[:4]:
        figure = re.sub(r"[^\d.]", "", match[0])
        after = text[: match.start()] + to.format(figure, figure) + text[match.end() :]
        if not refused(provider, after):
            left = Counter(tuple(r.values()) for r in rows(provider, after))
            assert not left - wide, f"{match[0]} as {to.format(figure, figure)!r}"
            assert figure not in set(before) or before.count(figure) > wide_figures(provider, after).count(figure)


@pytest.mark.parametrize(("provider", "path"), ALL, ids=IDS)
def test_invisible_marks_change_no_price(provider: str, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    marked = PRICE.sub(lambda m: f"\u200e{m[0][:-1]}\u2060{m[0][-1]}", text)
    assert refused(provider, marked) or rows(provider, marked) == rows(provider, text)


@pytest.mark.parametrize(("provider", "path"), [a for a in ALL if a[1].suffix == ".html"], ids=lambda v: getattr(v, "name", v))
@pytest.mark.parametrize("share", [0.3, 0.5, 0.7, 0.9, 0.99])
def test_html_that_ends_early_is_refused(provider: str, path: Path, share: float) -> None:
    text = path.read_text(encoding="utf-8").rstrip()
    assert refused(provider, text[: int(len(text) * share)])


@pytest.mark.parametrize(("provider", "path"), ALL, ids=IDS)
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_pages_give_rows_or_a_named_refusal(provider: str, path: Path, data: st.DataObject) -> None:
    body = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + data.draw(st.integers(0, 30))] = data.draw(
            st.binary(max_size=12)
            | st.sampled_from(
                [b"<table>", b"</td>", b"|", b"\n", b"$", "\u202e".encode(), b'rowspan="9999"', b"\x00", b"<del>", "元".encode()]
            )
        )
    try:
        quotes = source(f"prices/{provider}").read(bytes(body))
    except UNTRUSTED as error:
        assert str(error).startswith(f"prices/{provider}: ")
    else:
        assert all(isinstance(q, PriceQuote) and q.value >= 0 and q.unit for q in quotes)


@pytest.mark.parametrize(
    "gone",
    [
        "Peak hours are 01:00 - 04:00 and 06:00 - 10:00 UTC, Monday through Friday.",
        " UTC",
        "<tr><td>PEAK</td><td>$0.3</td><td>$1.32</td></tr>",
        "OFF-PEAK",
    ],
)
def test_deepseek_peak_prices_need_their_hours_zone_and_twin(gone: str) -> None:
    text = text_of("deepseek", "peak.html")
    assert gone in text
    assert refused("deepseek", text.replace(gone, "", 1))


def test_deepseek_announced_prices_begin_when_the_old_ones_end() -> None:
    read = rows("deepseek", text_of("deepseek", "shifted.md"))
    assert {r["valid_to"] for r in read if r["tier"] == "standard"} == {r["valid_from"] for r in read if r["tier"] != "standard"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("at 16:00 UTC on August 16, 2026", "soon"),
        ("16:00 UTC", "16:00"),
        ("August 16, 2026", "August 16"),
        ("take effect", "are expected"),
    ],
)
def test_deepseek_announced_list_without_its_moment_is_refused(old: str, new: str) -> None:
    text = text_of("deepseek", "shifted.md")
    assert old in text
    assert refused("deepseek", text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<br>(2) Discount until 2026/05/31 15:59 UTC.", ""),
        ("<del>$0.0145</del>", "<del>$0.0001</del>"),
        ("$0.435 (75% off<sup>(2)</sup>)", ""),
        ("PRICING</td><td>1M INPUT", "PRICING</td><td>1K INPUT"),
    ],
)
def test_deepseek_discounts_are_read_whole_or_refused(old: str, new: str) -> None:
    text = text_of("deepseek", "struck.html")
    assert old in text
    assert refused("deepseek", text.replace(old, new, 1))


def test_deepseek_discount_whose_strike_was_lost_reads_the_same() -> None:
    text = text_of("deepseek", "struck.html")
    assert rows("deepseek", re.sub(r"</?del>", "", text)) == rows("deepseek", text)


def test_deepseek_stacked_prices_without_their_footnote_are_refused() -> None:
    text = text_of("deepseek", "stacked.txt")
    assert refused("deepseek", text.replace("The original price and the discounted price; discount", "Offer", 1))


@pytest.mark.parametrize("moment", ["2025-02-08 24:00", "2025/02/09 00:00"])
def test_beijing_moments_become_utc(moment: str) -> None:
    from sources.providers.deepseek.times import moments, period

    assert moments(f"北京时间 {moment}")[0][1] == "2025-02-08T16:00Z"
    assert period(f"价格优惠至北京时间 {moment}。") == ("", "2025-02-08T16:00Z")


def less(provider: str, text: str, changed: str) -> set[str]:
    """The models of the rows that a changed page no longer gives; fails where it gives a row that was not there before."""
    before, after = (
        Counter(tuple(r.values()) for r in rows(provider, t)) if not refused(provider, t) else Counter() for t in (text, changed)
    )
    assert not after - before
    return {row[0] for row in before - after}


@pytest.mark.parametrize(
    ("old", "new", "lost"),
    [
        ('<>{"$"}3.00</>', "<>{price(3)}</>", "kimi-k3"),
        ('rows={[\n["kimi-k2.6"', 'rows={[\n...extra, ["kimi-k2.6"', "kimi-k2.6"),
        ("\n]}\n/>", "", "kimi-k3"),
        ("Output Price", "Input Price", "kimi-k3"),
        ('"1M tokens"', '"1K tokens"', "kimi-k3"),
        ('{"$"}4.00', '{"¥"}4.00', "kimi-k2.6"),
    ],
)
def test_a_moonshot_table_that_holds_code_or_contradicts_itself_loses_its_rows(old: str, new: str, lost: str) -> None:
    text = text_of("moonshot", "component.md")
    assert old in text
    assert lost in less("moonshot", text, text.replace(old, new, 1))


def test_minimax_lines_in_another_order_are_refused() -> None:
    text = text_of("minimax", "lines.txt")
    assert refused("minimax", text.replace("$0.3/ M tokens $1.2/ M tokens", "$1.2/ M tokens $0.3/ M tokens"))
    assert refused("minimax", text.replace("50% off ", ""))


def test_minimax_tier_comes_from_the_selected_tab() -> None:
    text = text_of("minimax", "boxes.html")
    other = text.replace('aria-selected="true">标准', 'aria-selected="false">标准').replace(
        'aria-selected="false">优先', 'aria-selected="true">优先'
    )
    assert [r["tier"] for r in rows("minimax", other)] == ["priority", "standard"]
    assert refused("minimax", text.replace(">标准<", ">专享<"))


def test_tencent_repeats_models_by_region_and_refuses_a_table_without_its_region() -> None:
    text = text_of("tencent", "tabs.html")
    quotes = source("prices/tencent").read(text.encode())
    assert {q.region for q in quotes if q.model_label == "Hy-MT2-Plus"} == {"新加坡", "广州"}
    assert refused("tencent", text.replace('<div class="tse-tabs__item-label">广州</div>', ""))
    assert refused("tencent", text.replace("推理输出<div>（美元/百万 tokens）", "推理输出<div>（元/百万 tokens）", 1))


@pytest.mark.parametrize(
    ("provider", "name", "old", "new"),
    [
        ("aliyun", "regions.html", "输出单价（元/千 Token）", "输出单价（元/百万 Token）"),
        ("byteplus", "tiers.html", "Output (USD/M tokens)", "Output (USD/K tokens)"),
        ("byteplus", "tiers.html", "Offline batch inference", "Reserved inference"),
        ("zai", "tables.md", "Prices per 1M tokens.", "Prices per unit."),
        ("zai", "tables.md", "All prices are in USD.", "All prices are in EUR."),
        ("zhipu", "split.html", "输出单价</div><div>(百万tokens)", "输出单价</div><div>(千tokens)"),
        ("zhipu", "split.html", "<td>GLM-4-AirX</td>", "<td>GLM-4-AirX 已下线</td>"),
        ("cohere", "cards.html", "<p>$10.00 / 1M tokens</p>", "<p>Contact us</p>"),
        ("cohere", "prose.md", "output tokens at", "and"),
        ("cohere", "vault.md", "| Model | Hourly rate | XL hourly rate |", "| Model | Input | Output |"),
        ("alibaba", "models.html", "Output price<br>(per 1M tokens)", "Output price<br>(per 1K tokens)"),
    ],
)
def test_a_changed_unit_section_or_word_costs_its_rows(provider: str, name: str, old: str, new: str) -> None:
    text = text_of(provider, name)
    assert old in text
    changed = text.replace(old, new, 1)
    assert refused(provider, changed) or less(provider, text, changed)


def test_the_yuan_pages_without_expected_rows_read_as_a_person_reads_them(shared_data: Path) -> None:
    """Figures read by eye on the two captures that have no expected rows."""

    def read(name: str) -> dict[tuple[str, str, str], tuple[str, ...]]:
        body = next((shared_data / "prices" / "captures" / name).glob("*.html")).read_bytes()
        found = rows_of("prices", source(f"prices/{name}").read(body))
        assert {r["currency"] for r in found} == {"CNY"} and {r["unit"] for r in found} == {"1M tokens"}
        return {(r["model"], r["tier"], r["condition"]): (r["input"], r["output"], r["cached"], r["cache_write_5m"]) for r in found}

    minimax, zhipu = read("minimax"), read("zhipu")
    assert minimax == {
        ("MiniMax-M3", "standard", "context <= 512K"): ("2.1", "8.4", "0.42", ""),
        ("MiniMax-M3", "standard", "context 512K - 1M"): ("4.2", "16.8", "0.84", ""),
        ("MiniMax-M2.7", "standard", ""): ("2.1", "8.4", "0.42", "2.625"),
        ("MiniMax-M2.7-highspeed", "standard", ""): ("4.2", "16.8", "0.42", "2.625"),
    }
    assert len(zhipu) == 64
    assert zhipu["GLM-5.2", "standard", ""] == ("8", "28", "2", "")
    assert zhipu["GLM-4.7", "standard", "输入长度 [0, 32)K 输出长度 [0.2+)K"] == ("3", "14", "0.6", "")
    assert zhipu["GLM-4-Plus", "batch", ""] == ("2.5", "2.5", "", "")
    assert zhipu["GLM-4.5V", "standard", "输入长度 [32, 64)K"] == ("4", "12", "0.8", "")
    assert zhipu["Rerank", "standard", ""] == ("0.8", "", "", "")
