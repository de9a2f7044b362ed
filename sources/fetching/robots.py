"""robots.txt (RFC 9309): which addresses of a host we may ask, and how slowly. Read once per host and run."""

from __future__ import annotations

import threading
from collections.abc import Callable
from urllib.parse import urlsplit

from protego import Protego

from sources.fetching.address import AddressRefused, host_of
from sources.fetching.answer import Passing, Refused
from sources.fetching.body import BodyRefused

ROBOT = "deflation"
"""The name robots.txt may address us by."""


class Robots:
    """The rules of every host asked so far; ``ask`` gives the body of a robots.txt or one of our errors."""

    def __init__(self, ask: Callable[[str], bytes]) -> None:
        self._ask = ask
        self._rules: dict[str, Protego | str] = {}
        self._locks: dict[str, threading.RLock] = {}
        self._guard = threading.Lock()

    def check(self, url: str) -> None:
        """Raise ``Refused`` when the host forbids ``url`` or its robots.txt cannot be read, ``Passing`` for now.

        4xx allows everything, no answer forbids everything (RFC 9309, 2.3.1).
        """
        host = _host(url)
        with self._guard:
            lock = self._locks.setdefault(host, threading.RLock())
        with lock:
            if host not in self._rules:
                self._rules[host] = self._read(f"{host}/robots.txt")
            rules = self._rules[host]
        if isinstance(rules, str):
            away = rules.startswith("no connection")
            raise Refused(
                rules,
                "check the network; the last good page is kept"
                if away
                else "robots.txt must be readable before the page is asked; the next run tries again",
                unreachable=away,
            )
        if not rules.can_fetch(url, ROBOT):
            raise Refused("robots.txt forbids it", "do not fetch this page; set live = false in the contract")

    def delay_s(self, url: str) -> float:
        """The pause in seconds that the host asks for between two requests; 0 when it asks for none."""
        rules = self._rules.get(_host(url))
        return float(rules.crawl_delay(ROBOT) or 0.0) if isinstance(rules, Protego) else 0.0

    def _read(self, url: str) -> Protego | str:
        try:
            return Protego.parse(self._ask(url).decode("utf-8", errors="replace"))
        except Passing as error:
            raise Passing(
                f"{error} for its robots.txt",
                status=error.status,
                pause_s=error.pause_s,
                unreachable=error.unreachable,
                timed_out=error.timed_out,
                of_host=True,
            ) from error
        except Refused as error:
            return Protego.parse("") if 400 <= error.status < 500 else str(error)
        except (AddressRefused, BodyRefused) as error:
            return f"{error} for its robots.txt"


def _host(url: str) -> str:
    return f"{urlsplit(url).scheme}://{host_of(url)}"
