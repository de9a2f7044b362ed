"""The store: a write is whole or not at all, errors are sentences, and a reader never sees a half-built file."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.warehouse.conftest import READING
from warehouse.build_file import schema_hash
from warehouse.publish import Publication, publications, publish, rollback, target
from warehouse.store import RowsRefused, Store, WarehouseUnusable, query

TABLE = "core.published_trend"
ROW = {
    "metric": "bandwidth",
    "growth_per_year": 0.2,
    "source": "a",
    "source_url": "https://x.example",
    "published_on": date(2025, 1, 1),
    "note": "",
}


def trends(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame([ROW | r for r in rows] or [ROW])


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


def test_a_repeated_key_costs_its_source_and_no_other(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    assert (
        store.write(TABLE, trends({"source": "a", "note": "one"}, {"source": "a", "note": "two"}, {"source": "b", "growth_per_year": 0.6}))
        == 1
    )
    assert values(store) == [0.6] and "the key" in caplog.text and "all rows of a are left out" in caplog.text


def test_rows_that_name_no_source_are_refused_and_the_old_rows_stay(store: Store) -> None:
    price = pl.DataFrame(
        [
            {
                "usd_per_kwh": 0.09,
                "low_usd_per_kwh": 0.05,
                "high_usd_per_kwh": 0.2,
                "pue": 1.2,
                "low_pue": 1.1,
                "high_pue": 1.5,
                "observed_at": date(2026, 1, 1),
                "basis": "quoted",
            }
        ]
    )
    store.write("core.energy_price", price)
    with pytest.raises(RowsRefused, match="writing core.energy_price failed.*(?i:check constraint)"):
        store.write("core.energy_price", price.with_columns(low_pue=pl.lit(0.5)))
    assert store.read("core.energy_price")["low_pue"].to_list() == [1.1]
    assert store.write("core.energy_price", price) == 1, "the store is usable after a refusal"


def test_a_price_beyond_the_declared_limits_costs_its_source_and_its_reading_says_so(store: Store) -> None:
    reading = READING | {"source": "prices/evil"}
    store.write("raw.reading", pl.DataFrame([reading, reading | {"source": "prices/good"}], schema_overrides={"observed_at": pl.Date}))
    row = {
        "offer_id": "o",
        "model": "m",
        "provider": "p",
        "provider_tier": "host",
        "price_input_usd_per_mtok": 1.0,
        "price_output_usd_per_mtok": 3.0,
        "price_cached_usd_per_mtok": None,
        "valid_from": date(2026, 1, 1),
        "valid_to": None,
        "changed_after": None,
        "changed_before": None,
        "status": "single",
        "observed_at": date(2026, 1, 1),
        "source": "prices/good",
        "interval_id": "1",
    }
    frame = pl.DataFrame(
        [row, row | {"source": "prices/evil", "interval_id": "2", "price_output_usd_per_mtok": 540_000.0}],
        schema_overrides={
            "valid_to": pl.Date,
            "changed_after": pl.Date,
            "changed_before": pl.Date,
            "price_cached_usd_per_mtok": pl.Float64,
        },
    )
    assert store.write("core.input_price", frame) == 1
    said = store.read("select source, status, message from raw.reading order by 1").rows()
    assert said[1] == ("prices/good", "ok", "") and said[0][:2] == ("prices/evil", "failed") and "540000 is beyond 2000" in said[0][2]


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (trends().drop("note"), "missing \\['note'\\]"),
        (trends().with_columns(extra=pl.lit(1)), "not declared \\['extra'\\]"),
    ],
)
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


def test_a_run_starts_from_an_empty_file_whatever_the_last_one_left(tmp_path: Path) -> None:
    path = tmp_path / "build.duckdb"
    for left in (b"", b"not a database" * 500, None):
        if left is not None:
            path.write_bytes(left)
        with Store(path).session() as store:
            assert values(store) == []
            store.write(TABLE, trends())
        assert values(Store(path)) == [0.2] and not list(tmp_path.glob("build_new*"))


def test_forty_damages_of_the_build_file_stop_nothing(tmp_path: Path) -> None:
    path, rng = tmp_path / "build.duckdb", random.Random(5)
    with Store(path).session() as store:
        store.write(TABLE, trends())
    whole = path.read_bytes()
    for n in range(40):
        damaged = bytearray(whole[: (0, 100, len(whole) // 2)[n]] if n < 3 else whole)
        if n >= 3:
            at = rng.randrange(0, 12_288) if n < 20 else rng.randrange(len(whole))
            damaged[at : at + 64] = rng.randbytes(64)
        path.write_bytes(damaged)
        with Store(path).session(whole=n % 10 == 0) as store:
            assert store.write(TABLE, trends()) == 1


def test_a_run_of_some_steps_goes_on_from_the_last_build_of_this_schema(tmp_path: Path) -> None:
    path = tmp_path / "build.duckdb"
    with Store(path).session() as store:
        store.write(TABLE, trends())
    with Store(path).session(whole=False) as store:
        assert values(store) == [0.2]
    with duckdb.connect(str(path)) as con:
        con.execute("COMMENT ON TABLE core.vintage IS 'schema of last year'")
    with Store(path).session(whole=False) as store:
        assert values(store) == [] and schema_hash() in str(store.read("select comment from duckdb_tables() where table_name = 'vintage'"))


def test_a_damaged_empty_file_in_the_cache_is_laid_out_anew(tmp_path: Path) -> None:
    with Store(tmp_path / "build.duckdb").session():
        pass
    [kept] = (tmp_path / "cache").iterdir()
    whole, rng = kept.read_bytes(), random.Random(1)
    for _ in range(3):
        damaged = bytearray(whole)
        damaged[rng.randrange(len(damaged))] ^= 1
        kept.write_bytes(damaged)
        with Store(tmp_path / "build.duckdb").session() as store:
            assert store.write(TABLE, trends()) == 1
        assert len(kept.read_bytes()) > 1000


def test_only_the_raw_tables_of_sources_that_are_there_are_laid_out(tmp_path: Path) -> None:
    for tables in (("raw.hardware_old", "raw.hardware_new"), ("raw.hardware_new",)):
        with Store(tmp_path / "build.duckdb").session(tables) as store:
            names = store.read(
                "select table_name from duckdb_tables() where schema_name = 'raw' and table_name like 'hardware%' order by 1"
            )
            assert [f"raw.{n}" for n in names["table_name"]] == sorted(tables)
            assert store.read_family("hardware").is_empty() and store.read_family("energy").is_empty()


HOLD = "import sys, time; {how}; print('held', flush=True); time.sleep({seconds})"
LOCK = "from filelock import FileLock; lock = FileLock(sys.argv[1] + '.lock'); lock.acquire()"


def held_by(how: str, path: Path, seconds: float = 30) -> subprocess.Popen[str]:
    other = subprocess.Popen([sys.executable, "-c", HOLD.format(how=how, seconds=seconds), str(path)], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None and other.stdout.readline() == "held\n"
    return other


def test_a_run_that_meets_another_is_told_so_in_one_sentence_after_the_stated_time(store: Store) -> None:
    other, told = held_by(LOCK, store.path), []
    try:
        waiting = Store(store.path, lock_timeout_s=0.3, on_wait=told.append)
        with pytest.raises(WarehouseUnusable, match="another run holds .* did not end within 0.3 s") as refused, waiting.session():
            pass
        assert (
            "\n" not in str(refused.value) and str(store.path) in str(refused.value) and len(told) == 1 and "waiting up to 0.3 s" in told[0]
        )
    finally:
        other.kill()
        other.wait()
    assert store.write(TABLE, trends()) == 1, "the lock of a process that died does not outlive it"


def test_a_run_that_meets_another_goes_on_when_that_one_ends(store: Store) -> None:
    other = held_by(LOCK, store.path, seconds=0.5)
    with Store(store.path, lock_timeout_s=20).session() as waited:
        assert waited.write(TABLE, trends()) == 1
    other.wait()


def test_a_build_file_another_program_has_open_stops_no_run(store: Store) -> None:
    other = held_by("import duckdb; con = duckdb.connect(sys.argv[1])", store.path)
    try:
        with Store(store.path).session() as mine:
            assert mine.write(TABLE, trends()) == 1
    finally:
        other.kill()
        other.wait()


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


def test_a_publication_that_fails_leaves_the_old_file_and_no_draft(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    published = tmp_path / "published.duckdb"
    publish(store, published)
    before = published.read_bytes()
    with pytest.raises(WarehouseUnusable, match="previous file is untouched"):
        monkeypatch.setattr("warehouse.publish.readers_macros", lambda: ["create macro broken() as table select * from nowhere.nothing"])
        publish(store, published)
    assert published.read_bytes() == before and not list(tmp_path.glob(".published*"))
    assert store.write(TABLE, trends()) == 1, "the build file is usable after a failed publication"


def test_a_question_to_a_file_that_is_not_there_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(WarehouseUnusable, match="deflation run"):
        query(tmp_path / "published.duckdb", "select 1")
    with pytest.raises(WarehouseUnusable, match="opening failed"):
        (tmp_path / "text.duckdb").write_text("no database " * 400)
        query(tmp_path / "text.duckdb", "select 1")


def _published(store: Store, published: Path, build: str, growth: float) -> None:
    store.write(TABLE, trends({"growth_per_year": growth}))
    store.write("core.vintage", pl.DataFrame({"as_of": [date(2026, 1, 1)], "build_id": [build], "code_version": ["c"]}))
    publish(store, published)


def test_an_earlier_publication_can_be_put_back_and_taken_back_again(store: Store, tmp_path: Path) -> None:
    published = tmp_path / "published.duckdb"
    for n in range(5):
        _published(store, published, f"b{n}", n / 10)
    kept = publications(published)
    assert [p.name.rsplit("-", 1)[1] for p in kept] == ["b3", "b2", "b1"], "the newest three before the published one"
    rollback(published, kept[0])
    assert query(published, f"select growth_per_year from {TABLE}").item() == 0.3
    back = next(p for p in publications(published) if p.name.endswith("b4"))
    rollback(published, back)
    assert query(published, f"select growth_per_year from {TABLE}").item() == 0.4
    (tmp_path / "publications" / "rubbish.duckdb").write_bytes(b"x" * 5000)
    with pytest.raises(WarehouseUnusable, match="untouched"):
        rollback(published, Publication("rubbish", tmp_path / "publications" / "rubbish.duckdb"))
    assert query(published, f"select growth_per_year from {TABLE}").item() == 0.4


def test_publishing_waits_for_the_disk_before_and_after_the_swap(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    real_sync, real_replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda descriptor: (order.append("sync"), real_sync(descriptor))[1])
    monkeypatch.setattr(os, "replace", lambda a, b: (order.append("swap"), real_replace(a, b))[1])
    publish(store, tmp_path / "published.duckdb")
    assert order[order.index("swap") - 1] == "sync" and "sync" in order[order.index("swap") :]


def test_the_build_and_what_is_published_are_laid_out_for_the_oldest_reader_and_a_copy_wants_none_of_the_builds_files(
    tmp_path: Path,
) -> None:
    built, published = tmp_path / "build.duckdb", tmp_path / "published.duckdb"
    with Store(built).session() as session:
        session.write(TABLE, trends())
        publish(session, published)
        assert session.write(TABLE, trends({"growth_per_year": 0.9})) == 1, "the build goes on after it was copied"
    for path in (built, published):
        with duckdb.connect(str(path), read_only=True) as con:
            [(laid_out,)] = con.execute("SELECT tags['storage_version'] FROM duckdb_databases() WHERE path = ?", [str(path)]).fetchall()
        assert laid_out == "v1.2.0+"
    built.unlink()
    assert query(published, f"SELECT growth_per_year FROM {TABLE}").item() != 0.9
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == ["build.duckdb.lock", "published.duckdb"]


def test_prices_lie_by_model_seller_and_day(store: Store) -> None:
    from warehouse.schema.tables import TABLES

    for name in ("core.price_interval", "marts.price_history", "marts.price_now"):
        assert TABLES[name].order[:2] == ("model", "provider"), name
        assert set(TABLES[name].key) <= set(TABLES[name].order), f"{name}: the order must be total, or two builds differ"


def test_what_a_wrong_clock_published_is_replaced_by_a_run_of_today_and_a_past_day_replaces_nothing(store: Store, tmp_path: Path) -> None:
    published, wrong, today = tmp_path / "published.duckdb", date(2036, 1, 1), date(2026, 12, 1)
    store.write("core.vintage", pl.DataFrame({"as_of": [wrong], "build_id": ["b"], "code_version": ["c"]}))
    publish(store, published)
    assert target(published, today, tmp_path, today) == published
    assert target(published, today, tmp_path) == tmp_path / "published-2026-12-01.duckdb"
    assert target(published, today, tmp_path, date(2036, 1, 2)) == tmp_path / "published-2026-12-01.duckdb"
