"""Titles that state a finding: templates over what the drawn rows did, for falls, rises, neither and nothing drawn.

Belongs here: the sentence above a chart of the further pages. Those of the edition page stand beside their
questions (``questions``).
"""

from __future__ import annotations

import polars as pl

from reports.facts import FactBook
from reports.writing.shown import Sentence, say


def fell(book: FactBook, what: str, data: pl.DataFrame, series: str, value: str) -> Sentence:
    """How many of the drawn lines end below where they begin."""
    ends = (
        data.filter(pl.col(value).is_not_null())
        .sort("date")
        .group_by(series)
        .agg(first=pl.col(value).first(), last=pl.col(value).last(), points=pl.len())
    )
    ends = ends.filter(pl.col("points") > 1)
    down, up = ends.filter(pl.col("last") < pl.col("first")).height, ends.filter(pl.col("last") > pl.col("first")).height
    k, r, n = book.tally(down), book.tally(up), book.tally(ends.height)
    if not ends.height:
        return say("Too few points to say how " + what + " moved")
    if down == ends.height:
        return say("{n} of {n} " + what + " fell over the time shown", n=n)
    if up == ends.height:
        return say("{n} of {n} " + what + " rose over the time shown", n=n)
    return say("{k} of {n} " + what + " fell over the time shown, {r} rose", k=k, n=n, r=r)


def certain(book: FactBook, what: str, data: pl.DataFrame) -> Sentence:
    """Of rates with intervals (columns rate, lower, upper; one is neither): how many surely fell, how many surely rose."""
    down, up = data.filter(pl.col("lower") > 1).height, data.filter(pl.col("upper") < 1).height
    if not data.height:
        return say("No rate of " + what + " could be measured")
    return say(
        "{k} of {n} " + what + " fell for certain, {r} rose for certain", k=book.tally(down), n=book.tally(data.height), r=book.tally(up)
    )


def parts(book: FactBook) -> Sentence:
    """Which part moved a price most, and which way the price went (``decomposition.total_factor`` above one is a fall)."""
    rows = [r for r in book.rows("decomposition") if r.raw("change_share") is not None and r.raw("component") != "not attributed"]
    total = book.raw("decomposition.total_factor")
    if not rows or total is None:
        return say("What moved the price is not known")
    way = "fell" if total > 1 else "rose" if total < 1 else "stood still"
    if way == "stood still":
        return say("The price of open models stood still while its parts moved")
    largest = max(rows, key=lambda r: r.raw("change_share"))
    return say("The price of open models " + way + "; the largest part of that is {c}", c=largest.show("component"))


def best(book: FactBook, mart: str, name: str, value: str, words: str, *, least: bool, drawn: dict[str, object] | None = None) -> Sentence:
    """The row that leads a ranking: ``words`` holds ``{name}`` and ``{value}``. ``drawn``: the cells of the rows that the chart draws."""
    rows = [r for r in book.rows(mart) if r.raw(value) is not None and r.raw(name) and all(r.raw(c) == v for c, v in (drawn or {}).items())]
    if not rows:
        return say("Nothing could be ranked")
    lead = (min if least else max)(rows, key=lambda r: r.raw(value))
    return say(words, name=lead.show(name), value=lead.show(value))


def pays(book: FactBook) -> Sentence:
    """How many uses pay on the edition's day or before."""
    dated = [r.raw("viable_date") for r in book.rows("viability")]
    k = sum(d is not None and d <= book.edition.as_of for d in dated)
    return say("{k} of {n} uses pay at list prices", k=book.tally(k), n=book.tally(len(dated)))


def balance(data: pl.DataFrame) -> Sentence:
    """Whether outcomes fell below or above the median forecast more often (columns lower, upper, share)."""
    below = data.filter(pl.col("upper") <= 0.5 + 1e-9)["share"].cast(pl.Float64).to_numpy().sum()
    above = data.filter(pl.col("lower") >= 0.5 - 1e-9)["share"].cast(pl.Float64).to_numpy().sum()
    if abs(below - above) < 0.05:
        return say("Outcomes fell about as often below the median forecast as above")
    return say("More outcomes fell " + ("below" if below > above else "above") + " the median forecast than the other side")
