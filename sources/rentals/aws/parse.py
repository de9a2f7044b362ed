"""Amazon EC2's price feed: one entry per instance type, region and system, prices per instance as text.

Accelerated families are read (p, g, gr, trn, inf, dl, vt); an instance type without a known number of accelerators
(new ones, slices, older graphics parts) is left out with that reason. Other families are ordinary machines.
"""

from __future__ import annotations

import re
from decimal import Decimal

from sources.pages.page import Page
from sources.pages.quote import LeftOut, PageChanged, RentalQuote
from sources.pages.rentals.offers import Offers, instance

_ACCELERATED = re.compile(r"^(?:p\d|g\d|gr\d|trn\d|inf\d|dl\d|vt\d)")


def parse(page: Page) -> list[RentalQuote | LeftOut]:
    """Linux on-demand prices per accelerator-hour; raises ``PageChanged`` where none is known."""
    document = page.json()
    regions = document.get("regions") if isinstance(document, dict) else None
    if not isinstance(regions, dict):
        raise PageChanged("expected an object with regions, found another document")
    offers = Offers("aws", str(document.get("manifest", {}).get("hawkFilePublicationDate", ""))[:10])
    for region, entries in sorted(regions.items()):
        for key, entry in entries.items():
            with offers.entry(key, f"{region}, {key}", entry):
                sku = str(entry["Instance Type"])
                if not _ACCELERATED.match(sku) or entry.get("Operating System") != "Linux":
                    continue
                price, known = str(entry["price"]), instance("aws", sku)
                offers.counted(sku, known, Decimal(price), price, f"{key}: {sku} Linux {price}", f"{region}, {key}", sku=sku, region=region)
    return offers.quotes()
