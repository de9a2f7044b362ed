"""CoreWeave's price list: a heading per node type, its GPU count and memory, prices per node and hour.

A price without the node's GPU count is left out. Every block is printed twice, for two screen widths: once counts.
"""

from __future__ import annotations

from sources.pages.page import Page
from sources.pages.quote import LeftOut, RentalQuote
from sources.pages.rentals.read import read_offers


def parse(page: Page) -> list[RentalQuote | LeftOut]:
    """Prices per accelerator-hour, and what is not understood."""
    return read_offers(page, "coreweave")
