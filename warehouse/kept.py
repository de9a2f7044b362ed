"""Whether what a state folder keeps for ever is as it was written: which file, what is lost, what to do.

Captures say so themselves in their source's reading (``archive.damages``). What can be made anew (build, published
file, caches) is not looked at here: it is made anew.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import polars as pl

from sources.reading.set_aside import SetAside
from warehouse import issued
from warehouse.schema.frames import from_rows

MAIL = {
    "ledger.sqlite": "who was sent which edition: restore it from a backup before anything is sent, or today's edition goes out twice",
    "subscribers.sqlite": "who wants the report: restore it from a backup",
}


def damages(home: Path) -> pl.DataFrame:
    """Table core.damage of a state folder; no rows when all is well."""
    found = {f"issued/{name}": said for name, said in issued.damages(home / "issued").items()}
    found |= SetAside(home / "set_aside.jsonl").damages()
    found |= {name: f"cannot be read ({said}); it holds {lost}" for name, lost in MAIL.items() if (said := _unreadable(home / name))}
    return from_rows("core.damage", [{"subject": name, "reason": said} for name, said in sorted(found.items())])


def _unreadable(path: Path) -> str:
    """What SQLite says of a file it cannot read whole; empty where it can, or where there is none."""
    if not path.exists():
        return ""
    if not path.stat().st_size:
        return "it is empty"
    try:
        con = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            [(said,)] = con.execute("PRAGMA quick_check(1)").fetchall()
        finally:
            con.close()
    except sqlite3.Error as error:
        return str(error)
    return "" if said == "ok" else str(said).splitlines()[0]
