"""Shapes in which lists of prices stand: cells on lines, commas, tags in Markdown, components in rows and names, streamed tables, lists in JSON."""

from __future__ import annotations

import json

import pytest

from sources.catalogue import UNTRUSTED, stranger
from sources.pages.quote import LeftOut, PriceQuote
from sources.pages.wide import wide_rows

Row = tuple[str, str, str, str, str, str]
TWO = [("nova-4", "standard", "", "2.50", "0.25", "10.00"), ("lyra", "standard", "", "0.60", "", "0.80")]


def told(text: str) -> list[PriceQuote | LeftOut]:
    parsed = stranger("acme").parsed(text.encode())
    return [*(q for q in parsed.quotes if isinstance(q, PriceQuote)), *(o for o in parsed.left_out if o.extent == "block")]


def rows(text: str) -> list[Row]:
    found = wide_rows(q for q in told(text) if isinstance(q, PriceQuote))
    return [(r["model"], r["tier"], r["condition"], r["input"], r["cached"], r["output"]) for r in found]


def units(text: str) -> set[tuple[str, str]]:
    return {(r["currency"], r["unit"]) for r in wide_rows(q for q in told(text) if isinstance(q, PriceQuote))}


CELL_LINES = (
    "Prices per 1M tokens\nModel\nContext\nInput\nCached input\nOutput\nnova-4\n128K\n$2.50\n$0.25\n$10.00\nlyra\n32K\n$0.60\n-\n$0.80\n"
)
SHAPES = {
    "cells on lines": CELL_LINES,
    "cells in paragraphs": CELL_LINES.replace("\n", "\n\n"),
    "commas": "model,context,input ($/1M tokens),cached_input ($/1M tokens),output ($/1M tokens)\nnova-4,128000,2.50,0.25,10.00\nlyra,32000,0.60,,0.80\n",
    "tags in Markdown": "# Prices\n\nPer 1M tokens.\n\n<table>\n<tr><th>Model</th><th>Input</th><th>Cached input</th><th>Output</th></tr>\n"
    "<tr><td>nova-4</td><td>$2.50</td><td>$0.25</td><td>$10.00</td></tr>\n<tr><td>lyra</td><td>$0.60</td><td>-</td><td>$0.80</td></tr>\n</table>\n",
    "component in a column": "| Model | Type | Price per 1M tokens |\n|---|---|---|\n| nova-4 | Input | $2.50 |\n| | Cached input | $0.25 |\n| | Output | $10.00 |\n"
    "| lyra | Input | $0.60 |\n| lyra | Output | $0.80 |\n",
    "component behind the name": "| Product | Unit price | Unit |\n|---|---|---|\n| nova-4 - Input Tokens | $2.50 | 1,000,000 Tokens |\n"
    "| nova-4 - Output Tokens | $10.00 | 1,000,000 Tokens |\n| nova-4 - Cached Input Tokens | $0.25 | 1,000,000 Tokens |\n"
    "| lyra (input) | $0.60 | 1M tokens |\n| lyra (output) | $0.80 | 1M tokens |\n| Training | $24.00 | unit per hour |\n",
    "order in brackets of the head": "| Model | Price (input / cached input / output per 1M tokens) |\n|---|---|\n| nova-4 | $2.50 / $0.25 / $10.00 |\n\n"
    "| Model | Price (input / output per 1M tokens) |\n|---|---|\n| lyra | $0.60 / $0.80 |\n",
    "bare figures below their currency": "## Prices (USD per 1M tokens)\n\n| Model | Input | Cached input | Output |\n|---|---|---|---|\n"
    "| nova-4 | 2.50 | 0.25 | 10.00 |\n| lyra | 0.60 | - | 0.80 |\n",
}


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES)
def test_a_list_is_read_in_every_shape(text: str) -> None:
    assert rows(text) == TWO
    assert units(text) == {("USD", "1M tokens")}


def test_rows_without_all_their_lines_are_not_read_and_those_behind_them_are() -> None:
    text = CELL_LINES.replace("lyra\n32K\n$0.60\n-\n$0.80\n", "vega\n8K\n$3.50\n$11.00\nlyra\n32K\n$0.60\n-\n$0.80\n")
    assert rows(text) == TWO


def test_an_amount_behind_the_last_cell_of_a_row_takes_the_row_back() -> None:
    assert rows(CELL_LINES.replace("$10.00\n", "$10.00\n$15.00\n")) == TWO[1:]


def test_components_on_lines_stand_below_the_tiers_over_them() -> None:
    text = (
        "## nova-4\n\nFree Tier\n\nPaid Tier, per 1M tokens in USD\n\nInput price\n\nFree of charge\n\n"
        "$1.25, prompts <= 200k tokens  \n$2.50, prompts > 200k tokens\n\nOutput price\n\nFree of charge\n\n$10.00, prompts <= 200k tokens  \n"
        "$15.00, prompts > 200k tokens\n\nUsed to improve our products\n\nYes\n\nNo\n"
    )
    assert rows(text) == [
        ("nova-4", "standard", "prompts <= 200k tokens", "1.25", "", "10.00"),
        ("nova-4", "standard", "prompts > 200k tokens", "2.50", "", "15.00"),
    ]


def test_bare_figures_without_a_currency_over_them_are_no_prices() -> None:
    with pytest.raises(UNTRUSTED):
        rows(SHAPES["bare figures below their currency"].replace("USD per", "per"))


def test_a_price_without_a_band_holds_under_each_band_of_its_row() -> None:
    text = (
        "Prices per 1M tokens.\n\n| Model | Input (≤128K) | Input (>128K) | Output (≤128K) | Output (>128K) | Cached input |\n|---|---|---|---|---|---|\n"
        "| nova-4 | $2.50 | $5.00 | $10.00 | $15.00 | $0.25 |\n"
    )
    assert rows(text) == [
        ("nova-4", "standard", "≤128K", "2.50", "0.25", "10.00"),
        ("nova-4", "standard", ">128K", "5.00", "0.25", "15.00"),
    ]
    cached = [q.condition for q in told(text) if isinstance(q, PriceQuote) and q.component == "cached_input"]
    assert cached == ["≤128K", ">128K"]


def test_a_column_that_alone_tells_rows_of_one_model_apart_is_their_condition_or_tier() -> None:
    text = (
        "Prices per 1M tokens.\n\n| Model | Flavor | Input | Output |\n|---|---|---|---|\n| nova-4 | base | $0.50 | $1.50 |\n"
        "| nova-4 | fast | $0.75 | $2.25 |\n| nova-4 | turbo | $0.85 | $2.55 |\n"
    )
    assert rows(text) == [
        ("nova-4", "standard", "base", "0.50", "", "1.50"),
        ("nova-4", "fast", "", "0.75", "", "2.25"),
        ("nova-4", "standard", "turbo", "0.85", "", "2.55"),
    ]


def test_two_prices_that_nothing_tells_apart_are_still_held() -> None:
    text = "Prices per 1M tokens.\n\n| Model | Input | Output |\n|---|---|---|\n| nova-4 | $0.50 | $1.50 |\n| nova-4 | $0.75 | $2.25 |\n| lyra | $1 | $2 |\n"
    assert [row[0] for row in rows(text)] == ["lyra"]


def test_one_price_below_both_ways_is_an_embeddings_input_alone() -> None:
    text = "| Model | Price (input / output per 1M tokens) |\n|---|---|\n| nova-4 | $2.50 / $10.00 |\n| nova-embed | $0.02 |\n"
    assert rows(text)[1] == ("nova-embed", "standard", "", "0.02", "", "")


def test_a_discount_behind_a_name_is_no_part_of_it() -> None:
    text = "| Model | Input / 1M tokens | Output / 1M tokens |\n|---|---|---|\n| lyra 50% off until Dec 31 | $0.60 | $0.80 |\n"
    assert rows(text)[0][0] == "lyra"


def streamed(*elements: object) -> str:
    pushed = json.dumps(f"7:{json.dumps(list(elements))}\n")
    return f"<html><body><script>self.__next_f.push([1,{pushed}])</script></body></html>"


def element(tag: str, *children: object, **told: object) -> list[object]:
    return ["$", tag, None, {"children": list(children), **told}]


def test_a_streamed_table_is_read_with_its_merged_heads_and_struck_prices() -> None:
    head = element(
        "tr",
        element("th", "Model", rowSpan=2),
        element("th", "Standard, per 1M tokens", colSpan=2),
        element("th", "Batch, per 1M tokens", colSpan=2),
    )
    below = element("tr", *(element("th", word) for word in ("Input", "Output", "Input", "Output")))
    body = element(
        "tr",
        element("td", "nova-4"),
        element("td", element("s", "$$3.00"), " $$2.50"),
        *(element("td", f"$${price}") for price in ("10.00", "1.25", "5.00")),
    )
    page = streamed(element("div", element("table", element("thead", head, below), element("tbody", body))))
    assert rows(page) == [("nova-4", "standard", "", "2.50", "", "10.00"), ("nova-4", "batch", "", "1.25", "", "5.00")]


def test_streamed_references_that_double_at_every_step_end() -> None:
    chunks = "".join(f"{n:x}:{json.dumps([f'${n + 1:x}'] * 2)}\n" for n in range(1, 60))
    page = f"<html><body><script>self.__next_f.push([1,{json.dumps(chunks)}])</script></body></html>"
    with pytest.raises(UNTRUSTED):
        rows(page)


@pytest.mark.parametrize(
    "mark", ['<div role="heading" aria-level="2">{}</div>', '<div class="line heading-h2">{}</div>'], ids=["by its role", "by its class"]
)
def test_a_drawn_heading_is_a_heading(mark: str) -> None:
    grid = "<table><tr><th>Model</th><th>Input / 1M tokens</th><th>Output / 1M tokens</th></tr><tr><td>nova-4</td><td>${}</td><td>${}</td></tr></table>"
    page = f"<html><body>{mark.format('Standard')}{grid.format(2, 8)}{mark.format('Batch')}{grid.format(1, 4)}</body></html>"
    assert [row[:2] for row in rows(page)] == [("nova-4", "standard"), ("nova-4", "batch")]


def test_prompt_and_completion_as_text_are_dollars_for_one_token() -> None:
    prices = {"prompt": "0.0000025", "completion": "0.00001", "input_cache_read": "0.00000025", "image": "0.004", "internal_reasoning": "0"}
    body = json.dumps({"data": [{"id": "acme/nova-4", "pricing": prices}]})
    assert rows(body) == [("acme/nova-4", "standard", "", "0.0000025", "0.00000025", "0.00001")]
    assert units(body) == {("USD", "1 token")}


def test_prompt_and_completion_of_the_size_of_a_million_are_not_guessed_to_be_for_one() -> None:
    with pytest.raises(UNTRUSTED):
        rows(json.dumps({"data": [{"id": "acme/nova-4", "pricing": {"prompt": "2.5", "completion": "10"}}]}))


def test_an_amount_is_of_what_its_object_says_it_is_for() -> None:
    def price(kind: str, amount: str) -> dict[str, str]:
        return {"type": kind, "amount": amount, "currency": "USD", "per": "1M tokens"}

    listed = {
        "name": "nova-4",
        "prices": [price("input_tokens", "2.50"), price("cached_input_tokens", "0.25"), price("output_tokens", "10.00")],
    }
    by_unit = [
        {"unit": "per M input tokens", "price": 0.6, "currency": "USD"},
        {"unit": "per M output tokens", "price": 0.8, "currency": "USD"},
    ]
    assert rows(json.dumps({"models": [listed]})) == TWO[:1]
    assert rows(json.dumps([{"name": "lyra", "properties": [{"property_id": "price", "value": by_unit}]}])) == [
        ("lyra", "standard", "", "0.6", "", "0.8")
    ]


def test_bounds_beside_prices_are_their_band_and_never_prices() -> None:
    bands = [{"max_input_tokens": 200000, "input": 1.25, "output": 10}, {"min_input_tokens": 200000, "input": 2.5, "output": 15}]
    body = json.dumps({"models": [{"id": "nova-4", "pricing": {"currency": "USD", "unit": "1M tokens", "tiers": bands}}]})
    assert rows(body) == [
        ("nova-4", "standard", "prompts <= 200000", "1.25", "", "10"),
        ("nova-4", "standard", "prompts > 200000", "2.5", "", "15"),
    ]


SENTENCES = {
    "a sentence for each model": "Nova-4 costs $2.50 per million input tokens, $0.25 per million cached input tokens and $10.00 per million output tokens. "
    "Lyra-4 is available at $0.60 per million input tokens and $0.80 per million output tokens, the same as before.\n",
    "a line for each model": "nova-4: $2.50 input, $0.25 cached input, $10.00 output (per 1M tokens)\nLyra-4: $0.60 in, $0.80 out (per 1M tokens)\n",
    "a tag in front of the price": "Fastest nova-4 Speed 900+ tok/sec Price $2.50/1M input $0.25/1M cached input $10.00/1M output\n"
    "Cheapest lyra-4 Speed 900+ tok/sec Price $0.60/1M in $0.80/1M out Context 262k\n",
}


@pytest.mark.parametrize("text", SENTENCES.values(), ids=SENTENCES)
def test_a_line_that_names_its_model_is_read(text: str) -> None:
    found = [(name.lower(), *rest) for name, *rest in rows(text)]
    assert found == [("nova-4", "standard", "", "2.50", "0.25", "10.00"), ("lyra-4", "standard", "", "0.60", "", "0.80")]


def test_places_are_no_models() -> None:
    with pytest.raises(UNTRUSTED, match="no model is named"):
        rows(
            "## Prices of Nova\n\n| Deployment | Input / 1M tokens | Output / 1M tokens |\n|---|---|---|\n| Global | $2 | $8 |\n| Data Zone | $3 | $9 |\n"
        )


def test_modes_of_thinking_tell_rows_of_one_model_apart() -> None:
    text = (
        "Prices per 1M tokens\n\n| Model | Mode | Input | Output |\n|---|---|---|---|\n| nova-4 | Non-thinking | $0.40 | $1.20 |\n"
        "| nova-4 | Thinking | $0.40 | $4.00 |\n"
    )
    assert [(row[2], row[5]) for row in rows(text)] == [("Non-thinking", "1.20"), ("Thinking", "4.00")]
