"""Whether a state file is still the one it was: its identity, kept inside it and beside it.

A ledger or a subscriber file that was emptied, replaced or lost opens like a new one; trusting it would send an edition
twice or to nobody. Each file holds an identity, and ``NAME.id`` beside it remembers it with the number of rows that were
last seen. Belongs here: noticing. Not here: what the files hold.
"""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
from pathlib import Path

FORMAT = 1
"""The layout of both files, kept in them as SQLite's ``user_version``; files of before it have none (0)."""


class StateLost(RuntimeError):
    """A state file is not the one it was; a sentence says what is lost and what to do."""


def beside(path: Path) -> Path:
    """Where a file's identity is remembered."""
    return path.with_name(path.name + ".id")


def check(path: Path, db: sqlite3.Connection, table: str, *, lost: str, remedy: str) -> None:
    """Hold an open file against what is remembered of it; remember a file that is seen for the first time.

    Raises ``StateLost`` where the file has another identity, or none while one is remembered, or has lost all rows.
    """
    _hold_format(path, db)
    known = _remembered(path)
    found = db.execute("select id from identity").fetchone()
    rows = int(db.execute(f"select count(*) from {table}").fetchone()[0])
    if found is None and known is None:
        identity = secrets.token_hex(16)
        db.execute("insert into identity values (?)", (identity,))
        _remember(path, identity, rows)
        return
    if known is None and found is not None:
        _remember(path, found[0], rows)
        return
    assert known is not None
    if found is None or found[0] != known["id"] or (rows == 0 and int(known["rows"]) > 0):
        raise StateLost(
            f"{path.name}: expected the file with {known['rows']} rows that was here, found {'another one' if rows else 'an empty one'}; {lost} {remedy}"
        )
    if rows != known["rows"]:
        _remember(path, found[0], rows)


def _hold_format(path: Path, db: sqlite3.Connection) -> None:
    """Refuse a file of a later layout; mark one of before there were marks."""
    number = int(db.execute("pragma user_version").fetchone()[0])
    if number > FORMAT:
        raise StateLost(
            f"{path.name}: expected a file of format {FORMAT} or earlier, found format {number} of a newer release; use that release, or a newer one"
        )
    if number < FORMAT:
        db.execute(f"pragma user_version = {FORMAT}")


def accept(path: Path) -> None:
    """Forget what is remembered: the operator takes the file as it is."""
    beside(path).unlink(missing_ok=True)


def _remembered(path: Path) -> dict[str, str | int] | None:
    try:
        told = json.loads(beside(path).read_text(encoding="utf-8"))
        return {"id": str(told["id"]), "rows": int(told["rows"])}
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        return {"id": "unreadable", "rows": 0}


def _remember(path: Path, identity: str, rows: int) -> None:
    draft = beside(path).with_name(f"{beside(path).name}.{os.getpid()}.tmp")
    draft.write_text(json.dumps({"id": identity, "rows": rows}) + "\n", encoding="utf-8")
    os.replace(draft, beside(path))
