"""What the check says of an address: each outcome from a real answer, nothing kept, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sources.catalogue import source, sources
from sources.fetching.fetch import Fetcher, Limits
from sources.trials.check import OUTCOMES, Checked, check, record, recorded
from tests.journeys.mirror_server import MirrorServer
from tests.sources.test_freshness import catalogue

NOW = datetime(2026, 11, 27, 6, tzinfo=UTC)
LAMBDA = next(p for p in (source("rentals/lambda").folder / "specimens").glob("*.html")).read_bytes()
SHELL = b"<html><head><title>Pricing</title></head><body><div id=root></div><script>" + b"var a=1;" * 2000 + b"</script></body></html>"
OTHER = (
    b"<html><body><h1>Our prices</h1>" + b"<p>All prices have moved to your account page, where you find them.</p>" * 40 + b"</body></html>"
)


@pytest.fixture
def server() -> Iterator[MirrorServer]:
    made = MirrorServer()
    yield made
    made.close()


def asked(server: MirrorServer, *keys: str, save: Path | None = None) -> list[Checked]:
    fetcher = Fetcher(
        "ops@example.org", clock=lambda: NOW, mirror=server.base, limits=Limits(attempts=1, attempts_timed_out=1, host_delay_s=0)
    )
    return check(fetcher, [source(key) for key in keys], NOW.date(), save=save)


@pytest.mark.parametrize(
    ("body", "status", "outcome", "remedy"),
    [
        (LAMBDA, 200, "answered", ""),
        (b"no", 403, "blocked", "live = false"),
        (b"no", 404, "gone", "urls"),
        (b"no", 410, "gone", "urls"),
        (b"no", 503, "unreachable", "next run"),
        (b"<html><title>Just a moment...</title><body>challenge-platform</body></html>", 200, "blocked", "official list"),
        (SHELL, 200, "script-only", "not_readable"),
        (OTHER, 200, "layout unknown", "deflation parse rentals/lambda FILE"),
        (LAMBDA.replace(b"H100", b"H200"), 200, "contract broken", "--save"),
        (LAMBDA.replace(b"$9.86", b"$986"), 200, "partial", ""),
    ],
)
def test_each_outcome_is_told_by_what_the_address_answers(
    server: MirrorServer, body: bytes, status: int, outcome: str, remedy: str
) -> None:
    server.place("rentals/lambda", body, status)
    (one,) = asked(server, "rentals/lambda")
    assert (one.outcome, one.outcome in OUTCOMES) == (outcome, True) and remedy in one.remedy
    assert (one.rows > 0) == (outcome in ("answered", "partial", "contract broken"))
    assert one.is_good or (one.found and one.remedy)


def test_old_content_behind_a_fresh_answer_is_told(server: MirrorServer) -> None:
    server.place("rentals/gpuhunt", catalogue("20260818"))
    (one,) = asked(server, "rentals/gpuhunt")
    assert (one.outcome, one.stated_on) == ("stale", "2026-08-18") and "moved" in one.remedy
    server.place("rentals/gpuhunt", catalogue(f"{NOW - timedelta(days=1):%Y%m%d}"))
    assert asked(server, "rentals/gpuhunt")[0].outcome == "answered"


def test_every_address_of_a_source_is_asked_once_and_one_that_is_never_asked_says_so(server: MirrorServer) -> None:
    server.place("prices/deepseek", b"no", 500)
    found = asked(server, "prices/deepseek", "hardware/groq")
    assert [c.outcome for c in found] == ["not asked", "unreachable", "unreachable"] and len(
        [p for p in server.asked if not p.endswith("robots.txt")]
    ) == 2


def test_the_bodies_are_saved_where_one_asks_for_it_and_only_there(server: MirrorServer, tmp_path: Path) -> None:
    server.place("rentals/lambda", LAMBDA)
    asked(server, "rentals/lambda", save=tmp_path / "pages")
    (saved,) = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert saved.read_bytes() == LAMBDA and saved.parent == tmp_path / "pages" / "rentals" / "lambda"


def test_what_was_seen_is_kept_by_address_and_an_older_sight_of_another_stays(tmp_path: Path) -> None:
    path = tmp_path / "checked.csv"
    record(
        [Checked("rentals/lambda", "https://a", "answered", 5), Checked("rentals/nebius", "https://b", "gone")],
        date(2026, 11, 26),
        "internet",
        path,
    )
    record([Checked("rentals/lambda", "https://a", "blocked", found="HTTP 403")], date(2026, 11, 27), "mirror", path)
    assert [(r.source, r.outcome, r.checked_on, r.through) for r in recorded(path)] == [
        ("rentals/lambda", "blocked", "2026-11-27", "mirror"),
        ("rentals/nebius", "gone", "2026-11-26", "internet"),
    ]


def test_a_source_that_is_never_asked_says_why() -> None:
    assert [s.key for s in sources().values() if s.contract.not_readable and s.contract.live] == []
