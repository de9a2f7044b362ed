"""What a section is, and how one says that there is nothing to show."""

from __future__ import annotations

from dataclasses import dataclass, field

from reports.facts import FactBook
from reports.inputs import SHOWN
from reports.tables import EMPTY, Table
from reports.writing.shown import Sentence, say


@dataclass(frozen=True)
class Section:
    """One section. ``missing``: why there is nothing; ``marts``: what its data links and SQL refer to."""

    key: str
    title: str
    question: str
    said: tuple[Sentence, ...] = ()
    charts: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    marts: tuple[str, ...] = ()
    notes: tuple[Sentence, ...] = field(default_factory=tuple)
    legend: tuple[Sentence, ...] = ()
    """What the charts' marks mean: for those who see them."""
    missing: Sentence = EMPTY


def make(
    book: FactBook, key: str, title: str, question: str, said: list[Sentence], charts: tuple[str, ...], tables: list[Table | None],
    marts: tuple[str, ...], need: tuple[str, ...], notes: list[Sentence] | None = None, legend: list[Sentence] | None = None,
) -> Section:  # fmt: skip
    """A section whose ``missing`` says why, where none of the marts that it needs has a row."""
    if all(book.edition.mart(name).is_empty() for name in need):
        reason = say("Not known: " + SHOWN[need[0]] + ".")
        return Section(key, title, question, tuple(s for s in said if s), marts=marts, missing=reason)
    kept = tuple(t for t in tables if t is not None)
    return Section(
        key,
        title,
        question,
        tuple(s for s in said if s),
        charts,
        kept,
        marts,
        tuple(n for n in notes or [] if n),
        tuple(n for n in legend or [] if n),
    )
