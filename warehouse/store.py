"""The build file: validated transactional writes and read-only reads of ``build.duckdb``.

One writer at a time (a file lock beside the database); every write replaces a whole table inside one
transaction, so a crash leaves the table as it was. Readers of the published file are never blocked.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from filelock import FileLock, Timeout

from warehouse.ddl import SCHEMAS, create_table, quote
from warehouse.schema.frames import conform, polars_schema
from warehouse.schema.tables import TABLES, table


class WarehouseUnusable(Exception):
    """The warehouse cannot be read or written: locked, corrupt, read-only, full. A sentence with the remedy."""


class Store:
    """The warehouse under construction at ``path``."""

    def __init__(self, path: Path, *, lock_timeout_s: float = 10.0) -> None:
        self.path = Path(path)
        self.lock_timeout_s = lock_timeout_s
        self._held: duckdb.DuckDBPyConnection | None = None

    @contextmanager
    def session(self) -> Iterator[Store]:
        """Hold one writing connection (and the lock) for a whole job: opening the file anew costs 40 ms a step."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.clear_unusable()
        except OSError as error:
            raise WarehouseUnusable(f"{self.path}: cannot be written ({error.strerror}); free space or fix its permissions") from error
        with self.connection() as con:
            self._held = con
            try:
                yield self
            finally:
                self._held = None

    def clear_unusable(self) -> None:
        """Remove a file of another schema, or a corrupt one: the warehouse is made anew from the captures."""
        if self.path.exists() and not self._is_current():
            self.path.unlink()
            Path(f"{self.path}.wal").unlink(missing_ok=True)

    def prepare(self, raw_tables: Sequence[str] = ()) -> None:
        """Create what is declared and not there yet.

        ``raw_tables`` are the raw tables of the sources there are; those of sources that are gone are dropped.
        """
        try:
            statements = [f"CREATE SCHEMA IF NOT EXISTS {schema}" for schema in SCHEMAS]
            statements += [s for t in (*TABLES.values(), *map(table, raw_tables)) for s in create_table(t)]
            statements.append(f"COMMENT ON TABLE core.vintage IS 'schema {schema_hash()}'")
            with self.connection() as con:
                gone = con.execute(
                    "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'raw' AND NOT list_contains($1, 'raw.' || table_name)",
                    [[*raw_tables, *TABLES]]).fetchall()
                con.execute("BEGIN")
                for statement in [*(f'DROP TABLE raw."{name}"' for (name,) in gone), *statements]:
                    con.execute(statement)
                con.execute("COMMIT")
        except OSError as error:
            raise WarehouseUnusable(f"{self.path}: cannot be written ({error.strerror}); free space or fix its permissions") from error

    def _is_current(self) -> bool:
        try:
            with self.connection(read_only=True) as con:
                found = con.execute("SELECT comment FROM duckdb_tables() WHERE schema_name = 'core' AND table_name = 'vintage'").fetchone()
            return found is not None and found[0] == f"schema {schema_hash()}"
        except duckdb.Error:
            return False
        except WarehouseUnusable as error:
            # a file somebody else holds, or that may not be read, is not ours to delete; a corrupt one is
            if re.search("lock|permission", str(error.__cause__), re.IGNORECASE):
                raise
            return False

    @contextmanager
    def connection(self, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection that is closed on every path; writers hold the lock file while they have it."""
        if self._held is not None:
            try:
                yield self._held
            except (duckdb.FatalException, duckdb.IOException) as error:
                raise _explained(self.path, error, "writing") from error
            return
        lock = FileLock(f"{self.path}.lock") if not read_only else None
        try:
            if lock is not None:
                lock.acquire(timeout=self.lock_timeout_s)
        except Timeout as error:
            raise WarehouseUnusable(
                f"{self.path}: another deflation run is writing; wait for it to end, then run again"
            ) from error
        except OSError as error:
            raise WarehouseUnusable(f"{self.path}: cannot be locked ({error.strerror}); is the disk full or read-only?") from error
        try:
            con = _connect(self.path, read_only)
            try:
                yield con
            finally:
                con.close()
        finally:
            if lock is not None:
                lock.release()

    def write(self, name: str, frame: pl.DataFrame, *, source: str = "") -> int:
        """Replace the rows of table ``name`` with ``frame`` in one transaction; returns the row count.

        With ``source`` only that source's rows are replaced. Raises ``ValueError`` when the frame does not
        match the declared schema, or repeats a key.
        """
        shaped = conform(table(name), frame)
        with self.connection() as con:
            con.execute("BEGIN")
            try:
                if source:
                    con.execute(f"DELETE FROM {name} WHERE source = ?", [source])
                else:
                    con.execute(f"TRUNCATE {name}")
                con.register("incoming", shaped.to_arrow())
                con.execute(f"INSERT INTO {name} BY NAME SELECT * FROM incoming")
                con.execute("COMMIT")
            except BaseException as error:
                con.execute("ROLLBACK")
                if isinstance(error, duckdb.Error):
                    raise _explained(self.path, error, f"writing {name}") from error
                raise
        return shaped.height

    def write_all(self, frames: Mapping[str, pl.DataFrame]) -> dict[str, int]:
        """Write several tables, in the mapping's order; returns the row counts by table."""
        return {name: self.write(name, frame) for name, frame in frames.items()}

    def write_schema(self, schema: str, frames: Mapping[str, pl.DataFrame]) -> dict[str, int]:
        """Write frames by bare name into the declared tables of one schema; undeclared names are left out."""
        return self.write_all({f"{schema}.{n}": f for n, f in frames.items() if f"{schema}.{n}" in TABLES})

    def fill(self, name: str, selects: Sequence[str]) -> int:
        """Replace the rows of table ``name`` with those of ``selects``, matched by column name."""
        self.execute([f"TRUNCATE {name}", *(f"INSERT INTO {name} BY NAME SELECT * FROM ({select.rstrip().rstrip(';')}\n) ORDER BY ALL" for select in selects)])
        with self.connection(read_only=True) as con:
            return int(con.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0])

    def read_family(self, family: str) -> pl.DataFrame:
        """All raw tables of one shape (``prices``) stacked, in table order."""
        with self.connection(read_only=True) as con:
            names = [n for (n,) in con.execute(
                "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'raw' AND table_name LIKE $1 || '\\_%' ESCAPE '\\' ORDER BY 1",
                [family]).fetchall()]
            if not names:
                return pl.DataFrame(schema=polars_schema(table(f"raw.{family}_none")))
            return con.sql(" UNION ALL ".join(f'(FROM raw."{n}")' for n in names)).pl()

    def read(self, sql: str) -> pl.DataFrame:
        """Run a query on the build file and return its rows; ``sql`` may be a table name."""
        with self.connection(read_only=True) as con:
            return con.sql(sql if " " in sql.strip() else f"FROM {sql}").pl()

    def frames(self, schema: str, names: Sequence[str] | Mapping[str, str]) -> dict[str, pl.DataFrame]:
        """The tables of a schema by bare name, or under the names a mapping gives; undeclared ones are left out."""
        wanted = names if isinstance(names, Mapping) else {name: name for name in names}
        return {name: self.read(f"{schema}.{stored}") for name, stored in wanted.items() if f"{schema}.{stored}" in TABLES}

    def copy_to(self, draft: Path, storage_version: str, statements: Sequence[str]) -> None:
        """Copy the whole database to a new file in an older storage format, then run ``statements`` in it."""
        with self.connection() as con:
            con.execute(f"ATTACH {quote(str(draft))} AS draft (STORAGE_VERSION {quote(storage_version)})")
            try:
                con.execute("CHECKPOINT")
                con.execute(f"COPY FROM DATABASE {self.path.stem} TO draft")
                con.execute("USE draft")
                for statement in statements:
                    con.execute(statement)
            finally:
                con.execute(f"USE {self.path.stem}")
                con.execute("DETACH draft")

    def execute(self, statements: list[str]) -> None:
        """Run statements (models, macros) in one transaction."""
        with self.connection() as con:
            con.execute("BEGIN")
            try:
                for statement in statements:
                    con.execute(statement)
                con.execute("COMMIT")
            except duckdb.Error as error:
                con.execute("ROLLBACK")
                raise _explained(self.path, error, statements[0][:60]) from error


def _connect(path: Path, read_only: bool, *, confined: bool = False) -> duckdb.DuckDBPyConnection:
    # one thread: parallel sums differ in their last digits from run to run, and the same inputs must give the same facts
    config: dict[str, Any] = {"preserve_insertion_order": "true", "threads": 1}
    try:
        con = duckdb.connect(str(path), read_only=read_only, config=config)
        con.execute("SET TimeZone = 'UTC'")
        if confined:
            con.execute("SET enable_external_access = false")
            con.execute("SET lock_configuration = true")
        return con
    except duckdb.Error as error:
        raise _explained(path, error, "opening") from error


def _explained(path: Path, error: duckdb.Error, doing: str) -> Exception:
    text = str(error).splitlines()[0]
    if "lock" in text.lower():
        return WarehouseUnusable(f"{path}: locked by another program ({text}); close it and run again")
    if isinstance(error, (duckdb.IOException, duckdb.FatalException)):
        return WarehouseUnusable(f"{path}: {doing} failed ({text}); check free space and permissions, or delete the file to rebuild it")
    return WarehouseUnusable(f"{path}: {doing} failed: {text}")


def schema_hash() -> str:
    """A short content hash of the declared schema, so that a file of another schema is rebuilt."""
    text = "\n".join(s for t in TABLES.values() for s in create_table(t))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def query(path: Path, sql: str) -> Any:
    """Run one query on a published file, which can read that file and nothing else; returns a polars frame. Raises ``WarehouseUnusable``."""
    if not Path(path).exists():
        raise WarehouseUnusable(f"{path} does not exist yet; `deflation run` makes it")
    con = _connect(Path(path), True, confined=True)
    try:
        return con.sql(sql).pl()
    except duckdb.Error as error:
        raise ValueError(str(error)) from error
    finally:
        con.close()
