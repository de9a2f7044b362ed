"""The reader of all pages: layouts no provider's declaration was made for, and what it must not read."""

from __future__ import annotations

import json

import pytest

from sources.catalogue import UNTRUSTED, stranger
from sources.pages.layout.declaration import Layout
from sources.pages.layout.figures import figures
from sources.pages.layout.words import vocabulary
from sources.pages.quote import LeftOut, PriceQuote
from sources.pages.wide import wide_rows

WORDS = vocabulary()


def read(text: str) -> tuple[list[tuple[str, str, str, str, str, str]], list[LeftOut]]:
    """(model, input, output, cached, tier, condition) of a stranger's page, and what is left out of it."""
    told = stranger("acme").parsed(text.encode())
    rows = wide_rows(q for q in told.quotes if isinstance(q, PriceQuote))
    return [(r["model"], r["input"], r["output"], r["cached"], r["tier"], r["condition"]) for r in rows], [
        o for o in told.left_out if o.extent == "block"
    ]


ONE = [("nova-2", "1", "4", "0.1", "standard", "")]
LAYOUTS = {
    "rows": "| Model | Input ($/1M tokens) | Cached input ($/1M tokens) | Output ($/1M tokens) |\n|---|---|---|---|\n| nova-2 | 1 | 0.1 | 4 |\n",
    "columns": "Prices per 1M tokens.\n\n| | nova-2 |\n|---|---|\n| Input | $1 |\n| Cached input | $0.1 |\n| Output | $4 |\n",
    "one cell": "| Model | Price per million tokens |\n|---|---|\n| nova-2 | Input: $1<br>Cached input: $0.1<br>Output: $4 |\n",
    "words behind": "| Model | Price per million tokens |\n|---|---|\n| nova-2 | $1 input, $0.1 cached, $4 output |\n",
    "units in cells": "| Model | Price |\n|---|---|\n| nova-2 | $1 / M input tokens, $0.1 / M cached input tokens, $4 / M output tokens |\n",
    "headings": "## nova-2\n\nInput\n$1 / 1M tokens\n\nCached input\n$0.1 / 1M tokens\n\nOutput\n$4 / 1M tokens\n",
    "merged heads": "<html><body><table><tr><th rowspan=2>Model</th><th colspan=3>Price per 1M tokens</th></tr><tr><th>Input</th><th>Cached input</th>"
    "<th>Output</th></tr><tr><td>nova-2</td><td>$1</td><td>$0.1</td><td>$4</td></tr></table></body></html>",
    "cards": "<html><body><div><div><h3>nova-2</h3><p>Input</p><p>$1 / MTok</p><p>Cached input</p><p>$0.1 / MTok</p><p>Output</p><p>$4 / MTok</p></div>"
    "</div></body></html>",
    "heads apart": "<html><body><p>Prices per 1M tokens.</p><table><tr><th>Model</th><th>Input</th><th>Cached input</th><th>Output</th></tr></table>"
    "<table><tr><td>nova-2</td><td>$1</td><td>$0.1</td><td>$4</td></tr></table></body></html>",
    "component": "Prices per 1M tokens.\n\n<Prices columns={[{title: 'Model'}, {title: 'Input'}, {title: 'Cached input'}, {title: 'Output'}]}\n"
    "  rows={[['nova-2', '$1', '$0.1', '$4'],]} />\n",
    "no rule of dashes": "| Model | Input per 1M tokens | Cached input per 1M tokens | Output per 1M tokens |\n| nova-2 | $1 | $0.1 | $4 |\n",
}


@pytest.mark.parametrize("page", LAYOUTS.values(), ids=LAYOUTS)
def test_one_list_is_read_alike_in_every_layout(page: str) -> None:
    assert read(page) == (ONE, [])


def test_data_in_scripts_is_read_where_nothing_is_printed() -> None:
    data = {
        "models": [
            {
                "modelName": "nova-2",
                "per": "1M tokens",
                "currency": "USD",
                "pricing": {"inputPrice": 1, "cachedInputPrice": 0.1, "outputPrice": 4},
            }
        ]
    }
    stream = f"<html><body><script>self.__next_f.push([1,{json.dumps('7:' + json.dumps(data))}])</script></body></html>"
    plain = f'<html><body><script type="application/json">{json.dumps(data)}</script></body></html>'
    assert read(stream)[0] == read(plain)[0] == read(json.dumps(data))[0] == ONE


HEAD = "| Model | Input per 1M tokens | Output per 1M tokens |\n|---|---|---|\n"


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("from $1", "from"),
        ("$1 or less", "less"),
        ("0,90 $", "no price"),
        ("$1 / hour", ""),
        ("~~$1~~", "struck"),
        ("1.00 CHF", "no price"),
        ("$1 - $2", "two prices"),
    ],
)
def test_a_price_that_is_not_certain_costs_its_row_and_no_other(cell: str, why: str) -> None:
    rows, held = read(f"{HEAD}| nova-2 | {cell} | $4 |\n| nova-3 | $2 | $8 |\n| nova-4 | $3 | $9 |\n")
    assert [r[0] for r in rows] == ["nova-3", "nova-4"]
    assert held and why in held[0].reason


def test_where_most_rows_are_not_understood_none_is_kept() -> None:
    with pytest.raises(UNTRUSTED):
        read(f"{HEAD}| nova-2 | from $1 | $4 |\n| nova-3 | from $2 | $8 |\n| nova-4 | $3 | $9 |\n")


@pytest.mark.parametrize(
    "page",
    [
        "| Model | Input | Output |\n|---|---|---|\n| nova-2 | $1 | $4 |\n",  # no unit anywhere
        "| Model | Input per 10M tokens | Output per 10M tokens |\n|---|---|---|\n| nova-2 | $1 | $4 |\n",
        "| Model | Input per 1M characters | Output per 1M characters |\n|---|---|---|\n| nova-2 | $1 | $4 |\n",
        "| Model | Input per 1M tokens | Output per 1K tokens |\n|---|---|---|\n| nova-2 | $1 | $4 |\n",
        "| Model | Night rate per 1M tokens | Day rate per 1M tokens |\n|---|---|---|\n| nova-2 | $1 | $4 |\n",
        "## Fine-tuning\n\n| Model | Training per 1M tokens | Input per 1M tokens | Output per 1M tokens |\n|---|---|---|---|\n| nova-2 | $9 | $1 | $4 |\n",
        "## Reserved capacity\n\n" + HEAD + "| nova-2 | $1 | $4 |\n",
        "## Worked example\n\n" + HEAD + "| nova-2 | $1 | $4 |\n",
        "| Maker | Thing | Input per 1M tokens | Output per 1M tokens |\n|---|---|---|---|\n| Acme | nova | $1 | $4 |\n",  # two columns could name it
    ],
    ids=range(9),
)
def test_what_does_not_say_unit_direction_use_or_name_is_no_row(page: str) -> None:
    with pytest.raises(UNTRUSTED):
        read(page)


def test_a_tier_is_that_of_its_heading_and_two_places_that_disagree_are_both_held() -> None:
    rows, _ = read(f"## Standard\n\n{HEAD}| nova-2 | $1 | $4 |\n\n## Batch\n\n{HEAD}| nova-2 | $0.5 | $2 |\n")
    assert [(r[1], r[4]) for r in rows] == [("1", "standard"), ("0.5", "batch")]
    rows, held = read(
        f"## Here\n\n{HEAD}| nova-2 | $1 | $4 |\n| nova-3 | $1 | $4 |\n\n## There\n\n{HEAD}| nova-2 | $0.5 | $2 |\n| nova-4 | $2 | $4 |\n"
    )
    assert "nova-2" not in [r[0] for r in rows] and held


def test_a_band_of_length_is_a_condition_and_a_row_without_a_name_continues_the_one_above() -> None:
    rows, _ = read(f"{HEAD}| nova-2 | $1 | $4 |\n| ↳ >200K context | $2 | $8 |\n")
    assert [(r[0], r[1], r[5]) for r in rows] == [("nova-2", "1", ""), ("nova-2", "2", ">200K context")]


def test_prices_of_a_later_day_are_announced() -> None:
    told = stranger("acme").read(f"## Prices effective September 5, 2025 at 16:00 UTC\n\n{HEAD}| nova-2 | $1 | $4 |\n".encode())
    assert {(q.status, q.effective_from) for q in told if isinstance(q, PriceQuote)} == {("announced", "2025-09-05T16:00Z")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("$0.21 / $0.168 cached", [("0.21", ""), ("0.168", "cached")]),
        ("$0.80/1M in $1.20/1M out", [("0.80", "input"), ("1.20", "output")]),
        ("Input $1.75 Output $5.50", [("1.75", "input"), ("5.50", "output")]),
        ("$0.25 (text) $0.50 (audio)", [("0.25", "text"), ("0.50", "audio")]),
    ],
)
def test_words_belong_to_the_amount_they_stand_beside(text: str, said: list[tuple[str, str]]) -> None:
    found = figures(text, WORDS)
    assert [(f.money.text, next(iter(sorted(f.meaning.senses - {"price"})), "")) for f in found] == said


def test_a_word_of_the_vocabulary_says_known_senses_only_and_a_providers_own_is_stronger() -> None:
    with pytest.raises(ValueError, match="senses"):
        vocabulary({"tokens read": "inbound"})
    assert WORDS.read("context").direction == "" and vocabulary({"context": "input"}).read("context").direction == "input"
    assert Layout(words={"tokens read": "input"}).vocabulary.read("Tokens read").direction == "input"


def test_tables_below_one_heading_that_agree_on_no_model_are_all_held() -> None:
    """Something unsaid (a tier in a tab) tells them apart: a model that stands in one of them alone has no certain tier either."""
    head = "| Model | Input ($/1M tokens) | Output ($/1M tokens) |\n|---|---|---|\n"
    fast, slow = f"{head}| nova-2 | 2 | 8 |\n| nova-mini | 0.2 | 0.8 |\n", f"{head}| nova-2 | 1 | 4 |\n"
    sound = f"## Older models\n\n{head}| nova-1 | 3 | 9 |\n"
    rows, held = read(f"## Models\n\n{fast}\nLast tab\n\n{slow}\n{sound}")
    assert [row[0] for row in rows] == ["nova-1"] and any("below its heading" in out.reason for out in held)


def test_a_bracket_that_says_with_or_without_what_is_a_condition_of_the_price() -> None:
    head = "| Model | Input ($/1M tokens) | Output ($/1M tokens) |\n|---|---|---|\n"
    assert read(f"{head}| nova-2 (70B) (without batching) | 1 | 4 |\n| nova-2 (70B) (w/ low latency) | 2 | 8 |\n")[0] == [
        ("nova-2 (70B)", "1", "4", "", "standard", "without batching"),
        ("nova-2 (70B)", "2", "8", "", "standard", "w/ low latency"),
    ]


@pytest.mark.parametrize(("second", "names"), [("Nova", ["nova-25-01", "nova-25-08"]), ("Nova Mini", ["Nova", "Nova Mini"])])
def test_models_of_a_list_that_share_their_names_are_named_by_their_identifiers(second: str, names: list[str]) -> None:
    models = [
        {"name": name, "slug": slug, "pricing": {"input": f"$1{n} / 1M tokens", "output": "$40 / 1M tokens"}}
        for n, (name, slug) in enumerate([("Nova", "nova-25-01"), (second, "nova-25-08")])
    ]
    assert [row[0] for row in read(json.dumps({"models": models}))[0]] == names


def test_a_price_struck_among_prices_told_apart_by_their_order_alone_holds_the_row() -> None:
    page = "The order is input / cached input / output, per 1M tokens.\n\n| Model | Price per 1M tokens |\n|---|---|\n| nova-2 | {} / $0.1 / $4 |\n| nova-1 | $2 / $0.2 / $8 |\n"
    assert [row[0] for row in read(page.format("$1"))[0]] == ["nova-2", "nova-1"]
    assert [row[0] for row in read(page.format("~~$1~~"))[0]] == ["nova-1"]
