"""Tables drawn with what is no table: elements in rows of equal width below a row of heads."""

from __future__ import annotations

from typing import Any

from sources.pages.layout.tables.plain_text import are_heads
from sources.pages.layout.words import Vocabulary
from sources.pages.tables import Cell, Grid, heading_over, node_cell, panes_of
from units.quantity import plain

_ROWS_OF = "div, ul, ol, section, [role=table], [role=grid], [role=rowgroup]"
_WIDEST = 16


def drawn_tables(tree: Any, vocabulary: Vocabulary) -> list[tuple[Any, Grid]]:
    """Elements whose children are rows of one width, the first of them heads of prices, each as a grid."""
    found: list[tuple[Any, Grid]] = []
    for node in tree.css(_ROWS_OF):
        rows = _rows(node)
        if len(rows) < 2 or not are_heads([plain(cell.text(deep=True, separator=" ")) for cell in rows[0]], vocabulary):
            continue
        cells = [[node_cell(cell) for cell in row] for row in rows]
        cells[0] = [Cell(c.text, c.lines, header=True, printed=c.printed) for c in cells[0]]
        before = _before(node)
        told = {"panes": panes} if (panes := panes_of(node, tree)) else {}
        found.append((node, Grid(cells, heading_over(node), len(found), attributes=told, before=before)))
    return found


def _rows(node: Any) -> list[list[Any]]:
    """The rows of cells in an element, its groups of rows looked through; none where they are not of one width."""
    children = _elements(node)
    rows = [_elements(child) for child in children]
    if len(children) == 2 and all(row and all(len(_elements(cell)) > 2 for cell in row) for row in rows):
        rows = [_elements(inner) for row in rows for inner in row]
    width = len(rows[0]) if rows else 0
    return rows if 2 < width <= _WIDEST and all(len(row) == width for row in rows) else []


def _elements(node: Any) -> list[Any]:
    found = []
    child = node.child
    while child is not None:
        if child.tag not in ("-text", "-comment", "script", "style", "template"):
            found.append(child)
        child = child.next
    return found


def _before(node: Any) -> str:
    """The lines between the last heading and an element, among its neighbours."""
    lines: list[str] = []
    near = node.prev
    while near is not None and near.tag not in ("h1", "h2", "h3", "h4", "h5", "h6"):
        if near.tag in ("p", "small", "span", "div") and (text := plain(near.text(deep=True, separator=" "))) and len(text) < 200:
            lines.insert(0, text)
        near = near.prev
    return "\n".join(lines)
