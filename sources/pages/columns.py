"""Tables read by the meaning of their header words, with refusal of every unknown word.

The strict reading that price parsers share: which column is which component (never by position), and
cells that must be a price, an empty mark or ``Free`` and nothing else. What the words of one provider
mean is that provider's own table in its ``parse.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from sources.pages.build import is_empty, is_free, money_of
from sources.pages.quote import PageChanged
from sources.pages.tables import Cell, Grid
from units.quantity import CURRENCIES, Money, plain, token_unit

FOOTNOTE = re.compile(r"\s*(?:\(\d\)|\[\^?\d{1,2}\]|[*†‡§]+)$")
"""A footnote mark at the end of a cell: ``(1)``, ``[2]``, ``[^3]``, ``*``, ``†``; never a bare figure."""

_FIGURE = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+"
_AMOUNT = (
    r"(?:(?:US\$|[$€¥£])\s?(?P<a>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+)|"
    r"(?P<b>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s?(?:[$€¥£元]|USD|EUR|CNY))"
)
_PRICE = re.compile(rf"{_AMOUNT}(?:\s(?:USD|EUR|CNY))?(?:\s*(?:/|per\b)\s*(?P<unit>[^/]+?))?", re.IGNORECASE)


_UNIT_WORDS = frozenset("m k mm mil million thousand tok toks mtok mtoks ktok ktoks token tokens text input output cached prompt".split())


def columns(header: Sequence[str], meanings: Mapping[str, str], *, where: str) -> dict[str, int]:
    """Column meaning -> column number, for header words matched in full (case-insensitive patterns).

    ``meanings`` maps patterns to names; the name ``""`` marks a column that is deliberately not read.
    Raises ``PageChanged`` for an unknown header word and for two columns of one meaning.
    """
    found: dict[str, int] = {}
    for number, text in enumerate(header):
        name = meaning(text, meanings)
        if name is None:
            raise PageChanged(f"{where}: expected a known column, found {plain(text)!r}")
        if name and name in found:
            raise PageChanged(f"{where}: expected one column for {name}, found two ({plain(header[found[name]])!r} and {plain(text)!r})")
        if name:
            found[name] = number
    return found


def meaning(text: str, meanings: Mapping[str, str]) -> str | None:
    """The name whose pattern matches the whole of ``text`` (case and footnote marks aside); None if none does."""
    word = FOOTNOTE.sub("", plain(text)).strip()
    return next((name for pattern, name in meanings.items() if re.fullmatch(pattern, word, re.IGNORECASE)), None)


def price(cell: Cell, *, unit: str, where: str, unit_required: bool = False, currency: str = "") -> Money | None:
    """The one price in force in a cell: None for an empty mark, zero for ``Free``.

    The whole cell must be an amount, optionally followed by its unit (which must be ``unit``) and a
    footnote mark. With ``currency`` (said by the header or the page) a bare figure is read in it and an amount
    in another one is refused. Raises ``PageChanged`` for anything else: text around the figure, another unit,
    a cell that is not there, a struck price with nothing in force beside it.
    """
    if cell.missing:
        raise PageChanged(f"{where}: expected a cell, found a row that is too short")
    text = FOOTNOTE.sub("", plain(cell.text)).strip()
    if is_empty(text):
        if cell.struck:
            raise PageChanged(f"{where}: expected a price in force beside the struck {cell.struck[0]!r}, found none")
        return None
    if is_free(text):
        return money_of(text, currency=currency)
    if currency and re.fullmatch(_FIGURE, text):
        return Money(text, Decimal(text.replace(",", "")), currency)
    match = _PRICE.fullmatch(re.sub(r"\$\$+", "$", text))
    if match is None:
        raise PageChanged(f"{where}: expected one price, found {cell.text!r}")
    if match["unit"] is None and unit_required:
        raise PageChanged(f"{where}: expected a price with its unit, found {cell.text!r}")
    if match["unit"] is not None and set(re.findall(r"[a-z]+", match["unit"].lower())) - _UNIT_WORDS:
        raise PageChanged(f"{where}: expected a price and its unit alone, found {cell.text!r}")
    if match["unit"] is not None and token_unit("/" + match["unit"]) != unit:
        raise PageChanged(f"{where}: expected a price per {unit}, found {cell.text!r}")
    found = money_of(text)
    if found is not None and currency and found.currency != currency:
        raise PageChanged(f"{where}: expected a price in {currency}, found {cell.text!r}")
    return found


def body(grid: Grid, header_rows: int = 1) -> list[tuple[int, list[Cell]]]:
    """The rows below the header with their row numbers; raises ``PageChanged`` when there are none."""
    rows = [(r, row) for r, row in enumerate(grid.rows) if r >= header_rows]
    if not rows:
        raise PageChanged(f"table {grid.index + 1} ({' > '.join(grid.heading)}): expected rows, found the header alone")
    return rows


def distinct(grids: Iterable[Grid]) -> list[Grid]:
    """Grids without repetitions: a page that prints a table twice under one heading says one thing once."""
    seen: set[tuple[object, ...]] = set()
    kept = []
    for grid in grids:
        key = (grid.heading, tuple(tuple((c.text, c.struck) for c in row) for row in grid.rows))
        if key not in seen:
            seen.add(key)
            kept.append(grid)
    return kept


def one_token_unit(texts: Iterable[str], *, where: str) -> str:
    """The one token unit that statements such as ``Prices per 1M tokens`` agree on; ``PageChanged`` otherwise."""
    units = {token_unit(t) for t in texts}
    if len(units) != 1:
        raise PageChanged(f"{where}: expected one statement of the token unit, found {sorted(units) or 'none'}")
    return units.pop()


def declared_currency(text: str) -> str:
    """The currency that prose such as ``All prices are in USD`` declares; empty where it declares none."""
    said = {CURRENCIES[m[1].upper()] for m in re.finditer(r"(?i)\bprices?\b[^.\n]{0,60}?\bin (USD|EUR|CNY|GBP|RMB)\b", plain(text))}
    if len(said) > 1:
        raise PageChanged(f"expected one declared currency, found {sorted(said)}")
    return said.pop() if said else ""


def expect_dollars(text: str) -> None:
    """Raises ``PageChanged`` when the prose declares that prices are in another currency than US dollars."""
    if declared_currency(text) not in ("", "USD"):
        raise PageChanged("expected prices in USD, found another declared currency")


def currency_in(text: str) -> str:
    """The one currency a header or caption names (``USD/M tokens``, ``元/千 Token``); empty where it names none.

    Raises ``PageChanged`` when it names two.
    """
    said = {CURRENCIES[m[0].upper()] for m in re.finditer(r"(?i)US\$|[$€¥£]|\b(?:USD|EUR|CNY|GBP|RMB)\b|美元|欧元|人民币|元", plain(text))}
    if len(said) > 1:
        raise PageChanged(f"expected one currency in {text!r}, found {sorted(said)}")
    return said.pop() if said else ""


def split_unit(header: str) -> tuple[str, str]:
    """A header cut into its words and the unit in brackets at its end: ``Input (USD/M tokens)`` -> two parts."""
    cut = re.fullmatch(r"(.*?)\s*\(([^()]*(?:tok|元|usd|\$)[^()]*)\)", FOOTNOTE.sub("", plain(header)).strip(), re.IGNORECASE)
    return (cut[1], cut[2]) if cut else (FOOTNOTE.sub("", plain(header)).strip(), "")
