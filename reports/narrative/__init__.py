"""Sentences chosen by the data: rising, falling, no evidence, not measured. No free text.

Belongs here: the rules, one function per sentence, each with a branch for "not measured". Not here: numbers
(the fact book writes them) and layout (``sections``, templates). A rule decides by raw values and prints
only what the book shows.
"""

from __future__ import annotations

from reports.narrative.decline import acceleration, fresh, headline, headline_short, measured_by, year_before
from reports.narrative.edition import correction, events, health, revision, since
from reports.narrative.effects import jevons, per_task, tokens_per_task
from reports.narrative.price import bands, floor_assumptions, floors, forecast, frontier

__all__ = [
    "acceleration", "bands", "correction", "events", "floor_assumptions", "floors", "forecast", "fresh", "frontier",
    "headline", "headline_short", "health", "jevons", "measured_by", "per_task", "revision", "since", "tokens_per_task",
    "year_before",
]  # fmt: skip
