"""Floors with uncertainty: known products, shares that say who contributes, boundaries that are never mixed."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from forecasting.floors.floors_mc import Assumptions, Range, from_serving, lowest, model_floors

POINT = Assumptions(Range(0.0866, 0.0866, 0.0866), Range(1.1, 1.1, 1.1), Range(1.3, 1.3, 1.3), Range(0.5, 0.5, 0.5))
WIDE = Assumptions(Range(0.06, 0.0866, 0.12, "EIA"), Range(1.08, 1.15, 1.5, "operators"))


def served(**changes: object) -> pl.DataFrame:
    row = {
        "model": "llama-3.3-70b",
        "accelerator": "H100-SXM",
        "precision": "fp8",
        "service_level_tok_s_per_user": 20.0,
        "accelerator_s_per_mtok_input": 40.0,
        "accelerator_s_per_mtok_output": 500.0,
        "energy_j_per_input_token": 0.02,
        "energy_j_per_output_token": 0.3,
        "engine_low_share": 1.0,
        "engine_high_share": 1.0,
    }
    return pl.DataFrame([row | changes])


def one(table: pl.DataFrame, kind: str, token: str, boundary: str = "wall") -> dict[str, float]:
    wanted = boundary if kind == "energy" else "rented hour"
    return table.filter((pl.col("floor_kind") == kind) & (pl.col("token_kind") == token) & (pl.col("boundary") == wanted)).to_dicts()[0]


def test_without_uncertainty_the_floors_are_the_plain_products() -> None:
    table = model_floors(served(), {"H100-SXM": Range(2.0, 2.0, 2.0)}, POINT, np.random.default_rng(1), input_per_output=3.0)
    energy = one(table, "energy", "output")
    assert energy["mode_usd_per_mtok"] == pytest.approx(0.3 * 1e6 / 3.6e6 * 0.0866 * 1.1 * 1.3)
    assert energy["low_usd_per_mtok"] == pytest.approx(energy["high_usd_per_mtok"])
    assert one(table, "gpu_hour", "output")["mode_usd_per_mtok"] == pytest.approx(500 / 3600 * 2.0 / 0.5)
    assert one(table, "gpu_hour", "blend")["mode_usd_per_mtok"] == pytest.approx((3 * 40 + 500) / 4 / 3600 * 4.0)


def test_input_and_output_are_apart_and_boundaries_grow_outwards() -> None:
    table = model_floors(served(), {}, WIDE, np.random.default_rng(1), input_per_output=3.0)
    assert one(table, "energy", "output")["mode_usd_per_mtok"] / one(table, "energy", "input")["mode_usd_per_mtok"] == pytest.approx(15)
    modes = [one(table, "energy", "output", b)["mode_usd_per_mtok"] for b in ("gpu_only", "system", "wall")]
    assert modes == sorted(modes) and modes[0] < modes[2]
    assert table.filter(pl.col("floor_kind") == "gpu_hour").is_empty()  # no rental price, no floor: missing stays missing


def test_a_range_is_the_quantiles_it_says() -> None:
    draws = Range(0.5, 1.0, 3.0).draws(np.random.default_rng(3), 200_000)
    assert np.quantile(draws, [0.05, 0.5, 0.95]) == pytest.approx([0.5, 1.0, 3.0], rel=0.03)
    with pytest.raises(ValueError, match="low <= mode"):
        Range(2.0, 1.0, 3.0)


def test_the_interval_is_narrower_than_the_product_of_extremes_and_shares_sum_to_one() -> None:
    uncertain = served(engine_low_share=0.8, engine_high_share=1.25)
    table = model_floors(uncertain, {"H100-SXM": Range(1.5, 2.2, 3.5)}, WIDE, np.random.default_rng(5), input_per_output=3.0)
    hour = one(table, "gpu_hour", "output")
    extremes = 500 / 3600 * 3.5 / 0.45 / 0.75
    assert hour["high_usd_per_mtok"] < extremes
    shares = table.select(pl.sum_horizontal(pl.col("^share_.*$")))["share_engine"].to_list()
    assert shares == pytest.approx([1.0] * len(shares))
    assert hour["share_electricity"] == 0 and hour["share_rental"] > 0.2


def test_variance_shares_are_those_of_the_logarithms() -> None:
    assumptions = Assumptions(Range(1 / math.e, 1.0, math.e), Range(1.0, 1.0, 1.0), Range(1.0, 1.0, 1.0))
    table = model_floors(
        served(engine_low_share=math.exp(-2 * 1.2816 / 1.6449), engine_high_share=math.exp(2 * 1.2816 / 1.6449)),
        {},
        assumptions,
        np.random.default_rng(9),
        draws=50_000,
        input_per_output=3.0,
    )
    row = one(table, "energy", "output")  # log ranges of 1 and 2: variances as 1 to 4
    assert row["share_engine"] == pytest.approx(0.8, abs=0.02) and row["share_electricity"] == pytest.approx(0.2, abs=0.02)


def test_the_same_seed_gives_the_same_bytes_whatever_the_order_of_rows() -> None:
    two = pl.concat([served(), served(model="qwen3-32b", energy_j_per_output_token=0.2)])
    tables = [
        model_floors(t, {"H100-SXM": Range(1.5, 2.2, 3.5)}, WIDE, np.random.default_rng(11), input_per_output=3.0)
        for t in (two, two.reverse())
    ]
    assert tables[0].equals(tables[1])


def test_the_lowest_floor_feeds_the_series_floors() -> None:
    two = pl.concat([served(), served(accelerator="B200-SXM", energy_j_per_output_token=0.15, accelerator_s_per_mtok_output=200.0)])
    table = model_floors(
        two, {"H100-SXM": Range(2, 2, 2), "B200-SXM": Range(3, 3, 3)}, WIDE, np.random.default_rng(2), input_per_output=3.0
    )
    best = lowest(table, cost_factors={"energy": (1.09, 1.14, 1.19), "gpu_hour": (1.0, 1.2, 1.6)})
    assert best.height == 2 and set(best["accelerator"]) == {"B200-SXM"}
    needed = {
        "model",
        "floor_kind",
        "low_usd_per_mtok",
        "mode_usd_per_mtok",
        "high_usd_per_mtok",
        "cost_factor_low_per_year",
        "cost_factor_mode_per_year",
        "cost_factor_high_per_year",
    }
    assert needed <= set(best.columns)
    from forecasting.floors.floor import with_factors

    assert with_factors(best)["cost_factor_mode_per_year"].to_list() == [1.14, 1.2]


def test_the_engines_serving_table_becomes_seconds_and_joules() -> None:
    serving = pl.DataFrame(
        [
            {
                "model": "m",
                "accelerator": a,
                "precision": "fp8",
                "service_level_tok_s_per_user": 20,
                "cost_input_usd_per_mtok": 0.1,
                "cost_output_usd_per_mtok": 0.4,
                "energy_j_per_input_token": 0.01,
                "energy_j_per_output_token": 0.2,
                "throughput_tok_per_s": 1000.0,
                "throughput_lower_tok_per_s": 800.0,
                "throughput_upper_tok_per_s": 1300.0,
            }
            for a in ("H100-SXM", "X1")
        ]
    )
    table = from_serving(serving, pl.DataFrame({"accelerator": ["H100-SXM"], "usd_per_accelerator_hour": [2.0]}))
    rented = table.filter(pl.col("accelerator") == "H100-SXM").to_dicts()[0]
    assert rented["accelerator_s_per_mtok_output"] == pytest.approx(720) and rented["engine_low_share"] == pytest.approx(0.8)
    floors = model_floors(table, {"H100-SXM": Range(2, 2, 2)}, POINT, np.random.default_rng(1), input_per_output=3.0)
    assert set(floors.filter(pl.col("accelerator") == "X1")["floor_kind"]) == {"energy"}


def test_the_assumptions_are_one_sentence_with_their_ranges() -> None:
    assert "0.0866 (0.06 to 0.12) USD per kWh" in WIDE.sentence() and "PUE 1.15 (1.08 to 1.5)" in WIDE.sentence()
