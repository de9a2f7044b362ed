"""What every layout of a spec sheet comes to: heads that name accelerators, and lines of a label with its cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from sources.pages.specs.figures import NUMBER
from sources.pages.specs.sheets.declaration import SheetWords

KEPT = ("memory", "bandwidth", "memory_and_bandwidth", "compute", "tdp", "link", "link_each", "link_count")
"""What a label may mean for its cells to be read."""
COUNTED = re.compile(
    r"^(?:#|number|no\.)\s*(?:of\s)?.*\b(?:chips?|devices?|gpus?|accelerators?)$|^(?:gpus?|accelerators?|chips)(?: count| quantity)?$",
    re.IGNORECASE,
)
"""Labels of a line that counts the accelerators of each column."""
VALUE = re.compile(rf"(?<![\w.(/])~?(?:{NUMBER})")
"""Where a value begins: a number that is no part of a name."""


@dataclass(frozen=True, slots=True)
class Line:
    """One label with a cell per head, or one cell that is of all heads (or holds the values of all)."""

    label: str
    cells: tuple[str, ...]


@dataclass(slots=True)
class Sheet:
    """``heads``: texts that should name an accelerator each; empty where the sheet names none of its own."""

    heads: list[str]
    lines: list[Line]
    title: str = ""
    notes: dict[str, str] = field(default_factory=dict)
    unnamed: tuple[str, ...] = ()
    """Heads of columns that hold figures and name no part the declaration knows."""
    apart: bool = True
    """Whether rows stand apart (cells), so that one which is not understood costs itself; in a run of text it may swallow another."""


def kept_labels(words: SheetWords, labels: Sequence[str]) -> int:
    """How many labels mean a quantity that is kept."""
    return sum(words.meaning(label).kind in KEPT for label in labels if len(label) < 120)
