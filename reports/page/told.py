"""All that an edition says, made once for its pages and its text: the answers, the further sections, and the book they were read from."""

from __future__ import annotations

from dataclasses import dataclass

from reports import questions
from reports.facts import FactBook
from reports.inputs import Edition
from reports.sections import Section, sections


@dataclass(frozen=True)
class Told:
    """One edition in sentences and tables."""

    book: FactBook
    answers: tuple[questions.Answer, ...]
    further: tuple[Section, ...]


def tell(edition: Edition) -> Told:
    """Read the edition once."""
    book = FactBook(edition)
    return Told(book, tuple(questions.answers(book)), tuple(sections(book)))
