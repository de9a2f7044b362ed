"""OpenRouter's benchmark interface: ``data`` with one row per model and benchmark, a share correct.

Rows name ``benchmark_type``, ``accuracy``, ``total_tasks`` and ``avg_cost_per_task`` (USD); of ``accuracy_stddev`` nobody says whether it
is of a task or of the mean, so no limits are made of it. Rows that repeat
another publisher's index (``intelligence_index``) are read too, with that publisher as the measurer.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sources.pages.page import Page
from sources.pages.quote import LeftOut, PageChanged, ScoreQuote

_INDICES = ("intelligence_index", "coding_index", "agentic_index")


def parse(page: Page) -> list[ScoreQuote | LeftOut]:
    """One score per model and benchmark; raises ``PageChanged`` without rows in ``data`` or without a score in them."""
    document = page.json()
    rows = document.get("data") if isinstance(document, dict) else None
    if not isinstance(rows, list) or not rows:
        raise PageChanged("expected rows in data, found none")
    out = [q for i, row in enumerate(rows) for q in _row(row, f"data[{i}]")]
    if not any(isinstance(q, ScoreQuote) for q in out):
        raise PageChanged("expected an accuracy or an index in the rows, found none")
    return out


def _row(row: Any, locator: str) -> Iterator[ScoreQuote | LeftOut]:
    slug = row.get("model_permaslug") if isinstance(row, dict) else None
    if not isinstance(slug, str) or not slug:
        yield LeftOut(subject=locator, reason="a row without model_permaslug", locator=locator)
        return
    measurer = str(row.get("source") or "openrouter").replace("-", " ")
    if row.get("accuracy") is not None:
        yield _accuracy(slug, measurer, row, locator)
    for name in _INDICES:
        value = row.get(name)
        if value is not None:
            yield (
                ScoreQuote(
                    model_label=slug,
                    benchmark=name.replace("_", " "),
                    value=Decimal(str(value)),
                    value_text=str(value),
                    unit="index",
                    measurer=measurer,
                    evidence=f"{slug} {name}: {value}",
                    locator=f"{locator}.{name}",
                )
                if _number(value)
                else LeftOut(subject=slug, reason=f"{name} is {value!r}, not a number", locator=f"{locator}.{name}")
            )


def _accuracy(slug: str, measurer: str, row: dict[str, Any], locator: str) -> ScoreQuote | LeftOut:
    value, name = row["accuracy"], row.get("benchmark_type")
    if not _number(value) or not 0 <= value <= 1 or not isinstance(name, str) or not name:
        return LeftOut(subject=slug, reason=f"an accuracy of {value!r} on {name!r}", locator=locator, evidence=str(value)[:80])
    tasks, cost = row.get("total_tasks"), row.get("avg_cost_per_task")
    return ScoreQuote(
        model_label=slug,
        benchmark=name,
        value=Decimal(str(value)),
        value_text=str(value),
        unit="share",
        measurer=measurer,
        count_text=str(tasks) if _number(tasks) else "",
        cost_text=str(cost) if _number(cost) else "",
        evidence=f"{slug} {name}: {value}, {tasks} tasks, {cost} USD per task",
        locator=locator,
    )


def _number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)
