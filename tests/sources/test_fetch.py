"""Fetching against real servers on loopback: what is asked, how politely, and what is refused.

Names resolve through a stub to loopback, which the fetcher is told to trust; every other private address
is refused as in production.
"""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
import zlib
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sources.catalogue import Source
from sources.contract import Contract
from sources.fetching.address import AddressRefused, check_url, is_public, public_address
from sources.fetching.archive import Archive
from sources.fetching.body import BodyRefused, join_pages, unfold
from sources.fetching.collect import WHOLE_DAYS, fetch_all, is_due, validators
from sources.fetching.fetch import Fetcher, FetchFailed, Limits

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
QUICK = Limits(connect_s=1, read_s=0.5, total_s=1.0, body_bytes=100_000, host_delay_s=0, backoff_s=1)


class Site:
    """A scripted server: path -> list of answers, the last one repeated. Remembers what it was asked."""

    def __init__(self):
        self.answers, self.asked = {}, []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                site.asked.append((self.path, dict(self.headers)))
                script = site.answers.get(self.path)
                if script is None:
                    answer = (404, {}, b"none")
                else:
                    answer = script.pop(0) if len(script) > 1 else script[0]
                try:
                    if callable(answer):
                        answer(self)
                    else:
                        self.reply(*answer)
                except (BrokenPipeError, ConnectionResetError):
                    pass
                self.close_connection = True

            def reply(self, status, headers, body):
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f"http://site.test:{self.port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def page(self, path, *answers):
        self.answers[path] = [a if callable(a) or isinstance(a, tuple) else (200, {}, a) for a in answers]

    def paths(self):
        return [path for path, _ in self.asked if path != "/robots.txt"]


@pytest.fixture
def site():
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


def stub(names=None):
    def resolve(host, port):
        found = (names or {}).get(host, ["127.0.0.1"] if host.endswith(".test") else [])
        if not found:
            raise socket.gaierror(-2, "Name or service not known")
        return found

    return resolve


def fetcher(slept=None, clock=lambda: NOW, **options):
    options = {"resolver": stub(), "limits": QUICK, "trusted_addresses": frozenset({"127.0.0.1"}), **options}
    return Fetcher("ops@example.org", clock=clock, sleep=(slept if slept is not None else []).append, **options)


def refused(site_or_url, path="/p", **options):
    url = site_or_url if isinstance(site_or_url, str) else site_or_url.url + path
    with pytest.raises(FetchFailed) as caught:
        fetcher(**options).fetch(url)
    assert str(caught.value).startswith("site.test") or isinstance(site_or_url, str)
    assert "expected" in str(caught.value) and "found" in str(caught.value) and url in str(caught.value)
    return caught.value


def test_a_page_comes_with_its_validators_and_we_say_who_we_are(site):
    site.page("/p?q=1", (200, {"ETag": '"v1"', "Last-Modified": "Sun, 01 Nov 2026 00:00:00 GMT"}, b"hello"))
    got = fetcher().fetch(site.url + "/p?q=1")
    assert (got.body, got.status, got.etag, got.fetched_at) == (b"hello", 200, '"v1"', NOW)
    assert got.last_modified.startswith("Sun") and not got.not_modified
    headers = site.asked[-1][1]
    assert "deflation" in headers["User-Agent"] and "ops@example.org" in headers["User-Agent"]
    assert headers["Host"] == f"site.test:{site.port}" and "Cookie" not in headers


def test_a_second_fetch_is_conditional_and_304_means_unchanged(site):
    site.page("/p", (304, {"ETag": '"v1"'}, b""))
    got = fetcher().fetch(site.url + "/p", etag='"v1"', last_modified="Sun, 01 Nov 2026 00:00:00 GMT")
    assert got.not_modified and got.body == b""
    assert site.asked[-1][1]["If-None-Match"] == '"v1"' and "If-Modified-Since" in site.asked[-1][1]


def test_304_to_an_unconditional_request_is_a_failure(site):
    site.page("/p", (304, {}, b""))
    assert "304" in str(refused(site))


def test_429_is_retried_after_the_pause_the_server_asks_for(site):
    site.page("/p", (429, {"Retry-After": "7"}, b""), (200, {}, b"ok"))
    slept = []
    assert fetcher(slept).fetch(site.url + "/p").body == b"ok"
    assert slept == [7.0]


def test_retry_after_may_be_a_date(site):
    site.page("/p", (503, {"Retry-After": "Sun, 22 Nov 2026 06:00:30 GMT"}, b""), (200, {}, b"ok"))
    slept = []
    fetcher(slept).fetch(site.url + "/p")
    assert slept == [30.0]


def test_a_server_that_asks_for_an_hour_is_left_alone(site):
    site.page("/p", (429, {"Retry-After": "3600"}, b""))
    slept = []
    with pytest.raises(FetchFailed, match="HTTP 429"):
        fetcher(slept).fetch(site.url + "/p")
    assert slept == [] and site.paths() == ["/p"]


def test_500_is_tried_three_times_with_growing_pauses(site):
    site.page("/p", (500, {}, b""))
    slept = []
    with pytest.raises(FetchFailed) as caught:
        fetcher(slept).fetch(site.url + "/p")
    assert caught.value.status == 500 and site.paths() == ["/p"] * 3 and slept == [1.0, 2.0]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 206])
def test_other_failures_are_not_retried(site, status):
    site.page("/p", (status, {}, b"no"))
    assert refused(site).status == status and site.paths() == ["/p"]


def test_a_silent_server_is_a_time_out_and_retried(site):
    site.page("/p", lambda h: time.sleep(0.8))
    error = refused(site, limits=Limits(read_s=0.15, total_s=5, attempts=2, host_delay_s=0))
    assert "no answer in time" in str(error) and site.paths() == ["/p"] * 2 and not error.unreachable


@pytest.mark.parametrize("where", ["headers", "body"])
def test_a_server_that_drips_is_ended_by_the_total_limit(site, where):
    def drip(handler):
        if where == "body":
            handler.send_response(200)
            handler.send_header("Content-Length", "1000")
            handler.end_headers()
        else:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        for _ in range(60):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.05)

    site.page("/p", drip)
    began = time.monotonic()
    error = refused(site, limits=Limits(read_s=2, total_s=0.4, attempts=1, host_delay_s=0))
    assert "within 0.4 s" in str(error)
    assert time.monotonic() - began < 2


def test_a_redirect_is_followed_and_the_final_address_told(site):
    site.page("/p", (301, {"Location": "/q"}, b""))
    site.page("/q", b"moved")
    got = fetcher().fetch(site.url + "/p")
    assert (got.body, got.url, got.final_url) == (b"moved", site.url + "/p", site.url + "/q")


def test_a_redirect_loop_ends_after_five(site):
    site.page("/p", (302, {"Location": "/p"}, b""))
    assert "more than 5 redirects" in str(refused(site))
    assert len(site.paths()) == 6


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1:{port}/secret",
        "http://[::1]/",
        "http://10.1.2.3/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://2130706433/",
        "http://127.1/",
        "http://0x7f.1/",
        "http://localhost:{port}/secret",
        "http://metadata.google.internal/",
        "http://0.0.0.0/",
        "file:///etc/passwd",
        "ftp://site.test/x",
        "javascript:alert(1)",
        "gopher://site.test/",
        "http://user:pw@site.test/",
        "http://",
        "http://inside.test/",
        "//169.254.169.254/",
        "http://192.168.1.1/",
        "http://[fe80::1]/",
        "http://224.0.0.1/",
    ],
)
def test_a_redirect_to_a_private_place_or_another_scheme_is_refused(site, target):
    site.page("/p", (302, {"Location": target.format(port=site.port)}, b""))
    site.page("/secret", b"secret")
    refused(site, resolver=stub({"site.test": ["127.0.0.1"], "inside.test": ["10.0.0.9"]}))
    assert "/secret" not in site.paths()


def test_a_step_down_from_https_to_http_is_refused():
    with pytest.raises(AddressRefused, match="step down"):
        check_url("http://example.org/", after="https://example.org/")


def test_a_name_with_one_private_address_among_public_ones_is_refused():
    with pytest.raises(AddressRefused, match=r"10\.0\.0\.9"):
        public_address("https://mixed.test/", stub({"mixed.test": ["93.184.216.34", "10.0.0.9"]}))
    error = refused("http://mixed.test/p", resolver=stub({"mixed.test": ["93.184.216.34", "10.0.0.9"]}))
    assert "10.0.0.9" in str(error)


def test_the_connection_goes_to_the_checked_address_whatever_the_name_says_later(site):
    """``elsewhere.test`` has no address for the system; only the pinned one can have been used."""
    site.page("/p", b"pinned")
    assert fetcher().fetch(f"http://elsewhere.test:{site.port}/p").body == b"pinned"
    assert site.asked[-1][1]["Host"] == f"elsewhere.test:{site.port}"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("100.64.0.1", False),
        ("::1", False),
        ("fd00::1", False),
        ("2002:7f00:1::", False),
        ("::ffff:8.8.8.8", True),
        ("240.0.0.1", False),
        ("nonsense", False),
    ],
)
def test_public_addresses_are_told_from_private_ones(address, public):
    assert is_public(address) is public


def test_an_oversized_body_is_refused_before_and_while_reading(site):
    def endless(handler):
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for _ in range(400):
            handler.wfile.write(b"400\r\n" + b"x" * 1024 + b"\r\n")

    site.page("/announced", (200, {}, b"x" * 100_001))
    site.page("/endless", endless)
    assert "100,001 bytes" in str(refused(site, "/announced"))
    assert "more than 100,000 bytes" in str(refused(site, "/endless"))


def test_a_gzip_bomb_is_refused_and_an_honest_gzip_read(site):
    bomb, honest = gzip.compress(b"\0" * 30_000_000), gzip.compress(b"honest" * 100)
    site.page("/bomb", (200, {"Content-Encoding": "gzip"}, bomb))
    site.page("/honest", (200, {"Content-Encoding": "gzip"}, honest))
    assert len(bomb) < QUICK.body_bytes
    assert "more than 100,000 bytes" in str(refused(site, "/bomb"))
    assert fetcher().fetch(site.url + "/honest").body == b"honest" * 100


@pytest.mark.parametrize("headers", [{"Content-Encoding": "br"}, {"Content-Encoding": "gzip"}])
def test_an_encoding_that_cannot_be_read_is_refused(site, headers):
    site.page("/p", (200, headers, b"plain text"))
    refused(site)


def test_a_compressed_body_cut_short_is_refused():
    whole = zlib.compress(b"price" * 1000)
    with pytest.raises(BodyRefused, match="cut short"):
        unfold([whole[:-5]], "deflate", 10**6)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_cut_short_is_refused(site, chunked):
    def cut(handler):
        handler.send_response(200)
        handler.send_header(*(("Transfer-Encoding", "chunked") if chunked else ("Content-Length", "5000")))
        handler.end_headers()
        handler.wfile.write(b"1388\r\n" * chunked + b"only this")

    site.page("/p", cut)
    assert "cut short" in str(refused(site))


@pytest.mark.parametrize(("body", "found"), [(b"", "empty"), (b" \n", "empty"), (b"\x89PNG\r\n\x1a\n\0\0\0", "binary")])
def test_an_empty_or_binary_body_is_refused(site, body, found):
    site.page("/p", body)
    assert found in str(refused(site))


def test_robots_txt_is_read_once_and_obeyed(site):
    site.page("/robots.txt", b"User-agent: *\nDisallow: /private\n\nUser-agent: deflation\nDisallow: /p\nCrawl-delay: 3\n")
    site.page("/p", b"x")
    site.page("/open", b"x")
    robot = fetcher()
    with pytest.raises(FetchFailed, match=r"robots\.txt forbids"):
        robot.fetch(site.url + "/p")
    robot.fetch(site.url + "/open")
    assert site.paths() == ["/open"]
    assert [p for p, _ in site.asked].count("/robots.txt") == 1


def test_a_redirect_into_a_forbidden_part_is_not_followed(site):
    site.page("/robots.txt", b"User-agent: *\nDisallow: /private")
    site.page("/p", (302, {"Location": "/private/x"}, b""))
    assert "robots.txt" in str(refused(site)) and site.paths() == ["/p"]


def test_a_host_whose_robots_txt_fails_is_not_asked(site):
    site.page("/robots.txt", (503, {}, b""))
    site.page("/p", b"x")
    assert "robots.txt" in str(refused(site)) and site.paths() == []


def test_two_requests_to_one_host_are_apart_by_the_delay_or_the_crawl_delay(site):
    site.page("/a", b"x")
    site.page("/b", b"x")
    slept = []
    robot = fetcher(slept, limits=Limits(host_delay_s=2), timer=lambda: 0.0)
    robot.fetch(site.url + "/a")
    robot.fetch(site.url + "/b")
    assert slept == [2, 2]  # robots.txt, then /a; /a, then /b
    site.page("/robots.txt", b"User-agent: *\nCrawl-delay: 9")
    slept = []
    fetcher(slept, limits=Limits(host_delay_s=2), timer=lambda: 0.0).fetch(site.url + "/a")
    assert slept == [2]
    robot = fetcher(slept := [], limits=Limits(host_delay_s=2), timer=lambda: 0.0)
    [robot.fetch(site.url + path) for path in ("/a", "/b")]
    assert slept == [2, 9]


def test_a_host_without_address_or_listener_is_unreachable_and_not_retried():
    slept = []
    error = refused("http://nowhere.example/p", slept=slept)
    assert error.unreachable and slept == []
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert refused(f"http://site.test:{port}/p").unreachable


def test_environment_proxies_are_not_obeyed(site, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    site.page("/p", b"x")
    assert fetcher().fetch(site.url + "/p").body == b"x"


# the mirror ----------------------------------------------------------------------------------------------


def test_a_mirror_stands_in_for_the_internet(site):
    site.page("/prices.example.org/a/b.md?x=1", b"mirrored")
    site.page("/prices.example.org/moved", (302, {"Location": "https://prices.example.org/a/b.md?x=1"}, b""))
    site.page("/prices.example.org/own", (302, {"Location": "/prices.example.org/a/b.md?x=1"}, b""))
    robot = fetcher(mirror=f"http://127.0.0.1:{site.port}/", resolver=stub({}), trusted_addresses=frozenset())
    for path in ("a/b.md?x=1", "moved", "own"):
        got = robot.fetch(f"https://prices.example.org/{path}")
        assert got.body == b"mirrored" and got.final_url == "https://prices.example.org/a/b.md?x=1"
    assert ("/prices.example.org/robots.txt") in [p for p, _ in site.asked]


@pytest.mark.parametrize("target", ["http://169.254.169.254/x", "file:///etc/passwd", "http://127.0.0.1:1/x"])
def test_a_mirror_cannot_lead_to_private_places(site, target):
    site.page("/prices.example.org/p", (302, {"Location": target}, b""))
    with pytest.raises(FetchFailed, match="public http"):
        fetcher(mirror=f"http://127.0.0.1:{site.port}").fetch("https://prices.example.org/p")


def test_a_folder_can_be_the_mirror(tmp_path):
    (tmp_path / "prices.example.org" / "a").mkdir(parents=True)
    (tmp_path / "prices.example.org" / "a" / "index.html").write_bytes(b"folder")
    (tmp_path / "prices.example.org" / "feed?page=2").write_bytes(b"second")
    (tmp_path / "prices.example.org" / "feed").write_bytes(b"first")
    (tmp_path.parent / "outside").write_bytes(b"outside")
    robot = fetcher(mirror=str(tmp_path))
    assert robot.fetch("https://prices.example.org/a/").body == b"folder"
    assert robot.fetch("https://prices.example.org/feed?page=2").body == b"second"
    assert robot.fetch("https://prices.example.org/feed?page=3").body == b"first"
    with pytest.raises(FetchFailed, match="no file"):
        robot.fetch("https://prices.example.org/none")
    with pytest.raises(FetchFailed, match="outside the mirror folder"):
        robot.fetch("https://prices.example.org/%2e%2e/%2e%2e/outside")


def test_a_long_query_of_a_folder_mirror_is_the_file_of_its_path(tmp_path):
    (tmp_path / "site.test").mkdir()
    (tmp_path / "site.test" / "data").write_text("rows")
    assert fetcher(mirror=str(tmp_path)).fetch("https://site.test/data?" + "facet=x&" * 60).body == b"rows"


# paged feeds ---------------------------------------------------------------------------------------------


def a_source(tmp_path, name="feed", **fields):
    folder = tmp_path / name
    folder.mkdir(exist_ok=True)
    source = Source("prices", folder)
    given = {"title": "t", "publisher": "p", "rank": "feed", "urls": [], "format": "json", "robots": "r", "terms": "t"}
    source.__dict__["contract"] = Contract(**(given | fields))
    return source


def test_a_paged_feed_is_joined_without_touching_a_figure(site, tmp_path):
    page = '{{"Items": [{items}], "NextPageLink": {next}, "Count": 2}}'
    site.page("/f", page.format(items='{"p": 0.0250}, {"p": 1e-7}', next='"/f?skip=2"').encode())
    site.page("/f?skip=2", page.format(items="", next=f'"{site.url}/f?skip=3"').encode())
    site.page("/f?skip=3", page.format(items='{"p": 3.10}', next="null").encode())
    source = a_source(tmp_path, urls=[site.url + "/f"], paging="NextPageLink")
    body = fetcher().fetch(source).body
    assert b'{"p": 0.0250}, {"p": 1e-7},\n{"p": 3.10}' in body and b'"NextPageLink": null' in body


@pytest.mark.parametrize("following", ['"/f"', '"https://other.example/f"', "7"])
def test_a_feed_that_never_ends_or_leaves_its_host_is_refused(site, tmp_path, following):
    site.page("/f", f'{{"Items": [], "NextPageLink": {following}}}'.encode())
    with pytest.raises(FetchFailed, match="paged feed"):
        fetcher().fetch(a_source(tmp_path, urls=[site.url + "/f"], paging="NextPageLink"))


OFFSET = {"paging": "response.total response.data"}


def counted(total, *rows):
    return f'{{"response": {{"total": {total}, "data": [{", ".join(rows)}]}}, "request": {{}}}}'.encode()


def test_a_feed_that_counts_its_rows_is_asked_until_it_has_given_all(site, tmp_path):
    site.page("/v2?offset=0&length=2", counted('"3"', '{"price": ".00316"}', '{"price": "0"}'))
    site.page("/v2?length=2&offset=2", counted("3", '{"price": null}'))
    answer = fetcher().fetch(a_source(tmp_path, urls=[site.url + "/v2?offset=0&length=2"], **OFFSET))
    rows = json.loads(answer.body)["response"]["data"]
    assert [r["price"] for r in rows] == [".00316", "0", None] and answer.missing == ""


def test_a_copy_that_gives_one_page_for_every_offset_says_what_is_missing(site, tmp_path):
    page = counted('"10404"', '{"price": "1"}', '{"price": "2"}')
    for path in ("/v2?offset=0", "/v2?offset=2"):
        site.page(path, page)
    answer = fetcher().fetch(a_source(tmp_path, urls=[site.url + "/v2?offset=0"], **OFFSET))
    assert answer.body == page and answer.missing == "holds 2 of the 10404 rows it counts"
    site.page("/v2?offset=2", page.replace(b'"request": {}', b'"request": {"offset": "2"}'))
    assert fetcher().fetch(a_source(tmp_path, urls=[site.url + "/v2?offset=0"], **OFFSET)).missing == answer.missing


def test_a_feed_that_ends_before_its_count_or_fails_halfway_gives_nothing(site, tmp_path):
    site.page("/v2?offset=0", counted("9", "1", "2"))
    site.page("/v2?offset=2", counted("9"))
    with pytest.raises(FetchFailed, match="no rows from row 2 of 9 on"):
        fetcher().fetch(a_source(tmp_path, urls=[site.url + "/v2?offset=0"], **OFFSET))
    site.page("/v2?offset=2", (404, {}, b"gone"))
    with pytest.raises(FetchFailed):
        fetcher().fetch(a_source(tmp_path, urls=[site.url + "/v2?offset=0"], **OFFSET))
    site.page("/v2?offset=0", b'{"response": {"data": []}}')
    with pytest.raises(FetchFailed, match="response.total"):
        fetcher().fetch(a_source(tmp_path, urls=[site.url + "/v2?offset=0"], **OFFSET))


def test_pages_that_are_not_alike_are_not_joined():
    with pytest.raises(BodyRefused, match="different members"):
        join_pages([b'{"a": []}', b'{"b": []}'], "next")
    with pytest.raises(BodyRefused, match="not a JSON object"):
        join_pages([b'{"a": [}', b'{"a": []}'], "next")


# many sources --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "days", "due"),
    [
        (None, 1, True),
        (NOW, 1, False),
        (NOW - timedelta(hours=5), 1, False),
        (NOW - timedelta(hours=7), 1, True),
        (NOW - timedelta(days=6), 7, False),
        (NOW - timedelta(days=7), 7, True),
    ],
)
def test_a_source_is_due_once_in_its_cadence_of_calendar_days(last, days, due):
    assert is_due(last, NOW, days) is due


def test_one_sources_failure_leaves_the_others_alone_and_a_second_run_asks_nothing(site, tmp_path):
    site.page("/good", (200, {"ETag": '"g"'}, b"good"))
    site.page("/bad", (500, {}, b""))
    sources = [
        a_source(tmp_path, "good", urls=[site.url + "/good"]),
        a_source(tmp_path, "bad", urls=[site.url + "/bad"]),
        a_source(tmp_path, "dead", urls=["http://nowhere.example/"]),
        a_source(tmp_path, "kept", urls=[site.url + "/never"], live=False),
    ]
    archive, seen = Archive(tmp_path / "archive"), []
    got = {o.source: o for o in fetch_all(fetcher(), sources, archive, progress=lambda o, n, of: seen.append((n, of)))}
    assert {k: o.kind for k, o in got.items()} == {"prices/bad": "failed", "prices/dead": "failed", "prices/good": "fetched"}
    assert archive.read(got["prices/good"].snapshot.sha256) == b"good"
    assert seen == [(1, 3), (2, 3), (3, 3)] and "/never" not in site.paths()
    asked = len(site.asked)
    assert fetch_all(fetcher(), sources[:1], archive)[0].kind == "not_due"
    assert len(site.asked) == asked
    site.page("/good", (304, {}, b""))
    again = fetch_all(fetcher(), sources[:1], archive, force=True)[0]
    assert (again.kind, again.snapshot.status, again.snapshot.etag) == ("unchanged", 304, '"g"')


def dated(page, modified):
    """A server that compares days as RFC 9110 says, and says ``modified`` of its page whatever it holds."""

    def answer(handler):
        since = handler.headers.get("If-Modified-Since")
        if since and parsedate_to_datetime(since) >= parsedate_to_datetime(modified):
            handler.reply(304, {"Last-Modified": modified}, b"")
        else:
            handler.reply(200, {"Last-Modified": modified, "Date": "Fri, 01 Jan 2038 00:00:00 GMT"}, page["body"])

    return answer


@pytest.mark.parametrize(
    ("modified", "seen_after_days"),
    [
        ("Fri, 01 Jan 2038 00:00:00 GMT", 1),
        ("Thu, 01 Jan 1970 00:00:00 GMT", WHOLE_DAYS),
        ("Thu, 01 Jan 1970 00:00:00 -0000", WHOLE_DAYS),
        ("soon", 1),
    ],
)
def test_a_server_that_lies_about_its_dates_hides_a_change_for_a_week_at_most_and_dates_no_capture(
    site, tmp_path, modified, seen_after_days
):
    page, archive, source = {"body": b"old"}, Archive(tmp_path / "archive"), a_source(tmp_path, urls=[site.url + "/p"])
    site.page("/p", dated(page, modified) if modified != "soon" else lambda h: h.reply(200, {"Last-Modified": modified}, page["body"]))
    assert fetch_all(fetcher(), [source], archive)[0].snapshot.fetched_at == NOW
    page["body"], seen = b"new", {}
    for day in range(1, WHOLE_DAYS + 1):
        moment = NOW + timedelta(days=day)
        got = fetch_all(fetcher(clock=lambda moment=moment: moment), [source], archive)[0].snapshot
        seen.setdefault(archive.read(got.sha256), day)
        assert got.fetched_at == moment
    assert seen[b"new"] == seen_after_days


def test_a_date_that_can_be_true_still_spares_the_server_the_page(site, tmp_path):
    page, archive, source = {"body": b"same"}, Archive(tmp_path / "archive"), a_source(tmp_path, urls=[site.url + "/p"])
    site.page("/p", dated(page, "Sun, 01 Nov 2026 00:00:00 GMT"))
    kinds = [
        fetch_all(fetcher(clock=lambda day=day: NOW + timedelta(days=day)), [source], archive)[0].kind for day in range(2 * WHOLE_DAYS)
    ]
    assert kinds == (["fetched"] + ["unchanged"] * (WHOLE_DAYS - 1)) * 2


def test_a_damaged_newest_body_is_asked_for_with_the_words_of_the_one_before(site, tmp_path):
    archive, url = Archive(tmp_path / "archive"), site.url + "/p"
    whole = archive.put("prices/feed", url, b"a", NOW - timedelta(days=2), etag='"a"')
    damaged = archive.put("prices/feed", url, b"b", NOW - timedelta(days=1), etag='"b"')
    damaged.path.write_bytes(b"")
    assert validators(archive.latest("prices/feed", url=url), archive.captures("prices/feed"), NOW) == ('"a"', "") and whole.etag == '"a"'
    assert validators(None, [], NOW) == ("", "")


def test_a_failed_source_still_names_its_last_good_snapshot(site, tmp_path):
    archive, source = Archive(tmp_path / "archive"), a_source(tmp_path, urls=[site.url + "/p"])
    old = archive.put(source.key, site.url + "/p", b"old", NOW - timedelta(days=1))
    site.page("/p", (404, {}, b""))
    outcome = fetch_all(fetcher(), [source], archive)[0]
    assert outcome.kind == "failed" and outcome.snapshot == old and "404" in str(outcome.error)


def test_without_a_network_the_run_gives_up_after_a_few_hosts(tmp_path):
    tried = []

    def nowhere(host, port):
        tried.append(host)
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    sources = [a_source(tmp_path, f"s{i}", urls=[f"https://h{i}.example/"]) for i in range(9)]
    got = fetch_all(fetcher(resolver=nowhere), sources, Archive(tmp_path / "a"), hosts_at_once=1)
    assert len(set(tried)) == 3 and len(got) == 9 and "no network" in str(got[-1].error)


def test_hosts_are_asked_side_by_side_and_one_host_in_turn(tmp_path):
    running, most, lock = {}, {"all": 0, "one": 0}, threading.Lock()

    class Recorder:
        clock = staticmethod(lambda: NOW)

        def fetch(self, source, *, url, etag, last_modified):
            host = url.split("/")[2]
            with lock:
                running[host] = running.get(host, 0) + 1
                most["one"] = max(most["one"], running[host])
                most["all"] = max(most["all"], sum(running.values()))
            time.sleep(0.03)
            with lock:
                running[host] -= 1
            raise FetchFailed(source.key, url, "a", "b", "c")

    sources = [a_source(tmp_path, f"s{i}", urls=[f"https://h{i % 3}.example/{i}"]) for i in range(9)]
    fetch_all(Recorder(), sources, Archive(tmp_path / "a"))
    assert most == {"all": 3, "one": 1}


@contextmanager
def tls_site(tmp_path, name):
    import ssl

    trustme = pytest.importorskip("trustme")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    site = Site()
    site.server.socket = context.wrap_socket(site.server.socket, server_side=True)
    yield site, str(tmp_path / "ca.pem")
    site.server.shutdown()
    site.server.server_close()


def test_tls_still_proves_the_name_when_the_address_is_pinned(tmp_path):
    with tls_site(tmp_path, "site.test") as (site, ca_file):
        site.page("/p", b"secure")
        url = f"https://site.test:{site.port}/p"
        assert fetcher(ca_file=ca_file).fetch(url).body == b"secure"
        assert "certificate" in str(refused(url))
        assert "certificate" in str(refused(f"https://other.test:{site.port}/p", ca_file=ca_file))


def test_a_host_that_does_not_answer_is_asked_twice_in_a_run_and_not_for_its_other_pages(site, tmp_path):
    site.page("/robots.txt", lambda h: time.sleep(0.6))
    pages = a_source(tmp_path, urls=[f"{site.url}/{n}" for n in range(6)])
    asking = fetcher(limits=Limits(read_s=0.1, total_s=5, host_delay_s=0))
    outcomes = fetch_all(asking, [pages], Archive(tmp_path / "archive"))
    assert [o.kind for o in outcomes] == ["failed"] * 6 and len(site.asked) == 2, "a hanging robots.txt stands for the whole host"
    assert sum("earlier in this run" in str(o.error) for o in outcomes) == 5
    with pytest.raises(FetchFailed, match="earlier in this run"):
        asking.fetch(f"{site.url}/other")
    assert len(site.asked) == 2


def test_a_page_that_fails_alone_leaves_its_host_open(site):
    site.page("/down", (503, {}, b""))
    site.page("/up", b"here")
    asking = fetcher()
    with pytest.raises(FetchFailed):
        asking.fetch(f"{site.url}/down")
    assert asking.fetch(f"{site.url}/up").body == b"here"


def test_waiting_for_one_host_ends_with_its_share_and_for_all_hosts_with_the_runs(site):
    slept: list[float] = []
    site.page("/p", (503, {"Retry-After": "5"}, b""))
    refused(site, slept=slept, limits=Limits(host_delay_s=0, attempts=9, host_wait_s=12))
    assert slept == [5.0, 5.0] and site.paths() == ["/p"] * 3, "a third pause would be more than the host's share"
    site.asked.clear()
    asking = fetcher(limits=Limits(host_delay_s=0, attempts=3, backoff_s=1, run_wait_s=0))
    with pytest.raises(FetchFailed):
        asking.fetch(f"{site.url}/p")
    assert len(site.paths()) == 1, "nothing is tried again once the run has waited long enough"
