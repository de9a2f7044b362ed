"""What changed since last time, and why; and who moved."""

from __future__ import annotations

from reports import narrative
from reports.facts import FactBook, Row
from reports.questions.answer import Answer
from reports.tables import Column, Link, ranked
from reports.writing.shown import Sentence, Shown, join, say
from warehouse.schema.enumerations import OF

NEWEST = "coverage.events_today"
HAPPENED = ("first_party", "confirmed", "declared")
"""States of an event that rest on the seller or on two independent families of sources (``belief/judgement/events.py``)."""
OFFER = ("provider", "model", "tier", "condition")
TOKENS = {"input": "input", "output": "output", "cached_input": "cached input"}
WORDS = {"cut": ("cut", "cuts"), "rise": ("rise", "rises"), "new": ("new", "new"), "withdrawn": ("withdrawn", "withdrawn")}


def changed(book: FactBook) -> Answer:
    """What changed since last time, and why?"""
    known = book.raw("headline.frontier_price_previous") is not None
    said = [narrative.since(book, "headline.frontier_price")] if known else []
    said += [narrative.forecast_since(book), _cause(book)]
    first = say("This is the first edition, so there is nothing to compare with.")
    return Answer("changed", "What changed since last time, and why?", (join(said) or first,), more=("changed",))


def _cause(book: FactBook) -> Sentence:
    """The largest part of the forecast's change, in words that name no step of ours."""
    causes = sorted((r for r in book.rows("revision") if r.raw("change_log")), key=lambda r: -abs(r.raw("change_log")))
    before, after = book.value("revision.previous_value", like="headline.forecast_365d"), book.value("headline.forecast_365d")
    if not causes or str(before) == str(after):
        return Sentence(())
    meanings = OF["marts.revision.cause"]
    named = meanings.get(str(causes[0].raw("cause")))
    return say("Main cause: {c}.", c=say(named) if named else causes[0].show("cause"))


def moves(book: FactBook) -> list[Row]:
    """Confirmed cuts and rises of the last month, one for each offer, largest first, the newest first among equals.

    Prices of cached input come last: they move by large shares of very little money.
    """
    rows = [
        r
        for r in book.rows("price_events", lambda r: r["kind"] in ("cut", "rise") and r["status"] in HAPPENED)
        if r.raw("change_share") is not None
    ]
    rows.sort(key=lambda r: (r.raw("token_class") == "cached_input", -abs(r.raw("change_share")),
                             -(r.raw("event_date") or book.edition.as_of).toordinal(), r.index))  # fmt: skip
    offers: dict[tuple[str, ...], Row] = {}
    for row in rows:
        offers.setdefault(tuple(str(row.raw(c)) for c in OFFER), row)
    return list(offers.values())


def who(book: FactBook) -> Answer:
    """Who moved?"""
    rows = moves(book)
    made = ranked(
        book,
        "Confirmed moves of the last month, USD per million tokens",
        [Column("Day"), Column("Offer"), Column("Before", True), Column("After", True), Column("Change", True)],
        [[day_of(r), Link(say("{m} at {s}, {t}", m=r.show("model"), s=r.show("provider"), t=TOKENS.get(r.raw("token_class"), "all tokens")), r.url()),
          r.show("price_before_usd_per_mtok"), r.show("price_after_usd_per_mtok"), r.show("change_share", unit="change")] for r in rows],
        by="size, one per offer", limit=3,
    )  # fmt: skip
    return Answer("who", "Who moved?", (counted(book),), table=made, more=("events", "prices"))


def day_of(row: Row) -> Shown | Sentence:
    """The day of an event as stated, else between which two looks it happened, or by which look."""
    if row.has("event_date"):
        return row.show("event_date")
    if row.has("changed_after") and row.has("changed_before"):
        return say("{a} to {b}", a=row.show("changed_after"), b=row.show("changed_before"))
    if row.has("changed_before"):
        return say("by {b}", b=row.show("changed_before"))
    return say("not known")


def newest_first(row: Row) -> tuple[int, int]:
    """Orders events by the last day on which each may have happened, newest first; those of no known day come last."""
    day = row.raw("event_date") or row.raw("changed_before")
    return (-day.toordinal() if day else 0, row.index)


def counted(book: FactBook) -> Sentence:
    """Confirmed cuts, rises, new and withdrawn offers of the month, counted as listed; or why there is none."""
    happened = book.rows("price_events", lambda r: r["status"] in HAPPENED)
    kinds = {r.raw("kind") for r in happened}
    parts = []
    for kind, (one, many) in WORDS.items():
        if kind in kinds:
            alone = sum(r.raw("kind") == kind for r in happened) == 1
            parts.append(say("{n} " + (one if alone else many), n=book.count("price_events", kind=kind, status=HAPPENED)))
    newest = book.confirmed(NEWEST)
    open_ones = len(book.rows("price_events")) - len(happened)
    rest = say(" {n} more are not confirmed.", n=book.tally(open_ones)) if open_ones else Sentence(())
    if not parts:
        return join([newest.no_change(), rest], "")
    return say("Confirmed in the last month: {l}. Newest price {seen}.{rest}", l=join(parts, ", "), seen=newest.as_seen(), rest=rest)
