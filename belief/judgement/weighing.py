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
from belief.judgement.excursions import without_excursions
from belief.judgement.outweighing import CARRIED_DAYS, GRACE_DAYS, put_out, still_spoken_for
from belief.judgement.statements import RANKS, Moment

LIFE_DAYS = 183
"""So long after its last sighting a statement still speaks for the day; then it is stale."""
RESOLD_LIFE_DAYS = 45
"""The same for resellers, who reprice one in forty models a day: most of their prices are others after two months."""
OFFERS_AT_ONCE = 20_000
_PAGE = RANKS["host"]


@cache
def resellers() -> tuple[str, ...]:
    """The providers that pass on or resell others' models."""
    known = reference.load("providers").filter(pl.col("provider_tier").is_in(["resale", "gateway"]))
    return tuple(known["provider"].unique().sort().to_list())


def believed(schedules: pl.DataFrame, absences: pl.DataFrame, retired: pl.DataFrame, as_of: Moment, allowed_change: float) -> pl.DataFrame:
    """Per offer and stretch (``day``, ``day_to``) the believed schedule (``line``, ``start``) and how it was chosen.

    ``absences``: offer, day: from then on a page that lists the seller's models lacks this one. ``retired``: line, offer,
    retired_from, told: from that day on its seller has ended the name. Columns of the answer: offer, day, day_to, line, start (null: nothing is believed), families (that agree), why,
    line_long, start_long (a schedule of another tracker that only knows prices under conditions, null: none).
    """
    parts = []
    for (_,), part in (
        schedules.with_columns((pl.col("offer") // OFFERS_AT_ONCE).alias("chunk"), pl.col("witness").rank("dense"))
        .partition_by("chunk", as_dict=True, include_key=False)
        .items()
    ):
        parts.append(_chosen(part, absences, retired, as_of, allowed_change))
    return without_excursions(pl.concat(parts).sort("offer", "day"), schedules)


def _chosen(schedules: pl.DataFrame, absences: pl.DataFrame, retired: pl.DataFrame, as_of: Moment, allowed_change: float) -> pl.DataFrame:
    days = pl.concat([absences, retired.select("offer", pl.col("retired_from").alias("day"))])
    grid = _grid(schedules, days, as_of)
    live = grid.filter(
        (pl.col("until").is_null() | (pl.col("until") > pl.col("day")))
        & (pl.col("stale_from").is_null() | (pl.col("stale_from") > pl.col("day")))
    )
    gone = put_out(live, grid, absences, retired, allowed_change)
    left = live.join(gone, on=["offer", "day", "line"], how="anti")
    left, alone = still_spoken_for(left, grid, absences)
    gone = pl.concat([gone, alone])
    best = _best(left)
    days = grid.select("offer", "day", "day_to").unique()
    why = gone.sort("offer", "day", "line").group_by("offer", "day").agg(pl.col("out").first())
    found = _opened_when_seen(days.join(best, on=["offer", "day"], how="left")).join(why, on=["offer", "day"], how="left")
    found = found.join(_long_prices(left, best), on=["offer", "day"], how="left")
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
        .then(pl.col("lasting").dt.offset_by(f"{RESOLD_LIFE_DAYS}d"))
        .otherwise(pl.col("lasting").dt.offset_by(f"{LIFE_DAYS}d"))
    )
    doubted = pl.min_horizontal(life, "doubted_from")
    rows = schedules.with_columns(pl.when(pl.col("until").is_null()).then(doubted).alias("stale_from"))
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
        "figures": True,
        "own_name": True,
        "acted": True,
        "knows": True,
        "weekdays": True,
        "start": True,
        "conditions": True,
        "seen": True,
        "line": False,
    }
    figures = pl.sum_horizontal(pl.col(c).is_not_null() for c in ("input", "output")).alias("figures")
    best = ranked.with_columns(
        knows, figures, (pl.col("kind") == "list").alias("listed"), (pl.col("end_reason") == "point").alias("point")
    ).sort(*keys, *order, descending=[False, False, *order.values()])
    return best.unique(keys, keep="first", maintain_order=True).select(
        *keys, "line", "start", "families", "seen", "source", "input", "output"
    )


def _long_prices(left: pl.DataFrame, best: pl.DataFrame) -> pl.DataFrame:
    """Beside a tracker that states one flat price: the tracker that states only prices under conditions (``line_long``, ``start_long``).

    It does not contradict the flat one, which does not know of lengths and hours; a schedule that has both says all there is.
    """
    keys = ["offer", "day"]
    chosen = best.select(*keys, "line").join(left, on=[*keys, "line"])
    flat = chosen.filter(pl.col("complete") & (pl.col("conditions") == 0) & (pl.col("rank") == RANKS["feed"]))
    partial = left.filter(~pl.col("complete") & (pl.col("rank") == RANKS["feed"]))
    pairs = partial.join(flat.select(*keys, pl.col("witness").alias("flat_by")), on=keys).filter(pl.col("witness") != pl.col("flat_by"))
    one = pairs.sort(*keys, "acted", "seen", "line", descending=[False, False, True, True, False]).unique(
        keys, keep="first", maintain_order=True
    )
    return one.select(*keys, pl.col("line").alias("line_long"), pl.col("start").alias("start_long"))


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
        .when(pl.col("stale_from") == pl.col("doubted_from"))
        .then(
            pl.format(
                "last seen {} by {}; the price it follows moved on {}",
                pl.col("seen").cast(pl.Date),
                "source",
                pl.col("doubted_from").cast(pl.Date),
            )
        )
        .otherwise(pl.format("last seen {} by {}, not since", pl.col("seen").cast(pl.Date), pl.col("source")))
    )
    return last.select("offer", "day", said.alias("ended"))
