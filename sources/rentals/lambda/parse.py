"""Lambda's price tables: plans by GPU and hour, and clusters for a committed time at a price by their size."""

from __future__ import annotations

from sources.pages.page import Page
from sources.pages.quote import LeftOut, RentalQuote
from sources.pages.rentals.read import read_offers


def parse(page: Page) -> list[RentalQuote | LeftOut]:
    """Prices per accelerator-hour, and what is not understood."""
    return read_offers(page, "lambda")
