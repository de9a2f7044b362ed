"""Dagster's event log in SQLite, with its connections kept open between events.

Dagster opens and closes a connection for each of a run's two thousand events, and closing the last connection of a
database in write-ahead mode makes SQLite fold the log into the file: half the time of a run without news. The files,
tables and rows are Dagster's own, so that either class opens what the other wrote.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

log = logging.getLogger(__name__)

KEPT_OPEN = 4
"""Databases with an open connection at a time: the index, and the runs asked about last."""


class OpenSqliteEventLog(SqliteEventLogStorage):
    """``SqliteEventLogStorage``, one open connection per database; used by one thread at a time (Dagster's own lock)."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._open: dict[str, Engine] = {}
        self._tables: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> OpenSqliteEventLog:
        """As Dagster makes it from ``dagster.yaml``."""
        return cls(inst_data=inst_data, **config_value)

    def has_table(self, table_name: str) -> bool:
        """Whether the index has a table; one that was found is not looked for again."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as connection, connection.begin():
                yield connection

    def _engine(self, shard: str) -> Engine:
        """The open database of a shard; the one asked longest ago is closed where too many are open."""
        engine = self._open.pop(shard, None) or _opened(self.conn_string_for_shard(shard))
        self._open[shard] = engine
        while len(self._open) > KEPT_OPEN:
            self._open.pop(next(iter(self._open))).dispose()
        return engine

    def delete_events(self, run_id: str) -> None:
        """As Dagster does, without holding the deleted file open."""
        super().delete_events(run_id)
        if engine := self._open.pop(run_id, None):
            engine.dispose()

    def dispose(self) -> None:
        """Close every database."""
        while self._open:
            self._open.popitem()[1].dispose()
        super().dispose()


def set_damaged_aside(dagster_home: Path) -> list[str]:
    """Move every database of the instance that SQLite cannot read to NAME.damaged, so that its history begins anew; returns which.

    One that is only locked, or on a disk that refuses, is left alone.
    """
    moved = []
    for name in ("history/runs.db", "history/runs/index.db", "schedules/schedules.db"):
        path = dagster_home / name
        if not path.exists() or not _is_damaged(path):
            continue
        for file in (path, *(Path(f"{path}{suffix}") for suffix in ("-wal", "-shm"))):
            if file.exists():
                os.replace(file, f"{file}.damaged")
        log.error("%s cannot be read; it was moved to %s.damaged, and what it told of earlier runs is not shown any more", name, path.name)
        moved.append(name)
    return moved


def _is_damaged(path: Path) -> bool:
    if not path.stat().st_size:
        return True
    try:
        with closing(sqlite3.connect(path, timeout=SQLITE_BUSY_TIMEOUT_SECONDS)) as db:
            return db.execute("PRAGMA quick_check(1)").fetchall() != [("ok",)]
    except sqlite3.OperationalError:
        return False
    except sqlite3.DatabaseError:
        return True


def _opened(address: str) -> Engine:
    engine = create_engine(address, poolclass=StaticPool, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False})
    # in write-ahead mode a power cut then costs the last events, never the file
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=NORMAL"))
    return engine
