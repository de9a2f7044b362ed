"""How fast accelerators improve: growth per year of bandwidth, FLOP/s, capacity, per watt and per dollar.

Ordinary least squares of the logarithm on the launch date with Student-t intervals, as Epoch AI does for its
hardware trends (Hobbhahn, Heim and Aydos 2023, "Trends in Machine Learning Hardware"), so that the result can be
held against theirs. Bandwidth per watt sets how fast the energy floor of memory-bound decoding can fall. Belongs
here: trends over launch dates. Does not: which value of a part is right (the specification history decides).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date

import numpy as np
import polars as pl

from units.constants import DAYS_PER_YEAR

METRICS: Mapping[str, tuple[str, str]] = {
    "bandwidth": ("memory_bandwidth_gb_s", ""),
    "memory": ("memory_gb", ""),
    "tensor_flops": ("tensor_tflops", ""),
    "tdp": ("tdp_w", ""),
    "bandwidth_per_watt": ("memory_bandwidth_gb_s", "tdp_w"),
    "tensor_flops_per_watt": ("tensor_tflops", "tdp_w"),
    "bandwidth_per_dollar": ("memory_bandwidth_gb_s", "price_usd"),
    "tensor_flops_per_dollar": ("tensor_tflops", "price_usd"),
    "flops_per_byte": ("tensor_tflops", "memory_bandwidth_gb_s"),
}
"""Metric -> numerator and denominator column."""

SCHEMA = {
    "metric": pl.String,
    "growth_per_year": pl.Float64,
    "growth_low": pl.Float64,
    "growth_high": pl.Float64,
    "doubling_years": pl.Float64,
    "parts_count": pl.Int64,
    "r_squared": pl.Float64,
}


def trends(parts: pl.DataFrame, as_of: date, *, since: date, min_memory_gb: float = 0.0, confidence: float = 0.95) -> pl.DataFrame:
    """Growth per year of every metric over parts launched from ``since`` to ``as_of``.

    Args: ``parts`` has launch_date, memory_gb, memory_bandwidth_gb_s, tensor_tflops, tdp_w, price_usd (null = unknown).
    Returns metric, growth_per_year (0.14 = +14 %), growth_low, growth_high, doubling_years, parts_count, r_squared;
    one row per metric with at least five parts, sorted. Zero and negative figures are missing figures.
    """
    pool = parts.filter((pl.col("launch_date") >= since) & (pl.col("launch_date") <= as_of))
    if min_memory_gb:
        pool = pool.filter(pl.col("memory_gb") >= min_memory_gb)
    years = pool["launch_date"].dt.epoch("d").cast(pl.Float64).to_numpy() / DAYS_PER_YEAR
    rows = []
    for metric, (top, bottom) in METRICS.items():
        value = pool[top].cast(pl.Float64).to_numpy()
        if bottom:
            with np.errstate(divide="ignore", invalid="ignore"):
                value = value / pool[bottom].cast(pl.Float64).to_numpy()
        good = np.isfinite(value) & (value > 0)
        if good.sum() >= 5:
            rows.append({"metric": metric, **fit(years[good], value[good], confidence)})
    return pl.DataFrame(rows, schema=SCHEMA).sort("metric")


def fit(years: np.ndarray, value: np.ndarray, confidence: float = 0.95) -> dict[str, float]:
    """Log-linear growth of ``value`` over ``years`` with a Student-t interval.

    Returns growth_per_year, growth_low, growth_high, doubling_years (negative when falling), parts_count, r_squared.
    Raises ``ValueError`` for fewer than three points or no spread of dates.
    """
    from scipy.special import stdtrit

    n = len(years)
    x = years - years.mean()
    spread = float(x @ x)
    if n < 3 or spread == 0:
        raise ValueError(f"expected at least three parts with different launch dates, found {n}; widen the window")
    y = np.log(value)
    slope = float(x @ y) / spread
    residual = y - y.mean() - slope * x
    error = math.sqrt(float(residual @ residual) / (n - 2) / spread)
    half = float(stdtrit(n - 2, (1 + confidence) / 2)) * error
    total = float(((y - y.mean()) ** 2).sum())
    return {
        "growth_per_year": math.expm1(slope),
        "growth_low": math.expm1(slope - half),
        "growth_high": math.expm1(slope + half),
        "doubling_years": math.log(2) / slope if slope else math.inf,
        "parts_count": n,
        "r_squared": 1 - float(residual @ residual) / total if total else 0.0,
    }


def compare(fitted: pl.DataFrame, published: pl.DataFrame) -> pl.DataFrame:
    """Our growth beside published growth: does the published figure lie in our interval?

    Args: ``published`` has metric, source, growth_per_year. Returns metric, source, published_growth_per_year,
    growth_per_year, growth_low, growth_high, agrees.
    """
    both = published.rename({"growth_per_year": "published_growth_per_year"}).join(fitted, on="metric")
    agrees = pl.col("published_growth_per_year").is_between(pl.col("growth_low"), pl.col("growth_high"))
    return (
        both.with_columns(agrees=agrees)
        .select("metric", "source", "published_growth_per_year", "growth_per_year", "growth_low", "growth_high", "agrees")
        .sort("metric", "source")
    )


def energy_floor_factors(fitted: pl.DataFrame) -> tuple[float, float, float]:
    """Times a year by which the memory-bound energy floor gets cheaper (low, mode, high), from bandwidth per watt.

    Joules per token of a memory-bound step are bytes over bytes per joule, so the floor falls as bandwidth per watt
    grows; a falling trend is cut at 1 (no cheaper).
    """
    row = fitted.filter(pl.col("metric") == "bandwidth_per_watt").to_dicts()
    if not row:
        raise ValueError("expected a trend of bandwidth_per_watt, found none; fit it first")
    low, mode, high = (max(1.0, 1.0 + row[0][k]) for k in ("growth_low", "growth_per_year", "growth_high"))
    return low, mode, high
