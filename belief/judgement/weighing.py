"""Which schedule is believed on each day: ends, silence and newer statements weighed together.

A schedule counts from its start until its end; an open one at most ``LIFE_DAYS`` beyond its last sighting. It is out from the
day on which somebody began to say another price, or ended the offer, after it was last seen: silence does not
contradict, and does not come back. What is left is ranked: the seller's own page, then how many independent
families agree, then who acted last. Unit: one row per offer and stretch of days.
"""

from __future__ import annotations

from functools import cache

import polars as pl

import reference
from belief.judgement.holding import SURCHARGE
from belief.judgement.statements import RANKS, Moment, other_price, same_price

LIFE_DAYS = 183
"""So long after its last sighting a statement still speaks for the day; then it is stale."""
RESOLD_LIFE_DAYS = 45
"""The same for resellers, who reprice one in forty models a day: most of their prices are others after two months."""
CARRIED_DAYS = 365
"""So long a tracker that nobody obliges to delist speaks alone for a price it merely carries; a second family keeps it alive."""
GRACE_DAYS = 7
"""So long after a page was last seen nobody who began to say something else since overtakes it."""
OFFERS_AT_ONCE = 20_000
_BOTH = [("input", "input_other"), ("output", "output_other")]
_PAGE = RANKS["host"]


@cache
def resellers() -> tuple[str, ...]:
    """The providers that pass on or resell others' models."""
    known = reference.load("providers").filter(pl.col("provider_tier").is_in(["resale", "gateway"]))
    return tuple(known["provider"].unique().sort().to_list())


def believed(schedules: pl.DataFrame, absences: pl.DataFrame, retired: pl.DataFrame, as_of: Moment, allowed_change: float) -> pl.DataFrame:
    """Per offer and stretch (``day``, ``day_to``) the believed schedule (``line``, ``start``) and how it was chosen.

    ``absences``: offer, day: from then on a page that lists the seller's models lacks this one. ``retired``: line, offer,
    retired_from, told: from that day on its seller has ended the name. Columns of the answer: offer, day, day_to, line, start (null: nothing is believed), families (that agree), why.
    """
    parts = []
    for (_,), part in (
        schedules.with_columns((pl.col("offer") // OFFERS_AT_ONCE).alias("chunk"))
        .partition_by("chunk", as_dict=True, include_key=False)
        .items()
    ):
        parts.append(_chosen(part, absences, retired, as_of, allowed_change))
    return pl.concat(parts).sort("offer", "day")


def _chosen(schedules: pl.DataFrame, absences: pl.DataFrame, retired: pl.DataFrame, as_of: Moment, allowed_change: float) -> pl.DataFrame:
    days = pl.concat([absences, retired.select("offer", pl.col("retired_from").alias("day"))])
    grid = _grid(schedules, days, as_of)
    live = grid.filter(
        (pl.col("until").is_null() | (pl.col("until") > pl.col("day")))
        & (pl.col("stale_from").is_null() | (pl.col("stale_from") > pl.col("day")))
    )
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
    gone = pl.concat([ended, out, absent, _surcharged(live)]).unique(["offer", "day", "line"], keep="first", maintain_order=True)
    left = live.join(gone, on=["offer", "day", "line"], how="anti")
    left, alone = _still_spoken_for(left)
    gone = pl.concat([gone, alone])
    best = _best(left)
    days = grid.select("offer", "day", "day_to").unique()
    why = gone.sort("offer", "day", "line").group_by("offer", "day").agg(pl.col("out").first())
    found = _opened_when_seen(days.join(best, on=["offer", "day"], how="left")).join(why, on=["offer", "day"], how="left")
    return (
        found.join(_ended(grid), on=["offer", "day"], how="left")
        .with_columns(pl.when(pl.col("line").is_null()).then(pl.coalesce("unseen", "out", "ended")).alias("why"))
        .drop("out", "ended", "unseen")
        .sort("offer", "day")
    )


def _opened_when_seen(found: pl.DataFrame) -> pl.DataFrame:
    """Nobody begins a believed price after its own last sighting: such a stretch is empty until somebody is seen saying it."""
    rows = found.sort("offer", "day")
    same = pl.all_horizontal(
        ((pl.col(c) - pl.col(c).shift(1).over("offer")).abs() <= 1e-9).fill_null(
            pl.col(c).is_null() & pl.col(c).shift(1).over("offer").is_null()
        )
        for c in ("input", "output")
    )
    rows = rows.with_columns(
        (~same | (pl.col("line").is_null() != pl.col("line").is_null().shift(1).over("offer")))
        .fill_null(True)
        .cum_sum()
        .over("offer")
        .alias("run")
    )
    seen = (pl.col("seen") >= pl.col("day")).fill_null(False).cum_max().over("offer", "run")
    silent = pl.col("line").is_not_null() & ~seen
    said = pl.format("{} said so last on {}, before its price could have begun", "source", pl.col("seen").cast(pl.Date))
    rows = rows.with_columns(
        pl.when(silent).then(said).alias("unseen"), *(pl.when(~silent).then(c).alias(c) for c in ("line", "start", "families"))
    )
    return rows.drop("run", "seen", "source", "input", "output")


def _grid(schedules: pl.DataFrame, absences: pl.DataFrame, as_of: Moment) -> pl.DataFrame:
    """Each line's latest schedule on each day on which anything of its offer changes."""
    life = (
        pl.when(pl.col("provider").is_in(resellers()))
        .then(pl.col("seen").dt.offset_by(f"{RESOLD_LIFE_DAYS}d"))
        .otherwise(pl.col("seen").dt.offset_by(f"{LIFE_DAYS}d"))
    )
    rows = schedules.with_columns(pl.when(pl.col("until").is_null()).then(life).alias("stale_from"))
    graced = rows.filter(pl.col("rank") <= _PAGE).select("offer", "until", pl.col("shown").dt.offset_by(f"{GRACE_DAYS}d").alias("day"))
    grace = graced.filter(pl.col("until").is_null() | (pl.col("day") < pl.col("until"))).select("offer", "day")
    carried = rows.filter((pl.col("rank") == RANKS["feed"]) & pl.col("until").is_null()).select(
        "offer", pl.col("start").dt.offset_by(f"{CARRIED_DAYS}d").alias("day")
    )
    days = pl.concat(
        [
            *(rows.select("offer", pl.col(c).alias("day")) for c in ("start", "until", "stale_from")),
            grace,
            carried,
            absences.filter(pl.col("offer").is_in(rows["offer"].unique().implode())),
        ]
    )
    days = days.drop_nulls().filter(pl.col("day") <= pl.lit(as_of)).unique().sort("offer", "day")
    days = days.with_columns(pl.col("day").shift(-1).over("offer").alias("day_to"))
    lines = rows.select("offer", "line").unique()
    return (
        days.join(lines, on="offer")
        .sort("day")
        .join_asof(
            rows.drop("offer").sort("start"), left_on="day", right_on="start", by="line", strategy="backward", check_sortedness=False
        )
        .filter(pl.col("start").is_not_null())
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
        "dated",
        "input_before",
        "output_before",
    )
    pairs = (
        live.select("offer", "day", "line", "witness", "rank", "source", "kind", "input", "output", "start", "shown")
        .join(acts, on=["offer", "day"], suffix="_other")
        .filter(pl.col("line") != pl.col("line_other"))
    )
    ended = pl.col("until").is_not_null() & (pl.col("until") <= pl.col("day"))
    pairs = pairs.with_columns(
        ended.alias("is_over"),
        (ended & pl.col("removed")).alias("is_removal"),
        (other_price(_BOTH) & ~_list_and_sale()).alias("differs"),
        ((pl.col("shown") < pl.col("start_other")) | (ended & (pl.col("shown") < pl.col("until")))).alias("silent"),
    )
    at_page, by_page = pl.col("rank") <= _PAGE, pl.col("rank_other") <= _PAGE
    newer = pairs.filter(pl.col("silent") & pl.col("differs"))
    plain = newer.filter(~at_page | by_page)
    removed = pairs.filter(pl.col("is_removal") & (pl.col("shown") < pl.col("until")))
    twice = removed.filter(pl.col("witness_other").n_unique().over("offer", "day", "line") > 1)
    by_seller = pairs.filter(pl.col("is_removal") & by_page & ~at_page & (pl.col("start") < pl.col("until")))
    found = [
        (plain, "another source began to say something else after it was last seen"),
        (twice, "two independent sources removed it since it was last seen"),
        (by_seller, "the seller's own page removed it"),
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
                .select(
                    *keys,
                    pl.format(
                        "{} ({}, {})",
                        pl.lit(said),
                        pl.col("source_other"),
                        pl.when(pl.col("is_removal")).then("until").otherwise("start_other").cast(pl.Date),
                    ).alias("out"),
                )
                .unique(keys, keep="first", maintain_order=True)
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


def _still_spoken_for(left: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split off what one tracker family alone has carried unchanged for too long, where nobody else speaks today: (left, out)."""
    keys = ["offer", "day"]
    pairs = (
        left.select(*keys, "line", "input", "output")
        .join(left.select(*keys, "witness", "input", "output", "since"), on=keys, suffix="_other")
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
    last = ranked.with_columns(old.alias("old")).filter(pl.col("day_to").is_null())
    alone = last.group_by("offer").agg(pl.col("old").all()).filter("old")["offer"]
    old = old & pl.col("offer").is_in(alone.implode())
    said = pl.format("one tracker alone has carried it unchanged since {} ({})", pl.col("start").cast(pl.Date), pl.col("source"))
    return ranked.filter(~old), ranked.filter(old).select(*keys, "line", said.alias("out"))


def _best(ranked: pl.DataFrame) -> pl.DataFrame:
    """The best of the schedules that are left, per offer and day."""
    keys = ["offer", "day"]
    knows = (pl.max_horizontal("conditions", pl.col("conditions_before").fill_null(0)) > 0).alias("knows")
    order = {
        "point": False,
        "rank": False,
        "complete": True,
        "listed": False,
        "families": True,
        "own_name": True,
        "acted": True,
        "knows": True,
        "weekdays": True,
        "start": True,
        "conditions": True,
        "seen": True,
        "line": False,
    }
    best = ranked.with_columns(knows, (pl.col("kind") == "list").alias("listed"), (pl.col("end_reason") == "point").alias("point")).sort(
        *keys, *order, descending=[False, False, *order.values()]
    )
    return best.unique(keys, keep="first", maintain_order=True).select(
        *keys, "line", "start", "families", "seen", "source", "input", "output"
    )


def _ended(grid: pl.DataFrame) -> pl.DataFrame:
    """What there is to say where no schedule is live: the last end, or the last sighting."""
    over = pl.col("until").is_not_null() & (pl.col("until") <= pl.col("day"))
    last = grid.sort("offer", "day", pl.when(over).then("until").otherwise("seen"), "line").unique(
        ["offer", "day"], keep="last", maintain_order=True
    )
    said = (
        pl.when(over)
        .then(
            pl.format(
                "{} in {} by {}",
                pl.when(pl.col("end_reason") == "").then(pl.lit("ended")).otherwise("end_reason"),
                pl.col("source"),
                pl.col("until").cast(pl.Date),
            )
        )
        .otherwise(pl.format("last seen {} by {}, not since", pl.col("seen").cast(pl.Date), pl.col("source")))
    )
    return last.select("offer", "day", said.alias("ended"))
