"""Which stated prices cannot be believed yet, and who disagrees with what is believed. Written down, never dropped.

How intervals are made and the best witness chosen is in ``history``.
"""

from __future__ import annotations

import polars as pl

from belief.history import AGREE_SHARE, KEY, PRICES, RANKS

CONFIRM_DAYS = 2
"""A large move stands alone only after it was still there this many days later."""
FEED_CONFIRM_DAYS = 14
"""The same for a feed, which copies its slips from release to release."""
DEAR_USD_PER_MTOK = 200.0
"""A feed's output price above this is a unit error unless somebody else, or the offer's own past, says so too."""

_OUT = PRICES["output"]
_HELD = {"price_kept_usd_per_mtok": pl.Float64, "price_refused_usd_per_mtok": pl.Float64, "token_class": pl.String, "reason": pl.String}


def quarantine(witnesses: pl.DataFrame, allowed_change: float) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split observed intervals that cannot be believed yet from the rest.

    An observed price that moved more than ``allowed_change`` times from what was believed before, that no
    independent witness states and that was not still there ``CONFIRM_DAYS`` later (``FEED_CONFIRM_DAYS`` for
    a feed) is held back; so is one whose output is below its input or whose cached input is above its input,
    and a feed's above ``DEAR_USD_PER_MTOK``. Returns (kept, held) where held has the columns of ``_HELD``.
    """
    rows = witnesses.with_row_index("id")
    observed = rows.filter(pl.col("origin") != "packaged")
    before = rows.select(*KEY, pl.col("valid_from").alias("before_from"), pl.col(_OUT).alias("price_kept_usd_per_mtok"), "rank",
                         pl.col("witness").alias("before_witness")).drop_nulls("price_kept_usd_per_mtok")
    prior = observed.join(before.sort("rank"), on=KEY, how="inner", suffix="_before")
    agree = ((pl.col("price_kept_usd_per_mtok") / pl.col(_OUT) - 1).abs() <= AGREE_SHARE) & (pl.col("before_witness") != pl.col("witness"))
    alone = observed.join(prior.filter(agree).select("id").unique(), on="id", how="anti").filter(pl.col(_OUT) > 0)
    last = prior.filter(pl.col("before_from") < pl.col("valid_from")).sort("before_from", "rank_before", descending=[True, False])
    last = last.unique("id", keep="first", maintain_order=True).select("id", "price_kept_usd_per_mtok")
    parts = [part.select("id", *(pl.col(c).cast(t) for c, t in _HELD.items())) for part in
             (_moved(alone, last, allowed_change), _odd(alone), _dear(alone, last, allowed_change))]
    held = pl.concat(parts).unique("id", keep="first", maintain_order=True)
    return rows.join(held, on="id", how="anti").drop("id"), held.join(rows, on="id").drop("id").sort([*KEY, "source"])


def _ratio() -> pl.Expr:
    """How many times an output price moved from the one kept, up or down."""
    return pl.max_horizontal(pl.col(_OUT) / pl.col("price_kept_usd_per_mtok"), pl.col("price_kept_usd_per_mtok") / pl.col(_OUT))


def _moved(alone: pl.DataFrame, last: pl.DataFrame, allowed_change: float) -> pl.DataFrame:
    """Prices that moved too far from the one before, and were not seen for long."""
    needed = pl.when(pl.col("rank") == RANKS["feed"]).then(FEED_CONFIRM_DAYS).otherwise(CONFIRM_DAYS)
    fresh = (pl.col("confirmed_at") - pl.col("valid_from")).dt.total_days() < needed
    return alone.join(last, on="id").filter((_ratio() > allowed_change) & fresh).with_columns(
        pl.col(_OUT).alias("price_refused_usd_per_mtok"), pl.lit("output").alias("token_class"),
        pl.format("moved {} times in one step and no independent source confirms it yet", _ratio().round(1)).alias("reason"))


def _odd(alone: pl.DataFrame) -> pl.DataFrame:
    """Prices whose components contradict one another."""
    below, above = pl.col(_OUT) < pl.col(PRICES["input"]), pl.col(PRICES["cached_input"]) > pl.col(PRICES["input"])
    return alone.filter(below.fill_null(False) | above.fill_null(False)).with_columns(
        pl.lit(None, dtype=pl.Float64).alias("price_kept_usd_per_mtok"),
        pl.when(below).then(pl.col(_OUT)).otherwise(pl.col(PRICES["cached_input"])).alias("price_refused_usd_per_mtok"),
        pl.when(below).then(pl.lit("output")).otherwise(pl.lit("cached_input")).alias("token_class"),
        pl.lit("output below input, or cached input above input, and no independent source confirms it").alias("reason"))


def _dear(alone: pl.DataFrame, last: pl.DataFrame, allowed_change: float) -> pl.DataFrame:
    """A feed's price that is high beyond any list, of an offer that was never that dear."""
    usual = alone.join(last, on="id").filter(_ratio() <= allowed_change).select("id")
    dear = alone.join(usual, on="id", how="anti").filter((pl.col("rank") == RANKS["feed"]) & (pl.col(_OUT) > DEAR_USD_PER_MTOK))
    return dear.with_columns(
        pl.lit(None, dtype=pl.Float64).alias("price_kept_usd_per_mtok"), pl.col(_OUT).alias("price_refused_usd_per_mtok"), pl.lit("output").alias("token_class"),
        pl.lit(f"above {DEAR_USD_PER_MTOK:g} USD per 1M tokens, said by one feed alone: a unit error until somebody else says so").alias("reason"))


def disagreements(witnesses: pl.DataFrame, believed: pl.DataFrame) -> pl.DataFrame:
    """Who says something else today than what is believed: one row per offer, token class and other witness."""
    now = believed.filter(pl.col("valid_to").is_null())
    other = witnesses.filter(pl.col("valid_to").is_null())
    pairs = now.join(other, on=KEY, suffix="_other").filter(pl.col("witness") != pl.col("witness_other"))
    parts = [
        pairs.select(*KEY, pl.lit(token).alias("token_class"), pl.col("source").alias("believed_source"),
                     pl.col(price).alias("believed_usd_per_mtok"), pl.col("source_other").alias("other_source"),
                     pl.col(f"{price}_other").alias("other_usd_per_mtok"), pl.col("valid_from_other").alias("valid_from"),
                     pl.when(pl.col("rank") < pl.col("rank_other")).then(pl.lit("a first-party page or a documented correction outranks a feed"))
                     .otherwise(pl.lit("both are feeds; the one that recorded it last is used")).alias("reason"))
        for token, price in (("input", PRICES["input"]), ("output", PRICES["output"]), ("cached_input", PRICES["cached_input"]))
    ]
    found = pl.concat(parts).with_columns((pl.col("other_usd_per_mtok") / pl.col("believed_usd_per_mtok") - 1).alias("difference_share"))
    found = found.filter(pl.col("difference_share").is_finite() & (pl.col("difference_share").abs() > AGREE_SHARE))
    return found.sort([*KEY, "token_class", "other_source"]).unique([*KEY, "token_class", "other_source"], keep="first", maintain_order=True)
