"""From the declared schema to DDL: CREATE TABLE with keys and CHECKs, COMMENT ON."""

from __future__ import annotations

from units.grammar import unit_of
from warehouse.schema.columns import COLUMNS
from warehouse.schema.enumerations import EMPTY_UNTIL, values_of
from warehouse.schema.types import Table

SCHEMAS = ("raw", "core", "engine", "stats", "marts", "facts")


def quote(text: str) -> str:
    """A text as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def create_table(table: Table) -> list[str]:
    """The statements that create ``table`` with key, limits and comments."""
    lines = []
    for name in table.columns:
        column = COLUMNS[name]
        line = f'  "{name}" {column.type}'
        line += " NOT NULL" if name in table.key else ""
        if column.low is not None:
            line += f' CHECK ("{name}" IS NULL OR "{name}" >= {column.low!r})'
        if column.high is not None:
            line += f' CHECK ("{name}" IS NULL OR "{name}" <= {column.high!r})'
        lines.append(line)
    if table.key:
        lines.append("  PRIMARY KEY (" + ", ".join(f'"{k}"' for k in table.key) + ")")
    body = ",\n".join(lines)
    statements = [f"CREATE TABLE IF NOT EXISTS {table.name} (\n{body}\n)", f"COMMENT ON TABLE {table.name} IS {quote(told(table))}"]
    statements += [f'COMMENT ON COLUMN {table.name}."{name}" IS {quote(described(name, table.name))}' for name in table.columns]
    return statements


def told(table: Table) -> str:
    """What a row is, and which days the table is about where it holds the last ones alone."""
    return table.text + (f"; window: {table.window[0]} in the {table.window[1]} days before the vintage day" if table.window else "")


def described(name: str, table_name: str = "") -> str:
    """A column's meaning with its unit in words; in a table, with the words it may hold there and when it may be empty."""
    unit, place = unit_of(name), f"{table_name}.{name}"
    words, until = values_of(place), EMPTY_UNTIL.get(place)
    return (
        COLUMNS[name].text + (f" [{unit}]" if unit else "") + (f" ({words})" if words else "") + (f"; empty until {until}" if until else "")
    )
