"""Days without any source: everything speaks of the last day a price was seen, says how old that is, and is red."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from tests.journeys.conftest import Run

LAST = date(2026, 11, 22)
"""The newest observation of the packaged history."""
IN_FORCE_DAYS = 90


def rows(home: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(home / "published.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()


@pytest.mark.parametrize("days", [1, 30, 120, 400])
def test_nothing_is_measured_beyond_the_last_day_a_price_was_seen_and_the_report_says_how_old_it_is(
    days: int, warm_home: Path, deflation: Run
) -> None:
    day = LAST + timedelta(days=days)
    done = deflation(warm_home, "run", "--offline", DEFLATION_NOW=f"{day}T06:00:00Z")
    assert done.returncode == 0, done.stderr[-2000:]
    assert (
        f"measured   up to {LAST}: no price was seen since, {days} days before this run" in done.stdout
        and "clock      DEFLATION_NOW" in done.stdout
    )
    assert rows(warm_home, "from core.edition_day") == [(day, LAST, days, f"DEFLATION_NOW {day}T06:00:00+00:00")]
    for table, column in (
        ("frontier", "obs_date"),
        ("decline_rates", "window_end"),
        ("champion_forecasts", "cutoff"),
        ("price_history", "valid_from"),
        ("price_history", "confirmed_at"),
        ("price_events", "event_date"),
    ):
        reached = rows(warm_home, f"select max({column}) from marts.{table}")
        assert reached[0][0] is None or reached[0][0] <= LAST, (table, reached)
    in_force = rows(warm_home, "select count(*) from marts.price_now")[0][0]
    assert (in_force > 400) == (days <= IN_FORCE_DAYS) and (in_force == 0) == (days > IN_FORCE_DAYS)
    page = re.sub(r"<[^>]+>", " ", (warm_home / "site" / "latest" / "index.html").read_text())
    said = " ".join(page.split())
    assert "No source was read for this edition" in said and re.search(rf"\b{days} days? before it", said) and "DEFLATION_NOW" in said
    measured = said.replace("by today&#x27;s code", "")  # of the code that replays, not of a price
    assert " today" not in measured and "No price changed." not in said
    assert [p.name for p in (warm_home / "issued").glob("forecast-*.parquet")] == [f"forecast-{LAST}.parquet"]


def test_a_second_dead_day_issues_no_forecast_again_and_publishes(warm_home: Path, deflation: Run) -> None:
    for days in (1, 2):
        assert deflation(warm_home, "run", "--offline", DEFLATION_NOW=f"{LAST + timedelta(days=days)}T06:00:00Z").returncode == 0
    assert len(list((warm_home / "issued").glob("forecast-*.parquet"))) == 1
    assert len([p for p in (warm_home / "site" / "editions").iterdir() if p.is_dir()]) == 2


def test_a_clock_that_is_no_time_is_refused_with_the_setting_named(tmp_path: Path, deflation: Run) -> None:
    done = deflation(tmp_path, "run", "--offline", DEFLATION_NOW="yesterday")
    assert done.returncode != 0 and "DEFLATION_NOW" in done.stderr + done.stdout and "Traceback" not in done.stderr
