"""The table of decline rates: every sample and window, each with its interval, one of them the headline.

Belongs here: which rates are published and over which windows. Not here: estimators.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from forecasting.estimators import decline
from forecasting.indices import hedonic, index_set
from reference import definitions
from units.constants import DAYS_PER_YEAR
from warehouse.schema import frames

WINDOW_DAYS = 365
EPOCH_YEAR = date(2000, 1, 1)


def _years(day: date) -> float:
    return (day - EPOCH_YEAR).days / DAYS_PER_YEAR


def windows(as_of: date, first: date) -> list[tuple[date, date]]:
    """The last 365 days, the 365 before and so on, as long as half a year of data remain; then the whole span."""
    out = []
    end = as_of
    while (end - first).days >= 182:
        out.append((max(end - timedelta(days=WINDOW_DAYS), first), end))
        end -= timedelta(days=WINDOW_DAYS)
    if (as_of - first).days > WINDOW_DAYS:
        out.append((first, as_of))
    return out


def build(
    index_level: pl.DataFrame,
    frontier_price: pl.DataFrame,
    cost_per_task: pl.DataFrame,
    prices: pl.DataFrame,
    scores: pl.DataFrame,
    models: pl.DataFrame,
    as_of: date,
    *,
    hindsight: bool = False,
) -> pl.DataFrame:
    """Table decline_rate: hedonic rates by sample and window, and each frontier series by each estimator.

    The first three are tables of ``index_set.build``. ``is_headline`` marks hedonic, all listings, last 12 months.
    """
    rows: list[dict[str, object]] = []
    for scale, panel in index_set.panels(prices, scores, models, as_of, hindsight=hindsight).items():
        if panel.is_empty():
            continue
        first = EPOCH_YEAR + timedelta(days=int(float(panel["years"].to_numpy().min()) * DAYS_PER_YEAR))
        for sample in hedonic.SAMPLES:
            chosen = hedonic.sample(panel, sample)
            for start, end in windows(as_of, first):
                part = chosen.filter((pl.col("years") > _years(start)) & (pl.col("years") <= _years(end)))
                rate = hedonic.rate(part)
                if rate is not None:
                    rows.append(_row(f"hedonic-{sample}-{scale}", "hedonic_cluster", start, end, rate, part["cluster"].n_unique()))
    for (name,), series in (
        index_level.filter(pl.col("method").is_in(["matched_jevons", "quantile_10"]))
        .sort("index_id", "month")
        .group_by(["index_id"], maintain_order=True)
    ):
        rows += _calendar(str(name), series["month"].to_list(), series["index_log"].to_numpy(), as_of)
    rows += _current_slopes(index_level)
    rows += _frontier_rates(frontier_price, as_of)
    rows += _task_rates(cost_per_task, as_of)
    if not rows:
        return frames.empty("stats.decline_rate")
    table = pl.DataFrame(rows, infer_schema_length=None)
    headline = f"hedonic-all-{definitions.text('headline.scale')}/hedonic_cluster/{as_of - timedelta(days=WINDOW_DAYS)}/{as_of}"
    return frames.conform("stats.decline_rate", table.with_columns((pl.col("rate_id") == headline).alias("is_headline")))


def _row(index_id: str, estimator: str, start: date, end: date, rate: decline.Rate, clusters: int | None) -> dict:
    return {
        "rate_id": f"{index_id}/{estimator}/{start}/{end}",
        "index_id": index_id,
        "estimator": estimator,
        "window_from": start,
        "window_to": end,
        "factor_per_year": rate.factor,
        "factor_low_per_year": rate.factor_low,
        "factor_high_per_year": rate.factor_high,
        "observations_count": rate.observations,
        "clusters_count": clusters,
    }


def _calendar(name: str, days: list[date], logs: np.ndarray, as_of: date) -> list[dict]:
    """HAC trend and drift over each window of an even calendar series."""
    out = []
    years = np.array([_years(d) for d in days])
    for start, end in windows(as_of, days[0]):
        keep = (years > _years(start) - 0.01) & (years <= _years(end))
        if keep.sum() < 6:
            continue
        for estimator, f in (("log_linear_hac", decline.log_linear_hac), ("random_walk_drift", decline.random_walk_drift)):
            out.append(_row(name, estimator, start, end, f(years[keep], logs[keep]), None))
    return out


def _current_slopes(levels: pl.DataFrame) -> list[dict]:
    """Real-time slope of the smooth trend of each monthly hedonic index, at its last month."""
    out = []
    chosen = levels.filter((pl.col("method") == "hedonic") & (pl.col("sample") != "launch")).sort("index_id", "month")
    for (name,), series in chosen.group_by(["index_id"], maintain_order=True):
        if series.height >= 8:
            rate = decline.smooth_trend(series["index_log"].to_numpy(), 1 / 12)
            out.append(_row(str(name), "smooth_trend", series["month"][0], series["month"][-1], rate, None))
    return out


def _frontier_rates(table: pl.DataFrame, as_of: date) -> list[dict]:
    """Each all-tier frontier on its monthly calendar grid."""
    grid = (
        table.filter(pl.col("provider_tier") == "all", pl.col("price_usd_per_mtok").is_not_null())
        .filter((pl.col("day").dt.day() == 15) | (pl.col("day") == as_of))
        .sort("series_id", "day")
    )
    out = []
    for (name,), series in grid.group_by(["series_id"], maintain_order=True):
        out += _calendar(str(name), series["day"].to_list(), np.log(series["price_usd_per_mtok"].to_numpy()), as_of)
    return out


def _task_rates(table: pl.DataFrame, as_of: date) -> list[dict]:
    out = []
    for (name,), series in table.sort("series_id", "month").group_by(["series_id"], maintain_order=True):
        days = series["month"].to_list()
        for column, suffix in (("cost_usd_per_task", ""), ("price_output_usd_per_mtok", "/price"), ("tokens_per_task", "/tokens")):
            out += _calendar(f"{name}{suffix}", days, np.log(series[column].to_numpy()), as_of)
    return out
