"""The floor of each frontier series: its cheapest model that reaches the threshold, monotone in capability.

A model reaches a threshold by its own score on that scale. What passes a harder threshold serves an easier one, also
on another scale: thresholds are put in order by the ability on the joint scale (``latent``) that separates models that
pass from models that fail, so a harder series never has a lower floor. A model's own ability is not trusted for a
threshold it was not measured against: near chance level the joint scale cannot tell small models apart. The number
that bounds a forecast is a column of the same row: what is published is what is used. Belongs here: who reaches what,
and the choice. Not here: the cost of a model (``floors_mc``).
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from forecasting.floors.floor import with_factors
from forecasting.panel import latent, listings, reference
from warehouse.schema import frames

MIN_SIDES = 3
"""So many scored models on each side before the ability of a threshold is estimated."""


def ability_needed(ability: np.ndarray, passes: np.ndarray) -> float | None:
    """The ability that separates models that pass from those that fail with the fewest exceptions (the middle of the
    best cuts). None with fewer than ``MIN_SIDES`` on a side.
    """
    if min(passes.sum(), (~passes).sum()) < MIN_SIDES:
        return None
    order = np.argsort(ability, kind="stable")
    x, ok = ability[order], passes[order]
    wrong = np.concatenate([[0], np.cumsum(ok)]) + np.concatenate([np.cumsum(~ok[::-1])[::-1], [0]])
    best = np.flatnonzero(wrong == wrong.min())
    edges = np.concatenate([[x[0] - 1.0], (x[:-1] + x[1:]) / 2, [x[-1] + 1.0]])
    return float(np.mean(edges[best]))


def reaches(series: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """series_id, model, ability_logit (needed by the series, null if it cannot be told): every model that reaches it.

    ``series``: series_id, scale, threshold_score. ``known``: scores as :func:`listings.usable_scores` gives them.
    """
    ability = latent.fit(known).select("model", "ability_logit")
    blocks = []
    for scale in reference.thresholds():
        scored = listings.scale_scores(known, scale).select("model", "score")
        both = scored.join(ability, on="model")
        for series_id, threshold in (
            series.filter(pl.col("scale") == scale["scale"]).select("series_id", "threshold_score").sort("threshold_score").iter_rows()
        ):
            need = ability_needed(both["ability_logit"].to_numpy(), (both["score"] >= threshold).to_numpy())
            blocks.append(
                scored.filter(pl.col("score") >= threshold).select(
                    pl.lit(series_id).alias("series_id"), "model", pl.lit(need, pl.Float64).alias("ability_logit")
                )
            )
    schema = {"series_id": pl.String, "model": pl.String, "ability_logit": pl.Float64}
    return pl.concat(blocks) if blocks else pl.DataFrame(schema=schema)


def _cheapest_at_least_as_hard(series: pl.DataFrame, best: pl.DataFrame) -> pl.DataFrame:
    """For each series and kind the lowest floor among series at least as hard: on its own scale, or in ability (which
    an easier threshold of one scale never needs more of).

    ``series``: series_id, scale, threshold_score, ability_logit. ``best``: the floors of series by their own models.
    """
    other = best.join(series, on="series_id").rename({c: f"other_{c}" for c in series.columns})
    pairs = series.join(other, how="cross")
    harder = ((pl.col("scale") == pl.col("other_scale")) & (pl.col("threshold_score") <= pl.col("other_threshold_score"))) | (
        pl.col("ability_logit") <= pl.col("other_ability_logit")
    )
    return (
        pairs.filter(harder.fill_null(False) | (pl.col("series_id") == pl.col("other_series_id")))
        .sort("series_id", "floor_kind", "mode_usd_per_mtok", "model")
        .group_by("series_id", "floor_kind", maintain_order=True)
        .first()
    )


def series_floors(
    frontier_price: pl.DataFrame, floors: pl.DataFrame, scores: pl.DataFrame, as_of: date, *, hindsight: bool = False
) -> pl.DataFrame:
    """Table series_floor of each all-tier series. ``floors``: table input_floor.

    ``forecast_bound_usd_per_mtok`` is what a forecast of the series may not fall below: the low end of the GPU-hour
    floor and the energy floor itself; null where it is not below the series' last price, for then it bounds nothing.
    """
    series = (
        frontier_price.filter(pl.col("provider_tier") == "all").select("series_id", "scale", "threshold_score").unique().sort("series_id")
    )
    reach = reaches(series, listings.usable_scores(scores, as_of, hindsight))
    rows = reach.join(with_factors(floors), on="model").sort("series_id", "floor_kind", "mode_usd_per_mtok", "model")
    if rows.is_empty():
        return frames.empty("stats.series_floor")
    best = rows.group_by("series_id", "floor_kind", maintain_order=True).first().drop("ability_logit")
    needed = (
        series.join(reach.group_by("series_id").agg(pl.col("ability_logit").first()), on="series_id", how="left")
        .sort("scale", "threshold_score")
        .with_columns(pl.col("ability_logit").fill_null(strategy="backward").cum_min(reverse=True).over("scale"))
    )
    last = (
        frontier_price.filter(pl.col("provider_tier") == "all")
        .drop_nulls("price_usd_per_mtok")
        .sort("day")
        .group_by("series_id")
        .agg(pl.col("price_usd_per_mtok").last().alias("last"))
    )
    bound = pl.when(pl.col("floor_kind") == "gpu_hour").then(pl.col("low_usd_per_mtok")).otherwise(pl.col("mode_usd_per_mtok"))
    table = (
        _cheapest_at_least_as_hard(needed, best)
        .join(last, on="series_id", how="left")
        .with_columns(pl.when(bound < pl.col("last")).then(bound).alias("forecast_bound_usd_per_mtok"))
    )
    return frames.conform("stats.series_floor", table.select(list(frames.polars_schema("stats.series_floor"))))
