"""Who gets the mail: addresses, profile, thresholds, and whether they still want it.

One SQLite file (mode 0600) in the state folder, never published. Belongs here: adding, importing, removing,
unsubscribing by token, suppressing after refusals. Not here: sending (``mail``), what went out (``ledger``).
Messages never contain an address; they say which line or which argument is wrong.
"""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reports.mail import identity

PROFILES = ("daily", "weekly", "alert")
# One plain address: no display name, no quoting, no second address, ASCII; RFC 5321 lengths are checked apart.
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
_SCHEMA = """create table if not exists subscriber (
  address text primary key, profile text not null check (profile in ('daily', 'weekly', 'alert')),
  move_share real not null, floor_ratio real not null, stale_days integer not null, token text not null unique,
  state text not null default 'active' check (state in ('active', 'unsubscribed', 'suppressed')), reason text)"""


class SubscribersUnusable(RuntimeError):
    """The subscriber file cannot be read, or is not the one it was; a sentence says what to do."""


class AddressRefused(ValueError):
    """The text is not one plain mail address."""


@dataclass(frozen=True)
class Thresholds:
    """When an alert is worth a mail: a price moved by this share, the price came within this ratio of the
    GPU-hour floor, a source failed or has been silent for this many days.
    """

    move_share: float = 0.2
    floor_ratio: float = 1.0
    stale_days: int = 3


@dataclass(frozen=True)
class Subscriber:
    """One recipient. Its ``repr`` hides the address, so that a log line cannot leak it."""

    address: str
    profile: str = "daily"
    thresholds: Thresholds = Thresholds()
    token: str = ""
    state: str = "active"
    reason: str = ""

    def __repr__(self) -> str:
        return f"Subscriber(<address>, {self.profile}, {self.state})"


def plain_address(text: str) -> str:
    """The address in its stored form (domain in lower case). Raises ``AddressRefused``."""
    if (
        text != text.strip()
        or not _ADDRESS.fullmatch(text)
        or len(text) > 254
        or ".." in text.split("@")[0]
        or text.split("@")[0][0] == "."
        or text.split("@")[0][-1] == "."
    ):
        raise AddressRefused(
            "address: expected one plain address such as name@example.org, found something else "
            "(a line break, a space, two addresses, a display name or a sign that is not ASCII)"
        )
    local, domain = text.rsplit("@", 1)
    return f"{local}@{domain.lower()}"


class Store:
    """The subscribers' file. ``token`` makes the secret of an unsubscribe link (``secrets.token_urlsafe``)."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if not self.path.exists():
            self.path.touch(mode=0o600)
        try:
            with self._open() as db:
                db.execute(_SCHEMA)
                db.execute("create table if not exists identity (id text not null)")
                identity.check(
                    self.path,
                    db,
                    "subscriber",
                    lost="nobody would get the mail.",
                    remedy="Restore it from a backup, or take it as it is with `deflation send --accept-state`.",
                )
        except identity.StateLost as error:
            raise SubscribersUnusable(str(error)) from error
        self.path.chmod(0o600)

    def add(self, address: str, token: Callable[[], str], profile: str = "daily", thresholds: Thresholds = Thresholds()) -> bool:
        """Add, or change profile and thresholds; True if the address is new. Raises ``AddressRefused``.

        An unsubscribed address is left alone: only ``restore`` brings it back.
        """
        if profile not in PROFILES:
            raise ValueError(f"profile: expected one of {', '.join(PROFILES)}, found {profile[:20]!r}")
        plain, t = plain_address(address), thresholds
        with self._open() as db:
            known = db.execute("select 1 from subscriber where address = ? collate nocase", (plain,)).fetchone()
            if known:
                db.execute(
                    "update subscriber set profile = ?, move_share = ?, floor_ratio = ?, stale_days = ? where address = ? collate nocase",
                    (profile, t.move_share, t.floor_ratio, t.stale_days, plain),
                )
            else:
                db.execute(
                    "insert into subscriber (address, profile, move_share, floor_ratio, stale_days, token) values (?, ?, ?, ?, ?, ?)",
                    (plain, profile, t.move_share, t.floor_ratio, t.stale_days, token()),
                )
            return not known

    def remove(self, address: str) -> bool:
        """Delete the address and all that is known of it; False if it was not there."""
        with self._open() as db:
            return db.execute("delete from subscriber where address = ? collate nocase", (plain_address(address),)).rowcount > 0

    def unsubscribe(self, token_or_address: str) -> bool:
        """Honour an unsubscribe by its token, or by the address; False if neither is known."""
        with self._open() as db:
            return (
                db.execute(
                    "update subscriber set state = 'unsubscribed', reason = 'asked to' where token = ? or address = ? collate nocase",
                    (token_or_address, token_or_address),
                ).rowcount
                > 0
            )

    def suppress(self, address: str, reason: str) -> None:
        """Stop sending to an address that refuses for good."""
        with self._open() as db:
            db.execute(
                "update subscriber set state = 'suppressed', reason = ? where address = ? collate nocase and state = 'active'",
                (reason, address),
            )

    def restore(self, address: str) -> bool:
        """Make an unsubscribed or suppressed address active again, on its owner's word."""
        with self._open() as db:
            return (
                db.execute(
                    "update subscriber set state = 'active', reason = null where address = ? collate nocase",
                    (plain_address(address),),
                ).rowcount
                > 0
            )

    def all(self) -> list[Subscriber]:
        """Everyone, by address."""
        with self._open() as db:
            rows = db.execute(
                "select address, profile, move_share, floor_ratio, stale_days, token, state, coalesce(reason, '') from subscriber order by address"
            ).fetchall()
        return [Subscriber(a, p, Thresholds(m, f, int(d)), k, s, r) for a, p, m, f, d, k, s, r in rows]

    def active(self) -> list[Subscriber]:
        """Those who get mail."""
        return [s for s in self.all() if s.state == "active"]

    def import_csv(self, text: str, token: Callable[[], str]) -> tuple[int, list[str]]:
        """Add from CSV (``address[,profile[,move_share[,floor_ratio[,stale_days]]]]``, header optional).

        Returns how many are new and a sentence per refused line; good lines are kept.
        """
        new, refused = 0, []
        for number, row in enumerate(csv.reader(io.StringIO(text)), start=1):
            cells = [c.strip() for c in row]
            if not any(cells) or (number == 1 and cells[0].lower() in ("address", "email")):
                continue
            try:
                profile = cells[1] if len(cells) > 1 and cells[1] else "daily"
                given = [c for c in cells[2:5]] + [""] * 3
                limits = Thresholds(float(given[0] or 0.2), float(given[1] or 1.0), int(given[2] or 3))
                new += self.add(cells[0], token, profile, limits)
            except ValueError as error:
                refused.append(f"line {number}: {_without_address(str(error))}")
        return new, refused

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        db = sqlite3.connect(self.path, timeout=30.0, isolation_level=None)
        try:
            db.execute("begin immediate")
            yield db
            db.execute("commit")
        except sqlite3.DatabaseError as error:
            if db.in_transaction:
                db.execute("rollback")
            raise SubscribersUnusable(
                f"{self.path.name}: expected the subscriber file, found: {error}; restore it from a backup or free the disk"
            ) from error
        except BaseException:
            if db.in_transaction:
                db.execute("rollback")
            raise
        finally:
            db.close()


def _without_address(message: str) -> str:
    return re.sub(r"\S+@\S+(?<!example\.org)", "<address>", message)


def tokens_in_mail(raw: bytes) -> list[str]:
    """The tokens in replies to the unsubscribe link (``Subject: unsubscribe TOKEN``), from a message or an mbox.

    The token alone decides; who the reply claims to be from does not matter, because that can be forged.
    """
    found = re.findall(rb"(?im)^subject:[ \t]*(?:re:[ \t]*)*unsubscribe[ \t]+([A-Za-z0-9_-]{16,64})[ \t]*\r?$", raw)
    return sorted({token.decode() for token in found})
