"""What was issued, kept for ever: every vintage's forecasts and facts as write-once files below the state folder.

The warehouse is rebuilt from captures and these files; a file that exists is never changed, so a forecast
is scored as it was issued, whatever the code says today.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import polars as pl

from warehouse.schema.frames import polars_schema
from warehouse.schema.tables import table

FORECAST, FACT = "core.issued_forecast", "core.issued_fact"


def issue(folder: Path, as_of: date, forecasts: pl.DataFrame, facts: pl.DataFrame) -> bool:
    """Write the vintage's forecasts and facts once; returns False when that day was issued already."""
    folder.mkdir(parents=True, exist_ok=True)
    wrote = _once(folder / f"forecast-{as_of}.parquet", forecasts)
    _once(folder / f"fact-{as_of}.parquet", facts)
    return wrote


def with_build(forecasts: pl.DataFrame, vintage: pl.DataFrame) -> pl.DataFrame:
    """Forecasts with the build and code they were made by."""
    made = vintage.row(0, named=True)
    return forecasts.with_columns(pl.lit(made["build_id"]).alias("build_id"), pl.lit(made["code_version"]).alias("code_version"))


def _once(path: Path, frame: pl.DataFrame) -> bool:
    if path.exists():
        return False
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    frame.write_parquet(draft)
    os.link(draft, path) if not path.exists() else None
    draft.unlink()
    return True


def issued_before(folder: Path, as_of: date) -> dict[str, pl.DataFrame]:
    """All forecasts issued before ``as_of``, and the facts of the last vintage before it."""
    forecasts = [pl.read_parquet(p) for p in _files(folder, "forecast", as_of)]
    facts = _files(folder, "fact", as_of)[-1:]
    return {FORECAST: _shaped(FORECAST, forecasts), FACT: _shaped(FACT, [pl.read_parquet(p) for p in facts])}


def _files(folder: Path, kind: str, as_of: date) -> list[Path]:
    return sorted(p for p in folder.glob(f"{kind}-????-??-??.parquet") if p.stem.removeprefix(f"{kind}-") < str(as_of))


def _shaped(name: str, frames: list[pl.DataFrame]) -> pl.DataFrame:
    schema = polars_schema(table(name))
    if not frames:
        return pl.DataFrame(schema=schema)
    whole = pl.concat(frames, how="diagonal_relaxed")
    return whole.select((pl.col(c) if c in whole.columns else pl.lit(None)).cast(t).alias(c) for c, t in schema.items())
