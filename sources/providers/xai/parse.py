"""xAI's models and pricing page: the Markdown table with two rows per threshold, and the earlier single table.

The earlier table put both prices into one cell (``$0.20$0.50``) below a row that says what kind of model
follows and per what. Images, video, voice, tools and storage have other meters and are left out.
"""

from __future__ import annotations

import re

from sources.pages.build import PriceRows, row_evidence
from sources.pages.columns import FOOTNOTE, body, columns, distinct, expect_dollars, meaning, price
from sources.pages.page import Page
from sources.pages.quote import PageChanged, PriceQuote
from sources.pages.tables import Cell, Grid, html_grids, markdown_grids
from units.quantity import amounts, plain, token_unit

MEANINGS = {r"model( name)?": "model", r"input( price)?": "input", r"cached input( price)?": "cached_input",
            r"output( price)?": "output", r"context( window)?|modalities|capabilities|rate limits?|regions?": "",
            r"batch input( price)?": "batch input", r"batch cached input( price)?": "batch cached_input",
            r"batch output( price)?": "batch output"}
_HEADER = re.compile(r"(.*?)(?:\s*[/(]\s*|\s+per\s+)([\d,]*\s?(?:[MK]|million|thousand)\b[^)]*)\)?", re.I)
_PROSE = re.compile(r"prices? (?:shown|listed|are)?\s*(per [\w,]+ tokens)|^(per [\w,]+ tokens)$", re.I | re.M)
_OTHER = re.compile(r"(?:/|per)\s*(?:\d+\s?K\s+)?(?:images?|secs?|seconds?|mins?|minutes?|hrs?|hours?|[\d.]+M char\w*|GiB|GB|calls?|"
                    r"requests?|sources?|video|text input)\b", re.I)
_LIMIT = re.compile(r"\s*\(((?:<|≤|<=|>|≥|>=|up to|over) ?\d+k [^()]*tokens)\)", re.I)
_STATUS = re.compile(r"\s*(?:\((?:deprecated|beta|preview|new)\)|[—–-] ?deprecated)$", re.I)


def parse(page: Page) -> list[PriceQuote]:
    """Quotes of the page; raises ``PageChanged`` where a priced table is not understood."""
    expect_dollars(page.text[:200_000])
    grids = distinct((html_grids(page.tree) if page.is_html else []) or markdown_grids(page.text))
    prose = plain("\n".join(line for line in page.text.splitlines() if "|" not in line))
    said = {token_unit(m[1] or m[2]) for m in _PROSE.finditer(prose)}
    rows = PriceRows("")
    for grid in grids:
        _read(grid, rows, said)
    if not rows.quotes:
        raise PageChanged("expected a table of token prices, found none")
    return rows.quotes


def _read(grid: Grid, rows: PriceRows, said: set[str]) -> None:
    where = f"table {grid.index + 1} ({' > '.join(grid.heading)})"
    parts = [m.groups() if (m := _HEADER.fullmatch(plain(t))) else (plain(t), "") for t in grid.header()]
    names = [meaning(words, MEANINGS) for words, _ in parts]
    if "pricing" in [words.lower() for words, _ in parts]:
        _read_glued(grid, rows, where)
        return
    if not {"input", "output", "cached_input"} & set(names):
        cells = [c.text for row in grid.rows for c in row]
        metered = any(_OTHER.search(t) for t in grid.header())
        if any(amounts(t) and not _OTHER.search(t) for t in cells) and not metered:
            raise PageChanged(f"{where}: expected known columns, found {grid.header()}")
        return
    units = {token_unit("/ " + unit) for (_, unit), name in zip(parts, names, strict=True) if unit and name} or said
    if len(units) != 1 or (said and units != said):
        raise PageChanged(f"{where}: expected one token unit, found {sorted(units | said) or 'none'}")
    unit = next(iter(units))
    found = columns([words for words, _ in parts], MEANINGS, where=where)
    if not {"model", "input", "output"} <= set(found):
        raise PageChanged(f"{where}: expected model, input and output columns, found {grid.header()}")
    for r, row in body(grid):
        cells_of = {c: price(row[n], unit=unit, where=f"{where}, row {r + 1}") for c, n in found.items() if c != "model"}
        for prefix, tier in (("", "standard"), ("batch ", "batch")):
            prices = {c.removeprefix("batch "): m for c, m in cells_of.items() if c.startswith("batch ") == bool(prefix)}
            _add(rows, row[found["model"]].text, prices, row, grid.locator(r, 0), tier, unit)


def _add(rows: PriceRows, label: str, prices: dict, row: list[Cell], locator: str, tier: str, unit: str) -> None:
    name = FOOTNOTE.sub("", _STATUS.sub("", plain(label)))
    limit = _LIMIT.search(name)
    name = _LIMIT.sub("", name)
    if not re.fullmatch(r"[A-Za-z][\w.\- ]{1,60}", name):
        raise PageChanged(f"{locator}: expected a model name, found {label!r}")
    added = rows.add(name, prices, tier=tier, condition=limit[1] if limit else "", unit=unit,
                     evidence=row_evidence(row), locator=locator)
    if added is None and tier == "standard":
        raise PageChanged(f"{locator}: expected prices of {name}, found none")


def _read_glued(grid: Grid, rows: PriceRows, where: str) -> None:
    """One table of all kinds of models: a row names the kind and the unit, then one cell holds both prices."""
    header = [plain(t).lower() for t in grid.header()]
    model, column = header.index("model") if "model" in header else 0, header.index("pricing")
    unit = ""
    for r, row in body(grid):
        words = [plain(c.text) for c in row if c.text]
        group = next((w for w in words if re.match(r"per\b", w, re.I)), "")
        if group:
            unit = token_unit(group) if "token" in group.lower() else "other"
        elif words and unit != "other":
            found = amounts(row[column].text)
            left = re.sub(r"[$\d.,\s]", "", plain(row[column].text))
            if len(found) != 2 or left or row[column].struck or row[column].missing or not unit:
                raise PageChanged(f"{where}, row {r + 1}: expected an input and an output price, found {row_evidence(row)!r}")
            _add(rows, row[model].text, dict(zip(("input", "output"), found, strict=True)), row,
                 grid.locator(r, column), "standard", unit)
