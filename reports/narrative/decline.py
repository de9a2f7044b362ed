"""Sentences on how fast prices fall: the headline, its window, whether it speeds up."""

from __future__ import annotations

from reports.facts import FactBook
from reports.page.shown import Sentence, say

_NOTHING = Sentence(())
_RATE = "headline.decline_factor"


def headline(book: FactBook) -> Sentence:
    """The one sentence that a reader takes away."""
    rate, low, high = (book.raw(_RATE, c) for c in ("value", "lower", "upper"))
    if rate is None:
        return say("How fast the price of inference falls is not yet measured.")
    before = (
        say("; {old} in the previous edition", old=book.value(_RATE + "_previous"))
        if book.raw(_RATE + "_previous") is not None
        else _NOTHING
    )
    if low is None or high is None:
        return say(
            "The price of AI inference moves by a factor of {x} a year; no interval is known yet.", x=book.value(_RATE)
        )
    tail = say("({l} interval {i}{b})", l=book.level(_RATE), i=book.interval(_RATE), b=before)
    if low > 1:
        return say("AI inference is getting {x} cheaper a year {t}.", x=book.value(_RATE), t=tail)
    if high < 1:
        return say(
            "AI inference is getting dearer: prices fall by a factor of only {x} a year {t}.",
            x=book.value(_RATE),
            t=tail,
        )
    return say("No evidence that AI inference gets cheaper or dearer: {x} a year {t}.", x=book.value(_RATE), t=tail)


def measured_by(book: FactBook) -> Sentence:
    """Which index the headline reads, and over which window."""
    if book.raw(_RATE) is None or not book.raw(_RATE, "subject"):
        return _NOTHING
    over = say(", {w}", w=book.field(_RATE, "text_value")) if book.raw(_RATE, "text_value") else _NOTHING
    n = say(", n = {n}", n=book.field(_RATE, "n")) if book.raw(_RATE, "n") is not None else _NOTHING
    return say("Measured by the {s}{w}{n}.", s=book.field(_RATE, "subject"), w=over, n=n)


def fresh(book: FactBook) -> Sentence:
    """The rate over new models, where composition changes: it can fall while listings as a whole stand still."""
    fact = "headline.decline_factor_fresh"
    rate, low, high = (book.raw(fact, c) for c in ("value", "lower", "upper"))
    if rate is None or low is None or high is None:
        return _NOTHING
    shown = {"x": book.value(fact), "i": book.interval(fact)}
    if low > 1:
        return say("Among models listed at most a year it still falls, {x} a year ({i}).", **shown)
    if high < 1:
        return say("Among models listed at most a year it rises, {x} a year ({i}).", **shown)
    return say("Among models listed at most a year there is no evidence either, {x} a year ({i}).", **shown)


def year_before(book: FactBook) -> Sentence:
    """The same index over the twelve months before: the reader sees whether the rate changed."""
    fact = "headline.decline_factor_year_before"
    if book.raw(fact) is None:
        return _NOTHING
    return say("In the twelve months before it was {x} ({i}).", x=book.value(fact), i=book.interval(fact))


def headline_short(book: FactBook) -> Sentence:
    """The headline for a subject line or a feed title."""
    rate, low, high = (book.raw(_RATE, c) for c in ("value", "lower", "upper"))
    if rate is None:
        return say("rate of decline not yet measured")
    shown = {"x": book.value(_RATE), "i": book.interval(_RATE)}
    if low is None or high is None:
        return say("inference prices move by {x} a year", **shown)
    if low > 1:
        return say("inference {x} cheaper a year ({i})", **shown)
    if high < 1:
        return say("inference prices rising, {x} a year ({i})", **shown)
    return say("no clear change in inference prices, {x} a year ({i})", **shown)


def acceleration(book: FactBook) -> Sentence:
    """Whether the fall speeds up, slows or shows neither."""
    verdict = str(book.raw("headline.acceleration", "text_value") or "")
    p = book.value("headline.acceleration") if book.raw("headline.acceleration") is not None else None
    tail = say(" (p = {p})", p=p) if p is not None else _NOTHING
    words = {
        "accelerating": "The fall is speeding up{t}.",
        "decelerating": "The fall is slowing down{t}; the essay said that it accelerates.",
        "no evidence": "By the declared rule, which asks two tests to agree on two quality scales, there is no evidence that the fall speeds up or slows down{t}.",
    }
    return say(words[verdict], t=tail) if verdict in words else say("Whether the fall speeds up is not yet measured.")
