"""Amazon EC2's price feed: one entry per instance type, region and system, prices per instance as text.

Accelerated families are read (p, g, trn, inf); their instance types must be known with the number of
accelerators. Other families are ordinary machines. Older graphics parts are outside the project.
"""

from __future__ import annotations

import re
from decimal import Decimal

from sources.offers import Offers, instance
from sources.page import Page
from sources.quote import PageChanged, RentalQuote

_ACCELERATED = re.compile(r"^(?:p\d|g\d|gr\d|trn\d|inf\d|dl\d|vt\d)")
_OUT_OF_SCOPE = re.compile(r"^(?:p2|p3\.|g3|g4ad|g5g|gr6|g6f|g7e?|inf1|dl1|dl2q|vt1|p4d\.metal)")


def parse(page: Page) -> list[RentalQuote]:
    """Linux on-demand prices per accelerator-hour; raises ``PageChanged`` for an unknown accelerated instance type."""
    document = page.json()
    regions = document.get("regions") if isinstance(document, dict) else None
    if not isinstance(regions, dict):
        raise PageChanged("expected an object with regions, found another document")
    offers = Offers("aws", str(document.get("manifest", {}).get("hawkFilePublicationDate", ""))[:10])
    for region, entries in sorted(regions.items()):
        for key, entry in entries.items():
            sku = str(entry["Instance Type"])
            if not _ACCELERATED.match(sku) or _OUT_OF_SCOPE.match(sku) or entry.get("Operating System") != "Linux":
                continue
            accelerator, count = instance("aws", sku)
            price = str(entry["price"])
            offers.add(accelerator, Decimal(price), price, count, f"{key}: {sku} Linux {price}", f"{region}, {key}",
                       sku=sku, region=region)
    return offers.quotes()
