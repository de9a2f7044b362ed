"""Voyage's price page: embedding and reranking models, per thousand and per million tokens side by side.

The columns must agree on the unit (within a factor of two); the price per million is printed. Models that share a row are told
apart at line breaks. Prices per pixel are long form only.
"""

from __future__ import annotations

import re

from sources.pages.build import PriceRows, row_evidence
from sources.pages.columns import columns, distinct, expect_dollars, price, whole_rows
from sources.pages.meters import meter
from sources.pages.page import Page
from sources.pages.quote import PageChanged, PriceQuote
from sources.pages.tables import Cell, Grid, html_grids, markdown_grids
from units.quantity import TOKEN_UNITS, amounts, plain

MEANINGS = {
    r"models?(?: name)?": "model",
    r"price per (?:thousand|1k|1,?000) tokens|price \(per (?:thousand|1k|1,?000) tokens\)": "1K tokens",
    r"price per (?:million|1m) tokens|price \(per (?:million|1m) tokens\)": "1M tokens",
    r"price per (?:billion|thousand|million|1k|1m|1b)? ?(?:pixels|images|videos|pages)": "meter",
    r"(?:number of )?free (?:tokens|pixels|images)(?: .*)?|notes?|context length|free tier": "",
}


def parse(page: Page) -> list[PriceQuote]:
    """Quotes of the page; raises ``PageChanged`` for a priced table that is not understood."""
    rows = PriceRows()
    expect_dollars(page.text)
    grids = (html_grids(page.tree) if page.is_html else []) or markdown_grids(_ruled(page.text))
    for grid in distinct(grids):
        header = " ".join(grid.header()).lower()
        if "price" in header or any(amounts(c.text) or c.struck for row in grid.rows for c in row):
            _table(grid, rows)
    if not rows.quotes:
        raise PageChanged("expected a table of models with prices per token, found none")
    return rows.quotes


def _ruled(text: str) -> str:
    """The text with the rule under a header put back where the page lost it."""
    lines = text.splitlines()
    kept: list[str] = []
    for n, line in enumerate(lines):
        starts = re.match(r"\s*\|\s*Model\b", line) and not (n and lines[n - 1].lstrip().startswith("|"))
        kept.append(line)
        if starts and n + 1 < len(lines) and lines[n + 1].lstrip().startswith("|") and not re.match(r"\s*\|[\s:|-]+$", lines[n + 1]):
            kept.append("|" + " --- |" * (line.strip().strip("|").count("|") + 1))
    return "\n".join(kept)


def _table(grid: Grid, rows: PriceRows) -> None:
    where = f"table {grid.index + 1} ({' > '.join(grid.heading)})"
    found = columns(grid.header(), MEANINGS, where=where)
    units = [u for u in ("1M tokens", "1K tokens") if u in found]
    if "model" not in found or not (units or "meter" in found):
        raise PageChanged(f"{where}: expected a model and a price column, found {grid.header()}")
    for r, at, row in whole_rows(grid, where):
        prices = {u: price(row[found[u]], unit=u, currency="USD", where=at) for u in units}
        if None in prices.values():
            raise PageChanged(f"{at}: expected a price, found {row_evidence(row)}")
        worth = sorted(m.amount * TOKEN_UNITS[u] for u, m in prices.items() if m is not None)
        if worth and worth[-1] > 2 * worth[0]:
            raise PageChanged(f"{at}: expected one price per thousand and per million tokens, found {row_evidence(row)}")
        for label in _names(row[found["model"]], at):
            fields = {"evidence": row_evidence(row), "locator": grid.locator(r, 0)}
            if units:
                rows.add(label, {"input": prices[units[0]]}, unit=units[0], **fields)
            if "meter" in found:
                _meter(rows, label, row[found["meter"]], grid.header()[found["meter"]], at, fields)


def _names(cell: Cell, at: str) -> list[str]:
    names = [plain(n.strip("` ")) for line in cell.lines for n in re.split(r"\s*,\s*|\s+(?=(?:voyage|rerank)-)", line)]
    if not names or not all(re.fullmatch(r"[a-z][\w.\-]+", n) for n in names):
        raise PageChanged(f"{at}: expected model names, found {cell.text!r}")
    return names


def _meter(rows: PriceRows, label: str, cell: Cell, header: str, at: str, fields: dict[str, str]) -> None:
    told = meter(header)
    money = price(Cell(cell.text, struck=cell.struck), unit="", currency="USD", where=at)
    if told is None:
        raise PageChanged(f"{at}: expected a known meter, found {header!r}")
    if money is not None:
        rows.extra(label, told[0], money, unit=told[1], **fields)


