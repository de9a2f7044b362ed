"""Tables whose cells stand one on a line (or one in a paragraph) of plain text, as a page copied from a browser has them.

A run of heads begins one: that of models and those of prices (as many lines below them for each model), or tiers and units alone
(below them a component, and its price under each head). Lines that fit no row are passed over and stay where they were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sources.pages.build import is_empty, is_free
from sources.pages.layout.figures import BARE, tidy
from sources.pages.layout.words import Meaning, Vocabulary
from units.quantity import amounts, plain

LONGEST = 200
"""A longer line is no cell."""
_MOST_HEADS = 12


@dataclass(frozen=True, slots=True)
class _Cell:
    """A line, or a paragraph: where it stands, and its text."""

    first: int
    last: int
    text: str
    source: str


def as_rows(lines: Sequence[str], vocabulary: Vocabulary, *, paragraphs: bool = False) -> list[str]:
    """The lines, those of such tables joined to rows between bars. ``paragraphs``: whether a cell is all lines up to a blank one."""
    cells = _cells(lines, paragraphs)
    made: list[str] = []
    done, at = 0, 0
    while at < len(cells):
        found = next((t for t in (_models(cells, at, vocabulary), _components(cells, at, vocabulary)) if t), None)
        if found is None:
            at += 1
            continue
        heads, starts, width = found
        made += lines[done : cells[at].first]
        done = cells[at].first
        for start in starts:
            between = [line for line in lines[done : cells[start].first] if line.strip()] if start != starts[0] else []
            made += [*between, *([heads] if between or start == starts[0] else []), bars([c.source for c in cells[start : start + width]])]
            done = cells[start + width - 1].last + 1
        at = starts[-1] + width
    return [*made, *lines[done:]]


def _cells(lines: Sequence[str], paragraphs: bool) -> list[_Cell]:
    cells: list[_Cell] = []
    for n, line in enumerate(lines):
        if not line.strip():
            continue
        if paragraphs and cells and cells[-1].last == n - 1 and line[:1] not in "#|":
            last = cells.pop()
            cells.append(_Cell(last.first, n, plain(f"{last.text} {line}"), f"{last.source}<br>{line.strip()}"))
        else:
            cells.append(_Cell(n, n, plain(line.strip().strip("*")), line.strip()))
    return cells


def bars(cells: Sequence[str]) -> str:
    """Cells as a row between bars."""
    return "| " + " | ".join(cell.strip().replace("|", "\\|") for cell in cells) + " |"


Found = tuple[str, list[int], int]
"""The heads as a row, where the rows begin, and how many cells a row has."""


def _models(cells: Sequence[_Cell], at: int, vocabulary: Vocabulary) -> Found | None:
    """A table of models that begins here: heads of models first and of both directions, then rows."""
    heads = _run(cells, at, vocabulary, lambda said, first: not said.says_nothing and (not first or "name" in said.senses))
    said = [vocabulary.read(c.text) for c in heads]
    directions = {m.direction for m in said}
    if len(heads) < 3 or not ("both" in directions or directions >= {"input", "output"}):
        return None
    starts = list(_starts(cells, at + len(heads), len(heads), lambda row: _fits_model(row, said), len(heads) - 1))
    return (bars([c.source for c in heads]), starts, len(heads)) if starts else None


def _components(cells: Sequence[_Cell], at: int, vocabulary: Vocabulary) -> Found | None:
    """A table of components that begins here: heads of tiers and a unit, then a component and its price below each."""
    heads = _run(cells, at, vocabulary, lambda said, _first: bool(said.tier or said.unit) and not (said.direction or said.cache))
    if not heads or not any(vocabulary.read(c.text).unit for c in heads):
        return None
    width, start = len(heads) + 1, at + len(heads)
    starts = list(_starts(cells, start, width, lambda row: _fits_component(row, vocabulary), 0))
    said = {vocabulary.read(cells[n].text).direction for n in starts}
    return (bars(["", *(c.source for c in heads)]), starts, width) if said >= {"input", "output"} else None


def _run(cells: Sequence[_Cell], at: int, vocabulary: Vocabulary, is_head: Callable[[Meaning, bool], bool]) -> list[_Cell]:
    found: list[_Cell] = []
    for cell in cells[at : at + _MOST_HEADS]:
        said = vocabulary.read(cell.text) if _may_be_cell(cell) and len(cell.text) <= 60 and not amounts(cell.text) else None
        if said is None or not said.understood or not is_head(said, not found):
            break
        found.append(cell)
    return found


def _starts(cells: Sequence[_Cell], at: int, width: int, fits: Callable[[Sequence[_Cell]], bool], gap: int) -> Iterator[int]:
    """Where rows begin, one behind the other: at most ``gap`` cells stand between two, and no amount behind one (it would go on)."""
    passed = 0
    while at + width <= len(cells) and passed <= gap and cells[at].source[:1] not in "|#":
        if fits(cells[at : at + width]) and not any(amounts(c.text) for c in cells[at + width : at + width + 1]):
            yield at
            at, passed = at + width, 0
        else:
            at, passed = at + 1, passed + 1


def _may_be_cell(cell: _Cell) -> bool:
    return len(cell.text) <= LONGEST and cell.source[:1] not in "|#"


def _is_price(text: str, said: Meaning) -> bool:
    return bool(amounts(text)) or is_empty(text) or is_free(text) or bool(said.currency and BARE.fullmatch(text))


def _fits_model(row: Sequence[_Cell], heads: Sequence[Meaning]) -> bool:
    """Whether cells are a row: a name, and below every head of a price a price or the mark of none."""
    name = row[0].text
    if not all(map(_may_be_cell, row)) or len(name) > 80 or amounts(name) or BARE.fullmatch(name):
        return False
    prices = [(tidy(c.text), said) for c, said in zip(row, heads, strict=True) if said.direction or said.cache]
    return all(_is_price(t, said) for t, said in prices) and any(not is_empty(t) for t, _ in prices)


def _fits_component(row: Sequence[_Cell], vocabulary: Vocabulary) -> bool:
    """Whether cells are a component with its prices, or another line of the table: a label, and something below every head."""
    label = row[0].text
    if not all(map(_may_be_cell, row)) or len(label) > 80 or amounts(label) or is_empty(label) or is_free(label):
        return False
    said = vocabulary.read(label)
    if said.understood and (said.tier or said.unit) and not (said.direction or said.cache):
        return False  # the heads of the next table
    return not (said.direction or said.cache) or all(_is_price(tidy(c.text), said) for c in row[1:])
