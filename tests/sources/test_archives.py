"""The public archives: present and former addresses, Brotli served unasked, doors that close, records of Common Crawl."""

from __future__ import annotations

import gzip
import io
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import brotli
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from sources.archives import CommonCrawl, Copy, Wayback, from_archive
from sources.captures import read_captures
from sources.catalogue import Source, source
from sources.fetching.archive import COPY, Archive
from sources.fetching.fetch import Fetcher, FetchFailed, Limits

NOW = datetime(2026, 11, 27, 6, tzinfo=UTC)
ONE = source("prices/anthropic")
URL, FORMER = ONE.contract.urls[0], ONE.contract.former_urls[0]
PAGE = (ONE.folder / "specimens" / "tables.md").read_bytes()
YEAR = date(2025, 1, 1), date(2025, 12, 31)
Answer = tuple[int, dict[str, str], bytes]


class Web:
    """A small internet: full address without scheme -> answer; what is not there is 404."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[str, dict[str, str]], Answer]] = {}
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                found = next((a for start, a in outer.answers.items() if self.path.startswith(start)), None)
                status, headers, body = found(self.path, dict(self.headers)) if found else (404, {}, b"none")
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def fetcher(self) -> Fetcher:
        return Fetcher(
            "ops@example.org",
            clock=lambda: NOW,
            mirror=f"http://127.0.0.1:{self.server.server_port}",
            sleep=lambda s: None,
            limits=Limits(backoff_s=0),
        )

    def cdx(self, rows: dict[str, list[list[str]]]) -> None:
        """What the Wayback Machine's index says of each address."""

        def answer(path: str, _: dict[str, str]) -> Answer:
            url = parse_qs(urlsplit(path).query)["url"][0]
            return 200, {}, json.dumps([["timestamp", "original", "statuscode"], *rows.get(url, [])]).encode()

        self.answers["/web.archive.org/cdx/"] = answer

    def page(self, path: str, body: bytes, status: int = 200, **headers: str) -> None:
        self.answers[path] = lambda *_: (status, {k.replace("_", "-"): v for k, v in headers.items()}, body)


@pytest.fixture
def web() -> Iterator[Web]:
    made = Web()
    yield made
    made.server.shutdown()
    made.server.server_close()


def added(web: Web, archive: Archive, one: Source = ONE) -> list[tuple[str, str]]:
    return [(k.file, k.what) for k in from_archive(Wayback(web.fetcher()), one, archive, *YEAR)]


def test_snapshots_of_present_and_former_addresses_enter_one_a_day_under_the_present_one_and_only_once(web: Web, tmp_path: Path) -> None:
    web.cdx(
        {
            URL: [["20250601120000", URL, "200"], ["20250601180000", URL, "200"], ["20250701120000", URL, "200"]],
            FORMER: [["20250301120000", FORMER, "200"]],
        }
    )
    web.page(f"/web.archive.org/web/20250601120000id_/{URL}", PAGE)
    web.page(f"/web.archive.org/web/20250301120000id_/{FORMER}", PAGE.replace(b"$5", b"$6"))
    archive = Archive(tmp_path)
    assert added(web, archive) == [("20250601120000", "added"), ("20250701120000", "skipped"), ("20250301120000", "added")]
    assert [(c.url, c.fetched_at, c.status) for c in archive.captures(ONE.key)] == [
        (URL, datetime(2025, 3, 1, 12, tzinfo=UTC), COPY),
        (URL, datetime(2025, 6, 1, 12, tzinfo=UTC), COPY),
    ]
    assert [what for _, what in added(web, archive)] == ["known", "skipped", "known"]
    assert {f for f in ONE.contract.former_urls} <= {parse_qs(urlsplit(p).query)["url"][0] for p in web.asked if "/cdx/" in p}


def test_each_dated_body_goes_through_the_same_reader_and_becomes_history(web: Web, tmp_path: Path) -> None:
    web.cdx({FORMER: [["20250301120000", FORMER, "200"]]})
    web.page("/web.archive.org/web/20250301120000id_/", PAGE)
    added(web, Archive(tmp_path))
    reading = read_captures(ONE, Archive(tmp_path), NOW.date())
    assert reading.quotes.height and set(reading.quotes["observed_at"]) == {date(2025, 3, 1)}


def test_brotli_that_an_archive_serves_unasked_is_read_and_a_cut_or_endless_one_refused(web: Web, tmp_path: Path) -> None:
    web.cdx({URL: [[f"2025060{n}120000", URL, "200"] for n in (1, 2, 3)]})
    packed = brotli.compress(PAGE)
    web.page("/web.archive.org/web/20250601120000id_/", packed, Content_Encoding="br")
    web.page("/web.archive.org/web/20250602120000id_/", packed[: len(packed) // 2], Content_Encoding="br")
    web.page("/web.archive.org/web/20250603120000id_/", brotli.compress(b"x" * 90_000_000), Content_Encoding="br")
    archive = Archive(tmp_path)
    assert [what for _, what in added(web, archive)] == ["added", "skipped", "skipped"]
    assert archive.read(archive.captures(ONE.key)[0].sha256) == PAGE


def test_a_door_that_closes_ends_the_run_with_what_to_do_and_keeps_what_came(web: Web, tmp_path: Path) -> None:
    web.cdx({URL: [[f"2025060{n}120000", URL, "200"] for n in (1, 2, 3)]})
    web.page("/web.archive.org/web/20250601120000id_/", PAGE)
    web.page("/web.archive.org/web/20250602120000id_/", b"slow down", 429, Retry_After="3600")
    web.page("/web.archive.org/web/20250603120000id_/", PAGE + b"later")
    archive = Archive(tmp_path)
    with pytest.raises(FetchFailed, match="lets us in no more for now; run the same command again"):
        added(web, archive)
    assert len(archive.captures(ONE.key)) == 1 and not any("20250603" in path for path in web.asked if "id_" in path)
    web.page("/web.archive.org/web/20250602120000id_/", PAGE + b"x")
    assert [what for _, what in added(web, archive)] == ["known", "added", "added"]


@pytest.mark.parametrize(
    ("original", "path"),
    [
        ("https://a.example:443/p", "/https://a.example/p"),
        ("http://a.example:80/p q", "/http://a.example/p%20q"),
        ("https://a.example/p?x=1&y=2", "/https://a.example/p?x=1&y=2"),
    ],
)
def test_addresses_are_asked_without_their_usual_port_and_with_spaces_quoted(web: Web, original: str, path: str) -> None:
    web.page("/web.archive.org/web/", PAGE)
    Wayback(web.fetcher()).body(Copy(datetime(2025, 6, 1, tzinfo=UTC), original))
    assert web.asked[-1].endswith(path)


@pytest.mark.parametrize("key", ["rentals/azure", "energy/eia"])
def test_an_interface_asked_by_query_is_not_asked_of_an_archive(web: Web, tmp_path: Path, key: str) -> None:
    kept = list(from_archive(Wayback(web.fetcher()), source(key), Archive(tmp_path), *YEAR))
    assert [k.what for k in kept] == ["skipped"] and "no archive holds" in kept[0].reason and web.asked == []


@pytest.mark.parametrize(
    "rows", [{"a": 1}, [["timestamp"], ["x"]], [["t", "o", "s"], ["20250601120000"]], [["t"], ["20251301120000", "u", "200"]]]
)
def test_a_list_that_is_no_list_is_refused_and_odd_rows_are_never_days(web: Web, rows: object) -> None:
    web.page("/web.archive.org/cdx/", json.dumps(rows).encode())
    try:
        assert Wayback(web.fetcher()).copies(URL, *YEAR) == []
    except FetchFailed as error:
        assert "JSON list" in str(error)


def test_without_a_network_the_archive_is_a_sentence_and_nothing_is_added(tmp_path: Path) -> None:
    away = Fetcher("ops@example.org", clock=lambda: NOW, mirror="http://127.0.0.1:9", sleep=lambda s: None)
    with pytest.raises(FetchFailed, match="web.archive.org"):
        list(from_archive(Wayback(away), ONE, Archive(tmp_path), *YEAR))
    assert Archive(tmp_path).captures(ONE.key) == []


def record(body: bytes, **headers: str) -> bytes:
    """A WARC record of an answer, as Common Crawl writes it."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True)
    http = StatusAndHeaders(
        "200 OK", [("Content-Type", "text/html"), *((k.replace("_", "-"), v) for k, v in headers.items())], protocol="HTTP/1.1"
    )
    writer.write_record(writer.create_warc_record(URL, "response", payload=io.BytesIO(body), http_headers=http))
    return out.getvalue()


def crawl(web: Web, file: bytes, places: list[tuple[str, int, int]]) -> None:
    """Two crawls, of which one is of the days wanted; the file of its records answers by range alone."""
    crawls = [
        {"id": "new", "from": "2026-10-01", "to": "2026-10-20", "cdx-api": "https://index.commoncrawl.org/new-index"},
        {"id": "old", "from": "2025-05-30T00:00:00", "to": "2025-06-30T00:00:00", "cdx-api": "https://index.commoncrawl.org/old-index"},
    ]
    web.page("/index.commoncrawl.org/collinfo.json", json.dumps(crawls).encode())
    lines = [
        json.dumps({"timestamp": stamp, "url": URL, "filename": "crawl-data/x.warc.gz", "offset": str(first), "length": str(length)})
        for stamp, first, length in places
    ]
    web.answers["/index.commoncrawl.org/old-index"] = lambda path, _: (
        (200, {}, "\n".join(lines).encode()) if parse_qs(urlsplit(path).query)["url"] == [URL] else (404, {}, b"{}")
    )

    def part(_: str, headers: dict[str, str]) -> Answer:
        first, last = map(int, headers["Range"].removeprefix("bytes=").split("-"))
        return 206, {"Content-Range": f"bytes {first}-{last}/{len(file)}"}, file[first : last + 1]

    web.answers["/data.commoncrawl.org/crawl-data/x.warc.gz"] = part


def test_common_crawl_is_the_second_archive_and_its_records_are_parts_of_files(web: Web, tmp_path: Path) -> None:
    plain, packed, torn = record(PAGE), record(gzip.compress(PAGE + b"later"), Content_Encoding="gzip"), b"\x1f\x8b torn"
    file, at = plain + packed + torn, len(plain)
    crawl(
        web,
        file,
        [
            ("20250601120000", 0, at),
            ("20250602120000", at, len(packed)),
            ("20250603120000", at + len(packed), len(torn)),
            ("20240101000000", 0, at),
        ],
    )
    archive = Archive(tmp_path)
    kept = [(k.file, k.what) for k in from_archive(CommonCrawl(web.fetcher()), ONE, archive, *YEAR)]
    assert kept == [("20250601120000", "added"), ("20250602120000", "added"), ("20250603120000", "skipped")]
    assert [archive.read(c.sha256) for c in archive.captures(ONE.key)] == [PAGE, PAGE + b"later"]
    assert not any("new-index" in path for path in web.asked), "a crawl of other days is not asked"


def test_a_whole_answer_to_a_request_for_a_part_is_refused(web: Web, tmp_path: Path) -> None:
    crawl(web, b"", [("20250601120000", 0, 10)])
    web.page("/data.commoncrawl.org/crawl-data/x.warc.gz", b"the whole file, all petabytes of it")
    kept = list(from_archive(CommonCrawl(web.fetcher()), ONE, Archive(tmp_path), *YEAR))
    assert [k.what for k in kept] == ["skipped"] and "HTTP 200" in kept[0].reason
