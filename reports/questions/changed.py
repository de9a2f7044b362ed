"""What changed since last time, and why; and who moved."""

from __future__ import annotations

from reports import narrative
from reports.facts import FactBook, Row
from reports.page.shown import Sentence, join, say
from reports.page.tables import Column, Link, ranked
from reports.questions.answer import Answer

NEWEST = "coverage.events_today"
WORDS = {"cut": ("cut", "cuts"), "rise": ("rise", "rises"), "new": ("new", "new"), "withdrawn": ("withdrawn", "withdrawn")}


def changed(book: FactBook) -> Answer:
    """What changed since last time, and why?"""
    said = [narrative.since(book, "headline.frontier_price"), narrative.revision(book)]
    known = book.raw("headline.frontier_price_previous") is not None
    causes = sorted((r for r in book.rows("revision") if r.raw("change_log")), key=lambda r: -abs(r.raw("change_log")))
    why = say("Largest cause: {c}.", c=causes[0].show("cause")) if causes else Sentence(())
    first = say("This is the first edition, so there is nothing to compare with.")
    return Answer("changed", "What changed since last time, and why?", tuple(filter(None, (join([*said, why]),))) if known or causes else (first,),
                  more=("changed",))  # fmt: skip


def moves(book: FactBook) -> list[Row]:
    """Cuts and rises of the last month, largest first, the newest first among equals."""
    rows = [r for r in book.rows("price_events", lambda r: r["kind"] in ("cut", "rise")) if r.raw("change_share") is not None]
    return sorted(rows, key=lambda r: (-abs(r.raw("change_share")), -(r.raw("event_date") or book.edition.as_of).toordinal(), r.index))


def who(book: FactBook) -> Answer:
    """Who moved?"""
    rows = moves(book)
    made = ranked(
        book,
        "Prices that moved in the last month, USD per million tokens",
        [Column("Day"), Column("Seller"), Column("Model"), Column("Before", True), Column("After", True), Column("Change", True)],
        [[r.show("event_date"), r.show("provider"), Link(r.show("model"), r.url()), r.show("price_before_usd_per_mtok"),
          r.show("price_after_usd_per_mtok"), r.show("change_share", unit="change")] for r in rows],
        by="size of the change", limit=5,
    )  # fmt: skip
    return Answer("who", "Who moved?", (counted(book),), table=made, more=("events", "prices"))


def counted(book: FactBook) -> Sentence:
    """Cuts, rises, new and withdrawn offers of the month, counted as listed; or why there is none."""
    kinds = {r.raw("kind") for r in book.rows("price_events")}
    parts = []
    for kind, (one, many) in WORDS.items():
        if kind in kinds:
            alone = sum(r.raw("kind") == kind for r in book.rows("price_events")) == 1
            parts.append(say("{n} " + (one if alone else many), n=book.count("price_events", kind=kind)))
    newest = book.confirmed(NEWEST)
    if not parts:
        return newest.no_change()
    return say("In the last month: {l}. Newest price {seen}.", l=join(parts, ", "), seen=newest.as_seen())
