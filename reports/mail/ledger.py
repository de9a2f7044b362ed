"""The ledger of what was mailed: claim first, send afterwards, so that nobody gets an edition twice.

One small SQLite file beside the state, apart from the warehouse, which may be deleted and rebuilt. A claim is
one atomic INSERT: of two schedulers only one gets it. A claim without an outcome means that a process died
between claim and answer; the server may have taken the mail, so it is never sent again (at most once) and the
report says so. Recipients are stored as a hash; no address is written here.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

SCHEMA = """
create table if not exists delivery (
  issue text not null, recipient text not null, state text not null check (
    state in ('claimed', 'sent', 'deferred', 'refused', 'unknown')),
  edition_id text not null, attempts integer not null default 1, claimed_at text not null, settled_at text,
  reason text, primary key (issue, recipient));
create table if not exists alerted (
  recipient text not null, alert_key text not null, issue text not null, primary key (recipient, alert_key));
"""


class LedgerUnusable(RuntimeError):
    """The ledger cannot be read or written: nothing may be sent, because nobody knows who has it already."""


class Outcome(NamedTuple):
    """One delivery as the ledger knows it. ``recipient`` is a hash."""

    recipient: str
    state: str
    attempts: int
    reason: str


def recipient_key(address: str) -> str:
    """A stable name for an address that is not the address."""
    return hashlib.sha256(b"deflation recipient " + address.strip().lower().encode()).hexdigest()[:24]


class Ledger:
    """Claims and outcomes by (issue, recipient). ``issue`` names what a reader must get once."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._open() as db:
                for statement in SCHEMA.split(";"):
                    db.execute(statement)
            self.path.chmod(0o600)
        except OSError as error:
            raise LedgerUnusable(
                f"ledger {self.path.name}: expected a writable file, found {error.strerror}"
            ) from error

    def claim(self, issue: str, recipient: str, edition_id: str, now: str) -> bool:
        """Take the right to send; True for exactly one caller. A deferred delivery may be claimed again."""
        with self._open() as db:
            made = db.execute(
                "insert into delivery (issue, recipient, state, edition_id, claimed_at) values (?, ?, 'claimed', ?, ?) "
                "on conflict (issue, recipient) do update set state = 'claimed', attempts = attempts + 1, "
                "edition_id = excluded.edition_id, claimed_at = excluded.claimed_at, settled_at = null, reason = null "
                "where delivery.state = 'deferred'",
                (issue, recipient, edition_id, now),
            )
            return made.rowcount == 1

    def settle(self, issue: str, recipient: str, state: str, now: str, reason: str = "") -> None:
        """Write the outcome of a claim: sent, deferred (refused for now), refused, unknown."""
        with self._open() as db:
            db.execute(
                "update delivery set state = ?, settled_at = ?, reason = ? where issue = ? and recipient = ? and state = 'claimed'",
                (state, now, reason, issue, recipient),
            )

    def outcomes(self, issue: str) -> list[Outcome]:
        """All deliveries of an issue, by recipient."""
        with self._open() as db:
            rows = db.execute(
                "select recipient, state, attempts, coalesce(reason, '') from delivery where issue = ? order by 1",
                (issue,),
            )
            return [Outcome(*row) for row in rows.fetchall()]

    def refusals(self, recipient: str) -> int:
        """Permanent refusals in a row, newest issue backwards, until the last success."""
        with self._open() as db:
            rows = db.execute(
                "select state from delivery where recipient = ? and state in ('sent', 'refused') order by claimed_at desc, issue desc",
                (recipient,),
            ).fetchall()
        return next((i for i, (state,) in enumerate(rows) if state == "sent"), len(rows))

    def forget_refusals(self, recipient: str) -> None:
        """Start counting anew: the operator says that the address works again."""
        with self._open() as db:
            db.execute("update delivery set state = 'unknown' where recipient = ? and state = 'refused'", (recipient,))

    def alerted(self, recipient: str) -> set[str]:
        """Keys of the alerts that the recipient has been told of and that still hold."""
        with self._open() as db:
            return {
                key
                for (key,) in db.execute("select alert_key from alerted where recipient = ?", (recipient,)).fetchall()
            }

    def remember_alerts(self, recipient: str, keys: set[str], issue: str) -> None:
        """Replace what the recipient was told of; an alert that ended may be raised again later."""
        with self._open() as db:
            db.execute("delete from alerted where recipient = ?", (recipient,))
            db.executemany("insert into alerted values (?, ?, ?)", [(recipient, key, issue) for key in sorted(keys)])

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            db = sqlite3.connect(self.path, timeout=30.0, isolation_level=None)
        except sqlite3.Error as error:
            raise LedgerUnusable(
                f"ledger {self.path.name}: {error}; free the file or the disk, then send again"
            ) from error
        try:
            db.execute("pragma synchronous = full")
            db.execute("begin immediate")
            yield db
            db.execute("commit")
        except sqlite3.Error as error:
            if db.in_transaction:
                db.execute("rollback")
            raise LedgerUnusable(
                f"ledger {self.path.name}: expected the ledger's tables, found: {error}; nothing was sent. "
                "Restore the file from a backup; deleting it would allow today's edition to go out twice"
            ) from error
        finally:
            db.close()
