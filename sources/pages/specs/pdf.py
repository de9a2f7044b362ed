"""Real PDF data sheets: tables through pdfplumber, words through its text layer.

Only what is drawn is read; a PDF's scripts, forms and attachments are never looked at.
"""

from __future__ import annotations

import io

from sources.pages.quote import PageChanged
from sources.pages.tables import Cell, Grid
from units.quantity import plain

MAX_PAGES = 40
"""Data sheets have 2 to 8 pages; beyond this only the first pages are read."""


def text(body: bytes) -> str:
    """The words of a PDF, page by page."""
    with _open(body) as document:
        return "\n".join(page.extract_text() or "" for page in document.pages[:MAX_PAGES])


def grids(body: bytes) -> list[Grid]:
    """Every ruled table of a PDF as a grid; cells merged over columns are filled from the left."""
    found: list[Grid] = []
    with _open(body) as document:
        for page in document.pages[:MAX_PAGES]:
            for table in page.extract_tables():
                rows = [[_cell(value, row[max(i - 1, 0)]) for i, value in enumerate(row)] for row in table if any(row)]
                if rows:
                    found.append(Grid(rows, index=len(found)))
    return found


def _cell(value: str | None, left: str | None) -> Cell:
    if value is None:
        return Cell(plain(left or ""), spanned=True)
    return Cell(plain(value), tuple(plain(v) for v in value.splitlines()))


def _open(body: bytes):  # noqa: ANN202 - pdfplumber has no types
    import pdfplumber
    from pdfminer.pdfparser import PDFSyntaxError
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        return pdfplumber.open(io.BytesIO(body))
    except (PDFSyntaxError, PdfminerException, ValueError) as error:
        raise PageChanged(f"expected a readable PDF, found a damaged one ({type(error).__name__})") from error
