"""The id of a build: a content hash of its inputs, its code and the day it speaks of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date

import polars as pl


def vintage_frame(as_of: date, code_version: str, inputs: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """One row: as_of, build_id, code_version. The same inputs and code give the same id on any machine."""
    digest = hashlib.sha256(f"{as_of} {code_version}".encode())
    for frame in inputs:
        digest.update(frame.write_csv().encode())
    return pl.DataFrame({"as_of": [as_of], "build_id": [digest.hexdigest()[:16]], "code_version": [code_version]})
