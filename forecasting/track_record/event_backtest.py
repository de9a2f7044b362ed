"""Event probabilities held against what happened, at past origins: Brier score beside that of the base rate.

Belongs here: the loop and the outcome of an event. Not here: the probabilities (``issue.events``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from forecasting.forecast import issue
from forecasting.track_record import backtest


def run(panel: pl.DataFrame, origins: Sequence[date], horizons_days: Sequence[int]) -> pl.DataFrame:
    """One row per event and horizon: origins_count, events_count, frequency_share, brier, brier_base_rate.

    The base rate is the pooled frequency in the past of the same origin. Rows without one (no past as long as the
    horizon) are left out on both sides.
    """
    end = max(panel["ds"].to_list())
    blocks = []
    for origin in origins:
        known = backtest.known_at(panel, origin).select("unique_id", "ds", "y")
        rows = (
            issue.events(known, None, origin, horizons_days=horizons_days)
            .filter(pl.col("target_date") <= end)
            .drop_nulls("base_rate_share")
            .rename({"series_id": "unique_id"})
        )
        if rows.height:
            blocks.append(backtest.outcomes(panel, rows))
    if not blocks:
        return pl.DataFrame(
            schema={
                "event": pl.String,
                "horizon_days": pl.Int64,
                "origins_count": pl.Int64,
                "events_count": pl.Int64,
                "frequency_share": pl.Float64,
                "brier": pl.Float64,
                "brier_base_rate": pl.Float64,
            }
        )
    limit, y = pl.col("threshold_usd_per_mtok"), pl.col("y")
    happened = pl.when(pl.col("event") == "rises").then(y > limit).when(pl.col("event") == "halves").then(y <= limit).otherwise(y < limit)
    return (
        pl.concat(blocks)
        .drop_nulls("y")
        .with_columns(happened.cast(pl.Float64).alias("happened"))
        .group_by("event", "horizon_days")
        .agg(
            pl.col("vintage").n_unique().alias("origins_count"),
            pl.len().alias("events_count"),
            pl.col("happened").mean().alias("frequency_share"),
            ((pl.col("probability_share") - pl.col("happened")) ** 2).mean().alias("brier"),
            ((pl.col("base_rate_share") - pl.col("happened")) ** 2).mean().alias("brier_base_rate"),
        )
        .sort("event", "horizon_days")
    )
