"""SQL models: every file parses, says what it is for, fills a declared table from declared tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources.catalogue import sources
from warehouse.models import SQL, Model, _read, examples, macros_told, models, tables_of, taken_from
from warehouse.schema.frames import from_rows
from warehouse.schema.tables import TABLES, raw_name, table
from warehouse.store import Store

ALL = [m for folder in ("core", "marts", "facts", "lineage", "checks", "examples") for m in models(folder)]
KNOWN = {*TABLES, *map(raw_name, sources())}


def _id(model: Model) -> str:
    return model.name


def test_every_folder_of_sql_is_read_and_no_file_is_left_out() -> None:
    assert {p.relative_to(SQL).as_posix() for p in SQL.rglob("*.sql") if p.parent.name != "macros"} == {
        m.name.replace(".", "/") + ".sql" for m in ALL
    }
    assert len(ALL) > 60


@pytest.mark.parametrize("model", ALL, ids=_id)
def test_a_model_says_what_it_is_for_and_reads_what_is_declared(model: Model) -> None:
    assert len(model.text) > 15, f"{model.name}: the header comment is the documentation; write what a row is"
    unknown = set(model.inputs) - KNOWN - {"facts.fact"}
    assert not unknown, f"{model.name} reads {unknown}, which nobody declares"
    calls = [name for name, _text, _call in macros_told() if f"{name}(" in model.sql]
    assert model.inputs or "values" in model.sql.lower() or model.name == "marts.not_known" or calls, f"{model.name} reads nothing"


@pytest.mark.parametrize("model", [*models("core"), *models("marts")], ids=_id)
def test_a_model_fills_the_declared_columns_of_its_own_table(model: Model) -> None:
    import sqlglot

    assert model.name in TABLES, f"{model.name} is not declared; add it to warehouse/schema"
    assert model.name not in model.inputs
    tree = sqlglot.parse_one(model.sql, read="duckdb")
    named = [c for c in tree.named_selects if c != "*"]
    assert set(named) <= set(TABLES[model.name].columns), f"{model.name} selects columns its table does not have"
    if "*" not in tree.named_selects and "columns(" not in model.sql.lower():
        assert set(TABLES[model.name].key) <= set(named), f"{model.name} does not fill its key"


@pytest.mark.parametrize("model", models("checks"), ids=_id)
def test_a_check_names_the_table_it_watches(model: Model) -> None:
    assert model.table in TABLES and model.table.count(".") == 1
    assert "severity:" not in model.text and "table:" not in model.text


def test_no_model_waits_for_itself() -> None:
    inputs = {m.name: set(m.inputs) for m in (*models("core"), *models("marts"))}

    def ancestors(name: str, path: tuple[str, ...] = ()) -> None:
        assert name not in path, f"a circle: {' -> '.join((*path, name))}"
        for parent in inputs.get(name, ()):
            ancestors(parent, (*path, name))

    for name in inputs:
        ancestors(name)


def test_dependencies_are_those_of_the_sql_without_its_own_names() -> None:
    sql = """with a as (select * from core.x), b as (select * from a join raw.y using (k))
             select (select max(v) from marts.z) from b where exists (from core.w)"""
    assert tables_of(sql) == ("core.w", "core.x", "marts.z", "raw.y")
    assert tables_of("select 1 as core") == ()


def test_settings_are_read_from_the_header_and_not_shown_as_words(tmp_path: Path) -> None:
    path = tmp_path / "rule.sql"
    path.write_text("-- Nothing may be late.\n-- table: marts.late\n-- severity: warn\nselect 1 from marts.late -- table: not.this\n")
    model = _read(path, "checks.rule")
    assert (model.text, model.table, model.blocking) == ("Nothing may be late.", "marts.late", False)
    path.write_text("-- Nothing may be late.\nselect 1 from marts.late\n")
    assert _read(path, "checks.rule").blocking, "a rule without a stated severity stops the edition"


def test_examples_answer_from_what_readers_have() -> None:
    for name, (text, sql) in examples().items():
        assert text.strip() and all(t.startswith(("marts.", "facts.", "core.", "engine.", "stats.")) for t in tables_of(sql)), name


def test_only_rows_taken_as_they_lie_count_as_sorted() -> None:
    order = ("a", "b")
    assert taken_from("-- why\nselect b, a, x + 1 as c from core.t as t where x > 0", order) == "core.t"
    for moved in (
        "select a, b from core.t join core.u using (a)",
        "select a, max(b) as b from core.t group by a",
        "select a, b from core.t order by b",
        "select distinct a, b from core.t",
        "select a + 1 as a, b from core.t",
        "select b as a, a as b from core.t",
        "with t as (select * from core.t) select a, b from t",
        "select a, b from core.t union all select a, b from core.u",
        "select a, b, row_number() over () as n from core.t",
        "select a from core.t",
        "select * from core.t",
    ):
        assert taken_from(moved, order) == "", moved


def test_a_table_filled_from_a_sorted_one_lies_in_its_order(tmp_path: Path) -> None:
    store = Store(tmp_path / "build.duckdb")
    with store.session():
        rows = [{"interval_id": f"{n:03}", "offer_id": f"o{n}", "model": f"m{n * 7 % 10}", "provider": f"p{n % 3}"} for n in range(50)]
        store.write("core.price_interval", from_rows("core.price_interval", rows))
        history = next(m for m in models("marts") if m.name == "marts.price_history")
        assert taken_from(history.sql, table(history.name).order) == "core.price_interval", "else this test shows nothing"
        store.fill("marts.price_history", [history.sql])
        keys = [(r["model"], r["provider"]) for r in store.read("marts.price_history").to_dicts()]
    assert len(keys) == 50 and keys == sorted(keys)
