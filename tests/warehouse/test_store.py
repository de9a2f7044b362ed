"""The store: a write is whole or not at all, errors are sentences, and a reader never sees a half-built file."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from warehouse.publish import publish
from warehouse.store import Store, WarehouseUnusable, query, schema_hash

TABLE = "core.published_trend"
ROW = {"metric": "bandwidth", "growth_per_year": 0.2, "source": "a", "source_url": "https://x.example", "published_on": date(2025, 1, 1), "note": ""}


def trends(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame([ROW | r for r in rows] or [ROW])


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("prepared") / "build.duckdb"
    Store(path).prepare()
    return path


@pytest.fixture
def store(prepared: Path, tmp_path: Path) -> Store:
    return Store(Path(shutil.copy(prepared, tmp_path)), lock_timeout_s=0.2)


def values(store: Store) -> list[float]:
    return store.read(f"select growth_per_year from {TABLE} order by 1")["growth_per_year"].to_list()


def test_a_write_replaces_the_whole_table(store: Store) -> None:
    assert store.write(TABLE, trends({"source": "a"}, {"source": "b"})) == 2
    assert store.write(TABLE, trends({"growth_per_year": 0.5})) == 1 and values(store) == [0.5]


def test_a_write_for_one_source_keeps_the_others(store: Store) -> None:
    store.write(TABLE, trends({"source": "a"}, {"source": "b", "growth_per_year": 0.3}))
    store.write(TABLE, trends({"source": "a", "growth_per_year": 0.9}), source="a")
    assert values(store) == [0.3, 0.9]


def test_a_repeated_key_is_refused_and_the_old_rows_stay(store: Store) -> None:
    store.write(TABLE, trends({"growth_per_year": 0.4}))
    with pytest.raises(ValueError, match="core.published_trend: two rows share one key"):
        store.write(TABLE, trends({"note": "one"}, {"note": "two"}))
    assert values(store) == [0.4]
    assert store.write(TABLE, trends({"growth_per_year": 0.6})) == 1, "the store is usable after a refusal"


def test_a_value_outside_the_declared_limits_is_refused_and_the_old_rows_stay(store: Store) -> None:
    price = pl.DataFrame([{"usd_per_kwh": 0.09, "low_usd_per_kwh": 0.05, "high_usd_per_kwh": 0.2, "pue": 1.2, "low_pue": 1.1,
                           "high_pue": 1.5, "observed_at": date(2026, 1, 1), "basis": "quoted"}])
    store.write("core.energy_price", price)
    with pytest.raises(WarehouseUnusable, match="(?i)check constraint"):
        store.write("core.energy_price", price.with_columns(low_pue=pl.lit(0.5)))
    assert store.read("core.energy_price")["low_pue"].to_list() == [1.1]


@pytest.mark.parametrize(("frame", "said"), [
    (trends().drop("note"), "missing \\['note'\\]"),
    (trends().with_columns(extra=pl.lit(1)), "not declared \\['extra'\\]"),
])
def test_a_frame_of_another_shape_is_refused_with_table_columns_and_remedy(store: Store, frame: pl.DataFrame, said: str) -> None:
    with pytest.raises(ValueError, match=said) as refused:
        store.write(TABLE, frame)
    assert str(refused.value).startswith(TABLE) and "warehouse/schema" in str(refused.value)


def test_a_type_that_would_lose_something_is_refused(store: Store) -> None:
    with pytest.raises(pl.exceptions.PolarsError, match="conversion|cast"):
        store.write(TABLE, trends().with_columns(growth_per_year=pl.lit("a fifth")))


def test_numbers_that_are_none_become_null(store: Store) -> None:
    store.write(TABLE, trends({"source": "a", "growth_per_year": float("nan")}, {"source": "b", "growth_per_year": float("inf")}))
    assert values(store) == [None, None]


def test_statements_run_all_or_none(store: Store) -> None:
    store.write(TABLE, trends())
    with pytest.raises(WarehouseUnusable):
        store.execute([f"delete from {TABLE}", "select * from nowhere.nothing"])
    assert values(store) == [0.2]


def test_what_is_no_database_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "build.duckdb"
    path.write_bytes(b"not a database" * 500)
    with Store(path).session() as store:
        store.prepare()
        store.write(TABLE, trends())
        assert values(store) == [0.2]


def test_a_file_of_another_schema_is_made_anew_and_one_of_this_schema_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "build.duckdb"
    for _ in range(2):
        with Store(path).session() as store:
            store.prepare()
            kept = values(store)
            store.write(TABLE, trends())
    assert kept == [0.2]
    with duckdb.connect(str(path)) as con:
        con.execute("COMMENT ON TABLE core.vintage IS 'schema of last year'")
    with Store(path).session() as store:
        store.prepare()
        assert values(store) == [] and schema_hash() in str(store.read("select comment from duckdb_tables() where table_name = 'vintage'"))


def test_raw_tables_of_sources_that_are_gone_are_dropped(store: Store) -> None:
    store.prepare(("raw.hardware_old", "raw.hardware_new"))
    store.prepare(("raw.hardware_new",))
    names = store.read("select table_name from duckdb_tables() where schema_name = 'raw' and table_name like 'hardware%'")["table_name"].to_list()
    assert names == ["hardware_new"] and store.read_family("hardware").is_empty() and store.read_family("energy").is_empty()


HOLD = "import sys, time; {how}; print('held', flush=True); time.sleep(30)"


@pytest.mark.parametrize(("how", "said"), [
    ("from filelock import FileLock; lock = FileLock(sys.argv[1] + '.lock'); lock.acquire()", "another deflation run is writing; wait"),
    ("import duckdb; con = duckdb.connect(sys.argv[1])", "locked by another program .*close it and run again"),
])
def test_a_file_held_by_another_process_is_one_sentence(store: Store, how: str, said: str) -> None:
    other = subprocess.Popen([sys.executable, "-c", HOLD.format(how=how), str(store.path)], stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        with pytest.raises(WarehouseUnusable, match=said) as refused:
            store.write(TABLE, trends())
        assert "\n" not in str(refused.value) and str(store.path) in str(refused.value)
    finally:
        other.kill()
        other.wait()
    assert store.write(TABLE, trends()) == 1, "the lock of a process that died does not outlive it"


def test_a_file_another_program_holds_is_not_taken_for_a_corrupt_one(store: Store) -> None:
    store.write(TABLE, trends())
    hold = HOLD.format(how="import duckdb; con = duckdb.connect(sys.argv[1])")
    other = subprocess.Popen([sys.executable, "-c", hold, str(store.path)], stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        with pytest.raises(WarehouseUnusable, match="locked by another program"), Store(store.path).session():
            pass
    finally:
        other.kill()
        other.wait()
    assert values(store) == [0.2]


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(WarehouseUnusable, match="cannot be written"), Store(tmp_path / "file" / "build.duckdb").session():
        pass


def test_what_is_published_opens_with_its_keys_comments_and_macro(store: Store, tmp_path: Path) -> None:
    store.write(TABLE, trends())
    published = tmp_path / "published.duckdb"
    assert publish(store, published) == published.stat().st_size
    assert query(published, f"select growth_per_year from {TABLE}").item() == 0.2
    assert query(published, "select count(*) from duckdb_columns() where comment is not null").item() > 500
    assert query(published, "from marts.trace('nothing')").is_empty()
    with duckdb.connect(str(published)) as con, pytest.raises(duckdb.ConstraintException):
        con.execute(f"insert into {TABLE} by name from {TABLE}")
    assert [p.name for p in tmp_path.glob("*.new.duckdb*")] == []


READER = """
import duckdb, sys
con = duckdb.connect(sys.argv[1], read_only=True)
first = con.execute(sys.argv[2]).fetchall(); print(first, flush=True)
sys.stdin.readline()
print(con.execute(sys.argv[2]).fetchall(), flush=True)
"""


def test_an_open_reader_keeps_the_old_file_and_the_next_one_gets_the_new(store: Store, tmp_path: Path) -> None:
    published, sql = tmp_path / "published.duckdb", f"select growth_per_year from {TABLE}"
    store.write(TABLE, trends())
    publish(store, published)
    reader = subprocess.Popen([sys.executable, "-c", READER, str(published), sql], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert reader.stdout is not None and reader.stdin is not None
        assert reader.stdout.readline() == "[(0.2,)]\n"
        store.write(TABLE, trends({"growth_per_year": 0.7}))
        publish(store, published)
        reader.stdin.write("\n")
        reader.stdin.flush()
        assert reader.stdout.readline() == "[(0.2,)]\n"
    finally:
        reader.kill()
        reader.wait()
    assert query(published, sql).item() == 0.7


def test_a_publication_that_fails_leaves_the_old_file_and_no_draft(store: Store, tmp_path: Path) -> None:
    published = tmp_path / "published.duckdb"
    publish(store, published)
    before = published.read_bytes()
    with pytest.raises(WarehouseUnusable, match="previous file is untouched"):
        publish(store, published, ["create macro broken() as table select * from nowhere.nothing"])
    assert published.read_bytes() == before and not list(tmp_path.glob(".published*"))
    assert store.write(TABLE, trends()) == 1, "the build file is usable after a failed publication"


def test_a_question_to_a_file_that_is_not_there_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(WarehouseUnusable, match="deflation run"):
        query(tmp_path / "published.duckdb", "select 1")
    with pytest.raises(WarehouseUnusable, match="opening failed"):
        (tmp_path / "text.duckdb").write_text("no database " * 400)
        query(tmp_path / "text.duckdb", "select 1")
