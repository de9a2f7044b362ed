"""How fast? The declared measures of the price of inference, each bound to one fact and one plain description.

Which estimator stands behind a measure is said on the method page, not here. Where measures point in different
directions the page says why (``because``); a reader must never have to choose between two numbers unaided.
"""

from __future__ import annotations

from typing import NamedTuple

from reports.facts import FactBook
from reports.narrative.words import Direction, between, direction, moved
from reports.questions.answer import Answer, Figure
from reports.writing.shown import Sentence, join, say


class Measure(NamedTuple):
    """One measure: the fact that holds it, its label, its name in a sentence, and what it counts (to explain differences)."""

    fact_id: str
    name: str
    phrase: str
    counts: str


MEASURES: tuple[Measure, ...] = (
    Measure(
        "headline.decline_factor",
        "Buying a fixed quality",
        "the price of a fixed quality",
        "the first follows whoever sells that ability",
    ),
    Measure(
        "headline.decline_factor_matched",
        "List prices of the same models",
        "list prices of the same models",
        "the second follows the same offers",
    ),
    Measure(
        "headline.decline_factor_fresh",
        "New models against last year's",
        "new models of last year's quality",
        "the third counts only models new within the year",
    ),
)


def directions(book: FactBook) -> dict[str, Direction]:
    """Each measure's direction by fact id."""
    return {m.fact_id: direction(book.change(m.fact_id)) for m in MEASURES}


def headline(book: FactBook) -> Sentence:
    """The one sentence that a reader takes away: the first measure that is known, and one that differs from it."""
    known = [m for m in MEASURES if directions(book)[m.fact_id] != "unknown"]
    if not known:
        return say("How the price of AI inference moved is not known.")
    lead, when = _clause(book, known[0]), say("In {w}, ", w=_year(book, known[0])) if _year(book, known[0]) else say("Over a year ")
    other = next((m for m in known[1:] if directions(book)[m.fact_id] != directions(book)[known[0].fact_id]), None)
    if other is None:
        return say("{w}{a}.", w=when, a=lead)
    return say("{w}{a}, while {b}.", w=when, a=lead, b=_clause(book, other))


def short(book: FactBook) -> Sentence:
    """The headline for a subject line, a badge or a feed title: the first known measure alone."""
    for measure in MEASURES:
        if directions(book)[measure.fact_id] != "unknown":
            return say("{c} in {w}", c=_clause(book, measure), w=_year(book, measure) or say("a year"))
    return say("price change not known")


def badge(book: FactBook) -> str:
    """The first known measure in three words, for a badge: ``fell 60 % in a year``."""
    known = [m for m in MEASURES if directions(book)[m.fact_id] != "unknown"]
    return f"{moved(book.change(known[0].fact_id))} in a year" if known else "price change not known"


def because(book: FactBook) -> Sentence:
    """Why the measures differ, where they do."""
    seen = {d for d in directions(book).values() if d != "unknown"}
    if len(seen) < 2:
        return Sentence(())
    told = [m.counts for m in MEASURES if directions(book)[m.fact_id] != "unknown"]
    return say("They differ because " + "; ".join(told) + ".")


def pace(book: FactBook) -> Answer:
    """How fast does the price move?"""
    figures = tuple(Figure(m.name, moved(book.change(m.fact_id)), _detail(book, m)) for m in MEASURES)
    return Answer("pace", "How fast does the price move?", tuple(filter(None, (because(book),))), figures, "pace",
                  more=("decline", "decomposition"))  # fmt: skip


def chart_title(book: FactBook) -> Sentence:
    """The finding of the chart of measures."""
    known = [d for d in directions(book).values() if d != "unknown"]
    if not known:
        return say("How prices moved in a year is not known")
    words = {"fell": "{k} of {n} measures fell", "rose": "{k} of {n} measures rose", "flat": "{k} of {n} stayed flat"}
    parts = [say(words[d], k=book.tally(known.count(d)), n=book.tally(len(known))) for d in words if d in known]
    return join(parts, ", ")


def _year(book: FactBook, measure: Measure) -> Sentence:
    """``the year to`` its last day: a year that ended months ago is not the last one."""
    return say("the {w}", w=book.field(measure.fact_id, "text_value")) if book.raw(measure.fact_id, "text_value") else Sentence(())


def _detail(book: FactBook, measure: Measure) -> Sentence:
    """The interval in words, and the window of the year."""
    said = between(book.change(measure.fact_id))
    return said if not book.raw(measure.fact_id, "text_value") else say("{b}; {w}", b=said, w=book.field(measure.fact_id, "text_value"))


def _clause(book: FactBook, measure: Measure) -> Sentence:
    change = book.change(measure.fact_id)
    words = {"fell": " fell {x}", "rose": " rose {x}", "flat": " stayed flat", "unknown": ": not known"}
    return say("{n}" + words[direction(change)], n=measure.phrase, x=change.shown)
