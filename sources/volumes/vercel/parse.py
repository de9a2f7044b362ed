"""Vercel's leaderboard export: ``rows`` with date, name, metric (spend, tokens, requests) and share in per cent.

Spend share over token share is each model's paid price relative to the average: the only public figure near a
transaction. Rows of other modalities than text are left alone; a share outside 0 to 100 leaves its row out.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from sources.pages.page import Page
from sources.pages.quote import LeftOut, PageChanged, VolumeQuote

MEASURES = {"spend": "spend_share", "tokens": "token_share", "requests": "request_share"}


def parse(page: Page) -> list[VolumeQuote | LeftOut]:
    """One share per model, day and metric; raises ``PageChanged`` without rows."""
    document = page.json()
    rows = document.get("rows") if isinstance(document, dict) else None
    if not isinstance(rows, list) or not rows:
        raise PageChanged("expected rows, found none")
    out = [q for i, row in enumerate(rows) if (q := _row(row, f"rows[{i}]")) is not None]
    if not any(isinstance(q, VolumeQuote) for q in out):
        raise PageChanged("expected date, name, metric and share_percent in the rows, found none that has them")
    return out


def _row(row: Any, locator: str) -> VolumeQuote | LeftOut | None:
    name = row.get("name") if isinstance(row, dict) else None
    if not isinstance(name, str) or not name:
        return LeftOut(subject=locator, reason="a row without a name", locator=locator)
    if row.get("modality", "text") != "text":
        return None
    day, share, measure = str(row.get("date"))[:10], row.get("share_percent"), MEASURES.get(str(row.get("metric")))
    fits = isinstance(share, int | Decimal) and not isinstance(share, bool) and 0 <= share <= 100
    if measure is None or not fits or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", day):
        return LeftOut(subject=name, reason=f"{row.get('metric')!r} of {share!r} on {day!r}", locator=locator)
    return VolumeQuote(
        model_label=name,
        measure=measure,
        period=day,
        value=Decimal(str(share)),
        value_text=str(share),
        unit="percent",
        evidence=f"{day} {name} {row['metric']}: {share}",
        locator=locator,
    )
