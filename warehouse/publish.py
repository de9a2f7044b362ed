"""From the build file to the published one: copied, compacted, in the older storage format, swapped atomically.

A reader sees the old file or the new one, never a half-built one; an open reader keeps the old file.
"""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from warehouse.ddl import quote
from warehouse.store import WarehouseUnusable

STORAGE_VERSION = "v1.5.0"
"""The oldest clients that must open the file (duckdb-cli, Harlequin and many drivers are on 1.5)."""


def publish(build: Path, published: Path, macros: list[str] | None = None) -> int:
    """Copy ``build`` to ``published`` atomically; returns the size in bytes. Raises ``WarehouseUnusable``."""
    draft = published.with_name(f".{published.name}.{os.getpid()}.new")
    draft.unlink(missing_ok=True)
    try:
        con = duckdb.connect(":memory:")
        try:
            con.execute("SET TimeZone = 'UTC'")
            con.execute(f"ATTACH {quote(str(build))} AS build (READ_ONLY)")
            con.execute(f"ATTACH {quote(str(draft))} AS draft (STORAGE_VERSION '{STORAGE_VERSION}')")
            con.execute("COPY FROM DATABASE build TO draft")
            con.execute("USE draft")
            for macro in macros or []:
                con.execute(macro)
            con.execute("USE memory")
            con.execute("DETACH draft")
        finally:
            con.close()
        os.replace(draft, published)
    except (duckdb.Error, OSError) as error:
        draft.unlink(missing_ok=True)
        Path(f"{draft}.wal").unlink(missing_ok=True)
        raise WarehouseUnusable(
            f"{published}: could not be published ({str(error).splitlines()[0]}); the previous file is untouched. "
            "Check free space and permissions and run again."
        ) from error
    return published.stat().st_size
