"""Which schedules are held back: moves that trackers make by mistake, until somebody independent says the same.

Judged on 1,491 moves of single trackers, exact doublings were contradicted twice as often as confirmed, halvings
never; moves that go back within a month were mostly slips. A held schedule is taken out and the one before it
goes on for as long as its last sighting lets it (``weighing``).
"""

from __future__ import annotations

import polars as pl

from belief.judgement.schedules import with_neighbours
from belief.judgement.statements import HIGHEST_USD_PER_MTOK, OFFER, PRICES, RANKS, other_price, same_price

CONFIRM_DAYS = 45
"""Two families that say the same within so many days confirm one another."""
EXCURSION_DAYS = 30
"""A move that is back within so many days is one excursion."""
PAGE_DAYS = 2
"""A seller's own page that moved very far is believed when it still says so after so many days."""
HIGHEST_RISE = 3.0
DEAR_USD_PER_MTOK = 200.0
"""A tracker's output price above this is a unit error unless somebody else, or the offer's own past, says so too."""
SURCHARGE = 1.1
"""What makers and clouds charge for a region of one's choice: a tracker that is exactly so much dearer lists the regional offer."""
_EXACT = 0.025
_ROUNDS = 4

BEFORE = [("input", "input_before"), ("output", "output_before")]


def odd() -> pl.Expr:
    """The reason why a tracker's term contradicts itself or every list, else null."""
    absurd = impossible()
    out, inp = pl.col(PRICES["output"]), pl.col(PRICES["input"])
    feed = pl.col("rank") == RANKS["feed"]
    pictures = pl.col("model_label").str.contains("image|omni|audio|tts")
    return (
        pl.when(absurd.is_not_null())
        .then(absurd)
        .when((out < inp) & ~pictures & (pl.col("rank") > RANKS["first_party"]))
        .then(pl.lit("output below input: the two were mixed up, or another modality"))
        .when(feed & (out > DEAR_USD_PER_MTOK))
        .then(pl.lit(f"above {DEAR_USD_PER_MTOK:g} USD per 1M tokens, said by one tracker alone: a unit error until somebody else says so"))
        .otherwise(None)
    )


def impossible() -> pl.Expr:
    """The reason why a figure can be no price at all, whoever says so, else null."""
    prices = list(PRICES.values())
    dear = pl.any_horizontal((pl.col(p) > HIGHEST_USD_PER_MTOK) | pl.col(p).is_infinite() for p in prices).fill_null(False)
    return (
        pl.when(pl.any_horizontal(pl.col(p) < 0 for p in prices).fill_null(False))
        .then(pl.lit("a negative price"))
        .when(dear)
        .then(pl.lit(f"above {HIGHEST_USD_PER_MTOK:g} USD per 1M tokens: no list price, another unit"))
    )


def unconfirmed_odd(terms: pl.DataFrame) -> pl.DataFrame:
    """The odd terms that no other family states at the same price: ``term`` and ``reason``."""
    doubted = terms.with_columns(odd().alias("reason")).filter(pl.col("reason").is_not_null())
    keys = [*OFFER, "tier", "condition"]
    pairs = (
        doubted.select(*keys, "term", "witness", *PRICES.values())
        .join(terms.select(*keys, "witness", *PRICES.values()), on=keys, suffix="_other")
        .filter(pl.col("witness") != pl.col("witness_other"))
    )
    backed = pairs.filter(same_price([(p, f"{p}_other") for p in PRICES.values()]))["term"].unique()
    return doubted.filter(impossible().is_not_null() | ~pl.col("term").is_in(backed.implode())).select("term", "reason")


def without_odd(terms: pl.DataFrame, doubted: pl.DataFrame) -> pl.DataFrame:
    """The terms without the doubted ones; what the same witness said before one goes on in its place (``lasting``: until when it was so)."""
    marked = terms.with_columns(pl.col("seen_to").alias("lasting"))
    if doubted.is_empty():
        return marked
    touched = pl.col("line").is_in(marked.filter(pl.col("term").is_in(doubted["term"].implode()))["line"].unique().implode())
    channel = ["line", "tier", "condition", "price_kind"]
    rows = marked.filter(touched).sort(*channel, "valid_from", nulls_last=True)
    is_odd = pl.col("term").is_in(doubted["term"].implode())
    follows = (pl.col("valid_to").shift(1).over(channel) == pl.col("valid_from")).fill_null(False)
    runs = rows.with_columns(is_odd.alias("is_odd"), (~(is_odd & follows)).cum_sum().over(channel).alias("run"))
    ends = runs.group_by(*channel, "run").agg(
        pl.col("valid_to").last().alias("ends"),
        pl.col("end_reason").last().alias("ends_by"),
        pl.col("valid_from").filter("is_odd").first().alias("odd_from"),
    )
    kept = runs.filter(~pl.col("is_odd")).join(ends, on=[*channel, "run"], how="left", nulls_equal=True)
    odd_next = pl.col("odd_from").is_not_null()
    kept = kept.with_columns(
        pl.when(odd_next).then("ends").otherwise("valid_to").alias("valid_to"),
        pl.when(odd_next).then("ends_by").otherwise("end_reason").alias("end_reason"),
        pl.max_horizontal("lasting", "odd_from").alias("lasting"),
    )
    return pl.concat([marked.filter(~touched), kept.select(marked.columns)]).sort("term")


def held(schedules: pl.DataFrame, allowed_change: float) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Take out the schedules that must wait for a second family; the ones before them go on.

    ``schedules``: ``schedules.segments``. Returns (schedules that count, held ones with ``reason`` and the price kept
    in ``input_before``/``output_before``).
    """
    kept, done, out = schedules, [], [schedules.head(0).with_columns(pl.lit("").alias("reason"))]
    for _ in range(_ROUNDS):
        wrong = _doubted(kept, allowed_change)
        if wrong.is_empty():
            break
        out.append(wrong.select(*schedules.columns, "reason"))
        touched = pl.col("offer").is_in(wrong["offer"].unique().implode())  # only there can taking one out bring up another
        done.append(kept.filter(~touched).select(schedules.columns))
        kept = _without(kept.filter(touched), wrong)
    return pl.concat([*done, kept.select(schedules.columns)]).sort("line", "start"), pl.concat(out)


def _doubted(schedules: pl.DataFrame, allowed_change: float) -> pl.DataFrame:
    own = schedules.with_columns(_moved(allowed_change), _excursion())
    back = (pl.col("excursion").shift(1).over("line").is_not_null() & pl.col("start_before").is_not_null()).fill_null(False)
    own = own.with_columns(pl.when(~back).then("move").alias("move"))  # the way back from an excursion is no move
    own = own.with_columns(pl.coalesce("move", "excursion").alias("reason")).filter(pl.col("reason").is_not_null())
    first = _against_others(schedules, own)
    wrong = pl.concat([own.drop("move", "excursion"), first])
    return _unbacked(wrong, schedules).sort("line", "start")


def _times(new: str = "input", old: str = "input_before") -> pl.Expr:
    return pl.col(new) / pl.col(old)


def _reason(r_in: pl.Expr, r_out: pl.Expr) -> pl.Expr:
    """Why a move of input and output by these factors is not believed of one tracker alone."""

    def both(low: float, high: float) -> pl.Expr:
        checks = [r.is_between(low, high) for r in (r_in, r_out)]
        return pl.all_horizontal(c.fill_null(True) for c in checks) & pl.any_horizontal(c.is_not_null() for c in checks)

    tens = [10.0**k for k in range(-8, 9) if k]
    ten = pl.any_horizontal(both(t * 0.99, t * 1.01) for t in tens)
    top = pl.max_horizontal(r_in, r_out)
    return (
        pl.when(ten)
        .then(pl.format("moved by a power of ten (x{}): a slip of units until a second family says so", top.round(4)))
        .when(both(2 - 2 * _EXACT, 2 + 2 * _EXACT))
        .then(pl.lit("an exact doubling of all prices: list price for sale price, or two rows added up, until a second family says so"))
        .when(both(SURCHARGE - 0.003, SURCHARGE + 0.003))
        .then(pl.lit("a rise of exactly a tenth: the surcharge of a region, until a second family says so"))
        .when(top > HIGHEST_RISE)
        .then(pl.format("a rise to {} times the price before, until a second family says so", top.round(1)))
        .otherwise(None)
    )


def _moved(allowed_change: float) -> pl.Expr:
    """A line's own move: trackers by the rules above, a seller's page only when very far and fresh."""
    r_in, r_out = _times(), _times("output", "output_before")
    far = pl.max_horizontal(r_in, r_out, 1 / r_in, 1 / r_out) > allowed_change
    fresh = (pl.col("seen") - pl.col("start")).dt.total_days() < PAGE_DAYS
    page = pl.when(far & fresh & pl.col("until").is_null()).then(pl.lit("the page moved very far and was seen so only once"))
    return (
        pl.when(pl.col("rank") == RANKS["feed"]).then(_reason(r_in, r_out)).when(pl.col("rank") <= RANKS["host"]).then(page).alias("move")
    )


def _excursion() -> pl.Expr:
    """A move that is back at the old prices within a month, of anybody but the maker's own page."""
    after = pl.col("start").shift(-1).over("line") == pl.col("until")
    short = (pl.col("until") - pl.col("start")).dt.total_days() <= EXCURSION_DAYS
    nexts = {c: pl.when(after).then(pl.col(c).shift(-1).over("line")) for c in ("input", "output")}
    ratios = [(nexts[c] / pl.col(f"{c}_before") - 1).abs() <= 0.01 for c in ("input", "output")]
    back = pl.all_horizontal(r.fill_null(True) for r in ratios) & pl.any_horizontal(r.is_not_null() for r in ratios)
    moved = other_price(BEFORE)
    said = pl.format("an excursion: back at the old price after {} days", (pl.col("until") - pl.col("start")).dt.total_days())
    return pl.when((pl.col("rank") > RANKS["first_party"]) & after & short & back & moved).then(said).alias("excursion")


def _against_others(schedules: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    """First statements of a tracker that stand far above what another family has been saying of the offer."""
    first = schedules.filter(
        (pl.col("rank") == RANKS["feed"]) & pl.col("start_before").is_null() & pl.col("complete") & (pl.col("kind") != "list")
    )
    first = first.join(own.select("line", "start"), on=["line", "start"], how="anti")
    others = schedules.filter(pl.col("complete") & pl.col("of_tier").is_null()).select(
        "offer", "witness", "input", "output", "start", "seen"
    )
    pairs = first.join(others, on="offer", suffix="_other").filter(
        (pl.col("witness") != pl.col("witness_other"))
        & (pl.col("start_other") <= pl.col("start"))
        & (pl.col("seen_other").dt.offset_by(f"{CONFIRM_DAYS}d") >= pl.col("start"))
    )
    pairs = pairs.sort("line", "start", "start_other").unique(["line", "start"], keep="last", maintain_order=True)
    reason = _reason(_times("input", "input_other"), _times("output", "output_other"))
    doubted = pairs.with_columns(
        reason.alias("reason"), pl.col("input_other").alias("input_before"), pl.col("output_other").alias("output_before")
    )
    return doubted.filter(pl.col("reason").is_not_null()).select(*schedules.columns, "reason")


def _unbacked(wrong: pl.DataFrame, schedules: pl.DataFrame) -> pl.DataFrame:
    """Those that no other family backs within ``CONFIRM_DAYS``: by stating the new price, or by ending the old one."""
    others = schedules.select("offer", "witness", "input", "output", "start", "seen", "until")
    near = f"{CONFIRM_DAYS}d"
    pairs = (
        wrong.select("line", "offer", "witness", "input", "output", "start", "seen")
        .join(others, on="offer", suffix="_other")
        .filter(
            (pl.col("witness") != pl.col("witness_other"))
            & (pl.col("until").is_null() | (pl.col("until") > pl.col("start")))  # who gave the price up before the move does not back it
            & (pl.col("start_other") <= pl.col("seen").dt.offset_by(near))
            & (pl.col("seen_other") >= pl.col("start").dt.offset_by(f"-{near}"))
            & same_price([("input", "input_other"), ("output", "output_other")])
        )
    )
    ended = (
        wrong.select("line", "offer", "witness", "start", "input_before", "output_before")
        .join(
            schedules.filter(pl.col("until").is_not_null()).select("offer", "witness", "input", "output", "until"),
            on="offer",
            suffix="_other",
        )
        .filter(
            (pl.col("witness") != pl.col("witness_other"))
            & ((pl.col("until") - pl.col("start")).dt.total_days().abs() <= CONFIRM_DAYS)
            & same_price([("input_before", "input"), ("output_before", "output")])
        )
    )
    backed = pl.concat([pairs.select("line", "start"), ended.select("line", "start")]).unique()
    return wrong.join(backed, on=["line", "start"], how="anti")


def _without(schedules: pl.DataFrame, wrong: pl.DataFrame) -> pl.DataFrame:
    """The schedules without the held ones; the one before a held one goes on to its end, joined with a next one that says the same."""
    marked = schedules.join(wrong.select("line", "start", pl.lit(True).alias("is_held")), on=["line", "start"], how="left").sort(
        "line", "start"
    )
    marked = marked.with_columns(pl.col("is_held").fill_null(False))
    run = (~pl.col("is_held")).cum_sum().over("line")
    marked = marked.with_columns(run.alias("run")).filter(pl.col("run") > 0)
    ends = marked.group_by("line", "run", maintain_order=True).agg(
        pl.col("until").last().alias("new_until"),
        pl.col("end_reason").last().alias("new_end_reason"),
        pl.len().alias("stretches"),
        pl.col("start").filter("is_held").first().alias("held_from"),
    )
    kept = marked.filter(~pl.col("is_held")).join(ends, on=["line", "run"], how="left").sort("line", "start")
    contiguous = pl.col("stretches") > 1
    kept = kept.with_columns(
        pl.when(contiguous).then("new_until").otherwise("until").alias("until"),
        pl.when(contiguous).then("new_end_reason").otherwise("end_reason").alias("end_reason"),
        pl.max_horizontal("lasting", "held_from").alias("lasting"),
    )
    same = (
        (pl.col("start") == pl.col("until").shift(1).over("line"))
        & same_price([("input", "input_prev"), ("output", "output_prev")])
        & (pl.col("conditions") == pl.col("conditions").shift(1).over("line"))
    )
    kept = kept.with_columns(*(pl.col(c).shift(1).over("line").alias(f"{c}_prev") for c in ("input", "output")))
    kept = kept.with_columns((~same.fill_null(False)).cum_sum().over("line").alias("run"))
    last = ("until", "end_reason", "term_ids")
    sightings = ("seen", "shown", "lasting")
    first = [c for c in schedules.columns if c not in (*last, "line", *sightings)]
    joined = kept.group_by("line", "run", maintain_order=True).agg(pl.col(first).first(), pl.col(last).last(), pl.col(sightings).max())
    return with_neighbours(joined.select(schedules.columns))
