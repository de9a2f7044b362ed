"""Editions rendered once for all tests of the report."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import editions

from reports.facts import FactBook
from reports.inputs import Edition
from reports.page.render import page_and_book


@pytest.fixture(scope="session")
def full() -> Edition:
    return editions.full_edition()


@pytest.fixture(scope="session")
def hostile() -> Edition:
    return editions.hostile_edition()


@pytest.fixture(scope="session")
def full_page(full: Edition) -> tuple[str, FactBook]:
    return page_and_book(full)


@pytest.fixture(scope="session")
def hostile_page(hostile: Edition) -> tuple[str, FactBook]:
    return page_and_book(hostile)
