"""Freshness as a type: when a statement was last confirmed, and which words about the present that allows.

``shown.say`` refuses words such as *today*, *now* or *unchanged* in every sentence. They come from here alone, and
only where the confirming day lies within the cadence of the source that confirmed it; otherwise the reader is
told the day on which it was last seen, or that nobody looked.

Belongs here: the type and its words. Not here: which day a fact was confirmed on (``facts.fact_freshness`` in the
warehouse) and the refusal itself (``shown``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reports.writing.shown import Sentence, Shown, say

DAILY = 1.0
"""Cadence in days where a source states none: a price that can change on any day is old after one."""


@dataclass(frozen=True)
class Confirmed:
    """The day something was last confirmed, seen from the edition's day.

    ``on``: the day, None where nobody confirmed it. ``cadence_days``: how often its source is read. ``shown``: the
    day as the fact book printed it.
    """

    as_of: date
    on: date | None
    cadence_days: float | None
    shown: Shown

    @property
    def age_days(self) -> int | None:
        """Days from the confirmation to the edition, None without one."""
        return None if self.on is None else (self.as_of - self.on).days

    @property
    def is_fresh(self) -> bool:
        """Whether the confirmation lies within the source's cadence, so that it speaks of the edition's day: of a daily source, that day."""
        return self.age_days is not None and 0 <= self.age_days < (self.cadence_days or DAILY)

    def when(self) -> Sentence:
        """``today``, ``when last seen on DAY`` or ``on a day that is not known``: to end a sentence."""
        if self.is_fresh:
            return _present("today")
        if self.on is None:
            return say("on a day that is not known")
        return say("when last seen on {d}", d=self.shown)

    def as_seen(self) -> Sentence:
        """The label under a figure: ``confirmed today``, ``last seen DAY``, ``never confirmed``."""
        if self.is_fresh:
            return _present("confirmed today")
        return say("never confirmed") if self.on is None else say("last seen {d}", d=self.shown)

    def no_change(self) -> Sentence:
        """What may be said where nothing moved: that it did not, or that nobody looked."""
        if self.is_fresh:
            return _present("No price changed.")
        if self.on is None:
            return say("No source was read, so whether a price moved is not known.")
        return say(
            "No source was read on the edition's day, so whether a price moved is not known; the newest price is of {d}.", d=self.shown
        )


def _present(words: str) -> Sentence:
    """Words about the present, past the gate: only ``Confirmed`` may say them."""
    return Sentence((words,))
