"""The layouts MiniMax prints its prices in, brought to one shape: tables with their tier.

Markdown with tabs, a page whose table is a grid of boxes, and plain lines without any header. Only the shape
is settled here; what columns mean is in ``parse.py``.
"""

from __future__ import annotations

import re
from typing import Any

from sources.pages.page import Page
from sources.pages.tables import Cell, Grid, html_grids, markdown_grids, node_cell
from units.quantity import plain

_TAB = re.compile(r"<Tab title=\"([^\"]*)\">")


def tabbed_markdown(text: str) -> list[Grid]:
    """Markdown tables; the tab a table stands in is the last heading above it (``Tab Priority``)."""
    text = _TAB.sub(lambda m: f"\n###### Tab {m[1]}\n", text)
    return markdown_grids(re.sub(r"</Tabs?>", "\n###### No tab\n", text))


def box_grids(page: Page) -> list[Grid]:
    """The tables of a page: HTML tables and rows of boxes that share one set of columns.

    A row of boxes is an element of class ``grid``; the rows beside it with as many boxes are its table. The
    selected tab of the card it stands in is the last heading (``Tab 标准``).
    """
    grids = html_grids(page.tree)
    seen: set[int] = set()
    for node in page.tree.css("div.grid"):
        parent = node.parent
        if parent is None or parent.mem_id in seen:
            continue
        seen.add(parent.mem_id)
        rows = [[node_cell(box) for box in _children(row)] for row in _children(parent) if "grid" in _classes(row)]
        width = len(rows[0])
        if width < 3 or len(rows) < 2:
            continue
        filled = [row + [Cell(missing=True)] * (width - len(row)) for row in rows]
        grids.append(Grid([row[:width] if len(row) <= width else row for row in filled], (_tab(parent),), len(grids)))
    return grids


def _children(node: Any) -> list[Any]:
    found, child = [], node.child
    while child is not None:
        if child.tag not in ("-text", "-comment"):
            found.append(child)
        child = child.next
    return found


def _classes(node: Any) -> set[str]:
    return set((node.attributes.get("class") or "").split())


def _tab(node: Any) -> str:
    """The selected tab of the nearest enclosing card, ``No tab`` where the card has none."""
    for _ in range(4):
        selected = node.css("[role=tab][aria-selected=true]")
        if selected:
            return "Tab " + plain(selected[0].text(deep=True)) if len(selected) == 1 else "Tab ?"
        if node.parent is None or "border" in _classes(node):
            break
        node = node.parent
    return "No tab"
