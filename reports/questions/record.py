"""How wrong were we? Past forecasts against what happened, replayed ones named as such."""

from __future__ import annotations

from reports.facts import FactBook, Row
from reports.questions.answer import Answer
from reports.writing.shown import Sentence, join, say

NINE_IN_TEN = 0.9


def champion(book: FactBook) -> list[Row]:
    """The record of the model in charge, longest horizon first."""
    rows = [r for r in book.rows("track_record", lambda r: bool(r["is_champion"])) if r.raw("n")]
    return sorted(rows, key=lambda r: -r.raw("horizon_days"))


def in_short(book: FactBook) -> Sentence:
    """One sentence to stand beside a forecast."""
    rows = champion(book)
    if not rows:
        return say("No earlier forecast has come due, so how far to trust this one is not known.")
    best = rows[0]
    return say("Earlier forecasts over {h} days were {w}.", h=best.show("horizon_days"), w=_against_last(best))


def record(book: FactBook) -> Answer:
    """How wrong were we?"""
    rows = champion(book)
    if not rows:
        return Answer("record", "How wrong were we?", (say("Not known yet: no forecast has come due."),), chart="record", more=("record",))
    held = [r for r in rows if r.raw("coverage_90_share") is not None][:2]
    parts = [say("{c} over {h} days", c=r.show("coverage_90_share"), h=r.show("horizon_days")) for r in held]
    kept = say("The nine-in-ten interval held {p} of outcomes{w}.", p=join(parts, ", "), w=say(_promise(held))) if parts else Sentence(())
    label = say("These are {l}.", l=rows[0].show("label")) if rows[0].has("label") else Sentence(())
    said = join([kept, label]) or say("The chart compares them with repeating the last price.")
    return Answer("record", "How wrong were we?", (said,), chart="record", more=("record",))


def chart_title(book: FactBook) -> Sentence:
    """The finding of the chart of the record: against repeating the last price."""
    rows = [r for r in champion(book) if r.raw("crps_ratio") is not None]
    if not rows:
        return say("No forecast has come due yet")
    better = [r for r in rows if r.raw("crps_ratio") < 1]
    if len(better) == len(rows):
        return say("Our forecasts were closer than repeating the last price at every horizon")
    if not better:
        return say("Our forecasts were no closer than repeating the last price")
    days = join([say("{h}", h=r.show("horizon_days")) for r in sorted(better, key=lambda r: r.raw("horizon_days"))], ", ")
    return say("Our forecasts were closer than repeating the last price over {d} days, not over the others", d=days)


def _promise(held: list[Row]) -> str:
    """Whether the interval held what its name says."""
    kept = {r.raw("coverage_90_share") >= NINE_IN_TEN for r in held}
    return "" if len(kept) > 1 else ", as many as it promises" if True in kept else ", fewer than it promises"


def _against_last(row: Row) -> Sentence:
    ratio = row.raw("crps_ratio")
    if ratio is None:
        return say("not compared with repeating the last price")
    words = "closer than" if ratio < 1 else "no better than" if ratio == 1 else "worse than"
    return say(
        words + " repeating the last price (error {r} of its error, n = {n})", r=row.show("crps_ratio", unit="share"), n=row.show("n")
    )
