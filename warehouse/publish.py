"""From the build file to the published one: copied, compacted, in the older storage format, swapped atomically.

A reader sees the old file or the new one, never a half-built one; an open reader keeps the old file.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb

from warehouse.models import readers_macros
from warehouse.store import Store, WarehouseUnusable, query

STORAGE_VERSION = "v1.2.0"
"""The oldest storage format that holds the content (view and macro comments need it): DuckDB 1.2 and later, so 1.4 LTS,
and every driver that bundles one of them, opens the file."""


def publish(store: Store, published: Path, macros: Sequence[str] = ()) -> int:
    """Copy the build to ``published`` atomically, with its macros; returns bytes. Raises ``WarehouseUnusable``."""
    draft = published.with_name(f".{published.stem}_{os.getpid()}.new.duckdb")
    try:
        _remove(draft)
        store.copy_to(draft, STORAGE_VERSION, [*macros, *readers_macros()])
        os.replace(draft, published)
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


def _remove(draft: Path) -> None:
    draft.unlink(missing_ok=True)
    Path(f"{draft}.wal").unlink(missing_ok=True)
