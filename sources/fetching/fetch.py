"""Fetching politely and safely: the one requests session. Only this module reaches a page on the network.

Polite: robots.txt before every address, a delay between two requests to one host, conditional requests,
retries only for 429, 5xx and time-outs, as far as ``patience.py`` goes, and an own User-Agent that says where to reach us. Safe: http and
https only, never to private addresses (also by redirect or by a changing name service), limits on time,
size, decompression, redirects and pages. Which sources are due, and several at once, is ``collect.py``;
keeping what came is ``archive.py``. Clock, sleep and name service are arguments.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import requests
import tenacity

from sources.catalogue import Source
from sources.fetching.address import (
    AddressRefused,
    Mirror,
    Resolver,
    check_url,
    host_of,
    joined,
    public_address,
    system_resolver,
)
from sources.fetching.answer import Passing, Refused, check_body, check_status, read_body
from sources.fetching.body import BodyRefused, join_pages, next_page, repeats, shortfall, unfold
from sources.fetching.deadline import deadline
from sources.fetching.fetched import Fetched, FetchFailed, KeyMissing, Limits
from sources.fetching.keys import Keys
from sources.fetching.patience import Patience
from sources.fetching.robots import ROBOT, Robots
from sources.fetching.session import PinnedAdapter, translated

__all__ = ["FetchFailed", "Fetched", "Fetcher", "KeyMissing", "Limits"]

NO_HEADERS: Mapping[str, str] = {}


class Fetcher:
    """The one session. Thread-safe; one per run, because robots.txt is kept for its life."""

    def __init__(
        self,
        contact: str,
        *,
        clock: Callable[[], datetime],
        mirror: str = "",
        sleep: Callable[[float], None] = time.sleep,
        timer: Callable[[], float] = time.monotonic,
        resolver: Resolver = system_resolver,
        limits: Limits | None = None,
        trusted_addresses: frozenset[str] = frozenset(),
        proxy: str = "",
        ca_file: str = "",
        keys: Mapping[str, tuple[str, str]] | None = None,
    ) -> None:
        """``contact`` goes into the User-Agent. ``mirror`` (http(s) base or folder) replaces the internet.

        ``trusted_addresses`` are private addresses that names may have all the same (an internal copy of a
        site). ``proxy`` is an outgoing proxy, which then resolves the names. ``keys``: host -> (query
        parameter, secret) for interfaces that want one; it is added on the wire only, so that no address,
        message, snapshot or body that leaves here holds it.
        """
        self.keys = Keys(keys)
        self.limits = limits or Limits()
        self.clock, self.sleep, self.timer, self.resolver = clock, sleep, timer, resolver
        self.mirror = Mirror(mirror) if mirror else None
        self.trusted, self.proxy = trusted_addresses, proxy
        self.user_agent = f"{ROBOT}/0.1 (+{contact})"
        self._robots = Robots(lambda address: self._follow(address, "", "", False, self.limits.robots_bytes).body)
        self._patience = Patience(self.limits)
        self._next_at: dict[str, float] = {}
        self._locks: dict[str, threading.RLock] = {}
        self._guard = threading.Lock()
        self._session = requests.Session()
        self._session.trust_env = False  # proxies and credentials are settings, not ambient environment
        self._session.verify = ca_file or True
        self._session.proxies = {"http": proxy, "https": proxy} if proxy else {}
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = PinnedAdapter(max_retries=0)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def fetch(self, what: Source | str, *, url: str = "", etag: str = "", last_modified: str = "", binary: bool | None = None) -> Fetched:
        """Ask one address: of a source (its first, or ``url``), or a bare address.

        With ``etag``/``last_modified`` of last time the request is conditional. A source with ``paging`` is
        read to its last page, joined to one body. Raises ``FetchFailed``.
        """
        if isinstance(what, Source):
            url, paging = url or what.contract.urls[0], what.contract.paging
            binary = what.contract.format in ("pdf", "zip") if binary is None else binary
            if what.contract.key_setting and host_of(url) not in self.keys and not self.mirror:
                raise KeyMissing(
                    what.key,
                    url,
                    "a key",
                    "none",
                    f"set {what.contract.key_setting} (the key is free); until then the packaged rows are used",
                )
            return self._paged(what.key, url, paging, etag, last_modified, binary)
        return self._paged(host_or(what), what, "", etag, last_modified, bool(binary))

    def fetch_part(self, url: str, first: int, length: int) -> Fetched:
        """``length`` bytes of an address from byte ``first`` on (RFC 9110, 14.2). Raises ``FetchFailed``, also for a whole answer."""
        return self._one(host_or(url), url, "", "", True, {"Range": f"bytes={first}-{first + length - 1}"})

    def _paged(self, source: str, url: str, paging: str, etag: str, last_modified: str, binary: bool) -> Fetched:
        first = self._one(source, url, etag, last_modified, binary)
        if not paging or first.not_modified:
            return first
        pages, seen, after = [first.body], {url}, first.final_url
        try:
            while following := next_page(pages[-1], paging, after):
                following = joined(after, following)
                if following in seen or len(pages) >= self.limits.pages:
                    raise BodyRefused(f"{len(pages)} pages and no last one")
                if host_of(following) != host_of(url):
                    raise BodyRefused(f"a next page at another host ({host_of(following)})")
                seen.add(following)
                page = self._one(source, following, "", "", binary)
                if repeats(page.body, pages[-1], paging):
                    break  # a server that gives one page for every offset (a copy in a mirror): it says itself what is missing
                pages.append(page.body)
                after = page.final_url
            body = join_pages(pages, paging)
            missing = shortfall(body, paging)
        except (BodyRefused, AddressRefused) as error:
            raise FetchFailed(source, url, "a paged feed", str(error), "see whether the feed has changed") from error
        return replace(first, body=body, missing=missing, etag="" if len(pages) > 1 else first.etag)

    def _one(self, source: str, url: str, etag: str, last_modified: str, binary: bool, asked: Mapping[str, str] = NO_HEADERS) -> Fetched:
        """One address with its redirects and retries, or ``FetchFailed``; a host that was given up is not asked."""
        host = host_or(url)
        if (before := self._patience.given_up(host)) is not None:
            raise FetchFailed(
                source,
                url,
                "an answer",
                f"{before} earlier in this run",
                "the next run tries again",
                status=before.status,
                unreachable=before.unreachable,
            )
        retrying = tenacity.Retrying(
            sleep=self.sleep,
            reraise=True,
            wait=self._pause,
            retry=lambda state: (
                isinstance(e := state.outcome and state.outcome.exception(), Passing)
                and self._patience.another_try(host, e, state.attempt_number)
            ),
        )
        try:
            answer = retrying(self._timed, host, url, etag, last_modified, asked)
            if not answer.not_modified:
                check_body(answer.body, binary)
            return answer
        except Passing as error:
            self._patience.ended(host, error)
            raise FetchFailed(
                source, url, "an answer", str(error), "the next run tries again", status=error.status, unreachable=error.unreachable
            ) from error
        except Refused as error:
            if error.unreachable:
                self._patience.ended(host, error)
            raise FetchFailed(
                source, url, "a page", str(error), error.remedy, status=error.status, unreachable=error.unreachable
            ) from error
        except AddressRefused as error:
            raise FetchFailed(
                source, url, "a public http(s) address", str(error), "see where the page has moved and correct the contract's urls"
            ) from error
        except BodyRefused as error:
            raise FetchFailed(source, url, "a page", str(error), "look at the page; the last good one is kept") from error

    def _timed(self, host: str, url: str, etag: str, last_modified: str, asked: Mapping[str, str]) -> Fetched:
        """One attempt; the time of one that fails is counted."""
        began = self.timer()
        try:
            return self._follow(url, etag, last_modified, True, asked=asked)
        except Passing:
            self._patience.waited(host, self.timer() - began)
            raise

    def _pause(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.pause_s if isinstance(error, Passing) else None
        pause_s = asked if asked is not None else self.limits.backoff_s * 2.0 ** (state.attempt_number - 1)
        self._patience.waited(state.args[0], pause_s)
        return pause_s

    def _follow(
        self, url: str, etag: str, last_modified: str, with_robots: bool, limit_bytes: int = 0, asked: Mapping[str, str] = NO_HEADERS
    ) -> Fetched:
        """Ask, following redirects by hand so that every step is checked like the first."""
        at = url
        for _ in range(self.limits.redirects + 1):
            check_url(at, after="" if at == url else url)
            if with_robots:
                self._robots.check(at)
            with self._turn(at):
                answer, location = self._ask(at, etag, last_modified, limit_bytes or self.limits.body_bytes, asked)
            if not location:
                return replace(answer, url=url, final_url=at)
            previous, at = at, location
            check_url(at, after=previous)
        raise Refused(f"more than {self.limits.redirects} redirects", "see where the page has moved")

    @contextmanager
    def _turn(self, url: str) -> Iterator[None]:
        """Wait for this host's turn: one request at a time, the host's delay between two."""
        host = host_of(url)
        with self._lock(host):
            wait_s = self._next_at.get(host, 0.0) - self.timer()
            if wait_s > 0:
                self.sleep(wait_s)
            try:
                yield
            finally:
                self._next_at[host] = self.timer() + self._delay_s(url)

    def _delay_s(self, url: str) -> float:
        if self.mirror:
            return 0.0
        return max(self.limits.host_delay_s, min(self._robots.delay_s(url), self.limits.crawl_delay_s))

    def _lock(self, name: str) -> threading.RLock:
        with self._guard:
            return self._locks.setdefault(name, threading.RLock())

    def _ask(self, url: str, etag: str, last_modified: str, limit_bytes: int, extra: Mapping[str, str] = NO_HEADERS) -> tuple[Fetched, str]:
        """One request. Returns the answer and, for a redirect, where it leads."""
        if self.mirror and not self.mirror.is_web:
            return self._from_folder(url, limit_bytes), ""
        asked, pinned = (self.mirror.address(url), "") if self.mirror else (url, self._checked_address(url))
        headers = {
            "User-Agent": self.user_agent,
            "Accept": "*/*",
            "Accept-Encoding": "gzip",
            "Accept-Language": "en",
            "Connection": "close",
            "Host": host_of(asked),
        }
        headers |= {k: v for k, v in (("If-None-Match", etag), ("If-Modified-Since", last_modified)) if v} | dict(extra)
        with self.keys.hiding(), translated(), deadline(self.limits.total_s) as running:
            key = None if self.mirror else self.keys.parameters(host_of(url))
            bearer = {} if self.mirror else self.keys.headers(host_of(url))
            prepared = self._session.prepare_request(requests.Request("GET", asked, headers=headers | bearer, params=key))
            prepared.pinned_address = pinned  # type: ignore[attr-defined]  # ours, for PinnedAdapter: requests has no place for it
            with self._session.send(
                prepared,
                stream=True,
                allow_redirects=False,
                timeout=(self.limits.connect_s, self.limits.read_s),
                proxies=self._session.proxies,
                verify=self._session.verify,
            ) as response:
                if response.is_redirect:
                    location = self.keys.hidden(response.headers["Location"].strip())
                    target = self.mirror.origin(location, asked, url) if self.mirror else joined(url, location)
                    return self._answer(url, b"", response), target
                check_status(response, self.clock, conditional=bool(etag or last_modified), part="Range" in extra)
                body = b"" if response.status_code == 304 else read_body(response, limit_bytes, running.check)
                return self._answer(url, self.keys.hidden_body(body), response), ""

    def _answer(self, url: str, body: bytes, response: requests.Response) -> Fetched:
        return Fetched(
            url,
            body,
            response.status_code,
            response.headers.get("ETag", ""),
            response.headers.get("Last-Modified", ""),
            url,
            self.clock().astimezone(UTC),
            response.status_code == 304,
        )

    def _checked_address(self, url: str) -> str:
        if self.proxy:
            return ""
        try:
            return public_address(url, self.resolver, self.trusted)
        except OSError as error:
            raise Refused(
                f"no connection: the name {urlsplit(url).hostname} has no address ({error})",
                "check the network; the last good page is kept",
                unreachable=True,
            ) from error

    def _from_folder(self, url: str, limit_bytes: int) -> Fetched:
        assert self.mirror is not None
        path = self.mirror.file(url)
        try:
            with open(path, "rb") as file:
                body = unfold(iter(lambda: file.read(1 << 20), b""), "", limit_bytes)
        except OSError as error:
            raise Refused(f"no file {path} in the mirror folder", "put the page there or unset the mirror", status=404) from error
        return Fetched(url, body, 200, "", "", url, self.clock().astimezone(UTC))


def host_or(url: str) -> str:
    """The host of an address for messages, or the address itself when it has none."""
    try:
        return host_of(url)
    except AddressRefused:
        return url
