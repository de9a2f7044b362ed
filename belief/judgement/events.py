"""What happened to prices: moves that somebody dated or two families saw, and what is only recorded.

A move of the believed price is an event when a witness itself moved; a switch from one witness to another is none. Its
day is printed only where somebody stated it. What one tracker alone recorded between two looks is listed as unconfirmed,
a clean-up of many models at once as one line, and a held move as held.
"""

from __future__ import annotations

import polars as pl

from belief.judgement.evidence import Belief
from belief.judgement.holding import CONFIRM_DAYS
from belief.judgement.schedules import NO_REMOVAL
from belief.judgement.statements import AGREE_SHARE, DATED, KEY, PRICES, RANKS, Moment, other_price, same_price

BULK_MODELS = 10
"""More models than this moved by one source in one look are a clean-up of the source."""
LATE_DAYS = 183
"""So late a tracker's own move still speaks for a move a page showed first."""
COLUMNS = [
    *KEY,
    "component",
    "event",
    "before",
    "after",
    "day",
    "changed_after",
    "changed_before",
    "seen_on",
    "status",
    "why",
    "families",
    "source",
    "source_url",
    "evidence",
    "snapshot_sha256",
]
_CLASSES = {c: PRICES[c] for c in ("input", "output", "cached_input")}


def events(belief: Belief, since: Moment, until: Moment) -> pl.DataFrame:
    """All events whose day, or first sighting, lies between two days (both included): one row per offer and component."""
    parts = [_moves(belief.intervals, belief.acts), _new(belief), _withdrawn(belief), _held(belief)]
    found = pl.concat([p.select(COLUMNS) for p in parts], how="vertical_relaxed").filter(
        (pl.col("seen_on") >= pl.lit(since)) & (pl.col("seen_on") <= pl.lit(until))
    )
    said_once = _bulk_as_one(found).unique(["seen_on", "event", *KEY, "component", "source"], keep="first", maintain_order=True)
    return said_once.sort("seen_on", *KEY, "component", "event", descending=[True, *[False] * (len(KEY) + 2)])


def _moves(intervals: pl.DataFrame, acts: pl.DataFrame) -> pl.DataFrame:
    """Cuts and rises of believed prices that somebody made, one row per component."""
    rows = intervals.sort(*KEY, "valid_from").with_columns(
        *(pl.col(p).shift(1).over(KEY).alias(f"{p}_before") for p in _CLASSES.values()),
        (pl.col("valid_to").shift(1).over(KEY) == pl.col("valid_from")).alias("follows"),
    )
    rows = rows.filter(pl.col("follows") & other_price([(p, f"{p}_before") for p in _CLASSES.values()])).with_row_index("row")
    rows = rows.join(_support(rows, acts), on="row", how="inner")
    status = (
        pl.when(pl.col("by_page") | (pl.col("rank") <= RANKS["host"]))
        .then(pl.lit("first_party"))
        .when(pl.col("movers") > 1)
        .then(pl.lit("confirmed"))
        .when(pl.col("dated") | pl.col("changed_before").is_null())
        .then(pl.lit("declared"))
        .otherwise(pl.lit("unconfirmed"))
    )
    rows = rows.with_columns(status.alias("status"))
    return _by_component(_dated(rows))


def _support(rows: pl.DataFrame, acts: pl.DataFrame) -> pl.DataFrame:
    """Who moved to the new price near the believed move: families, whether a page did, whether a day was declared."""
    near = (
        pl.when(pl.col("rank") <= RANKS["host"])
        .then(pl.col("valid_from").dt.offset_by(f"{LATE_DAYS}d"))
        .otherwise(pl.col("valid_from").dt.offset_by(f"{CONFIRM_DAYS}d"))
    )
    pairs = (
        rows.select("row", *KEY, "valid_from", "rank", *PRICES.values())
        .join(acts, on=KEY, suffix="_act")
        .filter(
            same_price([(PRICES[c], f"{PRICES[c]}_act") for c in ("input", "output")])
            & (pl.col("act") >= pl.col("valid_from").dt.offset_by(f"-{CONFIRM_DAYS}d"))
            & (pl.col("act") <= near)
        )
    )
    return pairs.group_by("row").agg(
        pl.col("witness").n_unique().cast(pl.Int64).alias("movers"),
        (pl.col("rank_act") <= RANKS["host"]).any().alias("by_page"),
        (pl.col("dated") & (pl.col("act") == pl.col("valid_from"))).any().alias("dated"),
    )


def _dated(rows: pl.DataFrame) -> pl.DataFrame:
    """Add the day where it is stated, the sighting, and the sentence that says how the move is known."""
    stated = pl.col("changed_before").is_null()
    between = pl.format(
        "recorded between {} and {}",
        pl.coalesce(pl.col("changed_after").cast(pl.Date).cast(pl.String), pl.lit("an unknown day")),
        pl.col("valid_from").cast(pl.Date),
    )
    how = pl.when(stated).then(pl.format("stated for {}", pl.col("valid_from").cast(pl.Date))).otherwise(between)
    who = (
        pl.when(pl.col("status") == "first_party")
        .then(pl.lit("the seller's own page says so"))
        .when(pl.col("status") == "confirmed")
        .then(pl.format("{} independent families moved within 45 days", pl.col("movers")))
        .when(pl.col("status") == "declared")
        .then(pl.lit("one family states the day"))
        .otherwise(pl.lit("one tracker alone; no other family has it"))
    )
    return rows.with_columns(
        pl.when(stated).then("valid_from").alias("day"), pl.col("valid_from").alias("seen_on"), pl.format("{}; {}", how, who).alias("why")
    )


def _by_component(rows: pl.DataFrame) -> pl.DataFrame:
    parts = [
        rows.with_columns(pl.lit(c).alias("component"), pl.col(f"{p}_before").alias("before"), pl.col(p).alias("after"))
        for c, p in _CLASSES.items()
    ]
    moved = pl.concat(parts).filter(((pl.col("after") / pl.col("before") - 1).abs() > AGREE_SHARE) & ~_other_digits())
    return moved.with_columns(pl.when(pl.col("after") < pl.col("before")).then(pl.lit("cut")).otherwise(pl.lit("rise")).alias("event"))


def _other_digits() -> pl.Expr:
    """Whether one of the prices is the other rounded to cents: printed to other digits, nothing moved."""

    def cents(column: str) -> pl.Expr:
        return (pl.col(column) * 100 + 0.5 + 1e-9).floor() / 100

    return ((cents("after") - pl.col("before")).abs() <= 1e-9) | ((cents("before") - pl.col("after")).abs() <= 1e-9)


def _new(belief: Belief) -> pl.DataFrame:
    """Offers whose first price is dated, or first appeared between two looks that were not far apart."""
    looks = (
        pl.concat([belief.terms.select("source", pl.col(c).alias("look")) for c in ("observed_at", "confirmed_at")]).unique().sort("look")
    )
    first = (
        belief.intervals.filter((pl.col("condition") == "") & pl.col(PRICES["output"]).is_not_null())
        .sort("valid_from")
        .unique(["provider", "model", "tier"], keep="first", maintain_order=True)
    )
    first = first.sort("valid_from").join_asof(
        looks, left_on="valid_from", right_on="look", by="source", strategy="backward", allow_exact_matches=False, check_sortedness=False
    )
    stated = pl.col("valid_from_basis").is_in(DATED)
    watched = (pl.col("valid_from") - pl.col("look")).dt.total_days() <= CONFIRM_DAYS
    rows = first.filter(stated | watched.fill_null(False)).with_columns(
        pl.when(stated).then(None).otherwise("look").alias("changed_after"),
        pl.when(~stated).then("valid_from").alias("changed_before"),
        pl.when(pl.col("rank") <= RANKS["host"])
        .then(pl.lit("first_party"))
        .when(pl.col("families") > 1)
        .then(pl.lit("confirmed"))
        .when(stated)
        .then(pl.lit("declared"))
        .otherwise(pl.lit("unconfirmed"))
        .alias("status"),
        pl.col("families").alias("movers"),
    )
    return _dated(rows).with_columns(
        pl.lit("output").alias("component"),
        pl.lit("new").alias("event"),
        pl.lit(None, dtype=pl.Float64).alias("before"),
        pl.col(PRICES["output"]).alias("after"),
    )


def _withdrawn(belief: Belief) -> pl.DataFrame:
    """Offers that nobody lists any more, with how many families removed them."""
    last = (
        belief.intervals.filter(pl.col("condition") == "")
        .sort("valid_from")
        .unique(["provider", "model", "tier"], keep="last", maintain_order=True)
    )
    gone = last.filter(
        pl.col("valid_to").is_not_null()
        & (pl.col("valid_to") <= pl.lit(belief.as_of))
        & ~pl.col("end_reason").is_in([*NO_REMOVAL, "announced"])
    ).with_row_index("row")
    removals = belief.schedules.filter(pl.col("removed")).select("offer", "witness", pl.col("rank").alias("rank_by"), "until")
    pairs = (
        gone.select("row", "offer", "valid_to")
        .join(removals, on="offer")
        .filter((pl.col("until") - pl.col("valid_to")).dt.total_days().abs() <= CONFIRM_DAYS)
    )
    count = pairs.group_by("row").agg(
        pl.col("witness").n_unique().cast(pl.Int64).alias("movers"), (pl.col("rank_by") <= RANKS["host"]).any().alias("by_page")
    )
    rows = gone.join(count, on="row", how="inner").with_columns(
        pl.when("by_page")
        .then(pl.lit("first_party"))
        .when(pl.col("movers") > 1)
        .then(pl.lit("confirmed"))
        .otherwise(pl.lit("unconfirmed"))
        .alias("status"),
        pl.col("confirmed_at").alias("changed_after"),
        pl.col("valid_to").alias("changed_before"),
        pl.col("valid_to").alias("valid_from"),
    )
    return _dated(rows).with_columns(
        pl.lit("output").alias("component"),
        pl.lit("withdrawn").alias("event"),
        pl.col(PRICES["output"]).alias("before"),
        pl.lit(None, dtype=pl.Float64).alias("after"),
    )


def _held(belief: Belief) -> pl.DataFrame:
    """Moves that wait for a second family, where no page says what the price is; excursions are over and no event on either side."""
    rows = belief.held.filter(pl.col("kept_input").is_not_null() | pl.col("kept_output").is_not_null()).filter(
        ~pl.col("reason").str.starts_with("an excursion")
    )
    page = belief.intervals.filter(pl.col("rank") <= RANKS["host"]).select(
        *KEY, pl.col("valid_from").alias("page_from"), pl.col("valid_to").alias("page_to")
    )
    told = (
        rows.with_row_index("row")
        .join(page, on=KEY)
        .filter((pl.col("page_from") <= pl.col("valid_from")) & (pl.col("page_to").is_null() | (pl.col("page_to") > pl.col("valid_from"))))
    )
    rows = rows.with_row_index("row").filter(~pl.col("row").is_in(told["row"].unique().implode())).drop("row")
    rows = rows.with_columns(
        pl.lit("held").alias("status"),
        pl.lit(None).cast(rows.schema["valid_from"]).alias("day"),
        pl.lit(None).cast(rows.schema["valid_from"]).alias("changed_after"),
        pl.col("valid_from").alias("changed_before"),
        pl.col("valid_from").alias("seen_on"),
        pl.format("not believed: {}", "reason").alias("why"),
        pl.lit(1, dtype=pl.Int64).alias("families"),
    )
    parts = [
        rows.with_columns(pl.lit(c).alias("component"), pl.col(f"kept_{c}").alias("before"), pl.col(PRICES[c]).alias("after"))
        for c in ("input", "output")
    ]
    moved = pl.concat(parts).filter((pl.col("after") / pl.col("before") - 1).abs() > AGREE_SHARE)
    moved = moved.unique([*KEY, "component", "source", "seen_on", "after"], keep="first", maintain_order=True)  # a model under two names
    return moved.with_columns(pl.when(pl.col("after") < pl.col("before")).then(pl.lit("cut")).otherwise(pl.lit("rise")).alias("event"))


def _bulk_as_one(found: pl.DataFrame) -> pl.DataFrame:
    """Many events that one tracker alone records in one look, dated by it or not, as one line that counts them."""
    look = ["source", "seen_on"]
    alone = pl.col("status").is_in(["unconfirmed", "declared"])
    bulk = alone & (pl.col("model").filter(alone).n_unique().over(look) > BULK_MODELS)
    marked = found.with_columns(bulk.alias("bulk"))
    many = (
        marked.filter("bulk")
        .group_by(look, maintain_order=True)
        .agg(
            pl.len().alias("n"),
            pl.col("model").n_unique().alias("models"),
            pl.col("source_url").first(),
            pl.col("changed_after").max(),
            pl.col("event").unique().sort().str.join(", ").alias("kinds"),
        )
    )
    lines = many.with_columns(
        *(pl.lit("").alias(c) for c in (*KEY, "component", "evidence", "snapshot_sha256")),
        pl.lit("correction").alias("event"),
        pl.lit("correction").alias("status"),
        *(pl.lit(None, dtype=pl.Float64).alias(c) for c in ("before", "after")),
        pl.lit(None).cast(found.schema["day"]).alias("day"),
        pl.col("seen_on").alias("changed_before"),
        pl.lit(1, dtype=pl.Int64).alias("families"),
        pl.format(
            "{} prices of {} models ({}) differ between two looks at {}: a clean-up of the source, not moves of the market",
            "n",
            "models",
            "kinds",
            "source",
        ).alias("why"),
    )
    return pl.concat([marked.filter(~pl.col("bulk")).select(COLUMNS), lines.select(COLUMNS)], how="vertical_relaxed")
