"""The main job without a network: what a newcomer gets in the first minutes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.journeys.conftest import Run


def rows(home: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(home / "published.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()


def test_the_run_ends_with_headline_places_and_inputs(offline_home: Path) -> None:
    said = (offline_home / "run.log").read_text()
    assert "In the year to" in said and "newest price last seen" in said
    assert str(offline_home / "site" / "latest" / "index.html") in said
    assert str(offline_home / "published.duckdb") in said
    assert re.search(r"inputs\s+packaged", said) and "days old" in said


def test_the_report_is_one_file_that_asks_nothing_of_the_network(offline_home: Path) -> None:
    page = (offline_home / "site" / "latest" / "index.html").read_text()
    assert "<h1" in page and not re.search(r"<(script|link|img)[^>]+(src|href)=[\"']https?:", page)


def test_the_warehouse_has_what_the_first_release_promises(offline_home: Path) -> None:
    promised = ("price_now", "price_history", "throughput", "floor_gap", "decline_rates", "forecasts", "claims", "start_here")
    counts = {name: rows(offline_home, f"select count(*) from marts.{name}")[0][0] for name in promised}
    assert counts["price_now"] >= 400 and counts["throughput"] > 1000 and counts["claims"] == 20, counts
    assert all(counts.values()), counts


def test_every_example_of_start_here_runs_and_answers(offline_home: Path) -> None:
    for name, sql in rows(
        offline_home,
        "select table_name, sql from marts.start_here where table_name not in ('marts.track_record', 'example: how_wrong') order by ordinal",
    ):
        assert rows(offline_home, sql), f"{name} answers nothing: {sql}"


def test_every_table_and_column_carries_a_comment(offline_home: Path) -> None:
    bare = rows(
        offline_home,
        "select table_name, column_name from duckdb_columns() where schema_name in ('marts', 'facts') and comment is null and not internal",
    )
    assert not bare, bare


def test_every_price_names_its_source_and_when_it_was_seen(offline_home: Path) -> None:
    assert rows(offline_home, "select count(*) from marts.price_now where source is null or source_url is null or observed_at is null") == [
        (0,)
    ]


def test_the_headline_price_is_traced_to_a_price_with_source_and_date(offline_home: Path, deflation: Run) -> None:
    done = deflation(offline_home, "trace", "headline.frontier_price")
    assert done.returncode == 0 and "price" in done.stdout and "source_url: http" in done.stdout and "observed_at: 20" in done.stdout


def test_an_unknown_fact_is_refused_with_the_remedy(offline_home: Path, deflation: Run) -> None:
    done = deflation(offline_home, "trace", "headline.nothing")
    assert done.returncode == 1 and "--list" in done.stderr


@pytest.mark.parametrize("form", ["csv", "json"])
def test_query_prints_other_formats(offline_home: Path, deflation: Run, form: str) -> None:
    done = deflation(offline_home, "query", "select provider from marts.price_now order by 1 limit 2", "--format", form)
    assert done.returncode == 0
    assert len(json.loads(done.stdout)) == 2 if form == "json" else done.stdout.splitlines()[0] == "provider"


def test_a_wrong_query_is_an_error_and_not_a_traceback(offline_home: Path, deflation: Run) -> None:
    done = deflation(offline_home, "query", "select nothing from nowhere")
    assert done.returncode == 1 and "Traceback" not in done.stderr


def test_a_corrupt_build_file_is_made_anew(warm_home: Path, deflation: Run) -> None:
    (warm_home / "build.duckdb").write_bytes(b"not a database" * 1000)
    done = deflation(warm_home, "run", "--offline")
    assert done.returncode == 0, done.stderr[-2000:]
    assert rows(warm_home, "select count(*) > 0 from facts.fact") == [(True,)]


def test_a_run_beside_a_running_one_says_so(offline_home: Path, deflation: Run) -> None:
    held = "import sys, time; from filelock import FileLock; lock = FileLock(sys.argv[1]); lock.acquire(); print('held', flush=True); time.sleep(60)"
    other = subprocess.Popen([sys.executable, "-c", held, str(offline_home / "build.duckdb.lock")], stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        done = deflation(offline_home, "run", "--offline", DEFLATION_WAIT_S="1")
        assert "waiting up to 1 s" in done.stdout
        assert done.returncode == 1 and "another run" in done.stderr and "Traceback" not in done.stderr
    finally:
        other.kill()


def test_a_state_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path, deflation: Run) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    done = deflation(blocked / "state", "run", "--offline")
    assert done.returncode == 1 and "DEFLATION_HOME" in done.stderr and "Traceback" not in done.stderr


def test_a_future_day_and_a_wrong_date_are_refused(tmp_path: Path, deflation: Run) -> None:
    assert deflation(tmp_path, "run", "--as-of", "2999-01-01").returncode == 1
    assert deflation(tmp_path, "run", "--as-of", "tomorrow").returncode == 2


def test_the_edition_of_a_real_run_is_six_hundred_words_and_small(offline_home: Path) -> None:
    from lxml import html

    made = (offline_home / "site" / "latest" / "index.html").read_bytes()
    tree = html.fromstring(made)
    words = [w for e in tree.xpath("//body//text()[not(ancestor::svg) and not(ancestor::script)]") for w in e.split()]
    assert len(words) <= 600 and len(made) < 600_000
    assert len(tree.xpath("//figure")) <= 3 and len(tree.xpath("//table")) <= 2


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_a_name_that_would_steer_the_terminal_is_printed_as_text(offline_home: Path, deflation: Run, form: str) -> None:
    hostile = "select chr(27) || '[31mred' as a, chr(8238) || 'gnp' as b, chr(13) || chr(7) as c"
    done = deflation(offline_home, "query", hostile, "--format", form)
    assert done.returncode == 0 and "red" in done.stdout and "gnp" in done.stdout
    assert not set("\x1b\u202e\x07\r") & set(done.stdout + done.stderr)
