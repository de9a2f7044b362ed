"""History from pages kept earlier: captures someone archived, put into our archive.

Here belong the day a capture counts for and which source it belongs to; asking public archives is ``archives``'.
What a page says is the parsers' business, what history makes of it ``history``'s. A copy enters the archive with
status ``archive.COPY``: it is read like a page of its day, but what only today's page owes (rows, must-see
models) is not asked of it.

A capture whose day is known only as a range counts for the END of the range: on that day it is certain that
the page had been like this, and no vintage before it may know it. The range's first day is kept with it
(``last_modified``) as the last day the page is certain to have been so: what others began to say within the
range may be newer than the page.
"""

from __future__ import annotations

import calendar
import csv
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from urllib.parse import urldefrag

from sources.catalogue import Source
from sources.fetching.archive import COPY, Archive

NOT_THE_PUBLISHER = ("secondary", "negative", "reseller", "handmade", "blocked", "script-only")
"""Words of an index's ``kind`` for what is not the publisher's page as published: never evidence of a price."""
PART_OF_A_PAGE = ("excerpt",)
"""A copy of a part of a page gets an address of its own, so that what it leaves out is not taken for removed."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of one row of an index or one snapshot: ``added``, ``known`` (kept before) or ``skipped``."""

    file: str
    source: str
    what: str
    day: date | None = None
    reason: str = ""


class IndexUnreadable(Exception):
    """The index of a folder of captures is missing or has not the columns it needs."""


def days(text: str) -> tuple[date, date] | None:
    """The first and the last day a capture's date text can mean; None where it names no month.

    ``2026-07-20``; ``2025-02-24..2025-05-21``; ``2024-12 (approx)``; ``2025-01 (after 2025-01-20, before
    2025-02-08)``; ``2024-08/2025-09``; ``2026-01/02``. A named upper bound (``before``) narrows the range.
    """
    said = re.sub(r"\(.*?\)", " ", text)
    said = re.sub(r"\b(\d{4})-(\d{2})/(\d{2})\b", r"\1-\3", said)
    named = re.findall(r"\b(\d{4})-(\d{2})(?:-(\d{2}))?\b", said)
    try:
        first = min(date(int(y), int(m), int(d or 1)) for y, m, d in named)
        last = max(date(int(y), int(m), int(d or calendar.monthrange(int(y), int(m))[1])) for y, m, d in named)
        before = [date.fromisoformat(d) - timedelta(days=1) for d in re.findall(r"before (\d{4}-\d{2}-\d{2})", text)]
    except (ValueError, calendar.IllegalMonthError):
        return None
    return first, max(min([last, *before]), first)


def captures(directory: Path, known: Mapping[str, Source], archive: Archive, now: datetime) -> Iterator[Kept]:
    """Put the captures listed in ``directory/index.csv`` into the archive, one result per row of the index.

    The index has columns ``file``, ``provider`` or ``vendor`` (or ``source``: KIND/NAME), ``official_url``,
    ``capture_date`` or ``date``, and perhaps ``kind``. Given twice, nothing is added twice. Raises
    ``IndexUnreadable``; a single file that is missing or of no source is a skipped row with its reason.
    """
    taken: dict[tuple[str, str, date], int] = {}
    for row in _index(directory):
        file, kind = row["file"], (row.get("kind") or "").lower()
        source = _source_of(row, known)
        span = days(row.get("capture_date") or row.get("date") or "")
        day = min(span[1], now.date()) if span else None
        path = next((p for p in (directory / "captures" / file, directory / file) if p.is_file()), None)
        wrong = next((w for w in NOT_THE_PUBLISHER if w in kind or w in Path(file).name.lower()), "")
        reason = (
            "no source of that name"
            if source is None
            else "the file is not there"
            if path is None
            else "its day is not known"
            if span is None
            else "its day is in the future"
            if span[0] > now.date()
            else f"not the publisher's page as published ({wrong})"
            if wrong
            else ""
        )
        if reason or source is None or path is None or span is None or day is None:
            yield Kept(file, source.key if source else "", "skipped", day, reason)
            continue
        url = _address(row.get("official_url") or "", source, file, any(p in kind for p in PART_OF_A_PAGE))
        place = taken.setdefault((source.key, url, day), 0)
        taken[(source.key, url, day)] += 1
        yield Kept(file, source.key, _keep(archive, source, url, path.read_bytes(), (span[0], day), place, now), day)


def _index(directory: Path) -> list[dict[str, str]]:
    path = directory / "index.csv"
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise IndexUnreadable(f"{path}: expected an index of captures, found none that can be read ({error})") from error
    columns = set(rows[0]) if rows else set()
    needed = [("file",), ("provider", "vendor", "source"), ("official_url",), ("capture_date", "date")]
    missing = [" or ".join(names) for names in needed if not columns & set(names)]
    if missing:
        raise IndexUnreadable(f"{path}: expected the columns {'; '.join(missing)}, found {', '.join(sorted(columns)) or 'no row'}")
    return sorted(rows, key=lambda r: r["file"])


def _source_of(row: Mapping[str, str], known: Mapping[str, Source]) -> Source | None:
    """The source a row belongs to: named outright, else by the capture's folder, else by provider or vendor."""
    if row.get("source"):
        return known.get(row["source"])
    kinds = ("prices",) if row.get("provider") else ("hardware", "rentals", "energy")
    names = [Path(row["file"]).parts[0], (row.get("provider") or row.get("vendor") or "").lower()]
    return next((known[f"{k}/{n}"] for n in names for k in kinds if f"{k}/{n}" in known), None)


def _address(official: str, source: Source, file: str, part: bool) -> str:
    """The page's address as the contract writes it where they are the same page; a part gets a fragment."""
    said = official.split(" ")[0] if official.startswith("http") else ""
    note = re.search(r"\((page \d+)\)", official)
    url = said or (source.contract.urls[0] if source.contract.urls else f"file:{file}")
    url = next((u for u in source.contract.urls if _bare(u) == _bare(url)), url)
    fragment = Path(file).stem if part else note[1].replace(" ", "-") if note else ""
    return f"{urldefrag(url)[0]}#{fragment}" if fragment else url


def _bare(url: str) -> str:
    """An address without what does not make another page: scheme, www, trailing slash, ``.md``, query."""
    return re.sub(r"(?:\.md(?:\.txt)?)?/?$", "", re.sub(r"^https?://(?:www\.)?", "", url.split("?")[0].split("#")[0]))


def _keep(archive: Archive, source: Source, url: str, body: bytes, span: tuple[date, date], place: int, now: datetime) -> str:
    """Put one body at the end of its last day; the day's captures of one address follow one another by a second."""
    sha256 = hashlib.sha256(body).hexdigest()
    if any((c.sha256, c.url) == (sha256, url) and span[0] <= c.fetched_at.date() <= span[1] for c in archive.captures(source.key)):
        return "known"
    moment = datetime.combine(span[1], time(23, 59), tzinfo=UTC) + timedelta(seconds=min(place, 59))
    since = f"{span[0]}" if span[0] < span[1] else ""
    archive.put(source.key, url, body, min(moment, now), last_modified=since, status=COPY)
    return "added"
