"""The columns of a sheet: which accelerator each is of, and of how many of them its figures are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sources.pages.quote import PageChanged
from sources.pages.specs.sheets.declaration import SheetWords, unnamed
from sources.pages.specs.sheets.sheet import COUNTED, Line, Sheet

_COUNT = re.compile(r"(\d+)\s*(?:x\s+)?(?:[A-Z][\w-]+ ){0,4}?(?:GPUs?|accelerators?|OAMs?)\b|(\d+)x\s+(?=[A-Z])", re.IGNORECASE)
_CONFIGURED = re.compile(r"configuration|form factor|^#? ?(?:of |number of )?(?:gpus?|accelerators?|chips)\b", re.IGNORECASE)
_BARE = re.compile(r"(\d{1,5})x?")
_EACH = re.compile(r"per (?:gpu|chip|accelerator|device)\b|gpu-to-gpu|/(?:gpu|chip|device)\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the accelerator's name and how many of them its figures are of."""

    name: str
    per: int = 1

    def per_label(self, label: str) -> int:
        """By how many the figures of a line are divided: a line that says it is per accelerator by none."""
        return 1 if _EACH.search(label) else self.per


def columns_of(sheet: Sheet, words: SheetWords, product: str) -> list[Column]:
    """The columns of a sheet; ``product`` is the page's own part, for a sheet without heads.

    Raises ``PageChanged`` where a column names no part, or a machine of several without their number.
    """
    if not sheet.apart and not sheet.heads and unnamed(sheet.title) and not words.parts(sheet.title):
        raise PageChanged(f"expected product names before the first label, found {sheet.title[:80]!r}")
    names = _counted(sheet, words, product) or words.columns(sheet.heads) or [product]
    if not all(names):
        raise PageChanged(f"expected a part that the maker's declaration names in every column, found {sheet.heads or sheet.title[:80]!r}")
    counts = _counts(sheet, names)
    columns = [Column(n.replace("{n}", str(c)), c if "{n}" in n else 1) for n, c in zip(names, counts, strict=True)]
    return _pairs(sheet, words, columns)


def _counted(sheet: Sheet, words: SheetWords, product: str) -> list[str]:
    """Names of columns that a line counts the accelerators of (``# of chips``): the part, with the column's head where there are several."""
    for line in sheet.lines:
        if COUNTED.search(line.label) and len(line.cells) == len(sheet.heads) and all(_BARE.fullmatch(c) for c in line.cells):
            part = next((p.name for p in words.products(line.label)), product)
            heads = [name or part for name in words.columns(sheet.heads)]
            return [
                n if "{n}" in n or c in ("1", "1x") else f"{n} ({head}, /{{n}})"
                for n, c, head in zip(heads, line.cells, sheet.heads, strict=True)
            ]
    return []


def _counts(sheet: Sheet, names: Sequence[str]) -> list[int]:
    """Accelerators per column, from the line that states the configuration."""
    if not any("{n}" in n for n in names):
        return [1] * len(names)
    for line in sheet.lines:
        told = _bare(line) or _configured(line, len(names))
        if len(told) == len(names):
            return told
    raise PageChanged(f"expected the number of GPUs in a column of {names[0].replace('{n}', 'n')}, found none")


def _bare(line: Line) -> list[int]:
    """The counts of a line that counts accelerators; beside others (``GPUs | CPUs``) those in their place."""
    labels = [part.strip() for part in line.label.split("|")]
    place = next(
        (i for i, label in enumerate(labels) if COUNTED.search(label) or (len(labels) > 1 and re.search(r"\bgpus$", label, re.I))), None
    )
    if place is None:
        return []
    cells = [[part.strip() for part in cell.split("|")] for cell in line.cells]
    found = [_BARE.fullmatch(parts[place]) if len(parts) == len(labels) else None for parts in cells]
    return [int(m[1]) for m in found if m]


def _configured(line: Line, columns: int) -> list[int]:
    """The counts in a line that describes the configuration: ``72 Blackwell GPUs``, ``8x NVIDIA ... SXM``."""
    if not _CONFIGURED.search(line.label):
        return []
    own = [[a or b for a, b in _COUNT.findall(c)] for c in line.cells]
    flat = [n for found in own for n in found]
    return [int(n) for n in (flat if len(flat) == columns else [found[-1] for found in own if found])]


def _pairs(sheet: Sheet, words: SheetWords, columns: list[Column]) -> list[Column]:
    """Columns that stand for two bridged cards: their power is printed as ``2x 350-400W``."""
    for line in sheet.lines:
        said = " ".join(line.cells)
        if words.meaning(line.label).kind == "tdp" and re.search(r"\b2x\s+\d", said):
            powers = re.findall(r"(2x\s+)?(?:\d+ ?- ?)?\d+ ?W\b", said)
            if len(powers) == len(columns):
                return [Column(f"{c.name} (pair, /2)", 2) if p else c for c, p in zip(columns, powers, strict=True)]
    return columns
