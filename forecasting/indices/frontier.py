"""The buyer's frontier: the cheapest way to buy a fixed quality on each day.

The raw minimum belongs to promotions and to hosts that vanish; the robust minimum is the lower of the
second-lowest provider and of the lowest offer that has stood for a fortnight. It is not made monotone: when a
cheap offer ends, the price rises and is shown to rise. Only prices that are the maker's own or independently confirmed
take part (``listings.trusted``): one witness alone sets no frontier. Belongs here: daily minima. Not here: their trend.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from forecasting.panel import listings, reference
from reference import definitions
from warehouse.schema import frames

SEASONED_DAYS = 14
TIERS = ("all", "first_party", "host", "open_weights")


def daily_offers(prices: pl.DataFrame, models: pl.DataFrame) -> pl.DataFrame:
    """One row per offer and day in force: model, provider, provider_tier, open, price, seasoned.

    ``prices`` from ``listings.usable_prices``. Seasoned: at this price or lower for ``SEASONED_DAYS`` without a
    break.
    """
    adjacent = (pl.col("valid_from") - pl.col("last_day").shift(1).over("offer_id")).dt.total_days() <= 1
    no_rise = pl.col("price").shift(1).over("offer_id") <= pl.col("price")
    since = (
        pl.when((adjacent & no_rise).fill_null(False)).then(pl.col("valid_from").shift(1).over("offer_id")).otherwise(pl.col("valid_from"))
    )
    open_models = models.filter(pl.col("open_weights").fill_null(False))["model"].unique().to_list()
    spans = prices.sort("offer_id", "valid_from").with_columns(
        since.alias("since"),
        pl.date_ranges("valid_from", "last_day").alias("day"),
        (pl.col("model").is_in(open_models) | (pl.col("provider_tier") == "open_weights")).alias("open"),
    )
    return (
        spans.select("offer_id", "model", "provider", "provider_tier", "open", "price", "since", "day")
        .explode("day")
        .with_columns(((pl.col("day") - pl.col("since")).dt.total_days() + 1 >= SEASONED_DAYS).alias("seasoned"))
        .unique(["offer_id", "day"], keep="last", maintain_order=True)
        .drop("since")
    )


def minima(offers: pl.DataFrame) -> pl.DataFrame:
    """Per day the raw and the robust minimum with its model, provider and offer; counts of models and offers."""
    per_provider = offers.sort("price", "offer_id").group_by("day", "provider", maintain_order=True).first()
    ranked = per_provider.sort("day", "price", "offer_id").with_columns(pl.int_range(pl.len()).over("day").alias("rank"))
    second = ranked.filter(pl.col("rank") == 1)
    candidates = pl.concat(
        [
            offers.filter("seasoned").select("day", "price", "model", "provider", "offer_id"),
            second.select("day", "price", "model", "provider", "offer_id"),
        ]
    )
    robust = candidates.sort("day", "price", "offer_id").group_by("day", maintain_order=True).first()
    counts = offers.group_by("day").agg(
        pl.col("price").min().alias("price_raw_minimum_usd_per_mtok"),
        pl.col("model").n_unique().alias("models_count"),
        pl.len().alias("offers_count"),
    )
    return counts.join(robust, on="day", how="left").rename({"price": "price_usd_per_mtok"}).sort("day")


def frontier(
    prices: pl.DataFrame,
    models: pl.DataFrame,
    reach: list[tuple[dict, pl.DataFrame]],
    blend: str | None = None,
    tiers: tuple[str, ...] = TIERS,
) -> pl.DataFrame:
    """Table frontier_price for each scale, threshold and tier.

    ``reach``: (scale of thresholds.toml, model and score and scale_version) pairs. A model belongs to threshold
    q when its score is at least q, i.e. when the probability that its true score reaches q is at least one half. A
    series exists only on days on which a model below q is on sale.
    """
    if not reach or prices.is_empty():
        return frames.empty("stats.frontier_price")
    scored = pl.concat([s.select("model") for _, s in reach]).unique()
    offers = daily_offers(prices.join(scored, on="model", how="semi"), models)
    if offers.is_empty():
        return frames.empty("stats.frontier_price")
    blocks, mix = [], blend or definitions.blend_name()
    for scale, scores in reach:
        joined = offers.join(scores, on="model")
        for q in scale["thresholds"]:
            able = joined.filter(pl.col("score") >= q).join(_measured(joined, q), on="day", how="semi")
            for tier in tiers:
                rows = able if tier == "all" else able.filter(pl.col("open") if tier == "open_weights" else pl.col("provider_tier") == tier)
                if rows.is_empty():
                    continue
                blocks.append(
                    minima(rows).with_columns(
                        pl.lit(definitions.series_id(q, scale=scale["scale"], tier=tier, blend=mix)).alias("series_id"),
                        pl.lit(scale["scale"]).alias("scale"),
                        pl.lit(rows["scale_version"][0]).alias("scale_version"),
                        pl.lit(float(q)).alias("threshold_score"),
                        pl.lit(tier).alias("provider_tier"),
                        pl.lit(mix).alias("blend"),
                    )
                )
    return frames.conform("stats.frontier_price", pl.concat(blocks)) if blocks else frames.empty("stats.frontier_price")


def _measured(joined: pl.DataFrame, threshold: float) -> pl.DataFrame:
    """The days on which a model that scores below the threshold is on sale; on others the threshold excludes nobody and
    measures nothing, and its series is closed. Four Elo series were one for want of this, wrong by up to 57 times.
    """
    return joined.filter(pl.col("score") < threshold).select("day").unique()


def at(prices: pl.DataFrame, scores: pl.DataFrame, models: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Table frontier_price of one day alone, without the other indices."""
    known = listings.usable_scores(scores, as_of, False)
    reach = [(s, listings.scale_scores(known, s)) for s in reference.thresholds()]
    return frontier(listings.usable_prices(listings.trusted(prices), as_of), models, [r for r in reach if not r[1].is_empty()])
