"""Days without any source: everything speaks of the last day a price was seen, says how old that is, and is red."""

from __future__ import annotations

import re
import shutil
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from reports.site import site
from tests.journeys.conftest import Run

LAST = date(2026, 11, 22)
"""The newest observation of the packaged history."""
IN_FORCE_DAYS = 90


def rows(home: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(home / "published.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()


@pytest.fixture(scope="module")
def left_alone(offline_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder that runs on dead days one after the other, as an installation left alone would."""
    home = tmp_path_factory.mktemp("left_alone")
    shutil.copytree(offline_home / "cache", home / "cache")
    return home


@pytest.mark.parametrize("days", [1, 2, 30, 120, 400])
def test_nothing_is_measured_beyond_the_last_day_a_price_was_seen_and_the_report_says_how_old_it_is(
    days: int, left_alone: Path, deflation: Run
) -> None:
    day = LAST + timedelta(days=days)
    done = deflation(left_alone, "run", "--offline", DEFLATION_NOW=f"{day}T06:00:00Z")
    assert done.returncode == 0, done.stderr[-2000:]
    assert (
        f"measured   up to {LAST}: no price was seen since, {days} day{'s' if days > 1 else ''} before this run" in done.stdout
        and "clock      DEFLATION_NOW" in done.stdout
    )
    assert rows(left_alone, "from core.edition_day") == [(day, LAST, days, f"DEFLATION_NOW {day}T06:00:00+00:00")]
    for table, column in (
        ("frontier", "obs_date"),
        ("decline_rates", "window_end"),
        ("champion_forecasts", "cutoff"),
        ("price_history", "valid_from"),
        ("price_history", "confirmed_at"),
        ("price_events", "event_date"),
    ):
        reached = rows(left_alone, f"select max({column}) from marts.{table}")
        assert reached[0][0] is None or reached[0][0] <= LAST, (table, reached)
    in_force = rows(left_alone, "select count(*) from marts.price_now")[0][0]
    assert (in_force > 400) == (days <= IN_FORCE_DAYS) and (in_force == 0) == (days > IN_FORCE_DAYS)
    page = re.sub(r"<[^>]+>", " ", (left_alone / "site" / "latest" / "index.html").read_text())
    said = " ".join(page.split())
    assert "No source was read for this edition" in said and re.search(rf"\b{days} days? before it", said) and "DEFLATION_NOW" in said
    measured = said.replace("by today&#x27;s code", "")  # of the code that replays, not of a price
    assert " today" not in measured and "No price changed." not in said
    assert [p.name for p in (left_alone / "issued").glob("forecast-*.parquet")] == [f"forecast-{LAST}.parquet"]
    of_days = [e.as_of for e in site.editions(left_alone / "site")]
    assert of_days[-1] == str(day) and len(of_days) == len(set(of_days)), "one edition a day, this day's the newest"


def test_a_clock_that_is_no_time_is_refused_with_the_setting_named(tmp_path: Path, deflation: Run) -> None:
    done = deflation(tmp_path, "run", "--offline", DEFLATION_NOW="yesterday")
    assert done.returncode != 0 and "DEFLATION_NOW" in done.stderr + done.stdout and "Traceback" not in done.stderr
