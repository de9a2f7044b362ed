"""Captures kept earlier, and the web archive's snapshots, enter the archive once, under their day, and make history."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from belief import history
from belief.judgement.evidence import weigh
from sources import backfill
from sources.backfill import captures, days
from sources.captures import read_captures
from sources.catalogue import source, sources
from sources.fetching.archive import COPY, Archive

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
ANTHROPIC = source("prices/anthropic")
URL = ANTHROPIC.contract.urls[0]
PAGE = (ANTHROPIC.folder / "specimens" / "tables.md").read_bytes()
CARDS = (ANTHROPIC.folder / "specimens" / "cards.html").read_bytes()


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-07-20", date(2026, 7, 20), date(2026, 7, 20)),
        ("2025-02-24..2025-05-21", date(2025, 2, 24), date(2025, 5, 21)),
        ("2024-12 (approx)", date(2024, 12, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2025-01 (after 2025-01-20, before 2025-01-27)", date(2025, 1, 1), date(2025, 1, 26)),
        ("2024-05..2024-08", date(2024, 5, 1), date(2024, 8, 31)),
        ("2024-08/2025-09", date(2024, 8, 1), date(2025, 9, 30)),
    ],
)
def test_a_date_text_spans_the_days_it_can_mean(text: str, first: date, last: date) -> None:
    assert days(text) == (first, last)


@pytest.mark.parametrize("text", ["", "undated", "2024", "2024-13", "2024-02-31"])
def test_a_text_without_a_month_is_no_date(text: str) -> None:
    assert days(text) is None


def folder(path: Path, *rows: tuple[str, str, str, str], header: str = "file,provider,official_url,capture_date,kind") -> Path:
    (path / "captures").mkdir(parents=True, exist_ok=True)
    lines = [header]
    for name, url, day, kind in rows:
        (path / "captures" / name).parent.mkdir(parents=True, exist_ok=True)
        (path / "captures" / name).write_bytes(CARDS if name.endswith("html") else PAGE)
        lines.append(f"{name},{name.split('/')[0]},{url},{day},{kind}")
    (path / "index.csv").write_text("\n".join(lines) + "\n")
    return path


def test_captures_enter_once_at_the_end_of_their_day_and_are_read_as_history(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    given = folder(tmp_path / "d", ("anthropic/a.md", URL, "2025-10-20", "raw-md"), ("anthropic/b.md", URL, "2026-05", "raw-md"))
    assert [k.what for k in captures(given, sources(), archive, NOW)] == ["added", "added"]
    assert [k.what for k in captures(given, sources(), archive, NOW)] == ["known", "known"]
    kept = archive.captures("prices/anthropic")
    assert [(c.fetched_at.date(), c.status, c.last_modified) for c in kept] == [
        (date(2025, 10, 20), COPY, ""),
        (date(2026, 5, 31), COPY, "2026-05-01"),
    ]
    reading = read_captures(ANTHROPIC, archive, NOW.date())
    assert not reading.problems and reading.quotes["observed_at"].unique().to_list() == [date(2025, 10, 20)]
    assert read_captures(ANTHROPIC, archive, date(2025, 10, 19)).quotes.is_empty()


def test_a_copy_of_an_old_page_owes_nothing_that_only_todays_page_owes_and_breaks_nothing(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.put("prices/anthropic", URL, PAGE, datetime(2026, 11, 1, tzinfo=UTC))
    live = read_captures(ANTHROPIC, archive, NOW.date())
    assert live.failed and "expected" in live.problems[0]  # the specimen has too few rows for a live page
    archive.put("prices/anthropic", URL, PAGE, datetime(2025, 11, 1, tzinfo=UTC), status=COPY)
    assert read_captures(ANTHROPIC, archive, date(2025, 12, 1)).quotes.height > 0


def test_a_part_of_a_page_gets_its_own_address_and_removes_nothing(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    list(captures(folder(tmp_path / "d", ("anthropic/x.md", URL, "2025-10-20", "excerpt")), sources(), archive, NOW))
    assert [c.url for c in archive.captures("prices/anthropic")] == [f"{URL}#x"]


def test_an_approximate_copy_gives_way_to_what_began_within_its_range(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    list(captures(folder(tmp_path / "d", ("anthropic/x.md", URL, "2025-06..2025-08", "raw-md")), sources(), archive, NOW))
    quotes = read_captures(ANTHROPIC, archive, NOW.date()).quotes
    assert quotes["confirmed_at"].unique().to_list() == [date(2025, 6, 1)]
    rates = pl.DataFrame({"month": [date(2025, 1, 1)], "currency": ["CNY"], "units_per_usd": [7.0]})
    seen = history.observed_intervals(quotes, rates, rank="first_party", witness="", origin="archive").head(1)

    def cut_in(feed: str) -> pl.DataFrame:
        return seen.with_columns(
            pl.lit(feed).alias("witness"),
            pl.lit(feed).alias("source"),
            pl.lit("packaged").alias("origin"),
            pl.lit(3, dtype=pl.Int64).alias("rank"),
            *(pl.lit(date(2025, 7, 1)).alias(c) for c in ("valid_from", "observed_at", "confirmed_at")),
            (pl.col("price_output_usd_per_mtok") / 2).alias("price_output_usd_per_mtok"),
        )

    cut = cut_in("feed")
    believed = weigh(pl.concat([seen, cut, cut_in("other")]), date(2025, 10, 1)).intervals
    assert (
        believed.filter(pl.col("valid_to").is_null())["price_output_usd_per_mtok"].to_list() == cut["price_output_usd_per_mtok"].to_list()
    )


@pytest.mark.parametrize(
    ("name", "day", "kind", "reason"),
    [
        ("anthropic/a.md", "undated", "raw-md", "day is not known"),
        ("nobody/a.md", "2025-01-01", "raw-md", "no source"),
        ("anthropic/a.md", "2027-01-01", "raw-md", "future"),
        ("anthropic/a.md", "2025-01-01", "secondary copies", "not the publisher"),
        ("anthropic/a_WRONG.md", "2025-01-01", "negative fixture", "not the publisher"),
    ],
)
def test_what_is_no_evidence_is_skipped_with_its_reason(tmp_path: Path, name: str, day: str, kind: str, reason: str) -> None:
    given = folder(tmp_path / "d", (name, URL, day, kind))
    [kept] = captures(given, sources(), Archive(tmp_path / "archive"), NOW)
    assert kept.what == "skipped" and reason in kept.reason


def test_a_folder_without_a_usable_index_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(backfill.IndexUnreadable, match="expected an index"):
        list(captures(tmp_path, sources(), Archive(tmp_path / "a"), NOW))
    (tmp_path / "index.csv").write_text("file,day\nx,2025\n")
    with pytest.raises(backfill.IndexUnreadable, match="official_url"):
        list(captures(tmp_path, sources(), Archive(tmp_path / "a"), NOW))


def test_every_real_price_capture_finds_its_source_and_is_read_or_refused_by_name(shared_data: Path, tmp_path: Path) -> None:
    kept = list(captures(shared_data / "prices", sources(), Archive(tmp_path), NOW))
    assert sum(k.what == "added" for k in kept) >= 60
    assert not [k for k in kept if k.reason == "no source of that name"]
