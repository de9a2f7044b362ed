"""Tinfoil's price page: a table of models with prices per million tokens, where the page shows one.

The rendered page shows a subscription unless its API part was opened; a page without the table is refused.
"""

from __future__ import annotations

import re

from sources.pages.build import PriceRows, row_evidence
from sources.pages.columns import body, columns, distinct, expect_dollars, price
from sources.pages.page import Page
from sources.pages.quote import PageChanged, PriceQuote
from sources.pages.tables import html_grids, markdown_grids
from units.quantity import UnreadableQuantity, token_unit

MEANINGS = {r"models?(?: name)?": "model", r"context(?: length| window)?|parameters|type|description": "",
            r"input(?: tokens)?(?: price)?(?: ?\(?(?:/|per).*)?": "input", r"output(?: tokens)?(?: price)?(?: ?\(?(?:/|per).*)?": "output"}


def parse(page: Page) -> list[PriceQuote]:
    """Quotes of the page; raises ``PageChanged`` when it shows no model prices."""
    expect_dollars(page.text)
    rows = PriceRows("1M tokens")
    for grid in distinct((html_grids(page.tree) if page.is_html else []) or markdown_grids(page.text)):
        header = " ".join(grid.header()).lower()
        if not re.search(r"\binput\b", header):
            continue
        where = f"table {grid.index + 1}"
        found = columns(grid.header(), MEANINGS, where=where)
        if not {"model", "input", "output"} <= found.keys():
            raise PageChanged(f"{where}: expected model, input and output columns, found {grid.header()}")
        for r, row in body(grid):
            at = f"{where}, row {r + 1}"
            prices = {c: price(row[found[c]], unit="1M tokens", unit_required=not _said(grid.header()[found[c]]), where=at)
                      for c in ("input", "output")}
            rows.add(row[found["model"]].text, prices, evidence=row_evidence(row), locator=grid.locator(r, 0))
    if not rows.quotes:
        raise PageChanged("expected a table of models with input and output prices, found none (a subscription page)")
    return rows.quotes


def _said(header: str) -> bool:
    """Whether a header says that its prices are per million tokens; another unit is refused."""
    try:
        unit = token_unit(header)
    except UnreadableQuantity:
        return False
    if unit != "1M tokens":
        raise PageChanged(f"expected prices per million tokens, found {header!r}")
    return True
