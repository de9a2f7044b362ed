"""How an output table is declared: a row in words, its key, its columns with type and meaning.

Belongs here: the two record types and the columns that many tables share. Not here: the tables (``tables_*``).
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

TEXT, REAL, COUNT, DAY, FLAG = pl.String, pl.Float64, pl.Int64, pl.Date, pl.Boolean


class Column(NamedTuple):
    """One column: its name (unit last), polars type, and meaning in one sentence."""

    name: str
    dtype: type[pl.DataType]
    meaning: str


class Table(NamedTuple):
    """One output table: what a row is, its columns in order, and the columns that identify a row."""

    row: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]


SERIES = Column("series_id", TEXT, "scale-threshold-tier-blend, e.g. 'gpqa_diamond-80-all-3to1'")
VINTAGE = Column("vintage", DAY, "the as-of date: nothing known later was used")
SCALE = Column("scale", TEXT, "quality scale (benchmark, or 'latent' for the joint scale)")
TIER = Column("provider_tier", TEXT, "first_party | host | open_weights | all")
HORIZON = Column("horizon_days", COUNT, "days from vintage to target date")
TARGET = Column("target_date", DAY, "the day the forecast is about")
