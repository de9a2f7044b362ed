"""SiliconFlow's price page as rendered text: the cells of its tables stand one per line.

A table begins with its header (``Model Name`` ... ``Actions``), each row ends with a link to its details,
and the words after the table say its unit. An empty cell leaves no line: a row that lacks one price lacks
the cached one, which is checked by its size.
"""

from __future__ import annotations

import re

from sources.pages.build import PriceRows
from sources.pages.columns import expect_dollars, meaning
from sources.pages.meters import meter
from sources.pages.page import Page
from sources.pages.quote import PageChanged, PriceQuote
from units.quantity import Money, amounts, plain, token_unit

MEANINGS = {
    r"model name": "model",
    r"context(?: length)?": "context",
    r"input": "input",
    r"cached input": "cached_input",
    r"output": "output",
    r"actions": "end",
    r"price \(.*\)|output \(.*\)|input \(.*\)": "meter",
}
_END = re.compile(r"\[Details\]\([^)]*\)|Details")
_UNIT = re.compile(r"prices (?:shown are|for) .*\bper .*", re.I)


def parse(page: Page) -> list[PriceQuote]:
    """Quotes of the page; raises ``PageChanged`` for a table that is not understood."""
    expect_dollars(page.text)
    text = page.text if not page.is_html else page.tree.text(separator="\n")
    if re.search(r"[€¥£￥]\s?\d", text):
        raise PageChanged("expected prices in dollars alone, found another currency on the page")
    lines = [line for line in (plain(part) for part in text.splitlines()) if line]
    rows = PriceRows()
    at = 0
    for start in [n for n, line in enumerate(lines) if line == "Model Name"]:
        if start >= at:
            at = _table(lines, start, rows)
    if not any(q.row is not None for q in rows.quotes):
        raise PageChanged("expected tables of models with input and output prices, found none")
    return rows.quotes


def _table(lines: list[str], start: int, rows: PriceRows) -> int:
    """Read the table whose header begins at ``start``; returns where it ends."""
    header: list[str] = []
    at = start
    while not header or header[-1] != "end":
        if at >= len(lines) or (name := meaning(lines[at], MEANINGS)) is None:
            raise PageChanged(f"line {at + 1}: expected a known column, found {lines[at] if at < len(lines) else 'the end'!r}")
        header.append(name)
        at += 1
    if len(set(header)) != len(header):
        raise PageChanged(f"line {start + 1}: expected distinct columns, found {header}")
    records, at = _records(lines, at)
    unit = lines[at] if at < len(lines) and _UNIT.fullmatch(lines[at]) else ""
    if not records or not unit:
        raise PageChanged(f"line {at + 1}: expected rows and the words that say their unit, found neither or one of them")
    priced = [c for c in header if c in ("input", "cached_input", "output")]
    for number, record in records:
        fields = {"evidence": " | ".join(record), "locator": f"line {number + 1}"}
        if "meter" in header:
            _meter(rows, record, lines[start + header.index("meter")], fields)
        else:
            label, prices = _prices(record, priced, number)
            rows.add(label, prices, unit=token_unit(unit), **fields)
    return at


def _records(lines: list[str], at: int) -> tuple[list[tuple[int, list[str]]], int]:
    """Rows up to the words that say the unit, each as the lines before its link."""
    records: list[tuple[int, list[str]]] = []
    row: list[str] = []
    while at < len(lines) and not _UNIT.fullmatch(lines[at]):
        if _END.fullmatch(lines[at]):
            records.append((at - len(row), row))
            row = []
        elif lines[at] != "Load More":
            row.append(lines[at])
        if len(row) > 12:
            raise PageChanged(f"line {at + 1}: expected the end of a row, found {lines[at]!r}")
        at += 1
    if row:
        raise PageChanged(f"line {at + 1}: expected the end of a row, found {row[-1]!r}")
    return records, at


def _prices(record: list[str], priced: list[str], number: int) -> tuple[str, dict[str, Money | None]]:
    where = f"line {number + 1}"
    if len(record) < 3 or not re.fullmatch(r"[\d.,]+ ?[KMB]", record[1]):
        raise PageChanged(f"{where}: expected a name and a context length, found {record[:3]}")
    words = re.sub(r"\$ (?=\d)", "$", " ".join(record[2:]))
    found = amounts(words)
    if " ".join(f"${m.text}" for m in found) != words or any(m.currency != "USD" for m in found):
        raise PageChanged(f"{where}: expected prices in dollars alone, found {words!r}")
    names = priced if len(found) == len(priced) else [c for c in priced if c != "cached_input"]
    if len(found) != len(names) or not {"input", "output"} <= set(names):
        raise PageChanged(f"{where}: expected {len(priced)} prices, or all but the cached one, found {words!r}")
    prices = dict(zip(names, found, strict=True))
    swapped = "cached_input" in prices and prices["cached_input"].amount > prices["input"].amount
    if swapped or ("cached_input" in priced and names != priced and prices["output"].amount < prices["input"].amount):
        raise PageChanged(f"{where}: expected cached <= input <= output, found {words!r}; a cell may be missing")
    return record[0], dict(prices)


def _meter(rows: PriceRows, record: list[str], header: str, fields: dict[str, str]) -> None:
    told, found = meter(header), amounts(re.sub(r"\$ (?=\d)", "$", " ".join(record[1:])))
    if told is None or len(found) != 1:
        raise PageChanged(f"{fields['locator']}: expected one price {header!r}, found {record}")
    rows.extra(record[0], told[0], found[0], unit=told[1], **fields)
