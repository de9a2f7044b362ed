"""The tables this package hands out, and the one function that holds a frame against its declaration.

Belongs here: ``TABLES``, ``empty`` and ``conform``. Not here: how a number is computed (the module named after the
method), and DDL (the warehouse generates its own from its dictionary).
"""

from __future__ import annotations

import polars as pl

from forecasting import tables_ahead, tables_meaning, tables_measured
from forecasting.declare import Column, Table

__all__ = ["TABLES", "Column", "Table", "conform", "empty"]

TABLES: dict[str, Table] = {**tables_measured.TABLES, **tables_ahead.TABLES, **tables_meaning.TABLES}


def empty(table: str) -> pl.DataFrame:
    """The named table with no rows."""
    return pl.DataFrame(schema={c.name: c.dtype for c in TABLES[table].columns})


def conform(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Return ``frame`` with exactly the declared columns, in order and type, sorted by its key.

    A declared column that is absent becomes null; an undeclared column or a repeated key is an error.
    Raises ``ValueError`` naming the table, what was expected and what was found.
    """
    spec = TABLES[table]
    unknown = sorted(set(frame.columns) - {c.name for c in spec.columns})
    if unknown:
        raise ValueError(f"{table}: undeclared columns {unknown}; declare them in forecasting/outputs.py")
    shaped = frame.select(
        (pl.col(c.name) if c.name in frame.columns else pl.lit(None)).cast(c.dtype).alias(c.name)
        for c in spec.columns
    ).sort(spec.key, nulls_last=True)
    if shaped.select(spec.key).is_duplicated().any():
        raise ValueError(f"{table}: two rows share one key ({', '.join(spec.key)})")
    return shaped
