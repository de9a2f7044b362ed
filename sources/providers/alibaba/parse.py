"""Alibaba Cloud Model Studio's international price page: English tables of models by family and region.

Unit and currency stand in the headers or cells; a cell may hold one price for each thinking mode. Tables
without an input and an output column (images, video, speech, tuning) are left out unless they price tokens.
No capture of this page was at hand when the parser was written: it reads the words of Alibaba Cloud's other
English price tables and refuses everything else.
"""

from __future__ import annotations

import re

from sources.pages.build import PriceRows, is_empty, row_evidence
from sources.pages.columns import body, columns, currency_in, distinct, price, split_unit
from sources.pages.page import Page
from sources.pages.quote import PageChanged, PriceQuote
from sources.pages.tables import Cell, Grid, html_grids, markdown_grids
from units.quantity import Money, amounts, plain, token_unit

_PRICE = r"(?: (?:unit )?(?:price|cost))?"
MEANINGS = {
    r"model(?: (?:name|id|code))?": "model",
    r"base model|service|model description|description|free quota.*|context(?: window| length)?.*|max(?:imum)? .*|version": "",
    r"region|deployment (?:scope|mode|region)|service deployment scope": "region",
    r"mode": "mode",
    r"(?:input )?tokens per request|input tokens?(?: per request| range)?|tiers?|input token tiers?": "condition",
    rf"input{_PRICE}": "input",
    rf"output{_PRICE}": "output",
    rf"(?:implicit )?cache(?:d input)?(?: hit)?{_PRICE}": "cached_input",
    rf"(?:explicit )?cache creation{_PRICE}": "cache_write_5m",
    rf"explicit cache hit{_PRICE}": "explicit",
    rf"batch input{_PRICE}": "batch input",
    rf"batch output{_PRICE}": "batch output",
}
_MODES = re.compile(r"(non-thinking|thinking)(?: mode)?\s*:\s*(\S.*)", re.I)


def parse(page: Page) -> list[PriceQuote]:
    """Quotes of the page; raises ``PageChanged`` for a table of token prices that is not understood."""
    rows = PriceRows()
    for grid in distinct(html_grids(page.tree) if page.is_html else markdown_grids(page.text)):
        header = [_words(t) for t in grid.header()]
        priced = {w for w in header if re.fullmatch(rf"(?:input|output|cache.*|batch .*){_PRICE}", w, re.I)}
        if priced:
            _table(grid, header, rows)
        elif any(
            amounts(c.text) and re.search(r"tok", f"{c.text} {grid.header()}", re.I) for row in grid.rows for c in row
        ) and not re.search(r"tuning|training|deploy", " ".join(grid.heading), re.I):
            raise PageChanged(
                f"table {grid.index + 1} ({' > '.join(grid.heading)}): expected input and output columns, found {grid.header()}"
            )
    if not rows.quotes:
        raise PageChanged("expected tables of models with input and output prices, found none")
    return rows.quotes


def _words(header: str) -> str:
    """A header without its unit, in brackets (``Input price (per 1M tokens)``) or behind it (``Input $/Million Tokens``)."""
    return re.sub(r"\s*(?:\$ ?/|per) ?\S+ tokens?$|\s*\((?:[^()]*tok[^()]*)\)$", "", split_unit(header)[0], flags=re.I).strip()


def _table(grid: Grid, header: list[str], rows: PriceRows) -> None:
    where = f"table {grid.index + 1} ({' > '.join(grid.heading)})"
    found = columns(header, MEANINGS, where=where)
    if not {"model", "input", "output"} <= set(found):
        raise PageChanged(f"{where}: expected model, input and output columns, found {grid.header()}")
    priced = {c: n for c, n in found.items() if c not in ("model", "region", "mode", "condition")}
    unit = _unit(grid, priced, where)
    for r, row in body(grid):
        at = f"{where}, row {r + 1}"
        name = row[found["model"]].lines[:1]
        if not name or not re.fullmatch(r"[a-z][\w.\-]+(?: ?\(.*\))?", name[0], re.I):
            raise PageChanged(f"{at}: expected a model name, found {row[found['model']].text!r}")
        limit = plain(row[found["condition"]].text) if "condition" in found else ""
        fields = {
            "unit": unit,
            "region": row[found["region"]].text if "region" in found else "",
            "evidence": row_evidence(row),
            "locator": grid.locator(r, 0),
        }
        shared = [] if is_empty(limit) or limit.lower() == "no tiered pricing" else [limit]
        if "mode" in found and not is_empty(row[found["mode"]].text):
            shared.append(row[found["mode"]].text.lower())
        for mode, prices in _by_mode(row, priced, unit, grid, at).items():
            condition = " ".join([*shared, *([f"{mode} mode"] if mode else [])])
            _add(rows, name[0], prices, fields | {"condition": condition}, at)


def _unit(grid: Grid, priced: dict[str, int], where: str) -> str:
    said = set()
    for n in priced.values():
        for text in [grid.header()[n], *(c.text for row in grid.rows[1:] for c in [row[n]] if re.search("tok", c.text, re.I))]:
            if re.search("tok", text, re.I):
                said.add(token_unit(text))
    if len(said) != 1:
        raise PageChanged(f"{where}: expected one token unit, found {sorted(said) or 'none'}")
    return said.pop()


def _by_mode(row: list[Cell], priced: dict[str, int], unit: str, grid: Grid, where: str) -> dict[str, dict[str, Money | None]]:
    """Prices by thinking mode; a cell without modes holds for all of them."""
    found: dict[str, dict[str, Money | None]] = {}
    for component, n in priced.items():
        currency = currency_in(grid.header()[n])
        lines = [_MODES.fullmatch(line) for line in row[n].lines]
        if any(lines) and not all(lines):
            raise PageChanged(f"{where}: expected a price for each mode, found {row[n].text!r}")
        for part in lines if any(lines) else [None]:
            cell = row[n] if part is None else Cell(part[2])
            money = price(cell, unit=unit, currency=currency, where=where)
            found.setdefault(part[1].lower() if part else "", {})[component] = money
    shared = found.pop("", {}) if len(found) > 1 else {}
    return {mode: shared | prices for mode, prices in found.items()}


def _add(rows: PriceRows, label: str, prices: dict[str, Money | None], fields: dict[str, str], where: str) -> None:
    if prices.get("input") is None or prices.get("output") is None:
        raise PageChanged(f"{where}: expected an input and an output price of {label}, found {fields['evidence']}")
    explicit = prices.pop("explicit", None)
    batch = {c.removeprefix("batch "): prices.pop(c) for c in ("batch input", "batch output") if c in prices}
    rows.add(label, prices, **fields)
    rows.add(label, batch, tier="batch", **fields)
    if explicit is not None:
        rows.extra(label, "cached_input", explicit, **(fields | {"condition": f"{fields['condition']} explicit cache".strip()}))
