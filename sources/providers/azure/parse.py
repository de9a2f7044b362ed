"""Azure's prices of models: the Retail Prices API (meters per 1K or 1M tokens) and the tables of the price page.

A meter's name holds model, kind of token, tier and deployment in shorthand (``gpt 4.1 cached Inp glbl Tokens``).
A meter whose words are not all understood stays in the long form as ``other`` and is never guessed to be an
input or an output.
"""

from __future__ import annotations

from sources.pages.build import PriceRows, row_evidence
from sources.pages.columns import body, distinct, meaning, price
from sources.pages.page import Page
from sources.pages.quote import PageChanged, PriceQuote
from sources.pages.tables import Cell, Grid, html_grids, markdown_grids
from sources.providers.azure.meters import read_items
from units.quantity import Money, plain, token_unit

_COLUMNS = {
    r"models?": "model",
    r"pricing \(.+\)|prices? per .+": "standard",
    r"pricing with batch api \(.+\)": "batch",
    r"pricing with priority.* \(.+\)": "priority",
    r"context|description|deployment.*": "",
}
_LINES = {r"input": "input", r"cached input": "cached_input", r"output": "output"}


def parse(page: Page) -> list[PriceQuote]:
    """Quotes of the page or of one answer of the API; raises ``PageChanged`` where a price is not understood."""
    rows = PriceRows("")
    if page.text.lstrip("\ufeff \n\r\t")[:1] in ("{", "["):
        read_items(page.json(), rows)
    else:
        for grid in distinct((html_grids(page.tree) if page.is_html else []) or markdown_grids(page.text)):
            _read(grid, rows)
    if not rows.quotes:
        raise PageChanged("expected prices of models, found none")
    return rows.quotes


def _read(grid: Grid, rows: PriceRows) -> None:
    """A table ``Model | Pricing (1M Tokens)`` whose cells name each price: ``Cached Input: $1.25``."""
    where = f"table {grid.index + 1} ({' > '.join(grid.heading)})"
    names = [meaning(t, _COLUMNS) for t in grid.header()]
    tiers = [(n, name, plain(t)) for n, (name, t) in enumerate(zip(names, grid.header(), strict=True)) if name and name != "model"]
    if not tiers:
        if any("token" in t.lower() for t in grid.header()):
            raise PageChanged(f"{where}: expected known columns, found {grid.header()}")
        return
    if None in names or names.count("model") != 1 or len({t for _, t, _ in tiers}) != len(tiers):
        raise PageChanged(f"{where}: expected a model column and one column for each tier, found {grid.header()}")
    for r, row in body(grid):
        for n, tier, title in tiers:
            prices = _named(row[n], token_unit(title), f"{where}, row {r + 1}, {title}")
            rows.add(
                row[names.index("model")].text,
                prices,
                unit=token_unit(title),
                tier=tier,
                evidence=row_evidence([row[names.index("model")], row[n]]),
                locator=grid.locator(r, n),
            )


def _named(cell: Cell, unit: str, where: str) -> dict[str, Money | None]:
    if cell.missing or cell.struck:
        raise PageChanged(f"{where}: expected prices in force, found a struck or missing one")
    found: dict[str, Money | None] = {}
    for line in cell.lines:
        if line in ("-", "N/A"):
            continue
        label, colon, figure = line.partition(":")
        component = meaning(label, _LINES)
        if component is None or not colon or component in found:
            raise PageChanged(f"{where}: expected one price for each name, found {line!r}")
        found[component] = price(Cell(figure.strip()), unit=unit, where=where)
    return found
