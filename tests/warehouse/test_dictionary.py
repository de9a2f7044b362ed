"""The data dictionary is what the schema says, and the first page of the warehouse leads to tables that exist."""

from __future__ import annotations

from datetime import date

from tests.conftest import ROOT
from warehouse.ddl import create_table
from warehouse.dictionary import FIRST, contents, markdown, start_here
from warehouse.schema.columns import COLUMNS
from warehouse.schema.enumerations import EMPTY_UNTIL, ENUMERATIONS
from warehouse.schema.frames import from_rows
from warehouse.schema.tables import RAW_SHAPES, TABLES, table
from warehouse.store import Store


def test_the_committed_dictionary_is_the_generated_one() -> None:
    assert (ROOT / "docs" / "dictionary.md").read_text(encoding="utf-8") == markdown() + "\n", (
        "docs/dictionary.md is not what the schema says; run: python -m warehouse.dictionary > docs/dictionary.md"
    )


def test_every_table_and_column_stands_in_the_dictionary_with_its_meaning() -> None:
    text = markdown()
    for declared in (*TABLES.values(), *RAW_SHAPES.values()):
        body = text.partition(f"## {declared.name}\n")[2].partition("\n## ")[0]
        assert declared.text in body
        assert all(
            f"| {name} | {COLUMNS[name].type} | {COLUMNS[name].text.replace('|', chr(92) + '|')}" in body for name in declared.columns
        ), declared.name


def test_no_cell_of_the_dictionary_breaks_its_table() -> None:
    rows = [line for line in markdown().splitlines() if line.startswith("|")]
    assert not [row for row in rows if row.replace("\\|", "").count("|") != 4]


def test_a_newcomer_is_led_to_tables_that_exist_and_to_queries_without_comments() -> None:
    rows = start_here()
    assert set(FIRST) <= set(TABLES) and rows["ordinal"].is_unique().all()
    assert not [sql for sql in rows["sql"] if "--" in sql or not sql.strip()]


def test_every_closed_list_belongs_to_a_declared_column_and_no_column_has_two() -> None:
    places = [place for e in ENUMERATIONS for place in e.places]
    assert len(places) == len(set(places)) > 60
    for place in (*places, *EMPTY_UNTIL):
        table_name, _, column = place.rpartition(".")
        assert column in table(table_name).columns, place


def test_the_words_of_a_closed_list_stand_in_the_dictionary_and_in_the_catalogue() -> None:
    text = markdown().partition("## marts.price_history\n")[2].partition("\n## ")[0]
    assert "renamed: the label moved on to another model" in text
    assert "seen_on in the 31 days before the vintage day" in markdown().partition("## marts.price_events\n")[2].partition("\n## ")[0]
    comments = create_table(table("marts.price_history"))
    assert any("COLUMN" in c and '"tier"' in c and "off-peak: outside" in c for c in comments)


def test_a_strange_word_a_hollow_column_and_a_day_outside_the_window_are_found(tmp_path) -> None:
    store = Store(tmp_path / "build.duckdb")
    store.prepare()
    store.write("core.vintage", from_rows("core.vintage", [{"as_of": date(2026, 11, 27), "build_id": "b", "code_version": "c"}]))
    seen = {
        "condition": "",
        "kind": "cut",
        "status": "confirmed",
        "tier": "standard",
        "token_class": "input",
        "provider": "p",
        "model": "m",
        "source": "s",
    }
    events = [{**seen, "seen_on": date(2026, 11, 20)}, {**seen, "seen_on": date(2026, 9, 1), "kind": "gift"}]
    store.write("marts.price_events", from_rows("marts.price_events", events))
    rows = {r["column_name"]: r for r in contents(store.read).filter(table_name="marts.price_events").iter_rows(named=True)}
    assert rows["kind"]["undeclared_values"] == "gift" and rows["status"]["undeclared_values"] == ""
    assert rows["evidence"]["filled_rows"] == 0 and rows["kind"]["filled_rows"] == rows["kind"]["table_rows"] == 2
    assert rows["seen_on"]["window_days"] == 31 and rows["seen_on"]["outside_window_rows"] == 1
