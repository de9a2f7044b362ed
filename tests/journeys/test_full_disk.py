"""A disk without room at every place where state is written: a sentence, what was there before is whole, and it works again with room.

The kernel refuses what goes beyond ``RLIMIT_FSIZE`` at the real write calls, as a full disk does (EFBIG for ENOSPC).
"""

from __future__ import annotations

import random
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from reports.mail.ledger import Ledger, LedgerUnusable
from reports.mail.subscribers import Store as Subscribers
from reports.mail.subscribers import SubscribersUnusable
from reports.site import site
from sources.fetching.archive import Archive, ArchiveUnusable
from sources.reading.cache import Cache
from sources.reading.set_aside import SetAside
from tests.reports import editions
from warehouse.issued import damages, issue
from warehouse.publish import publish
from warehouse.store import Store, WarehouseUnusable, query

NOW = datetime(2026, 11, 27, 6, tzinfo=UTC)
KEY, URL = "prices/x", "https://x.example/"
ROWS = pl.DataFrame({"fact_id": [f"f{n}" for n in range(50_000)], "value": [float(n * 7919 % 1009) for n in range(50_000)]})


@contextmanager
def no_room_beyond(size: int) -> Iterator[None]:
    """No file of this process grows beyond ``size`` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def left_over(home: Path) -> list[str]:
    """Drafts that a failed write left behind."""
    return [p.name for p in home.rglob("*") if p.is_file() and (p.suffix in (".tmp", ".wal") or p.name.startswith(".") or ".new" in p.name)]


def refused(what: Callable[[], object], kind: type[Exception], size: int = 1000) -> str:
    with no_room_beyond(size), pytest.raises(kind) as error:
        what()
    return str(error.value)


def test_a_body_that_does_not_fit_is_no_capture_and_leaves_nothing(tmp_path: Path) -> None:
    archive, body = Archive(tmp_path), random.Random(1).randbytes(50_000)
    archive.put(KEY, URL, b"first", NOW)
    assert "archive" in refused(lambda: archive.put(KEY, URL, body, NOW), ArchiveUnusable)
    assert len(archive.captures(KEY)) == 1 and not archive.damages(KEY) and not left_over(tmp_path)
    archive.put(KEY, URL, body, NOW)
    assert len(archive.captures(KEY)) == 2 and archive.read(archive.captures(KEY)[0].sha256) in (b"first", body)


@pytest.mark.parametrize("room", range(0, 300, 60))
def test_an_index_with_room_for_part_of_a_line_keeps_its_lines_and_takes_the_next_one(tmp_path: Path, room: int) -> None:
    archive = Archive(tmp_path)
    archive.put(KEY, URL, b"first", NOW)
    archive.put(KEY, URL + "2", b"first", NOW)
    size = (tmp_path / "captures" / "prices" / "x.jsonl").stat().st_size
    refused(lambda: archive.put(KEY, URL + "3", b"first", NOW), ArchiveUnusable, size + room)
    assert len(archive.captures(KEY)) == 2
    archive.put(KEY, URL + "4", b"first", NOW)
    assert len(archive.captures(KEY)) == 3 and not archive.damages(KEY)


def test_a_publication_without_room_leaves_the_old_file_readable(tmp_path: Path) -> None:
    store = Store(tmp_path / "build.duckdb")
    store.prepare()
    publish(store, tmp_path / "published.duckdb")
    before = (tmp_path / "published.duckdb").read_bytes()
    assert "previous file is untouched" in refused(lambda: publish(store, tmp_path / "published.duckdb"), WarehouseUnusable, 300_000)
    assert (tmp_path / "published.duckdb").read_bytes() == before and not left_over(tmp_path)
    publish(store, tmp_path / "published.duckdb")
    assert query(tmp_path / "published.duckdb", "SELECT 1 AS one").item() == 1


def test_a_build_that_cannot_be_begun_says_what_to_do(tmp_path: Path) -> None:
    def begin() -> None:
        with Store(tmp_path / "build.duckdb").session():
            pass

    assert "free space" in refused(begin, WarehouseUnusable, 100_000)
    begin()


def test_what_was_not_issued_whole_was_not_issued_and_is_issued_with_room(tmp_path: Path) -> None:
    day = date(2026, 11, 27)
    assert "free space" in refused(lambda: issue(tmp_path, day, ROWS, ROWS), WarehouseUnusable)
    assert not list(tmp_path.glob("*.parquet")) and not damages(tmp_path)
    assert issue(tmp_path, day, ROWS, ROWS) and not damages(tmp_path) and not left_over(tmp_path)


def test_an_edition_without_room_is_not_listed_and_the_site_stays_whole(tmp_path: Path) -> None:
    files = {"index.html": b"x" * 10_000, "data/a.csv": b"a\n"}
    first = editions.full_edition()
    site.publish_edition(tmp_path, first, {"index.html": b"x"})
    second = editions.full_edition(vintage="other", as_of=date(2026, 12, 30))
    refused(lambda: site.publish_edition(tmp_path, second, files), OSError, 5000)
    assert [e.edition_id for e in site.editions(tmp_path)] == [first.edition_id] and not site.verify(tmp_path) and not left_over(tmp_path)
    site.publish_edition(tmp_path, second, files)
    assert len(site.editions(tmp_path)) == 2 and not site.verify(tmp_path)


def test_a_ledger_that_cannot_be_written_claims_nobody(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    refused(lambda: ledger.claim("i", "r", "e", "n"), LedgerUnusable, 100)
    assert ledger.claim("i", "r", "e", "n") and not ledger.claim("i", "r", "e", "n")


def test_a_subscriber_that_cannot_be_written_is_no_subscriber(tmp_path: Path) -> None:
    people = Subscribers(tmp_path / "s.sqlite")
    refused(lambda: people.add("a@example.org", lambda: "t" * 20), SubscribersUnusable, 100)
    assert people.all() == [] and people.add("a@example.org", lambda: "t" * 20)


def test_a_cache_without_room_is_a_miss_and_a_decision_without_room_an_error(tmp_path: Path) -> None:
    with no_room_beyond(100):
        Cache(tmp_path / "c").put("k", b"x" * 1000)
    assert Cache(tmp_path / "c").get("k") is None and not left_over(tmp_path)
    decisions = SetAside(tmp_path / "set_aside.jsonl")
    decisions.decide("a" * 64, "absurd", NOW, aside=True)
    refused(lambda: decisions.decide("b" * 64, "absurd", NOW, aside=True), OSError, (tmp_path / "set_aside.jsonl").stat().st_size + 10)
    decisions.decide("c" * 64, "absurd", NOW, aside=True)
    assert {"a" * 64, "c" * 64} == set(decisions.reasons()) and not decisions.damages()


def test_a_decision_cut_short_by_a_crash_costs_itself_alone_and_is_named(tmp_path: Path) -> None:
    decisions = SetAside(tmp_path / "set_aside.jsonl")
    for letter in "ab":
        decisions.decide(letter * 64, "absurd", NOW, aside=True)
    decisions.path.write_bytes(decisions.path.read_bytes()[:-20])
    decisions.decide("c" * 64, "absurd", NOW, aside=True)
    assert {"a" * 64, "c" * 64} == set(decisions.reasons()) and "lines 2 " in str(decisions.damages())
