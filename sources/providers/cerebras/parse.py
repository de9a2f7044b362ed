"""Cerebras' price page: a table of models, held as escaped JSON in the page's scripts or as an HTML table.

Names carry the maker's icon before (``[META]Llama``) and footnote stars after; the dollar sign is doubled.
Plans by the month and tables without prices per token are not model prices.
"""

from __future__ import annotations

import json
import re
from typing import Any

from sources.pages.build import PriceRows, row_evidence
from sources.pages.columns import FOOTNOTE, columns, distinct, expect_dollars, price, whole_rows
from sources.pages.page import Page
from sources.pages.quote import PageChanged, PriceQuote
from sources.pages.tables import Grid, html_grids, markdown_cell, markdown_grids
from units.quantity import amounts, plain

MEANINGS = {
    r"models?(?: name)?": "model",
    r"speed(?: ?\(.*\))?|tokens?/s(?:ec)?|context(?: length| window)?|parameters|rate limits?": "",
    r"input(?: pric(?:e|ing))?(?: ?\(.*\))?": "input",
    r"cached(?: input)?(?: pric(?:e|ing))?": "cached_input",
    r"output(?: pric(?:e|ing))?(?: ?\(.*\))?": "output",
}
_PUSH = re.compile(r"__next_f\.push\(\[1,")


def parse(page: Page) -> list[PriceQuote]:
    """Quotes of the page; raises ``PageChanged`` for a table of token prices that is not understood."""
    rows = PriceRows()
    expect_dollars(page.text)
    grids = ([*_embedded(page.text), *html_grids(page.tree)] if page.is_html else []) or markdown_grids(page.text)
    seen: dict[str, Any] = {}
    for grid in distinct(grids):
        header = " ".join(grid.header()).lower()
        per_token = any(re.search(r"/ ?\S*(?: million)? ?tok", c.text, re.I) and amounts(c.text) for row in grid.rows for c in row)
        if per_token or ("input" in header and "output" in header):
            _table(grid, rows, seen)
    if not seen:
        raise PageChanged("expected a table of models with input and output prices, found none")
    return rows.quotes


def _table(grid: Grid, rows: PriceRows, seen: dict[str, Any]) -> None:
    where = f"table {grid.index + 1}"
    found = columns(grid.header(), MEANINGS, where=where)
    if not {"model", "input", "output"} <= found.keys():
        raise PageChanged(f"{where}: expected model, input and output columns, found {grid.header()}")
    for r, at, row in whole_rows(grid, where):
        label = FOOTNOTE.sub("", re.sub(r"^\[[^\]]*\]\s*", "", plain(row[found["model"]].text))).strip()
        prices = {c: price(row[n], unit="1M tokens", unit_required=True, where=at) for c, n in found.items() if c != "model"}
        if prices["input"] is None or prices["output"] is None:
            raise PageChanged(f"{at}: expected an input and an output price of {label}, found {row_evidence(row)}")
        if seen.setdefault(label, prices) is prices:
            rows.add(label, prices, evidence=row_evidence(row), locator=grid.locator(r, 0))
        elif seen[label] != prices:
            raise PageChanged(f"{at}: expected {label} at one price, found it twice with different ones")


def _embedded(text: str) -> list[Grid]:
    """Tables in the data that the page's scripts carry: lists of ``tableRow`` objects."""
    decoder = json.JSONDecoder()
    data = []
    for match in _PUSH.finditer(text):
        try:
            data.append(decoder.raw_decode(text, match.end())[0])
        except ValueError as error:
            raise PageChanged(f"expected whole data in the page's scripts, found a broken part ({error})") from error
    joined = "".join(part for part in data if isinstance(part, str))
    grids: list[Grid] = []
    for match in re.finditer(r'"rows":(?=\[\{)', joined):
        try:
            found = decoder.raw_decode(joined, match.end())[0]
        except ValueError as error:
            raise PageChanged(f"expected a whole table in the page's data, found a broken one ({error})") from error
        if all(isinstance(row, dict) and isinstance(row.get("cells"), list) for row in found):
            texts = [[str(cell) for cell in row["cells"]] for row in found]
            if len({len(row) for row in texts}) != 1:
                raise PageChanged(f"expected rows of one length in the page's data, found {sorted({len(r) for r in texts})}")
            grids.append(Grid([[markdown_cell(cell.replace("$$", "$")) for cell in row] for row in texts], index=len(grids)))
    return grids
