"""Editions rendered once for all tests of the report."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import editions

from reports.facts import FactBook
from reports.inputs import Edition
from reports.page.render import pages


@pytest.fixture(scope="session")
def full() -> Edition:
    return editions.full_edition()


@pytest.fixture(scope="session")
def hostile() -> Edition:
    return editions.hostile_edition()


@pytest.fixture(scope="session")
def full_pages(full: Edition) -> tuple[dict[str, str], FactBook]:
    return pages(full)[:2]


@pytest.fixture(scope="session")
def hostile_pages(hostile: Edition) -> tuple[dict[str, str], FactBook]:
    return pages(hostile)[:2]
