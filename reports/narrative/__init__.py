"""Sentences chosen by the data: rising, falling, no evidence, not measured. No free text.

Belongs here: the rules, one function per sentence, each with a branch for "not measured". Not here: numbers
(the fact book writes them) and layout (``sections``, templates). A rule decides by raw values and prints
only what the book shows.
"""

from __future__ import annotations

from reports.narrative.decline import acceleration
from reports.narrative.edition import correction, forecast_since, health, revision, since
from reports.narrative.effects import jevons, per_task, tokens_per_task
from reports.narrative.price import bands, basket, floor_assumptions

__all__ = [
    "acceleration", "bands", "basket", "correction", "floor_assumptions", "forecast_since", "health", "jevons", "per_task", "revision", "since",
    "tokens_per_task",
]  # fmt: skip
