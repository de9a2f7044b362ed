"""A build with every declared table and no rows, made once; and how a source's reading is noted when all went well."""

from __future__ import annotations

from pathlib import Path

import pytest

from warehouse.store import Store

READING = {
    "source": "prices/any",
    "kind": "prices",
    "status": "ok",
    "origin": "live",
    "observed_at": None,
    "age_days": 0,
    "rows": 1,
    "left_out_count": 0,
    "message": "",
    "parser_version": "v",
}


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file to copy from, never to write to."""
    path = tmp_path_factory.mktemp("prepared") / "build.duckdb"
    Store(path).prepare()
    return path
