"""One printed price cell of DeepSeek's tables: the price in force, a struck one, one to come, and the offer's end.

Cells hold one price, a price with its discount and the struck list price, or the list price stacked on the
discounted one; what the second figure means stands in the footnote the cell points to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sources.pages.build import is_empty, is_free
from sources.pages.quote import PageChanged
from sources.pages.tables import Cell
from sources.providers.deepseek.times import period
from units.quantity import Money, amounts, plain

MARK = re.compile(r"\s?\((\d{1,2})\)")
"""A footnote mark: ``(1)``."""
_AMOUNT = r"(?:[$¥]\s?\d+(?:\.\d+)?|\d+(?:\.\d+)?\s?元)"
_DISCOUNT = r"\((?:\d+(?:\.\d+)?% ?off|\d+(?:\.\d+)?折)\)"
_ONE = re.compile(rf"({_AMOUNT})\s?(?:{_DISCOUNT})?", re.I)
_STRIKE_LOST = re.compile(rf"({_AMOUNT})\s?{_DISCOUNT}\s?({_AMOUNT})", re.I)
_STACKED = re.compile(rf"({_AMOUNT})\s+({_AMOUNT})")
_BOTH_SHOWN = re.compile(r"original price and the discounted price|优惠前与优惠后", re.I)


@dataclass(frozen=True)
class Reading:
    """``money`` in force (None: no such price), ``struck`` list price, ``later`` price after ``until``."""

    money: Money | None
    struck: Money | None = None
    later: Money | None = None
    until: str = ""


def footnote(number: str, prose: str) -> str:
    """The words of a footnote; empty when the page has none of that number."""
    parts = re.split(r"(?:^|(?<=\s)|(?<=[.。]))\((\d{1,2})\)\s?(?=\S)", prose)
    texts = {parts[i]: parts[i + 1].split("\n#")[0] for i in range(1, len(parts) - 1, 2)}
    return plain(re.split(r"Deduction Rules|扣费规则", texts.get(number, ""))[0])


def read_price(cell: Cell, prose: str, where: str) -> Reading:
    """Read one cell; raises ``PageChanged`` for anything but the shapes above, or a missing footnote."""
    if cell.missing:
        raise PageChanged(f"{where}: expected a price, found a row that is too short")
    notes = _notes(cell, prose, where)
    text = plain(MARK.sub("", cell.text))
    if is_empty(text) and not cell.struck:
        return Reading(None)
    if is_free(text):
        raise PageChanged(f"{where}: expected a price with its currency, found {cell.text!r}")
    until = next((end for note in notes if (end := period(note)[1])), "")
    if both := _STACKED.fullmatch(text):
        if not any(_BOTH_SHOWN.search(note) for note in notes) or cell.struck:
            raise PageChanged(f"{where}: expected a footnote that explains the two prices {cell.text!r}, found {notes}")
        first, second = amounts(both[1])[0], amounts(both[2])[0]
        return Reading(_lower(second, first, where), later=first, until=until)
    if lost := _STRIKE_LOST.fullmatch(text):
        first, second = amounts(lost[1])[0], amounts(lost[2])[0]
        return Reading(_lower(first, second, where), struck=second, until=until)
    return _in_force(cell, text, until, where)


def _notes(cell: Cell, prose: str, where: str) -> list[str]:
    """The words of every footnote that a cell points to."""
    marks = [*(n.strip("()") for n in cell.notes), *MARK.findall(cell.text)]
    found = {mark: footnote(mark, prose) for mark in marks}
    for mark, words in found.items():
        if not words:
            raise PageChanged(f"{where}: expected footnote ({mark}) of {cell.text!r} on the page, found none")
    return list(found.values())


def _in_force(cell: Cell, text: str, until: str, where: str) -> Reading:
    """One price in force, with or without its discount, and the list price struck beside it."""
    one = _ONE.fullmatch(text)
    if one is None or len(cell.struck) > 1:
        raise PageChanged(f"{where}: expected one price in force, found {cell.text!r} (struck: {list(cell.struck)})")
    money = amounts(one[1])[0]
    if not cell.struck:
        if until and not re.search(_DISCOUNT, text, re.I):
            raise PageChanged(f"{where}: expected a discount beside the footnote that ends it, found {cell.text!r}")
        return Reading(money, until=until)
    old = amounts(cell.struck[0])
    if len(old) != 1:
        raise PageChanged(f"{where}: expected one struck price, found {cell.struck[0]!r}")
    return Reading(_lower(money, old[0], where), struck=old[0], until=until)


def _lower(price: Money, listed: Money, where: str) -> Money:
    if price.amount >= listed.amount or price.currency != listed.currency:
        raise PageChanged(f"{where}: expected a price below its list price {listed.text}, found {price.text}")
    return price
