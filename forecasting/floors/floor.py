"""How far the price can still fall: two floors, what binds, and when price and floor would meet.

Energy is a hard floor (joules are paid for whatever the margin), the GPU-hour an attractor (capital can be sold below
cost for a while, not for long). Both are uncertain and both move: hardware gets better, electricity and rentals may
rise. A meeting date exists only for a stated trend, so dates come as probabilities per trend, "never" included.
Belongs here: floors of series, their paths, meeting. Not here: how a joule or a token per second is computed.
"""

from __future__ import annotations

import zlib
from datetime import date, timedelta

import numpy as np
import polars as pl

from forecasting.forecast import fitting, past, priors, repricing
from forecasting.panel.series import prepare, series_from_frontier
from units.constants import DAYS_PER_YEAR
from warehouse.schema import frames

DRAWS = 4000
MEETING_MARGIN = 0.10
"""Price meets its floor when it is within this share of it."""
DEADLINES = (date(2027, 12, 31), date(2028, 12, 31), date(2030, 12, 31))
HORIZON_YEARS = 10.0
DEFAULT_COST_FACTOR = {"energy": (1.0, 1.3, 1.7), "gpu_hour": (0.9, 1.25, 1.8)}
"""Times cheaper a year (low, mode, high) where the floors frame gives none: energy per operation of accelerators
fell 1.4x a year (AI Index 2025) before batch and software gains, electricity may rise; rental per unit of throughput
fell in most years and rose through 2026."""
VOLATILITY_PER_ROOT_YEAR = 0.25
SCENARIOS = ("recent", "pooled", "ten_times_rule")


def with_factors(floors: pl.DataFrame) -> pl.DataFrame:
    """Floors with their own trend filled in where it is not given."""
    out = floors
    for i, part in enumerate(("low", "mode", "high")):
        column = f"cost_factor_{part}_per_year"
        default = pl.col("floor_kind").replace_strict(
            {k: v[i] for k, v in DEFAULT_COST_FACTOR.items()}, default=1.0, return_dtype=pl.Float64
        )
        out = out.with_columns((pl.coalesce(pl.col(column).cast(pl.Float64), default) if column in out.columns else default).alias(column))
    return out


def triangular(rng: np.random.Generator, low: float, mode: float, high: float, size: int) -> np.ndarray:
    """Triangular draws in logs; a degenerate range gives the mode."""
    a, c, b = np.log([low, min(max(mode, low), high), high])
    return np.exp(rng.triangular(a, c, b, size)) if b > a else np.full(size, mode)


def floor_draws(row: dict, years: np.ndarray, rng: np.random.Generator, size: int = DRAWS) -> np.ndarray:
    """Draws of a floor's path (size, times): triangular level and trend in logs plus a random walk."""
    level = triangular(rng, row["low_usd_per_mtok"], row["mode_usd_per_mtok"], row["high_usd_per_mtok"], size)
    factor = triangular(rng, row["cost_factor_low_per_year"], row["cost_factor_mode_per_year"], row["cost_factor_high_per_year"], size)
    steps = np.diff(years, prepend=0.0)
    walk = np.cumsum(rng.standard_normal((size, len(years))) * VOLATILITY_PER_ROOT_YEAR * np.sqrt(steps), axis=1)
    return np.exp(np.log(level)[:, None] - np.log(factor)[:, None] * years[None, :] + walk)


def _trend(scenario: str, log_price: np.ndarray, years: np.ndarray, fall_log: float) -> float:
    """Factor per year of a stated trend: the last year's, the forecasting model's mean over a year, or ten."""
    if scenario == "ten_times_rule":
        return 10.0
    if scenario == "recent":
        back = years >= years[-1] - 1.0
        first = np.flatnonzero(back)[0]
        span = max(years[-1] - years[first], 0.25)
        return float(np.exp(-(log_price[-1] - log_price[first]) / span))
    return float(np.exp(fall_log))


def build(frontier_price: pl.DataFrame, series_floor: pl.DataFrame, as_of: date) -> dict[str, pl.DataFrame]:
    """Tables meeting_date and binding_constraint of a vintage; empty without floors."""
    series = series_from_frontier(frontier_price)
    return {
        "meeting_date": meeting_dates(series, series_floor, as_of),
        "binding_constraint": binding_constraints(series, series_floor, as_of),
    }


def meeting_dates(series: pl.DataFrame, floors: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Table meeting_date: probability of meeting each floor by each deadline, and never. Price falls log-linearly by the scenario (spread 30 % of its log rate); it meets
    when price <= 1.1 floor. Never: not within ten years.
    """
    if series.is_empty() or floors.is_empty():
        return frames.empty("stats.meeting_date")
    panel = prepare(series.select("unique_id", "ds", "y"), as_of)
    at = past.states(panel.series, as_of.toordinal())
    ahead = repricing.draws(at, 1.0, fitting.fit(panel.series, priors.at(as_of)))
    fall_log = np.maximum(at.log_price - ahead.mean(axis=1), 0.0)
    years = np.linspace(0, HORIZON_YEARS, 121)
    rows = []
    for one, fall in zip(panel.series, fall_log, strict=True):
        for row in floors.filter(pl.col("series_id") == one.unique_id).sort("floor_kind").iter_rows(named=True):
            rng = np.random.default_rng(zlib.crc32(f"{as_of}{one.unique_id}{row['floor_kind']}".encode()))
            bound = floor_draws(row, years, rng)
            shock = np.exp(0.3 * rng.standard_normal(DRAWS))
            for scenario in SCENARIOS:
                factor = _trend(scenario, one.log_price, one.day / DAYS_PER_YEAR, float(fall))
                path = one.last - np.log(factor) * shock[:, None] * years[None, :]
                rows += _meetings(
                    path <= np.log(bound) + np.log1p(MEETING_MARGIN),
                    years,
                    as_of,
                    {
                        "vintage": as_of,
                        "series_id": one.unique_id,
                        "floor_kind": row["floor_kind"],
                        "scenario": scenario,
                        "price_factor_per_year": factor,
                    },
                )
    return frames.from_rows("stats.meeting_date", rows)


def _meetings(met: np.ndarray, years: np.ndarray, as_of: date, key: dict) -> list[dict]:
    ever = met.any(axis=1)
    when = np.where(ever, years[np.argmax(met, axis=1)], np.inf)
    middle = float(np.median(when))
    median = as_of + timedelta(days=int(middle * DAYS_PER_YEAR)) if np.isfinite(middle) else None
    out = [
        {
            **key,
            "outcome": f"by {d}",
            "deadline": d,
            "median_date": median,
            "probability_share": float(np.mean(when <= (d - as_of).days / DAYS_PER_YEAR)),
        }
        for d in DEADLINES
        if d > as_of
    ]
    return [*out, {**key, "outcome": "never", "deadline": None, "median_date": median, "probability_share": float(np.mean(~ever))}]


def binding_constraints(series: pl.DataFrame, floors: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Table binding_constraint: every limit as share of the price, the largest binds; any floor_kind in ``floors`` is a constraint."""
    if series.is_empty() or floors.is_empty():
        return frames.empty("stats.binding_constraint")
    last = series.filter(pl.col("ds") <= as_of).sort("unique_id", "ds").group_by("unique_id", maintain_order=True).last()
    rows = floors.join(last, left_on="series_id", right_on="unique_id").select(
        pl.lit(as_of).alias("vintage"),
        "series_id",
        pl.col("floor_kind").alias("constraint"),
        pl.col("mode_usd_per_mtok").alias("floor_usd_per_mtok"),
        pl.col("low_usd_per_mtok").alias("floor_low_usd_per_mtok"),
        pl.col("high_usd_per_mtok").alias("floor_high_usd_per_mtok"),
        (pl.col("mode_usd_per_mtok") / pl.col("y")).alias("share_of_price_share"),
        (pl.col("y") / pl.col("mode_usd_per_mtok")).alias("headroom_factor"),
    )
    return frames.conform(
        "stats.binding_constraint",
        rows.with_columns((pl.col("headroom_factor") == pl.col("headroom_factor").min().over("series_id")).alias("binds")),
    )
