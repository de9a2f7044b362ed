"""What is worth an alert: a price that moved, a floor that was crossed, a source that died.

Each alert has a key that stays the same while it holds, so that a reader hears of it once (``ledger``).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from reports.facts import FactBook, Row
from reports.mail.subscribers import Thresholds
from reports.questions import floors
from reports.questions.changed import HAPPENED, day_of
from reports.writing.shown import Sentence, say

LOOK_BACK_DAYS = 7
"""Events this old still count, so that a day without a run hides none."""


class Alert(NamedTuple):
    """One alert: what it is about for the ledger, and its sentence."""

    key: str
    said: Sentence


def alerts(book: FactBook, limits: Thresholds) -> list[Alert]:
    """All alerts that hold today under these thresholds, largest kind first, in stable order."""
    since = book.edition.as_of - timedelta(days=LOOK_BACK_DAYS)
    moved = [
        _move(r)
        for r in book.rows("price_events")
        if r.raw("status") in HAPPENED
        and since <= (r.raw("event_date") or r.raw("changed_before") or date.min) <= book.edition.as_of
        and r.raw("change_share") is not None
        and abs(r.raw("change_share")) >= limits.move_share
    ]
    crossed = [
        _floor(r)
        for r in book.rows("series_floor_gap")
        if r.raw("price_to_gpu_hour_floor_ratio") is not None and r.raw("price_to_gpu_hour_floor_ratio") <= limits.floor_ratio
    ]
    dead = [
        _source(r)
        for r in book.rows("data_health")
        if r.raw("status") == "failed" and (r.raw("age_days") is None or r.raw("age_days") >= limits.stale_days)
    ]
    return moved + crossed + dead


def _move(row: Row) -> Alert:
    words = "cut" if row.raw("change_share") < 0 else "raised"
    key = "/".join(str(row.raw(c)) for c in ("provider", "model", "token_class", "event_date", "changed_before"))
    said = say(
        "{p} " + words + " {m} ({t} tokens) from {b} to {a}, {c}, on {d}",
        p=row.show("provider"), m=row.show("model"), t=row.show("token_class"), b=row.show("price_before_usd_per_mtok"),
        a=row.show("price_after_usd_per_mtok"), c=row.show("change_share"), d=day_of(row),
    )  # fmt: skip
    return Alert(f"move {key}", said)


def _floor(row: Row) -> Alert:
    said = say(
        "{s}: the price of {p} is {r} the cost of rented hardware, {f}",
        s=row.show("series"), p=row.show("price_usd_per_mtok"), r=floors.cell(row, "price_to_gpu_hour_floor"),
        f=floors.cell(row, "gpu_hour_floor"),
    )  # fmt: skip
    return Alert(f"floor {row.raw('series')}", said)


def _source(row: Row) -> Alert:
    age = say(", last good {d}", d=row.show("observed_at")) if row.has("observed_at") else Sentence(())
    why = say(": {m}", m=row.long("message")) if row.has("message") else Sentence(())
    return Alert(f"source {row.raw('source')}", say("Source {s} failed{a}{w}", s=row.show("source"), a=age, w=why))
