"""What a page gives: its quotes, and what is left out of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from sources.pages.quote import LeftOut, PriceQuote


@dataclass(slots=True)
class Assembled:
    """Quotes in page order, and what is left out: records held with their reason, notes on amounts that are no token price."""

    quotes: list[PriceQuote] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def hold(self, subject: str, reason: str, locator: str, evidence: str = "") -> None:
        """Leave a record out that looks like a token price."""
        self.left_out.append(LeftOut(subject=subject, reason=reason, locator=locator, evidence=evidence, extent="block"))
