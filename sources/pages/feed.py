"""Machine-readable price feeds: JSON members to quotes, with refusal of every member that is not known.

The strict reading that feeds share. Figures stay exact (never a float); a member that could be a price and
is not known stops the reading, because a renamed member would otherwise be a price that silently vanished.
What the members of one feed mean is that feed's own table in its ``parse.py``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from sources.pages.quote import PageChanged
from units.quantity import Money

_EVIDENCE_CHARACTERS = 600


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


def evidence(label: str, prices: Mapping[str, Any]) -> str:
    """The words of an entry: its name and its price members as printed."""
    words = json.dumps(prices, ensure_ascii=False, default=lambda v: getattr(v, "text", str(v)))
    return f"{label} {words}"[:_EVIDENCE_CHARACTERS]


def thousands(tokens: Any, where: str) -> str:
    """A token count as conditions print it: ``272000`` -> ``272k``, ``1048576`` -> ``1048576``."""
    if isinstance(tokens, bool) or not isinstance(tokens, int) or tokens <= 0:
        raise PageChanged(f"{where}: expected a number of tokens, found {_shown(tokens)}")
    return f"{tokens // 1000}k" if tokens % 1000 == 0 else str(tokens)


def _shown(value: Any) -> str:
    return repr(value)[:80]
