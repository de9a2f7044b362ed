"""Hyperstack's price lists: a GPU a row under the kind of contract, every price per GPU and hour."""

from __future__ import annotations

from sources.pages.page import Page
from sources.pages.quote import LeftOut, RentalQuote
from sources.pages.rentals.read import read_offers


def parse(page: Page) -> list[RentalQuote | LeftOut]:
    """Prices per accelerator-hour, and what is not understood."""
    return read_offers(page, "hyperstack")
