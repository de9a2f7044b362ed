"""Splitting a change of price into causes that sum to it.

Identity per million output tokens: price = markup * (rental / (3600 * throughput * utilisation) * 1e6 + energy). In
logs a product splits exactly and in any order; in dollars the logarithmic mean (LMDI-I, Ang 2005) does the same.
Levers inside throughput interact, so they are split by exact Shapley values over all subsets; first-in and last-in
are shown as the range that other orders give. What the data cannot tell is its own bar, "not_attributed", never
spread over the others. Belongs here: the algebra. Not here: where a cost or a lever's effect comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from math import log
from typing import Any

import numpy as np
import polars as pl

from units.shapley import shapley
from warehouse.schema import frames

SECONDS_PER_HOUR = 3600.0
SMALL = 1e-20
"""Ang's small-value strategy: a zero factor is replaced by this, and the limit is right to machine precision."""


def logarithmic_mean(a: float, b: float) -> float:
    """L(a, b) = (a - b) / ln(a / b), L(a, a) = a; both must not be negative."""
    if a < 0 or b < 0:
        raise ValueError(f"the logarithmic mean is defined for values >= 0, found {a} and {b}")
    a, b = max(a, SMALL), max(b, SMALL)
    if abs(a - b) <= 1e-12 * max(a, b):
        return a
    return (a - b) / log(a / b)


def lmdi(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """Contribution of each factor of a product to its change in the product's own unit; they sum to the change."""
    total0, total1 = 1.0, 1.0
    for k in before:
        total0 *= max(before[k], SMALL)
        total1 *= max(after[k], SMALL)
    weight = logarithmic_mean(total1, total0)
    return {k: weight * log(max(after[k], SMALL) / max(before[k], SMALL)) for k in before}


def first_and_last_in(value: Callable[[frozenset[str]], float], players: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Gain of each player alone, and as the last to join: the range that a choice of order hides."""
    everyone = frozenset(players)
    nothing, total = value(frozenset()), value(everyone)
    return {p: (value(frozenset({p})) - nothing, total - value(everyone - {p})) for p in players}


def _cost(row: Mapping[str, float]) -> tuple[dict[str, float] | None, float]:
    """Factors of the modelled cost and the energy part; None where an input is unknown."""
    wanted = ("rental_usd_per_hour", "throughput_tok_per_s", "utilisation_share")
    if any(row.get(k) is None or not row[k] > 0 for k in wanted):
        return None, 0.0
    energy = row.get("energy_usd_per_mtok") or 0.0
    return {
        "rental": row["rental_usd_per_hour"],
        "throughput": 1e6 / (SECONDS_PER_HOUR * row["throughput_tok_per_s"]),
        "utilisation": 1 / row["utilisation_share"],
    }, energy


def price_change(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """Components of one change of price: name -> (log points, USD per Mtok); both columns sum to the change.

    When the model that sets the price changed and its cost is known on both sides, the throughput part is model
    substitution (another model serves the same quality) as far as it comes from another model; without a cost on
    either side the whole change is not attributed.
    """
    p0, p1 = float(before["price_usd_per_mtok"]), float(after["price_usd_per_mtok"])
    total, mean = log(p1 / p0), logarithmic_mean(p1, p0)
    cost0, energy0 = _cost(before)
    cost1, energy1 = _cost(after)
    names = ("rental", "throughput", "utilisation", "energy", "model_substitution", "markup", "not_attributed")
    parts = dict.fromkeys(names, 0.0)
    if cost0 is None or cost1 is None:
        parts["not_attributed"] = total
    else:
        hour0, hour1 = float(np.prod(list(cost0.values()))), float(np.prod(list(cost1.values())))
        cost_log = log((hour1 + energy1) / (hour0 + energy0))
        weight = logarithmic_mean(hour1 + energy1, hour0 + energy0)
        hour_share = logarithmic_mean(hour1, hour0) / weight
        for k in cost0:
            parts[k] = hour_share * log(cost1[k] / cost0[k])
        if energy0 > 0 or energy1 > 0:
            parts["energy"] = logarithmic_mean(energy1, energy0) / weight * log(max(energy1, SMALL) / max(energy0, SMALL))
        if before.get("model") != after.get("model"):
            parts["model_substitution"], parts["throughput"] = parts["throughput"], 0.0
        parts["markup"] = total - cost_log
        parts["not_attributed"] = total - sum(v for k, v in parts.items() if k != "not_attributed")
    return {k: (v, v * mean) for k, v in parts.items()}


def build(cost: pl.DataFrame, as_of: date, *, levers: Mapping[str, Mapping[frozenset[str], float]] | None = None) -> pl.DataFrame:
    """Table decomposition: LMDI of price between consecutive periods, Shapley of engine levers.

    ``cost``: table core.input_cost (null where unknown: the change is then 'not attributed'). ``levers``: scenario ->
    {frozenset of levers in: tok/s}, all 2**n subsets.
    """
    rows: list[dict[str, object]] = []
    usable = cost.filter(pl.col("period_day") <= as_of) if cost.height else cost
    for (name,), series in usable.sort("series_id", "period_day").group_by(["series_id"], maintain_order=True) if (usable.height) else ():
        records = list(series.iter_rows(named=True))
        for before, after in _spans(records):
            for component, (points, dollars) in price_change(before, after).items():
                rows.append(_row(str(name), before["period_day"], after["period_day"], "lmdi", component, points, dollars))
    for scenario, worth in sorted((levers or {}).items()):
        rows += _lever_rows(scenario, worth, as_of)
    return frames.from_rows("stats.decomposition", rows)


def _spans(records: list[dict]) -> Iterable[tuple[dict, dict]]:
    """Consecutive periods, and the whole span when there are more than two."""
    yield from zip(records, records[1:], strict=False)
    if len(records) > 2:
        yield records[0], records[-1]


def _lever_rows(scenario: str, worth: Mapping[frozenset[str], float], as_of: date) -> list[dict[str, object]]:
    players = sorted(frozenset().union(*worth))

    def value(s: frozenset[str]) -> float:
        return -log(worth[s])

    rows = []
    for lever, points in shapley(value, players).items():
        rows.append(_row(scenario, as_of, as_of, "shapley", lever, points, None))
    for lever, (first, last) in first_and_last_in(value, players).items():
        rows.append(_row(scenario, as_of, as_of, "first_in", lever, first, None))
        rows.append(_row(scenario, as_of, as_of, "last_in", lever, last, None))
    return rows


def _row(series: str, start: object, end: object, method: str, component: str, points: float, dollars: float | None) -> dict[str, object]:
    return {
        "series_id": series,
        "period_from": start,
        "period_to": end,
        "method": method,
        "component": component,
        "contribution_log": points,
        "contribution_usd_per_mtok": dollars,
        "factor": float(np.exp(-points)),
    }
