"""From cells to quotes: the few steps every price parser repeats, written once.

``PriceRows`` numbers the wide rows in page order and turns printed cells into quotes. Which column means
what, and which table is which tier, is the parser's own knowledge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from sources.pages.quote import PageChanged, PriceQuote
from sources.pages.tables import Cell
from units.quantity import Money, amounts, plain

EMPTY = frozenset({"", "-", "–", "—", "n/a", "na", "not available", "none", "/", "\\", "not supported", "tbd", "不支持"})
FREE = frozenset({"free", "free of charge", "免费", "limited-time free", "限时免费", "complimentary"})


@lru_cache(maxsize=8192)
def is_empty(text: str) -> bool:
    """Whether a printed cell says that there is no such price (not that it is free)."""
    return plain(text).lower() in EMPTY


@lru_cache(maxsize=8192)
def is_free(text: str) -> bool:
    """Whether a printed cell says that the price is zero in words."""
    return plain(text).lower() in FREE


@lru_cache(maxsize=8192)
def money_of(text: str, *, currency: str = "") -> Money | None:
    """The one price in a printed text: None for an empty mark, zero for ``Free``.

    ``currency`` is that of the page where ``Free`` or a bare figure needs one. Raises ``PageChanged`` when
    the text holds no price, or more than one.
    """
    if is_empty(text):
        return None
    if is_free(text):
        return Money(plain(text), Decimal(0), currency or "USD")
    found = amounts(text)
    if len(found) != 1:
        raise PageChanged(f"expected one price in {text!r}, found {len(found)}")
    return found[0]


class PriceRows:
    """Collects quotes in page order; ``add`` makes one wide row, ``extra`` a long-form-only quote."""

    def __init__(self, unit: str = "1M tokens", currency: str = "") -> None:
        self.unit = unit
        self.currency = currency
        self.quotes: list[PriceQuote] = []
        self._next = 0
        self.listed: dict[str, dict[str, Money | None]] = {}
        """Models ``once`` has added, with their prices."""

    def add(self, label: str, prices: Mapping[str, Money | None], *, evidence: str, locator: str, **fields: str) -> int | None:
        """Add one wide row: component -> price (None: no such price). Returns its ordinal, None if empty.

        ``fields`` are further PriceQuote fields (tier, condition, status, effective_from, unit ...).
        """
        given = {c: m for c, m in prices.items() if m is not None}
        if not given:
            return None
        row, self._next = self._next, self._next + 1
        for component, money in given.items():
            self.quotes.append(self._quote(label, component, money, evidence, locator, row, fields))
        return row

    def once(
        self, label: str, prices: dict[str, Money | None], *, answers: bool, where: str, evidence: str, locator: str, **fields: str
    ) -> None:
        """Add a model of a page that may print it twice (for wide and narrow screens), at one price.

        ``answers``: whether the table prices output; where not, the model embeds and its input price is long form
        only. Raises ``PageChanged`` for half a pair of prices, and for two different prices of one label.
        """
        money = prices["input"]
        if not answers:
            if money is not None:
                self.extra(label, "embedding", money, evidence=evidence, locator=locator, **fields)
        elif money is None or prices["output"] is None:
            raise PageChanged(f"{where}: expected an input and an output price of {label}, found {evidence}")
        elif self.listed.setdefault(label, prices) is prices:
            self.add(label, prices, evidence=evidence, locator=locator, **fields)
        elif self.listed[label] != prices:
            raise PageChanged(f"{where}: expected {label} at one price, found it twice with different ones")

    def mark(self) -> tuple[int, int]:
        """Where the rows stand, for ``back_to``."""
        return len(self.quotes), self._next

    def back_to(self, mark: tuple[int, int]) -> None:
        """Take back what was added since ``mark``."""
        del self.quotes[mark[0] :]
        self._next = mark[1]

    def take(self, quotes: Sequence[PriceQuote]) -> None:
        """Add quotes that were made elsewhere, their rows numbered on from here."""
        first = self._next
        self.quotes += [q if q.row is None else replace(q, row=first + q.row) for q in quotes]
        self._next = first + len({q.row for q in quotes if q.row is not None})

    def extra(self, label: str, component: str, money: Money, *, evidence: str, locator: str, **fields: str) -> None:
        """Add a price that the wide form does not show (modality variants, meters, struck prices)."""
        self.quotes.append(self._quote(label, component, money, evidence, locator, None, fields))

    def _quote(
        self, label: str, component: str, money: Money, evidence: str, locator: str, row: int | None, fields: Mapping[str, str]
    ) -> PriceQuote:
        name = plain(label)
        if not name:
            raise PageChanged(f"expected a model name beside {money.text!r} ({locator}), found none")
        options = {"unit": self.unit, **fields}
        return PriceQuote(
            model_label=name,
            component=component,
            value=money.amount,
            value_text=money.text,
            currency=money.currency,
            evidence=evidence,
            locator=locator,
            row=row,
            **options,
        )


def row_evidence(cells: list[Cell]) -> str:
    """The words of a table row, as evidence; struck text between ``~~``."""
    return " | ".join(" ".join([*(f"~~{s}~~" for s in c.struck), c.text]) for c in cells if not c.missing)
