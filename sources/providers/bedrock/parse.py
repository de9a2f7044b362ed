"""Amazon Bedrock's prices: the tables of the price page and the AWS price list file (offers JSON).

The page's columns say unit, kind of token and tier in words (``Price per 1,000 input tokens (batch)``). The
price list joins products to terms by SKU; the kind of token is the product's ``inferenceType``. A metered-unit
map that is keyed by opaque codes names no model and is refused.
"""

from __future__ import annotations

import re

from sources.pages.build import PriceRows, row_evidence
from sources.pages.columns import FOOTNOTE, body, distinct, price
from sources.pages.page import Page
from sources.pages.quote import PageChanged, PriceQuote
from sources.pages.tables import Grid, html_grids, markdown_grids
from sources.providers.bedrock.offers import read_offers
from units.quantity import amounts, plain, token_unit

_COLUMN = re.compile(r"price per (?P<unit>[\d,]+ ?(?:[MK]|million|thousand)?|1[MK]|million|thousand) (?P<kind>input|output) tokens"
                     r"(?: \((?P<aside>[^()]*)\))?", re.I)
_ASIDE = {"": ("", ""), "batch": ("batch", ""), "flex": ("flex", ""), "priority": ("priority", ""), "cache write": ("", "cache_write_5m"),
          "5m cache write": ("", "cache_write_5m"), "1h cache write": ("", "cache_write_1h"), "cache read": ("", "cached_input"),
          "latency optimized": ("fast", "")}


def parse(page: Page) -> list[PriceQuote]:
    """Quotes of the page or file; raises ``PageChanged`` where a table of token prices is not understood."""
    rows = PriceRows("")
    if page.text.lstrip("\ufeff \n\r\t")[:1] in ("{", "["):
        read_offers(page.json(), rows)
    else:
        for grid in distinct((html_grids(page.tree) if page.is_html else []) or markdown_grids(page.text)):
            _read(grid, rows)
    if not rows.quotes:
        raise PageChanged("expected token prices, found none")
    return rows.quotes


def _read(grid: Grid, rows: PriceRows) -> None:
    where = f"table {grid.index + 1} ({' > '.join(grid.heading[-2:])})"
    header = [FOOTNOTE.sub("", plain(t)) for t in grid.header()]
    columns = [_COLUMN.fullmatch(t) for t in header]
    if not any(columns):
        if any(re.search(r"\b(input|output) tokens?\b", t, re.I) for t in header):
            raise PageChanged(f"{where}: expected known columns of token prices, found {header}")
        return
    labels = [n for n, c in enumerate(columns) if c is None]
    if len(labels) != 1 or not re.fullmatch(r"(.* )?models?( name)?", header[labels[0]], re.I):
        raise PageChanged(f"{where}: expected one column of models, found {[header[n] for n in labels]}")
    places: dict[tuple[str, str, str], int] = {}
    for n, match in enumerate(columns):
        if match is None:
            continue
        tier, component = _ASIDE.get((match["aside"] or "").lower(), ("?", ""))
        key = (tier or "standard", component or match["kind"].lower(), token_unit(f"per {match['unit']} tokens"))
        if tier == "?" or key in places or (component and match["kind"].lower() != "input"):
            raise PageChanged(f"{where}: expected each known column once, found {header[n]!r}")
        places[key] = n
    units = {unit for _, _, unit in places}
    if len(units) != 1:
        raise PageChanged(f"{where}: expected one token unit, found {sorted(units)}")
    for r, row in body(grid):
        if not amounts(row_evidence(row)):
            if all(c.text == row[0].text or not c.text for c in row):
                continue
        for tier in dict.fromkeys(t for t, _, _ in places):
            prices = {c: price(row[n], unit=unit, where=f"{where}, row {r + 1}") for (t, c, unit), n in places.items() if t == tier}
            rows.add(FOOTNOTE.sub("", plain(row[labels[0]].text)), prices, tier=tier, unit=next(iter(units)),
                     evidence=row_evidence(row), locator=grid.locator(r, labels[0]))
