"""Packaged replays: what today's code would have issued on earlier days, beside what was issued.

A replay knows what was known on its day, but its code is of today: it is evidence of another kind than a forecast that
was issued, and every summary that rests on it says so. Belongs here: which replays count and what they are called.
Not here: how they are made (``research.build_replays``), how they are scored (``scoring``).
"""

from __future__ import annotations

from datetime import date

import polars as pl

import reference

CODE = "replay"
"""What stands in ``code_version`` of a replay."""


def before(first: date) -> pl.DataFrame:
    """Packaged replays of vintages before ``first``, as rows of core.issued_forecast."""
    return reference.load("replayed_forecasts").filter(pl.col("vintage") < first)


def newest_first_day(issued: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """``issued`` itself, or where nothing was issued yet the replays: the last vintage whole, of the others the medians of record."""
    if issued.height:
        return issued
    rows = before(as_of)
    median = pl.col("is_champion") & ((pl.col("quantile") - 0.5).abs() < 1e-6)
    return rows.filter((pl.col("vintage") == pl.col("vintage").max()) | median).select(issued.columns)


def label(live_origins: int, replayed_origins: int) -> str:
    """What a summary over so many issued and replayed origins is."""
    if not replayed_origins:
        return "live"
    kind = "replays of earlier days by today's code"
    return kind if not live_origins else f"live on {live_origins} days and {kind} on {replayed_origins}"
