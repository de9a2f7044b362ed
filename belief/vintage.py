"""The id of a build: a content hash of its inputs, its code and the day it speaks of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date

import polars as pl

import reference


def edition_day(readings: pl.DataFrame, run_day: date, clock: str) -> pl.DataFrame:
    """One row: edition_day, as_of, age_days, clock: the day of the run, and the vintage day it can speak of.

    The vintage day is the last day on which a price was seen, on a page that was read (``readings``: table raw.reading) or
    in the packaged history: a listing that is only carried on is no evidence, so nothing is measured beyond it.
    ``clock``: whose word the day of the run is.
    """
    packaged = reference.at("price_history", run_day)
    seen = [
        packaged["observed_at"].max(),
        packaged["closed_observed_at"].max(),
        readings.filter(pl.col("kind") == "prices")["observed_at"].max(),
    ]
    last = min(max((day for day in seen if isinstance(day, date)), default=run_day), run_day)
    row = {"edition_day": run_day, "as_of": last, "age_days": (run_day - last).days, "clock": clock}
    return pl.DataFrame([row])


def vintage_frame(as_of: date, code_version: str, inputs: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """One row: as_of, build_id, code_version. The same inputs and code give the same id on any machine."""
    digest = hashlib.sha256(f"{as_of} {code_version}".encode())
    for frame in inputs:
        digest.update(frame.write_csv().encode())
    return pl.DataFrame({"as_of": [as_of], "build_id": [digest.hexdigest()[:16]], "code_version": [code_version]})
