"""Sentences chosen by the data: rising, falling, no evidence, not measured. No free text.

Belongs here: the rules, one function per sentence, each with a branch for "not measured". Not here: numbers
(the fact book writes them) and layout (``sections``, templates). A rule decides by raw values and prints
only what the book shows.
"""

from __future__ import annotations

import math

from reports.facts import FactBook
from reports.shown import Sentence, Shown, join, say

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


def tokens_per_task(book: FactBook) -> Sentence:
    """Whether a task takes more tokens than a year ago; within three per cent it is the same."""
    fact = "expectations.tokens_per_task_factor"
    grown = book.raw(fact)
    if grown is None:
        return _NOTHING
    if abs(grown - 1) < 0.03:
        return say("A task takes as many tokens as a year ago ({x}).", x=book.value(fact))
    return say("Tokens per task " + ("grow" if grown > 1 else "shrink") + " {x} a year.", x=book.value(fact))


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


def since(book: FactBook, fact_id: str) -> Sentence:
    """Same, up or down since the edition before; the words follow the printed figures, so they never disagree."""
    before = f"{fact_id}_previous"
    if book.raw(fact_id) is None:
        return _NOTHING
    if book.raw(before) is None:
        return say("There is no earlier edition to compare with.")
    new, old = book.value(fact_id), book.value(before)
    when = say(" of {day}", day=book.field(before, "as_of")) if book.raw(before, "as_of") else _NOTHING
    if str(new) == str(old):
        return say("The edition{when} said the same, {old}.", when=when, old=old)
    words = "up" if book.raw(before) < book.raw(fact_id) else "down"
    return say("The edition{when} said {old}; it is " + words + " to {new}.", when=when, old=old, new=new)


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


def revision(book: FactBook) -> Sentence:
    """Whether the causes sum to the change; an unexplained rest is said, not hidden."""
    causes = book.edition.mart("revision")["change_log"].drop_nulls().to_list()
    total = book.raw("revision.total_log")
    if not causes or total is None:
        return say("There is no earlier vintage to compare with.")
    head = _NOTHING
    if book.raw("revision.previous_value") is not None and book.raw("revision.current_value") is not None:
        old, new = book.value("revision.previous_value"), book.value("revision.current_value")
        head = (
            say("The headline price stayed at {new}.", new=new)
            if str(old) == str(new)
            else say("The headline price went from {old} to {new}.", old=old, new=new)
        )
    if math.isclose(math.fsum(causes), total, rel_tol=1e-9, abs_tol=1e-9):
        return join([head, say("The causes below sum exactly to the change.")])
    return join([head, say("The causes below do not sum to the change; the rest is unexplained.")])


def events(book: FactBook) -> Sentence:
    """Cuts, rises and new prices of the day, counted."""
    day = book.edition.as_of
    kinds = {r.raw("kind") for r in book.rows("price_events", lambda r: r["event_date"] == day)}
    if not kinds:
        return say("No price changed on the edition's day.")
    words = {"cut": "cut", "rise": "raised", "new": "new", "withdrawn": "withdrawn", "announced": "announced"}
    parts = [say("{n} " + words[k], n=book.count("price_events", kind=k, event_date=day)) for k in words if k in kinds]
    return say("Prices of the day: {list}.", list=join(parts, ", "))


def per_task(book: FactBook) -> Sentence:
    """Per task against per token."""
    task, token = book.raw("headline.cost_per_task_factor"), book.raw(_RATE)
    if task is None:
        return say("The cost per task is not yet measured.")
    said = say(
        "A task gets {x} cheaper a year" if task > 1 else "A task changes by a factor of {x} a year",
        x=_with_interval(book, "headline.cost_per_task_factor"),
    )
    if token is None or str(book.value("headline.cost_per_task_factor")) == str(book.value(_RATE)):
        return join([said, say(".")], "")
    words = "slower" if task < token else "faster"
    return join([said, say(", " + words + " than a token ({y}).", y=book.value(_RATE))], "")


def jevons(book: FactBook) -> Sentence:
    """Does spending grow as prices fall?"""
    value, low, high = (book.raw("jevons.elasticity", c) for c in ("value", "lower", "upper"))
    said = []
    price, volume, spend = (f"jevons.{f}_factor" for f in ("price", "volume", "spend"))
    if book.raw(volume) is not None and book.raw(spend) is not None:
        fall = say("a fall of {p} a year", p=book.value(price)) if book.raw(price) is not None else say("the pooled fall")
        said.append(say("No complete series of tokens served is public. At the published market elasticity and {f}, volume would change by {v} and spending by {s} a year.", f=fall, v=_with_interval(book, volume), s=_with_interval(book, spend)))
    if value is not None:
        e = _with_interval(book, "jevons.elasticity")
        if high is not None and high < -1:
            said.append(say("The elasticity is {e}: each fall in price raises total spending.", e=e))
        elif low is not None and low > -1:
            said.append(say("The elasticity is {e}: volume grows less than prices fall.", e=e))
        else:
            said.append(
                say("The elasticity is {e}: the data do not say whether spending rises or falls with price.", e=e)
            )
    return join(said) or say("Volume and spending are not yet measured.")


def health(book: FactBook) -> Sentence:
    """What the edition rests on, and what failed."""
    names = {
        "live": "live",
        "archive": "from the archive",
        "packaged": "packaged",
        "stale": "stale",
        "failed": "failed",
    }
    parts = [
        say("{n} " + word, n=book.value(f"coverage.sources_{key}"))
        for key, word in names.items()
        if book.raw(f"coverage.sources_{key}")
    ]
    said = [say("Sources: {list}.", list=join(parts, ", "))] if parts else []
    if book.raw("coverage.offers") is not None:
        said.append(
            say(
                "{o} offers of {m} models by {p} providers have a price today.",
                o=book.value("coverage.offers"),
                m=book.value("coverage.models"),
                p=book.value("coverage.providers"),
            )
        )
    return join(said) or say("What the edition rests on was not reported.")


def correction(book: FactBook) -> Sentence:
    """What a correction corrects."""
    if not book.edition.corrects:
        return _NOTHING
    note = say(" {n}", n=book.meta("correction_note")) if book.edition.correction_note else _NOTHING
    return say("Correction: this edition replaces {id}.{note}", id=book.meta("corrects"), note=note)


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


def _with_interval(book: FactBook, fact_id: str) -> Sentence:
    if book.raw(fact_id, "lower") is None or book.raw(fact_id, "upper") is None:
        return say("{x}", x=book.value(fact_id))
    return say("{x} ({i})", x=book.value(fact_id), i=book.interval(fact_id))


def _subject(book: FactBook, fact_id: str) -> Shown | Sentence:
    return book.field(fact_id, "subject") if book.raw(fact_id, "subject") else say("the headline quality")
