"""Any sequence of bodies over any days reads: an observation is its moment, and a stretch is what the pages showed."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from sources.captures import Reading, read_captures
from sources.catalogue import Source, source, sources
from sources.fetching.archive import COPY, Archive
from sources.reading.cache import Cache
from sources.reading.parsed import quote_schema
from sources.reading.stretches import MOMENTS, Seen, extended, seen_again
from warehouse.schema.tables import raw_name
from warehouse.store import Store

START = datetime(2026, 11, 1, 6, tzinfo=UTC)
LATE = date(2027, 12, 31)
KINDS = tuple({s.kind: key for key, s in sources().items()}.values()) + ("prices/anthropic", "prices/openrouter")
"""A source of every kind there is, and of prices a page and a feed besides."""


@cache
def small(key: str) -> Source:
    """A source whose contract is content with a specimen's few rows, whichever of its addresses shows them."""
    known = source(key)
    made = Source(known.kind, known.folder)
    made.__dict__["contract"] = known.contract.model_copy(
        update={"minimum_rows": 1, "must_see": [], "places": {}, "languages": ["en", "zh"]}
    )
    return made


@cache
def bodies(key: str) -> tuple[bytes, ...]:
    """A specimen, the same page in other bytes, one with another figure, and one that is no page of the source."""
    pages = [p.read_bytes() for p in (source(key).folder / "specimens").iterdir() if not p.name.endswith(".golden.csv")]
    page = max(pages, key=len)
    other = next((page.replace(old, new) for old, new in ((b"15", b"14"), (b"3.", b"2."), (b"1", b"2")) if old in page), page + b" ")
    return page, page + b"\n", other, b"<html>nothing here</html>"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    made = Store(tmp_path_factory.mktemp("captures") / "build.duckdb")
    made.prepare(tuple(map(raw_name, sources())))
    return made


LOOKS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 1), st.sampled_from([0, 0, 1, 24, 24 * 40]), st.sampled_from([200, 200, COPY])),
    min_size=1,
    max_size=7,
)


@pytest.mark.parametrize("key", KINDS)
@settings(max_examples=12, deadline=None)
@given(looks=LOOKS)
def test_any_bodies_on_any_days_at_any_address_are_read_and_written(store: Store, key: str, looks: list[tuple[int, int, int, int]]) -> None:
    said = small(key)
    with TemporaryDirectory() as folder:
        archive, moment = Archive(folder), START
        for body, address, hours, status in looks:
            moment += timedelta(hours=hours)
            archive.put(key, ("https://one.example/page", "https://other.example/page")[address], bodies(key)[body], moment, status=status)
        reading = read_captures(said, archive, LATE)
    assert reading.quotes["quote_id"].is_unique().all()
    assert store.write(raw_name(key), reading.quotes) == reading.quotes.height
    assert bool(reading.problems) or not any(body == 3 for body, *_ in looks), "what is no page is a problem that is told"


A_B_A = ((0, 0, 0), (2, 0, 24), (0, 0, 24), (0, 1, 0), (3, 0, 1), (0, 0, 24), (1, 0, 0))
"""Body, address, hours since the last look: back and forth, twice at one moment, from two addresses, no page, the page again."""


@pytest.mark.parametrize("key", sources())
def test_every_source_whose_page_returns_to_earlier_content_is_read_and_written(store: Store, key: str, tmp_path: Path) -> None:
    said, archive, moment = small(key), Archive(tmp_path / "archive"), START
    for body, address, hours in A_B_A:
        moment += timedelta(hours=hours)
        archive.put(key, ("https://one.example/page", "https://other.example/page")[address], bodies(key)[body], moment)
    reading = read_captures(said, archive, LATE, tmp_path / "cache")
    assert reading.problems and not reading.failed, "no page is told of, and the page after it is good again"
    assert reading.quotes.height and reading.quotes["quote_id"].is_unique().all()
    assert store.write(raw_name(key), reading.quotes) == reading.quotes.height


def test_a_page_that_returns_to_earlier_content_is_three_observations(tmp_path: Path) -> None:
    said, archive = small("prices/anthropic"), Archive(tmp_path)
    page, _, other, _ = bodies(said.key)
    for day, body in enumerate((page, other, page)):
        archive.put(said.key, said.contract.urls[0], body, START + timedelta(days=day))
    reading = read_captures(said, archive, LATE)
    assert not reading.problems
    once = read_captures(said, archive, START.date()).quotes
    moved = reading.quotes.filter(pl.col("fetched_at") > START)
    assert 0 < moved.height < once.height, "what did not change is not said again"
    assert reading.quotes.filter(pl.col("gone_at").is_null()).height == once.height


FIGURES = [c for c in quote_schema("prices") if c not in (*MOMENTS, "locator", "evidence", "wide_row")]
OFFERS = st.lists(st.tuples(st.sampled_from("mno"), st.integers(1, 2), st.integers(1, 2), st.booleans()), max_size=5)


def page_of(offers: list[tuple[str, int, int, bool]]) -> pl.DataFrame:
    schema = {c: t for c, t in quote_schema("prices").items() if c not in MOMENTS}
    blank = {c: "" for c, t in schema.items() if t == pl.String}
    rows = [
        blank
        | {"model_label": name, "component": component, "value": float(value), "wide_row": n if whole else None, "locator": f"row {n}"}
        for n, (name, a, b, whole) in enumerate(offers)
        for component, value in (("input", a), ("output", b))
    ]
    return pl.DataFrame(rows, schema=schema)


def said_by(rows: pl.DataFrame) -> Counter[tuple[object, ...]]:
    return Counter(rows.select(FIGURES).rows())


@settings(max_examples=150, deadline=None)
@given(pages=st.lists(st.tuples(st.sampled_from(["https://a", "https://b"]), OFFERS), min_size=1, max_size=6))
def test_the_stretches_that_cover_a_moment_are_exactly_what_the_page_showed_then(
    pages: list[tuple[str, list[tuple[str, int, int, bool]]]],
) -> None:
    stretches, shown = pl.DataFrame(schema=quote_schema("prices")), []
    for n, (url, offers) in enumerate(pages):
        page, moment = page_of(offers), START + timedelta(hours=7 * n)
        stretches = extended(stretches, page, Seen(f"{n}", url, moment, moment.date()))
        shown.append((url, moment, page))
    assert stretches["quote_id"].is_unique().all()
    for url, moment, page in shown:
        then = stretches.filter(
            (pl.col("source_url") == url) & (pl.col("fetched_at") <= moment) & (pl.col("gone_at").is_null() | (pl.col("gone_at") > moment))
        )
        assert said_by(then) == said_by(page)
        offers = then.drop_nulls("wide_row").group_by("fetched_at", "wide_row").agg(pl.col("component").sort())
        assert all(parts == ["input", "output"] for parts in offers["component"].to_list()), "an offer is kept whole"


def test_a_year_of_daily_pages_with_three_changes_a_day_keeps_the_changes_and_not_the_pages() -> None:
    stretches = pl.DataFrame(schema=quote_schema("prices"))
    for day in range(60):
        page = page_of([(f"m{n}", 1 + (day + n) % 2 if n % 100 == day % 100 else 9, 2, True) for n in range(300)])
        moment = START + timedelta(days=day)
        stretches = extended(stretches, page, Seen(f"{day}", "https://a", moment, moment.date()))
    assert stretches.height < 600 + 60 * 2 * 6 * 2
    assert stretches.filter(pl.col("gone_at").is_null()).height == 600
    assert stretches.filter(pl.col("gone_at").is_null())["confirmed_at"].unique().to_list() == [date(2026, 12, 30)]


def test_the_same_body_again_only_moves_the_day_it_was_last_seen() -> None:
    once = extended(pl.DataFrame(schema=quote_schema("prices")), page_of([("m", 1, 2, True)]), Seen("a", "https://a", START, START.date()))
    later = START + timedelta(days=3)
    again = seen_again(once, Seen("a", "https://a", later, later.date()))
    assert again["confirmed_at"].to_list() == [later.date()] * 2
    assert_frame_equal(again.drop("confirmed_at"), once.drop("confirmed_at"))


def read(said: Source, archive: Archive, cache: Path | None) -> Reading:
    return read_captures(said, archive, LATE, cache)


def same(one: Reading, other: Reading) -> None:
    assert_frame_equal(one.quotes, other.quotes)
    assert_frame_equal(one.left_out, other.left_out)
    assert (one.problems, one.failed, one.last_good) == (other.problems, other.failed, other.last_good)


@pytest.mark.parametrize("key", ["prices/anthropic", "rentals/lambda"])
def test_reading_day_by_day_gives_what_reading_all_at_once_gives(key: str, tmp_path: Path) -> None:
    said, archive = small(key), Archive(tmp_path / "archive")
    for day, body in enumerate((0, 1, 2, 3, 0, 2)):
        archive.put(key, said.contract.urls[0], bodies(key)[body], START + timedelta(days=day))
        same(read(said, archive, tmp_path / "cache"), read(said, archive, None))
    archive.put(key, said.contract.urls[0], bodies(key)[2], START - timedelta(days=9), status=COPY)
    same(read(said, archive, tmp_path / "cache"), read(said, archive, None))
    assert len(list((tmp_path / "cache").glob("*.fold"))) <= 3


def test_forty_damages_of_every_cached_file_change_no_reading(tmp_path: Path) -> None:
    said, archive, folder = small("prices/anthropic"), Archive(tmp_path / "archive"), tmp_path / "cache"
    for day, body in enumerate((0, 2, 3)):
        archive.put(said.key, said.contract.urls[0], bodies(said.key)[body], START + timedelta(days=day))
    wanted = read(said, archive, folder)
    for n in range(40):
        for path in sorted(folder.iterdir()):
            kept = bytearray(path.read_bytes())
            if n < 3:
                kept = kept[: (0, 10, len(kept) // 2)[n]]
            else:
                kept[(n * 7919) % len(kept)] ^= 1 << n % 8
            path.write_bytes(kept)
        same(read(said, archive, folder), wanted)


def test_a_page_no_parser_can_read_is_remembered_for_that_parser_and_read_again_when_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sources.captures
    import sources.reading.parsed

    said, archive, asked = small("prices/anthropic"), Archive(tmp_path / "archive"), []
    archive.put(said.key, said.contract.urls[0], b"no prices here", START)

    def counted(which: Source, body: bytes) -> bytes:
        asked.append(which.key)
        return sources.reading.parsed.in_process(which, body)

    for _ in range(3):
        assert read_captures(said, archive, LATE, tmp_path / "cache", read=counted).failed
    assert len(asked) == 1
    monkeypatch.setattr(sources.captures, "parser_version", lambda _: "another")
    assert read_captures(said, archive, LATE, tmp_path / "cache", read=counted).failed and len(asked) == 2


def test_a_capture_set_aside_is_as_if_it_had_never_been_made(tmp_path: Path) -> None:
    said, archive = small("prices/anthropic"), Archive(tmp_path)
    archive.put(said.key, said.contract.urls[0], bodies(said.key)[0], START)
    wanted = read_captures(said, archive, LATE)
    bad = archive.put(said.key, said.contract.urls[0], b"absurd", START + timedelta(days=1))
    assert read_captures(said, archive, LATE).failed
    same(read_captures(said, archive, LATE, set_aside={bad.sha256: "absurd"}), wanted)


def test_a_sentence_on_a_refused_page_names_day_address_reason_and_the_command_that_shows_it(tmp_path: Path) -> None:
    said, archive = small("prices/anthropic"), Archive(tmp_path)
    bad = archive.put(said.key, said.contract.urls[0], b"absurd", START)
    [problem] = read_captures(said, archive, LATE).problems
    assert (
        problem.startswith(f"2026-11-01 {said.contract.urls[0]}: prices/anthropic: ")
        and f"(deflation parse prices/anthropic {bad.sha256[:12]})" in problem
    )


def test_a_cache_keeps_what_was_written_last_and_nothing_of_a_damaged_file(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "c")
    assert cache.get("a") is None and cache.newest("*") is None
    cache.put("a.x", b"1")
    cache.put("b.x", b"2")
    assert (cache.get("a.x"), cache.newest("*.x")) == (b"1", b"2")
    (tmp_path / "c" / "b.x").write_bytes(b"short")
    assert cache.get("b.x") is None and cache.newest("*.x") == b"1"
    Cache(None).put("a", b"1")
    assert Cache(None).get("a") is None


def test_every_source_has_a_version_of_its_parser() -> None:
    from sources.reading.parsed import parser_version

    assert len({parser_version(s) for s in sources().values()}) == len(sources())
