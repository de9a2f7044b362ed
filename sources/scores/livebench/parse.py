"""LiveBench's table of a release: a row per model, a column per task, scores in per cent; an empty cell is no score.

A task is a benchmark of its own (``LiveBench zebra_puzzle``): LiveBench's averages weigh tasks by the categories of a
second file, and a mean over whatever tasks a model ran is no score of anything.
"""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal

from sources.pages.page import Page
from sources.pages.quote import LeftOut, PageChanged, ScoreQuote

_NUMBER = re.compile(r"\d{1,3}(?:\.\d+)?")


def parse(page: Page) -> list[ScoreQuote | LeftOut]:
    """One score per model and task; raises ``PageChanged`` without a column ``model`` and tasks beside it."""
    rows = csv.reader(io.StringIO(page.text))
    header = next(rows, [])
    if len(header) < 3 or header[0].strip() != "model" or len(set(header)) != len(header):
        raise PageChanged(f"expected the column model and one column per task, found {header[:4]}")
    out: list[ScoreQuote | LeftOut] = []
    for i, row in enumerate(rows):
        if not row or not row[0].strip():
            continue
        if len(row) != len(header):
            out.append(
                LeftOut(subject=row[0], reason=f"{len(row)} cells where the table has {len(header)} columns", locator=f"row {i + 2}")
            )
            continue
        out += [
            q for task, cell in zip(header[1:], row[1:], strict=True) if (q := _cell(row[0], task, cell.strip(), f"row {i + 2}, {task}"))
        ]
    if not any(isinstance(q, ScoreQuote) for q in out):
        raise PageChanged("expected scores in per cent, found none")
    return out


def _cell(model: str, task: str, cell: str, locator: str) -> ScoreQuote | LeftOut | None:
    if not cell:
        return None
    if not _NUMBER.fullmatch(cell) or float(cell) > 100:
        return LeftOut(subject=model, reason=f"{task} is {cell[:20]!r}, not per cent", locator=locator, evidence=cell[:80])
    return ScoreQuote(
        model_label=model,
        benchmark=f"LiveBench {task}",
        measurer="LiveBench",
        value=Decimal(cell),
        value_text=cell,
        unit="percent",
        evidence=f"{model} {task}: {cell}",
        locator=locator,
    )
