"""Novita's price page: one table per family of models in ``/Mt``, then embeddings, images, video and audio.

``$0.269 /Mt· Cache Read $0.1345 /Mt`` is an input price and its cached price. Models without a price of
their own (``Tiered pricing``, ``Omnimodal``) are listed and not read; meters are long form only.
"""

from __future__ import annotations

import re

from sources.pages.build import PriceRows, is_empty, row_evidence
from sources.pages.columns import body, columns, distinct, expect_dollars, price, whole_rows
from sources.pages.meters import meter, meter_as_printed
from sources.pages.page import Page
from sources.pages.quote import PageChanged, PriceQuote
from sources.pages.tables import Cell, Grid, html_grids, markdown_grids
from units.quantity import Money, amounts, plain

UNIT = "1M tokens"
MEANINGS = {r"model name|models?": "model", r"context(?: length)?|actions?|max output": "", r"input(?: price)?": "input",
            r"output(?: price)?": "output", r"cache read(?: price)?|cached input": "cached_input"}
ELSEWHERE = re.compile(r"tiered pricing|omnimodal|multimodal pricing|contact (?:us|sales)|coming soon", re.I)
"""Models whose prices stand on a page of their own."""


def parse(page: Page) -> list[PriceQuote]:
    """Quotes of the page; raises ``PageChanged`` for a priced table that is not understood."""
    rows = PriceRows(UNIT)
    expect_dollars(page.text)
    for grid in distinct((html_grids(page.tree) if page.is_html else []) or markdown_grids(page.text)):
        header = [plain(t).lower() for t in grid.header()]
        if any(t.startswith(("input", "output")) for t in header):
            _models(grid, rows)
        elif any(amounts(c.text) or c.struck for row in grid.rows for c in row):
            _meters(grid, rows)
    if not rows.listed:
        raise PageChanged("expected a table of models with input and output prices, found none")
    return rows.quotes


def _models(grid: Grid, rows: PriceRows) -> None:
    where = f"table {grid.index + 1} ({' > '.join(grid.heading)})"
    found = columns(grid.header(), MEANINGS, where=where)
    if not {"model", "input"} <= found.keys():
        raise PageChanged(f"{where}: expected a model and an input column, found {grid.header()}")
    for r, at, row in whole_rows(grid, where):
        label, fields = row[found["model"]].text, {"evidence": row_evidence(row), "locator": grid.locator(r, 0)}
        if is_empty(row[found["input"]].text) and "output" in found and ELSEWHERE.fullmatch(row[found["output"]].text):
            continue
        prices = _input(row[found["input"]], at)
        for component in ("output", "cached_input"):
            if component in found:
                prices[component] = _price(row[found[component]], at)
        rows.once(label, prices, answers="output" in found, where=at, **fields)


def _input(cell: Cell, at: str) -> dict[str, Money | None]:
    """``$0.269 /Mt· Cache Read $0.1345 /Mt`` -> input and cached input."""
    parts = re.split(r"\s*·\s*", plain(cell.text))
    found = {"input": _price(Cell(parts[0], struck=cell.struck, missing=cell.missing), at)}
    for part in parts[1:]:
        named = re.fullmatch(r"cache read:? (.+)", part, re.I)
        if named is None or "cached_input" in found:
            raise PageChanged(f"{at}: expected a cache read price, found {part!r}")
        found["cached_input"] = _price(Cell(named[1]), at)
    return found


def _price(cell: Cell, at: str) -> Money | None:
    """One price with its unit; the page writes ``/Mt`` for a million tokens."""
    told = re.sub(r"/ ?Mt\b", "/ M tokens", cell.text)
    return price(Cell(told, struck=cell.struck, missing=cell.missing), unit=UNIT, unit_required=True, currency="USD", where=at)


def _meters(grid: Grid, rows: PriceRows) -> None:
    """Tables per image, video, second, hour; a row without its first cells goes on with the name above it."""
    where = f"table {grid.index + 1} ({' > '.join(grid.heading)})"
    width = sum(not c.missing for c in grid.rows[0])
    label = ""
    for r, row in body(grid):
        cells = [c for c in row if not c.missing]
        label = cells[0].text if len(cells) >= width or not label else label
        for n, cell in enumerate(cells):
            told = meter_as_printed(cell.text) or meter(grid.header()[min(n, width - 1)])
            told = ("other", UNIT) if re.search(r"/ ?Mt$", cell.text) else told  # audio tokens
            for money in amounts(cell.text):
                if told is None:
                    raise PageChanged(f"{where}, row {r + 1}: expected a price with its unit, found {cell.text!r}")
                rows.extra(label or "unnamed", told[0], money, unit=told[1], evidence=row_evidence(cells),
                           locator=grid.locator(r, n), condition=" ".join(c.text for c in cells[:n] if c.text != label)[:120])
