"""Machine-readable lists of models, by declaration: exact amounts, whole entries, and nothing that is not declared."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sources.catalogue import source
from sources.pages.lists import ModelList, read_list
from sources.pages.page import Page
from sources.pages.quote import LeftOut, PageChanged, PriceQuote
from sources.pages.wide import wide_rows

PLAIN = ModelList(entries="data", name="id", prices="pricing", components={"in": "input", "out": "output"}, ignored=["note.*"])


def read(body: Any, **told: Any) -> tuple[list[tuple[str, ...]], list[LeftOut]]:
    found = read_list(Page(json.dumps(body).encode()), PLAIN.model_copy(update=told))
    quotes = [q for q in found if isinstance(q, PriceQuote)]
    return [tuple(r[c] for c in ("model", "input", "output", "condition")) for r in wide_rows(quotes)], [
        q for q in found if isinstance(q, LeftOut)
    ]


def entry(name: str, **pricing: Any) -> dict[str, Any]:
    return {"id": name, "pricing": {"in": "1", "out": "2", **pricing}}


def test_an_entry_with_a_price_that_is_not_declared_is_left_out_whole() -> None:
    rows, out = read({"data": [entry("a"), entry("b", cached="0.1"), entry("c", note_en="x")]})
    assert rows == [("a", "1", "2", ""), ("c", "1", "2", "")] and [o.subject for o in out] == ["b"] and "cached" in out[0].reason


def test_amounts_in_a_hundredth_of_the_currency_become_exact_amounts_of_it() -> None:
    found = read_list(
        Page(b'{"data": [{"id": "a", "pricing": {"in": 9e-06, "out": 0.07}}]}'),
        PLAIN.model_copy(update={"divided_by": Decimal(100), "unit": "1 token"}),
    )
    assert [(q.value, q.value_text, q.unit) for q in found if isinstance(q, PriceQuote)] == [
        (Decimal("9e-8"), "9e-06", "1 token"),
        (Decimal("0.0007"), "0.07", "1 token"),
    ]


def test_prices_beyond_a_length_are_rows_of_their_own_and_a_bound_that_is_none_leaves_the_entry_out() -> None:
    above = {"member": "more", "bound": "from"}
    told = ModelList(**{**PLAIN.model_dump(), "above": above})
    body = {
        "data": [
            entry("a", more=[{"from": 200000, "in": "3", "out": "4"}]),
            entry("b", more={"from": 1000, "in": "5", "out": "6"}),
            entry("c", more={"from": "x", "in": "5"}),
        ]
    }
    found = read_list(Page(json.dumps(body).encode()), told)
    rows = [tuple(r[c] for c in ("model", "input", "condition")) for r in wide_rows(q for q in found if isinstance(q, PriceQuote))]
    assert rows == [("a", "1", ""), ("a", "3", "prompts > 200000"), ("b", "1", ""), ("b", "5", "prompts > 1000")]
    assert [o.subject for o in found if isinstance(o, LeftOut)] == ["c"]


def test_the_seller_of_an_offer_is_a_condition_of_its_price() -> None:
    body = {
        "data": [
            {"id": "a", "sold": [{"by": "x", "pricing": {"in": 1, "out": 2}}, {"by": "y"}, {"by": "z", "pricing": {"in": 3, "out": 4}}]}
        ]
    }
    assert read(body, each="sold", seller="by")[0] == [("a", "1", "2", "provider x"), ("a", "3", "4", "provider z")]


def test_entries_of_other_products_are_not_read_and_not_left_out() -> None:
    rows, out = read(
        {"data": [entry("a") | {"type": "text"}, {"id": "b", "type": "image", "pricing": {"per_image": 1}}]}, only={"type": ["text"]}
    )
    assert len(rows) == 1 and not out


@pytest.mark.parametrize("body", [{"data": []}, {"other": [1]}, [], "text", {"data": {"a": 1}}, {"data": [1, 2]}])
def test_a_body_without_the_list_is_refused(body: Any) -> None:
    with pytest.raises(PageChanged):
        read(body)


def test_the_list_is_found_at_its_path_within_an_outer_object_and_as_the_body_itself() -> None:
    assert read({"code": 200, "result": {"data": [entry("a")]}})[0] == read([entry("a")])[0] == [("a", "1", "2", "")]


@pytest.mark.parametrize(
    ("name", "file", "rows"),
    [
        ("atlascloud", "atlascloud/2026-08-22.json.gz", 166),
        ("huggingface", "huggingface/2026-08-10.router.json", 60),
        ("venice", "venice/2026-08-22.static-models.json", 136),
    ],
)
def test_real_lists_are_read_to_the_last_entry(name: str, file: str, rows: int, shared_data: Path) -> None:
    body = (shared_data / "prices2" / "captures" / file).read_bytes()
    parsed = source(f"prices/{name}").parsed(gzip.decompress(body) if file.endswith(".gz") else body)
    assert len(wide_rows(q for q in parsed.quotes if isinstance(q, PriceQuote))) == rows and not parsed.left_out


def test_an_entry_printed_twice_is_read_once_and_one_at_two_prices_not_at_all() -> None:
    rows, out = read({"data": [entry("a"), entry("b"), entry("a"), entry("b") | {"pricing": {"in": "1", "out": "3"}}]})
    assert rows == [("a", "1", "2", "")] and [(o.subject, o.locator) for o in out] == [("b", "data[1], data[3]")]


def test_an_entry_that_repeats_only_some_of_its_prices_is_held_back() -> None:
    rows, out = read({"data": [entry("a"), entry("b"), {"id": "b", "pricing": {"in": "1"}}]})
    assert [row[0] for row in rows] == ["a"] and [o.subject for o in out] == ["b"]
