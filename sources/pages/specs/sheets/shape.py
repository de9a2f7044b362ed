"""The sheets of a page in one shape: heads that name accelerators, and lines of a label with its cells.

Tables may stand either way round, with a column of units or of notes, with a column for dense and one for sparse; a text layer
may have a row a line, a cell a line, or everything in one line. What a label means is asked of the declaration; a cell is not read here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sources.pages.page import Page
from sources.pages.rentals.boxes import box_grids, elements
from sources.pages.specs import pdf, rst
from sources.pages.specs.figures import clean
from sources.pages.specs.layers import cut_footnotes, stated_sense
from sources.pages.specs.sheets.declaration import SheetWords
from sources.pages.specs.sheets.sheet import Sheet
from sources.pages.specs.sheets.tables import of_grid
from sources.pages.specs.sheets.texts import of_text
from sources.pages.tables import Cell, Grid, html_grids, markdown_grids, node_cell


def sheets_of(page: Page, words: SheetWords) -> list[Sheet]:
    """Every sheet of a page, most of a table first; empty where it has none."""
    text, grids = _grids(page)
    _, notes = cut_footnotes(clean(re.sub("[¹²³⁴]", lambda m: f" {m[0]} ", text)))
    sense = stated_sense(clean(text))
    notes = notes | ({"all": sense} if sense else {})
    found = [s for grid in grids if (s := of_grid(grid, words, notes))]
    if found:
        return found
    return of_text(text, words)


def page_text(page: Page) -> str:
    """The words of a page, whatever it is made of."""
    if page.is_pdf:
        return pdf.text(page.raw)
    if page.is_html and page.tree.body is not None:
        return str(page.tree.body.text(separator="\n"))
    return page.text


def _grids(page: Page) -> tuple[str, list[Grid]]:
    text = page_text(page)
    if page.is_pdf:
        return text, pdf.grids(page.raw)
    if page.is_html:
        return text, [*html_grids(page.tree), *_pairs(page), *box_grids(page.tree)]
    tables = rst.titled_tables(text)
    if tables:
        return rst.plain_roles(text), [
            Grid([[Cell(c) for c in row] for row in t], index=i, caption=title) for i, (title, t) in enumerate(tables)
        ]
    return text, [*markdown_grids(text), *_piped(text)]


def _pairs(page: Page) -> Iterator[Grid]:
    """Labels beside values: definition lists, and runs of elements that hold two short ones each."""
    for dl in page.tree.css("dl"):
        terms, told = dl.css("dt"), dl.css("dd")
        if len(terms) == len(told) > 1:
            yield Grid([[node_cell(a), node_cell(b)] for a, b in zip(terms, told, strict=True)])
    runs: dict[int, list[list[Cell]]] = {}
    for node in page.tree.css("div, li"):
        children = elements(node)
        if len(children) == 2 and node.parent is not None and not any(len(elements(c)) > 1 for c in children):
            cells = [node_cell(child) for child in children]
            if all(0 < len(c.text) < 120 for c in cells):
                runs.setdefault(node.parent.mem_id, []).append(cells)
    yield from (Grid(rows) for rows in runs.values() if len(rows) > 2)


def _piped(text: str) -> Iterator[Grid]:
    """Rows of bars without the line of dashes that makes a table of them, as copied from a data sheet."""
    lines = [line.strip() for line in text.splitlines()]
    if any(re.fullmatch(r"\|?[\s:|-]*-{3}[\s:|-]*", line) for line in lines):
        return
    rows = [[Cell(clean(c)) for c in line[1:-1].split("|")] for line in lines if re.fullmatch(r"\|.*\|", line)]
    if len(rows) > 2:
        yield Grid(rows)
