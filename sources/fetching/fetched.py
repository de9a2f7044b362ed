"""What fetching gives, what it costs at most, and how it fails: the types that leave ``fetch.py``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


class FetchFailed(Exception):
    """An address that gave no usable body. The message names source, address, expected, found, remedy.

    ``unreachable`` is True when no server answered at all (name service, connection, no network).
    """

    def __init__(
        self, source: str, url: str, expected: str, found: str, remedy: str, *, status: int = 0, unreachable: bool = False
    ) -> None:
        self.source, self.url, self.expected, self.found, self.remedy = source, url, expected, found, remedy
        self.status, self.unreachable = status, unreachable
        super().__init__(f"{source}: expected {expected} at {url}, found {found}; {remedy}")

    def __reduce__(self) -> Any:
        return _remade, (self.source, self.url, self.expected, self.found, self.remedy, self.status, self.unreachable)


class KeyMissing(FetchFailed):
    """An interface that wants a key of one's own, and none is set: optional, nothing is broken."""


def _remade(source: str, url: str, expected: str, found: str, remedy: str, status: int, unreachable: bool) -> FetchFailed:
    return FetchFailed(source, url, expected, found, remedy, status=status, unreachable=unreachable)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address answered. ``not_modified`` means: the body of last time still holds (``body`` is empty).

    ``missing`` says what a list that counts its rows does not hold; empty when it is whole.
    """

    url: str
    body: bytes
    status: int
    etag: str
    last_modified: str
    final_url: str
    fetched_at: datetime
    not_modified: bool = False
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one address may cost us, and how long we wait."""

    connect_s: float = 8.0
    read_s: float = 20.0
    total_s: float = 60.0
    """From the first byte sent to the last byte read of one request, however slowly it drips."""
    body_bytes: int = 60_000_000
    redirects: int = 5
    pages: int = 200
    attempts: int = 3
    attempts_timed_out: int = 2
    """Attempts where a server lets our time run out."""
    host_wait_s: float = 60.0
    """Time without an answer after which a host is given up for the run."""
    run_wait_s: float = 180.0
    """Time without an answer, over all hosts, after which nothing is tried twice any more."""
    backoff_s: float = 2.0
    retry_after_s: float = 60.0
    """A server that asks for a longer pause than this is left alone until the next run."""
    host_delay_s: float = 1.0
    crawl_delay_s: float = 30.0
    robots_bytes: int = 512_000
