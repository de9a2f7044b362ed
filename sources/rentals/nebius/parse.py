"""Nebius's price lists: a GPU a row, a column per kind of contract, every price per GPU and hour.

A price with the day it becomes effective is announced until then. CPU machines and storage are other products.
"""

from __future__ import annotations

from sources.pages.page import Page
from sources.pages.quote import LeftOut, RentalQuote
from sources.pages.rentals.read import read_offers


def parse(page: Page) -> list[RentalQuote | LeftOut]:
    """Prices per accelerator-hour, and what is not understood."""
    return read_offers(page, "nebius")
