"""How a warehouse is opened: the build file to write, and what is published to read, wherever that lies.

Every reader of the published warehouse comes through ``open_published``: a file, or a lake that a team shares. What it
opens can be read and nothing else. Extensions are never fetched: they are packages or absent.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from warehouse import lake
from warehouse.ddl import quote

Published = Path | lake.Lake
"""Where the published warehouse lies: a DuckDB file of one machine, or a lake."""

LAID_OUT: dict[str, str | bool | int | float | list[str]] = {"storage_compatibility_version": "v1.2.0"}
"""What a new file is laid out in: the oldest storage format that holds the content (view and macro comments need it), so that DuckDB
1.2 and later, 1.4 LTS among them, and every driver that bundles one of them, opens it. A file keeps its format."""


class WarehouseUnusable(Exception):
    """The warehouse cannot be read or written: locked, corrupt, read-only, full. A sentence with the remedy."""


def connect(path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    """A connection to a DuckDB file. Raises ``WarehouseUnusable``."""
    # one thread: parallel sums differ in their last digits from run to run, and the same inputs must give the same facts
    config: dict[str, Any] = LAID_OUT | {"preserve_insertion_order": "true", "threads": 1, "autoinstall_known_extensions": "false"}
    try:
        con = duckdb.connect(str(path), read_only=read_only, config=config)
        con.execute("SET TimeZone = 'UTC'")
        return con
    except duckdb.Error as error:
        raise explained(path, error, "opening") from error


def open_published(published: Published) -> duckdb.DuckDBPyConnection:
    """A connection that reads ``published`` and nothing else. Raises ``WarehouseUnusable``."""
    if isinstance(published, lake.Lake):
        con = connect(Path(":memory:"), read_only=False)
        try:
            lake.attach(con, published, read_only=True)
            lake.must_hold_something(con, published)
            con.execute(f"USE {lake.NAME}")
            con.execute(f"SET allowed_directories = [{quote(str(published.data))}]")
        except lake.FAILURES as error:
            con.close()
            raise explained(published, error, "opening") from error
    else:
        if not published.exists():
            raise WarehouseUnusable(f"{published} does not exist yet; `deflation run` makes it")
        con = connect(published, read_only=True)
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")
    return con


def explained(published: Published, error: Exception, doing: str) -> WarehouseUnusable:
    """The sentence for an error of DuckDB, with the remedy."""
    text = lake.redacted(str(error).splitlines()[0])
    if isinstance(error, (lake.NothingPublished, lake.ExtensionMissing)):
        return WarehouseUnusable(text)
    if isinstance(published, lake.Lake):
        return WarehouseUnusable(
            f"{published}: {doing} failed ({text}); is PostgreSQL up, does the user have the rights, is {published.data} mounted here?"
        )
    if isinstance(error, (duckdb.IOException, duckdb.FatalException, duckdb.SerializationException)):
        return WarehouseUnusable(
            f"{published}: {doing} failed ({text}); check free space and permissions; where the file is damaged, `deflation run` makes it anew"
        )
    return WarehouseUnusable(f"{published}: {doing} failed: {text}")
