"""From a source's captures to rows: every capture read in order of time, held against the contract, folded together.

The result is a pure function of the captures known on a day, of what a person set aside, and of the parser: a later
capture never changes what an earlier day saw. The captures are folded one by one, so that a day costs what it
brought; the fold up to each newest capture is kept in the cache, as are the rows of each body by parser. What prices
mean over time belongs to ``belief``.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path

import polars as pl

from sources.catalogue import UNTRUSTED, Source
from sources.contract import ContractBroken, foreign, live_breaches
from sources.fetching.archive import COPY, Archive, ArchiveUnusable, Snapshot, SnapshotCorrupt
from sources.freshness import modified_day
from sources.reading.cache import Cache
from sources.reading.parsed import (
    LEFT_OUT,
    Frames,
    Reader,
    in_process,
    is_passing,
    packed_frame,
    parser_version,
    quote_schema,
    unpacked,
)
from sources.reading.stretches import Seen, extended, seen_again
from warehouse.schema.frames import empty

log = logging.getLogger(__name__)

PROBLEMS_KEPT = 30
FOLDS_KEPT = 3


@dataclass(frozen=True)
class Reading:
    """What a source's captures say up to a day.

    ``quotes``: one row per printed figure and stretch of pages that showed it (columns of ``quote_schema``).
    ``last_good``: the newest capture that was believed. ``problems``: sentences, newest capture last.
    ``failed``: whether the newest capture was refused. ``left_out``: what the newest page of each address showed that is not among the rows (``raw.left_out``).
    """

    source: str
    quotes: pl.DataFrame
    last_good: Snapshot | None = None
    problems: tuple[str, ...] = field(default=())
    failed: bool = False
    left_out: pl.DataFrame = field(default_factory=lambda: empty("raw.left_out"))
    stated_on: date | None = None
    """The day the newest good content says of itself, where it does."""

    @property
    def observed_on(self) -> date | None:
        """The day of the newest good content: of its fetching, or the earlier one it states; None where there is none."""
        fetched = self.last_good.fetched_at.date() if self.last_good else None
        return min(fetched, self.stated_on) if fetched and self.stated_on else fetched

    @property
    def is_partial(self) -> bool:
        """Whether entries or blocks of the newest good captures were not understood."""
        return self.left_out.filter(pl.col("extent") != "amount").height > 0


def nothing_read(source: Source, sentence: str = "") -> Reading:
    """No rows: of a source never read, or with ``sentence`` of one whose reading failed."""
    return Reading(
        source.key, pl.DataFrame(schema=quote_schema(source.kind)), problems=(sentence,) if sentence else (), failed=bool(sentence)
    )


def read_captures(
    source: Source,
    archive: Archive,
    as_of: date,
    cache: Path | None = None,
    *,
    read: Reader = in_process,
    set_aside: Mapping[str, str] | None = None,
) -> Reading:
    """Read every capture of ``source`` fetched up to the end of ``as_of`` (UTC).

    A capture that is corrupt, cannot be read or breaks the contract is passed over with a sentence; the rows of the
    last good one stay. Captures of each address follow one another independently. A copy (status ``archive.COPY``)
    owes only what holds on a page of any date, and its refusal says nothing about how the source is now.
    ``set_aside``: body hash -> reason of captures that are read as if they had never been made.
    """
    limit = datetime.combine(as_of + timedelta(days=1), time(), tzinfo=timezone.utc)
    try:
        captures = [c for c in archive.captures(source.key) if c.fetched_at < limit and c.sha256 not in (set_aside or {})]
    except ArchiveUnusable as error:
        return nothing_read(source, str(error))
    kept, keys = Cache(cache), _fold_keys(source, captures)
    fold, done = _Fold(source, archive, kept, read), 0
    for n in range(len(captures), 0, -1):
        if (packed := kept.get(keys[n - 1])) is not None:
            fold.unpack(packed)
            done = n
            break
    for capture in captures[done:]:
        fold.take(capture)
    if captures[done:] and fold.lasting:
        kept.put(keys[-1], fold.packed())
        kept.keep_newest(folds_of(source), FOLDS_KEPT)
    return _with_damages(fold.reading(), archive.damages(source.key))


def _with_damages(reading: Reading, damages: Sequence[str]) -> Reading:
    """A reading that rests on a damaged index says so, and its source has failed until the damage is dealt with."""
    return replace(reading, problems=(*reading.problems, *damages), failed=True) if damages else reading


def folds_of(source: Source) -> str:
    """The pattern of the cache keys of a source's folds."""
    return f"{_slug(source)}-*.fold"


def rows_of(sha256: str) -> str:
    """The pattern of the cache keys of one body's rows, by any version of its parser."""
    return f"{sha256[:24]}-*.rows"


def _slug(source: Source) -> str:
    return source.key.replace("/", "_")


def _fold_keys(source: Source, captures: Sequence[Snapshot]) -> list[str]:
    """One cache key per capture: a hash of all captures up to it and of the code that reads and folds them."""
    digest = hashlib.sha256(parser_version(source).encode())
    for module in ("captures.py", "reading/stretches.py"):
        digest.update((Path(__file__).parent / module).read_bytes())
    keys = []
    for capture in captures:
        digest.update(
            json.dumps([capture.sha256, capture.url, capture.fetched_at.isoformat(), capture.status, capture.last_modified]).encode()
        )
        keys.append(f"{_slug(source)}-{digest.copy().hexdigest()[:24]}.fold")
    return keys


class _Fold:
    """The reading so far; ``take`` adds one capture."""

    def __init__(self, source: Source, archive: Archive, cache: Cache, read: Reader) -> None:
        self.source, self.archive, self.cache, self.read = source, archive, cache, read
        self.stretches = pl.DataFrame(schema=quote_schema(source.kind))
        self.left_out = empty("raw.left_out")
        self.bodies: dict[str, str] = {}
        self.stated: dict[str, str] = {}
        self.names: dict[str, tuple[str, ...]] = {}
        self.rows: dict[str, int] = {}
        self.last: Snapshot | None = None
        self.problems: list[str] = []
        self.failed = False
        self.lasting = True
        """Whether another try with the same captures would give the same: only that is kept."""

    def take(self, capture: Snapshot) -> None:
        """Add one capture; whatever goes wrong with it is a sentence."""
        if self.bodies.get(capture.url) == capture.sha256:
            self.stretches = seen_again(self.stretches, self._look(capture, self.stated.get(capture.url, "")))
            self.last, self.failed = capture, False
            return
        try:
            page = self._parsed(capture)
            look = self._look(capture, page.stated_on.isoformat() if page.stated_on else "")
            self._hold_to_contract(capture, page)
            stretches = extended(self.stretches, page.rows, look, _unread(page))
        except Exception as error:  # the bulkhead: one capture costs itself, whatever it makes anybody raise
            self.lasting = self.lasting and not isinstance(error, SnapshotCorrupt)
            self.problems = [*self.problems, _sentence(self.source, capture, error)][-PROBLEMS_KEPT:]
            self.failed = self.failed if capture.status == COPY else True
            return
        if capture.status != COPY:
            self.names[capture.url], self.rows[capture.url] = names_of(self.source.kind, page.rows), rows_in(self.source.kind, page.rows)
        self.stretches, self.left_out = stretches, self._left_out_now(capture, page)
        self.bodies[capture.url] = capture.sha256
        self.stated[capture.url] = look.stated_on.isoformat() if look.stated_on else ""
        self.last, self.failed = capture, False

    def _look(self, capture: Snapshot, stated: str) -> Seen:
        day = date.fromisoformat(stated) if stated else modified_day(self.source.contract, capture.last_modified)
        return Seen(capture.sha256, capture.url, capture.fetched_at, _last_certain(capture), day)

    def _hold_to_contract(self, capture: Snapshot, page: Frames) -> None:
        if capture.status == COPY:
            return
        kind, url = self.source.kind, capture.url
        owed = self.source.contract.at(url)
        broken = live_breaches(owed, rows_in(kind, page.rows), names_of(kind, page.rows), self.names.get(url, ()), self.rows.get(url, 0))
        if kind == "prices":
            broken += foreign(owed, page.rows["currency"].unique().to_list(), page.rows["evidence"].to_list())
        if broken:
            raise ContractBroken(f"{self.source.key}: " + "; ".join(broken))

    def _parsed(self, capture: Snapshot) -> Frames:
        """What one body says, from the cache or its parser. A refusal is remembered for this version of the parser."""
        key = f"{capture.sha256[:24]}-{parser_version(self.source)}.rows"
        packed = self.cache.get(key)
        if packed is not None:
            return unpacked(packed)
        packed = self.read(self.source, self.archive.read(capture.sha256))
        if is_passing(packed):
            self.lasting = False
            return unpacked(packed, told=self.source.key)
        self.cache.drop(rows_of(capture.sha256))
        self.cache.put(key, packed)
        return unpacked(packed, told=self.source.key)

    def _left_out_now(self, capture: Snapshot, page: Frames) -> pl.DataFrame:
        """What the newest good page of each address left out."""
        others = self.left_out.filter(pl.col("source_url") != capture.url)
        return pl.concat(
            [
                others,
                page.left_out.select(
                    pl.lit(self.source.key).alias("source"),
                    pl.lit(capture.url).alias("source_url"),
                    pl.lit(capture.sha256).alias("snapshot_sha256"),
                    pl.lit(capture.fetched_at.date()).alias("observed_at"),
                    *LEFT_OUT,
                ).select(others.columns),
            ]
        )

    def packed(self) -> bytes:
        """The fold as bytes."""
        frames = [packed_frame(self.stretches), packed_frame(self.left_out)]
        head = {
            "bodies": self.bodies,
            "stated": self.stated,
            "names": self.names,
            "rows": self.rows,
            "problems": self.problems,
            "failed": self.failed,
            "last": self.last and [self.last.sha256, self.last.url, self.last.fetched_at.isoformat(), self.last.status],
            "bytes": len(frames[0]),
        }
        return json.dumps(head).encode() + b"\n" + b"".join(frames)

    def unpack(self, packed: bytes) -> None:
        """Become the fold that ``packed`` gave."""
        line, _, rest = packed.partition(b"\n")
        head = json.loads(line)
        self.stretches = pl.read_parquet(io.BytesIO(rest[: head["bytes"]]))
        self.left_out = pl.read_parquet(io.BytesIO(rest[head["bytes"] :]))
        self.stated = head["stated"]
        self.bodies, self.rows, self.problems, self.failed = head["bodies"], head["rows"], head["problems"], head["failed"]
        self.names = {url: tuple(names) for url, names in head["names"].items()}
        if head["last"]:
            sha256, url, moment, status = head["last"]
            captures = self.archive.captures(self.source.key)
            self.last = next(c for c in captures if (c.sha256, c.url, c.fetched_at.isoformat(), c.status) == (sha256, url, moment, status))

    def reading(self) -> Reading:
        """What has been read so far."""
        stated = self.stated.get(self.last.url, "") if self.last else ""
        return Reading(
            self.source.key,
            self.stretches,
            self.last,
            tuple(self.problems),
            self.failed,
            self.left_out,
            date.fromisoformat(stated) if stated else None,
        )


def _unread(page: Frames) -> list[str] | None:
    """The names of the entries a page leaves out; None where a block is left out, which may be about anybody."""
    if page.left_out.filter(pl.col("extent") == "block").height:
        return None
    return page.left_out.filter(pl.col("extent") == "entry")["subject"].to_list()


def _sentence(source: Source, capture: Snapshot, error: Exception) -> str:
    """When, where, what, and the command that shows it again."""
    known = isinstance(error, (*UNTRUSTED, SnapshotCorrupt))
    if not known:
        log.exception("%s: reading %s failed", source.key, capture.path, extra={"source": source.key})
    said = " ".join((str(error) if known else f"{source.key}: {type(error).__name__}: {error}").split())[:2000]
    return f"{capture.fetched_at:%Y-%m-%d} {capture.url}: {said} (deflation parse {source.key} {capture.sha256[:12]})"


def _last_certain(capture: Snapshot) -> date:
    """The last day the page is certain to have been so: of a copy dated by a range, the range's first day."""
    first = capture.last_modified if capture.status == COPY else ""
    return date.fromisoformat(first) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", first) else capture.fetched_at.date()


def rows_in(kind: str, frame: pl.DataFrame) -> int:
    """Rows of a reading: wide-form rows of a price page (all its quotes where it has none), else figures that are used."""
    return (frame["wide_row"].drop_nulls().n_unique() or frame.height) if kind == "prices" else _used(kind, frame).height


def names_of(kind: str, frame: pl.DataFrame) -> tuple[str, ...]:
    """What the rows of a reading are about: models, parts or subjects, in page order."""
    column = "accelerator" if kind in ("hardware", "rentals") else "subject" if kind == "energy" else "model_label"
    return tuple(_used(kind, frame)[column].unique(maintain_order=True))


def _used(kind: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Without the offers that were left out with a reason: they keep no promise of a contract."""
    return frame.filter(pl.col("left_out") == "") if kind == "rentals" else frame
