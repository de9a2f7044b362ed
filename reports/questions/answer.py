"""What an answer on the edition page is: a question, sentences, at most one chart and one table, and where to read on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from reports.tables import Table
from reports.writing.shown import Sentence


class Figure(NamedTuple):
    """One measure in large type: what it measures, what it did, and how sure that is."""

    label: str
    said: Sentence
    detail: Sentence


@dataclass(frozen=True)
class Answer:
    """One question of the edition page. ``more``: keys of the further pages that hold the rest."""

    key: str
    question: str
    said: tuple[Sentence, ...]
    figures: tuple[Figure, ...] = ()
    chart: str = ""
    table: Table | None = None
    more: tuple[str, ...] = ()
