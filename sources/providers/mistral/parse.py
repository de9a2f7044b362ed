"""Mistral's prices: documentation tables (EUR 2023-12, EUR and USD 2024), model cards of the docs source, the price page.

The price page keeps its list in the payload of its own framework; dollars are the list shown, the euro list is
kept in the long form. Every list of a currency is its own row. Entries with a meter other than tokens (pages,
minutes, calls, training) are long form or left out by their listed label.
"""

from __future__ import annotations

import re
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from sources.pages.build import PriceRows, row_evidence
from sources.pages.columns import body, columns, distinct, price
from sources.pages.page import Page
from sources.pages.quote import PageChanged, PriceQuote
from sources.pages.tables import Cell, html_grids, markdown_grids, node_cell
from sources.providers.mistral.embedded import lists, payload
from sources.providers.mistral.modelcards import read_cards
from units.quantity import Money, plain, token_unit

UNIT = "1M tokens"
MEANINGS = {r"models?": "model", r"(api )?endpoint|api name|api": "endpoint", r"input": "input ", r"output": "output ",
            r"input \((usd|\$)\)": "input USD", r"output \((usd|\$)\)": "output USD",
            r"input \((eur|€)\)": "input EUR", r"output \((eur|€)\)": "output EUR"}
METERS = re.compile(r"ocr|audio.*|storage.*|training.*|one-off.*|available on|price|indexing|call|api endpoint|"
                    r"input \(per min / per m tok\)|.*\bpages?\b.*|.*\bper min.*|minimum.*", re.I)
"""Labels of meters that are not the text-token price of a model."""


def parse(page: Page) -> list[PriceQuote]:
    """Quotes of the page; raises ``PageChanged`` where a token price is not understood."""
    rows = PriceRows(UNIT)
    if "satisfies StaticModel" in page.text or re.search(r"^// FILE .*\.ts$", page.text, re.M):
        read_cards(page.text, rows)
    elif "__next_f" in page.text:
        _read_payload(page, rows)
    else:
        _read_tables(page, rows)
    if not any(q.row is not None for q in rows.quotes):
        raise PageChanged("expected token prices, found none")
    return rows.quotes


def _read_tables(page: Page, rows: PriceRows) -> None:
    for grid in distinct((html_grids(page.tree) if page.is_html else []) or markdown_grids(page.text)):
        where = f"table {grid.index + 1} ({' > '.join(grid.heading)})"
        if not any(plain(t).lower().startswith(("input", "output")) for t in grid.header()):
            if re.search(r"[$€]|/ ?\w*tok", row_evidence([c for row in grid.rows for c in row])):
                raise PageChanged(f"{where}: expected known columns, found {grid.header()}")
            continue
        found = columns(grid.header(), MEANINGS, where=where)
        label = found.get("endpoint", found.get("model"))
        if label is None:
            raise PageChanged(f"{where}: expected a model column, found {grid.header()}")
        for r, row in body(grid):
            for currency in ("", "USD", "EUR"):
                prices = {c.partition(" ")[0]: _listed(row[n], currency, f"{where}, row {r + 1}")
                          for c, n in found.items() if c in (f"input {currency}", f"output {currency}")}
                added = rows.add(row[label].text, prices, evidence=row_evidence(row), locator=grid.locator(r, label))
                if prices and added is None:
                    raise PageChanged(f"{where}, row {r + 1}: expected prices, found {row_evidence(row)!r}")


def _listed(cell: Cell, currency: str, where: str) -> Money | None:
    """The price of a cell in a column of one currency (empty: whichever sign the cell prints)."""
    money = price(cell, unit=UNIT, unit_required=True, where=where)
    if currency and money is not None and money.currency != currency:
        raise PageChanged(f"{where}: expected a price in {currency}, found {cell.text!r}")
    return money


def _read_payload(page: Page, rows: PriceRows) -> None:
    text = payload(page.text)
    seen: dict[tuple[Any, Any], Any] = {}
    for n, api in enumerate(api for found in lists(text, "apis") for api in found):
        entries = api.get("price") or []
        key = (api.get("name"), api.get("id"))
        if api.get("status", "published") != "published" or not entries or api.get("type") == "Tools":
            continue
        if seen.setdefault(key, entries) is not entries:
            if seen[key] != entries:
                raise PageChanged(f"expected the prices of {api.get('name')} once, found them twice and different")
            continue
        _read_api(str(api.get("name")), str(api.get("api_endpoint") or ""), entries, f"apis, entry {n + 1}", rows)


def _read_api(name: str, endpoint: str, entries: list[dict[str, Any]], where: str, rows: PriceRows) -> None:
    """One model of the payload: a wide row in dollars when it is priced by tokens alone, its euros in long form."""
    metered = [plain(str(e["value"])) for e in entries if METERS.fullmatch(plain(str(e["value"])))]
    for currency, field in (("USD", "price_dollar"), ("EUR", "price_euro")):
        prices: dict[str, Money | None] = {}
        for entry in entries:
            label = plain(str(entry["value"]))
            if label in metered:
                continue
            part = re.fullmatch(r"(cached input|input|output) \((.+)\)", label, re.I)
            if part is None:
                raise PageChanged(f"{where} ({name}): expected a known price label, found {label!r}")
            if token_unit(part[2]) != UNIT:
                raise PageChanged(f"{where} ({name}): expected prices per {UNIT}, found {label!r}")
            component = part[1].lower().replace("cached input", "cached_input")
            if component in prices:
                raise PageChanged(f"{where} ({name}): expected one price for {component}, found two")
            prices[component] = _in_force(str(entry.get(field) or ""), currency, f"{where} ({name}, {label})")
        given = {c: m for c, m in prices.items() if m is not None}
        evidence = "; ".join(f"{plain(str(e['value']))}: {_words(str(e.get(field) or '')).text}" for e in entries)
        if currency == "USD" and prices and not metered:
            if rows.add(name, given, evidence=evidence, locator=where, model_id=endpoint) is None:
                raise PageChanged(f"{where} ({name}): expected a price in force, found {evidence!r}")
        else:
            for component, money in given.items():
                rows.extra(name, component, money, evidence=evidence, locator=where, model_id=endpoint)


def _words(source: str) -> Cell:
    """The words of a payload's HTML snippet; struck text apart; ``Original price: $2 Sale price: $1`` is a sale."""
    tree = LexborHTMLParser(f"<td>{source}</td>" if "<" not in source else source)
    cell = node_cell(tree.body) if tree.body is not None else Cell()
    sale = re.fullmatch(r"original(?: price)?\s*:?\s*(\S+)\s*sale(?: price)?\s*:?\s*(\S+)", cell.text, re.I)
    return Cell(sale[2], (sale[2],), (sale[1],)) if sale else cell


def _in_force(source: str, currency: str, where: str) -> Money | None:
    cell = _words(source)
    if currency == "EUR" and not re.search(r"\d", cell.text):
        return None
    money = price(cell, unit=UNIT, where=where)
    if money is not None and money.amount and money.currency != currency:
        raise PageChanged(f"{where}: expected a price in {currency}, found {cell.text!r}")
    return money
