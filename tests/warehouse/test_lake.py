"""The shared warehouse on a real PostgreSQL: one publication is one snapshot, whole or not at all, read by many and written by none of them."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import psycopg2
import pytest

from tests import postgres as servers
from tests.warehouse.test_store import TABLE, trends
from warehouse import lake as lakes
from warehouse.ddl import create_table
from warehouse.lake import Lake
from warehouse.models import macros_told
from warehouse.opened import connect, open_published
from warehouse.publish import forget, publications, publish, published_at, rollback, target
from warehouse.schema.tables import table
from warehouse.store import Store, WarehouseUnusable, query

MACRO = f"CREATE OR REPLACE MACRO marts.above(growth := NULL, words := NULL) AS TABLE SELECT growth_per_year, lower(words) AS words FROM {TABLE} WHERE growth IS NULL OR growth_per_year > growth"
SQL = f"select growth_per_year from {TABLE}"


@pytest.fixture
def whole(prepared: Path, tmp_path: Path) -> Store:
    """A build of all declared tables."""
    return Store(Path(shutil.copy(prepared, tmp_path)), lock_timeout_s=0.2)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A build of three tables and one macro: a publication of it takes a tenth of the time."""
    path = tmp_path / "build.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE SCHEMA core; CREATE SCHEMA marts")
        for name in (TABLE, "core.vintage", "marts.start_here"):
            for statement in create_table(table(name)):
                con.execute(statement)
    monkeypatch.setattr("warehouse.publish.throughput_macro_sql", lambda: [])
    monkeypatch.setattr("warehouse.publish.readers_macros", lambda: [MACRO])
    return Store(path, lock_timeout_s=0.2)


@pytest.fixture
def lake(postgres: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Lake]:
    name = f"lake_{abs(hash(request.node.nodeid)) % 10**9}"
    admin = psycopg2.connect(f"{postgres} dbname=postgres")
    admin.autocommit = True
    admin.cursor().execute(f"CREATE DATABASE {name}")
    admin.close()
    yield Lake(f"{postgres} dbname={name} password=hush", tmp_path / "shared")


def built(store: Store, growth: float, build: str = "b1", day: date = date(2026, 1, 1)) -> None:
    store.write(TABLE, trends({"growth_per_year": growth}))
    store.write("core.vintage", pl.DataFrame({"as_of": [day], "build_id": [build], "code_version": ["c"]}))


def test_the_lake_says_what_the_file_says(whole: Store, lake: Lake, tmp_path: Path) -> None:
    built(whole, 0.2)
    file = tmp_path / "published.duckdb"
    publish(whole, file)
    assert publish(whole, lake) > 0
    for sql in (
        f"from {TABLE}",
        "from core.vintage",
        "select schema_name, table_name, comment from duckdb_tables() order by all",
        "select schema_name, table_name, column_name, data_type, comment from duckdb_columns() where not internal order by all",
        "select function_name from duckdb_functions() where not internal and function_name not like '%_given' order by all",
        "from marts.trace('nothing')",
        *(call for _, _, call in macros_told()),
        "summarize core.vintage",
        "with a as (select 1 as x union all select 2) select sum(x) as s from a",
    ):
        assert query(lake, sql).equals(query(file, sql)), sql
    assert query(lake, "select count(*) from duckdb_columns() where comment is not null").item() > 500
    assert list((tmp_path / "shared").rglob("*.parquet")), "the rows lie as Parquet on the shared disk"


def test_a_macro_takes_what_is_not_said_as_unknown(store: Store, lake: Lake) -> None:
    built(store, 0.2)
    publish(store, lake)
    for call, found in (("", 1), ("growth := NULL", 1), ("growth := 0.1", 1), ("growth := 0.3", 0), ("growth := 0", 1)):
        rows = query(lake, f"from marts.above({call})")
        assert rows.height == found and rows["words"].null_count() == found, call
    assert query(lake, "select words from marts.above(words := 'AB')").item() == "ab"


def test_a_publication_is_one_snapshot_with_the_name_of_its_build(store: Store, lake: Lake) -> None:
    assert published_at(lake) is None and publications(lake) == []
    with closing(connect(Path(":memory:"), read_only=False)) as con:
        lakes.attach(con, lake, read_only=False)  # a first publication that never ended
    with pytest.raises(WarehouseUnusable, match="holds nothing yet"):
        query(lake, "select 1")
    assert published_at(lake) is None and publications(lake) == []
    built(store, 0.2, "first")
    publish(store, lake)
    written = published_at(lake)
    assert written is not None and abs(datetime.now(UTC) - written) < timedelta(minutes=5)
    built(store, 0.3, "second", date(2026, 1, 2))
    publish(store, lake)
    assert [p.name.rpartition("-")[0] for p in publications(lake)] == ["2026-01-01-first"]
    with open_published(lake) as con:
        assert con.execute("select count(*) from lake.snapshots() where author = 'deflation'").fetchall() == [(2,)]


def test_a_table_whose_rows_did_not_change_is_not_written_again(store: Store, lake: Lake, tmp_path: Path) -> None:
    built(store, 0.2)
    publish(store, lake)
    before = {p for p in (tmp_path / "shared").rglob("*.parquet") if p.parent.name == "published_trend"}
    built(store, 0.2, "b2")
    publish(store, lake)
    same = {p for p in (tmp_path / "shared").rglob("*.parquet") if p.parent.name == "published_trend"}
    built(store, 0.4, "b3")
    publish(store, lake)
    after = {p for p in (tmp_path / "shared").rglob("*.parquet") if p.parent.name == "published_trend"}
    assert len(before) == 1 and same == before and len(after - before) == 1 and query(lake, SQL).item() == 0.4


def test_an_open_reader_keeps_its_snapshot_and_the_next_one_gets_the_new(store: Store, lake: Lake) -> None:
    built(store, 0.2)
    publish(store, lake)
    with open_published(lake) as reader:
        reader.execute("BEGIN")
        assert reader.execute(SQL).fetchall() == [(0.2,)]
        built(store, 0.7, "b2")
        publish(store, lake)
        assert reader.execute(SQL).fetchall() == [(0.2,)] and reader.execute("select build_id from core.vintage").fetchall() == [("b1",)]
        reader.execute("COMMIT")
        assert reader.execute(SQL).fetchall() == [(0.7,)]


READER = """
import sys
from pathlib import Path
from warehouse.ddl import create_table
from warehouse.lake import Lake
from warehouse.opened import open_published
con = open_published(Lake(sys.argv[1], Path(sys.argv[2])))
reads = 0
while not Path(sys.argv[3]).exists():
    con.execute("BEGIN")
    growth = con.execute("select growth_per_year from core.published_trend").fetchall()[0][0]
    build = con.execute("select build_id from core.vintage").fetchall()[0][0]
    con.execute("COMMIT")
    assert build == f"b{growth}", (build, growth)
    reads += 1
print(reads)
"""


def test_readers_beside_the_publisher_never_see_half_of_a_publication(store: Store, lake: Lake, tmp_path: Path) -> None:
    built(store, 0.0, "b0.0")
    publish(store, lake)
    stop = tmp_path / "stop"
    readers = [
        subprocess.Popen([sys.executable, "-c", READER, lake.catalogue, str(lake.data), str(stop)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    try:
        for n in range(1, 4):
            built(store, n / 10, f"b{n / 10}")
            publish(store, lake)
    finally:
        stop.touch()
        told = [reader.communicate(timeout=60)[0] for reader in readers]
    assert [reader.returncode for reader in readers] == [0, 0] and all(int(reads) > 0 for reads in told), told


def test_a_publication_that_fails_leaves_the_one_before_and_the_build_usable(
    store: Store, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(store, 0.2)
    publish(store, lake)
    built(store, 0.9, "b2")
    with monkeypatch.context() as patched, pytest.raises(WarehouseUnusable, match="publishing failed"):
        patched.setattr("warehouse.publish.readers_macros", lambda: ["create macro broken() as table select * from nowhere.nothing"])
        publish(store, lake)
    assert query(lake, SQL).item() == 0.2 and query(lake, "select build_id from core.vintage").item() == "b1" and publications(lake) == []
    assert store.write(TABLE, trends()) == 1, "the build file is usable after a failed publication"


PUBLISHER = """
import os, sys
from pathlib import Path
from warehouse import lake as lakes
from warehouse.publish import publish
from warehouse.schema.tables import table
from warehouse.store import Store
import warehouse.publish
warehouse.publish.throughput_macro_sql = warehouse.publish.readers_macros = lambda: []
lakes._copy_comments = lambda con, built: os.kill(os.getpid(), 9)   # after the rows, before the commit
publish(Store(Path(sys.argv[3])), lakes.Lake(sys.argv[1], Path(sys.argv[2])))
"""


def test_a_publisher_killed_half_way_leaves_the_publication_before_and_the_next_one_works(store: Store, lake: Lake) -> None:
    built(store, 0.2)
    publish(store, lake)
    built(store, 0.5, "b2")
    killed = subprocess.run([sys.executable, "-c", PUBLISHER, lake.catalogue, str(lake.data), str(store.path)], check=False)
    assert killed.returncode == -9
    assert query(lake, SQL).item() == 0.2
    publish(store, lake)
    assert query(lake, SQL).item() == 0.5


def test_an_earlier_publication_can_be_put_back_and_taken_back_again(store: Store, lake: Lake) -> None:
    for n in range(3):
        built(store, n / 10, f"b{n}")
        publish(store, lake)
    rollback(lake, publications(lake)[1])
    assert query(lake, SQL).item() == 0.0 and query(lake, "select build_id from core.vintage").item() == "b0"
    assert query(lake, "from marts.above()").height == 1, "the macros are there after a rollback"
    back = next(p for p in publications(lake) if "-b2-" in p.name)
    rollback(lake, back)
    assert query(lake, SQL).item() == 0.2


def test_columns_and_tables_follow_the_build(store: Store, lake: Lake) -> None:
    built(store, 0.2)
    publish(store, lake)
    store.execute(
        [f"ALTER TABLE {TABLE} ADD COLUMN extra INTEGER", "CREATE TABLE core.added AS SELECT 1 AS x", "DROP TABLE marts.start_here"]
    )
    publish(store, lake)
    assert "extra" in query(lake, f"from {TABLE}").columns and query(lake, "from core.added").height == 1
    with pytest.raises(ValueError, match="does not exist"):
        query(lake, "from marts.start_here")


@pytest.mark.parametrize(
    "sql",
    [
        f"delete from {TABLE}",
        f"create or replace table {TABLE} as select 1 as x",
        "from read_csv('/etc/passwd')",
        "copy core.vintage to '{data}/planted.csv'",
        "attach '/etc/passwd' as other",
        "set enable_external_access = true",
        "select * from postgres_query('__ducklake_metadata_lake', 'select 1')",
        "from postgres_scan('host=127.0.0.1', 'public', 'ducklake_snapshot')",
        "select * from (select 1 as x) where x in (select snapshot_id from __ducklake_metadata_lake.public.ducklake_snapshot)",
        "select 1; call ducklake_cleanup_old_files('lake', cleanup_all => true)",
    ],
)
def test_a_question_can_read_the_publication_and_nothing_else(store: Store, lake: Lake, sql: str) -> None:
    built(store, 0.2)
    publish(store, lake)
    with pytest.raises(ValueError):
        query(lake, sql.replace("{data}", str(lake.data)))
    assert query(lake, SQL).item() == 0.2 and not list(lake.data.rglob("*.csv"))


def test_a_past_vintage_never_replaces_a_newer_one_in_the_lake(store: Store, lake: Lake, tmp_path: Path) -> None:
    assert target(lake, date(2020, 1, 1), tmp_path) == lake, "the first publication goes where it should"
    built(store, 0.2)
    publish(store, lake)
    assert target(lake, date(2025, 1, 1), tmp_path) == tmp_path / "published-2025-01-01.duckdb"
    assert target(lake, date(2026, 1, 2), tmp_path) == lake


def test_old_publications_go_and_the_newest_stays(store: Store, lake: Lake) -> None:
    for n in range(3):
        built(store, n / 10, f"b{n}")
        publish(store, lake)
    files = len(list(lake.data.rglob("*.parquet")))
    later = datetime.now(UTC) + timedelta(days=1)
    assert forget(lake, later, dry_run=True) >= 2 and len(publications(lake)) == 2
    forget(lake, later, dry_run=False)
    assert publications(lake) == [] and query(lake, SQL).item() == 0.2 and len(list(lake.data.rglob("*.parquet"))) < files


def test_what_cannot_be_reached_is_one_sentence_without_the_password(store: Store, tmp_path: Path) -> None:
    for address in ("host=127.0.0.1 port=1 user=u password=hush dbname=x", "postgresql://u:hush@127.0.0.1:1/x"):
        gone = Lake(address, tmp_path)
        for asked in (
            lambda gone=gone: query(gone, "select 1"),
            lambda gone=gone: publish(store, gone),
            lambda gone=gone: published_at(gone),
        ):
            with pytest.raises(WarehouseUnusable, match="is PostgreSQL up") as said:
                asked()
            assert "hush" not in str(said.value) and "\n" not in str(said.value)
        assert "hush" not in str(gone)


def test_an_extension_of_another_version_is_refused_and_nothing_is_downloaded(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duckdb, "__version__", "9.9.9")
    with pytest.raises(WarehouseUnusable, match="install duckdb and duckdb-extension-.* of one version"):
        query(lake, "select 1")
    monkeypatch.undo()
    monkeypatch.setattr(lakes, "EXTENSIONS", ("no_such",))
    with pytest.raises(WarehouseUnusable, match=r"pip install 'deflation\[team\]'"):
        query(lake, "select 1")


def test_the_wheels_own_postgresql_serves_where_the_machine_has_none() -> None:
    root = Path(tempfile.mkdtemp(prefix="deflation-wheel-"))
    root.chmod(0o755)
    try:
        with servers.server(servers.packaged(root)) as address:
            con = psycopg2.connect(f"{address} dbname=postgres")
            cursor = con.cursor()
            cursor.execute("select 1")
            assert cursor.fetchall() == [(1,)]
            con.close()
    finally:
        shutil.rmtree(root)
