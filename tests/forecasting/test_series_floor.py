"""Who reaches a threshold, and that a harder one is never cheaper to serve than an easier one."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from forecasting.floors import series_floor
from forecasting.forecast import issue
from forecasting.panel.series import prepare

DAY = date(2026, 6, 1)
COUNT = 30


def scores() -> pl.DataFrame:
    """Models m00..m29 of rising ability; GPQA known of all but m20, MMLU of the first twelve only; three more benchmarks."""
    rows = []
    for i in range(COUNT):
        share = 100 / (1 + np.exp(-(i - 15) / 5))
        if i != 20:
            rows.append((f"m{i:02d}", "GPQA-Diamond", share))
        if i < 12:
            rows.append((f"m{i:02d}", "MMLU", min(100 / (1 + np.exp(-(i - 2) / 4)), 99.0)))
        rows += [(f"m{i:02d}", f"other {k}", 100 / (1 + np.exp(-(i - 15 + k) / 6))) for k in range(3)]
    return pl.DataFrame(rows, schema=["model", "benchmark", "score"], orient="row").with_columns(
        pl.lit("1").alias("benchmark_version"), pl.lit(DAY).alias("as_of"), pl.lit("s").alias("source")
    )


def frontier(price: float = 2.0) -> pl.DataFrame:
    wanted = [("gpqa_diamond", t) for t in (30.0, 50.0, 70.0)] + [("mmlu", t) for t in (42.0, 64.8, 83.0)]
    return pl.DataFrame(
        [
            {"series_id": f"{s}-{t:g}", "scale": s, "threshold_score": t, "provider_tier": "all", "day": DAY, "price_usd_per_mtok": price}
            for s, t in wanted
        ]
    )


def floors(cheap: str, dollars: float = 0.01) -> pl.DataFrame:
    """Every model costs a dollar to serve but one."""
    rows = [
        {"model": f"m{i:02d}", "floor_kind": k, "mode_usd_per_mtok": dollars if f"m{i:02d}" == cheap else 1.0}
        for i in range(COUNT)
        for k in ("energy", "gpu_hour")
    ]
    mode = pl.col("mode_usd_per_mtok")
    return pl.DataFrame(rows).with_columns((mode / 2).alias("low_usd_per_mtok"), (mode * 2).alias("high_usd_per_mtok"))


def by_series(cheap: str) -> dict[str, dict]:
    table = series_floor.series_floors(frontier(), floors(cheap), scores(), DAY)
    return {r["series_id"]: r for r in table.filter(pl.col("floor_kind") == "gpu_hour").iter_rows(named=True)}


def test_a_model_that_was_never_measured_is_claimed_to_reach_nothing() -> None:
    """m20 has no GPQA score and no MMLU score, and three others."""
    assert all(r["model"] != "m20" for r in by_series("m20").values())


def test_a_model_that_passes_the_harder_threshold_serves_the_easier_one_of_another_scale() -> None:
    """The cheap m25 was never scored on MMLU: once MMLU >= 64.8 cost a dollar while GPQA >= 70 cost a cent."""
    found = by_series("m25")
    assert found["mmlu-64.8"]["model"] == "m25" and found["mmlu-42"]["model"] == "m25"


def test_a_measured_failure_counts_more_than_ability() -> None:
    found = by_series("m10")
    assert found["gpqa_diamond-70"]["model"] != "m10"
    assert found["gpqa_diamond-30"]["mode_usd_per_mtok"] == pytest.approx(1.0)


@pytest.mark.parametrize("cheap", ["m05", "m14", "m29"])
def test_on_one_scale_a_harder_series_never_has_a_lower_floor(cheap: str) -> None:
    table = (
        series_floor.series_floors(frontier(), floors(cheap), scores(), DAY)
        .join(frontier().select("series_id", "scale", "threshold_score"), on="series_id")
        .sort("scale", "floor_kind", "threshold_score")
    )
    step = table.select(pl.col("mode_usd_per_mtok").diff().over("scale", "floor_kind"))["mode_usd_per_mtok"].drop_nulls()
    assert (step >= 0).all()


def test_the_bound_of_a_forecast_is_the_published_one_and_none_above_the_price() -> None:
    table = series_floor.series_floors(frontier(2.0), floors("m29"), scores(), DAY)
    bound = issue.with_floors(pl.DataFrame({"unique_id": ["gpqa_diamond-50"], "ds": [DAY], "y": [2.0]}), table)
    published = table.filter(pl.col("series_id") == "gpqa_diamond-50")["forecast_bound_usd_per_mtok"].max()
    assert bound["floor"].to_list() == [published]
    assert np.exp(prepare(bound).series[0].log_floor) == pytest.approx(published)
    cheap = series_floor.series_floors(frontier(0.001), floors("m29"), scores(), DAY)
    assert cheap["forecast_bound_usd_per_mtok"].is_null().all()


def test_the_ability_a_threshold_needs_is_where_passing_starts() -> None:
    ability = np.arange(10.0)
    assert series_floor.ability_needed(ability, ability >= 6) == pytest.approx(5.5)
    assert series_floor.ability_needed(ability, ability >= 9) is None
