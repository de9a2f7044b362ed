"""Sentences on what a quality costs, what it will cost and how low it can go."""

from __future__ import annotations

from reports.facts import FactBook
from reports.page.shown import Sentence, Shown, join, say

_NOTHING = Sentence(())


def frontier(book: FactBook) -> Sentence:
    """What the headline quality costs today and who offers it."""
    if book.raw("headline.frontier_price") is None:
        return say("What a given quality costs is not yet measured.")
    who = (
        say(" ({who})", who=book.field("headline.frontier_price", "text_value"))
        if book.raw("headline.frontier_price", "text_value")
        else _NOTHING
    )
    return say(
        "A model with {series} costs {price} per million tokens today{who}.",
        series=_subject(book, "headline.frontier_price"),
        price=book.value("headline.frontier_price"),
        who=who,
    )


def forecast(book: FactBook) -> Sentence:
    """The median in a year, its interval, and whether today's price lies inside it."""
    fact = "headline.forecast_365d"
    value, low, high = (book.raw(fact, c) for c in ("value", "lower", "upper"))
    if value is None:
        return say("No forecast has been issued.")
    now = book.raw("headline.frontier_price")
    shown = {
        "day": book.field(fact, "text_value"),
        "x": book.value(fact),
        "i": book.interval(fact),
        "l": book.level(fact),
    }
    said = say("For {day} the median forecast is {x}", **shown)
    if low is None or high is None:
        return join([said, say(", without an interval.")], "")
    said = join([said, say(" ({l} interval {i}).", **shown)], "")
    if now is None:
        return said
    if low <= now <= high:
        return join([said, say("Today's price lies inside the interval: no change is a real possibility.")])
    words = "below" if high < now else "above"
    return join([said, say(f"The whole interval lies {words} today's price.")])


def bands(pairs: list[tuple[float, float]]) -> Sentence:
    """What the fan's shades hold, in words."""
    words = {
        (0.025, 0.975): "nineteen in twenty",
        (0.05, 0.95): "nine in ten",
        (0.1, 0.9): "four in five",
        (0.25, 0.75): "half",
    }
    named = [say(words[p]) for p in pairs if p in words]
    return say("Shades hold {list} of the outcomes the model expects.", list=join(named, ", ")) if named else _NOTHING


def floors(book: FactBook) -> Sentence:
    """How far the price is from its two floors, and which one binds."""
    ratio, gpu, energy = (
        book.raw(f"headline.{f}") for f in ("price_to_gpu_hour_floor", "gpu_hour_floor", "energy_floor")
    )
    said = []
    if gpu is not None and ratio is not None:
        shown = {"f": book.value("headline.gpu_hour_floor"), "r": book.value("headline.price_to_gpu_hour_floor")}
        if ratio >= 1:
            said.append(say("The price is {r} the GPU-hour floor of {f}.", **shown))
        else:
            said.append(
                say(
                    "The price is {r} the GPU-hour floor of {f}: it is sold below the cost of renting the hardware.",
                    **shown,
                )
            )
    if energy is not None:
        said.append(say("Energy alone would cost {e}.", e=book.value("headline.energy_floor")))
    if gpu is not None and energy is not None:
        said.append(say("The GPU-hour floor binds first." if gpu > energy else "The energy floor binds first."))
    return join(said) or say("The floors are not yet measured.")


def floor_assumptions(book: FactBook) -> Sentence:
    """What the floors include and what they assume."""
    together = book.rows("floor_assumptions", lambda r: bool(r["statement"]))
    if not together:
        return Sentence(())
    return say(
        "The energy floor is the electricity at the wall: accelerators, their host, cooling and conversion. The GPU-hour "
        "floor is rented hours over the share of them that serves tokens. Assumed: {a}",
        a=together[0].long("statement"),
    )


def _subject(book: FactBook, fact_id: str) -> Shown | Sentence:
    return book.field(fact_id, "subject") if book.raw(fact_id, "subject") else say("the headline quality")
