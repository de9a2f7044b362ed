"""Sentences on the edition itself: what changed since the one before, what it rests on."""

from __future__ import annotations

import math

from reports.facts import FactBook
from reports.writing.shown import Sentence, join, say

_NOTHING = Sentence(())


def since(book: FactBook, fact_id: str) -> Sentence:
    """Same, up or down since the edition before; the words follow the printed figures, so they never disagree."""
    before = f"{fact_id}_previous"
    if book.raw(fact_id) is None:
        return _NOTHING
    if book.raw(before) is None:
        return _NOTHING
    new, old = book.value(fact_id), book.value(before)
    when = say(" of {day}", day=book.field(before, "as_of")) if book.raw(before, "as_of") else _NOTHING
    if str(new) == str(old):
        return say("The edition{when} gave the same price, {old}.", when=when, old=old)
    words = "up" if book.raw(before) < book.raw(fact_id) else "down"
    return say("The edition{when} gave {old}; it is " + words + " to {new}.", when=when, old=old, new=new)


def forecast_since(book: FactBook) -> Sentence:
    """Where the forecast for a year ahead stood at the vintage before, issued or replayed; the words follow the printed figures."""
    before, fact = "revision.previous_value", "headline.forecast_365d"
    if book.raw(before) is None or book.raw(fact) is None:
        return _NOTHING
    shown = {"old": book.value(before, like=fact), "day": book.field(before, "as_of"), "new": book.value(fact)}
    if str(shown["old"]) == str(shown["new"]):
        return say("The forecast for a year ahead is {new}, as on {day}.", new=shown["new"], day=shown["day"])
    words = "up" if book.raw(before) < book.raw(fact) else "down"
    return say("The forecast for a year ahead went " + words + " from {old} on {day} to {new}.", **shown)


def revision(book: FactBook) -> Sentence:
    """Whether the causes sum to the change; an unexplained rest is said, not hidden."""
    causes = book.edition.mart("revision")["change_log"].drop_nulls().to_list()
    total = book.raw("revision.total_log")
    if not causes or total is None:
        return say("There is no earlier vintage to compare with.")
    head = forecast_since(book)
    if math.isclose(math.fsum(causes), total, rel_tol=1e-9, abs_tol=1e-9):
        return join([head, say("The causes below sum exactly to the change of its logarithm.")])
    return join([head, say("The causes below do not sum to the change; the rest is unexplained.")])


def health(book: FactBook) -> Sentence:
    """What the edition rests on, and what failed."""
    names = {
        "live": "live",
        "archive": "from the archive",
        "partial": "read in part",
        "packaged": "packaged",
        "stale": "stale",
        "failed": "failed",
    }
    parts = [
        say("{n} " + word, n=book.value(f"coverage.sources_{key}")) for key, word in names.items() if book.raw(f"coverage.sources_{key}")
    ]
    said = [say("Sources: {list}.", list=join(parts, ", "))] if parts else []
    if book.raw("coverage.offers") is not None:
        said.append(
            say(
                "{o} offers of {m} models by {p} providers have a price.",
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
