"""A small world for simulations: every source's pages on loopback, changing and dying by chance, and a real mail server.

Bodies are the specimens of the sources with figures moved. All chance comes from one seed. Test machinery: nothing of the
product reads it.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, field
from email import message_from_bytes
from functools import cache

from sources.catalogue import source, sources
from sources.pages.quote import PageChanged
from sources.reading.parsed import in_process, unpacked
from tests.journeys.mirror_server import MirrorServer
from tests.reports import smtp_server

FIGURE = re.compile(rb"(?<![\d.-])\d+\.\d*[1-8](?![\d.-])")
DEAD = {200: 6, 403: 6, 404: 6, 410: 6, 500: 1, 503: 1}
"""How a dead source answers, and how often: 200 with a hostile body; 5xx seldom, since a run waits between its three tries."""
HOSTILE = (b"", b"<html><title>Just a moment...</title></html>", b"\x00\xff" * 5000, b"[" * 100_000, b'{"value": NaN}', b"9" * 1_000_000)


@cache
def specimen(key: str) -> bytes:
    """The specimen of which a source reads most rows. Many are smaller than their contract allows a page to be: those sources are refused
    every day, and say so.
    """
    one = source(key)
    bodies = sorted(p.read_bytes() for p in (one.folder / "specimens").iterdir() if not p.name.endswith(".golden.csv"))

    def rows(body: bytes) -> int:
        try:
            return unpacked(in_process(one, body)).rows.height
        except PageChanged:
            return 0

    return max(bodies, key=rows)


def moved(body: bytes, rng: random.Random) -> bytes:
    """The body with the last digit of one printed figure one higher; as it is where it prints none."""
    found = list(FIGURE.finditer(body))
    if not found or body[:2] == b"PK" or body[:4] == b"%PDF":
        return body
    place = rng.choice(found).end() - 1
    return body[:place] + bytes([body[place] + 1]) + body[place + 1 :]


@dataclass
class World:
    """What every source answers today, and the mails that were taken. ``share``: how many of the sources move a figure in a day."""

    seed: int
    share: float = 0.15
    bodies: dict[str, bytes] = field(default_factory=dict)
    dead: dict[str, int] = field(default_factory=dict)
    """Days a source still is not itself."""

    def __post_init__(self) -> None:
        self.rng, self.server, self.inbox = random.Random(self.seed), MirrorServer(), smtp_server.Inbox()
        self.mail = smtp_server.start(self.inbox)
        self.bodies = {key: specimen(key) for key, one in sources().items() if one.contract.live}
        for key, body in self.bodies.items():
            self.server.place(key, body)

    def wake(self) -> list[str]:
        """A new day: figures move, sources die and return; returns the sources whose pages moved and are well."""
        changed = [key for key in self.bodies if self.rng.random() < self.share]
        for key in changed:
            self.bodies[key] = moved(self.bodies[key], self.rng)
        self.dead = {key: days - 1 for key, days in self.dead.items() if days > 1}
        for key in self.bodies:
            if key not in self.dead and self.rng.random() < 0.01:
                self.dead[key] = self.rng.randint(1, 20)
            if key not in self.dead:
                self.server.place(key, self.bodies[key])
            else:
                [status] = self.rng.choices(tuple(DEAD), tuple(DEAD.values()))
                self.server.place(key, self.rng.choice(HOSTILE) if status == 200 else b"not here", status)
        return [key for key in changed if key not in self.dead]

    def settings(self) -> dict[str, str]:
        """The environment of a run in this world."""
        return {
            "DEFLATION_MIRROR": self.server.base,
            "DEFLATION_SMTP_HOST": "localhost",
            "DEFLATION_SMTP_PORT": str(smtp_server.port_of(self.mail)),
            "DEFLATION_SMTP_TLS": "none",
            "DEFLATION_MAIL_FROM": "Deflation <desk@example.org>",
        }

    def mails(self) -> Counter[tuple[str, str]]:
        """Mails taken, by address and edition."""
        return Counter((address, message_from_bytes(raw)["X-Deflation-Edition"]) for address, raw in self.inbox.received)

    def close(self) -> None:
        """End both servers."""
        self.server.close()
        self.mail.stop()
