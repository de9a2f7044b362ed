"""Imports lose nothing: the packaged trackers replayed against their own calculators, day by day, hour by hour, length by length.

Each tracker's packaged rows alone are believed, and what our request costs is compared with what the tracker's own
calculator says on a grid of moments and prompt lengths. What is refused on import (``price_rows.cleaned``, corrections with
a reason) is not asked. The share that agrees is printed; every difference is named.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from functools import cache
from typing import Any

import polars as pl
import pytest

import reference
from belief import history, request_cost
from belief.judgement.statements import with_offer
from belief.names.offer_keys import one_key

MOMENTS = [datetime(2026, 11, 20, 2, 30, tzinfo=UTC), datetime(2026, 11, 21, 2, 30, tzinfo=UTC), datetime(2026, 11, 24, 12, tzinfo=UTC)]
PAST = [
    datetime(2025, 7, 20, 17, tzinfo=UTC),
    datetime(2026, 2, 20, 12, tzinfo=UTC),
    datetime(2026, 8, 26, 2, 30, tzinfo=UTC),
    datetime(2026, 10, 5, 2, 30, tzinfo=UTC),
]
LENGTHS = (1_000, 150_000, 199_500, 200_000, 200_001, 250_000, 272_001, 300_000, 600_000)


@cache
def rows_of(source: str) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """The packaged rows of one tracker by (provider as it names it, label), as witness intervals in shared spelling."""
    packaged = reference.load("price_history").filter((pl.col("source") == source) & (pl.col("tier") != "batch"))
    stated = history.packaged_intervals(packaged, reference.load("price_snapshots"), {}).with_columns(
        pl.concat_str("provider", pl.lit("|"), "model_label").alias("model")
    )
    keyed = with_offer(one_key(stated)).with_row_index("interval_id").with_columns(pl.col("interval_id").cast(pl.String))
    return {key: part.to_dicts() for key, part in keyed.partition_by(["provider", "model_label"], as_dict=True).items()}


def ours(rows: list[dict[str, Any]], at: datetime, tokens: int, place: str = "") -> tuple[float | None, float | None] | None:
    """Input and output price per million tokens that a request would pay, None where no price is in force."""
    service = "standard" if any(r["service"] == "standard" for r in rows) else rows[0]["service"]  # a label may name its own tier
    live = [
        r
        for r in rows
        if r["service"] == service
        and r["place"] == place
        and r["valid_from"] <= at.date()
        and (r["valid_to"] is None or r["valid_to"] > at.date())
    ]
    cost = (
        request_cost.charged([(r, request_cost.parse(r["condition"])) for r in live], request_cost.Request(tokens, 1, tier=service, at=at))
        if live
        else None
    )
    if cost is None:
        return None
    prices = {line.component: line.usd_per_mtok for line in cost.lines}
    return tuple(None if prices[c] is None else float(prices[c]) for c in ("input", "output"))  # type: ignore[return-value]


def told(found: Counter[str], wrong: list[str], least: float) -> None:
    share = found["equal"] / max(1, found["equal"] + found["differs"])
    print(f"{found['equal']} of {found['equal'] + found['differs']} points equal ({share:.2%}); not asked: {found['not asked']}")
    assert found["equal"] > 5000 and share >= least, wrong[:20]


def test_genai_prices_charges_what_its_own_calculator_charges() -> None:
    data = pytest.importorskip("genai_prices.data", reason="genai-prices is a dev dependency")
    names = {
        r["source_provider"]: r["provider"]
        for r in reference.load("providers").filter((pl.col("source_name") == "genai-prices") & pl.col("packaged")).to_dicts()
    }
    rows, found, wrong = rows_of("genai-prices"), Counter(), []
    for provider in data.providers:
        for model in provider.models:
            mine = rows.get((names.get(provider.id, ""), model.id))
            if mine is None:
                found["not asked"] += 1
                continue
            for at in MOMENTS:
                price = model.get_prices(at)
                for tokens in LENGTHS:
                    theirs = tuple(_at_length(getattr(price, c, None), tokens) for c in ("input_mtok", "output_mtok"))
                    if any(v == 0 for v in theirs) or theirs == (None, None):
                        continue  # zero outside a free tier is refused on import
                    places = {r["place"] for r in mine}
                    got = ours(mine, at, tokens, "" if "" in places else sorted(places)[0])
                    same = got is not None and all(
                        a == b or (a is not None and b is not None and abs(a - b) < 1e-6) for a, b in zip(got, theirs, strict=True)
                    )
                    found["equal" if same else "differs"] += 1
                    wrong += [] if same else [f"{provider.id}/{model.id} {at:%m-%d %H:%M} {tokens}: ours {got}, theirs {theirs}"]
    told(found, wrong, 0.995)


def _at_length(value: Any, tokens: int) -> float | None:
    if value is None or not hasattr(value, "base"):
        return None if value is None else float(value)
    reached = [t for t in value.tiers if tokens > t.start]
    return float(max(reached, key=lambda t: t.start).price if reached else value.base)


def test_model_prices_charges_what_its_own_calculator_charges() -> None:
    package = pytest.importorskip("model_prices", reason="model-prices is a dev dependency")
    names = {
        r["source_provider"]: r["provider"]
        for r in reference.load("providers").filter((pl.col("source_name") == "model-prices") & pl.col("packaged")).to_dicts()
    }
    rows, found, wrong = rows_of("model-prices"), Counter(), []
    for provider, models in package._data()["prices"].items():
        for label in models:
            mine = rows.get((names.get(provider, ""), label))
            if mine is None or (package.resolve_details(label, provider) or ())[:2] != (provider, label):
                found["not asked"] += 1
                continue
            for at in (*MOMENTS, *PAST):
                rates = package.rates(label, at=at, provider=provider, mode="standard")
                if rates is None:
                    continue
                for tokens in LENGTHS:
                    cost = rates.breakdown(input_tokens=tokens), rates.breakdown(input_tokens=tokens, output_tokens=1_000_000)
                    theirs = cost[0].input * 1e6 / tokens, cost[1].output
                    got = ours(mine, at, tokens)
                    if got is None or 0 in theirs:
                        found["not asked"] += 1
                        continue
                    same = all(a is not None and abs(a - b) < 1e-6 for a, b in zip(got, theirs, strict=True))
                    found["equal" if same else "differs"] += 1
                    wrong += [] if same else [f"{provider}/{label} {at:%m-%d %H:%M} {tokens}: ours {got}, theirs {theirs}"]
    told(found, wrong, 0.995)
