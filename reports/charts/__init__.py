"""What each chart shows. Frames of marts in, ``Chart`` out; a chart without data is ``None``.

Belongs here: choosing and shaping rows for the eye, and the Vega-Lite marks. Not here: any calculation; every
number drawn is a cell of a mart. Colours, pictures and scripts are ``drawing``'s.
"""

from __future__ import annotations

from collections.abc import Callable

from reports.charts import cost, fan, outlook, pace, price
from reports.charts.shape import bands_of
from reports.facts import FactBook
from reports.writing.drawing import Chart

__all__ = ["ALL", "bands_of"]

ALL: dict[str, Callable[[FactBook], Chart | None]] = {
    "pace": pace.pace,
    "fan": fan.fan,
    "ladder": price.frontiers,
    "indices": price.indices,
    "task": price.per_task,
    "decline": price.decline,
    "decomposition": cost.decomposition,
    "stack": cost.stack,
    "hardware": cost.hardware,
    "ceiling": cost.ceiling,
    "viability": outlook.viability,
    "record": outlook.track_record,
    "pit": outlook.pit,
}
"""Every chart by the name that sections ask for."""
