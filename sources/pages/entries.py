"""Reading a list entry by entry: what one entry does not explain costs that entry alone, and is counted and named."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sources.pages.quote import SLIPS, LeftOut, PageChanged
from units.quantity import UnreadableQuantity

_EVIDENCE_CHARACTERS = 600


def evidence(label: str, prices: Mapping[str, Any]) -> str:
    """The words of an entry: its name and its price members as printed."""
    words = json.dumps(prices, ensure_ascii=False, default=lambda v: getattr(v, "text", str(v)))
    return f"{label} {words}"[:_EVIDENCE_CHARACTERS]


class Entries:
    """What collects the rows of a list: inside ``entry`` a refusal, or a slip of the parser, leaves out that entry."""

    def __init__(self) -> None:
        self.left_out: list[LeftOut] = []

    @contextmanager
    def entry(self, subject: str, locator: str, told: Any = None) -> Iterator[None]:
        """Read one entry whole or not at all; ``told`` are its members, for the evidence of one that is left out."""
        mark = self._mark()
        try:
            yield
        except (PageChanged, UnreadableQuantity, *SLIPS) as error:
            self._undo(mark)
            reason = (
                str(error)
                if isinstance(error, PageChanged | UnreadableQuantity)
                else f"expected a known entry, found {type(error).__name__}: {error}"
            )
            self.left_out.append(
                LeftOut(subject=subject, reason=reason, locator=locator, evidence=evidence(subject, told) if isinstance(told, dict) else "")
            )

    def _mark(self) -> Any:
        """What ``_undo`` needs to forget the rows of the entry that begins here."""
        return None

    def _undo(self, mark: Any) -> None:
        """Forget the rows read since ``mark``; nothing where every row is a promise of its own."""
