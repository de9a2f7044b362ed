"""The edition page: the questions a reader has, in the order they have them, each bound to its answer.

Belongs here: the order, and one module per answer with its sentences as templates over the fact's sign. Not here:
the pages behind it (``sections``), how a figure is written (``writing.numbers``), how a page looks (templates).
"""

from __future__ import annotations

from reports.facts import FactBook
from reports.questions import changed, floors, outlook, pace, record, unknown
from reports.questions.answer import Answer, Figure
from reports.writing.shown import Sentence, join, say

__all__ = ["ORDER", "Answer", "Figure", "answers", "headline", "seen", "short"]

ORDER = (pace.pace, outlook.outlook, floors.floors, changed.changed, changed.who, record.record, unknown.unknown)
headline, short = pace.headline, pace.short


def answers(book: FactBook) -> list[Answer]:
    """All questions with their answers; one without data says so."""
    return [build(book) for build in ORDER]


def seen(book: FactBook) -> Sentence:
    """How fresh the edition is: the sources read for it, and its newest price."""
    live = book.raw("coverage.sources_live")
    newest = book.confirmed(changed.NEWEST)
    if live is None:
        return say("Newest price: {s}.", s=newest.as_seen())
    read = (
        say("{n} sources were read for this edition", n=book.value("coverage.sources_live"))
        if live
        else say("No source was read for this edition")
    )
    days = book.raw("coverage.age_days")
    age = say(", {n} " + ("day" if days == 1 else "days") + " before it", n=book.value("coverage.age_days")) if days else Sentence(())
    told = say("{r}; newest price {s}{a}.", r=read, s=newest.as_seen(), a=age)
    clock = book.raw("coverage.clock", "text_value")
    return (
        join([told, say("The day of this edition is the word of {c}, not of a clock.", c=book.field("coverage.clock", "text_value"))])
        if clock
        else told
    )
