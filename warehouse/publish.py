"""From the build file to what readers open: a file (a copy, swapped atomically), or a lake.

A reader sees the old publication or the new one, never a half-built one; an open reader keeps the old file.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

import duckdb

from warehouse import lake
from warehouse.macros import throughput_macro_sql
from warehouse.models import readers_macros
from warehouse.opened import Published, WarehouseUnusable, connect, explained
from warehouse.store import Store, query

KEPT, KEEP = "publications", 3
"""Where earlier publications lie beside the published file, and how many."""


class Publication(NamedTuple):
    """One earlier publication that can be published again: its name, and its file or its snapshot in the lake."""

    name: str
    place: Path | int


def publish(store: Store, published: Published) -> int:
    """Publish the build with the engine's and the readers' macros, whole or not at all; returns bytes. Raises ``WarehouseUnusable``."""
    macros = [*throughput_macro_sql(), *readers_macros()]
    if isinstance(published, lake.Lake):
        with store.connection() as con:
            [(built,)] = con.execute("SELECT current_database()").fetchall()
            return _into_lake(con, published, built, macros)
    draft = _draft(published)
    with _swapped(draft, published, "could not be published"):
        store.copy_to(draft, macros)
    return published.stat().st_size


def target(published: Published, as_of: date, beside: Path, today: date | None = None) -> Published:
    """Where a vintage is published: a past day never replaces a newer one, it goes to a file ``published-DATE.duckdb``.

    ``beside``: the state folder, where that file goes when what is published lies elsewhere. ``today`` (of a run of today):
    what was published for a day that has not come was written by a wrong clock, and is replaced.
    """
    try:
        newest = query(published, "SELECT max(as_of) AS day FROM core.vintage").item()
    except (ValueError, WarehouseUnusable):
        return published
    of_a_wrong_clock = newest and today and newest > today
    return beside / f"published-{as_of}.duckdb" if newest and newest > as_of and not of_a_wrong_clock else published


def published_at(published: Published) -> datetime | None:
    """When what readers open was published; None where nothing is. Raises ``WarehouseUnusable`` where a lake cannot be asked."""
    if isinstance(published, lake.Lake):
        known = _tags(published)
        return known[0].published_at if known else None
    return datetime.fromtimestamp(published.stat().st_mtime, tz=UTC) if published.exists() else None


def publications(published: Published) -> list[Publication]:
    """The earlier publications that are kept, newest first. Raises ``WarehouseUnusable`` where a lake cannot be asked."""
    if isinstance(published, lake.Lake):
        return [Publication(tag.name, tag.snapshot) for tag in _tags(published)[1:]]
    kept = (published.parent / KEPT).glob(f"{published.stem}-*{published.suffix}")
    return [Publication(p.stem, p) for p in sorted(kept, key=lambda p: p.stat().st_mtime_ns, reverse=True)]


def rollback(published: Published, earlier: Publication) -> None:
    """Publish an earlier publication again, whole or not at all; the one it replaces is kept. Raises ``WarehouseUnusable``."""
    if isinstance(published, lake.Lake):
        with closing(connect(Path(":memory:"), read_only=False)) as con:
            tag = next(tag for tag in _tags(published) if tag.snapshot == earlier.place)
            _into_lake(con, published, lake.EARLIER, [*throughput_macro_sql(), *readers_macros()], tag)
        return
    assert isinstance(earlier.place, Path)
    draft = _draft(published)
    with _swapped(draft, published, f"{earlier.name} could not be put back"):
        query(earlier.place, "SELECT as_of FROM core.vintage")
        shutil.copyfile(earlier.place, draft)


def forget(published: lake.Lake, before: datetime, *, dry_run: bool) -> int:
    """Drop the publications older than ``before`` from a lake, never the newest; returns how many. Raises ``WarehouseUnusable``."""
    with _lake(published, read_only=False) as con:
        return lake.forget(con, before, dry_run=dry_run)


def _into_lake(con: duckdb.DuckDBPyConnection, published: lake.Lake, built: str, macros: list[str], earlier: lake.Tag | None = None) -> int:
    """Copy database ``built`` into the lake, an ``earlier`` publication being attached as that; the connection is as before afterwards."""
    [(before,)] = con.execute("SELECT current_database()").fetchall()
    try:
        lake.attach(con, published, read_only=False)
        if earlier is not None:
            lake.attach(con, published, read_only=True, name=built, snapshot=earlier.snapshot)
        lake.copy(con, built, macros, earlier and earlier.contents)
        return lake.size_bytes(con)
    except lake.FAILURES as error:
        raise explained(published, error, "publishing") from error
    finally:
        con.execute(f"USE {before}")
        for name in (lake.NAME, lake.EARLIER):
            con.execute(f"DETACH DATABASE IF EXISTS {name}")


@contextmanager
def _lake(published: lake.Lake, *, read_only: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the lake attached. Raises ``WarehouseUnusable``."""
    with closing(connect(Path(":memory:"), read_only=False)) as con:
        try:
            lake.attach(con, published, read_only=read_only)
            yield con
        except lake.FAILURES as error:
            raise explained(published, error, "reading") from error


def _tags(published: lake.Lake) -> list[lake.Tag]:
    """The publications of a lake, newest first. Raises ``WarehouseUnusable``."""
    try:
        with _lake(published, read_only=True) as con:
            return lake.tags(con)
    except WarehouseUnusable as error:
        if isinstance(error.__cause__, lake.NothingPublished):
            return []
        raise


def _draft(published: Path) -> Path:
    return published.with_name(f".{published.stem}_{os.getpid()}.new.duckdb")


@contextmanager
def _swapped(draft: Path, published: Path, failed: str) -> Iterator[None]:
    """Have a file made at ``draft``, then put it in the place of ``published``, which is kept. Raises ``WarehouseUnusable``."""
    try:
        _remove(draft)
        yield
        _synced(draft)
        _keep(published)
        os.replace(draft, published)
        _synced(published.parent)
    except (duckdb.Error, OSError, ValueError, WarehouseUnusable) as error:
        _remove(draft)
        raise WarehouseUnusable(
            f"{published}: {failed} ({str(error).splitlines()[0]}); the previous file is untouched. Check free space and permissions and run again."
        ) from error


def _keep(published: Path) -> None:
    """Keep the publication that is about to be replaced, and forget the oldest beyond ``KEEP``."""
    if not published.exists():
        return
    try:
        rows = query(published, "SELECT as_of, build_id FROM core.vintage").rows()
    except (ValueError, WarehouseUnusable):
        return  # what does not open is not worth going back to
    if not rows:
        return
    folder = published.parent / KEPT
    folder.mkdir(exist_ok=True)
    kept = folder / f"{published.stem}-{rows[0][0]}-{rows[0][1]}{published.suffix}"
    kept.unlink(missing_ok=True)
    os.link(published, kept)
    for old in publications(published)[KEEP:]:
        Path(str(old.place)).unlink()


def _synced(path: Path) -> None:
    """Have the disk itself hold what was written, so that a power cut after the swap leaves a whole file."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(draft: Path) -> None:
    draft.unlink(missing_ok=True)
    Path(f"{draft}.wal").unlink(missing_ok=True)
