"""Where does it go? The forecast of the headline series, with its own record beside it."""

from __future__ import annotations

from typing import Literal

from reports.facts import FactBook
from reports.narrative.words import between
from reports.questions.answer import Answer
from reports.questions.pace import MEASURES, directions
from reports.questions.record import in_short
from reports.writing.shown import Sentence, join, say

PRICE, FORECAST, USUAL = "headline.frontier_price", "headline.forecast_365d", "headline.usual_factor"
Expected = Literal["lower", "higher", "either", "unknown"]


def expected(book: FactBook) -> Expected:
    """Where the interval of the forecast lies against the price it starts from."""
    price, low, high = book.raw(PRICE), book.raw(FORECAST, "lower"), book.raw(FORECAST, "upper")
    if price is None or book.raw(FORECAST) is None or low is None or high is None:
        return "unknown"
    return "lower" if high < price else "higher" if low > price else "either"


def price(book: FactBook) -> Sentence:
    """What the headline quality costs, who sells it, and when that was last seen."""
    if book.raw(PRICE) is None:
        return say("What a fixed quality costs is not known.")
    who = say(" ({w})", w=book.field(PRICE, "text_value")) if book.raw(PRICE, "text_value") else Sentence(())
    what = book.field(PRICE, "subject") if book.raw(PRICE, "subject") else say("the headline quality")
    return say(
        "A model with {s} cost {p} per million tokens {when}{w}.", s=what, p=book.value(PRICE), when=book.confirmed(PRICE).when(), w=who
    )


def forecast(book: FactBook) -> Sentence:
    """The median in a year with its interval, and what the interval allows."""
    if book.raw(FORECAST) is None:
        return say("No forecast has been issued.")
    shown = {"x": book.value(FORECAST), "i": book.interval(FORECAST), "l": book.level(FORECAST)}
    if book.raw(FORECAST, "lower") is None:
        return say("A year on we expect {x}; no interval is known.", **shown)
    words = {
        "lower": ": a fall.",
        "higher": ": a rise.",
        "either": ", so it may fall, stay or rise.",
        "unknown": ".",
    }
    return say("A year on we expect {x} ({l} interval {i})" + words[expected(book)], **shown)


def usual(book: FactBook) -> Sentence:
    """What such prices did in the last year, so that nobody takes the forecast for what happens every year."""
    median, start, change = book.raw(FORECAST), book.raw(PRICE), book.change(USUAL)
    if not median or not start or change.low is None or change.high is None:
        return Sentence(())
    ahead = median / start - 1
    where = "above" if ahead > change.high else "below" if ahead < change.low else "within"
    return say("In the year before, half of such prices moved {b}; the forecast lies " + where + ".", b=between(change))


def because(book: FactBook) -> Sentence:
    """Why the forecast points elsewhere than the first measure, where it does."""
    median, start = book.raw(FORECAST), book.raw(PRICE)
    lead = next((d for m in MEASURES if (d := directions(book)[m.fact_id]) != "unknown"), "unknown")
    if median is None or start is None or lead == "unknown":
        return Sentence(())
    way = "fell" if median < start else "rose" if median > start else "flat"
    if way == lead:
        return Sentence(())
    return say("This differs from the first measure because it follows one quality alone, at whichever seller is cheapest.")


def chart_title(book: FactBook) -> Sentence:
    """The finding of the fan chart."""
    words = {
        "lower": "The cheapest price of a fixed quality is expected to fall from {p} to {x} in a year",
        "higher": "The cheapest price of a fixed quality is expected to rise from {p} to {x} in a year",
        "either": "The cheapest price of a fixed quality may fall, stay or rise: {i} in a year",
    }
    which = expected(book)
    if which == "unknown":
        return say("Where the cheapest price of a fixed quality goes is not known")
    return say(words[which], p=book.value(PRICE), x=book.value(FORECAST), i=book.interval(FORECAST))


def outlook(book: FactBook) -> Answer:
    """Where does the price go?"""
    said = (join([price(book), forecast(book)]), usual(book) or in_short(book), because(book))
    return Answer("outlook", "Where does it go?", tuple(filter(None, said)), chart="fan", more=("outlook",))
