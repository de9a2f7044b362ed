"""Pipe tables without a rule line, as copied from a data sheet: rows of label and cells.

Cells may themselves hold bars (``181.05 | 362.1*``), so only the first cell is taken for the label and the
rest is handed on as it is.
"""

from __future__ import annotations

from sources.pages.quote import PageChanged
from sources.pages.specs.figures import clean


def pipe_rows(text: str) -> list[tuple[str, list[str]]]:
    """``(label, cells)`` of every line that starts with a bar; empty cells are kept. A row cut short raises ``PageChanged``."""
    rows = []
    for line in text.splitlines():
        body = line.strip()
        if body.startswith("|") and not body.endswith("|"):
            raise PageChanged(f"expected a row that ends with a bar, found {body[-60:]!r}: is the page cut short?")
        if body.startswith("|") and body.endswith("|") and not set(body) <= set("|-: "):
            cells = [clean(c) for c in body[1:-1].split("|")]
            rows.append((cells[0], cells[1:]))
    return rows
