"""The sentence on whether the pace of prices changes."""

from __future__ import annotations

from reports.facts import FactBook
from reports.writing.shown import Sentence, say

_NOTHING = Sentence(())


def acceleration(book: FactBook) -> Sentence:
    """Whether the fall speeds up, slows or shows neither."""
    verdict = str(book.raw("headline.acceleration", "text_value") or "")
    p = book.value("headline.acceleration") if book.raw("headline.acceleration") is not None else None
    tail = say(" (p = {p})", p=p) if p is not None else _NOTHING
    words = {
        "accelerating": "Prices fall faster than they did, by both tests{t}.",
        "decelerating": "Prices fall more slowly than they did, by both tests{t}; the essay said that the fall accelerates.",
        "no evidence": "Too early to say whether the pace changes: the two tests do not agree on two quality scales{t}.",
    }
    return say(words[verdict], t=tail) if verdict in words else say("Whether the pace changes is not known.")
