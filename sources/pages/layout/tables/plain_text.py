"""Tables in plain text whose rows stand on lines: cells cut by tabs or by commas. Where each cell has a line of its own: ``cell_lines``."""

from __future__ import annotations

import csv
from collections.abc import Sequence

from sources.pages.layout.tables.cell_lines import as_rows, bars
from sources.pages.layout.words import Vocabulary
from units.quantity import amounts


def are_heads(texts: Sequence[str], vocabulary: Vocabulary) -> bool:
    """Whether texts are the heads of a table of prices: short, without amounts, one of a direction and one of models."""
    if any(len(t) > 60 or amounts(t) for t in texts):
        return False
    said = [vocabulary.read(t) for t in texts]
    return any(m.understood and m.direction for m in said) and any("name" in m.senses for m in said)


def with_bars(text: str, vocabulary: Vocabulary) -> str:
    """Text in which the rows of such tables are rows between bars."""
    lines = text.split("\n")
    _tabs(lines)
    _commas(lines, vocabulary)
    return "\n".join(as_rows(as_rows(lines, vocabulary, paragraphs=True), vocabulary))


def _tabs(lines: list[str]) -> None:
    """Lines cut by tabs into as many cells each as the line above (as copied from a table)."""
    tabs = [0 if line.lstrip().startswith("|") else line.strip("\n\r ").count("\t") for line in lines]
    for n, count in enumerate(tabs):
        if count > 1 and count in (tabs[n - 1] if n else 0, tabs[n + 1] if n + 1 < len(tabs) else 0):
            lines[n] = bars(lines[n].strip("\n\r ").split("\t"))


def _commas(lines: list[str], vocabulary: Vocabulary) -> None:
    """Lines of comma-separated values below a line of heads of prices, as many in each."""
    width = 0
    for n, line in enumerate(lines):
        cells = _values(line) if line.count(",") > 1 else []
        if width and len(cells) == width:
            lines[n] = bars(cells)
            continue
        heads = [cell.replace("_", " ") for cell in cells]
        begins = bool(cells) and are_heads(heads, vocabulary) and n + 1 < len(lines) and len(_values(lines[n + 1])) == len(cells)
        width = len(cells) if begins else 0
        lines[n] = bars(heads) if begins else line


def _values(line: str) -> list[str]:
    try:
        return next(csv.reader([line], skipinitialspace=True, strict=True), [])
    except csv.Error:
        return []
