"""From the build file to the published one: copied, compacted, in the older storage format, swapped atomically.

A reader sees the old file or the new one, never a half-built one; an open reader keeps the old file.
"""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path

import duckdb

from warehouse.macros import throughput_macro_sql
from warehouse.models import readers_macros
from warehouse.store import Store, WarehouseUnusable, query

KEPT, KEEP = "publications", 3
"""Where earlier publications lie beside the published file, and how many."""
STORAGE_VERSION = "v1.2.0"
"""The oldest storage format that holds the content (view and macro comments need it): DuckDB 1.2 and later, so 1.4 LTS,
and every driver that bundles one of them, opens the file."""


def publish(store: Store, published: Path) -> int:
    """Copy the build to ``published`` atomically, with the engine's and the readers' macros; returns bytes. Raises ``WarehouseUnusable``."""
    draft = published.with_name(f".{published.stem}_{os.getpid()}.new.duckdb")
    try:
        _remove(draft)
        store.copy_to(draft, STORAGE_VERSION, [*throughput_macro_sql(), *readers_macros()])
        _synced(draft)
        _keep(published)
        os.replace(draft, published)
        _synced(published.parent)
    except (duckdb.Error, OSError) as error:
        _remove(draft)
        raise WarehouseUnusable(
            f"{published}: could not be published ({str(error).splitlines()[0]}); the previous file is untouched. "
            "Check free space and permissions and run again."
        ) from error
    return published.stat().st_size


def target(published: Path, as_of: date) -> Path:
    """Where a vintage is published: a past day never replaces a newer one, it goes to ``published-DATE.duckdb``."""
    if not published.exists():
        return published
    try:
        newest = query(published, "SELECT max(as_of) AS day FROM core.vintage").item()
    except (ValueError, WarehouseUnusable):
        return published
    return published.with_name(f"{published.stem}-{as_of}{published.suffix}") if newest and newest > as_of else published


def publications(published: Path) -> list[Path]:
    """The earlier publications that are kept, newest first."""
    return sorted((published.parent / KEPT).glob(f"{published.stem}-*{published.suffix}"), key=lambda p: p.stat().st_mtime_ns, reverse=True)


def rollback(published: Path, earlier: Path) -> None:
    """Make a kept publication the published one again, atomically; the one it replaces is kept. Raises ``WarehouseUnusable``."""
    draft = published.with_name(f".{published.stem}_{os.getpid()}.new.duckdb")
    try:
        query(earlier, "SELECT as_of FROM core.vintage")
        _remove(draft)
        shutil.copyfile(earlier, draft)
        _synced(draft)
        _keep(published)
        os.replace(draft, published)
        _synced(published.parent)
    except (OSError, ValueError, WarehouseUnusable) as error:
        _remove(draft)
        raise WarehouseUnusable(f"{earlier.name}: could not be put back ({error}); the published file is untouched") from error


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
        old.unlink()


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
