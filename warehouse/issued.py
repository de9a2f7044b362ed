"""What was issued, kept for ever: every vintage's forecasts and facts as write-once files below the state folder.

The warehouse is rebuilt from captures and these files; a file that exists is never changed, so a forecast is scored
as it was issued, whatever the code says today. Beside each file stands its hash in the form of ``sha256sum``; a file
that is not what was written is not read, and is named with what is lost. A day reads what it needs: the last
vintage whole, of the others the medians of record, and the forecasts whose day has come.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl

from warehouse.schema.frames import polars_schema
from warehouse.store import WarehouseUnusable

FORECAST, FACT = "core.issued_forecast", "core.issued_fact"


def issue(folder: Path, as_of: date, forecasts: pl.DataFrame, facts: pl.DataFrame) -> bool:
    """Write the vintage's forecasts and facts once; returns False when that day was issued already."""
    folder.mkdir(parents=True, exist_ok=True)
    wrote = _once(folder / f"forecast-{as_of}.parquet", forecasts)
    _once(folder / f"fact-{as_of}.parquet", facts)
    for path in sorted(folder.glob("*.parquet")):
        if not _beside(path).exists() and _is_whole(path):
            _hash(path)
    return wrote


def with_build(forecasts: pl.DataFrame, vintage: pl.DataFrame) -> pl.DataFrame:
    """Forecasts with the build and code they were made by."""
    made = vintage.row(0, named=True)
    return forecasts.with_columns(pl.lit(made["build_id"]).alias("build_id"), pl.lit(made["code_version"]).alias("code_version"))


def issued_before(folder: Path, as_of: date) -> dict[str, pl.DataFrame]:
    """Of the vintages before ``as_of``: the last one's forecasts, the medians of record of the others, the last one's facts."""
    files = _whole(folder, "forecast", as_of)
    medians = pl.col("is_champion") & ((pl.col("quantile") - 0.5).abs() < 1e-6)
    forecasts = [_shaped(FORECAST, path).filter(medians) for path in files[:-1]] + [_shaped(FORECAST, path) for path in files[-1:]]
    facts = [_shaped(FACT, path) for path in _whole(folder, "fact", as_of)[-1:]]
    return {name: pl.concat([pl.DataFrame(schema=polars_schema(name)), *made]) for name, made in ((FORECAST, forecasts), (FACT, facts))}


def due(folder: Path, as_of: date, widened: Callable[[pl.DataFrame, date], pl.DataFrame]) -> pl.DataFrame:
    """The forecasts issued before ``as_of`` whose day has come, one row each as ``widened`` makes them of a vintage's rows."""
    first = pl.DataFrame(schema=polars_schema(FORECAST))
    return pl.concat([widened(_shaped(FORECAST, path), as_of) for path in _whole(folder, "forecast", as_of)] or [widened(first, as_of)])


def damages(folder: Path) -> dict[str, str]:
    """Every file that is not what was issued -> what is lost and what to do."""
    said = "is not counted any more; restore the file from a backup (its hash stands beside it)"
    found = {
        path.name: f"not the file that was issued: what this vintage said {said}"
        for path in sorted(folder.glob("*.parquet"))
        if not _is_whole(path)
    }
    gone = [path.with_suffix("") for path in sorted(folder.glob("*.parquet.sha256")) if not path.with_suffix("").exists()]
    return found | {path.name: f"missing: what this vintage said {said}" for path in gone}


def _once(path: Path, frame: pl.DataFrame) -> bool:
    """Write a file on the disk whole, under its name only then."""
    if path.exists():
        return False
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        frame.write_parquet(draft)
        _on_disk(draft)
        os.link(draft, path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise WarehouseUnusable(f"{path}: could not be issued ({str(error).splitlines()[0]}); free space and run again") from error
    finally:
        draft.unlink(missing_ok=True)
    return True


def _hash(path: Path) -> None:
    """Put a file's hash beside it."""
    _beside(path).write_text(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n")
    _on_disk(_beside(path))


def _on_disk(path: Path) -> None:
    with open(path, "rb") as file:
        os.fsync(file.fileno())


def _beside(path: Path) -> Path:
    return path.with_suffix(".parquet.sha256")


def _is_whole(path: Path) -> bool:
    """Whether a file is what was written; one of before there were hashes is taken as it is, if it can be read."""
    hashed = _beside(path)
    try:
        if hashed.exists():
            return hashed.read_bytes().split(b" ")[0] == hashlib.sha256(path.read_bytes()).hexdigest().encode()
        pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError):
        return False
    return True


def _whole(folder: Path, kind: str, as_of: date) -> list[Path]:
    dated = sorted(p for p in folder.glob(f"{kind}-????-??-??.parquet") if p.stem.removeprefix(f"{kind}-") < str(as_of))
    return [path for path in dated if _is_whole(path)]


def _shaped(name: str, path: Path) -> pl.DataFrame:
    """One file in the table's columns: those it has not are null."""
    found, schema = pl.read_parquet(path), polars_schema(name)
    return found.select((pl.col(c) if c in found.columns else pl.lit(None)).cast(t).alias(c) for c, t in schema.items())
