"""The data dictionary is what the schema says, and the first page of the warehouse leads to tables that exist."""

from __future__ import annotations

from tests.conftest import ROOT
from warehouse.dictionary import FIRST, markdown, start_here
from warehouse.schema.columns import COLUMNS
from warehouse.schema.tables import RAW_SHAPES, TABLES


def test_the_committed_dictionary_is_the_generated_one() -> None:
    assert (ROOT / "docs" / "dictionary.md").read_text(encoding="utf-8") == markdown() + "\n", (
        "docs/dictionary.md is not what the schema says; run: python -m warehouse.dictionary > docs/dictionary.md"
    )


def test_every_table_and_column_stands_in_the_dictionary_with_its_meaning() -> None:
    text = markdown()
    for table in (*TABLES.values(), *RAW_SHAPES.values()):
        body = text.partition(f"## {table.name}\n")[2].partition("\n## ")[0]
        assert table.text in body
        assert all(
            f"| {name} | {COLUMNS[name].type} | {COLUMNS[name].text.replace('|', chr(92) + '|')}" in body for name in table.columns
        ), table.name


def test_no_cell_of_the_dictionary_breaks_its_table() -> None:
    rows = [line for line in markdown().splitlines() if line.startswith("|")]
    assert not [row for row in rows if row.replace("\\|", "").count("|") != 4]


def test_a_newcomer_is_led_to_tables_that_exist_and_to_queries_without_comments() -> None:
    rows = start_here()
    assert set(FIRST) <= set(TABLES) and rows["ordinal"].is_unique().all()
    assert not [sql for sql in rows["sql"] if "--" in sql or not sql.strip()]
