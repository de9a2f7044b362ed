"""Directions, and the words that follow them. Every template has four branches: fell, rose, flat, not known.

A direction is claimed only where the whole interval lies on one side of zero; without an interval the sign of the
value decides and the sentence says that no interval is known.
"""

from __future__ import annotations

from typing import Literal

from reports.facts import Change
from reports.writing.shown import Sentence, say

Direction = Literal["fell", "rose", "flat", "unknown"]


def direction(change: Change) -> Direction:
    """Which way the change went, as far as its interval tells."""
    if change.value is None:
        return "unknown"
    if change.low is None or change.high is None:
        return "fell" if change.value < 0 else "rose" if change.value > 0 else "flat"
    return "fell" if change.high < 0 else "rose" if change.low > 0 else "flat"


def moved(change: Change) -> Sentence:
    """``fell 44 %``, ``rose 12 %``, ``stayed flat`` or ``not known``."""
    words = {"fell": "fell {x}", "rose": "rose {x}", "flat": "stayed flat", "unknown": "not known"}
    return say(words[direction(change)], x=change.shown)


def between(change: Change) -> Sentence:
    """The interval in words that carry the sign: ``between 11 % less and 9 % more``."""
    if change.value is None:
        return say("no data")
    if change.low is None or change.high is None:
        return say("no interval is known")
    low = "less" if change.low < 0 else "more"
    high = "less" if change.high < 0 else "more"
    if low == high:
        first, last = (change.shown_high, change.shown_low) if low == "less" else (change.shown_low, change.shown_high)
        return say("between {a} and {b} " + low, a=first, b=last)
    return say("between {a} " + low + " and {b} " + high, a=change.shown_low, b=change.shown_high)
