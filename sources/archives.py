"""Pages of earlier days from the public archives: the Wayback Machine and Common Crawl, put into our archive.

Every address a page has or had is asked for, slowly: both archives are charities that throttle by closing the door. What
is kept is not asked for again, so a run that was turned away is simply run again later. A snapshot enters the archive with
status ``archive.COPY`` under the page's present address, and is read by the same reader as every page.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

from warcio.archiveiterator import ArchiveIterator

from sources.backfill import Kept
from sources.catalogue import Source
from sources.fetching.archive import COPY, Archive
from sources.fetching.body import BodyRefused, unfold
from sources.fetching.fetch import Fetcher
from sources.fetching.fetched import FetchFailed, Limits

PATIENT = Limits(read_s=75.0, total_s=120.0, host_delay_s=4.0, host_wait_s=300.0, run_wait_s=300.0, backoff_s=15.0, retry_after_s=120.0)
"""The index of an archive takes a minute to answer; its pages are asked fifteen a minute."""
CDX = "https://web.archive.org/cdx/search/cdx"
SNAPSHOT = "https://web.archive.org/web/{stamp}id_/{url}"
CRAWLS = "https://index.commoncrawl.org/collinfo.json"
CRAWL_DATA = "https://data.commoncrawl.org/"
CRAWLS_ASKED = 24
"""Crawls of Common Crawl that are asked at most, newest first within the days wanted: about two years."""
_AS_WRITTEN = ":/?&=%~+,;@!$'()*[]"
"""Characters of an address that are sent as they are; spaces and others are quoted."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One snapshot an archive holds: when, of which address, and where its body is."""

    moment: datetime
    original: str
    place: tuple[str, int, int] | None = None
    """File, first byte and length of the record (Common Crawl)."""


class PublicArchive(Protocol):
    """What both archives do; each raises ``FetchFailed``."""

    @property
    def name(self) -> str:
        """Its host, for messages."""
        ...

    def copies(self, url: str, since: date, until: date) -> list[Copy]:
        """The good snapshots of an address, oldest first, changes only, one a day."""
        ...

    def body(self, copy: Copy) -> bytes:
        """The body of one of them, as it was served."""
        ...


def from_archive(public: PublicArchive, source: Source, archive: Archive, since: date, until: date) -> Iterator[Kept]:
    """Put an archive's snapshots of every present and former address of a source into ours.

    Raises ``FetchFailed`` where the archive's list cannot be had or its door is closed; one snapshot that is damaged is a
    skipped row.
    """
    contract = source.contract
    if contract.paging or contract.key_setting:
        yield Kept("", source.key, "skipped", None, "an interface that is asked by query: no archive holds its answers")
        return
    for url in [*contract.urls, *contract.former_urls]:
        under = url if url in contract.urls else contract.urls[0] if contract.urls else url
        for copy in public.copies(url, since, until):
            stamp, day = f"{copy.moment:%Y%m%d%H%M%S}", copy.moment.date()
            if any(c.url == under and c.fetched_at == copy.moment for c in archive.captures(source.key)):
                yield Kept(stamp, source.key, "known", day)
                continue
            try:
                body = public.body(copy)
            except FetchFailed as error:
                if error.unreachable or error.status in (403, 429, 503):
                    raise FetchFailed(
                        public.name,
                        error.url,
                        "a snapshot",
                        f"{error.found}: the archive lets us in no more for now",
                        "run the same command again in an hour; what is kept is not asked for again",
                        status=error.status,
                    ) from error
                yield Kept(stamp, source.key, "skipped", day, str(error))
                continue
            archive.put(source.key, under, body, copy.moment, status=COPY)
            yield Kept(stamp, source.key, "added", day)


def _one_a_day(copies: list[Copy]) -> list[Copy]:
    days: dict[date, Copy] = {}
    for copy in sorted(copies, key=lambda c: (c.moment, c.original)):
        days.setdefault(copy.moment.date(), copy)
    return list(days.values())


def _moment(stamp: str) -> datetime:
    return datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


@dataclass(frozen=True)
class Wayback:
    """The Wayback Machine. The CDX interface: https://archive.org/developers/wayback-cdx-server.html."""

    fetcher: Fetcher
    name: str = "web.archive.org"

    def copies(self, url: str, since: date, until: date) -> list[Copy]:
        """The snapshots of an address that were answered with 200."""
        asked = (
            f"{CDX}?url={quote(url, safe='')}&output=json&fl=timestamp,original,statuscode&filter=statuscode:200"
            f"&collapse=digest&from={since:%Y%m%d}&to={until:%Y%m%d}"
        )
        try:
            rows = json.loads(self.fetcher.fetch(asked).body or b"[]")
            found = [Copy(_moment(str(r[0])), str(r[1])) for r in rows[1:] if re.fullmatch(r"\d{14}", str(r[0])) and str(r[2]) == "200"]
        except (ValueError, TypeError, IndexError, KeyError) as error:
            raise FetchFailed(
                self.name, asked, "a JSON list of snapshots", f"something else ({error})", "try again later; nothing was added"
            ) from error
        return _one_a_day(found)

    def body(self, copy: Copy) -> bytes:
        """The body of a snapshot without the archive's banner."""
        original = quote(re.sub(r"^(https?://[^/]+?):(?:80|443)(?=/|$)", r"\1", copy.original), safe=_AS_WRITTEN)
        return self.fetcher.fetch(SNAPSHOT.format(stamp=f"{copy.moment:%Y%m%d%H%M%S}", url=original)).body


@dataclass(frozen=True)
class CommonCrawl:
    """Common Crawl. Its index: https://index.commoncrawl.org; a record is a part of a file of data.commoncrawl.org (WARC 1.0)."""

    fetcher: Fetcher
    name: str = "commoncrawl.org"

    def copies(self, url: str, since: date, until: date) -> list[Copy]:
        """The records of an address in the crawls of the days wanted."""
        found: list[Copy] = []
        for index in self._indexes(since, until):
            asked = f"{index}?url={quote(url, safe='')}&output=json&filter={quote('=status:200', safe='')}"
            try:
                lines = self.fetcher.fetch(asked).body.decode("utf-8").splitlines()
            except FetchFailed as error:
                if error.status == 404:  # this crawl has nothing of it
                    continue
                raise
            found += [copy for line in lines if (copy := _record(line)) and since <= copy.moment.date() <= until]
        return _one_a_day(found)

    def _indexes(self, since: date, until: date) -> list[str]:
        """The index addresses of the crawls within the days wanted, newest first."""
        try:
            crawls = json.loads(self.fetcher.fetch(CRAWLS).body)
            wanted = [str(c["cdx-api"]) for c in crawls if _crawl_day(c, "to") >= since and _crawl_day(c, "from") <= until]
        except (ValueError, TypeError, KeyError) as error:
            raise FetchFailed(
                self.name, CRAWLS, "a JSON list of crawls", f"something else ({error})", "try again later; nothing was added"
            ) from error
        return [url for url in wanted if urlsplit(url).netloc == urlsplit(CRAWLS).netloc][:CRAWLS_ASKED]

    def body(self, copy: Copy) -> bytes:
        """The body in a record, unfolded within the fetcher's limit."""
        assert copy.place is not None
        name, first, length = copy.place
        url = CRAWL_DATA + quote(name, safe="/.-_")
        part = self.fetcher.fetch_part(url, first, length).body
        limit = self.fetcher.limits.body_bytes
        try:
            for record in ArchiveIterator(io.BytesIO(part), no_record_parse=False):
                if record.rec_type == "response":
                    encoding = record.http_headers.get_header("Content-Encoding", "") if record.http_headers else ""
                    return unfold(iter(partial(record.raw_stream.read, 1 << 16), b""), encoding, limit)
        except BodyRefused as error:
            raise FetchFailed(self.name, url, "a page", str(error), "this record is passed over") from error
        except Exception as error:  # whatever a damaged record makes the reader of records raise
            raise FetchFailed(
                self.name, url, "a record of a page", f"a damaged one ({type(error).__name__})", "this record is passed over"
            ) from error
        raise FetchFailed(self.name, url, "a record of a page", "none", "this record is passed over")


def _record(line: str) -> Copy | None:
    """One line of the index; None where it is none."""
    try:
        row = json.loads(line)
        return Copy(_moment(row["timestamp"]), str(row["url"]), (str(row["filename"]), int(row["offset"]), int(row["length"])))
    except (ValueError, TypeError, KeyError):
        return None


def _crawl_day(crawl: dict[str, Any], which: str) -> date:
    return date.fromisoformat(str(crawl[which])[:10])


ARCHIVES: dict[str, Callable[[Fetcher], PublicArchive]] = {"wayback": Wayback, "commoncrawl": CommonCrawl}
"""The archives by the name a user types."""
