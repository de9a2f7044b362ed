"""Nebius's price tables: a GPU a row, a column per kind of contract, every price per GPU and hour."""

from __future__ import annotations

from sources.pages.gpu_tables import read_tables
from sources.pages.page import Page
from sources.pages.quote import RentalQuote


def parse(page: Page) -> list[RentalQuote]:
    """Prices per accelerator-hour of every table whose header says per GPU and hour."""
    return read_tables(page, "nebius")
