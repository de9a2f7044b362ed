"""Why today's forecast is not yesterday's: inputs swapped in one at a time, contributions that sum exactly.

Each stage is the forecast with one more input brought up to date, in the stated order; a cause's contribution is the
log change of the median from the stage before. The last stage is today's forecast. Belongs here: the differences.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import polars as pl

from forecasting import outputs


def medians(forecast: pl.DataFrame) -> pl.DataFrame:
    """Champion's median in logs by series and horizon."""
    return forecast.filter(pl.col("is_champion") & ((pl.col("quantile") - 0.5).abs() < 1e-6)).select(
        "series_id", "horizon_days", pl.col("value_usd_per_mtok").log().alias("log_median")
    )


def build(previous: pl.DataFrame, stages: Sequence[tuple[str, Callable[[], pl.DataFrame]]], as_of: date) -> pl.DataFrame:
    """Table revision; series or horizons that one of the stages lacks are left out. Empty without a previous one."""
    if previous.is_empty() or not stages:
        return outputs.empty("revision")
    level = medians(previous)
    start = previous["vintage"].max()
    wide, names = level.rename({"log_median": "stage_0"}), []
    for i, (cause, compute) in enumerate(stages, 1):
        wide = wide.join(
            medians(compute()).rename({"log_median": f"stage_{i}"}), on=["series_id", "horizon_days"]
        )
        names.append(cause)
    parts = [
        wide.select("series_id", "horizon_days", pl.lit(cause).alias("cause"),
                    (pl.col(f"stage_{i}") - pl.col(f"stage_{i - 1}")).alias("contribution_log"))
        for i, cause in enumerate(names, 1)
    ]
    total = wide.select("series_id", "horizon_days", pl.lit("total").alias("cause"),
                        (pl.col(f"stage_{len(names)}") - pl.col("stage_0")).alias("contribution_log"))
    return outputs.conform("revision", pl.concat([*parts, total]).with_columns(
        pl.lit(start).alias("previous_vintage"), pl.lit(as_of).alias("vintage")
    ))
