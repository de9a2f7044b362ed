"""Rentals as a benchmark: matched within one offer, by family of sellers, never across a gap, never from too few sellers.

One provider, part, region, term and observer is a series. A month's link is the mean log change of the series **observed
in it and in the month before** (chained Jevons); a price carried because nobody looked is no observation. Where there is
no link the chain ends, and a row says so; the next chain begins at 1 with its own first month. Hyperscalers, neoclouds and
marketplaces are apart: quotes for one chip on one day differ three times between them. Belongs here: this index and its
level. Not here: what is current (``floors.rentals``).
"""

from __future__ import annotations

from datetime import date

import polars as pl

from reference import definitions

SERIES = ("provider", "accelerator", "region", "term", "accelerators_in_offer", "note", "source")
MIN_SELLERS, MIN_CHANGES = 3, 3
"""Fewer sellers, or fewer matched changes, and the month is suppressed."""
KEY = ("accelerator", "term", "seller_family")


def build(rentals: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Table ``marts.rental_index`` from the offers that ``floors.rentals.believed`` lets in, known by ``as_of``.

    Columns accelerator, term, seller_family, month, index_ratio (1 in the first month of its chain), chain_start,
    change_error_log, series_count (matched changes), sellers_count, level_usd_per_hour (median over sellers of each
    seller's lowest offer), status (published | begins | link_missing | suppressed: reason).
    """
    rows = rentals.filter(pl.col("observed_at") <= as_of).with_columns(
        seller_family=family(), month=pl.col("observed_at").dt.truncate("1mo"), price=pl.col("usd_per_accelerator_hour").cast(pl.Float64)
    )
    monthly = rows.sort(*SERIES, "observed_at").unique([*SERIES, "month"], keep="last", maintain_order=True)
    step = (pl.col("month") == pl.col("month").shift().over(SERIES).dt.offset_by("1mo")).fill_null(False)
    changes = monthly.with_columns(change=pl.when(step).then(pl.col("price").log() - pl.col("price").shift().over(SERIES).log()))
    lowest = changes.group_by(*KEY, "month", "provider").agg(pl.col("price").min())
    level = lowest.group_by(*KEY, "month").agg(pl.col("price").median().alias("level"), pl.len().cast(pl.Int64).alias("sellers_count"))
    linked = changes.group_by(*KEY, "month").agg(
        pl.col("change").mean(),
        pl.col("change").count().cast(pl.Int64).alias("series_count"),
        (pl.col("change").std() / pl.col("change").count().sqrt()).alias("change_error_log"),
        pl.col("provider").filter(pl.col("change").is_not_null()).n_unique().cast(pl.Int64).alias("matched_sellers"),
    )
    return _chained(level.join(linked, on=[*KEY, "month"]).sort(*KEY, "month"))


def family() -> pl.Expr:
    """hyperscaler, neocloud or marketplace, from provider and provider_kind."""
    return (
        pl.when(pl.col("provider_kind") == "marketplace")
        .then(pl.lit("marketplace"))
        .when(pl.col("provider").str.to_lowercase().is_in(definitions.text("rental.hyperscalers").split()))
        .then(pl.lit("hyperscaler"))
        .otherwise(pl.lit("neocloud"))
    )


def _chained(rows: pl.DataFrame) -> pl.DataFrame:
    """Links into chains: a month that cannot be linked, or follows one that was not there, begins a chain of its own."""
    enough = (pl.col("series_count") >= MIN_CHANGES) & (pl.col("matched_sellers") >= MIN_SELLERS)
    first = pl.col("month") == pl.col("month").min().over(KEY)
    status = (
        pl.when(pl.col("sellers_count") < MIN_SELLERS)
        .then(pl.format("suppressed: {} of {} sellers", "sellers_count", pl.lit(MIN_SELLERS)))
        .when(first)
        .then(pl.lit("begins"))
        .when(pl.col("series_count") == 0)
        .then(pl.lit("link_missing"))
        .when(~enough)
        .then(pl.format("suppressed: {} matched changes of {} sellers", "series_count", "matched_sellers"))
        .otherwise(pl.lit("published"))
    )
    told = rows.with_columns(status=status)
    shown = pl.col("sellers_count") >= MIN_SELLERS
    begins = pl.col("status") != "published"
    chains = told.with_columns(chain=begins.cum_sum().over(KEY))
    ratio = pl.when(begins).then(0.0).otherwise("change").cum_sum().over(*KEY, "chain").exp()
    return (
        chains.with_columns(
            index_ratio=pl.when(pl.col("status").is_in(["published", "begins", "link_missing"])).then(ratio),
            chain_start=pl.col("month").first().over(*KEY, "chain"),
            level_usd_per_hour=pl.when(shown).then("level"),
            change_error_log=pl.when(pl.col("status") == "published").then("change_error_log"),
        )
        .select(
            *KEY, "month", "index_ratio", "chain_start", "change_error_log", "series_count", "sellers_count", "level_usd_per_hour", "status"
        )
        .sort(*KEY, "month")
    )
