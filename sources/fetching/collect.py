"""Asking many sources: which are due, hosts side by side, one host's addresses one after the other.

Here belong cadence, parallelism and the memory of what was asked last. How one address is asked is
``fetch.py``; what is kept of the answer is the caller's and ``archive.py``'s.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

from sources.catalogue import Source
from sources.fetching.address import AddressRefused, host_of
from sources.fetching.archive import Archive, ArchiveUnusable, Snapshot
from sources.fetching.fetch import Fetched, Fetcher, FetchFailed, KeyMissing

log = logging.getLogger(__name__)

HOSTS_AT_ONCE = 8
UNREACHABLE_HOSTS = 3
"""After so many hosts without any connection, and none with one, the network is taken to be away."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one address of one source.

    ``fetched``: a new body. ``unchanged``: the server says the last body holds. ``not_due``: asked already
    within the cadence. ``no_key``: optional, and its key is not set. ``failed``: ``error`` says why. ``snapshot`` is what the archive holds of it now,
    ``missing`` what a list that counts its rows does not hold.
    """

    source: str
    url: str
    kind: Literal["fetched", "unchanged", "not_due", "no_key", "failed"]
    snapshot: Snapshot | None = None
    error: FetchFailed | None = None
    missing: str = ""


WHOLE_DAYS = 7
"""An address without a whole answer for so many days is asked without conditions: who lies about dates says "unchanged" for ever."""

Progress = Callable[[Outcome, int, int], None]
"""Called after each address, one call at a time, with the outcome, how many are done, and of how many."""


def is_due(last: datetime | None, now: datetime, cadence_days: int) -> bool:
    """Whether a source may be asked again: once in ``cadence_days`` calendar days (UTC). A look later than now was a wrong clock's."""
    return last is None or last > now or now.astimezone(UTC).date() - last.astimezone(UTC).date() >= timedelta(days=cadence_days)


def validators(last: Snapshot | None, asked: Iterable[Snapshot], now: datetime) -> tuple[str, str]:
    """The ETag and Last-Modified of ``last`` to ask its address with; empty where only a whole answer would prove anything.

    ``asked``: the captures of that address. A Last-Modified later than the answer that bore it is no date of that page
    (RFC 9110, 8.8.2.1); sent back, it would forbid every later change.
    """
    whole = [one for one in asked if one.status == 200 and timedelta(0) <= now - one.fetched_at < timedelta(days=WHOLE_DAYS)]
    if last is None or not whole:
        return "", ""
    try:
        dated = parsedate_to_datetime(last.last_modified)
        believed = dated.replace(tzinfo=dated.tzinfo or UTC) <= min(last.fetched_at, now)
    except (ValueError, TypeError):
        believed = False
    return last.etag, last.last_modified if believed else ""


def fetch_all(
    fetcher: Fetcher,
    sources: Iterable[Source],
    archive: Archive,
    *,
    force: bool = False,
    progress: Progress | None = None,
    hosts_at_once: int = HOSTS_AT_ONCE,
) -> list[Outcome]:
    """Ask every address of every live source that is due and keep what came; sorted by source and address.

    ``force`` asks also what is not due. One source's failure is its own outcome and stops no other; only
    ``ArchiveUnusable`` (the state folder refuses) is raised.
    """
    work = [(source, url) for source in sources if source.contract.live for url in source.contract.urls]
    by_host: dict[str, list[tuple[Source, str]]] = {}
    for source, url in sorted(work, key=lambda w: (w[0].key, w[1])):
        by_host.setdefault(_host(url), []).append((source, url))
    run = _Run(fetcher, archive, force, progress, len(work))
    with ThreadPoolExecutor(max(1, min(hosts_at_once, len(by_host))), thread_name_prefix="fetch") as pool:
        try:
            here = [copy_context() for _ in by_host]  # what is logged in a thread belongs to the step that asked
            outcomes = [o for host in pool.map(lambda context, work: context.run(run.host, work), here, by_host.values()) for o in host]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return sorted(outcomes, key=lambda o: (o.source, o.url))


def _host(url: str) -> str:
    try:
        return host_of(url)
    except AddressRefused:
        return url


class _Run:
    """The state the threads of one ``fetch_all`` share."""

    def __init__(self, fetcher: Fetcher, archive: Archive, force: bool, progress: Progress | None, total: int) -> None:
        self.fetcher, self.archive, self.force, self.progress, self.total = fetcher, archive, force, progress, total
        self.lock = threading.Lock()
        self.done = 0
        self.reached = False
        self.unreachable: set[str] = set()

    def host(self, work: list[tuple[Source, str]]) -> list[Outcome]:
        """All addresses of one host, one after the other."""
        outcomes = []
        for source, url in work:
            outcome = self.one(source, url)
            outcomes.append(outcome)
            log.info("%s: %s", url, outcome.kind if outcome.error is None else outcome.error, extra={"source": source.key})
            with self.lock:
                self.done += 1
                if self.progress is not None:
                    self.progress(outcome, self.done, self.total)
        return outcomes

    def one(self, source: Source, url: str) -> Outcome:
        """One address: asked if due and if there is a network, and kept."""
        last = self.archive.latest(source.key, url=url)
        now = self.fetcher.clock()
        if not self.force and last and not is_due(last.fetched_at, now, source.contract.cadence_days):
            return Outcome(source.key, url, "not_due", last)
        if not self.reached and len(self.unreachable) >= UNREACHABLE_HOSTS:
            error = FetchFailed(
                source.key,
                url,
                "an answer",
                f"no network (no connection to {', '.join(sorted(self.unreachable)[:3])})",
                "check the network, or use --offline or a mirror",
                unreachable=True,
            )
            return Outcome(source.key, url, "failed", last, error)
        try:
            etag, last_modified = validators(last, (c for c in self.archive.captures(source.key) if c.url == url), now)
            fetched = self.fetcher.fetch(source, url=url, etag=etag, last_modified=last_modified)
        except KeyMissing as error:
            return Outcome(source.key, url, "no_key", last, error)
        except FetchFailed as error:
            self._heard(url, not error.unreachable)
            return Outcome(source.key, url, "failed", last, error)
        except ArchiveUnusable:
            raise
        except Exception as error:  # the bulkhead: whatever an answer makes the machinery raise costs this address
            log.exception("%s: asking %s failed", source.key, url, extra={"source": source.key})
            said = f"one that stops the reading of answers ({type(error).__name__}: {error})"
            return Outcome(
                source.key, url, "failed", last, FetchFailed(source.key, url, "an answer", said, "see the log; the last good page is kept")
            )
        self._heard(url, True)
        return self._keep(source, url, fetched, last)

    def _heard(self, url: str, reached: bool) -> None:
        with self.lock:
            self.reached = self.reached or reached
            if not reached:
                self.unreachable.add(_host(url))

    def _keep(self, source: Source, url: str, fetched: Fetched, last: Snapshot | None) -> Outcome:
        if fetched.not_modified and last is not None:
            kept = self.archive.confirm(last, fetched.fetched_at, fetched.etag, fetched.last_modified)
            return Outcome(source.key, url, "unchanged", kept)
        kept = self.archive.put(source.key, url, fetched.body, fetched.fetched_at, fetched.etag, fetched.last_modified, fetched.status)
        return Outcome(source.key, url, "fetched", kept, missing=f"{source.key}: the answer {fetched.missing}" if fetched.missing else "")
