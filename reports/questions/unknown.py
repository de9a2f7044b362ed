"""What is not known: the gaps that matter before one acts on the rest."""

from __future__ import annotations

from reports.facts import FactBook
from reports.questions.answer import Answer
from reports.writing.shown import say

SAID = 1
"""Gaps told on the edition page, which has 600 words; all of them stand on their own page."""


def unknown(book: FactBook) -> Answer:
    """What is not known?"""
    rows = book.rows("not_known")
    said = [say("{t}: {w}.", t=r.long("topic"), w=r.long("why")) for r in rows[:SAID]]
    if len(rows) > SAID:
        said.append(say("{n} gaps are listed in full.", n=book.count("not_known")))
    return Answer("unknown", "What is not known?", tuple(said) or (say("Nothing has been listed."),), more=("unknown", "health"))
