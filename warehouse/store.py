"""The build file: validated transactional writes and read-only reads of ``build.duckdb``.

One writer at a time (a file lock beside the database); every write replaces a whole table inside one
transaction, so a crash leaves the table as it was. A run builds in a new file, so that no damage of an old one
reaches it. Readers of the published file are never blocked.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from filelock import FileLock, Timeout

from warehouse import build_file
from warehouse.lake import Lake, reaches_past, redacted
from warehouse.models import taken_from
from warehouse.opened import Published, WarehouseUnusable, connect, explained, open_published
from warehouse.schema.frames import KeyBroken, conform, offenders, polars_schema
from warehouse.schema.tables import TABLES, table

log = logging.getLogger(__name__)


class RowsRefused(WarehouseUnusable):
    """Rows that break a declared limit or repeat a key, in a table whose rows name no source."""


class Store:
    """The warehouse under construction at ``path``.

    A run that meets another waits ``lock_timeout_s`` for it; ``on_wait`` is told so in one sentence.
    """

    def __init__(self, path: Path, *, lock_timeout_s: float = 10.0, on_wait: Callable[[str], None] | None = None) -> None:
        self.path = Path(path)
        self.lock_timeout_s, self.on_wait = lock_timeout_s, on_wait
        self._held: duckdb.DuckDBPyConnection | None = None

    @contextmanager
    def session(self, raw_tables: Sequence[str] = (), *, whole: bool = True) -> Iterator[Store]:
        """Build in a new file with one connection, and put it in the old one's place at the end, however the job ends.

        ``raw_tables``: the raw tables of the sources there are. Not ``whole``: a job of some steps only, which goes on
        from what the last one built, if that can be read.
        """
        draft = self.path.with_name(f"{self.path.stem}_new{self.path.suffix}")
        with self._lock():
            try:
                build_file.begin(draft, self.path, raw_tables, go_on=not whole)
                con = connect(draft, read_only=False)
            except (OSError, duckdb.Error) as error:
                raise self._unwritable(error) from error
            self._held = con
            try:
                yield self
            finally:
                self._held = None
                con.close()
                build_file.finish(draft, self.path)

    def prepare(self, raw_tables: Sequence[str] = ()) -> None:
        """Create what is declared in the file at ``path``, outside a session."""
        with self.connection() as con:
            build_file.declare_tables(con, raw_tables)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Hold the lock file: the only thing that says whether another run is writing."""
        lock = FileLock(f"{self.path}.lock")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                if self.on_wait is not None and self.lock_timeout_s > 0:
                    self.on_wait(f"another run holds {self.path.parent}; waiting up to {self.lock_timeout_s:g} s for it to end")
                lock.acquire(timeout=self.lock_timeout_s)
        except Timeout as error:
            raise WarehouseUnusable(
                f"{self.path}: another run holds {self.path.parent} and did not end within {self.lock_timeout_s:g} s; "
                "wait for it to end, then run again"
            ) from error
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            yield
        finally:
            lock.release()

    def _unwritable(self, error: Exception) -> WarehouseUnusable:
        said = getattr(error, "strerror", None) or str(error).splitlines()[0]
        return WarehouseUnusable(
            f"{self.path}: cannot be written ({said}); free space, fix its permissions or set DEFLATION_HOME to a folder that can be written"
        )

    @contextmanager
    def connection(self, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection that is closed on every path; writers hold the lock file while they have it."""
        if self._held is not None:
            try:
                yield self._held
            except (duckdb.FatalException, duckdb.IOException) as error:
                raise explained(self.path, error, "writing") from error
            return
        if read_only:
            con = connect(self.path, read_only=True)
            try:
                yield con
            finally:
                con.close()
            return
        with self._lock():
            con = connect(self.path, read_only=False)
            try:
                yield con
            finally:
                con.close()

    def write(self, name: str, frame: pl.DataFrame, *, source: str = "") -> int:
        """Replace the rows of table ``name`` with ``frame`` in one transaction; returns the row count.

        With ``source`` only that source's rows are replaced. Raises ``ValueError`` when the frame does not match the
        declared schema. Rows beyond a declared limit, or that repeat a key, cost their source and nothing else: its
        rows are left out and its reading says so; ``RowsRefused`` where the table's rows name no source.
        """
        declared = table(name)
        try:
            return self._write(name, conform(declared, frame), source)
        except (KeyBroken, RowsRefused) as refused:
            reasons = offenders(declared, frame)
            if not reasons:
                raise RowsRefused(f"{self.path}: writing {name} failed: {refused}") from refused
            log.error("%s", refused)
        for culprit, reason in reasons.items():
            self.fail_source(culprit, f"{name}: {reason}; all rows of {culprit} are left out of it")
        return self._write(name, conform(declared, frame.filter(~pl.col("source").is_in(list(reasons)))), source)

    def fail_source(self, source: str, sentence: str) -> None:
        """Note in ``raw.reading`` (and the log) that a source failed after it had been read."""
        log.error("%s failed: %s", source, sentence, extra={"source": source})
        with self.connection() as con:
            con.execute(
                "UPDATE raw.reading SET status = 'failed', message = trim(message || ' ' || ?) WHERE source = ?", [sentence, source]
            )

    def _write(self, name: str, shaped: pl.DataFrame, source: str) -> int:
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
                if isinstance(error, duckdb.ConstraintException):
                    raise RowsRefused(str(error).splitlines()[0]) from error
                if isinstance(error, duckdb.Error):
                    raise explained(self.path, error, f"writing {name}") from error
                raise
        return shaped.height

    def write_all(self, frames: Mapping[str, pl.DataFrame]) -> dict[str, int]:
        """Write several tables, in the mapping's order; returns the row counts by table."""
        return {name: self.write(name, frame) for name, frame in frames.items()}

    def fill(self, name: str, selects: Sequence[str]) -> int:
        """Replace the rows of table ``name`` with those of ``selects``, matched by column name, in the table's order.

        Rows taken one by one from a table that lies in that order already are not sorted again.
        """
        order = ", ".join(f'"{column}"' for column in table(name).order) or "ALL"
        source = taken_from(selects[0], table(name).order) if len(selects) == 1 else ""
        in_order = source in TABLES and table(source).order == table(name).order
        by = "" if in_order else f" ORDER BY {order}"
        self.execute(
            [
                f"TRUNCATE {name}",
                *(f"INSERT INTO {name} BY NAME SELECT * FROM ({select.rstrip().rstrip(';')}\n){by}" for select in selects),
            ]
        )
        with self.connection(read_only=True) as con:
            return int(con.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0])

    def read_family(self, family: str) -> pl.DataFrame:
        """All raw tables of one shape (``prices``) stacked, in table order."""
        with self.connection(read_only=True) as con:
            names = [
                n
                for (n,) in con.execute(
                    "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'raw' AND table_name LIKE $1 || '\\_%' ESCAPE '\\' ORDER BY 1",
                    [family],
                ).fetchall()
            ]
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

    def copy_to(self, draft: Path, statements: Sequence[str]) -> None:
        """Copy the whole database to a new file, then run ``statements`` in it. Raises ``OSError``, ``WarehouseUnusable``.

        The file itself is copied: a run writes each table once, so there is nothing to compact.
        """
        with self.connection() as con:
            con.execute("CHECKPOINT")
            [(built,)] = con.execute("SELECT path FROM duckdb_databases() WHERE database_name = current_database()").fetchall()
            shutil.copyfile(built, draft)
        with closing(connect(draft, read_only=False)) as copied:
            for statement in statements:
                copied.execute(statement)

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
                raise explained(self.path, error, statements[0][:60]) from error


def query(published: Published, sql: str) -> Any:
    """Run one query on what is published, which can read that and nothing else; returns a polars frame.

    Raises ``WarehouseUnusable`` where nothing can be opened, ``ValueError`` where the query is wrong.
    """
    con = open_published(published)
    try:
        if isinstance(published, Lake) and (said := reaches_past(con, sql)):
            raise ValueError(said)
        return con.sql(sql).pl()
    except duckdb.Error as error:
        raise ValueError(redacted(str(error))) from error
    finally:
        con.close()
