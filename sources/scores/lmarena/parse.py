"""Rows of LMArena's leaderboard dataset as the dataset server gives them: ``rows[].row`` with rating and interval.

Only the category ``overall`` is read; every row tells its publish date, limits and votes. Ratings are relative: the
version is ``overall, style control`` (the board at the contract's address) and a rating of an unchanged model drifts.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from sources.pages.page import Page
from sources.pages.quote import LeftOut, PageChanged, ScoreQuote

CATEGORY = "overall"
_NEEDED = ("model_name", "rating", "category", "leaderboard_publish_date")


def parse(page: Page) -> list[ScoreQuote | LeftOut]:
    """One score per model of the overall board; raises ``PageChanged`` without rows or without a rating."""
    document = page.json()
    rows = document.get("rows") if isinstance(document, dict) else None
    if not isinstance(rows, list) or not rows:
        raise PageChanged("expected rows of the dataset, found none")
    out = [q for i, row in enumerate(rows) if (q := _row(row, f"rows[{i}]")) is not None]
    if not any(isinstance(q, ScoreQuote) for q in out):
        raise PageChanged(f"expected ratings of the category {CATEGORY}, found none")
    return out


def _row(entry: Any, locator: str) -> ScoreQuote | LeftOut | None:
    found = entry.get("row") if isinstance(entry, dict) else None
    row: dict[str, Any] = found if isinstance(found, dict) else {}
    missing = [k for k in _NEEDED if row.get(k) is None]
    if missing:
        name = str(row.get("model_name", locator))
        return LeftOut(subject=name, reason=f"a row without {', '.join(missing)}", locator=locator)
    if row["category"] != CATEGORY:
        return None
    if (
        isinstance(row["rating"], bool)
        or not isinstance(row["rating"], int | Decimal)
        or not re.fullmatch(r"\d{4}-\d{2}-\d{2}.*", str(row["leaderboard_publish_date"]))
    ):
        return LeftOut(
            subject=str(row["model_name"]), reason=f"rating {row['rating']!r} on {row['leaderboard_publish_date']!r}", locator=locator
        )
    told = {k: "" if row.get(k) is None else str(row[k]) for k in ("rating_lower", "rating_upper", "vote_count")}
    return ScoreQuote(
        model_label=str(row["model_name"]),
        benchmark="LMArena text",
        benchmark_version=f"{CATEGORY}, style control",
        measurer="LMArena",
        value=Decimal(str(row["rating"])),
        value_text=str(row["rating"]),
        unit="elo",
        lower_text=told["rating_lower"],
        upper_text=told["rating_upper"],
        count_text=told["vote_count"],
        measured_on=str(row["leaderboard_publish_date"])[:10],
        evidence=f"{row['model_name']} {row['category']}: {row['rating']} ({row['leaderboard_publish_date']})",
        locator=locator,
    )
