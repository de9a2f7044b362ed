"""What witnesses state: the shape of a statement, the offer it speaks of, and which rows cannot be evidence.

A statement is one price of one offer under one condition, said by one source from a day until a day. Nothing
is weighed here. Rows that contradict the calendar, arithmetic or themselves are set aside with a reason, so that
none of them wins silently and none stops the others. Moments may be dates or timestamps; one table uses one.
"""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from belief.names.aliases import normalise
from belief.names.conditions import parse
from sources.reading.gate import PRICE_COLUMNS

KEY = ["provider", "model", "tier", "condition"]
PRICES = PRICE_COLUMNS
FIGURES = [PRICES["input"], PRICES["output"]]
"""The two prices by which statements are compared; the others follow them."""
OFFER = ["provider", "model", "service", "place"]
"""What is sold: ``service`` is the tier with the hours of the day folded in, ``place`` all that length and hours do not say."""
LINE = [*OFFER, "source", "model_label"]
"""One witness speaking of one offer under one name: its statements form schedules that replace one another."""
DAY_TIERS = ("standard", "peak", "off-peak")
"""Tiers that are one offer at different hours."""
RANKS = {"first_party": 0, "host": 1, "correction": 2, "feed": 3}
AGREE_SHARE = 0.01
"""Two prices agree when they differ by at most this share (feeds round)."""
CENT_USD = 0.005
"""Sellers print cents: prices half a cent apart are one price printed to other digits, from 0.15 USD on; below, where one is the other's cents."""
ROUNDED_SHARE = 0.05
"""Cents that are further off than this share of the price are no rounding of it."""
RATES_SHARE = 0.05
"""So far apart lie the rates at which trackers convert one foreign list: a yuan was 6.9 to 7.3 to the dollar."""
HIGHEST_USD_PER_MTOK = 2000.0
"""No list asks more for a million tokens; above it a figure is in another unit."""
ANNOUNCED = "announced for a day since which nobody has been seen stating it"
NO_TIME = "lasts no time: it ends on the day it begins"
DATED = ("declared", "launch")
"""Bases of a start that somebody stated as a day, not only saw between two looks."""

Moment = date | datetime


def with_offer(statements: pl.DataFrame) -> pl.DataFrame:
    """The statements with ``service``, ``place`` and, of their condition, the lower bound of prompt and answer and whether it names hours or weekdays;
    ``own_name``: how much the printed name is the model's own (``likeness``), no alias that may mean another release.
    """
    texts = statements["condition"].unique().sort().to_list()
    meant = [parse(t) for t in texts]
    known = pl.DataFrame(
        {
            "condition": texts,
            "place": [c.rest for c in meant],
            "above": [(c.above or 0) + (c.answer_above or 0) for c in meant],
            "clocked": [bool(c.windows) for c in meant],
            "weekly": [any(w.weekdays or w.not_on_holidays for w in c.windows) for c in meant],
        },
        schema={"condition": pl.String, "place": pl.String, "above": pl.Int64, "clocked": pl.Boolean, "weekly": pl.Boolean},
    )
    named = statements.select("model_label", "model").unique()
    own = [likeness(label, model) for label, model in named.rows()]
    named = named.with_columns(pl.Series("own_name", own, dtype=pl.Int8))
    service = pl.when(pl.col("tier").is_in(DAY_TIERS)).then(pl.lit("standard")).otherwise("tier")
    placed = statements.join(known, on="condition", how="left", maintain_order="left").join(
        named, on=["model_label", "model"], how="left", maintain_order="left"
    )
    return placed.with_columns(service.alias("service"))


def likeness(label: str, model: str) -> int:
    """2 where a printed name is the model's own, 1 where it has all of its words, 0 for an alias that lacks some (a base model's name)."""
    form = normalise(label)
    return 2 if form == model else int(set(model.split("-")) <= set(form.split("-")))


def sound(statements: pl.DataFrame, as_of: Moment) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split statements into those that can be evidence and those that cannot, the latter with a ``reason``.

    A zero outside a free tier and cached input dearer than input are no prices; an end without a start begins when it was observed; the order of rows,
    repeated rows and overlapping periods do not matter (the later statement replaces the earlier). A copy whose day is
    only roughly known keeps its earliest possible day in ``shown_by``: what began since may be newer.
    """
    rows = _repaired(statements)
    reason = pl.coalesce(*(pl.when(wrong).then(pl.lit(said)) for wrong, said in _faults(as_of)))
    rows = rows.with_columns(reason.alias("reason"))
    rows = _self_contradicting(rows)
    return rows.filter(pl.col("reason").is_null()).drop("reason"), rows.filter(pl.col("reason").is_not_null())


def _repaired(statements: pl.DataFrame) -> pl.DataFrame:
    free = pl.col("tier") == "free"
    rows = statements.with_columns(
        pl.when((pl.col(p) == 0) & ~free).then(None).otherwise(pl.when(pl.col(p).is_nan()).then(None).otherwise(pl.col(p))).alias(p)
        for p in PRICES.values()
    )
    start = pl.coalesce(
        "valid_from", pl.when(pl.col("valid_to").is_null() | (pl.col("observed_at") < pl.col("valid_to"))).then("observed_at")
    )
    rows = rows.with_columns(start.alias("valid_from"), pl.coalesce("observed_at", "valid_from", "confirmed_at").alias("observed_at"))
    approximate = pl.when(pl.col("confirmed_at") < pl.col("observed_at")).then("confirmed_at")
    rows = rows.with_columns(pl.max_horizontal("observed_at", "confirmed_at").alias("confirmed_at"), approximate.alias("shown_by"))
    cached = PRICES["cached_input"]
    rows = rows.with_columns(
        pl.when(pl.col(cached) <= pl.col(FIGURES[0]) * 1.001)
        .then(cached)
        .otherwise(pl.when(pl.col(FIGURES[0]).is_null()).then(cached))
        .alias(cached)
    )
    keys = [*KEY, "source", "model_label", "valid_from", *PRICES.values()]
    return _side_by_side(rows.sort([*keys, "confirmed_at", "valid_to"], nulls_last=True).unique(keys, keep="last", maintain_order=True))


def _side_by_side(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of one statement that each name other token classes (a list of meters prints one per line) made one."""
    same = [*KEY, "source", "model_label", "valid_from", "valid_to", "price_kind"]
    several = rows.select(pl.struct(same).is_duplicated()).to_series()
    one = pl.all_horizontal(pl.col(p).drop_nulls().n_unique().over(same) <= 1 for p in PRICES.values())
    parts = rows.filter(several).with_columns(one.alias("_parts"))
    whole = (
        parts.filter("_parts")
        .group_by(same, maintain_order=True)
        .agg(
            *(pl.col(p).drop_nulls().first() for p in PRICES.values()),
            pl.col("observed_at").min(),
            pl.col("confirmed_at").max(),
            *(pl.col(c).first() for c in rows.columns if c not in (*same, *PRICES.values(), "observed_at", "confirmed_at")),
        )
    )
    return pl.concat([rows.filter(~several), parts.filter(~pl.col("_parts")).drop("_parts"), whole.select(rows.columns)])


def _faults(as_of: Moment) -> list[tuple[pl.Expr, str]]:
    return [
        (pl.all_horizontal(pl.col(f).is_null() for f in FIGURES), "no price: zero or nothing stated outside a free tier"),
        (pl.col("observed_at").is_null(), "no day on which it was seen"),
        (pl.col("valid_from").is_null(), "an end without a start, seen only when it was over"),
        (pl.col("valid_to") < pl.col("valid_from"), "ends before it begins"),
        (pl.col("valid_to") == pl.col("valid_from"), NO_TIME),
        ((pl.col("confirmed_at") < pl.col("valid_from")) & (pl.col("valid_from") <= pl.lit(as_of)), ANNOUNCED),
        (pl.col("observed_at") > pl.lit(as_of), "observed later than the day of this answer: nobody can know it yet"),
    ]


def _self_contradicting(rows: pl.DataFrame) -> pl.DataFrame:
    """Mark what one source states twice for one day at different prices: the later look corrects the earlier, else neither counts."""
    same = [*KEY, "source", "model_label", "valid_from", "price_kind"]
    twice = rows.select(pl.col("reason").is_null() & pl.struct(same).is_duplicated()).to_series()
    few = rows.filter(twice)
    newest = pl.col("observed_at").max().over(same)
    figures = pl.struct(pl.col(f).round(6) for f in FIGURES)
    differ = figures.n_unique().over(same) > 1
    corrected = differ & (pl.col("confirmed_at") < newest)
    few = few.with_columns(
        pl.when(corrected)
        .then(pl.format("the source itself corrected this on {}", newest.cast(pl.Date)))
        .otherwise("reason")
        .alias("reason")
    )
    left = few.filter(pl.col("reason").is_null())
    said = pl.format("the source contradicts itself: two prices from {}", pl.col("valid_from").cast(pl.Date))
    left = left.with_columns(pl.when(differ).then(said).alias("reason"))
    return pl.concat([rows.filter(~twice), few.filter(pl.col("reason").is_not_null()), left])


def ratio_agrees(left: str, right: str, share: float = AGREE_SHARE) -> pl.Expr:
    """Whether two columns of prices are the same price; null where either is missing."""
    top = pl.max_horizontal(left, right)
    cents = [(pl.col(a).round(2) - pl.col(b)).abs() <= 1e-9 for a, b in ((left, right), (right, left))]
    rounded = pl.when(pl.any_horizontal(cents)).then(pl.min_horizontal(ROUNDED_SHARE * top, CENT_USD)).otherwise(0.0)
    return (pl.col(left) - pl.col(right)).abs() <= pl.max_horizontal(
        share * top, pl.when(top >= 0.15).then(CENT_USD).otherwise(rounded)
    ) + 1e-9


def same_price(pairs: list[tuple[str, str]]) -> pl.Expr:
    """Whether all pairs that can be compared agree, and at least one can be; a list converted at another rate is the same list."""
    checks = [ratio_agrees(a, b) for a, b in pairs]
    agree = pl.all_horizontal(c.fill_null(True) for c in checks) & pl.any_horizontal(c.is_not_null() for c in checks)
    return agree | converted(pairs)


def converted(pairs: list[tuple[str, str]]) -> pl.Expr:
    """Whether the pairs differ by one small factor and a figure is finer than cents: one foreign list at two exchange rates."""
    ratios = [pl.col(a) / pl.col(b) for a, b in pairs]
    small = pl.all_horizontal((r - 1).abs() <= RATES_SHARE for r in ratios)
    one = (pl.max_horizontal(ratios) - pl.min_horizontal(ratios)) <= AGREE_SHARE
    columns = sorted({c for pair in pairs for c in pair})
    finer = pl.any_horizontal((pl.col(c) - pl.col(c).round(2)).abs() > 1e-6 for c in columns)
    return (small & one & finer).fill_null(False) if len(pairs) > 1 else pl.lit(False)


def near_price(pairs: list[tuple[str, str]]) -> pl.Expr:
    """Whether pairs are near enough to be the same price: cheap, to thin out rows before ``same_price`` looks closely."""
    return pl.all_horizontal((pl.col(a) / pl.col(b)).is_between(0.9, 1.12).fill_null(True) for a, b in pairs)


def other_price(pairs: list[tuple[str, str]]) -> pl.Expr:
    """Whether any pair that can be compared differs, by more than another exchange rate."""
    return pl.any_horizontal(~ratio_agrees(a, b).fill_null(True) for a, b in pairs) & ~converted(pairs)
