"""From believed schedules to price intervals: their prices, who backs them, and how exactly their start is known."""

from __future__ import annotations

import polars as pl

from belief.judgement.holding import CONFIRM_DAYS
from belief.judgement.statements import DATED, FIGURES, KEY, PRICES, RANKS, Moment, other_price, same_price
from belief.judgement.weighing import LIFE_DAYS

SURE_DAYS = 1
"""Two looks at a page so many days apart leave no doubt about the day of a change."""
OWN_COLUMNS = ("status", "first_seen", "families", "changed_after", "changed_before")
STATUSES = ("first_party", "confirmed", "single", "stale", "held")
_PAIRS = [(PRICES[c], f"{PRICES[c]}_other") for c in ("input", "output")]


def acts(schedules: pl.DataFrame, terms: pl.DataFrame) -> pl.DataFrame:
    """Where a witness itself began to state a price after another one: KEY, witness, rank, ``act``, ``seen_before``, ``dated``, prices."""
    over = (pl.col("kind_before") == "sale") & (pl.col("end_reason_before") == "ended")
    begun = schedules.filter(pl.col("start_before").is_not_null()).select("start", "seen_before", over.alias("resumed"), "term_ids")
    rows = begun.explode("term_ids").join(terms, left_on="term_ids", right_on="term")
    rows = rows.filter((pl.col("valid_from") == pl.col("start")) | (pl.col("resumed") & (pl.col("price_kind") != "sale")))
    return rows.select(
        *KEY,
        "witness",
        "rank",
        pl.col("start").alias("act"),
        "seen_before",
        (pl.col("valid_from_basis").is_in(DATED) | pl.col("resumed")).alias("dated"),
        *PRICES.values(),
    )


def intervals(stretches: pl.DataFrame, schedules: pl.DataFrame, terms: pl.DataFrame, moved: pl.DataFrame, as_of: Moment) -> pl.DataFrame:
    """The believed price intervals: the terms' columns, with these of their own.

    ``valid_from``/``valid_to`` (null: in force), ``end_reason``, ``confirmed_at`` (last sighting by anybody who says
    the same), ``first_seen``, ``status``, ``families`` and ``changed_after``/``changed_before`` (the days between which
    the price began; null where the day itself was stated).
    """
    said = schedules.select("line", "start", "term_ids")
    beside = stretches.select("offer", "day", "day_to", pl.col("line_long").alias("line"), pl.col("start_long").alias("start"))
    chosen = pl.concat([stretches.select(beside.columns), beside]).drop_nulls("line").join(said, on=["line", "start"])
    rows = chosen.select("day", "day_to", "term_ids").explode("term_ids").join(terms, left_on="term_ids", right_on="term")
    merged = _merged(_one_each(rows), as_of)
    return _edges(_begun_when_seen(_backed(merged, terms, as_of)), moved)


def _one_each(rows: pl.DataFrame) -> pl.DataFrame:
    """One price per offer, tier, condition and stretch: a sale price is what is charged while it lasts."""
    keys = [*KEY, "day"]
    return rows.sort(*keys, pl.col("price_kind") != "sale", "rank", "term_ids").unique(keys, keep="first", maintain_order=True)


def _merged(rows: pl.DataFrame, as_of: Moment) -> pl.DataFrame:
    """Stretches that follow one another at the same prices made one; what is carried comes from the best-ranked, latest seen."""
    rows = rows.sort(*KEY, "day")

    def unmoved(price: str) -> pl.Expr:
        known = pl.col(price).forward_fill().over(KEY).shift(1).over(KEY) if price not in FIGURES else pl.col(price).shift(1).over(KEY)
        neither = pl.col(price).is_null() & known.is_null() if price in FIGURES else pl.lit(True)
        return ((pl.col(price) - known).abs() <= 1e-9).fill_null(neither)

    same = pl.all_horizontal(
        pl.col("day") == pl.col("day_to").shift(1).over(KEY),
        pl.col("price_kind") == pl.col("price_kind").shift(1).over(KEY),
        *map(unmoved, PRICES.values()),
    )
    runs = rows.with_columns((~same.fill_null(False)).cum_sum().over(KEY).alias("run"))
    own = ("valid_from", "valid_to", "end_reason", "valid_from_basis", "closed_observed_at", "term_ids", "day", "day_to", "run")
    carried = [c for c in rows.columns if c not in (*own, *KEY, *PRICES.values())]
    begins = pl.col("valid_from") == pl.col("day")
    best = (
        runs.select(*KEY, "run", *carried)
        .sort([*KEY, "run", "rank", "seen_to"], descending=[False] * (len(KEY) + 2) + [True], maintain_order=True)
        .unique([*KEY, "run"], keep="first", maintain_order=True)
    )
    merged = runs.group_by(*KEY, "run", maintain_order=True).agg(
        *(pl.col(p).drop_nulls().last() for p in PRICES.values()),
        pl.when(begins.first()).then(pl.col("valid_from_basis").first()).otherwise(pl.lit("observed")).alias("valid_from_basis"),
        pl.col("day").first().alias("valid_from"),
        pl.col("day_to").last().alias("valid_to"),
        pl.col("end_reason").last(),
        (pl.col("valid_to").last() == pl.col("day_to").last()).alias("own_end"),
        pl.col("valid_to").last().alias("term_end"),
        pl.col("closed_observed_at").last(),
    )
    merged = merged.join(best, on=[*KEY, "run"], how="left", maintain_order="left")
    announced = pl.col("valid_to").is_null() & (pl.col("term_end") > pl.lit(as_of)).fill_null(False)
    merged = merged.with_columns(pl.when(announced).then("term_end").otherwise("valid_to").alias("valid_to"))
    followed = pl.col("valid_from").shift(-1).over(KEY) == pl.col("valid_to")
    reason = (
        pl.when(pl.col("valid_to").is_null())
        .then(pl.lit(""))
        .when(announced)
        .then(pl.lit("announced"))
        .when(followed)
        .then(pl.lit("changed"))
        .when(pl.col("own_end").fill_null(False) & (pl.col("end_reason") != ""))
        .then("end_reason")
        .otherwise(pl.lit("outweighed"))
    )
    return merged.with_columns(reason.alias("end_reason")).drop("own_end", "term_end", "run")


def _backed(merged: pl.DataFrame, terms: pl.DataFrame, as_of: Moment) -> pl.DataFrame:
    """Add who states the same price within the interval: last and first sighting, families, status."""
    rows = merged.with_row_index("row")
    span = rows.select("row", *KEY, "valid_from", "valid_to", *PRICES.values())
    said = terms.select(*KEY, "witness", "rank", "source", "valid_from", "observed_at", "seen_to", "valid_from_basis", *PRICES.values())
    near = f"{CONFIRM_DAYS}d"
    pairs = span.join(said, on=KEY, suffix="_other").filter(
        same_price(_PAIRS)
        & (pl.col("seen_to") >= pl.col("valid_from"))
        & (pl.col("valid_to").is_null() | (pl.col("valid_from_other") < pl.col("valid_to").dt.offset_by(near)))
    )
    pairs = pairs.with_columns(pl.min_horizontal("seen_to", pl.coalesce("valid_to", pl.lit(as_of)), pl.lit(as_of)).alias("last"))
    by_family = pairs.group_by("row", "witness").agg(pl.col("last").max(), pl.col("rank").min(), pl.col("observed_at").min())
    newest = by_family.group_by("row").agg(
        pl.col("last").max().alias("confirmed_at"),
        pl.col("last").sort(descending=True).get(1, null_on_oob=True).alias("second"),
        pl.col("observed_at").min().alias("first_seen"),
        (pl.col("rank") <= RANKS["host"]).any().alias("own_page"),
        pl.col("last").filter(pl.col("rank") <= RANKS["host"]).max().alias("page_seen"),
        pl.len().cast(pl.Int64).alias("families"),
    )
    stated = (
        pairs.filter(pl.col("valid_from_basis").is_in(DATED) & (pl.col("valid_from_other") == pl.col("valid_from")))
        .select("row", pl.lit(True).alias("day_stated"))
        .unique()
    )
    rows = rows.drop("confirmed_at").join(newest, on="row", how="left").join(stated, on="row", how="left").sort("row")
    life = f"{LIFE_DAYS}d"
    end = pl.coalesce("valid_to", pl.lit(as_of))
    page = pl.col("own_page").fill_null(False) & (pl.col("page_seen").dt.offset_by(life) >= pl.min_horizontal(end, pl.lit(as_of)))
    twice = pl.col("second").dt.offset_by(near) >= pl.col("confirmed_at")
    stale = pl.col("end_reason").eq("outweighed") & (pl.col("confirmed_at").dt.offset_by(life) <= end)
    status = pl.when(page).then(pl.lit("first_party")).when(twice).then(pl.lit("confirmed")).otherwise(pl.lit("single"))
    return rows.with_columns(
        status.alias("status"),
        pl.coalesce("first_seen", "observed_at").alias("first_seen"),
        pl.coalesce("confirmed_at", "seen_to").alias("confirmed_at"),
        pl.when(stale).then(pl.lit("stale")).otherwise("end_reason").alias("end_reason"),
    ).drop("row", "second", "own_page", "page_seen")


def _begun_when_seen(rows: pl.DataFrame) -> pl.DataFrame:
    """Intervals that only carry on the one before (another witness, same input and output, not seen since) made part of it."""
    rows = rows.sort(*KEY, "valid_from")
    silent = pl.col("confirmed_at") < pl.col("valid_from")
    same = (pl.col("valid_to").shift(1).over(KEY) == pl.col("valid_from")) & pl.all_horizontal(
        ((pl.col(p) - pl.col(p).shift(1).over(KEY)).abs() <= 1e-9).fill_null(pl.col(p).is_null() & pl.col(p).shift(1).over(KEY).is_null())
        for p in FIGURES
    )
    rows = rows.with_columns((silent & same.fill_null(False)).alias("carries_on"))
    rows = rows.filter(pl.col("carries_on") | ~silent).with_columns((~pl.col("carries_on")).cum_sum().over(KEY).alias("run"))
    last = ("valid_to", "end_reason", "closed_observed_at")
    first = [c for c in rows.columns if c not in (*last, *KEY, "run", "carries_on")]
    return rows.group_by(*KEY, "run", maintain_order=True).agg(pl.col(first).first(), pl.col(last).last()).drop("run")


def _edges(rows: pl.DataFrame, moved: pl.DataFrame) -> pl.DataFrame:
    """Between which days each price began: after the last sighting of the one before, before its own first sighting.

    Who moved to the price near its start knows when it last saw the one before; of several the latest counts.
    """
    rows = rows.sort(*KEY, "valid_from").with_row_index("row")
    near = f"{CONFIRM_DAYS}d"
    pairs = (
        rows.select("row", *KEY, pl.col("valid_from").alias("began"), *PRICES.values())
        .join(moved, on=KEY, suffix="_other")
        .filter(
            same_price(_PAIRS)
            & (pl.col("act") <= pl.col("began").dt.offset_by(near))
            & (pl.col("act") >= pl.col("began"))
            & (pl.col("seen_before") < pl.col("began"))
        )
    )
    last = pairs.group_by("row").agg(pl.col("seen_before").max())
    before = pl.when(pl.col("valid_to").shift(1).over(KEY) == pl.col("valid_from")).then(pl.col("confirmed_at").shift(1).over(KEY))
    rows = (
        rows.with_columns(pl.when(before < pl.col("valid_from")).then(before).alias("before")).join(last, on="row", how="left").sort("row")
    )
    sure = pl.col("day_stated").fill_null(False) | pl.col("valid_from_basis").is_in(DATED)
    after = pl.coalesce("seen_before", "before")
    close = ((pl.col("valid_from") - after).dt.total_days() <= SURE_DAYS) & (pl.col("rank") <= RANKS["host"])
    known = sure | close.fill_null(False)
    return rows.with_columns(
        pl.when(~known).then(after).alias("changed_after"),
        pl.when(~known).then("valid_from").alias("changed_before"),
        pl.col("families").fill_null(1),
    ).drop("day_stated", "row", "before", "seen_before")


def disagreements(believed: pl.DataFrame, terms: pl.DataFrame, as_of: Moment) -> pl.DataFrame:
    """Who says something else than what is believed, of sources still alive: one row per offer, token class and source."""
    now = believed.filter(pl.col("valid_to").is_null() | (pl.col("valid_to") > pl.lit(as_of)))
    alive = terms.filter(
        (pl.col("valid_to").is_null() | (pl.col("valid_to") > pl.lit(as_of)))
        & (pl.col("seen_to").dt.offset_by(f"{LIFE_DAYS}d") > pl.lit(as_of))
    )
    pairs = now.join(alive, on=KEY, suffix="_other").filter(pl.col("witness") != pl.col("witness_other"))
    reason = (
        pl.when(pl.col("rank") < pl.col("rank_other"))
        .then(pl.lit("a seller's page or a documented correction outranks a tracker"))
        .when(pl.col("seen_to_other") < pl.col("valid_from"))
        .then(pl.lit("it was last seen before the believed price began"))
        .when(pl.col("families") > 1)
        .then(pl.lit("more independent families say the believed price"))
        .otherwise(pl.lit("both are trackers; the one that acted last is used"))
    )
    parts = [
        pairs.filter(other_price([(p, f"{p}_other")])).select(
            *KEY,
            pl.lit(token).alias("token_class"),
            pl.col("source").alias("believed_source"),
            pl.col(p).alias("believed_usd_per_mtok"),
            pl.col("source_other").alias("other_source"),
            pl.col(f"{p}_other").alias("other_usd_per_mtok"),
            (pl.col(f"{p}_other") / pl.col(p) - 1).alias("difference_share"),
            pl.col("valid_from_other").alias("valid_from"),
            reason.alias("reason"),
        )
        for token, p in (("input", PRICES["input"]), ("output", PRICES["output"]), ("cached_input", PRICES["cached_input"]))
    ]
    found = pl.concat(parts).filter(pl.col("difference_share").is_finite())
    return found.sort(*KEY, "token_class", "other_source", "valid_from").unique(
        [*KEY, "token_class", "other_source"], keep="last", maintain_order=True
    )
