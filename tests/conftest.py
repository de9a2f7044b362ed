"""Fixtures shared by all tests: where the study data are, and a skip with a reason where they are not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import server

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real captures and measurements (``DEFLATION_DATA``, default ``../shared/data``)."""
    path = Path(os.environ.get("DEFLATION_DATA", ROOT.parent / "shared" / "data"))
    if not (path / "README.md").exists():
        pytest.skip(f"the study data are not at {path}; set DEFLATION_DATA to their folder")
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """libpq's address of a real PostgreSQL server, without ``dbname``."""
    with server() as address:
        yield address


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The file of four whole runs goes first: two workers then end together, and neither waits for the run that others share."""
    items.sort(key=lambda item: item.path.name != "test_definitions_move.py")
