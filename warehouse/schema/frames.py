"""Frames held against the schema: the polars dtypes of a declared table, an empty one, and the check before a write.

Every layer that makes a table of the warehouse (``forecasting``, ``belief``, ``throughput``) uses these, so that a table
is declared once. Belongs here: shape and key. Not here: DDL and databases (``warehouse.ddl``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl
from polars.datatypes import DataTypeClass

from warehouse.schema.columns import COLUMNS
from warehouse.schema.tables import table
from warehouse.schema.types import Table

POLARS: dict[str, DataTypeClass | pl.DataType] = {
    "VARCHAR": pl.String,
    "DOUBLE": pl.Float64,
    "BIGINT": pl.Int64,
    "BOOLEAN": pl.Boolean,
    "DATE": pl.Date,
    "TIMESTAMPTZ": pl.Datetime("us", "UTC"),
}


class KeyBroken(ValueError):
    """Rows that share a key, or have none."""


def polars_schema(declared: Table | str) -> dict[str, DataTypeClass | pl.DataType]:
    """The polars dtypes a frame must have to be written to the table (a declaration or ``schema.table``)."""
    spec = table(declared) if isinstance(declared, str) else declared
    return {name: POLARS[COLUMNS[name].type] for name in spec.columns}


def empty(declared: Table | str) -> pl.DataFrame:
    """The table with no rows."""
    return pl.DataFrame(schema=polars_schema(declared))


def conform(declared: Table | str, frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` with the declared columns in order, cast losslessly, in the table's order; figures that are not finite are null.

    Raises ``ValueError`` with the table, the columns and the remedy when a column is missing or not declared, and its
    kind ``KeyBroken`` when a key column is null or two rows share one key.
    """
    spec = table(declared) if isinstance(declared, str) else declared
    schema = polars_schema(spec)
    if not frame.width:  # nothing to say: an empty table
        frame = pl.DataFrame(schema=schema)
    missing, extra = [c for c in schema if c not in frame.columns], [c for c in frame.columns if c not in schema]
    if missing or extra:
        raise ValueError(
            f"{spec.name}: expected columns {list(schema)}; missing {missing}, not declared {extra}. "
            "Declare them in warehouse/schema or drop them before writing."
        )
    shaped = frame.select(pl.col(c).cast(t, strict=True) for c, t in schema.items())
    doubles = [c for c, t in schema.items() if t == pl.Float64]
    shaped = shaped.with_columns(pl.when(pl.col(c).is_finite()).then(pl.col(c)) for c in doubles)
    _hold_key(spec, shaped)
    return shaped.sort(list(spec.order or spec.key) or list(schema), nulls_last=True, maintain_order=True)


def from_rows(declared: Table | str, rows: Sequence[Mapping[str, object]]) -> pl.DataFrame:
    """A table from rows as dicts; a row leaves out what does not apply to it (null), and names nothing undeclared.

    Raises ``ValueError`` naming the table and the undeclared members.
    """
    schema = polars_schema(declared)
    unknown = sorted({name for row in rows for name in row} - set(schema))
    if unknown:
        raise ValueError(f"{declared if isinstance(declared, str) else declared.name}: rows name undeclared columns {unknown}")
    return conform(declared, pl.DataFrame(rows, schema=schema, strict=False))


def _hold_key(spec: Table, shaped: pl.DataFrame) -> None:
    if not spec.key:
        return
    twice = shaped.filter(shaped.select(spec.key).is_duplicated())
    if twice.height:
        raise KeyBroken(f"{spec.name}: two rows share one key ({', '.join(spec.key)}): {twice.select(spec.key).row(0)}")
    unknown = [k for k in spec.key if shaped[k].null_count()]
    if unknown:
        raise KeyBroken(f"{spec.name}: {', '.join(unknown)} belongs to the key and is null in a row")


def distinct(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` with the first of the rows that share the declared key of a table: what a page prints twice is one row."""
    return frame.unique(list(table(name).key), keep="first", maintain_order=True)


def offenders(declared: Table, frame: pl.DataFrame) -> dict[str, str]:
    """The sources whose rows a table would refuse, with the first reason; empty where its rows name no source."""
    if "source" not in declared.columns:
        return {}
    found: dict[str, str] = {}
    for column in (COLUMNS[name] for name in declared.columns):
        for limit, beyond in ((column.low, pl.Expr.lt), (column.high, pl.Expr.gt)):
            if limit is not None:
                rows = frame.filter(beyond(pl.col(column.name), limit)).unique("source", keep="first", maintain_order=True)
                found |= {
                    s: f"{column.name} {value:g} is beyond {limit:g}"
                    for s, value in rows.select("source", column.name).rows()
                    if s not in found
                }
    if declared.key:
        lacking = frame.filter(pl.any_horizontal(pl.col(list(declared.key)).is_null()))
        repeated = frame.filter(pl.struct(list(declared.key)).is_duplicated())
        found |= {s: f"a key ({', '.join(declared.key)}) without a value" for s in lacking["source"].unique() if s not in found}
        found |= {s: f"the key ({', '.join(declared.key)}) stands twice" for s in repeated["source"].unique() if s not in found}
    return {source: reason for source, reason in found.items() if source is not None}
