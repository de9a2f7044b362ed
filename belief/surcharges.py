"""Prices that a page states as a factor: ``multiplier`` quotes become the prices of their condition.

A page that says "US-only inference costs 1.1 times as much" prices another way of buying the same models. The factor is
stated, its product is not rounded: 1.1 times 0.15 is 0.165.
"""

from __future__ import annotations

import polars as pl

from belief.judgement.statements import PRICES

FACTOR = "multiplier"
_OFFER = ["source", "source_url", "provider", "model_label", "tier"]
_SHOWN = ["fetched_at", "observed_at", "confirmed_at", "gone_at"]
_NEW_ROWS = 1_000_000
"""Added to the number of a printed row: a row made from it by a factor."""


def multiplied(quotes: pl.DataFrame) -> pl.DataFrame:
    """The quotes with each token price times the factors that its page states for it, under the factor's condition.

    ``quotes``: columns of ``quote_schema('prices')``. A factor holds for the rows of its model and tier that the page showed
    beside it. A condition that the page prices itself is left as it is. Evidence and quote id are the factor's.
    """
    factors = quotes.filter((pl.col("component") == FACTOR) & (pl.col("value") > 0))
    if factors.is_empty():
        return quotes
    plain = quotes.filter(pl.col("component").is_in(list(PRICES)) & pl.col("wide_row").is_not_null())
    told = ["value", "condition", "region", "evidence", "quote_id", "effective_from", "effective_to", *_SHOWN]
    pairs = plain.join(factors.select(*_OFFER, *(pl.col(c).alias(f"{c}_factor") for c in told)), on=_OFFER).filter(
        (pl.col("gone_at").is_null() | (pl.col("gone_at") > pl.col("fetched_at_factor")))
        & (pl.col("gone_at_factor").is_null() | (pl.col("gone_at_factor") > pl.col("fetched_at")))
    )
    joined = {c: pl.concat_str([pl.col(c), pl.col(f"{c}_factor")], separator=", ").str.strip_chars(", ") for c in ("condition", "region")}
    made = pairs.with_columns(
        *(text.alias(c) for c, text in joined.items()),
        (pl.col("value") * pl.col("value_factor")).round(9).alias("value"),
        pl.max_horizontal("effective_from", "effective_from_factor").alias("effective_from"),
        pl.when(pl.col("effective_to_factor") != "").then("effective_to_factor").otherwise("effective_to").alias("effective_to"),
        pl.max_horizontal("fetched_at", "fetched_at_factor").alias("fetched_at"),
        pl.max_horizontal("observed_at", "observed_at_factor").alias("observed_at"),
        pl.min_horizontal("gone_at", "gone_at_factor").alias("gone_at"),
        pl.min_horizontal("confirmed_at", "confirmed_at_factor").alias("confirmed_at"),
        pl.col("evidence_factor").alias("evidence"),
        pl.concat_str([pl.col("quote_id_factor"), pl.col("component")], separator=":").alias("quote_id"),
        (pl.col("wide_row") + _NEW_ROWS * (1 + pl.col("quote_id_factor").rank("dense").cast(pl.Int64))).alias("wide_row"),
    ).select(quotes.columns)
    return pl.concat([quotes, made.join(plain, on=[*_OFFER, "condition", "region", "component"], how="anti")])
