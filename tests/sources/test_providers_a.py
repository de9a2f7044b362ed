"""Layouts and refusals of Anthropic, OpenAI, Google, Mistral, xAI, Azure, Bedrock and Vertex that no capture shows."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from sources.catalogue import UNTRUSTED, source
from sources.pages.quote import PageChanged, PriceQuote
from sources.pages.wide import wide_rows
from sources.providers.azure.meters import read_name


def rows(key: str, text: str) -> list[dict[str, str]]:
    return wide_rows(q for q in source(key).read(text.encode()) if isinstance(q, PriceQuote))


def table(header: str, *lines: str) -> str:
    return "\n".join([header, "|" + "---|" * (header.count("|") - 1), *lines, ""])


ANTHROPIC = "| Model | Base Input Tokens | Cache Writes | Cache Hits | Output Tokens |"


def test_one_cache_write_column_is_the_five_minute_one() -> None:
    read = rows("prices/anthropic", table(ANTHROPIC, "| Claude 3 Haiku | $0.25 / MTok | $0.30 / MTok | $0.03 / MTok | $1.25 / MTok |"))
    assert (read[0]["cache_write_5m"], read[0]["cache_write_1h"]) == ("0.30", "")


@pytest.mark.parametrize(
    "cell",
    [
        "$3",
        "$3 / KTok",
        "3 / MTok",
        "€3 / MTok",
        "$3 / MTok or less",
        "~~$3~~ / MTok",
        "$3 $2 / MTok",
        "$0,30 / MTok",
        "$3 / hour",
        "from $3 / MTok",
    ],
)
def test_anthropic_cells_that_are_no_plain_price_are_refused(cell: str) -> None:
    with pytest.raises(UNTRUSTED):
        rows("prices/anthropic", table(ANTHROPIC, f"| Claude 3 Haiku | {cell} | $0.30 / MTok | $0.03 / MTok | $9 / MTok |"))


def test_a_dated_row_is_a_promotion_or_an_announcement_with_its_day() -> None:
    quotes = source("prices/anthropic").read(
        table(
            ANTHROPIC,
            "| Claude Sonnet 5 through August 31, 2026 | $2 / MTok | $2.50 / MTok | $0.20 / MTok | $10 / MTok |",
            "| Claude Sonnet 5 starting September 1, 2026 | $3 / MTok | $3.75 / MTok | $0.30 / MTok | $15 / MTok |",
        ).encode()
    )
    assert {(q.status, q.effective_from, q.effective_to) for q in quotes} == {
        ("promotional", "", "2026-08-31"),
        ("announced", "2026-09-01", ""),
    }


def test_a_table_of_another_platform_is_left_out_and_an_unknown_priced_table_refused() -> None:
    base = table(ANTHROPIC, "| Claude 3 Haiku | $0.25 / MTok | $0.30 / MTok | $0.03 / MTok | $1.25 / MTok |")
    foreign = "\n## Third-party platform pricing\n\n" + table("| Model | Region price |", "| Claude 3 Haiku | $9 / MTok |")
    unknown = "\n## Surge pricing\n\n" + table("| Model | Night price |", "| Claude 3 Haiku | $9 / MTok |")
    assert len(rows("prices/anthropic", base + foreign)) == 1
    told = source("prices/anthropic").parsed((base + unknown).encode())
    assert len(wide_rows(q for q in told.quotes if isinstance(q, PriceQuote))) == 1
    assert [out.reason for out in told.left_out if "Night" in out.reason]


def test_two_model_tables_that_differ_in_a_card_are_refused() -> None:
    card = (
        '<div class="card_pricing_api_wrap"><h3>Opus 5</h3><div class="tokens_main_wrap"><div class="tokens_main_label">Input</div>'
        '<div class="tokens_main_val">$ {} / MTok</div></div><div class="tokens_main_wrap"><div class="tokens_main_label">Output</div>'
        '<div class="tokens_main_val">$ 25 / MTok</div></div></div>'
    )
    page = "<html><body>{}</body></html>"
    assert len(rows("prices/anthropic", page.format(card.format(5) + card.format(5)))) == 1
    with pytest.raises(PageChanged, match="that differ"):
        rows("prices/anthropic", page.format(card.format(5) + card.format(6)))


OPENAI = "Prices per {} tokens.\n\n### Standard pricing data\n\n" + table(
    "| Model | Input | Cached input | Output |", "| gpt-9 | $2.00 | - | $8.00 |"
)


def test_openai_needs_one_statement_of_the_unit() -> None:
    assert rows("prices/openai", OPENAI.format("1M"))[0]["unit"] == "1M tokens"
    for page in (OPENAI.format("1M").replace("Prices per 1M tokens.", ""), OPENAI.format("1M") + "\nPrices per 1K tokens.\n"):
        with pytest.raises(UNTRUSTED, match="unit"):
            rows("prices/openai", page)


def test_openai_components_cut_short_or_contradicting_are_refused() -> None:
    page = 'Prices per 1M tokens.\n<TextTokenPricingTables tier="standard" rows={[["gpt-9", 2, 0.5, 8],]} />\n'
    assert rows("prices/openai", page)[0]["cached"] == "0.5"
    for bad in (
        page.split("8")[0],
        page + page.replace("0.5", "0.6").replace("Prices per 1M tokens.\n", ""),
        page.replace("standard", "nightly"),
        page.replace("2, 0.5, 8", "2, 0.5"),
    ):
        with pytest.raises(UNTRUSTED):
            rows("prices/openai", bad)


def test_openai_tables_of_other_modalities_are_not_text_prices() -> None:
    page = (
        OPENAI.format("1M")
        + "\n### Grouped Pricing Table data\n\n"
        + table("| Model | Modality | Input | Output |", "| gpt-9-live | Audio | $32.00 | $64.00 |")
    )
    assert [r["model"] for r in rows("prices/openai", page)] == ["gpt-9"]


def gemini(input_cell: str, tabs: str = "", extra: str = "") -> str:
    """A section of Google's page: one model, its rows the components, its columns the free and the paid tier."""
    return f"## Gemini 9\n\n*`gemini-9`*\n\n{tabs}\n\n" + table(
        "|  | Free Tier | Paid Tier, per 1M tokens in USD |",
        f"| Input price | Free of charge | {input_cell} |",
        "| Output price | Free of charge | $9.00 |",
        *([extra] if extra else []),
    )


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("$0.25 (text / image / video) $0.50 (audio)", {("input", "0.25"), ("input_audio", "0.50")}),
        ("$0.75 (text) $3.00 or $0.005/min (audio)", {("input", "0.75"), ("input_audio", "3.00"), ("audio_minute", "0.005")}),
        ("$1.25, prompts <= 200k tokens $2.50, prompts > 200k", {("input", "1.25"), ("input", "2.50")}),
        ("$0.50 through December 31, 2026. $1.00 starting January 1, 2027.", {("input", "0.50"), ("input", "1.00")}),
    ],
)
def test_a_cell_of_several_prices_is_cut_into_them(cell: str, expected: set[tuple[str, str]]) -> None:
    quotes = source("prices/google").read(gemini(cell).encode())
    assert {(q.component, q.value_text) for q in quotes if isinstance(q, PriceQuote) and q.component != "output"} == expected


@pytest.mark.parametrize(
    "cell", ["$0.25 per banana", "$0.25 / 1K tokens", "about $0.25", "$0.25, prompts on Mondays", "$0.25 (text) surcharge"]
)
def test_a_word_or_a_unit_that_is_not_known_refuses_the_cell(cell: str) -> None:
    with pytest.raises(UNTRUSTED):
        rows("prices/google", gemini(cell))


def test_a_google_section_with_more_tables_than_tabs_is_refused() -> None:
    tier = table(
        "|  | Free Tier | Paid Tier, per 1M tokens in USD |",
        "| Input price | Free of charge | $0.30 |",
        "| Output price | Free of charge | $2.50 |",
    )
    page = "## Gemini 9\n\n`gemini-9`\n\n[Standard](#s)[Batch](#b)More\n\n"
    assert {r["tier"] for r in rows("prices/google", page + tier + "\n" + tier)} == {"standard", "batch"}
    with pytest.raises(PageChanged, match="tier"):
        rows("prices/google", page + tier)


def test_a_sale_price_of_mistral_is_in_force_and_its_list_price_is_not() -> None:
    entry = {"value": "Input (/M tokens)", "price_dollar": "<p><s>$2</s> $1.5</p>", "price_euro": "<p>1.4&euro;</p>"}
    out = {"value": "Output (/M tokens)", "price_dollar": "<p>Original price: $8 Sale price: $6</p>", "price_euro": ""}
    apis = [{"id": 1, "name": "Mistral Large 9", "status": "published", "type": "Open models", "api_endpoint": "x", "price": [entry, out]}]
    page = f"<html><body><script>self.__next_f.push([1,{json.dumps('a:' + json.dumps({'apis': apis}))}])</script></body></html>"
    assert [(r["input"], r["output"]) for r in rows("prices/mistral", page)] == [("1.5", "6")]
    with pytest.raises(UNTRUSTED):
        rows("prices/mistral", page.replace("/M tokens", "/K tokens"))


@pytest.mark.parametrize(
    ("name", "model", "component", "tier", "deployment"),
    [
        ("gpt 4.1 cached Inp glbl Tokens", "gpt 4.1", "cached_input", "standard", "Global"),
        ("5.3 codex pp inp Dz 1M Tokens", "5.3 codex", "input", "priority", "Data Zone"),
        ("gpt-4o-mini-0718-Batch-Outp-glbl Tokens", "gpt 4o mini 0718", "output", "batch", "Global"),
        ("gpt 4.1 Outp Data Zone Tokens", "gpt 4.1", "output", "standard", "Data Zone"),
        ("gpt 9 Inp Outp glbl Tokens", "gpt 9", "", "standard", "Global"),
    ],
)
def test_an_azure_meter_is_taken_apart(name: str, model: str, component: str, tier: str, deployment: str) -> None:
    meter = read_name(name)
    assert (meter.model, meter.component, meter.tier, meter.deployment) == (model, component, tier, deployment)


def test_every_azure_meter_of_the_study_data_is_understood_or_kept_apart(shared_data) -> None:
    import csv

    with (shared_data / "prices" / "tables" / "azure_retail_meters.csv").open(encoding="utf-8") as lines:
        meters = [r for r in csv.DictReader(lines) if r["unit"] in ("1K", "1M") and float(r["retail_price_usd"])]
    items = [
        {
            "meterName": m["meter"],
            "unitOfMeasure": m["unit"],
            "productName": m["product"],
            "retailPrice": Decimal(m["retail_price_usd"]),
            "currencyCode": "USD",
            "armRegionName": region,
            "type": "Consumption",
        }
        for m in meters
        for region in m["regions"].split()[:1]
    ]
    named = [read_name(i["meterName"]) for i in items]
    spoken = [m for m in named if m.text]
    assert len(items) > 2500
    assert sum(bool(m.component) for m in spoken) > 0.95 * len(spoken)


def test_an_azure_answer_that_contradicts_itself_is_refused() -> None:
    item = {
        "meterName": "gpt 9 Inp glbl Tokens",
        "unitOfMeasure": "1K",
        "productName": "Azure OpenAI",
        "retailPrice": 0.002,
        "currencyCode": "USD",
        "armRegionName": "eastus",
        "type": "Consumption",
    }
    assert len(rows("prices/azure", json.dumps({"Items": [item], "Count": 1}))) == 1
    for bad in (
        {"Items": [item], "Count": 2},
        {"Items": [item, {**item, "retailPrice": 0.003}]},
        {"Items": []},
        {"Items": [{**item, "meterName": "gpt 9 Inp glbl 1M Tokens"}]},
        {"Items": [{k: v for k, v in item.items() if k != "retailPrice"}]},
    ):
        with pytest.raises(UNTRUSTED):
            rows("prices/azure", json.dumps(bad))


def test_a_bedrock_map_of_opaque_codes_is_refused() -> None:
    with pytest.raises(PageChanged):
        rows("prices/bedrock", json.dumps({"manifest": {"currencyCode": "USD"}, "regions": {"US East": {"VAgU0B": {"price": "0.003"}}}}))


def test_a_page_whose_columns_lie_is_refused_by_its_contract() -> None:
    swapped = "| Model | Input / 1M tokens | Output / 1M tokens |"
    with pytest.raises(UNTRUSTED, match="columns"):
        rows("prices/xai", table(swapped, *(f"| grok-{n} | $15.00 | $3.00 |" for n in range(4))))
