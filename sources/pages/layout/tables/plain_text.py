"""Tables in plain text: lines cut by tabs or commas, and cells that stand one on a line below heads that do."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence

from sources.pages.build import is_empty, is_free
from sources.pages.layout.figures import BARE, tidy
from sources.pages.layout.words import Meaning, Vocabulary
from units.quantity import amounts, plain

LONGEST = 80
"""A longer line is no cell of a table that is copied as text."""


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
    _one_cell_a_line(lines, vocabulary)
    return "\n".join(lines)


def _bars(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.strip().replace("|", "\\|") for cell in cells) + " |"


def _tabs(lines: list[str]) -> None:
    """Lines cut by tabs into as many cells each as the line above (as copied from a table)."""
    tabs = [0 if line.lstrip().startswith("|") else line.strip("\n\r ").count("\t") for line in lines]
    for n, count in enumerate(tabs):
        if count > 1 and count in (tabs[n - 1] if n else 0, tabs[n + 1] if n + 1 < len(tabs) else 0):
            lines[n] = _bars(lines[n].strip("\n\r ").split("\t"))


def _commas(lines: list[str], vocabulary: Vocabulary) -> None:
    """Lines of comma-separated values below a line of heads of prices, as many in each."""
    width = 0
    for n, line in enumerate(lines):
        cells = _values(line) if line.count(",") > 1 else []
        if width and len(cells) == width:
            lines[n] = _bars(cells)
            continue
        heads = [cell.replace("_", " ") for cell in cells]
        begins = bool(cells) and are_heads(heads, vocabulary) and n + 1 < len(lines) and len(_values(lines[n + 1])) == len(cells)
        width = len(cells) if begins else 0
        lines[n] = _bars(heads) if begins else line


def _values(line: str) -> list[str]:
    try:
        return next(csv.reader([line], skipinitialspace=True, strict=True), [])
    except csv.Error:
        return []


def _one_cell_a_line(lines: list[str], vocabulary: Vocabulary) -> None:
    """Cells on lines of their own: a run of heads that begins with that of models, then as many lines for each model."""
    printed = [n for n, line in enumerate(lines) if line.strip()]
    texts = [plain(lines[n].strip().strip("*")) for n in printed]
    at = 0
    while at < len(texts):
        heads = _heads(texts, at, vocabulary)
        rows = list(_rows(texts, at + len(heads), [vocabulary.read(t) for t in heads])) if heads else []
        if rows:
            _join(lines, printed, texts, [at, *rows], len(heads))
        at = rows[-1] + len(heads) if rows else at + 1
    lines[:] = [line for line in lines if line != _GONE]


_GONE = "\x00"


def _join(lines: list[str], printed: Sequence[int], texts: Sequence[str], starts: Sequence[int], width: int) -> None:
    """Put the cells of heads and rows on one line each, without blank lines between; below a line in between the heads stand again."""
    heads = _bars(texts[starts[0] : starts[0] + width])
    for n, first in enumerate(starts):
        cells = _bars(texts[first : first + width])
        lines[printed[first]] = f"{heads}\n{cells}" if n and first != starts[n - 1] + width else cells
        for gone in range(printed[first] + 1, printed[first + width - 1] + 1):
            lines[gone] = _GONE
    for gap in range(printed[starts[0]], printed[starts[-1]]):
        lines[gap] = lines[gap] if lines[gap].strip() else _GONE


def _heads(texts: Sequence[str], at: int, vocabulary: Vocabulary) -> list[str]:
    """The run of heads that begins here, of models first and of both directions; none where it is no such run."""
    found: list[str] = []
    for text in texts[at : at + 12]:
        said = vocabulary.read(text) if len(text) <= 60 and not amounts(text) and text[:1] not in "|#" else None
        if said is None or not said.understood or said.says_nothing or (not found and "name" not in said.senses):
            break
        found.append(text)
    directions = {vocabulary.read(t).direction for t in found}
    return found if len(found) > 2 and ("both" in directions or directions >= {"input", "output"}) else []


def _rows(texts: Sequence[str], at: int, heads: Sequence[Meaning]) -> Iterator[int]:
    """Where rows begin: one behind the other, lines between them passed over while fewer than a row of them does not fit."""
    width, passed = len(heads), 0
    while at + width <= len(texts) and passed < width:
        if _fits(texts[at : at + width], heads):
            yield at
            at, passed = at + width, 0
        else:
            at, passed = at + 1, passed + 1


def _fits(cells: Sequence[str], heads: Sequence[Meaning]) -> bool:
    """Whether lines are the cells of one row: a name, and below every head of a price a price or the mark of none."""
    if any(len(t) > LONGEST or t[:1] in "|#" for t in cells) or not cells[0] or amounts(cells[0]) or BARE.fullmatch(cells[0]):
        return False
    prices = [(tidy(t), said) for t, said in zip(cells, heads, strict=True) if said.direction or said.cache]
    return any(amounts(t) or is_free(t) or said.currency for t, said in prices) and all(
        amounts(t) or is_empty(t) or is_free(t) or (said.currency and BARE.fullmatch(t)) for t, said in prices
    )
