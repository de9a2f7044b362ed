"""Mails that came back: delivery status notifications (RFC 3464) read to the recipients that will never be reached.

Belongs here: what a notification says. Not here: what follows from it (``ledger``, ``subscribers``).
"""

from __future__ import annotations

import email
import email.policy
import mailbox
import tempfile
from collections.abc import Iterator
from email.message import EmailMessage, Message
from pathlib import Path
from typing import NamedTuple

from reports.mail.subscribers import AddressRefused, plain_address

LARGEST_BYTES = 20_000_000


class Bounce(NamedTuple):
    """One recipient of one notification that failed for good. ``status`` as in RFC 3463 (5.1.1)."""

    address: str
    status: str


def bounces(raw: bytes) -> list[Bounce]:
    """The recipients that failed for good, from one message or an mbox; delays and successes are left out.

    Raises ``ValueError`` when the file is larger than ``LARGEST_BYTES``.
    """
    if len(raw) > LARGEST_BYTES:
        raise ValueError(f"expected mails of at most {LARGEST_BYTES} bytes, found {len(raw)}")
    found = {bounce for message in _messages(raw) for bounce in _failed(message)}
    return sorted(found)


def _messages(raw: bytes) -> Iterator[Message]:
    if not raw.startswith(b"From "):
        yield email.message_from_bytes(raw, policy=email.policy.default)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mbox"
        path.write_bytes(raw)
        for one in mailbox.mbox(path):
            yield email.message_from_bytes(one.as_bytes(), policy=email.policy.default)


def _failed(message: Message | EmailMessage) -> Iterator[Bounce]:
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for fields in (one for one in part.get_payload() if isinstance(one, Message)):
            status = str(fields.get("Status", "")).strip()[:12]
            if str(fields.get("Action", "")).strip().lower() != "failed" or not status.startswith("5"):
                continue
            recipient = str(fields.get("Final-Recipient", "") or fields.get("Original-Recipient", "")).partition(";")[2].strip().strip("<>")
            try:
                yield Bounce(plain_address(recipient), status)
            except AddressRefused:
                continue
