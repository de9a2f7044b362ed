"""Atom feeds: every edition, and every confirmed change of a price, with content and with addresses that readers can resolve.

An address is absolute where the site's is known (``DEFLATION_BASE_URL``); without it an entry has no link at all, since
a feed reader cannot resolve a relative one.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol

from reports.facts import FactBook, Row
from reports.inputs import Edition
from reports.questions.changed import HAPPENED
from reports.writing.shown import safe_url, say

KEPT = 50
"""Editions in the feed."""
MOVES_KEPT = 200
"""Price changes in the feed."""


class Listed(Protocol):
    """What the feed needs to know of a published edition."""

    edition_id: str
    as_of: str
    headline: str
    corrects: str
    number: int


def editions_feed(listed: list[Any], base_url: str, texts: dict[str, str]) -> bytes:
    """The newest editions; ``texts`` holds what each says in full, by id. Times are the editions' days."""
    base = base_url.rstrip("/")
    ordered = sorted(listed, key=lambda e: (e.as_of, e.number))[-KEPT:]
    feed = _feed("Deflation: the price of AI inference", base, "feed.xml", "urn:deflation:editions", _stamp(ordered[-1]))
    for entry in ordered:
        item = feed.add_entry()
        item.id(f"urn:deflation:edition:{entry.edition_id}")
        item.title(("Correction: " if entry.corrects else "") + f"{entry.as_of}: {entry.headline}")
        if base:
            item.link(href=f"{base}/editions/{entry.edition_id}/index.html")
        item.updated(_stamp(entry))
        item.summary(entry.headline + (f" Replaces {entry.corrects}." if entry.corrects else ""))
        item.content(texts.get(entry.edition_id) or entry.headline, type="text")
    return feed.atom_str(pretty=True)


def moves_feed(edition: Edition, base_url: str) -> bytes:
    """Confirmed cuts, rises, new and withdrawn offers of the edition's window, oldest first."""
    base, book = base_url.rstrip("/"), FactBook(edition)
    rows = [r for r in book.rows("price_events") if r.raw("status") in HAPPENED]
    rows = sorted(rows, key=lambda r: (_day(r) or edition.as_of, r.index))[-MOVES_KEPT:]
    feed = _feed("Deflation: confirmed price changes", base, "prices.xml", "urn:deflation:prices", _midnight(edition.as_of))
    for row in rows:
        item = feed.add_entry()
        key = "/".join(
            str(row.raw(c)) for c in ("provider", "model", "tier", "condition", "token_class", "kind", "event_date", "changed_before")
        )
        item.id("urn:deflation:move:" + _urn(key))
        item.title(str(_said(row)))
        address = safe_url(row.url()) or (f"{base}/editions/{edition.edition_id}/events.html" if base else "")
        if address:
            item.link(href=address)
        item.updated(_midnight(_day(row) or edition.as_of))
        item.content(str(say("{s} Status: {t}. {e}", s=_said(row), t=row.show("status"), e=row.long("evidence"))), type="text")
    return feed.atom_str(pretty=True)


def _said(row: Row) -> Any:
    words = {"cut": "{p} cut {m} ({t} tokens) from {b} to {a}.", "rise": "{p} raised {m} ({t} tokens) from {b} to {a}.",
             "new": "{p} lists {m} at {a} ({t} tokens).", "withdrawn": "{p} withdrew {m}."}  # fmt: skip
    return say(words.get(row.raw("kind"), "{p}, {m}: {k}."), p=row.show("provider"), m=row.show("model"), t=row.show("token_class"),
               b=row.show("price_before_usd_per_mtok"), a=row.show("price_after_usd_per_mtok"), k=row.show("kind"))  # fmt: skip


def _feed(title: str, base: str, name: str, urn: str, updated: datetime) -> Any:
    from feedgen.feed import FeedGenerator

    feed = FeedGenerator()
    feed.id(f"{base}/{name}" if base else urn)
    feed.title(title)
    feed.author({"name": "Deflation"})
    if base:
        feed.link(href=f"{base}/{name}", rel="self")
        feed.link(href=f"{base}/latest/index.html", rel="alternate")
    feed.updated(updated)
    return feed


def _urn(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:24]


def _day(row: Row) -> date | None:
    found: date | None = row.raw("event_date") or row.raw("changed_before")
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _stamp(entry: Listed) -> datetime:
    """Midnight UTC of the edition's day, and a second per publication so that corrections come later."""
    return _midnight(date.fromisoformat(entry.as_of)) + timedelta(seconds=entry.number % 86_400)
