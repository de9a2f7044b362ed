"""DeepInfra's price page: one table per family, each printed twice (for wide and narrow screens).

The header of each price says its unit; ``$0.21 / $0.168 cached`` is an input price and its cached price.
Embedding models (no output column) and GPU hours are long form only.
"""

from __future__ import annotations

import re

from sources.pages.build import PriceRows, row_evidence
from sources.pages.columns import FOOTNOTE, body, columns, distinct, expect_dollars, one_token_unit, price, whole_rows
from sources.pages.meters import meter, meter_as_printed
from sources.pages.page import Page
from sources.pages.quote import PageChanged, PriceQuote
from sources.pages.tables import Cell, Grid, html_grids, markdown_grids
from units.quantity import Money, amounts, plain

_PER = r"(?:\$ ?(?:per|/) ?|(?:price )?(?:per|/) ?)?(?:1 ?[mk]|million|thousand)"
MEANINGS = {
    r"models?(?: name)?": "model",
    r"context(?: length| window)?|actions?|details|max output": "",
    rf"{_PER} (?:cached input) tokens|cached(?: input)?(?: ?(?:\(|/|per).*)?": "cached_input",
    rf"{_PER} input tokens|input(?: ?(?:\(|/|per).*)?": "input",
    rf"{_PER} output tokens|output(?: ?(?:\(|/|per).*)?": "output",
}


def parse(page: Page) -> list[PriceQuote]:
    """Quotes of the page; raises ``PageChanged`` for a priced table that is not understood."""
    rows = PriceRows()
    expect_dollars(page.text)
    for grid in distinct((html_grids(page.tree) if page.is_html else []) or markdown_grids(page.text)):
        priced = any(amounts(c.text) or c.struck for row in grid.rows for c in row)
        if priced or re.search(r"(input|output) tokens", " ".join(grid.header()).lower()):
            _table(grid, rows)
    if not rows.listed:
        raise PageChanged("expected a table of models with input and output prices, found none")
    return rows.quotes


def _table(grid: Grid, rows: PriceRows) -> None:
    where = f"table {grid.index + 1} ({' > '.join(grid.heading)})"
    names = [plain(t).lower() for t in grid.header()]
    if not any(re.search(r"\b(input|output)\b", n) for n in names):
        return _meters(grid, rows, where)
    found = columns(grid.header(), MEANINGS, where=where)
    parts = {c: n for c, n in found.items() if c != "model"}
    unit = one_token_unit([grid.header()[n] for n in parts.values()], where=where)
    if not {"model", "input"} <= found.keys():
        raise PageChanged(f"{where}: expected a model and an input column, found {grid.header()}")
    for r, at, row in whole_rows(grid, where):
        label = row[found["model"]].text
        prices = _input(row[found["input"]], unit, at)
        for component in ("output", "cached_input"):
            if component in parts:
                prices[component] = price(row[parts[component]], unit=unit, currency="USD", where=at)
        fields = {"unit": unit, "evidence": row_evidence(row), "locator": grid.locator(r, 0)}
        rows.once(label, prices, answers="output" in parts, where=at, **fields)


def _input(cell: Cell, unit: str, at: str) -> dict[str, Money | None]:
    """``$0.21 / $0.168 cached`` -> input and cached input."""
    cut = re.fullmatch(r"(\S+) / (\S+) cached(?: input)?", FOOTNOTE.sub("", plain(cell.text)).strip())
    if cut is None or cell.missing:
        return {"input": price(cell, unit=unit, currency="USD", where=at)}
    if cell.struck:
        raise PageChanged(f"{at}: expected prices in force, found a struck one in {cell.text!r}")
    return {"input": price(Cell(cut[1]), unit=unit, where=at), "cached_input": price(Cell(cut[2]), unit=unit, where=at)}


def _meters(grid: Grid, rows: PriceRows, where: str) -> None:
    """GPU hours, images, minutes: every price with the unit beside it or in its header."""
    for r, row in body(grid):
        for n, cell in enumerate(row[1:], 1):
            for money in amounts(cell.text):
                told = meter_as_printed(cell.text) or meter(grid.header()[n])
                if told is None:
                    raise PageChanged(f"{where}, row {r + 1}: expected a price with its unit, found {cell.text!r}")
                rows.extra(row[0].text, told[0], money, unit=told[1], evidence=row_evidence(row), locator=grid.locator(r, n))
