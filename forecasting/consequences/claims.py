"""The essay's claims held against today's measurements.

``reference/claims.csv`` states each claim in our words with the range of values that would bear it out. The
verdict follows from the interval by rule: inside the range supported, overlapping partly, outside contradicted, no
measurement not measurable. Belongs here: the rule, and which of our tables measures which claim.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import polars as pl

from reference import definitions
from units.constants import DAYS_PER_YEAR
from warehouse.schema import frames

LOW_VALUE_APPLICATIONS = ("realtime_moderation", "search_every_query", "continuous_monitoring", "personalised_education")
MEANING = ("viability", "break_even", "wrapper_margin", "family_ratio", "jevons", "expectations")
"""Tables of consequences that measure a claim, in the order ``build`` takes them."""


def verdict(value: float | None, low: float | None, high: float | None, claimed_low: float | None, claimed_high: float | None) -> str:
    """supported: value and interval inside the claimed range; partly: value or part of the interval inside;
    contradicted: no overlap; not measurable: no value. Missing interval ends are the value, missing claim ends open.
    """
    if value is None or not np.isfinite(value):
        return "not measurable"
    a = value if low is None or not np.isfinite(low) else min(low, value)
    b = value if high is None or not np.isfinite(high) else max(high, value)
    floor = -np.inf if claimed_low is None else claimed_low
    ceiling = np.inf if claimed_high is None else claimed_high
    if a >= floor and b <= ceiling:
        return "supported"
    return "partly" if b >= floor and a <= ceiling else "contradicted"


def build(
    claims_reference: pl.DataFrame,
    engine: pl.DataFrame,
    rates: pl.DataFrame,
    accelerating: pl.DataFrame,
    constraints: pl.DataFrame,
    *meaning: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    """Table claims from the tables claim, input_claim, decline_rate, acceleration, binding_constraint and ``MEANING``."""
    measured = measurements(rates, accelerating, constraints, dict(zip(MEANING, meaning, strict=True)), engine)
    return held_against(claims_reference, measured, as_of)


def held_against(claims_reference: pl.DataFrame, measurements: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Table claims: every claim is a row; one without a measurement (claim_id, value, low, high, basis) says so."""
    found = {r["claim_id"]: r for r in measurements.iter_rows(named=True)}
    rows = []
    for c in claims_reference.iter_rows(named=True):
        m = found.get(c["claim_id"], {"value": None, "low": None, "high": None, "basis": "no measurement today"})
        rows.append(
            {
                "claim_id": c["claim_id"],
                "claim": c["claim"],
                "claimed_value": c["claimed_value"],
                "measured_value": m["value"],
                "measured_unit": c["measured_unit"],
                "interval_low": m["low"],
                "interval_high": m["high"],
                "basis": f"{c['measured_as']}: {m['basis']}",
                "verdict": verdict(m["value"], m["low"], m["high"], c["claimed_low"], c["claimed_high"]),
                "as_of": as_of,
            }
        )
    return frames.from_rows("stats.claims", rows)


def measurements(
    rates: pl.DataFrame,
    accelerating: pl.DataFrame,
    constraints: pl.DataFrame,
    meaning: Mapping[str, pl.DataFrame],
    engine: pl.DataFrame | None,
) -> pl.DataFrame:
    """What the statistics measure of the claims (C1, C8, C13 to C19); a row of ``engine`` (claim_id, value, low, high,
    basis) replaces ours for the same claim.
    """
    rows = [
        r
        for r in (
            _launch_rate(rates),
            _routing(meaning),
            _direction(accelerating),
            _low_value(meaning),
            _wrapper(meaning),
            _self_hosting(meaning),
            _rebound(meaning),
            _energy(constraints),
            _best_model(meaning),
        )
        if r is not None
    ]
    own = pl.DataFrame(rows, schema=frames.polars_schema("core.input_claim"), orient="row")
    if engine is None or engine.is_empty():
        return own.sort("claim_id")
    theirs = engine.select(pl.col(k).cast(v) for k, v in frames.polars_schema("core.input_claim").items())
    return pl.concat([own.join(theirs, on="claim_id", how="anti"), theirs]).sort("claim_id")


def _launch_rate(rates: pl.DataFrame) -> tuple | None:
    rows = rates.filter(
        (pl.col("index_id") == f"hedonic-launch-{definitions.text('headline.scale')}")
        & (pl.col("window_from") >= date(2023, 7, 1))
        & (pl.col("window_to") <= date(2026, 3, 31))
    ).sort("window_from")
    if rows.is_empty():
        return None
    r = rows.row(0, named=True)
    return (
        "C1",
        r["factor_per_year"],
        r["factor_low_per_year"],
        r["factor_high_per_year"],
        f"{r['window_from']} to {r['window_to']}, {r['observations_count']} launches",
    )


def _routing(meaning: Mapping[str, pl.DataFrame]) -> tuple | None:
    table = meaning.get("family_ratio")
    if table is None or table.is_empty():
        return None
    s = table["routing_saving_share"].drop_nulls()
    if s.is_empty():
        return None
    return ("C8", s.median(), s.quantile(0.1), s.quantile(0.9), f"{len(s)} families, 10 and 90 % of families")


def _direction(accelerating: pl.DataFrame) -> tuple | None:
    rule = accelerating.filter(pl.col("test") == "rule")
    if rule.is_empty():
        return None
    sign = {"accelerating": 1.0, "decelerating": -1.0, "no evidence": 0.0}
    each = [sign[d] for d in accelerating.filter(pl.col("test").is_in(["quadratic", "one_break", "rolling_12_months"]))["direction"]]
    if not each:
        return None
    said = ", ".join(f"{each.count(v)} of {len(each)} tests {name}" for name, v in sign.items() if v in each)
    return ("C13", sign[rule["direction"][0]], min(each), max(each), f"by rule {rule['direction'][0]}; {said}")


def _low_value(meaning: Mapping[str, pl.DataFrame]) -> tuple | None:
    table = meaning.get("viability")
    if table is None or table.is_empty():
        return None
    chosen = table.filter(pl.col("application").is_in(LOW_VALUE_APPLICATIONS))
    if chosen.is_empty():
        return None
    p = chosen["viable_within_year_share"]
    return ("C14", p.mean(), p.min(), p.max(), f"mean over {chosen.height} applications, least and greatest")


def _wrapper(meaning: Mapping[str, pl.DataFrame]) -> tuple | None:
    table = meaning.get("wrapper_margin")
    if table is None or table.is_empty():
        return None
    now = table.filter(pl.col("day") == pl.col("day").max())
    return (
        "C15",
        now["model_cost_share"].median(),
        now["model_cost_low_share"].min(),
        now["model_cost_high_share"].max(),
        f"median of {now.height} applications at list price",
    )


def _self_hosting(meaning: Mapping[str, pl.DataFrame]) -> tuple | None:
    table = meaning.get("break_even")
    if table is None or table.is_empty():
        return None
    share = table["verdict"].to_list().count("self-hosting") / table.height
    any_share = 1 - table["verdict"].to_list().count("api") / table.height
    return ("C16", share, share, any_share, f"{table.height} pairs of model and accelerator")


def _rebound(meaning: Mapping[str, pl.DataFrame]) -> tuple | None:
    table = meaning.get("jevons")
    if table is None or table.is_empty():
        return None
    r = table.filter(pl.col("subject") == "market elasticity")
    if r.is_empty():
        return None
    elasticity = r.row(0, named=True)
    return (
        "C17",
        elasticity["rebound_share"],
        _rebound_at(elasticity["elasticity_high"], elasticity),
        _rebound_at(elasticity["elasticity_low"], elasticity),
        "elasticity of the literature",
    )


def _rebound_at(elasticity: float, row: Mapping[str, float]) -> float:
    f = row["price_factor_per_year"]
    return float((f ** (-elasticity) - 1) / (f - 1)) if abs(f - 1) > 1e-9 else -elasticity


def _energy(constraints: pl.DataFrame) -> tuple | None:
    rows = constraints.filter(pl.col("constraint") == "energy")
    if rows.is_empty():
        return None
    price = rows["floor_usd_per_mtok"] / rows["share_of_price_share"]
    return (
        "C18",
        rows["share_of_price_share"].median(),
        (rows["floor_low_usd_per_mtok"] / price).min(),
        (rows["floor_high_usd_per_mtok"] / price).max(),
        f"median over {rows.height} series",
    )


def _best_model(meaning: Mapping[str, pl.DataFrame]) -> tuple | None:
    table = meaning.get("expectations")
    if table is None or table.height < 13:
        return None
    rows = table.filter(pl.col("scale") == table["scale"][0]).sort("month").drop_nulls("best_usd_per_mtok")
    if rows.height < 13:
        return None
    y = np.log(rows["best_usd_per_mtok"].to_numpy())
    x = np.array([d.toordinal() for d in rows["month"]]) / DAYS_PER_YEAR
    from forecasting.estimators.decline import log_linear_hac

    r = log_linear_hac(x, y)
    return ("C19", r.factor, r.factor_low, r.factor_high, f"{rows.height} months")
