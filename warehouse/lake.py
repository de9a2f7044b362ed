"""A published warehouse that a team shares: a DuckLake, its catalogue in PostgreSQL, its rows as Parquet on a shared disk.

A publication is one transaction and one snapshot, tagged with its build; readers see the one before or the one after. A
table whose rows are as they were is not written again. To go back is to publish an earlier snapshot's rows anew, so
nothing is lost by it. Format and functions: the DuckLake specification (ducklake.select).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import duckdb

from warehouse.ddl import quote
from warehouse.lake_macros import make

NAME, EARLIER = "lake", "earlier"
"""What the lake is called in a connection, and its state at an earlier snapshot."""
EXTENSIONS = ("postgres_scanner", "ducklake")
SECRET = re.compile(r"(password\s*=\s*)('(?:[^'\\]|\\.)*'|\S+)|(?<=://)([^/@\s:]*):[^@\s]*@", re.IGNORECASE)
FOREIGN = re.compile(r'"(?:function_name|catalog_name)":"(?:postgres|ducklake|__ducklake)[^"]*"')
"""In the parsed form of a query: what would reach past the published tables, into the catalogue's own database."""


Columns = list[tuple[str, str]]
"""The columns of a table with their types, in order."""


class ExtensionMissing(Exception):
    """An extension of DuckDB is not installed, or is of another version. A sentence with the remedy."""


class NothingPublished(Exception):
    """The catalogue's database answers and holds no lake yet."""


FAILURES = (ExtensionMissing, NothingPublished, duckdb.Error)


@dataclass(frozen=True, slots=True)
class Lake:
    """Where a lake lies: libpq's address of the catalogue's database, and the folder of the Parquet files."""

    catalogue: str
    data: Path

    def __str__(self) -> str:
        return f"ducklake:postgres:{redacted(self.catalogue)}"


class Tag(NamedTuple):
    """What a publication says of itself in its snapshot."""

    snapshot: int
    published_at: datetime
    as_of: date
    build_id: str
    macros: str
    """A hash of the macros that were made with it."""
    contents: dict[str, str]
    """Table -> a hash of its columns and rows."""

    @property
    def name(self) -> str:
        """How a person names it."""
        return f"{self.as_of}-{self.build_id}-snapshot{self.snapshot}"


def redacted(text: str) -> str:
    """A libpq address, or an error that quotes one, without its password."""
    return SECRET.sub(lambda m: f"{m[1]}***" if m[1] else f"{m[3]}:***@", text)


def attach(con: duckdb.DuckDBPyConnection, lake: Lake, *, read_only: bool, name: str = NAME, snapshot: int | None = None) -> None:
    """Attach the lake (a new one is made when writing), at an earlier snapshot if given.

    Raises ``ExtensionMissing``, ``NothingPublished`` (reading), ``duckdb.Error``.
    """
    for extension in EXTENSIONS:
        con.execute(f"LOAD {quote(str(_extension(extension)))}")
    options = [f"DATA_PATH {quote(str(lake.data))}"]
    options += ["READ_ONLY"] if read_only else ["DATA_INLINING_ROW_LIMIT 0"]
    options += [f"SNAPSHOT_VERSION {snapshot}"] if snapshot is not None else []
    try:
        con.execute(f"ATTACH {quote(f'ducklake:postgres:{lake.catalogue}')} AS {name} ({', '.join(options)})")
    except duckdb.InvalidInputException as error:
        if read_only and not _is_laid_out(con, lake):
            raise NothingPublished(_nothing(lake)) from error
        raise


def must_hold_something(con: duckdb.DuckDBPyConnection, lake: Lake) -> None:
    """Raise ``NothingPublished`` for a lake whose first publication has not ended."""
    if con.execute(f"SELECT id FROM {NAME}.current_snapshot()").fetchall() == [(0,)]:
        raise NothingPublished(_nothing(lake))


def _nothing(lake: Lake) -> str:
    return f"{lake} holds nothing yet; `deflation run` publishes there"


def _is_laid_out(con: duckdb.DuckDBPyConnection, lake: Lake) -> bool:
    """Whether the catalogue's database has a lake's tables."""
    con.execute(f"ATTACH {quote(lake.catalogue)} AS catalogue (TYPE postgres, READ_ONLY)")
    try:
        asked = "SELECT 1 FROM duckdb_tables() WHERE database_name = 'catalogue' AND table_name = 'ducklake_metadata'"
        return bool(con.execute(asked).fetchall())
    finally:
        con.execute("DETACH catalogue")


def _extension(name: str) -> Path:
    """The file of an installed extension package, of the version of this DuckDB."""
    try:
        packaged = resources.files(f"duckdb_extension_{name}")
    except ModuleNotFoundError as error:
        raise ExtensionMissing(f"DuckDB's extension {name} is not installed; pip install 'deflation[team]'") from error
    file = Path(str(packaged)) / "extensions" / f"v{duckdb.__version__}" / f"{name}.duckdb_extension"
    if not file.is_file():
        raise ExtensionMissing(
            f"the extension {name} is not of DuckDB {duckdb.__version__}; install duckdb and duckdb-extension-* of one version"
        )
    return file


def copy(con: duckdb.DuckDBPyConnection, built: str, macros: Sequence[str], contents: Mapping[str, str] | None = None) -> None:
    """Make the attached lake hold what database ``built`` holds, with its comments and the macros, in one transaction.

    ``contents``: the hashes of the built tables, where they are known.
    """
    current = hashlib.sha256("\n".join(macros).encode()).hexdigest()[:16]
    [(as_of, build_id)] = con.execute(f"SELECT as_of, build_id FROM {built}.core.vintage").fetchall() or [(None, "")]
    last = next(iter(tags(con)), None)
    tables = _tables(con, built)
    contents = contents or {name: _content(con, f"{built}.{name}", columns) for name, columns in tables.items()}
    con.execute("BEGIN")
    try:
        _copy_tables(con, built, tables, {n for n, hashed in contents.items() if last is None or last.contents.get(n) != hashed})
        _copy_comments(con, built)
        con.execute(f"USE {NAME}")
        if last is None or last.macros != current:
            for statement in macros:
                make(con, statement)
        said = json.dumps({"as_of": str(as_of), "build_id": build_id, "macros": current, "contents": contents})
        con.execute(
            f"CALL {NAME}.set_commit_message('deflation', {quote(f'vintage {as_of}, build {build_id}')}, extra_info => {quote(said)})"
        )
    except BaseException:
        con.execute("ROLLBACK")
        raise
    con.execute("COMMIT")


def _copy_tables(con: duckdb.DuckDBPyConnection, built: str, new: Mapping[str, Columns], changed: set[str]) -> None:
    """Write the tables that changed; drop those there no longer are."""
    old = _tables(con, NAME)
    for schema in sorted({name.partition(".")[0] for name in new}):
        con.execute(f"CREATE SCHEMA IF NOT EXISTS {NAME}.{schema}")
    for name in old.keys() - new.keys():
        con.execute(f"DROP TABLE {NAME}.{name}")
    for name, columns in new.items():
        if old.get(name) != columns:
            con.execute(f"CREATE OR REPLACE TABLE {NAME}.{name} AS FROM {built}.{name}")
        elif name in changed:
            con.execute(f"DELETE FROM {NAME}.{name}")
            con.execute(f"INSERT INTO {NAME}.{name} FROM {built}.{name}")


def _tables(con: duckdb.DuckDBPyConnection, database: str) -> dict[str, Columns]:
    """Table (quoted) -> its columns with their types, in order."""
    rows = con.execute(
        "SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns() WHERE database_name = $1 AND NOT internal "
        "ORDER BY schema_name, table_name, column_index",
        [database],
    ).fetchall()
    found: dict[str, Columns] = {}
    for schema, table, column, kind in rows:
        found.setdefault(f'{schema}."{table}"', []).append((column, kind))
    return found


def _content(con: duckdb.DuckDBPyConnection, table: str, columns: Columns) -> str:
    """A hash of a table's columns and rows, in whatever order the rows lie."""
    [(rows, hashes)] = con.execute(f"SELECT count(*), sum(hash(rows)::HUGEINT) FROM {table} AS rows").fetchall()
    return hashlib.sha256(repr((columns, rows, hashes)).encode()).hexdigest()[:16]


def _copy_comments(con: duckdb.DuckDBPyConnection, built: str) -> None:
    """Say of every table and column what the build says of it, where that is not said yet."""
    comments = (
        "SELECT 'TABLE', schema_name, table_name, NULL, comment FROM duckdb_tables() WHERE database_name = $1 AND comment IS NOT NULL "
        "UNION ALL SELECT 'COLUMN', schema_name, table_name, column_name, comment FROM duckdb_columns() "
        "WHERE database_name = $1 AND comment IS NOT NULL AND NOT internal"
    )
    said = set(con.execute(comments, [NAME]).fetchall())
    for kind, schema, table, column, comment in con.execute(comments, [built]).fetchall():
        if (kind, schema, table, column, comment) not in said:
            of = f'{NAME}.{schema}."{table}"' + (f'."{column}"' if column else "")
            con.execute(f"COMMENT ON {kind} {of} IS {quote(comment)}")


def tags(con: duckdb.DuckDBPyConnection) -> list[Tag]:
    """The publications in the attached lake, newest first."""
    rows = con.execute(
        f"SELECT snapshot_id, snapshot_time, commit_extra_info FROM {NAME}.snapshots() WHERE author = 'deflation' ORDER BY snapshot_id DESC"
    ).fetchall()
    return [
        Tag(snapshot, moment, date.fromisoformat(said["as_of"]), said["build_id"], said["macros"], said["contents"])
        for snapshot, moment, text in rows
        if (said := json.loads(text or "{}")).get("as_of", "None") != "None"
    ]


def size_bytes(con: duckdb.DuckDBPyConnection) -> int:
    """What the rows of the newest snapshot take as Parquet."""
    return int(con.execute(f"SELECT coalesce(sum(file_size_bytes), 0) FROM ducklake_table_info('{NAME}')").fetchall()[0][0])


def forget(con: duckdb.DuckDBPyConnection, before: datetime, *, dry_run: bool) -> int:
    """Drop the snapshots older than ``before`` and the files that only they need; returns how many snapshots."""
    dry = "true" if dry_run else "false"
    moment = f"TIMESTAMPTZ {quote(before.isoformat())}"
    gone = con.execute(f"CALL ducklake_expire_snapshots('{NAME}', dry_run => {dry}, older_than => {moment})").fetchall()
    con.execute(f"CALL ducklake_cleanup_old_files('{NAME}', dry_run => {dry}, cleanup_all => true)")
    con.execute(f"CALL ducklake_delete_orphaned_files('{NAME}', dry_run => {dry}, older_than => {moment})")
    return len(gone)


def reaches_past(con: duckdb.DuckDBPyConnection, sql: str) -> str:
    """Why a reader's query is refused on a lake; empty where it reads the published tables alone."""
    [(parsed,)] = con.execute("SELECT json_serialize_sql($1)::VARCHAR", [sql]).fetchall()
    if json.loads(parsed).get("error_type", "parser") not in ("parser", "syntax"):  # what does not parse fails by itself
        return "only queries that read (SELECT, FROM) run on a shared warehouse"
    return "a query reads the published tables, not the catalogue's database" if FOREIGN.search(parsed) else ""
