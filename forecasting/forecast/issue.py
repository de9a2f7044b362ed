"""Issuing forecasts: from series at a vintage to the long tables that are stored and scored later.

Belongs here: putting fit, candidates and shapes together. Not here: any formula.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl

from forecasting.forecast import fitting, past, priors, repricing
from forecasting.forecast.candidates import CANDIDATES, INCUMBENT
from forecasting.forecast.quantiles import QUANTILES
from forecasting.panel.series import Panel, PriceSeries, log_floors, prepare, series_from_frontier
from units.constants import DAYS_PER_YEAR
from warehouse.schema import frames

HORIZONS_DAYS = (30, 90, 180, 365)


def long_forecast(panel: Panel, horizons_days: Sequence[int], models: Sequence[str], prior: repricing.Prior | None = None) -> pl.DataFrame:
    """Columns unique_id, cutoff, ds, horizon_days, quantile, value (in the panel's unit), model; sorted."""
    p = fitting.fit(panel.series, prior or priors.at(panel.cutoff))
    names = [s.unique_id for s in panel.series]
    blocks = []
    for model in models:
        q = np.exp(CANDIDATES[model](panel.series, panel.cutoff.toordinal(), horizons_days, p))
        n, h, k = q.shape
        target = [panel.cutoff + timedelta(days=int(d)) for d in horizons_days]
        blocks.append(
            pl.DataFrame(
                {
                    "unique_id": np.repeat(names, h * k),
                    "ds": pl.Series(np.tile(np.repeat(np.array(target, dtype="datetime64[D]"), k), n)).cast(pl.Date),
                    "horizon_days": np.tile(np.repeat(np.asarray(horizons_days, dtype=np.int64), k), n),
                    "quantile": np.tile(QUANTILES, n * h),
                    "value": q.ravel(),
                }
            ).with_columns(pl.lit(panel.cutoff).alias("cutoff"), pl.lit(model).alias("model"))
        )
    order = ["unique_id", "cutoff", "ds", "horizon_days", "quantile", "value", "model"]
    return pl.concat(blocks).select(order).sort("unique_id", "model", "horizon_days", "quantile")


def with_floors(series: pl.DataFrame, floors: pl.DataFrame | None) -> pl.DataFrame:
    """Series with column ``floor``: the published bound of table series_floor, the higher of its kinds."""
    if floors is None or floors.is_empty():
        return series.select("unique_id", "ds", "y")
    bound = floors.group_by(pl.col("series_id").alias("unique_id")).agg(pl.col("forecast_bound_usd_per_mtok").max().alias("floor"))
    return series.select("unique_id", "ds", "y").join(bound, on="unique_id", how="left", maintain_order="left")


def _ready(series: pl.DataFrame, floors: pl.DataFrame | None, as_of: date) -> Panel:
    return prepare(with_floors(series, floors), as_of)


def build(frontier_price: pl.DataFrame, series_floor: pl.DataFrame, as_of: date) -> dict[str, pl.DataFrame]:
    """Tables forecast and event_probability of every frontier series at a vintage.

    ``frontier_price``, ``series_floor``: the tables of those names; with no floors prices are forecast without.
    """
    series, known = series_from_frontier(frontier_price), series_floor if series_floor.height else None
    return {"forecast": forecasts(series, known, as_of), "event_probability": events(series, known, as_of)}


def forecasts(
    series: pl.DataFrame,
    floors: pl.DataFrame | None,
    as_of: date,
    *,
    horizons_days: Sequence[int] = HORIZONS_DAYS,
    all_models: bool = True,
    champion: str = INCUMBENT,
) -> pl.DataFrame:
    """Table forecast: 19 quantiles per series, model and horizon; the champion's rows have is_champion.

    ``series``: unique_id, ds, y (USD per Mtok). ``floors``: table series_floor, or None. Its bound raises the destination
    and clips.
    """
    if series.is_empty():
        return frames.empty("stats.forecast")
    panel = _ready(series, floors, as_of)
    models = list(CANDIDATES) if all_models else [champion]
    long = long_forecast(panel, horizons_days, models)
    return frames.conform(
        "stats.forecast",
        long.select(
            pl.format("{}/{}/{}/{}", "cutoff", "unique_id", "model", "horizon_days").alias("forecast_id"),
            pl.col("cutoff").alias("vintage"),
            pl.col("unique_id").alias("series_id"),
            "model",
            (pl.col("model") == champion).alias("is_champion"),
            "horizon_days",
            pl.col("ds").alias("target_date"),
            "quantile",
            pl.col("value").alias("value_usd_per_mtok"),
        ),
    )


def _base_rate(series: Sequence[PriceSeries], days: int, event: str) -> float | None:
    pairs = past.pairs(series, (days,))
    if not len(pairs):
        return None
    return float(_happens(pairs.change, np.zeros(len(pairs)), event).mean())


def _happens(end: np.ndarray, start: np.ndarray, event: str) -> np.ndarray:
    if event == "new_low":
        return end < start + np.log(0.99)
    if event == "halves":
        return end <= start - np.log(2.0)
    return end > start + np.log(1.01)


def events(series: pl.DataFrame, floors: pl.DataFrame | None, as_of: date, *, horizons_days: Sequence[int] = HORIZONS_DAYS) -> pl.DataFrame:
    """Table event_probability. The event is about the price on the target date against today's price:
    at least 1 % cheaper (new_low), half or less (halves), at least 1 % dearer (rises).
    """
    if series.is_empty():
        return frames.empty("stats.event_probability")
    panel = _ready(series, floors, as_of)
    p = fitting.fit(panel.series, priors.at(as_of))
    at = past.states(panel.series, as_of.toordinal())
    floor, last = log_floors(panel.series), at.log_price
    limit = {"new_low": 0.99, "halves": 0.5, "rises": 1.01}
    rows = []
    for days in horizons_days:
        x = repricing.draws(at, days / DAYS_PER_YEAR, p, 2048, floor)
        for event, factor in limit.items():
            model = _happens(x, last[:, None], event).mean(axis=1)
            base = _base_rate(panel.series, days, event)
            origins = len({int(d) // 30 for s in panel.series for d in s.day})
            trust = 0.0 if base is None else 0.5 * origins / (origins + 10)
            for s, price, share in zip(panel.series, np.exp(last), model, strict=True):
                mixed = float(share) if base is None else (1 - trust) * float(share) + trust * base
                rows.append(
                    (
                        as_of,
                        f"{event}/{s.unique_id}/{days}",
                        s.unique_id,
                        event,
                        days,
                        as_of + timedelta(days=int(days)),
                        float(price * factor),
                        mixed,
                        base,
                    )
                )
    names = [
        "vintage",
        "event_id",
        "series_id",
        "event",
        "horizon_days",
        "target_date",
        "threshold_usd_per_mtok",
        "probability_share",
        "base_rate_share",
    ]
    return frames.conform("stats.event_probability", pl.DataFrame(rows, schema=names, orient="row", infer_schema_length=None))
