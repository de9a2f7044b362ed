"""The table component of Moonshot's Markdown pages, read as data: column titles and rows of literals.

Only string literals and fragments (``<>{"$"}0.95</>``) are understood; anything else in a row is refused.
Nothing is executed.
"""

from __future__ import annotations

import json
import re

from sources.pages.quote import PageChanged
from sources.pages.tables import Cell, Grid, markdown_cell

_OPEN = re.compile(r"<DocTable\b(?=\s|$)", re.MULTILINE)
_WHOLE = re.compile(r"<DocTable\s+columns=\{\[(?P<columns>.*?)\]\}\s+rows=\{\[(?P<rows>.*?)\]\}\s*/>", re.DOTALL)
_TITLE = re.compile(r"title:\s*(\"(?:[^\"\\]|\\.)*\"|<>.*?</>)", re.DOTALL)
_CELL = re.compile(r"\s*(\"(?:[^\"\\]|\\.)*\"|<>.*?</>)\s*(,|$)", re.DOTALL)
_ROW = re.compile(r"\s*\[((?:\"(?:[^\"\\]|\\.)*\"|<>.*?</>|[^\[\]\"<])*)\]\s*(,|$)", re.DOTALL)
_HEADING = re.compile(r"^#{1,6}\s+(.+)$", re.MULTILINE)


def component_grids(text: str) -> list[Grid]:
    """Every table component of a page in order; empty when there is none.

    Raises ``PageChanged`` for a component that is cut off or holds anything but literals.
    """
    grids: list[Grid] = []
    found = list(_WHOLE.finditer(text))
    if len(found) != len(_OPEN.findall(text)):
        raise PageChanged(f"expected {len(_OPEN.findall(text))} whole table components, found {len(found)}")
    for table in found:
        titles = [_literal(t[1]) for t in _TITLE.finditer(table["columns"])]
        rows = _rows(table["rows"])
        if not titles or any(len(row) != len(titles) for row in rows):
            raise PageChanged(f"expected rows of {len(titles)} cells, found {sorted({len(r) for r in rows})}")
        above = [m[1] for m in _HEADING.finditer(text, 0, table.start())]
        grids.append(Grid([titles, *rows], tuple(above[-2:]), len(grids)))
    return grids


def _rows(source: str) -> list[list[Cell]]:
    rows, position = [], 0
    while source[position:].strip():
        row = _ROW.match(source, position)
        if row is None:
            raise PageChanged(f"expected a row of literals, found {source[position:position + 60]!r}")
        rows.append(_cells(row[1]))
        position = row.end()
    return rows


def _cells(source: str) -> list[Cell]:
    cells, position = [], 0
    while source[position:].strip():
        cell = _CELL.match(source, position)
        if cell is None:
            raise PageChanged(f"expected a literal cell, found {source[position:position + 60]!r}")
        cells.append(_literal(cell[1]))
        position = cell.end()
    return cells


def _literal(source: str) -> Cell:
    """A string literal or a fragment whose only expressions are string literals, as a cell."""
    if source.startswith('"'):
        return markdown_cell(json.loads(source, strict=False))
    inner = re.sub(r"\{(\"(?:[^\"\\]|\\.)*\")\}", lambda m: json.loads(m[1], strict=False), source[2:-3])
    if re.search(r"[{}]", inner):
        raise PageChanged(f"expected literal text in a cell, found {source!r}")
    return markdown_cell(inner)
