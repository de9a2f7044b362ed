"""ARC Prize's evaluations: a list of runs with model, data set, score (a share) and cost per task.

Only runs on the semi-private sets that the board displays are read: public sets can be trained on. ``v2_Semi_Private`` is
the benchmark ARC-AGI, version 2.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from sources.pages.page import Page
from sources.pages.quote import LeftOut, PageChanged, ScoreQuote

_SET = re.compile(r"v(\d+)_Semi_Private")


def parse(page: Page) -> list[ScoreQuote | LeftOut]:
    """One score per displayed run; raises ``PageChanged`` without a list of runs or without one to read."""
    rows = page.json()
    if not isinstance(rows, list) or not rows:
        raise PageChanged("expected a list of evaluations, found none")
    out = [q for i, row in enumerate(rows) if (q := _run(row, f"[{i}]")) is not None]
    if not any(isinstance(q, ScoreQuote) for q in out):
        raise PageChanged("expected displayed runs on a semi-private set, found none")
    return out


def _run(row: Any, locator: str) -> ScoreQuote | LeftOut | None:
    if not isinstance(row, dict) or not isinstance(row.get("modelId"), str):
        return LeftOut(subject=locator, reason="an evaluation without modelId", locator=locator)
    data_set = _SET.fullmatch(str(row.get("datasetId")))
    if data_set is None or row.get("display") is not True or row.get("score") is None:
        return None
    score, cost = row["score"], row.get("costPerTask")
    if isinstance(score, bool) or not isinstance(score, int | Decimal) or not 0 <= score <= 1:
        return LeftOut(subject=row["modelId"], reason=f"a score of {score!r}, not a share", locator=locator, evidence=str(score)[:80])
    return ScoreQuote(
        model_label=row["modelId"],
        benchmark="ARC-AGI",
        benchmark_version=f"v{data_set[1]} semi-private",
        measurer="ARC Prize",
        value=Decimal(str(score)),
        value_text=str(score),
        unit="share",
        cost_text=str(cost) if isinstance(cost, int | Decimal) and not isinstance(cost, bool) else "",
        evidence=f"{row['modelId']} {row['datasetId']}: {score}, {cost} USD per task",
        locator=locator,
    )
