"""From the declared schema to DDL: CREATE TABLE with keys and CHECKs, COMMENT ON, and the polars schema."""

from __future__ import annotations

import polars as pl
from polars.datatypes import DataTypeClass

from units.grammar import unit_of
from warehouse.schema.columns import COLUMNS
from warehouse.schema.types import Table

SCHEMAS = ("raw", "core", "engine", "stats", "marts", "facts")
POLARS: dict[str, DataTypeClass | pl.DataType] = {"VARCHAR": pl.String, "DOUBLE": pl.Float64, "BIGINT": pl.Int64, "BOOLEAN": pl.Boolean, "DATE": pl.Date,
          "TIMESTAMPTZ": pl.Datetime("us", "UTC")}


def quote(text: str) -> str:
    """A text as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def polars_schema(table: Table) -> dict[str, DataTypeClass | pl.DataType]:
    """The polars dtypes a frame must have to be written to ``table``."""
    return {name: POLARS[COLUMNS[name].type] for name in table.columns}


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
    statements = [f"CREATE TABLE IF NOT EXISTS {table.name} (\n{body}\n)",
                  f"COMMENT ON TABLE {table.name} IS {quote(table.text)}"]
    statements += [f'COMMENT ON COLUMN {table.name}."{name}" IS {quote(described(name))}' for name in table.columns]
    return statements


def described(name: str) -> str:
    """A column's meaning with its unit in words."""
    unit = unit_of(name)
    return COLUMNS[name].text + (f" [{unit}]" if unit else "")


def conform(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """Hold a frame against the schema: columns in order, dtypes cast losslessly, key present.

    Raises ``ValueError`` with the table, the columns and the remedy.
    """
    schema = polars_schema(table)
    if not frame.width:  # nothing to say: an empty table
        frame = pl.DataFrame(schema=schema)
    missing, extra = [c for c in schema if c not in frame.columns], [c for c in frame.columns if c not in schema]
    if missing or extra:
        raise ValueError(
            f"{table.name}: expected columns {list(schema)}; missing {missing}, not declared {extra}. "
            "Declare them in warehouse/schema/tables.py or drop them before writing."
        )
    shaped = frame.select(pl.col(c).cast(t, strict=True) for c, t in schema.items())
    doubles = [c for c, t in schema.items() if t == pl.Float64]
    shaped = shaped.with_columns(pl.when(pl.col(c).is_finite()).then(pl.col(c)) for c in doubles)
    return shaped.sort(list(table.key) or list(schema), nulls_last=True, maintain_order=True)


def offenders(table: Table, frame: pl.DataFrame) -> dict[str, str]:
    """The sources whose rows a table would refuse, with the first reason; empty where its rows name no source."""
    if "source" not in table.columns:
        return {}
    found: dict[str, str] = {}
    for name in table.columns:
        column = COLUMNS[name]
        for limit, beyond in ((column.low, pl.Expr.lt), (column.high, pl.Expr.gt)):
            if limit is not None:
                rows = frame.filter(beyond(pl.col(name), limit)).unique("source", keep="first", maintain_order=True)
                found |= {s: f"{name} {value:g} is beyond {limit:g}" for s, value in rows.select("source", name).rows() if s not in found}
    if table.key:
        lacking = frame.filter(pl.any_horizontal(pl.col(list(table.key)).is_null()))
        repeated = frame.filter(pl.struct(list(table.key)).is_duplicated())
        found |= {s: f"a key ({', '.join(table.key)}) without a value" for s in lacking["source"].unique() if s not in found}
        found |= {s: f"the key ({', '.join(table.key)}) stands twice" for s in repeated["source"].unique() if s not in found}
    return {source: reason for source, reason in found.items() if source is not None}
