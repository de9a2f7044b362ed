"""Fireworks' price pages: size classes, model families, and the tables of the documentation.

One cell may hold one price for input and output (a size class), labelled parts (``$0.56 input, $0.28 cached,
$1.68 output``), or three prices whose order the page states (``input / cached input / output``). Names that
share a row are told apart at commas outside brackets.
"""

from __future__ import annotations

import re

from sources.pages.build import PriceRows, is_empty, row_evidence
from sources.pages.columns import FOOTNOTE, body, columns, distinct, expect_dollars, one_token_unit, price, whole_rows
from sources.pages.meters import meter
from sources.pages.page import Page
from sources.pages.quote import PageChanged, PriceQuote
from sources.pages.tables import Cell, Grid, html_grids, markdown_grids
from units.quantity import Money, UnreadableQuantity, amounts, plain, token_unit

MEANINGS = {
    r"(?:base )?models?(?: name| family)?(?: parameter count)?|model size|size": "model",
    r"input(?: tokens?)?(?: price)?": "input",
    r"cached(?: input)?(?: tokens?)?(?: price)?": "cached_input",
    r"output(?: tokens?)?(?: price)?": "output",
    r"standard": "standard", r"priority": "priority", r"fast": "fast",
    r"\$ ?(?:/|per) ?(?:1m|1k|million|thousand) ?tokens": "tokens",
    r"\$ ?(?:/|per) ?(?:1m|1k|million|thousand) ?input tokens": "input tokens",
}
PART = {"input": "input", "cached": "cached_input", "cached input": "cached_input", "output": "output"}
ORDER = ("input", "cached_input", "output")
ELSEWHERE = re.compile(r"train|fine.?tun|\bSFT\b|\bDPO\b|\bRFT\b", re.I)


def parse(page: Page) -> list[PriceQuote]:
    """Quotes of the page; raises ``PageChanged`` for a priced table that is not understood."""
    rows = PriceRows()
    expect_dollars(page.text)
    for grid in distinct((html_grids(page.tree) if page.is_html else []) or markdown_grids(page.text)):
        names = " | ".join(grid.header())
        if "$" in names or any(amounts(c.text) or c.struck for row in grid.rows for c in row):
            _table(page, grid, rows, names)
    if not any(q.row is not None for q in rows.quotes):
        raise PageChanged("expected a table of token prices by model or size, found none")
    return rows.quotes


def _table(page: Page, grid: Grid, rows: PriceRows, names: str) -> None:
    where = f"table {grid.index + 1} ({' > '.join(grid.heading)})"
    if ELSEWHERE.search(names) or ELSEWHERE.search(" > ".join(grid.heading)):
        return _meters(grid, rows, where, ("training", "1M tokens"))
    told = meter(names)
    if told is not None:
        return _meters(grid, rows, where, told)
    found = columns(grid.header(), MEANINGS, where=where)
    prices = {c: n for c, n in found.items() if c != "model"}
    if "model" not in found or not prices:
        raise PageChanged(f"{where}: expected a model and a price column, found {grid.header()}")
    unit = _unit(page, grid, [grid.header()[n] for n in prices.values()], where)
    for r, at, row in whole_rows(grid, where):
        fields = {"unit": unit, "evidence": row_evidence(row), "locator": grid.locator(r, 0)}
        for label in _names(row[found["model"]].text, at):
            _row(page, rows, label, prices, row, at, fields)


def _row(page: Page, rows: PriceRows, label: str, prices: dict[str, int], row: list[Cell], at: str,
         fields: dict[str, str]) -> None:
    unit = fields["unit"]
    if "input tokens" in prices:
        money = price(row[prices["input tokens"]], unit=unit, currency="USD", where=at)
        if money is not None:
            rows.extra(label, "embedding", money, **fields)
    elif "tokens" in prices:
        rows.add(label, _parts(row[prices["tokens"]], at), **fields)
    elif {"input", "output"} <= prices.keys():
        found = {c: price(row[n], unit=unit, currency="USD", where=at) for c, n in prices.items()}
        if found["input"] is None or found["output"] is None:
            raise PageChanged(f"{at}: expected an input and an output price of {label}, found {fields['evidence']}")
        rows.add(label, found, **fields)
    elif prices.keys() <= {"standard", "priority", "fast"}:
        _said_order(page, at)
        for tier, n in prices.items():
            if not is_empty(row[n].text) or row[n].struck:
                rows.add(label, _ordered(row[n], unit, at), tier=tier, **fields)
    else:
        raise PageChanged(f"{at}: expected input and output prices, found columns {sorted(prices)}")


def _parts(cell: Cell, at: str) -> dict[str, Money | None]:
    """``$0.90``, ``$0.10, $0.05 cached`` or ``$0.56 input, $0.28 cached, $1.68 output``."""
    found: dict[str, Money | None] = {}
    for part in re.split(r"\s*[,;]\s+|\s+/\s+", FOOTNOTE.sub("", plain(cell.text)).strip()):
        match = re.fullmatch(r"(\S*\d\S*)(?: (input|cached input|cached|output))?", part)
        money = price(Cell(match[1]), unit="1M tokens", where=at) if match else None
        name = PART.get(match[2] or "", "both") if match else ""
        if money is None or name in found:
            raise PageChanged(f"{at}: expected prices with their labels, found {cell.text!r}")
        found[name] = money
    if cell.struck or cell.missing:
        raise PageChanged(f"{at}: expected prices in force, found a struck or missing one")
    if "both" in found and not {"input", "output"} & found.keys():
        found |= {"input": found["both"], "output": found.pop("both")}
    if not {"input", "output"} <= found.keys() or "both" in found:
        raise PageChanged(f"{at}: expected an input and an output price, found {cell.text!r}")
    return found


def _ordered(cell: Cell, unit: str, at: str) -> dict[str, Money | None]:
    """``$0.95 / $0.16 / $4.00`` in the order the page states."""
    parts = re.split(r"\s*/\s*(?=[$\-–—]|Free|N/A)", plain(cell.text))
    if len(parts) != len(ORDER) or cell.struck or cell.missing:
        raise PageChanged(f"{at}: expected three prices ({' / '.join(ORDER)}), found {cell.text!r}")
    found = {c: price(Cell(part), unit=unit, where=at) for c, part in zip(ORDER, parts, strict=True)}
    if found["input"] is None or found["output"] is None:
        raise PageChanged(f"{at}: expected an input and an output price, found {cell.text!r}")
    return found


def _said_order(page: Page, at: str) -> None:
    prose = re.sub(r"[*_`]", "", plain(page.text))
    if not re.search(r"input\s*/\s*cached(?: input)?\s*/\s*output", prose, re.I):
        raise PageChanged(f"{at}: expected the page to say in which order a cell's prices stand, found no such words")


def _unit(page: Page, grid: Grid, headers: list[str], where: str) -> str:
    """The token unit in the headers, else in the words above the table, else the page's one statement."""
    for texts in (headers, [grid.before]):
        said = []
        for text in texts:
            try:
                said.append(token_unit(text))
            except UnreadableQuantity:
                continue
        if said:
            if len(set(said)) != 1 or (texts is headers and len(said) != len(headers)):
                raise PageChanged(f"{where}: expected one token unit, found {said}")
            return said[0]
    prose = re.sub(r"[*_`]", "", page.text if not page.is_html else page.tree.text(separator=" "))
    return one_token_unit(re.findall(r"(?i)prices[^.\n]{0,60}?(?:per|/) ?[^.\n]{0,20}?tokens", prose), where=where)


def _names(text: str, at: str) -> list[str]:
    """``GLM-4.5,GLM-4.6`` -> two names; commas inside brackets belong to the name."""
    if len(text) > 500:
        raise PageChanged(f"{at}: expected model names, found {len(text)} characters")
    names = [FOOTNOTE.sub("", n).strip() for n in re.split(r",\s*(?![^()]*\))", plain(text))]
    if not all(re.search(r"[A-Za-z]", n) or re.search(r"\d ?B", n) for n in names):
        raise PageChanged(f"{at}: expected model names, found {text!r}")
    return names


def _meters(grid: Grid, rows: PriceRows, where: str, told: tuple[str, str]) -> None:
    """A table of meters (audio minutes, GPU hours, training): every price with its own unit, long form only."""
    for r, row in body(grid):
        for n, cell in enumerate(row[1:], 1):
            for money in amounts(cell.text):
                rows.extra(row[0].text, told[0], money, unit=told[1], evidence=row_evidence(row),
                           locator=grid.locator(r, n), condition=grid.header()[n][:80])
