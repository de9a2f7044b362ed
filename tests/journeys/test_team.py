"""A team's installation: warehouse in a lake, Dagster in PostgreSQL. The day runs end to end and every verb answers as from a file."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import psycopg2
import pytest

from tests.journeys.conftest import Run
from warehouse.lake import Lake
from warehouse.store import WarehouseUnusable, query

VERBS: list[list[str]] = [
    ["query", "from marts.start_here", "--format", "csv"],
    ["query", "select * from marts.price_now order by all", "--format", "csv"],
    [
        "query",
        "select * exclude (error) from throughput(model := 'llama-3.1-70b', accelerator := 'h100-sxm', concurrency := 64)",
        "--format",
        "csv",
    ],
    ["query", "from self_host(model := 'Llama-3.3-70B', accelerator := 'H100-SXM', n := 8, tokens_per_month := 2e9)", "--format", "csv"],
    ["query", "delete from core.vintage"],
    ["query", "from marts.nowhere"],
    ["trace", "--list"],
    ["trace", "headline.decline_factor"],
    ["trace", "no.such.fact"],
    ["price", "gpt-4o", "--provider", "openai", "--at", "2024-12-01", "--input", "1000000", "--output", "0"],
    ["model", "marts.price_now", "--limit", "5"],
    ["aliases"],
    ["sources", "--broken"],
]


@pytest.fixture(scope="module")
def team(offline_home: Path, tmp_path_factory: pytest.TempPathFactory, deflation: Run, postgres: str) -> tuple[Path, dict[str, str]]:
    """State folder and settings of a team after one run, with a reader beside it from the first second."""
    home = tmp_path_factory.mktemp("team")
    shutil.copytree(offline_home / "cache", home / "cache")
    admin = psycopg2.connect(f"{postgres} dbname=postgres")
    admin.autocommit = True
    for name in ("lake", "dagster"):
        admin.cursor().execute(f"CREATE DATABASE {name}")
    admin.close()
    where = dict(part.split("=") for part in postgres.split())
    settings = {
        "DEFLATION_WAREHOUSE": f"ducklake:postgres:{postgres} dbname=lake",
        "DEFLATION_WAREHOUSE_DATA": str(home / "shared"),
        "DEFLATION_DAGSTER_POSTGRES_URL": f"postgresql://{where['user']}@{where['host']}:{where['port']}/dagster",
    }
    told: set[str] = set()
    with _beside(Lake(f"{postgres} dbname=lake", home / "shared"), told):
        done = deflation(home, "run", "--offline", **settings)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "ducklake:postgres:" in done.stdout and not (home / "published.duckdb").exists()
    assert told <= {"nothing", "whole"} and "nothing" in told, told
    return home, settings


class _beside:
    """A reader that asks all the time; notes whether it saw nothing, a whole publication, or something else."""

    def __init__(self, lake: Lake, told: set[str]) -> None:
        self.lake, self.told, self.stop = lake, told, threading.Event()
        self.thread = threading.Thread(target=self.read)

    def read(self) -> None:
        while not self.stop.wait(1.0):
            try:
                row = query(self.lake, "select (select count(*) from core.vintage), (select count(*) > 0 from facts.fact)").row(0)
                self.told.add("whole" if row == (1, True) else f"half: {row}")
            except (WarehouseUnusable, ValueError) as error:
                self.told.add("nothing" if "holds nothing yet" in str(error) else str(error))

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join()


@pytest.mark.parametrize("verb", VERBS, ids=lambda v: " ".join(v)[:60])
def test_a_verb_answers_from_the_lake_as_from_the_file(
    verb: list[str], team: tuple[Path, dict[str, str]], offline_home: Path, deflation: Run
) -> None:
    home, settings = team
    file, lake = deflation(offline_home, *verb), deflation(home, *verb, **settings)
    assert lake.returncode == file.returncode, lake.stderr
    assert lake.stdout == file.stdout


def test_what_is_exported_from_the_lake_is_what_is_exported_from_the_file(
    team: tuple[Path, dict[str, str]], offline_home: Path, deflation: Run, tmp_path: Path
) -> None:
    home, settings = team
    assert deflation(offline_home, "export", "--format", "csv", "--out", str(tmp_path / "file")).returncode == 0
    assert deflation(home, "export", "--format", "csv", "--out", str(tmp_path / "lake"), **settings).returncode == 0
    file, lake = ({p.name: p.read_bytes() for p in (tmp_path / which).iterdir()} for which in ("file", "lake"))
    assert file == lake and file


def test_the_runs_of_a_team_lie_in_its_database(team: tuple[Path, dict[str, str]], deflation: Run) -> None:
    home, settings = team
    con = psycopg2.connect(settings["DEFLATION_DAGSTER_POSTGRES_URL"])
    with con, con.cursor() as cursor:
        cursor.execute("select status, count(*) from runs group by 1")
        assert cursor.fetchall() == [("SUCCESS", 1)]
        cursor.execute("select count(distinct asset_key) from event_logs where dagster_event_type = 'ASSET_MATERIALIZATION'")
        assert cursor.fetchall()[0][0] > 150
    con.close()
    assert not list((home / "dagster").rglob("*.db"))
    said = deflation(home, "status", **settings).stdout
    assert "last run" in said and "SUCCESS" in said and "by the command line" in said and "vintage" in said


def test_a_team_whose_database_is_down_is_told_so_in_one_sentence(team: tuple[Path, dict[str, str]], deflation: Run) -> None:
    home, settings = team
    down = settings | {"DEFLATION_WAREHOUSE": "ducklake:postgres:host=127.0.0.1 port=1 user=u password=hush dbname=lake"}
    for verb in (
        ["query", "select 1"],
        ["rollback", "--list"],
        ["price", "gpt-4o", "--input", "1", "--output", "1"],
        ["prune", "--dry-run"],
    ):
        done = deflation(home, *verb, **down)
        assert (
            done.returncode == 1 and "is PostgreSQL up" in done.stderr and "Traceback" not in done.stderr and "hush" not in done.stderr
        ), verb


def test_settings_that_name_half_a_lake_are_refused_by_name(tmp_path: Path, deflation: Run) -> None:
    half = deflation(tmp_path, "query", "select 1", DEFLATION_WAREHOUSE="ducklake:postgres:dbname=lake password=hush")
    assert half.returncode != 0 and "DEFLATION_WAREHOUSE_DATA" in half.stderr and "hush" not in half.stderr
    other = deflation(tmp_path, "query", "select 1", DEFLATION_WAREHOUSE="snowflake://hush", DEFLATION_WAREHOUSE_DATA="/x")
    assert other.returncode != 0 and "ducklake:postgres:" in other.stderr and "hush" not in other.stderr
