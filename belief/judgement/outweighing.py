"""What puts a live schedule out: newer acts of others, the seller's own page, the price of a region or of another tier.

Silence does not contradict and does not come back: who was not seen since somebody else acted is out for good.
"""

from __future__ import annotations

from functools import cache

import polars as pl

import reference
from belief.judgement.holding import SURCHARGE
from belief.judgement.statements import RANKS, near_price, other_price, same_price

GRACE_DAYS = 7
"""So long after a page was last seen nobody who began to say something else since overtakes it."""
CARRIED_DAYS = 365
"""So long a tracker alone carries an unchanged line of an offer that others gave up."""
_BOTH = [("input", "input_other"), ("output", "output_other")]
_PAGE = RANKS["host"]


@cache
def hosts() -> tuple[str, ...]:
    """The providers that host others' models on their own machines: their trackers carry lines for years."""
    known = reference.load("providers").filter(pl.col("provider_tier") == "host")
    return tuple(known["provider"].unique().sort().to_list())


def put_out(live: pl.DataFrame, grid: pl.DataFrame, absences: pl.DataFrame, retired: pl.DataFrame, allowed_change: float) -> pl.DataFrame:
    """The live schedules that are out on a day: offer, day, line and why (``out``), one row each."""
    out = _outweighed(live, grid, allowed_change)
    absent = (
        live.join(absences.rename({"day": "absent_from"}), on="offer")
        .filter((pl.col("absent_from") <= pl.col("day")) & (pl.col("seen") < pl.col("absent_from")) & (pl.col("rank") > _PAGE))
        .select("offer", "day", "line", pl.lit("the seller's page lists its models and lacks this one").alias("out"))
    )
    ended = (
        live.join(retired.select("line", "retired_from", "told"), on="line")
        .filter(
            (pl.col("retired_from") <= pl.col("day"))
            & (pl.col("since") < pl.col("retired_from"))
            & ((pl.col("rank") > _PAGE) | (pl.col("seen") < pl.col("retired_from")))
        )
        .select(
            "offer", "day", "line", pl.format("retired by its seller on {}{}", pl.col("retired_from").cast(pl.Date), "told").alias("out")
        )
    )
    return pl.concat([ended, out, absent, _surcharged(live), _other_tiers(live)]).unique(
        ["offer", "day", "line"], keep="first", maintain_order=True
    )


def _outweighed(live: pl.DataFrame, grid: pl.DataFrame, allowed_change: float) -> pl.DataFrame:
    """The live schedules that newer acts of others put out: offer, day, line and why."""
    acts = grid.select(
        "offer",
        "day",
        "line",
        "witness",
        "rank",
        "source",
        "kind",
        "input",
        "output",
        pl.min_horizontal("since", "shown").alias("start"),
        "until",
        "removed",
        "end_reason",
        "dated",
        "input_before",
        "output_before",
    )
    pairs = (
        live.select("offer", "day", "line", "witness", "rank", "source", "kind", "input", "output", "start", "shown")
        .join(acts.rename({"end_reason": "end_reason_other"}), on=["offer", "day"], suffix="_other")
        .filter(pl.col("line") != pl.col("line_other"))
    )
    ended = pl.col("until").is_not_null() & (pl.col("until") <= pl.col("day"))
    pairs = pairs.with_columns(
        (ended & pl.col("removed")).alias("is_removal"),
        ((pl.col("shown") < pl.col("start_other")) | (ended & (pl.col("shown") < pl.col("until")))).alias("silent"),
    ).filter(pl.col("silent") | pl.col("is_removal"))
    pairs = pairs.with_columns((other_price(_BOTH) & ~_list_and_sale()).alias("differs"))
    at_page, by_page = pl.col("rank") <= _PAGE, pl.col("rank_other") <= _PAGE
    newer = pairs.filter(pl.col("silent") & pl.col("differs"))
    plain = newer.filter(~at_page | by_page)
    removed = pairs.filter(pl.col("is_removal") & (pl.col("shown") < pl.col("until")))
    twice = removed.filter(pl.col("witness_other").n_unique().over("offer", "day", "line") > 1)
    foretold = pairs.filter(ended & (pl.col("end_reason_other") == "ended") & by_page & ~at_page & ~pl.col("differs") & pl.col("silent"))
    by_seller = pairs.filter(pl.col("is_removal") & by_page & ~at_page & (pl.col("start") < pl.col("until")))
    found = [
        (plain, "another source began to say something else after it was last seen"),
        (twice, "two independent sources removed it since it was last seen"),
        (by_seller, "the seller's own page removed it"),
        (foretold, "the seller's own page stated this end and nobody has shown the price since"),
        (
            _overtaken(newer.filter(at_page & ~by_page), allowed_change),
            "trackers that agreed with the page moved on since it was last seen",
        ),
    ]
    keys = ["offer", "day", "line"]
    return _for_good(
        live,
        pl.concat(
            [
                f.sort(*keys, "line_other")
                .unique(keys, keep="first", maintain_order=True)
                .select(
                    *keys,
                    pl.format(
                        "{} ({}, {})",
                        pl.lit(said),
                        pl.col("source_other"),
                        pl.when(pl.col("is_removal") | (pl.col("end_reason_other") == "ended"))
                        .then("until")
                        .otherwise("start_other")
                        .cast(pl.Date),
                    ).alias("out"),
                )
                for f, said in found
            ]
        ),
    )


def _surcharged(live: pl.DataFrame) -> pl.DataFrame:
    """The trackers' schedules that are exactly a tenth above another family's: the regional offer beside the plain one."""
    pairs = (
        live.filter(pl.col("rank") == RANKS["feed"])
        .select("offer", "day", "line", "witness", "input", "output")
        .join(live.select("offer", "day", "witness", "source", "input", "output"), on=["offer", "day"], suffix="_other")
        .filter(pl.col("witness") != pl.col("witness_other"))
    )
    ratios = [(pl.col(c) / pl.col(f"{c}_other") - SURCHARGE).abs() <= 0.003 for c in ("input", "output")]
    dearer = pairs.filter(pl.all_horizontal(r.fill_null(True) for r in ratios) & pl.any_horizontal(r.is_not_null() for r in ratios))
    return (
        dearer.sort("offer", "day", "line", "source")
        .unique(["offer", "day", "line"], keep="first", maintain_order=True)
        .select("offer", "day", "line", pl.format("exactly a tenth above what {} says: the surcharge of a region", "source").alias("out"))
    )


def _other_tiers(live: pl.DataFrame) -> pl.DataFrame:
    """The trackers' schedules that are another tier's price, where another family states another price of this one."""
    keys = ["offer", "day"]
    pairs = (
        live.filter(pl.col("of_tier").is_not_null())
        .select(*keys, "line", "of_tier", "witness", "input", "output")
        .join(live.filter(pl.col("of_tier").is_null()).select(*keys, "witness", "input", "output"), on=keys, suffix="_other")
        .filter((pl.col("witness") != pl.col("witness_other")) & other_price(_BOTH))
    )
    said = pl.format("this is the price of the tier {}", "of_tier").alias("out")
    return pairs.unique([*keys, "line"], keep="first", maintain_order=True).select(*keys, "line", said)


def _list_and_sale() -> pl.Expr:
    """Whether one of a pair states the list and the other the sale price: both can be true."""
    kinds = [pl.col("kind"), pl.col("kind_other")]
    return pl.any_horizontal((a == "list") & (b == "sale") for a, b in (kinds, kinds[::-1]))


def _for_good(live: pl.DataFrame, out: pl.DataFrame) -> pl.DataFrame:
    """A schedule that is out stays out: its witness has to be seen again, and then it is another last sighting."""
    rows = live.select("offer", "day", "line", "start", "shown").sort("day")
    first = out.join(rows, on=["offer", "day", "line"]).sort("day").unique(["offer", "line", "start"], keep="first", maintain_order=True)
    later = rows.join(first.select("offer", "line", "start", pl.col("day").alias("out_from"), "out"), on=["offer", "line", "start"])
    return later.filter((pl.col("day") >= pl.col("out_from")) & (pl.col("day") > pl.col("shown"))).select("offer", "day", "line", "out")


def _overtaken(newer: pl.DataFrame, allowed_change: float) -> pl.DataFrame:
    """Pages overtaken by trackers, none far off: two families say another price, or one dates it that said the page's price before.

    Of those that said the page's price, a cut counts without a day: trackers make up rises, not cuts. A host reprices more
    often than its page was read: there a dated price is enough.
    """
    ratios = [pl.col(f"{c}_other") / pl.col(c) for c in ("input", "output")]
    near = pl.all_horizontal(r.is_between(1 / allowed_change, allowed_change).fill_null(True) for r in ratios)
    late = (pl.col("shown").dt.offset_by(f"{GRACE_DAYS}d") <= pl.col("day")) & (pl.col("start_other") > pl.col("shown"))
    rows = newer.filter(late & near)
    cut = pl.all_horizontal((pl.col(f"{c}_other") <= pl.col(c)).fill_null(True) for c in ("input", "output"))
    followed = (pl.col("dated") | cut) & same_price([("input", "input_before"), ("output", "output_before")]) | pl.col("dated") & (
        pl.col("rank") == _PAGE
    )
    return rows.filter(followed | (pl.col("witness_other").n_unique().over("offer", "day", "line") > 1))


def still_spoken_for(left: pl.DataFrame, grid: pl.DataFrame, absences: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split off what one tracker family alone has carried unchanged for too long: (left, out).

    Of makers and clouds only where another gave the offer up: another family removed it, or the seller's page lists its models and
    lacks this one. Hosts reprice what they host, and nobody obliges a tracker to follow.
    """
    keys = ["offer", "day"]
    pairs = (
        left.select(*keys, "line", "input", "output")
        .join(left.select(*keys, "witness", "input", "output", "since"), on=keys, suffix="_other")
        .filter(near_price(_BOTH))
        .filter(same_price(_BOTH))
    )
    votes = pairs.group_by(*keys, "line").agg(pl.col("witness").n_unique().alias("families"), pl.col("since").max().alias("acted"))
    ranked = left.join(votes, on=[*keys, "line"], how="left").with_columns(
        pl.col("families").fill_null(1), pl.coalesce("acted", "since").alias("acted")
    )
    old = (
        pl.col("until").is_null()
        & (pl.col("rank") == RANKS["feed"])
        & (pl.col("families") == 1)
        & (pl.col("acted").dt.offset_by(f"{CARRIED_DAYS}d") <= pl.col("day"))
    )
    over = pl.col("until").is_not_null() & (pl.col("until") <= pl.col("day")) & pl.col("removed")
    ends = grid.filter(over).select("offer", "day", "witness").unique()
    lacking = ranked.join(absences.select("offer", pl.col("day").alias("absent_from")), on="offer").filter(
        pl.col("absent_from") <= pl.col("day")
    )
    removed = ranked.join(ends, on=keys, suffix="_other").filter(pl.col("witness") != pl.col("witness_other"))
    ended = pl.concat([removed.select(*keys, "line"), lacking.select(*keys, "line")]).unique()
    ranked = ranked.join(ended.with_columns(pl.lit(True).alias("given_up")), on=[*keys, "line"], how="left")
    old = old & (pl.col("given_up").fill_null(False) | pl.col("provider").is_in(hosts()))
    last = ranked.with_columns(old.alias("old")).filter(pl.col("day_to").is_null())
    alone = last.group_by("offer").agg(pl.col("old").all()).filter("old")["offer"]
    old = old & pl.col("offer").is_in(alone.implode())
    why = pl.when(pl.col("given_up").fill_null(False)).then(pl.lit("others gave it up; ")).otherwise(pl.lit(""))
    said = pl.format("{}one tracker alone has carried it unchanged since {} ({})", why, pl.col("start").cast(pl.Date), "source")
    return ranked.filter(~old), ranked.filter(old).select(*keys, "line", said.alias("out"))
