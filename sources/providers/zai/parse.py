"""Z.ai's price page (HTML or Markdown): text and vision models per million tokens, then tools and media.

The unit stands in the prose above each table, the dollar sign in the cells. Image, video, audio, tool and
agent prices are kept in the long form. "Free" is a price of zero; "Limited-time free" storage is a promotion.
"""

from __future__ import annotations

import re

from sources.pages.build import PriceRows, is_empty, row_evidence
from sources.pages.columns import body, columns, distinct, expect_dollars, one_token_unit, price
from sources.pages.page import Page
from sources.pages.quote import PageChanged, PriceQuote
from sources.pages.tables import Cell, Grid, html_grids, markdown_grids
from units.quantity import UnreadableQuantity, one_amount, plain, token_unit

MEANINGS = {
    r"models?|model name": "model",
    r"input(?: price)?": "input",
    r"(?:cached input|cache hit(?: input)?)(?: price)?": "cached_input",
    r"(?:cached input|cache) storage(?: price)?": "cache_storage_hour",
    r"output(?: price)?": "output",
}
OTHERS = ({"tool", "cost"}, {"model", "price"}, {"agent", "price"})
"""Headers of the tables that hold meters: tools, media models, agents."""
METERS = {r"image": "image", r"video": "other", r"use|search|request|call": "request", r"page": "page",
          r"minute": "audio_minute"}


def parse(page: Page) -> list[PriceQuote]:
    """Quotes of the page; raises ``PageChanged`` for a priced table that is not understood."""
    rows = PriceRows()
    expect_dollars(page.text)
    for grid in distinct(html_grids(page.tree) if page.is_html else markdown_grids(page.text)):
        header = {t.lower() for t in grid.header()}
        if header in OTHERS:
            _meters(grid, rows)
        elif any("$" in c.text for row in grid.rows for c in row) or {"input", "output"} & header:
            _models(grid, rows)
    if not any(q.row is not None for q in rows.quotes):
        raise PageChanged("expected tables of models with input and output prices, found none")
    return rows.quotes


def _models(grid: Grid, rows: PriceRows) -> None:
    where = f"table {grid.index + 1} ({' > '.join(grid.heading)})"
    found = columns(grid.header(), MEANINGS, where=where)
    if not {"model", "input", "output"} <= set(found):
        raise PageChanged(f"{where}: expected model, input and output columns, found {grid.header()}")
    unit = one_token_unit([grid.before], where=f"{where}, the words above it")
    for r, row in body(grid):
        at = f"{where}, row {r + 1}"
        prices = {c: price(row[n], unit=unit, currency="USD", where=at) for c, n in found.items()
                  if c not in ("model", "cache_storage_hour") and _printed_in_dollars(row[n], at)}
        prices = dict.fromkeys((c for c in found if c not in ("model", "cache_storage_hour")), None) | prices
        if prices["input"] is None or prices["output"] is None:
            raise PageChanged(f"{at}: expected an input and an output price, found {row_evidence(row)}")
        fields = {"unit": unit, "evidence": row_evidence(row), "locator": grid.locator(r, 0)}
        label = _name(row[found["model"]], at)
        rows.add(label, prices, **fields)
        if "cache_storage_hour" in found:
            cell = row[found["cache_storage_hour"]]
            storage = price(cell, unit=unit, currency="USD", where=at) if not is_empty(cell.text) else None
            if storage is not None:
                promotion = {"status": "promotional"} if "limited" in cell.text.lower() else {}
                rows.extra(label, "cache_storage_hour", storage, **(fields | {"unit": f"{unit}-hours"} | promotion))


def _printed_in_dollars(cell: Cell, where: str) -> bool:
    """A figure must carry its dollar sign; words (Free, -) need none."""
    if re.search(r"\d", cell.text) and "$" not in cell.text:
        raise PageChanged(f"{where}: expected a price in dollars, found {cell.text!r}")
    return True


def _name(cell: Cell, where: str) -> str:
    name = re.sub(r"\s*(?:[*†]+|\(new\)|\(deprecated\))$", "", plain(cell.text), flags=re.I)
    if not re.fullmatch(r"(?a)[A-Za-z][\w.\-]*(?: [\w.\-]+){0,3}", name):
        raise PageChanged(f"{where}: expected a model name, found {cell.text!r}")
    return name


def _meters(grid: Grid, rows: PriceRows) -> None:
    where = f"table {grid.index + 1} ({' > '.join(grid.heading)})"
    for r, row in body(grid):
        if row[1].struck or row[1].missing or is_empty(row[1].text):
            raise PageChanged(f"{where}, row {r + 1}: expected a price, found {row_evidence(row)}")
        first = re.sub(r"\(.*\)", "", row[1].text)
        said = first.partition("/")[2] or re.sub(r".*\bper\b", "", grid.before)
        try:
            component, unit = "other", token_unit("/" + said)
        except UnreadableQuantity:
            meter = next((c for pattern, c in METERS.items() if re.search(rf"\b{pattern}", said, re.I)), None)
            if meter is None:
                raise PageChanged(f"{where}, row {r + 1}: expected a known meter, found {row[1].text!r}") from None
            component, unit = meter, plain(said).strip(" .")
        rows.extra(row[0].text, component, one_amount(first), unit=unit, evidence=row_evidence(row),
                   locator=grid.locator(r, 1))
