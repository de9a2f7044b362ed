"""The archive: every fetched page as an immutable, content-addressed snapshot. Captures are the truth.

Here belong writing a body once, the index of when which source gave which body, and reading a body back
with its hash verified. What a body says belongs to the parsers. Nothing is ever overwritten or deleted:
a body is written once (temporary file, then rename), and the index of a source is a file to which lines
are only appended, so a crash costs at most the line that was being written. Each line holds a hash of itself and of
the line before it (a chain), so that a line that was altered, cut short or taken out is noticed and named.

Layout below the archive's folder::

    bodies/ab/abcdef....gz        gzip of the body whose sha256 is abcdef...
    captures/KIND/NAME.jsonl      one line per capture of the source KIND/NAME
    captures/KIND/NAME.head       the hash of its last line
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

MAX_BODY_BYTES = 200_000_000
"""Largest body read back; a stored body beyond it was not written by us."""

COPY = 203
"""The status of a capture that came from elsewhere than the publisher (HTTP: non-authoritative information)."""

_INDEX_COLUMNS = frozenset(("sha256", "url", "fetched_at", "etag", "last_modified", "status", "body_bytes"))
_KEY = re.compile(r"[a-z]+/[A-Za-z0-9][A-Za-z0-9_.-]*")


class SnapshotCorrupt(Exception):
    """A stored body that is missing, damaged or not the one its hash names."""


class ArchiveUnusable(Exception):
    """The archive's folder cannot be written or read (disk full, read-only, no permission)."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One capture: which source gave which body, from where and when. ``path`` is the stored body."""

    sha256: str
    source: str
    url: str
    fetched_at: datetime
    path: Path
    etag: str = ""
    last_modified: str = ""
    status: int = 200
    body_bytes: int = 0


class Archive:
    """Snapshots below one folder. Safe for several threads, and for one writing process with many readers."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._lock = threading.Lock()

    def put(
        self, key: str, url: str, body: bytes, fetched_at: datetime, etag: str = "", last_modified: str = "", status: int = 200
    ) -> Snapshot:
        """Keep a body and note its capture; the same capture given twice is kept once.

        ``fetched_at`` must know its time zone. Raises ``ArchiveUnusable`` when the disk refuses.
        """
        sha256 = hashlib.sha256(body).hexdigest()
        snapshot = Snapshot(sha256, key, url, _utc(fetched_at), self._body_path(sha256), etag, last_modified, status, len(body))
        self._write_body(snapshot.path, sha256, body)
        return self._note(snapshot)

    def confirm(self, snapshot: Snapshot, fetched_at: datetime, etag: str = "", last_modified: str = "") -> Snapshot:
        """Note that the source gave the same body again (HTTP 304) at ``fetched_at``."""
        return self._note(
            replace(
                snapshot,
                fetched_at=_utc(fetched_at),
                etag=etag or snapshot.etag,
                last_modified=last_modified or snapshot.last_modified,
                status=304,
            )
        )

    def captures(self, key: str) -> list[Snapshot]:
        """Every capture of a source, oldest first (then by address); of one address at one moment the one written last comes last,
        as after a clock that was set back. Damaged index lines are passed over (``damages``).
        """
        written = [snapshot for line in reversed(self._lines(key)) if (snapshot := self._read_line(key, line))]
        return sorted(reversed(dict.fromkeys(written)), key=lambda s: (s.fetched_at, s.url))

    def damages(self, key: str) -> list[str]:
        """One sentence per place of a source's index that is not as it was written; empty when all of it is.

        A line cut short by a crash counts until the next one was written after it; lines of before there were hashes
        are taken as they are.
        """
        lines, path = self._lines(key), self._index_path(key).relative_to(self.path)
        readable = [bool(self._read_line(key, line)) for line in lines]
        said = []
        for n, line in enumerate(lines):
            vouched = n + 1 < len(lines) and readable[n + 1] and _before(lines[n + 1]) == _hash(line)
            if not readable[n] and not vouched:
                said.append(f"{path}, line {n + 1} is damaged: one capture is lost")
            elif readable[n] and (not n or readable[n - 1]) and _before(line) not in (_hash(lines[n - 1] if n else b""), None):
                said.append(f"{path}: lines are missing or altered before line {n + 1}: captures are lost")
            elif readable[n] and _before(line) is None and any(_before(earlier) for earlier in lines[:n]):
                said.append(f"{path}, line {n + 1} was not written by this program")
        head = self._index_path(key).with_suffix(".head")
        if head.exists() and head.read_bytes().decode(errors="replace").strip() not in map(_hash, lines):
            said = said or [f"{path} does not hold the line that was written last: captures at its end are lost"]
        return [f"{s}; restore the file from a backup, or accept the loss with `deflation verify --accept`" for s in said]

    def keys(self) -> list[str]:
        """The sources that have captures, sorted."""
        root = self.path / "captures"
        return sorted(f"{p.parent.name}/{p.stem}" for p in root.glob("*/*.jsonl")) if root.exists() else []

    def latest(
        self, key: str, before: datetime | None = None, *, url: str = "", on_corrupt: Callable[[SnapshotCorrupt], None] | None = None
    ) -> Snapshot | None:
        """The newest capture at or before ``before`` whose body is whole; None when there is none.

        ``url`` limits it to one address of the source. A corrupt snapshot is told to ``on_corrupt`` and
        passed over in favour of the one before it.
        """
        limit = _utc(before) if before else None
        for snapshot in reversed(self.captures(key)):
            if (limit and snapshot.fetched_at > limit) or (url and snapshot.url != url):
                continue
            try:
                self.read(snapshot.sha256)
            except SnapshotCorrupt as error:
                if on_corrupt is not None:
                    on_corrupt(SnapshotCorrupt(f"{key}: {error}; the capture before it is used"))
                continue
            return snapshot
        return None

    def bodies(self, prefix: str) -> list[str]:
        """The hashes of the stored bodies that begin with ``prefix`` (at least 6 hexadecimal digits), sorted."""
        if not re.fullmatch(r"[0-9a-f]{6,64}", prefix):
            return []
        return sorted(p.stem for p in (self.path / "bodies" / prefix[:2]).glob(f"{prefix}*.gz"))

    def read(self, sha256: str) -> bytes:
        """The body with this hash, verified; raises ``SnapshotCorrupt`` when it is missing or damaged."""
        path = self._body_path(sha256)
        try:
            with gzip.open(path) as file:
                body = file.read(MAX_BODY_BYTES + 1)
        except FileNotFoundError as error:
            raise SnapshotCorrupt(f"archive: expected the body {sha256[:12]} at {path}, found no file") from error
        except (OSError, EOFError, zlib.error) as error:
            raise SnapshotCorrupt(f"archive: expected a whole body at {path}, found a damaged one ({error})") from error
        found = hashlib.sha256(body).hexdigest()
        if found != sha256:
            raise SnapshotCorrupt(
                f"archive: expected the hash {sha256[:12]} of {path}, found {found[:12]}: the file was altered; restore it or fetch again"
            )
        return body

    def accept(self, key: str) -> Path | None:
        """Take a damaged index as it can be read: what is readable is sealed anew, the damaged file is kept beside it. None where nothing is damaged."""
        if not self.damages(key):
            return None
        index, readable = self._index_path(key), self.captures(key)
        kept = next(p for n in range(1, 1000) if not (p := index.with_name(f"{index.name}.damaged{n}")).exists())
        with self._lock:
            if index.exists():
                os.replace(index, kept)
            index.with_suffix(".head").unlink(missing_ok=True)
        for snapshot in readable:
            self._note(snapshot)
        return kept

    def _lines(self, key: str) -> list[bytes]:
        path = self._index_path(key)
        try:
            lines = path.read_bytes().split(b"\n") if path.exists() else []
        except OSError as error:
            raise ArchiveUnusable(f"archive: expected to read {path}, found {error.strerror or error}") from error
        return lines[:-1] if lines and not lines[-1] else lines

    def _body_path(self, sha256: str) -> Path:
        if not re.fullmatch(r"[0-9a-f]{64}", sha256):
            raise ValueError(f"expected a sha256 in hexadecimal, found {sha256[:80]!r}")
        return self.path / "bodies" / sha256[:2] / f"{sha256}.gz"

    def _index_path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError(f"expected a source key KIND/NAME, found {key[:80]!r}")
        return self.path / "captures" / f"{key}.jsonl"

    def _write_body(self, path: Path, sha256: str, body: bytes) -> None:
        if path.exists():
            try:
                self.read(sha256)
                return
            except SnapshotCorrupt:
                pass  # a crash or a bad disk damaged it; the same bytes came again, so write them again
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _replace(path, gzip.compress(body, compresslevel=6, mtime=0))
        except OSError as error:
            raise self._refused(error) from error

    def _note(self, snapshot: Snapshot) -> Snapshot:
        with self._lock:
            same_moment = [s for s in self.captures(snapshot.source) if (s.url, s.fetched_at) == (snapshot.url, snapshot.fetched_at)]
            if same_moment and same_moment[-1] == snapshot:
                return snapshot
            path = self._index_path(snapshot.source)
            line = (
                _sealed(
                    {
                        "sha256": snapshot.sha256,
                        "url": snapshot.url,
                        "fetched_at": snapshot.fetched_at.isoformat(),
                        "etag": snapshot.etag,
                        "last_modified": snapshot.last_modified,
                        "status": snapshot.status,
                        "body_bytes": snapshot.body_bytes,
                    },
                    (self._lines(snapshot.source) or [b""])[-1],
                )
                + b"\n"
            )
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                _append(path, line)
                _replace(path.with_suffix(".head"), _hash(line.rstrip(b"\n")).encode() + b"\n")
            except OSError as error:
                raise self._refused(error) from error
        return snapshot

    def _read_line(self, key: str, line: bytes) -> Snapshot | None:
        try:
            row = json.loads(line)
            if set(row) - _INDEX_COLUMNS and line != _sealed({k: row[k] for k in row if k in _INDEX_COLUMNS}, before=row["before"]):
                return None
            return Snapshot(
                row["sha256"],
                key,
                row["url"],
                _utc(datetime.fromisoformat(row["fetched_at"])),
                self._body_path(row["sha256"]),
                row["etag"],
                row["last_modified"],
                int(row["status"]),
                int(row["body_bytes"]),
            )
        except (ValueError, KeyError, TypeError, RecursionError):
            return None

    def _refused(self, error: OSError) -> ArchiveUnusable:
        return ArchiveUnusable(
            f"archive: expected to write below {self.path}, found: {error.strerror or error}; "
            "free the disk or choose another state folder (DEFLATION_HOME)"
        )


def _sealed(row: dict[str, Any], previous: bytes = b"", *, before: str = "") -> bytes:
    """An index line with the hash of the line before it and of itself."""
    chained = row | {"before": before or _hash(previous)}
    text = json.dumps(chained, ensure_ascii=True)
    return json.dumps(chained | {"seal": _hash(text.encode())}, ensure_ascii=True).encode()


def _hash(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:32]


def _before(line: bytes) -> str | None:
    """The hash of the line before, as a readable line states it; None of a line of before there were hashes."""
    try:
        return json.loads(line).get("before")
    except (ValueError, AttributeError, RecursionError):
        return None


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole, on the disk before it has its name."""
    with NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            os.replace(file.name, path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def _append(path: Path, line: bytes) -> None:
    """Append one line in one write; a line cut short by an earlier crash is ended first."""
    with open(path, "a+b", buffering=0) as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                line = b"\n" + line
        written = file.write(line)
        os.fsync(file.fileno())
    if written != len(line):
        raise OSError(f"only {written} of {len(line)} bytes of the index line were written")


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"expected a time with its zone, found {moment.isoformat()}")
    return moment.astimezone(UTC)
