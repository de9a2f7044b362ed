"""The field ``benchmarks`` of OpenRouter's model list: one object per publisher, or a list of arenas, per model.

An object holds figures by name (``intelligence_index``); a list holds entries with ``elo``, named by ``arena`` and
``category``. Whatever publisher stands there is read alike. The list tells no version and shows one figure per model, that
of its best effort, so the effort is ``best listed`` and the scale is told apart by re-basing (``belief.scores``).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sources.pages.page import Page
from sources.pages.quote import LeftOut, PageChanged, ScoreQuote

EFFORT = "best listed"


def parse(page: Page) -> list[ScoreQuote | LeftOut]:
    """One score per model and figure; raises ``PageChanged`` without a list ``data`` of models or without any score."""
    document = page.json()
    rows = document.get("data") if isinstance(document, dict) else None
    if not isinstance(rows, list) or not rows:
        raise PageChanged("expected a list of models in data, found none")
    out: list[ScoreQuote | LeftOut] = []
    for i, row in enumerate(rows):
        if not isinstance(row, dict) or not isinstance(row.get("id"), str):
            out.append(LeftOut(subject=f"entry {i + 1}", reason="a model without an id", locator=f"data[{i}]"))
            continue
        out += _model(row, f"data[{i}].benchmarks")
    if not any(isinstance(q, ScoreQuote) for q in out):
        raise PageChanged("expected benchmarks in at least one model, found none")
    return out


def _model(row: dict[str, Any], locator: str) -> Iterator[ScoreQuote | LeftOut]:
    held = row.get("benchmarks")
    for publisher, scores in (held or {}).items() if isinstance(held, dict) else ():
        where = f"{locator}.{publisher}"
        if isinstance(scores, dict):
            for name, value in scores.items():
                yield from _score(row["id"], f"{publisher} {name}", value, "index", publisher, f"{where}.{name}")
        elif isinstance(scores, list):
            for k, entry in enumerate(scores):
                named = isinstance(entry, dict) and {"elo", "category"} <= set(entry)
                if not named:
                    yield LeftOut(subject=row["id"], reason=f"an entry of {publisher} without elo and category", locator=f"{where}[{k}]")
                    continue
                board = " ".join(str(entry[m]) for m in ("arena", "category") if entry.get(m))
                yield from _score(row["id"], f"{publisher} {board}", entry["elo"], "elo", publisher, f"{where}[{k}].elo")


def _score(model: str, benchmark: str, value: Any, unit: str, publisher: str, locator: str) -> Iterator[ScoreQuote | LeftOut]:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        yield LeftOut(subject=model, reason=f"{benchmark} is {value!r}, not a number", locator=locator, evidence=str(value)[:80])
        return
    yield ScoreQuote(
        model_label=model,
        benchmark=benchmark,
        value=Decimal(str(value)),
        value_text=str(value),
        unit=unit,
        measurer=publisher.replace("_", " "),
        effort=EFFORT,
        evidence=f"{model} {benchmark}: {value}",
        locator=locator,
    )
