"""Sentences on the further pages about prices: what moved a basket, what shades hold, what the floors assume."""

from __future__ import annotations

from reports.facts import FactBook
from reports.narrative.words import direction
from reports.writing.shown import Sentence, join, say

_NOTHING = Sentence(())


def basket(book: FactBook) -> Sentence:
    """What a basket of open models did between two days, and the parts that multiply to it; words follow the sign."""
    fact = "decomposition.total_factor"
    change = book.change(fact)
    shown = {"x": change.shown, "w": book.field(fact, "text_value"), "f": book.value(fact)}
    words = {
        "fell": "Open models sold on both days became {x} cheaper ({w}). The parts multiply to {f}; a part above one made them cheaper, one below it dearer.",
        "rose": "Open models sold on both days became {x} dearer ({w}). The parts multiply to {f}; a part below one made them dearer, one above it cheaper.",
        "flat": "Open models sold on both days cost the same at both ends ({w}); the parts multiply to {f}.",
        "unknown": "What moved the price of open models is not known.",
    }
    return say(words[direction(change)], **shown)


def bands(pairs: list[tuple[float, float]]) -> Sentence:
    """What the fan's shades hold, in words."""
    words = {
        (0.025, 0.975): "nineteen in twenty",
        (0.05, 0.95): "nine in ten",
        (0.1, 0.9): "four in five",
        (0.25, 0.75): "half",
    }
    named = [say(words[p]) for p in pairs if p in words]
    return say("Shades hold {list} of the outcomes the model expects.", list=join(named, ", ")) if named else _NOTHING


def floor_assumptions(book: FactBook) -> Sentence:
    """What the floors include and what they assume."""
    together = book.rows("floor_assumptions", lambda r: bool(r["statement"]))
    if not together:
        return Sentence(())
    return say(
        "The energy floor is the electricity at the wall: accelerators, their host, cooling and conversion. The GPU-hour "
        "floor is rented hours over the share of them that serves tokens. Assumed: {a}",
        a=together[0].long("statement"),
    )
