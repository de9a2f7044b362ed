"""The hosts and feeds of this file's list, beyond what the shared suites hold all sources to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sources.catalogue import UNTRUSTED, source
from sources.pages.meters import meter, meter_as_printed
from sources.pages.quote import PriceQuote
from sources.pages.wide import wide_rows
from sources.trials.exactness import check_folder

ROOT = Path(__file__).resolve().parents[2]
HOSTS = ["together", "fireworks", "cerebras", "deepinfra", "novita", "voyage", "phala", "siliconflow", "venice", "tinfoil"]
FEEDS = ["litellm", "modelsdev", "genai_prices", "model_prices", "llm_prices", "openrouter"]


def read(name: str, body: str | object) -> list[PriceQuote]:
    text = body if isinstance(body, str) else json.dumps(body)
    return source(f"prices/{name}").read(text.encode())  # type: ignore[return-value]


def rows(name: str, body: str | object) -> list[tuple[str, ...]]:
    """(model, input, output, cached, tier, condition) of each wide row."""
    return [tuple(r[c] for c in ("model", "input", "output", "cached", "tier", "condition")) for r in wide_rows(read(name, body))]


def specimen(name: str) -> list[Path]:
    return sorted(p for p in source(f"prices/{name}").folder.glob("specimens/*") if not p.name.endswith(".golden.csv"))


@pytest.mark.parametrize("name", HOSTS)
def test_every_capture_of_a_host_with_expected_rows_is_exact(name, shared_data):
    results = check_folder(shared_data / "prices", f"prices/{name}")
    assert results and all(r.exact for r in results), [r.differences for r in results]


@pytest.mark.parametrize(
    ("name", "capture", "count", "sample"),
    [
        ("phala", "phala/2026-05-08.jina.md", 6, ("Z.AI: GLM 4.7 Flash", "0.10", "0.43", "", "standard", "")),
        ("siliconflow", "siliconflow/2026-05-08.jina.md", 27, ("GLM-5", "0.95", "2.55", "0.2", "standard", "")),
        ("siliconflow", "siliconflow/2026-05-08.www.jina.md", 27, ("DeepSeek-V3.2-Exp", "0.27", "0.41", "", "standard", "")),
        ("venice", "venice/2026-05-08.jina.md", 90, ("GPT-5.5 Beta", "12.50", "56.25", "1.25", "standard", ">272K context")),
        (
            "openrouter",
            "openrouter/2026-08-22.slim.json",
            480,
            ("deepseek/deepseek-v4-flash-0731", "0.00000008", "0.00000018", "0.000000016", "standard", ""),
        ),
    ],
)
def test_captures_without_expected_rows_read_as_a_person_reads_them(name, capture, count, sample, shared_data):
    got = rows(name, (shared_data / "prices" / "captures" / capture).read_text())
    assert len(got) == count and sample in got


def test_a_subscription_page_without_models_is_refused(shared_data):
    with pytest.raises(UNTRUSTED):
        read("tinfoil", (shared_data / "prices" / "captures" / "tinfoil" / "2026-05-08.jina.md").read_text())


def test_every_day_of_openrouter_reads_and_the_full_body_equals_the_slim_one(shared_data):
    folder = shared_data / "prices" / "captures" / "openrouter"
    found = {p.name: source("prices/openrouter").read(p.read_bytes()) for p in sorted(folder.iterdir())}
    assert len(found) == 18 and all(len({q.row for q in quotes}) > 370 for quotes in found.values())
    full, slim = (wide_rows(found[f"2026-08-22.{kind}"]) for kind in ("full.json.gz", "slim.json"))
    assert full == slim


@pytest.mark.parametrize("name", [*HOSTS, *FEEDS])
def test_a_page_cut_anywhere_gives_its_first_rows_or_a_refusal(name):
    """A transfer that ended too early must not shorten a figure or empty a cell."""
    for path in specimen(name):
        body = path.read_bytes()
        whole = wide_rows(source(f"prices/{name}").read(body))
        for cut in range(1, len(body) - 1, max(1, len(body) // 150)):
            try:
                part = wide_rows(source(f"prices/{name}").read(body[:cut]))
            except UNTRUSTED:
                continue
            assert part == whole[: len(part)], body[max(0, cut - 60) : cut]


@pytest.mark.parametrize("name", [*HOSTS, *FEEDS])
def test_a_page_in_windows_line_ends_with_a_byte_order_mark_reads_the_same(name):
    for path in specimen(name):
        text = path.read_text()
        assert rows(name, "\ufeff" + text.replace("\n", "\r\n")) == rows(name, text)


# hosts ---------------------------------------------------------------------------------------------------


def test_fireworks_oldest_table_has_one_price_for_input_and_output():
    got = rows("fireworks", "| Base model parameter count | $/1M tokens |\n|---|---|\n| up to 16B | $0.20 |\n| 16.1B - 80B | $0.90 |\n")
    assert got == [("up to 16B", "0.20", "0.20", "", "standard", ""), ("16.1B - 80B", "0.90", "0.90", "", "standard", "")]


def test_fireworks_three_prices_in_a_cell_need_the_page_to_state_their_order():
    page = "Prices below are per 1 million tokens.\n\n| Model | Standard |\n|---|---|\n| Chat | $0.95 / $0.16 / $4.00 |\n"
    with pytest.raises(UNTRUSTED, match="two prices for input"):
        rows("fireworks", page)
    assert rows("fireworks", "The order is input / cached input / output.\n\n" + page) == [("Chat", "0.95", "4.00", "0.16", "standard", "")]


@pytest.mark.parametrize(
    "cell", ["$0.56 input, $0.28 cached", "$0.56 input, $0.28 input, $1 output", "$0.60, $0.56", "$0.56 input, $1.68 output, $2 other"]
)
def test_fireworks_cells_of_another_shape_are_refused(cell):
    with pytest.raises(UNTRUSTED):
        rows("fireworks", f"| Base model | $ / 1M tokens |\n|---|---|\n| Chat | {cell} |\n")


def test_deepinfra_tables_printed_twice_must_agree():
    table = "| Model | $ per 1M input tokens | $ per 1M output tokens |\n|---|---|---|\n| Chat | ${} | $2 |\n\n"
    assert len(rows("deepinfra", table.format(1) + table.format(1))) == 1
    with pytest.raises(UNTRUSTED, match="prices at tier standard that differ"):
        rows("deepinfra", table.format(1) + table.format("1.1"))


def test_hosts_read_html_tables_like_markdown_ones():
    html = (
        "<!doctype html><html><body><table><tr><th>Model</th><th>Context</th><th>$ per 1M input tokens</th><th>$ per 1M output tokens</th></tr>"
        "<tr><td>Chat</td><td>8k</td><td>$0.21 / $0.168 cached</td><td>$0.79</td></tr></table></body></html>"
    )
    assert rows("deepinfra", html) == [("Chat", "0.21", "0.79", "0.168", "standard", "")]


def test_voyage_columns_a_thousandfold_apart_are_refused():
    table = "| Model | Price per thousand tokens | Price per million tokens |\n|---|---|---|\n| `voyage-9` | $0.12 | $0.12 |\n"
    with pytest.raises(UNTRUSTED, match="do not agree|is outside"):
        rows("voyage", table)


def test_a_model_whose_page_prints_no_output_price_is_held_back():
    table = (
        "| Model name | API model string | Input pricing (per 1M tokens) | Output pricing (per 1M tokens) |\n|---|---|---|---|\n"
        "| Chat | a/chat | \\$3.00 | {} |\n"
    )
    assert rows("together", table.format("\\$5")) == [("a/chat", "3.00", "5", "", "standard", "")]
    with pytest.raises(UNTRUSTED, match="none that can be read"):  # an input price alone is held back, not taken for a chat model's
        read("together", table.format("-"))
    with pytest.raises(UNTRUSTED, match="no input price"):
        rows("together", table.replace("\\$3.00", "-").format("\\$5"))


def test_siliconflow_rows_that_lost_their_output_price_are_refused():
    page = "Model Name\nContext Length\nInput\nCached Input\nOutput\nActions\nChat\n8K\n$\n0.14\n$\n0.028\n[Details](x)\nPrices shown are per 1 million tokens.\n"
    with pytest.raises(UNTRUSTED, match="a cell may be missing"):
        rows("siliconflow", page)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("$ / audio minute (billed per second)", ("audio_minute", "1 minute")),
        ("$0.89/ GPU-hour", ("hour", "1 hour")),
        ("price per 1M tokens", None),
        ("$ / 1M input tokens", None),
        ("/ megapixel", ("image", "1 megapixel")),
        ("Per 1M Characters", ("character", "1M characters")),
        ("no unit", None),
    ],
)
def test_meters_are_told_from_token_prices(words, told):
    assert meter(words) == told


def test_an_unknown_meter_keeps_the_pages_own_word_and_a_token_unit_is_none():
    assert meter_as_printed("$2.4 /voice") == ("other", "1 voice")
    assert meter_as_printed("$2.4 /Mt") is None and meter_as_printed("$2.4 / 1K tokens") is None


# feeds ---------------------------------------------------------------------------------------------------


def test_openrouter_variable_prices_are_no_prices():
    listed = {
        "data": [
            {"id": "a/b", "pricing": {"prompt": "0.000001", "completion": "0.000002"}},
            {"id": "router/auto", "pricing": {"prompt": "-1", "completion": "-1"}},
        ]
    }
    assert [r[0] for r in rows("openrouter", listed)] == ["a/b"]


@pytest.mark.parametrize(
    "pricing",
    [
        {"prompt": "0.000001"},
        {"prompt": "-1", "completion": "0.1"},
        {"prompt": "abc", "completion": "0"},
        {"prompt": "-2", "completion": "0"},
        {"prompt": "0.000001", "completion": "0.000002", "new_price": "1"},
        {"prompt": True, "completion": "0"},
        {"prompt": "NaN", "completion": "0"},
        {"prompt": "0.000001", "completion": "0.000002", "overrides": [{"prompt": "1"}]},
        {"prompt": "0.000001", "completion": "0.000002", "overrides": [{"utc_start": 970, "utc_end": 100, "prompt": "0.1"}]},
        {"prompt": "1e99", "completion": "0"},
        None,
        [],
        {"prompt": "0.01", "completion": "0.01"},
    ],
)
def test_openrouter_entries_of_another_shape_are_refused(pricing):
    with pytest.raises(UNTRUSTED):
        rows("openrouter", {"data": [{"id": "a/b", "pricing": pricing}]})


def test_one_model_listed_twice_must_have_one_price():
    one = {"id": "a/b", "pricing": {"prompt": "0.000001", "completion": "0.000002"}}
    assert len(rows("openrouter", {"data": [one, dict(one)]})) == 1
    with pytest.raises(UNTRUSTED, match="twice"):
        rows("openrouter", {"data": [one, {"id": "a/b", "pricing": {"prompt": "0.000001", "completion": "0.000003"}}]})


def test_litellm_reads_scientific_notation_exactly():
    got = rows(
        "litellm", '{"m": {"litellm_provider": "p", "mode": "chat", "input_cost_per_token": 2.5e-07, "output_cost_per_token": 1.25E-06}}'
    )
    assert got == [("m", "0.00000025", "0.00000125", "", "standard", "")]


@pytest.mark.parametrize("member", ["input_cost_per_tokn", "inputs_price", "cache_read_cost_per_token_above_5k"])
def test_litellm_token_prices_under_unknown_names_are_refused(member):
    with pytest.raises(UNTRUSTED):
        rows("litellm", {"m": {"litellm_provider": "p", "mode": "chat", "output_cost_per_token": 1e-06, member: 1e-06}})


def test_litellm_feeds_keep_each_rows_own_provider():
    quotes = read("litellm", {"m": {"litellm_provider": "bedrock", "input_cost_per_token": 1e-06, "output_cost_per_token": 1e-06}})
    assert {q.provider for q in quotes} == {"bedrock"} and {q.source for q in quotes} == {"prices/litellm"}


def test_free_offers_of_feeds_stand_in_the_free_tier():
    assert rows("modelsdev", {"p": {"models": {"m": {"cost": {"input": 0, "output": 0}}}}}) == [("m", "0", "0", "", "free", "")]


def test_dated_feeds_end_each_price_where_the_next_begins():
    prices = [
        {"prices": {"input_mtok": 5, "output_mtok": 10}},
        {"constraint": {"start_date": "2026-03-13"}, "prices": {"input_mtok": 4, "output_mtok": 8}},
    ]
    got = wide_rows(read("genai_prices", [{"id": "p", "models": [{"id": "m", "prices": prices}]}]))
    assert [(r["input"], r["valid_from"], r["valid_to"]) for r in got] == [("5", "", "2026-03-13"), ("4", "2026-03-13", "")]
    with pytest.raises(UNTRUSTED, match="in order"):
        read("genai_prices", [{"id": "p", "models": [{"id": "m", "prices": prices[::-1]}]}])


def test_the_copying_feeds_are_one_witness():
    witness = {name: source(f"prices/{name}").contract.witness for name in FEEDS}
    assert witness["litellm"] == witness["modelsdev"] == witness["model_prices"] != ""
    assert len({witness[name] for name in ("litellm", "genai_prices", "llm_prices", "openrouter")}) == 4


def test_a_feed_read_live_is_the_same_witness_as_its_packaged_rows():
    import reference

    packaged = set(reference.load("price_history")["witness"])
    assert {source(f"prices/{name}").contract.witness for name in FEEDS} - {"llm-prices"} <= packaged
