"""Why today's forecast is not yesterday's: inputs swapped in one at a time, contributions that sum exactly.

Each stage is the forecast with one more input brought up to date, in the stated order; a cause's contribution is the
log change of the median from the stage before. The last stage is today's forecast. Belongs here: the differences.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import polars as pl

from forecasting.floors import series_floor
from forecasting.forecast import issue
from forecasting.indices import frontier
from forecasting.panel.series import series_from_frontier
from warehouse.schema import frames


def medians(forecast: pl.DataFrame) -> pl.DataFrame:
    """Champion's median in logs by series and horizon."""
    return forecast.filter(pl.col("is_champion") & ((pl.col("quantile") - 0.5).abs() < 1e-6)).select(
        "series_id", "horizon_days", pl.col("value_usd_per_mtok").log().alias("log_median")
    )


def since_last(
    issued: pl.DataFrame,
    prices: pl.DataFrame,
    scores: pl.DataFrame,
    models: pl.DataFrame,
    floors: pl.DataFrame,
    current: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    """Table revision: why today's medians differ from the last issued ones, one input swapped in at a time.

    Tables core.issued_forecast (empty: nothing to compare), input_price, input_score, input_model, input_floor and
    stats.forecast. The order is code (the old vintage recomputed today), passage of time, new prices, new scores,
    re-estimation; contributions sum to the total exactly.
    """
    if issued.is_empty():
        return frames.empty("stats.revision")
    last = max(issued["vintage"].to_list())
    old_prices = prices.filter(pl.col("observed_at") <= last)
    old_scores = scores.filter(pl.col("as_of") <= last)

    def made(given: pl.DataFrame, judged: pl.DataFrame, day: date) -> pl.DataFrame:
        front = frontier.at(given, judged, models, day)
        floor_of = series_floor.series_floors(front, floors, judged, day)
        return issue.forecasts(series_from_frontier(front), floor_of if floor_of.height else None, day, all_models=False)

    stages = (
        ("code", lambda: made(old_prices, old_scores, last)),
        ("passage_of_time", lambda: made(old_prices, old_scores, as_of)),
        ("new_prices", lambda: made(prices, old_scores, as_of)),
        ("new_scores", lambda: made(prices, scores, as_of)),
        ("re_estimation", lambda: current),
    )
    return build(issued.filter(pl.col("vintage") == last), stages, as_of)


def build(previous: pl.DataFrame, stages: Sequence[tuple[str, Callable[[], pl.DataFrame]]], as_of: date) -> pl.DataFrame:
    """Table revision; series or horizons that one of the stages lacks are left out. Empty without a previous one."""
    if previous.is_empty() or not stages:
        return frames.empty("stats.revision")
    level = medians(previous)
    start = previous["vintage"].max()
    wide, names = level.rename({"log_median": "stage_0"}), []
    for i, (cause, compute) in enumerate(stages, 1):
        wide = wide.join(medians(compute()).rename({"log_median": f"stage_{i}"}), on=["series_id", "horizon_days"])
        names.append(cause)
    parts = [
        wide.select(
            "series_id",
            "horizon_days",
            pl.lit(cause).alias("cause"),
            (pl.col(f"stage_{i}") - pl.col(f"stage_{i - 1}")).alias("contribution_log"),
        )
        for i, cause in enumerate(names, 1)
    ]
    total = wide.select(
        "series_id",
        "horizon_days",
        pl.lit("total").alias("cause"),
        (pl.col(f"stage_{len(names)}") - pl.col("stage_0")).alias("contribution_log"),
    )
    return frames.conform(
        "stats.revision", pl.concat([*parts, total]).with_columns(pl.lit(start).alias("previous_vintage"), pl.lit(as_of).alias("vintage"))
    )
