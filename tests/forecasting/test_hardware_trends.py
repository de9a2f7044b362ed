"""Hardware trends: the known truth of made-up parts, Epoch's own figures, and the published ones beside ours."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from forecasting.floors.hardware_trends import compare, energy_floor_factors, fit, trends
from reference import load

TODAY = date(2026, 11, 22)


def made(growth: float, n: int, noise: float, seed: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    years = rng.uniform(0, 9, n)
    value = 500 * np.exp(np.log1p(growth) * years + rng.normal(0, noise, n))
    return pl.DataFrame(
        {
            "launch_date": [date(2016, 1, 1) + timedelta(days=float(y) * 365.25) for y in years],
            "memory_gb": 80.0,
            "memory_bandwidth_gb_s": value,
            "tensor_tflops": value,
            "tdp_w": 500.0,
            "price_usd": None,
        },
        schema_overrides={"price_usd": pl.Float64},
    )


def test_a_known_growth_is_inside_its_interval_as_often_as_the_interval_says() -> None:
    hits = 0
    for seed in range(200):
        parts = made(0.25, 40, 0.5, seed)
        row = fit(parts["launch_date"].dt.epoch("d").to_numpy() / 365.25, parts["tensor_tflops"].to_numpy())
        hits += row["growth_low"] <= 0.25 <= row["growth_high"]
    assert 183 <= hits <= 197  # 95 % of 200, within three standard errors


def test_bandwidth_per_watt_grows_as_epochs_data_say() -> None:
    """The fit on Epoch's parts of at least 16 GB from 2016: 14.0 % a year (9 to 19), 90 parts."""
    table = trends(load("hardware_parts"), TODAY, since=date(2016, 1, 1), min_memory_gb=16)
    row = table.filter(pl.col("metric") == "bandwidth_per_watt").to_dicts()[0]
    assert row["growth_per_year"] == pytest.approx(0.14, abs=0.005) and row["parts_count"] == 90
    assert (round(row["growth_low"], 2), round(row["growth_high"], 2)) == (0.09, 0.19)
    tensor = table.filter(pl.col("metric") == "tensor_flops").to_dicts()[0]
    assert tensor["growth_per_year"] == pytest.approx(0.39, abs=0.02) and tensor["doubling_years"] == pytest.approx(2.1, abs=0.1)


def test_published_trends_stand_beside_ours_with_a_verdict() -> None:
    table = trends(load("hardware_parts"), TODAY, since=date(2010, 1, 1))
    verdicts = {(r["metric"], r["source"]): r for r in compare(table, load("hardware_trends_published")).to_dicts()}
    assert verdicts["tensor_flops", "Epoch AI data insight 2025"]["agrees"]
    assert not verdicts["bandwidth", "Epoch AI 2023"]["agrees"]  # bandwidth has grown faster since 2023


def test_nothing_launched_later_is_used() -> None:
    parts = load("hardware_parts")
    early = trends(parts, date(2020, 1, 1), since=date(2010, 1, 1))
    cut = trends(parts.filter(pl.col("launch_date") <= date(2020, 1, 1)), TODAY, since=date(2010, 1, 1))
    assert early.equals(cut)


def test_missing_and_zero_figures_are_left_out_not_counted_as_small() -> None:
    parts = made(0.25, 40, 0.0, 1)
    with_zero = pl.concat([parts, parts.head(5).with_columns(memory_bandwidth_gb_s=pl.lit(0.0))])
    a, b = (trends(p, TODAY, since=date(2010, 1, 1)).filter(pl.col("metric") == "bandwidth").to_dicts()[0] for p in (parts, with_zero))
    assert a["growth_per_year"] == pytest.approx(b["growth_per_year"], rel=1e-9) and a["parts_count"] == b["parts_count"]
    with pytest.raises(ValueError, match="three parts"):
        fit(np.array([1.0, 1.0]), np.array([2.0, 3.0]))


def test_the_energy_floor_never_gets_dearer_by_a_falling_trend() -> None:
    falling = pl.DataFrame({"metric": ["bandwidth_per_watt"], "growth_low": [-0.2], "growth_per_year": [-0.1], "growth_high": [0.05]})
    assert energy_floor_factors(falling) == (1.0, 1.0, 1.05)
