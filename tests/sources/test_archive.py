"""The archive keeps what it was given, notices damage, and survives crashes."""

from __future__ import annotations

import gzip
import json
import os
import random
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from sources.fetching.archive import Archive, ArchiveUnusable, SnapshotCorrupt

DAY1 = datetime(2026, 11, 1, 6, tzinfo=UTC)
DAY2 = DAY1 + timedelta(days=1)
URL = "https://example.org/pricing"


@pytest.fixture
def archive(tmp_path):
    return Archive(tmp_path / "archive")


def test_a_body_comes_back_byte_for_byte(archive):
    body = bytes(range(256)) * 40
    snapshot = archive.put("prices/x", URL, body, DAY1, etag='"a"', last_modified="Sun", status=200)
    assert archive.read(snapshot.sha256) == body
    assert archive.captures("prices/x") == [snapshot]
    assert Archive(archive.path).captures("prices/x") == [snapshot]
    assert snapshot.body_bytes == len(body) and snapshot.path.exists()


def test_a_capture_waits_for_the_disk_before_a_file_has_its_name_and_after_a_line_is_written(archive, monkeypatch):
    order, real_sync, real_replace = [], os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda descriptor: (order.append("sync"), real_sync(descriptor))[1])
    monkeypatch.setattr(os, "replace", lambda a, b: (order.append("named"), real_replace(a, b))[1])
    archive.put("prices/x", URL, b"a page", DAY1)
    assert order == ["sync", "named", "sync", "sync", "named"], "the body, then the line, then the head of the index"


def test_the_same_body_on_two_days_is_one_file_and_two_captures(archive):
    first, second = (archive.put("prices/x", URL, b"same", day) for day in (DAY1, DAY2))
    assert first.path == second.path
    assert [s.fetched_at for s in archive.captures("prices/x")] == [DAY1, DAY2]
    assert len(list(archive.path.glob("bodies/*/*"))) == 1


def test_the_same_capture_given_twice_is_noted_once(archive):
    for _ in range(2):
        archive.put("prices/x", URL, b"same", DAY1)
    assert len(archive.captures("prices/x")) == 1


def test_captures_are_in_time_order_whatever_the_order_of_writing(archive):
    archive.put("prices/x", URL, b"new", DAY2)
    archive.put("prices/x", URL, b"old", DAY1)
    assert archive.read(archive.latest("prices/x").sha256) == b"new"
    assert archive.read(archive.latest("prices/x", before=DAY1).sha256) == b"old"
    assert archive.latest("prices/x", before=DAY1 - timedelta(seconds=1)) is None
    assert archive.latest("prices/never") is None


@pytest.mark.parametrize("bodies", [(b"A", b"B"), (b"B", b"A"), (b"A", b"B", b"A"), (b"A", b"B", b"C", b"B")])
def test_of_one_address_at_one_moment_what_was_written_last_is_the_newest(archive, bodies):
    """A clock that was three days ahead and is right again asks at a moment it has had."""
    for body in bodies:
        archive.put("prices/x", URL, body, DAY1)
    assert archive.read(archive.latest("prices/x").sha256) == archive.read(archive.captures("prices/x")[-1].sha256) == bodies[-1]


def test_latest_keeps_the_addresses_of_one_source_apart(archive):
    archive.put("prices/x", URL, b"one", DAY1)
    archive.put("prices/x", URL + "/2", b"two", DAY2)
    assert archive.read(archive.latest("prices/x", url=URL).sha256) == b"one"


def test_an_unchanged_answer_is_a_capture_of_the_same_body(archive):
    first = archive.put("prices/x", URL, b"body", DAY1, etag='"a"')
    again = archive.confirm(first, DAY2)
    assert (again.sha256, again.status, again.etag) == (first.sha256, 304, '"a"')
    assert archive.latest("prices/x") == again


@pytest.mark.parametrize(
    "damage",
    [
        lambda p: p.write_bytes(p.read_bytes()[:-9]),
        lambda p: p.write_bytes(b"not gzip"),
        lambda p: p.write_bytes(gzip.compress(b"another body")),
        lambda p: p.write_bytes(b""),
        lambda p: p.write_bytes(p.read_bytes()[:12] + b"\xff\xff\xff\xff" + p.read_bytes()[16:]),
        lambda p: p.unlink(),
    ],
)
def test_a_damaged_snapshot_is_named_and_the_one_before_it_is_used(archive, damage):
    old = archive.put("prices/x", URL, b"the old page, long enough to damage", DAY1)
    new = archive.put("prices/x", URL, b"the new page, long enough to damage", DAY2)
    damage(new.path)
    with pytest.raises(SnapshotCorrupt, match="archive: expected"):
        archive.read(new.sha256)
    told = []
    assert archive.latest("prices/x", on_corrupt=told.append) == old
    assert "prices/x" in str(told[0])


def test_fetching_the_same_body_again_heals_a_damaged_snapshot(archive):
    snapshot = archive.put("prices/x", URL, b"body", DAY1)
    snapshot.path.write_bytes(b"")
    archive.put("prices/x", URL, b"body", DAY2)
    assert archive.read(snapshot.sha256) == b"body"


def test_an_index_line_cut_short_by_a_crash_costs_only_itself(archive):
    archive.put("prices/x", URL, b"one", DAY1)
    index = archive.path / "captures" / "prices" / "x.jsonl"
    whole = index.read_bytes()
    index.write_bytes(whole + whole[: len(whole) // 2])
    archive.put("prices/x", URL, b"two", DAY2)
    assert [archive.read(s.sha256) for s in archive.captures("prices/x")] == [b"one", b"two"]


@pytest.mark.parametrize(
    "line",
    [
        b"\x00\xff",
        b"[]",
        b"null",
        b'{"sha256": "../../etc"}',
        b"[" * 5000,
        (b'{"sha256":"x","url":"u","fetched_at":"2026-01-01T00:00:00+00:00","etag":"","last_modified":"","status":200,"body_bytes":1}'),
    ],
)
def test_a_foreign_index_line_is_passed_over(archive, line):
    snapshot = archive.put("prices/x", URL, b"one", DAY1)
    index = archive.path / "captures" / "prices" / "x.jsonl"
    index.write_bytes(line + b"\n" + index.read_bytes())
    assert archive.captures("prices/x") == [snapshot]


def test_a_crash_between_writing_and_renaming_leaves_nothing_readable(archive, monkeypatch):
    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(ArchiveUnusable, match=r"No space left on device.*DEFLATION_HOME"):
        archive.put("prices/x", URL, b"body", DAY1)
    assert archive.captures("prices/x") == []
    assert [p for p in archive.path.glob("bodies/*/*")] == []


def test_an_archive_below_a_file_is_refused_with_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ArchiveUnusable, match="archive: expected to write below"):
        Archive(tmp_path / "file" / "archive").put("prices/x", URL, b"body", DAY1)


@pytest.mark.parametrize("key", ["x", "../x/y", "prices/../x", "prices/", "prices/a/b", "prices/.x"])
def test_a_key_that_leaves_the_archive_is_refused(archive, key):
    with pytest.raises(ValueError, match="KIND/NAME"):
        archive.put(key, URL, b"body", DAY1)


def test_times_are_kept_in_utc_and_a_time_without_zone_is_refused(archive):
    local = datetime(2026, 11, 1, 8, tzinfo=timezone(timedelta(hours=2)))
    assert archive.put("prices/x", URL, b"body", local).fetched_at == DAY1
    with pytest.raises(ValueError, match="zone"):
        archive.put("prices/x", URL, b"body", datetime(2026, 11, 1))


def test_many_threads_lose_no_capture(archive):
    def work(n):
        for i in range(10):
            archive.put("prices/x", URL, f"{n}.{i}".encode(), DAY1 + timedelta(seconds=n * 10 + i))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert len(archive.captures("prices/x")) == 60
    assert archive.keys() == ["prices/x"]


def three(folder: Path) -> tuple[Archive, Path]:
    archive = Archive(folder)
    for n in range(3):
        archive.put("prices/x", "https://x.example/p", b"body %d" % n, datetime(2026, 11, 20 + n, tzinfo=UTC))
    return archive, folder / "captures" / "prices" / "x.jsonl"


def test_three_hundred_single_bit_flips_of_an_index_are_all_told(tmp_path: Path) -> None:
    archive, index = three(tmp_path)
    raw, rng = index.read_bytes(), random.Random(5)
    assert not archive.damages("prices/x")
    for _ in range(300):
        bad = bytearray(raw)
        bad[rng.randrange(len(bad))] ^= 1 << rng.randrange(8)
        index.write_bytes(bad)
        assert archive.damages("prices/x"), bytes(bad)
        assert all(s.body_bytes == 6 and s.url == "https://x.example/p" for s in archive.captures("prices/x")), (
            "nothing is read past a damage"
        )


@pytest.mark.parametrize("lines", [[0, 1], [1, 2], [0, 2], [2], [], [1, 0, 2]], ids=str)
def test_lines_taken_out_or_moved_are_told(tmp_path: Path, lines: list[int]) -> None:
    archive, index = three(tmp_path)
    kept = index.read_bytes().splitlines(keepends=True)
    index.write_bytes(b"".join(kept[n] for n in lines))
    told = archive.damages("prices/x")
    assert told and "captures/prices/x.jsonl" in told[0] and "restore the file from a backup" in told[0]


def test_an_index_cut_in_the_middle_of_a_line_is_told_until_the_next_line_is_written_after_it(tmp_path: Path) -> None:
    archive, index = three(tmp_path)
    index.write_bytes(index.read_bytes()[:-40])
    assert "line 3 is damaged" in archive.damages("prices/x")[0] and len(archive.captures("prices/x")) == 2
    archive.put("prices/x", "https://x.example/p", b"body 3", datetime(2026, 11, 24, tzinfo=UTC))
    assert not archive.damages("prices/x") and len(archive.captures("prices/x")) == 3


def test_an_index_of_before_there_were_hashes_is_read_and_sealed_by_the_next_line(tmp_path: Path) -> None:
    archive, index = three(tmp_path)
    old = [{k: v for k, v in json.loads(line).items() if k not in ("before", "seal")} for line in index.read_text().splitlines()]
    index.write_text("".join(json.dumps(row) + "\n" for row in old))
    index.with_suffix(".head").unlink()
    assert len(archive.captures("prices/x")) == 3 and not archive.damages("prices/x")
    archive.put("prices/x", "https://x.example/p", b"body 3", datetime(2026, 11, 24, tzinfo=UTC))
    assert not archive.damages("prices/x")
    index.write_bytes(index.read_bytes().replace(b"2026-11-22", b"2026-11-23"))
    assert archive.damages("prices/x")


def test_a_loss_that_is_accepted_leaves_a_whole_index_and_the_damaged_file_beside_it(tmp_path: Path) -> None:
    archive, index = three(tmp_path)
    assert archive.accept("prices/x") is None
    lines = index.read_bytes().splitlines(keepends=True)
    damaged = lines[0] + lines[1].replace(b"x.example", b"y.example") + lines[2]
    index.write_bytes(damaged)
    assert archive.damages("prices/x")
    kept = archive.accept("prices/x")
    assert kept is not None and kept.read_bytes() == damaged
    assert not archive.damages("prices/x") and [c.fetched_at.day for c in archive.captures("prices/x")] == [20, 22]
