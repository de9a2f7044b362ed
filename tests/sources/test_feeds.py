"""Feeds are read entry by entry: what one entry does not explain costs that entry, is counted and named, and no more."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from sources.captures import read_captures
from sources.catalogue import UNTRUSTED, source
from sources.fetching.archive import Archive
from sources.health import capture_frame, reading_frame
from sources.pages.quote import Parsed, PriceQuote

NOW = datetime(2026, 11, 27, 6, tzinfo=UTC)


def litellm(count: int, strange: int = 0, **members: Any) -> bytes:
    """``count`` priced models of which the first ``strange`` have ``members`` too."""
    plain = {"litellm_provider": "p", "mode": "chat", "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06}
    return json.dumps({f"gpt-4o claude gemini deepseek {n}": plain | (members if n < strange else {}) for n in range(count)}).encode()


def parsed(name: str, body: Any) -> Parsed:
    return source(f"prices/{name}").parsed(body if isinstance(body, bytes) else json.dumps(body).encode())


def labels(read: Parsed) -> set[str]:
    return {q.model_label for q in read.quotes if isinstance(q, PriceQuote)}


def test_an_entry_with_an_unknown_price_member_is_left_out_alone_with_its_name_and_words() -> None:
    read = parsed("litellm", litellm(100, 2, input_cost_per_token_balanced=3e-06))
    assert len(labels(read)) == 98 and len(read.left_out) == 2 and read.is_partial
    first = read.left_out[0]
    assert first.subject == "gpt-4o claude gemini deepseek 0" and "input_cost_per_token_balanced" in first.reason
    assert first.extent == "entry" and "3e-06" in first.evidence


def test_no_row_of_an_entry_that_is_left_out_stays() -> None:
    models = {f"m{n}": {"cost": {"input": 1, "output": 2}} for n in range(30)}
    models["odd"] = {"cost": {"input": 1, "output": 2, "tiers": [{"tier": {"type": "seats", "size": 5}, "input": 3}]}}
    read = parsed("modelsdev", {"p": {"models": models}})
    assert "odd" not in labels(read) and [o.subject for o in read.left_out] == ["p/odd"]
    assert [q.row for q in read.quotes if isinstance(q, PriceQuote) and q.component == "input"] == list(range(30))


def test_a_price_beyond_the_contracts_bounds_costs_its_entry_and_not_the_feed() -> None:
    read = parsed(
        "openrouter",
        {"data": [{"id": f"a/{n}", "pricing": {"prompt": "0.000001", "completion": "0.000002" if n else "0.54"}} for n in range(40)]},
    )
    assert len(labels(read)) == 39 and [o.subject for o in read.left_out] == ["a/0"] and "outside" in read.left_out[0].reason


def test_a_name_listed_twice_at_two_prices_has_none() -> None:
    told = [{"id": f"a/{n}", "pricing": {"prompt": "0.000001", "completion": "0.000002"}} for n in range(20)]
    read = parsed("openrouter", {"data": [*told, {"id": "a/3", "pricing": {"prompt": "0.000001", "completion": "0.000003"}}]})
    assert len(labels(read)) == 19 and "a/3" not in labels(read) and "twice" in read.left_out[0].reason


def test_a_feed_is_refused_when_more_than_its_stated_share_is_not_understood() -> None:
    allowed = source("prices/litellm").contract.allowed_left_out
    strange = int(100 * allowed)
    assert len(parsed("litellm", litellm(100, strange, input_cost_per_token_balanced=1e-06)).left_out) == strange
    with pytest.raises(UNTRUSTED, match=f"{strange + 1} of 100 entries are not understood .*input_cost_per_token_balanced"):
        parsed("litellm", litellm(100, strange + 1, input_cost_per_token_balanced=1e-06))


def test_a_feed_is_refused_when_the_names_it_must_show_are_among_the_left_out() -> None:
    plain = {"litellm_provider": "p", "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06}
    body = {f"model {n}": plain for n in range(200)} | {f"claude {n}": plain | {"inputs_price": 1e-06} for n in range(3)}
    with pytest.raises(UNTRUSTED, match="3 of 3 entries named claude are not understood"):
        parsed("litellm", json.dumps(body).encode())


def test_a_feed_whose_unit_changed_as_a_whole_is_refused() -> None:
    body = {"data": [{"id": f"a/{n}", "pricing": {"prompt": "1.5", "completion": "3"}} for n in range(40)]}
    with pytest.raises(UNTRUSTED, match="40 of 40"):
        parsed("openrouter", body)


def test_a_count_nobody_named_is_a_meter_unless_its_figure_has_the_size_of_a_token_price() -> None:
    read = parsed("litellm", litellm(100, 1, input_cost_per_text_message=0.0075))
    assert {q.unit for q in read.quotes if isinstance(q, PriceQuote) and q.row is None} == {"1 text message"} and not read.left_out
    assert len(parsed("litellm", litellm(100, 1, input_cost_per_tokn=1e-06)).left_out) == 1


WHERE = {
    "litellm": (),
    "modelsdev": ("*", "models"),
    "genai_prices": ("*", "models"),
    "model_prices": ("prices", "*"),
    "llm_prices": ("prices",),
    "openrouter": ("data",),
}
"""Where the entries of each feed stand (``*``: the first member)."""


@pytest.mark.parametrize("name", list(WHERE))
@pytest.mark.parametrize("strange", [None, [], "text", {"id": 7}, {"cost": "free"}, {"pricing": {"prompt": []}}], ids=repr)
def test_what_stands_in_the_place_of_an_entry_costs_no_other_entry(name: str, strange: Any) -> None:
    path = next(p for p in (source(f"prices/{name}").folder / "specimens").glob("*.json"))
    body = entries = json.loads(path.read_text())
    for step in WHERE[name]:
        entries = entries[step if step != "*" else next(iter(entries)) if isinstance(entries, dict) else 0]
    if isinstance(entries, list):
        entries.append(strange)
    else:
        entries["zz-strange"] = strange
    assert labels(parsed(name, body)) == labels(source(f"prices/{name}").parsed(path.read_bytes()))


def test_what_was_left_out_is_kept_beside_the_rows_and_makes_the_source_partial(tmp_path: Path) -> None:
    one, archive = source("prices/litellm"), Archive(tmp_path / "archive")
    archive.put(one.key, one.contract.urls[0], litellm(1200, 3, cost_per_reasoning_token=1e-06), NOW)
    for _ in range(2):  # from the parser, then from the kept rows
        reading = read_captures(one, archive, date(2026, 11, 27), tmp_path / "cache")
        assert not reading.failed and reading.is_partial and reading.left_out["subject"].n_unique() == 3
        state = reading_frame(one, reading, date(2026, 11, 27), capture_frame([])).row(0, named=True)
        assert state["status"] == "partial" and state["left_out_count"] == 3 and "cost_per_reasoning_token" in state["message"]
    archive.put(one.key, one.contract.urls[0], litellm(1200), NOW.replace(hour=7))
    assert not read_captures(one, archive, date(2026, 11, 27), tmp_path / "cache").is_partial


def test_an_entry_that_is_not_understood_for_a_day_is_neither_gone_nor_seen_again(tmp_path: Path) -> None:
    one, archive = source("prices/litellm"), Archive(tmp_path / "archive")
    for hour, strange in ((5, 0), (6, 2), (7, 0)):
        day = NOW.replace(day=20 + hour, hour=hour)
        archive.put(one.key, one.contract.urls[0], litellm(1200, strange, cost_per_reasoning_token=1e-06), day)
        quotes = read_captures(one, archive, day.date()).quotes
        first, last = quotes.row(0, named=True), quotes.row(-1, named=True)
        assert quotes.height == 2400 and quotes["gone_at"].null_count() == 2400
        assert first["model_label"].endswith(" 0") and last["confirmed_at"] == day.date()
        assert first["confirmed_at"] == (date(2026, 11, 25) if strange else day.date())
