"""A backtest in one table: losses beside every naive rule, by horizon and by year of origin, with coverage.

An origin is one observation, whatever the number of series: losses are averaged inside it first, and the test uses
only origins a horizon apart, whose outcomes do not overlap. Belongs here: the comparison. Not here: scores of single
forecasts (``scoring``), the loop over origins (``backtest``).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from forecasting.track_record import scoring

BARS = ("no_change", "random_walk", "drift")
"""The naive rules a forecast has to beat: plain no change (a point), no change with an interval, drift."""


def apart(days: np.ndarray, horizon_days: int) -> np.ndarray:
    """Indices of the first origin and of each next one at least a horizon later."""
    kept: list[int] = []
    for i in np.argsort(days):
        if not kept or days[i] - days[kept[-1]] >= horizon_days:
            kept.append(int(i))
    return np.array(kept, dtype=int)


def _p_value(origins: pl.DataFrame, model: str, horizon_days: int) -> tuple[int, float | None]:
    both = origins.select(*dict.fromkeys(("vintage", model, "no_change"))).drop_nulls().sort("vintage")
    kept = apart(np.array([d.toordinal() for d in both["vintage"]]), horizon_days)
    losses = both[kept.tolist()]
    p = scoring.diebold_mariano(losses[model].to_numpy(), losses["no_change"].to_numpy(), 1)[1]
    return len(kept), p if len(kept) >= 4 and model != "no_change" else None


def _randomised(scored: pl.DataFrame) -> np.ndarray:
    return scoring.randomised_coverage(scored["actual_log"].to_numpy(), np.array(scored["q"].to_list(), float), 50)


def compare(scored: pl.DataFrame, by_year: bool = False) -> pl.DataFrame:
    """One row per horizon, year of origin (null: all) and model, best first.

    Columns horizon_days, origin_year, model, origins_count, forecasts_count, loss_log (mean quantile loss over
    origins), ``<bar>_ratio`` (loss over that of each of :data:`BARS` present), coverage_50_share, coverage_80_share,
    coverage_90_share, randomised_coverage_50_share (point masses in proportion), origins_apart_count and p_value
    (one-sided, against no change, on origins a horizon apart; null with fewer than four).
    """
    keys = ["horizon_days", "origin_year"]
    year = pl.col("vintage").dt.year() if by_year else pl.lit(None, pl.Int32)
    rows = scored.with_columns(year.alias("origin_year"))
    blocks = []
    for key, group in rows.sort(keys).group_by(keys, maintain_order=True):
        origins = (
            group.group_by("vintage", "model")
            .agg(pl.col("crps_log").mean())
            .pivot("model", index="vintage", values="crps_log")
            .sort("vintage")
        )
        loss = {m: float(origins[m].to_numpy().mean()) for m in origins.columns if m != "vintage"}
        for model, mine in group.group_by("model"):
            name = str(model[0])
            count, p = _p_value(origins, name, int(key[0])) if "no_change" in loss else (0, None)
            blocks.append(
                {
                    "horizon_days": key[0],
                    "origin_year": key[1],
                    "model": name,
                    "origins_count": origins.height,
                    "forecasts_count": mine.height,
                    "loss_log": loss[name],
                    **{f"{b}_ratio": loss[name] / loss[b] if loss.get(b) else None for b in BARS},
                    **{f"coverage_{k}_share": float(mine[f"inside_{k}"].to_numpy().mean()) for k in scoring.INTERVALS},
                    "randomised_coverage_50_share": float(_randomised(mine).mean()),
                    "origins_apart_count": count,
                    "p_value": p,
                }
            )
    return pl.DataFrame(
        blocks,
        schema_overrides={"origin_year": pl.Int32, "p_value": pl.Float64, **{f"{b}_ratio": pl.Float64 for b in BARS}},
        infer_schema_length=None,
    ).sort("horizon_days", "origin_year", "loss_log", nulls_last=False)


def wins(scored: pl.DataFrame, model: str, rival: str = "no_change") -> pl.DataFrame:
    """horizon_days, won_count, series_count: series on which ``model``'s mean loss is lower than ``rival``'s."""
    mean = (
        scored.filter(pl.col("model").is_in([model, rival]))
        .group_by("horizon_days", "series_id", "model")
        .agg(pl.col("crps_log").mean())
        .pivot("model", index=["horizon_days", "series_id"], values="crps_log")
    )
    return (
        mean.group_by("horizon_days")
        .agg((pl.col(model) < pl.col(rival)).sum().alias("won_count"), pl.len().alias("series_count"))
        .sort("horizon_days")
    )
