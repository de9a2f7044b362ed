"""The report's sections, once, for page, text and mail: sentences, charts, tables, data, and how to check.

Belongs here: the reading order. Not here: how a figure is written (``numbers``), a sentence chosen
(``narrative``), a table or chart drawn.
"""

from __future__ import annotations

from reports.facts import FactBook
from reports.sections import cost, effects, engine, price, trust
from reports.sections.section import Section

__all__ = ["Section", "sections"]

ORDER = (
    price.outlook, price.why_changed, price.price_events, price.indices, price.per_task, price.decline,
    cost.decomposition, cost.levers, engine.measured, cost.hardware, engine.speed, engine.life, cost.rentals, cost.self_hosting,
    effects.viability, effects.jevons, effects.margins, effects.expectations,
    trust.claims, trust.track_record, trust.data_health, trust.not_known,
)  # fmt: skip


def sections(book: FactBook) -> list[Section]:
    """All sections in reading order; none is left out, an empty one says why."""
    return [build(book) for build in ORDER]
