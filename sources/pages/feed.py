"""Machine-readable price feeds: JSON members to quotes, entry by entry.

The strict reading that feeds share. Figures stay exact (never a float). A feed is as many promises as it has
entries: a member that could be a price and is not known leaves out its entry (a renamed member would otherwise
be a price that silently vanished), with its reason, and the other entries are read. How much may be left out is
the contract's. What the members of one feed mean is that feed's own table in its ``parse.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from sources.pages.build import PriceRows
from sources.pages.entries import Entries
from sources.pages.quote import LeftOut, PageChanged, PriceQuote
from units.quantity import Money


class Feed(PriceRows, Entries):
    """The price rows of a feed. Inside ``entry`` a refusal costs that entry alone; ``read`` gives what was read."""

    def __init__(self, unit: str = "1M tokens", currency: str = "") -> None:
        PriceRows.__init__(self, unit, currency)
        Entries.__init__(self)

    def _mark(self) -> tuple[int, int]:
        return len(self.quotes), self._next

    def _undo(self, mark: tuple[int, int]) -> None:
        del self.quotes[mark[0] :]
        self._next = mark[1]

    def read(self) -> list[PriceQuote | LeftOut]:
        """All quotes, each offer once, then what was left out; raises ``PageChanged`` where no entry was read."""
        self._settle()
        if not self.quotes:
            why = f" ({self.left_out[0].reason})" if self.left_out else ""
            raise PageChanged(f"expected entries with prices, found none{why}")
        return [*self.quotes, *self.left_out]

    def _settle(self) -> None:
        """Keep the first of equal rows of one offer; where they differ, hold back all of that offer."""
        told: dict[tuple[tuple[str, ...], str], dict[int | str, dict[str, tuple[Decimal, str]]]] = {}
        for q in self.quotes:
            promise, place = _promise(q)
            told.setdefault(promise, {}).setdefault(place, {})[q.component] = (q.value, q.unit)
        echoes = {(promise, place) for promise, rows in told.items() for place in list(rows)[1:]}
        disputed = {promise[0] for promise, place in echoes if told[promise][place] != next(iter(told[promise].values()))}
        for offer in sorted(disputed):
            held = [q for q in self.quotes if _offer(q) == offer]
            self.left_out.append(
                LeftOut(
                    subject=held[0].model_label,
                    reason="the list has it more than once, at prices that differ",
                    locator=f"{held[0].locator}, {held[-1].locator}",
                    evidence=held[0].evidence,
                )
            )
        self.quotes = [q for q in self.quotes if _offer(q) not in disputed and _promise(q) not in echoes]


def _promise(q: PriceQuote) -> tuple[tuple[tuple[str, ...], str], int | str]:
    """The offer a price belongs to and its place: a row, or for the long form the component and where it stands."""
    return ((_offer(q), q.component), q.locator) if q.row is None else ((_offer(q), ""), q.row)


def _offer(q: PriceQuote) -> tuple[str, ...]:
    """What a price is of, whatever it comes to: two rows of one offer are one promise."""
    return (q.model_label, q.model_id, q.provider, q.currency, q.tier, q.condition, q.region, q.status, q.effective_from, q.effective_to)


def members(value: Any, where: str) -> dict[str, Any]:
    """``value`` as a JSON object; raises ``PageChanged`` for anything else."""
    if not isinstance(value, dict):
        raise PageChanged(f"{where}: expected an object, found {_shown(value)}")
    return value


def items(value: Any, where: str) -> list[Any]:
    """``value`` as a JSON list that is not empty; raises ``PageChanged`` for anything else."""
    if not isinstance(value, list) or not value:
        raise PageChanged(f"{where}: expected a list of entries, found {_shown(value)}")
    return value


def text(value: Any, where: str) -> str:
    """``value`` as text that is not empty; raises ``PageChanged`` for anything else."""
    if not isinstance(value, str) or not value.strip():
        raise PageChanged(f"{where}: expected text, found {_shown(value)}")
    return value


def figure(value: Any, where: str, currency: str = "USD") -> Money | None:
    """A JSON number, or a string that holds one, as exact money; None for null.

    Raises ``PageChanged`` for anything else and for a negative or infinite figure.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise PageChanged(f"{where}: expected a figure, found {_shown(value)}")
    try:
        if isinstance(value, str) and not re.fullmatch(r"\d+(\.\d*)?([eE][-+]?\d{1,3})?|\.\d+", value.strip()):
            raise InvalidOperation
        amount = Decimal(value.strip() if isinstance(value, str) else value)
    except InvalidOperation as error:
        raise PageChanged(f"{where}: expected a figure, found {_shown(value)}") from error
    if not amount.is_finite() or amount < 0 or amount.adjusted() > 12:
        raise PageChanged(f"{where}: expected a price, found {_shown(value)}")
    return Money(getattr(value, "text", str(value)), amount, currency)


def unknown(names: Iterable[str], known: Iterable[str], where: str) -> None:
    """Raise ``PageChanged`` when there is a name that is not known."""
    strange = sorted(set(names) - set(known))
    if strange:
        raise PageChanged(f"{where}: expected known members, found {', '.join(strange[:4])}")


def thousands(tokens: Any, where: str) -> str:
    """A token count as conditions print it: ``272000`` -> ``272k``, ``1048576`` -> ``1048576``."""
    if isinstance(tokens, bool) or not isinstance(tokens, int) or tokens <= 0:
        raise PageChanged(f"{where}: expected a number of tokens, found {_shown(tokens)}")
    return f"{tokens // 1000}k" if tokens % 1000 == 0 else str(tokens)


def _shown(value: Any) -> str:
    return repr(value)[:80]
