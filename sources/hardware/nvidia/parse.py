"""NVIDIA specification tables: product pages (HTML or text layer), PDF data sheets, quotes and copies of them.

The page decides which layout it is. Every figure is per GPU: board, superchip and rack columns are divided
by the GPU count that the sheet itself states. Sparse and dense are told apart by the sheet's footnotes;
a rate whose footnote is missing refuses the page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from reference.specs import basis
from sources.hardware.nvidia import comparison, quoted, table
from sources.pages.page import Page
from sources.pages.quote import LeftOut, PageChanged, SpecQuote
from sources.pages.specs import pdf
from sources.pages.specs.figures import clean
from sources.pages.specs.pipes import pipe_rows
from sources.pages.tables import html_grids, markdown_grids


def parse(page: Page) -> Sequence[SpecQuote | LeftOut]:
    """All figures of the project's fields on an NVIDIA sheet; raises ``PageChanged`` for an unknown layout."""
    if page.is_pdf:
        return _document(pdf.grids(page.raw), pdf.text(page.raw), "official")
    text = page.text
    source_basis = basis.of_text(text)
    if page.is_html and html_grids(page.tree):
        return _document(html_grids(page.tree), page.tree.body.text(separator=" ") if page.tree.body else "", source_basis)
    if quoted.is_quoted(text):
        return quoted.read(text, source_basis)
    if comparison.is_comparison(text):
        return comparison.read(text, source_basis)
    if markdown_grids(text):
        return _document(markdown_grids(text), text, source_basis)
    rows = pipe_rows(text)
    if rows:
        return table.read_pipes(rows, text, source_basis)
    return table.read_layer(_body(text), source_basis, text[:2000])


def _document(grids: list, text: str, source_basis: str) -> Sequence[SpecQuote | LeftOut]:
    sheets = [g for g in grids if table.is_sheet(g)]
    if sheets:
        return table.read_grids(sheets, text, source_basis)
    return table.read_layer(clean(text), source_basis, text[:2000])


def _body(text: str) -> str:
    """The layer without the comment lines that say where it was kept."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith(("#", "<!--"))]
    if not lines:
        raise PageChanged("expected a specification table, found only comments")
    return clean(re.sub(r"<!--.*?-->", " ", "\n".join(lines), flags=re.DOTALL))
