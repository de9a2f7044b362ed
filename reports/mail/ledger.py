"""The ledger of what was mailed: claim first, send afterwards, so that nobody gets an edition twice.

One small SQLite file beside the state, apart from the warehouse, which may be deleted and rebuilt. A claim is
one atomic INSERT: of two schedulers only one gets it. A claim without an outcome means that a process died
between claim and answer; the server may have taken the mail, so it is not sent again by itself (at most once): every
run names it until ``send --retry`` or ``--settle`` says what became of it. A few kilobytes are held in reserve so that
the outcome of a mail that was accepted can be written on a full disk. Recipients are stored as a hash; no address is written here.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from reports.mail import identity

RESERVE_BYTES = 256 * 1024
SCHEMA = """
create table if not exists delivery (
  issue text not null, recipient text not null, state text not null check (
    state in ('claimed', 'sent', 'deferred', 'refused', 'unknown')),
  edition_id text not null, attempts integer not null default 1, claimed_at text not null, settled_at text,
  reason text, primary key (issue, recipient));
create table if not exists identity (id text not null);
create table if not exists alerted (
  recipient text not null, alert_key text not null, issue text not null, primary key (recipient, alert_key));
"""


_SENDING: set[str] = set()
"""Owners of claims that this very process is serving now."""


def _started(pid: int) -> str:
    """When a process began, as the kernel counts it; empty where that is not known. With it a reused pid is no owner."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _lives(owner: str) -> bool:
    """Whether the run that made a claim still serves it."""
    parts = owner.split(" ")
    if len(parts) != 3 or not parts[0].isdigit():
        return False
    pid = int(parts[0])
    if pid == os.getpid():
        return owner in _SENDING
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return _started(pid) == parts[1]


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
        self.owner = f"{os.getpid()} {_started(os.getpid())} {secrets.token_hex(4)}"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._open() as db:
                for statement in SCHEMA.split(";"):
                    db.execute(statement)
                identity.check(
                    self.path,
                    db,
                    "delivery",
                    lost="nobody knows who has today's edition.",
                    remedy="Restore it from a backup, or take it as it is with `deflation send --accept-state` (some may get an edition twice).",
                )
            self.path.chmod(0o600)
            if not self.reserve.exists():
                self.reserve.write_bytes(bytes(RESERVE_BYTES))
        except OSError as error:
            raise LedgerUnusable(f"ledger {self.path.name}: expected a writable file, found {error.strerror}") from error
        except identity.StateLost as error:
            raise LedgerUnusable(str(error)) from error

    def claim(self, issue: str, recipient: str, edition_id: str, now: str) -> bool:
        """Take the right to send; True for exactly one caller. A deferred delivery may be claimed again."""
        with self._open() as db:
            made = db.execute(
                "insert into delivery (issue, recipient, state, edition_id, claimed_at, reason) values (?, ?, 'claimed', ?, ?, ?) "
                "on conflict (issue, recipient) do update set state = 'claimed', attempts = attempts + 1, "
                "edition_id = excluded.edition_id, claimed_at = excluded.claimed_at, settled_at = null, reason = excluded.reason "
                "where delivery.state = 'deferred'",
                (issue, recipient, edition_id, now, self.owner),
            )
            return made.rowcount == 1

    def settle(self, issue: str, recipient: str, state: str, now: str, reason: str = "") -> None:
        """Write the outcome of a claim: sent, deferred (refused for now), refused, unknown.

        On a full disk the reserve is given up first. Raises ``LedgerUnusable`` naming the outcome that could not be kept.
        """
        row = (state, now, reason, issue, recipient)
        try:
            self._settle(row)
        except LedgerUnusable:
            self.reserve.unlink(missing_ok=True)
            try:
                self._settle(row)
            except LedgerUnusable as error:
                raise LedgerUnusable(
                    f"ledger {self.path.name}: the outcome of recipient {recipient} is {state!r} and could not be written "
                    f"({error.__cause__ or error}); free the disk, then `deflation send --settle {recipient}={state}`"
                ) from error

    def _settle(self, row: tuple[str, str, str, str, str]) -> None:
        with self._open() as db:
            db.execute(
                "update delivery set state = ?, settled_at = ?, reason = ? where issue = ? and recipient = ? and state = 'claimed'",
                row,
            )

    def state(self, issue: str, recipient: str) -> str:
        """What is known of one delivery: its state, ``elsewhere`` while a run that lives holds the claim, empty when nothing is."""
        with self._open() as db:
            row = db.execute(
                "select state, coalesce(reason, '') from delivery where issue = ? and recipient = ?", (issue, recipient)
            ).fetchone()
        if row is None:
            return ""
        return "elsewhere" if row[0] == "claimed" and _lives(row[1]) else str(row[0])

    @contextmanager
    def sending(self) -> Iterator[None]:
        """While this is held, the claims of this ledger count as being served."""
        _SENDING.add(self.owner)
        try:
            yield
        finally:
            _SENDING.discard(self.owner)

    def reopen(self, edition_id: str, states: Collection[str]) -> int:
        """Let deliveries of an edition that ended in one of ``states`` be tried again; returns how many."""
        marks = ",".join("?" * len(states))
        with self._open() as db:
            return db.execute(
                f"update delivery set state = 'deferred' where edition_id = ? and state in ({marks})", (edition_id, *states)
            ).rowcount

    def decide(self, edition_id: str, recipient: str, state: str, now: str) -> bool:
        """Write what the operator knows of a delivery (sent or refused); False if there is no such delivery."""
        with self._open() as db:
            return (
                db.execute(
                    "update delivery set state = ?, settled_at = ?, reason = 'said by the operator' where edition_id = ? and recipient = ?",
                    (state, now, edition_id, recipient),
                ).rowcount
                > 0
            )

    def bounced(self, recipient: str, now: str, reason: str) -> int:
        """A mail that was accepted came back: its newest delivery is refused after all."""
        with self._open() as db:
            return db.execute(
                "update delivery set state = 'refused', settled_at = ?, reason = ? where recipient = ? and state in ('sent', 'unknown', 'claimed') and claimed_at = "
                "(select max(claimed_at) from delivery where recipient = ?)",
                (now, reason, recipient, recipient),
            ).rowcount

    def outcomes(self, issue: str) -> list[Outcome]:
        """All deliveries of an issue, by recipient."""
        with self._open() as db:
            rows = db.execute(
                "select recipient, state, attempts, coalesce(reason, '') from delivery where issue = ? order by 1",
                (issue,),
            )
            return [Outcome(*row) for row in rows.fetchall()]

    def unserved(self) -> list[Outcome]:
        """Deliveries of the newest edition that did not end in a sent mail."""
        with self._open() as db:
            rows = db.execute(
                "select recipient, state, attempts, coalesce(reason, '') from delivery where state <> 'sent' and edition_id = "
                "(select edition_id from delivery order by claimed_at desc limit 1) order by 1"
            ).fetchall()
        return [Outcome(*row) for row in rows]

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
            return {key for (key,) in db.execute("select alert_key from alerted where recipient = ?", (recipient,)).fetchall()}

    def remember_alerts(self, recipient: str, keys: set[str], issue: str) -> None:
        """Replace what the recipient was told of; an alert that ended may be raised again later."""
        with self._open() as db:
            db.execute("delete from alerted where recipient = ?", (recipient,))
            db.executemany("insert into alerted values (?, ?, ?)", [(recipient, key, issue) for key in sorted(keys)])

    @property
    def reserve(self) -> Path:
        """The space that is given up to write an outcome on a full disk."""
        return self.path.with_name(self.path.name + ".reserve")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            db = sqlite3.connect(self.path, timeout=30.0, isolation_level=None)
        except sqlite3.Error as error:
            raise LedgerUnusable(f"ledger {self.path.name}: {error}; free the file or the disk, then send again") from error
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
