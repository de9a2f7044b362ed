"""Sentences on tasks, volume and spending."""

from __future__ import annotations

from reports.facts import FactBook
from reports.narrative.words import between, moved
from reports.writing.shown import Sentence, join, say

_NOTHING = Sentence(())
_RATE = "headline.decline_factor"


def per_task(book: FactBook) -> Sentence:
    """Per task against per token, each in its own direction."""
    task, token = book.change("headline.cost_per_task_factor"), book.change(_RATE)
    if task.value is None:
        return say("How the cost of a task moved is not known.")
    said = say("In a year the cost of a finished task {t} ({b})", t=moved(task), b=between(task))
    if token.value is None:
        return join([said, say(".")], "")
    return join([said, say("; the price of a fixed quality {t}.", t=moved(token))], "")


def tokens_per_task(book: FactBook) -> Sentence:
    """Whether a task takes more tokens than a year ago; within three per cent it is the same."""
    fact = "expectations.tokens_per_task_factor"
    grown = book.raw(fact)
    if grown is None:
        return _NOTHING
    if abs(grown - 1) < 0.03:
        return say("A task takes as many tokens as a year ago ({x}).", x=book.value(fact))
    return say("Tokens per task " + ("grow" if grown > 1 else "shrink") + " {x} a year.", x=book.value(fact))


def jevons(book: FactBook) -> Sentence:
    """Does spending grow as prices fall?"""
    value, low, high = (book.raw("jevons.elasticity", c) for c in ("value", "lower", "upper"))
    said = []
    price, volume, spend = (f"jevons.{f}_factor" for f in ("price", "volume", "spend"))
    if book.raw(volume) is not None and book.raw(spend) is not None:
        fall = (
            say("an assumed fall of {p} a year, the middle of what each threshold of quality did", p=book.value(price))
            if book.raw(price) is not None
            else say("the pooled fall")
        )
        said.append(
            say(
                "No complete series of tokens served is public. At the published market elasticity and {f}, volume would change by {v} and spending by {s} a year.",
                f=fall,
                v=_with_interval(book, volume),
                s=_with_interval(book, spend),
            )
        )
    if value is not None:
        e = _with_interval(book, "jevons.elasticity")
        if high is not None and high < -1:
            said.append(say("The elasticity is {e}: each fall in price raises total spending.", e=e))
        elif low is not None and low > -1:
            said.append(say("The elasticity is {e}: volume grows less than prices fall.", e=e))
        else:
            said.append(say("The elasticity is {e}: the data do not say whether spending rises or falls with price.", e=e))
    return join(said) or say("Volume and spending are not yet measured.")


def _with_interval(book: FactBook, fact_id: str) -> Sentence:
    if book.raw(fact_id, "lower") is None or book.raw(fact_id, "upper") is None:
        return say("{x}", x=book.value(fact_id))
    return say("{x} ({i})", x=book.value(fact_id), i=book.interval(fact_id))
