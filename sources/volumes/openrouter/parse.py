"""OpenRouter's rankings dataset: ``data`` with date, permaslug and total tokens as digits; ``other`` is the rest.

Tokens are prompt plus completion. A count that is no whole number of tokens, or a day that is no date, leaves its row out.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from sources.pages.page import Page
from sources.pages.quote import LeftOut, PageChanged, VolumeQuote


def parse(page: Page) -> list[VolumeQuote | LeftOut]:
    """One figure per model and day; raises ``PageChanged`` without rows in ``data``."""
    document = page.json()
    rows = document.get("data") if isinstance(document, dict) else None
    if not isinstance(rows, list) or not rows:
        raise PageChanged("expected rows in data, found none")
    out = [_row(row, f"data[{i}]") for i, row in enumerate(rows)]
    if not any(isinstance(q, VolumeQuote) for q in out):
        raise PageChanged("expected date, model_permaslug and total_tokens in the rows, found none that has them")
    return out


def _row(row: Any, locator: str) -> VolumeQuote | LeftOut:
    slug = row.get("model_permaslug") if isinstance(row, dict) else None
    if not isinstance(slug, str) or not slug:
        return LeftOut(subject=locator, reason="a row without model_permaslug", locator=locator)
    day, tokens = str(row.get("date")), str(row.get("total_tokens"))
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", day) or not re.fullmatch(r"\d{1,18}", tokens):
        return LeftOut(subject=slug, reason=f"{tokens[:24]!r} tokens on {day[:24]!r}", locator=locator)
    return VolumeQuote(
        model_label=slug,
        measure="total_tokens",
        period=day,
        value=Decimal(tokens),
        value_text=tokens,
        unit="tokens",
        evidence=f"{day} {slug}: {tokens}",
        locator=locator,
    )
