"""A bulkhead per source: whatever reading, judging or writing one source raises costs that source and nothing else.

The sentence of a failure stands in ``raw.reading``, its traceback in the log. Only a state folder that cannot be
written stops the run.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from sources.captures import Reading, nothing_read, read_captures
from sources.catalogue import Source
from sources.fetching.archive import Archive
from sources.health import reading_frame
from sources.reading.parsed import Reader, in_process
from warehouse.schema.tables import raw_name
from warehouse.store import Store, WarehouseUnusable

log = logging.getLogger(__name__)
Made = TypeVar("Made")
Families = Mapping[str, pl.DataFrame]


def read_source(
    source: Source,
    archive: Archive,
    as_of: date,
    warehouse: Store,
    *,
    cache: Path | None = None,
    read: Reader = in_process,
    set_aside: Mapping[str, str] | None = None,
) -> Mapping[str, Any]:
    """Read a source's captures into its raw table (``captures.read_captures``); returns its row of ``raw.reading``, whatever happens."""
    try:
        _write(source, read_captures(source, archive, as_of, cache, read=read, set_aside=set_aside), as_of, warehouse)
    except WarehouseUnusable:
        raise
    except Exception as error:  # a list of types is no bulkhead
        log.exception("%s failed", source.key, extra={"source": source.key})
        _write(source, nothing_read(source, f"{source.key}: {_said(error)}"), as_of, warehouse)
    row = warehouse.read(f"FROM raw.reading WHERE source = '{source.key}'").row(0, named=True)
    log.info("%s: %d rows", row["status"], row["rows"], extra={"source": source.key})
    return {"rows": row["rows"], "status": row["status"], "origin": row["origin"], "age_days": row["age_days"], "message": row["message"]}


def _write(source: Source, reading: Reading, as_of: date, warehouse: Store) -> None:
    warehouse.write("raw.reading", reading_frame(source, reading, as_of, warehouse.read("raw.capture")), source=source.key)
    warehouse.write(raw_name(source.key), reading.quotes)
    warehouse.write("raw.left_out", reading.left_out, source=source.key)


def without_culprits(make: Callable[[Families], Made], quotes: Families, warehouse: Store) -> Made:
    """``make(quotes)``; where it raises, without the sources whose rows alone make it raise. They are failed, and say so.

    ``quotes``: family (``prices``) -> its rows. Where no single source is to blame the error stands: then it is ours.
    """
    try:
        return make(quotes)
    except Exception:
        keys = sorted({key for frame in quotes.values() for key in frame["source"].unique()})
        blamed = {key: said for key in keys if (said := _raised(make, _only(quotes, pl.col("source") == key)))}
        if not blamed or _raised(make, _only(quotes, pl.lit(False))):
            raise
        log.exception("left out: %s", ", ".join(blamed))
        for key, said in blamed.items():
            warehouse.fail_source(key, f"{key}: its rows stop the step that joins all sources ({said}); they are left out")
        return make(_only(quotes, ~pl.col("source").is_in(list(blamed))))


def _only(quotes: Families, chosen: pl.Expr) -> Families:
    return {family: frame.filter(chosen) for family, frame in quotes.items()}


def _raised(make: Callable[[Families], object], quotes: Families) -> str:
    try:
        make(quotes)
    except Exception as error:
        return _said(error)
    return ""


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {(str(error).strip().splitlines() or [''])[0]}"[:500].rstrip(": ")
