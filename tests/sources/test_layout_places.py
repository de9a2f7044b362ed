"""What tells prices apart by where they stand: tabs, panes, notes, days, hours, sentences and the data behind a page."""

from __future__ import annotations

import html
import json

import pytest

from sources.catalogue import UNTRUSTED, stranger
from sources.pages.periods import Period, period_in
from sources.pages.quote import LeftOut, PriceQuote
from sources.pages.wide import wide_rows

Row = dict[str, str]


def told(text: str) -> tuple[list[PriceQuote], list[LeftOut]]:
    parsed = stranger("acme").parsed(text.encode())
    return [q for q in parsed.quotes if isinstance(q, PriceQuote)], [o for o in parsed.left_out if o.extent == "block"]


def rows(text: str) -> list[Row]:
    return wide_rows(told(text)[0])


def table(*lines: str) -> str:
    return "\n".join([lines[0], "|" + "---|" * (lines[0].count("|") - 1), *lines[1:], ""])


def priced(price: int) -> str:
    return table("| | Price per 1M tokens |", f"| Input | ${price} |", f"| Output | ${price * 4} |")


def test_tables_below_one_list_of_tabs_are_of_those_tiers_even_where_two_of_them_are_alike() -> None:
    page = "## nova-2\n\n[Standard](#a)[Batch](#b)[Flex](#c)\n\n" + "\n".join([priced(2), priced(1), priced(1)])
    assert [(r["model"], r["tier"], r["input"]) for r in rows(page)] == [
        ("nova-2", "standard", "2"),
        ("nova-2", "batch", "1"),
        ("nova-2", "flex", "1"),
    ]


def test_tables_that_are_fewer_than_their_tabs_are_of_no_known_tier() -> None:
    with pytest.raises(UNTRUSTED, match="tier"):
        rows("## nova-2\n\n[Standard](#a)[Batch](#b)[Flex](#c)\n\n" + priced(2))


PANES = {
    "by value": '<div data-value="standard">{}</div><div data-value="batch" hidden>{}</div>',
    "by the tab that opens it": '<button role="tab" id="t1">Standard</button><button role="tab" id="t2">Batch</button>'
    '<div role="tabpanel" aria-labelledby="t1">{}</div><div role="tabpanel" aria-labelledby="t2">{}</div>',
}


@pytest.mark.parametrize("panes", PANES.values(), ids=PANES)
def test_a_table_in_a_pane_is_of_the_tier_of_its_tab(panes: str) -> None:
    grid = "<table><tr><th>Model</th><th>Input / 1M tokens</th><th>Output / 1M tokens</th></tr><tr><td>nova-2</td><td>${}</td><td>${}</td></tr></table>"
    page = f"<html><body><h2>Prices</h2>{panes.format(grid.format(2, 8), grid.format(1, 4))}</body></html>"
    assert [(r["tier"], r["input"]) for r in rows(page)] == [("standard", "2"), ("batch", "1")]


def island(*models: tuple[str, int, int]) -> str:
    rows = [1, [[1, [[0, name], [0, f"${i}"], [0, f"${o}"]]] for name, i, o in models]]
    props = {"columns": [1, [[0, "Model"], [0, "Input / 1M tokens"], [0, "Output / 1M tokens"]]], "rows": rows}
    return f'<astro-island props="{html.escape(json.dumps(props))}"></astro-island>'


def test_data_behind_an_excerpt_adds_what_is_not_printed_and_never_speaks_against_print() -> None:
    grid = "<table><tr><th>Model</th><th>Input / 1M tokens</th><th>Output / 1M tokens</th></tr><tr><td>nova-2</td><td>$2</td><td>$8</td></tr></table>"
    page = f"<html><body><h2>Prices</h2>{grid}{island(('nova-2', 3, 9), ('nova-1', 1, 4))}</body></html>"
    assert [(r["model"], r["input"], r["output"]) for r in rows(page)] == [("nova-2", "2", "8"), ("nova-1", "1", "4")]


def test_data_that_shares_no_model_with_what_is_printed_is_not_read() -> None:
    grid = "<table><tr><th>Model</th><th>Input / 1M tokens</th><th>Output / 1M tokens</th></tr><tr><td>nova-2</td><td>$2</td><td>$8</td></tr></table>"
    page = f"<html><body><h2>Prices</h2>{grid}{island(('other-9', 3, 9), ('other-8', 1, 4))}</body></html>"
    assert [r["model"] for r in rows(page)] == ["nova-2"]


def test_a_row_that_lost_its_merged_first_cell_is_moved_and_one_that_lost_another_is_held() -> None:
    head = ["| | | nova-2 | nova-3 |", "| Prices | 1M input tokens | $1 | $2 |"]
    assert [(r["model"], r["input"], r["output"]) for r in rows(table(*head, "| 1M output tokens | $4 | $8 |"))] == [
        ("nova-2", "1", "4"),
        ("nova-3", "2", "8"),
    ]
    with pytest.raises(UNTRUSTED):
        rows(table(*head, "| | 1M output tokens | $4 |"))


def test_a_discount_by_hours_is_the_price_off_the_peak_under_those_hours() -> None:
    page = "Prices per 1M tokens.\n\n" + table(
        "| Model | nova-2 |",
        "| Standard price (UTC 00:30-16:30) | |",
        "| Input | $2 |",
        "| Output | $8 |",
        "| Discount price (UTC 16:30-00:30) | |",
        "| Input | $1 |",
        "| Output | $4 |",
    )
    assert [(r["tier"], r["condition"], r["input"]) for r in rows(page)] == [
        ("standard", "UTC 00:30-16:30", "2"),
        ("off-peak", "UTC 16:30-00:30", "1"),
    ]


STRUCK = table("| | nova-2 |", "| 1M input tokens | ~~$4~~ $1 (75% off) |", "| 1M output tokens | ~~$16~~ $4 (75% off) |")


def test_a_note_that_names_the_model_ends_its_discount() -> None:
    page = STRUCK + "\nThe nova-2 model is offered at a 75% discount until 2026/05/31 15:59 UTC. The nova-3 discount ended on 2026-01-01.\n"
    assert [(r["input"], r["valid_to"]) for r in rows(page)] == [("1", "2026-05-31T15:59Z")]
    assert [(r["input"], r["valid_to"]) for r in rows(STRUCK)] == [("1", "")]


def test_a_struck_price_beside_one_of_another_kind_is_replaced_by_none() -> None:
    with pytest.raises(UNTRUSTED, match="struck"):
        rows(table("| | nova-2 |", "| 1M input tokens | ~~$4~~ (text) $1 (audio) |", "| 1M output tokens | $4 |"))


def test_a_price_ends_where_the_page_announces_the_next_one() -> None:
    head = ["| Model | Input per 1M tokens | Output per 1M tokens |"]
    later = "\nThe new prices take effect at 16:00 UTC on August 16, 2026, as follows:\n\n" + table(*head, "| nova-2 | $3 | $9 |")
    found = rows("# Prices\n\n" + table(*head, "| nova-2 | $2 | $8 |", "| nova-1 | $1 | $4 |") + later)
    assert [(r["model"], r["input"], r["valid_from"], r["valid_to"]) for r in found] == [
        ("nova-2", "2", "", "2026-08-16T16:00Z"),
        ("nova-1", "1", "", ""),
        ("nova-2", "3", "2026-08-16T16:00Z", ""),
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "For `nova-2-08`, input tokens are priced at \\$2.50/M and output tokens at \\$10.00/M.",
        "Nova 2 is charged $2.50/1M tokens for input and $10.00/1M tokens for output.",
    ],
)
def test_a_sentence_that_prices_one_model_is_read(sentence: str) -> None:
    assert [(r["input"], r["output"]) for r in rows(f"# News\n\n- {sentence}\n")] == [("2.50", "10.00")]


@pytest.mark.parametrize(
    "sentence",
    [
        "For `nova-2-08` and `nova-1-08`, input tokens are priced at \\$2.50/M and output tokens at \\$10.00/M.",
        "Nova 2 is charged from $2.50/1M tokens for input and $10.00/1M tokens for output.",
        "Nova 2 is charged about $2.50/1M tokens for input and $10.00/1M tokens for output.",
    ],
)
def test_a_sentence_of_two_models_or_of_rough_figures_is_not(sentence: str) -> None:
    with pytest.raises(UNTRUSTED):
        rows(f"# News\n\n- {sentence}\n")


def test_a_model_is_called_by_the_identifier_below_its_heading() -> None:
    assert [r["model"] for r in rows("## Nova 2 Pro\n\n*`nova-2-pro`*\n\n" + priced(2))] == ["nova-2-pro"]
    page = "<html><body><h2>Nova 2 Pro</h2><em><code>nova-2-pro</code></em><table><tr><th></th><th>Per 1M tokens</th></tr>"
    assert [
        r["model"] for r in rows(page + "<tr><td>Input</td><td>$2</td></tr><tr><td>Output</td><td>$8</td></tr></table></body></html>")
    ] == ["nova-2-pro"]


def test_what_a_dollar_buys_is_no_second_price() -> None:
    page = table("| Model | Input per 1M tokens | Output per 1M tokens |", "| nova-2 | $0.10 (10M / $1)* | $0.50(2M / $1)* |")
    assert [(r["input"], r["output"]) for r in rows(page)] == [("0.10", "0.50")]


def test_a_cell_of_another_unit_than_its_column_is_held() -> None:
    page = table("| Model | Input per 1M tokens | Output per 1M tokens |", "| nova-2 | $1 / 1K tokens | $4 |", "| nova-3 | $2 | $8 |")
    quotes, held = told(page)
    assert [r["model"] for r in wide_rows(quotes)] == ["nova-3"]
    assert "1K tokens" in held[0].reason and "1M tokens" in held[0].reason


def test_words_of_prices_are_no_model() -> None:
    with pytest.raises(UNTRUSTED):
        rows("## 优惠时段价格\n\nInput\n$1 / 1M tokens\n\nOutput\n$4 / 1M tokens\n")


FACTOR = "Asking for work in the US only (`geo`) multiplies every token price of Nova 2 and later models by 1.1."


def test_a_factor_of_all_token_prices_is_kept_as_printed_and_makes_no_row() -> None:
    page = (
        table("| Model | Input per 1M tokens | Output per 1M tokens |", "| Nova 2 | $5 | $25 |", "| Nova 1 | $3 | $9 |") + f"\n{FACTOR}\n"
    )
    quotes, _ = told(page)
    assert [(q.model_label, q.value_text, q.row) for q in quotes if q.component == "multiplier"] == [("Nova 2", "1.1", None)]
    assert len(wide_rows(quotes)) == 2


@pytest.mark.parametrize(
    "sentence", [FACTOR.replace("token price", "image"), FACTOR.replace("1.1", "0.5"), FACTOR.replace("Nova 2", "Nova 9")]
)
def test_a_factor_of_other_things_or_of_a_model_not_priced_is_none(sentence: str) -> None:
    page = table("| Model | Input per 1M tokens | Output per 1M tokens |", "| Nova 2 | $5 | $25 |") + f"\n{sentence}\n"
    assert not [q for q in told(page)[0] if q.component == "multiplier"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$2 through August 31, 2026", Period("", "2026-08-31")),
        ("effective September 5th, 2025 at 16:00 UTC", Period("2025-09-05T16:00Z", "")),
        ("take effect at 16:00 UTC on August 16, 2026", Period("2026-08-16T16:00Z", "")),
        ("自2026年9月1日起", Period("2026-09-01", "")),
        ("until 31 February 2026", Period()),
        ("until August 31", Period()),
        ("released 2026-08-31", Period()),
    ],
)
def test_a_period_is_what_whole_days_say(text: str, expected: Period) -> None:
    assert period_in(text)[1] == expected


GRID = [["Model", "Input / 1M tokens", "Output / 1M tokens"], ["nova-2", "$2", "$8"], ["nova-1", "$1", "$4"]]


def test_a_table_drawn_with_elements_or_tabs_is_a_table() -> None:
    drawn = "<div>" + "".join("<div>" + "".join(f"<span>{c}</span>" for c in row) + "</div>" for row in GRID) + "</div>"
    for page in (f"<html><body><h2>Prices</h2>{drawn}</body></html>", "\n".join("\t".join(row) for row in GRID) + "\n"):
        assert [(r["model"], r["input"], r["output"]) for r in rows(page)] == [("nova-2", "2", "8"), ("nova-1", "1", "4")]


@pytest.mark.parametrize(
    ("head", "cell"), [("Input / Output", "$2 / $8"), ("Output / Input", "$8 / $2"), ("Input | Cached | Output", "$2 / $0.2 / $8")]
)
def test_amounts_without_words_are_what_the_head_names_in_its_order(head: str, cell: str) -> None:
    page = "Prices per 1M tokens.\n\n" + table(f"| Model | {head.replace('|', chr(92) + '|')} |", f"| nova-2 | {cell} |")
    assert [(r["input"], r["output"]) for r in rows(page)] == [("2", "8")]


@pytest.mark.parametrize("cell", ["A$2", "HK$2", "C$2", "2,50 €", "300円", "from $2", "up to $2", "$2 - $4"])
def test_an_amount_in_another_dollar_or_of_no_exact_size_is_none(cell: str) -> None:
    with pytest.raises(UNTRUSTED):
        rows(table("| Model | Input per 1M tokens | Output per 1M tokens |", f"| nova-2 | {cell} | $8 |"))


@pytest.mark.parametrize("heading", ["How we compare", "Old pricing", "Previous prices", "Our competitors", "Compared to GPT-4o"])
def test_tables_of_other_sellers_and_of_the_past_give_no_row(heading: str) -> None:
    with pytest.raises(UNTRUSTED):
        rows(f"## {heading}\n\n" + table("| Model | Input per 1M tokens | Output per 1M tokens |", "| nova-2 | $2 | $8 |"))


def test_flat_members_of_one_object_are_one_row_and_never_half_of_one() -> None:
    body = '[{"model": "nova-2", "input_price_per_1m_tokens": 2, "output_price_per_1m_tokens": 8, "currency": "USD"}]'
    assert [(r["input"], r["output"]) for r in rows(body)] == [("2", "8")]


def test_a_column_of_bands_is_a_condition_whatever_its_head_says() -> None:
    page = table(
        "| Model | Context | Input per 1M tokens | Output per 1M tokens |",
        "| nova-2 | ≤ 200K | $2 | $8 |",
        "| nova-2 | > 200K | $4 | $12 |",
    )
    assert [(r["condition"], r["input"]) for r in rows(page)] == [("≤ 200K", "2"), ("> 200K", "4")]
