"""The file a run builds in: always a new one, laid out once per schema, renamed when the run ends.

Laying out the declared tables with their comments takes seconds; the empty file is kept in the cache and copied. A
damaged cache is a miss, and no run reads what an earlier one built, so nothing here needs repair.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import duckdb

from sources.reading.cache import Cache
from warehouse.ddl import SCHEMAS, create_table, quote
from warehouse.opened import LAID_OUT
from warehouse.schema.tables import TABLES, table


def begin(draft: Path, last: Path, raw_tables: Sequence[str], *, go_on: bool) -> None:
    """Make ``draft`` an empty file of the declared tables, or with ``go_on`` a copy of ``last`` where that can be read."""
    discard(draft)
    if go_on and is_current(last, raw_tables) and _copied(last, draft):
        return
    laid_out, key = Cache(last.parent / "cache"), f"schema-{schema_hash(raw_tables)}-{'-'.join(map(str, LAID_OUT.values()))}.duckdb"
    empty = laid_out.get(key)
    if empty is not None:
        draft.write_bytes(empty)
        return
    with duckdb.connect(str(draft), config=LAID_OUT) as con:
        declare_tables(con, raw_tables)
        con.execute("CHECKPOINT")
    laid_out.drop("schema-*.duckdb")
    laid_out.put(key, draft.read_bytes())


def _copied(last: Path, draft: Path) -> bool:
    """Whether all of ``last`` could be read and now stands in ``draft``."""
    try:
        with duckdb.connect(str(draft), config=LAID_OUT) as con:
            [(new,)] = con.execute("SELECT current_database()").fetchall()
            con.execute(f"ATTACH {quote(str(last))} AS last (READ_ONLY)")
            con.execute(f"COPY FROM DATABASE last TO {new}")
    except duckdb.Error:
        discard(draft)
        return False
    return True


def finish(draft: Path, path: Path) -> None:
    """Put a closed ``draft`` in the place of ``path``."""
    if draft.exists():
        os.replace(draft, path)
    Path(f"{path}.wal").unlink(missing_ok=True)
    discard(draft)


def discard(draft: Path) -> None:
    """Remove what a killed run left."""
    draft.unlink(missing_ok=True)
    Path(f"{draft}.wal").unlink(missing_ok=True)


def declare_tables(con: duckdb.DuckDBPyConnection, raw_tables: Sequence[str]) -> None:
    """Create the declared tables, with keys, limits and comments, and one raw table per source, in one transaction."""
    con.execute("BEGIN")
    for schema in SCHEMAS:
        con.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    for declared in (*TABLES.values(), *map(table, raw_tables)):
        for statement in create_table(declared):
            con.execute(statement)
    con.execute(f"COMMENT ON TABLE core.vintage IS 'schema {schema_hash(raw_tables)}'")
    con.execute("COMMIT")


def is_current(path: Path, raw_tables: Sequence[str]) -> bool:
    """Whether ``path`` opens and was laid out by this schema."""
    try:
        with duckdb.connect(str(path), read_only=True) as con:
            found = con.execute("SELECT comment FROM duckdb_tables() WHERE schema_name = 'core' AND table_name = 'vintage'").fetchone()
    except duckdb.Error:
        return False
    return found == (f"schema {schema_hash(raw_tables)}",)


def schema_hash(raw_tables: Sequence[str] = ()) -> str:
    """A short content hash of the declared schema and the sources' tables."""
    text = "\n".join(s for t in (*TABLES.values(), *map(table, raw_tables)) for s in create_table(t))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
