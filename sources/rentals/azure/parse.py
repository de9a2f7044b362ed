"""Azure Retail Prices: one item per meter. Linux and Windows share a meter name; only Linux is read.

A reservation's price is for the whole term and is divided by its hours. Low-priority, dev/test, cloud-service,
dedicated-host and savings-plan items are other products. Prices are per virtual machine and divided by its accelerators; a machine
whose accelerators nobody has counted is left out with that reason. A page of a longer list is refused: the
fetch joins all pages, so a list that goes on, or holds fewer items than it counts, was cut.
"""

from __future__ import annotations

import re
from decimal import Decimal

from sources.pages.page import Page
from sources.pages.quote import LeftOut, PageChanged, RentalQuote
from sources.pages.rentals.offers import Offers, instance
from units.constants import COMMON_YEAR_HOURS

_OTHER = re.compile(r"windows|cloud ?services|dedicated host", re.IGNORECASE)
_YEARS = {"1 Year": ("reserved_1yr", 1), "3 Years": ("reserved_3yr", 3)}


def parse(page: Page) -> list[RentalQuote | LeftOut]:
    """On-demand, spot and reserved Linux prices per accelerator-hour; raises ``PageChanged`` for a cut list or unknown items."""
    document = page.json()
    if not isinstance(document, dict) or not isinstance(document.get("Items"), list):
        raise PageChanged("expected an object with Items, found another document")
    items, stated = len(document["Items"]), document.get("Count")
    if document.get("NextPageLink") or (isinstance(stated, int) and items < stated):
        raise PageChanged(f"expected the whole list, found {items} of {stated} items, next page {document.get('NextPageLink')!r}")
    offers = Offers("azure")
    for i, item in enumerate(document["Items"]):
        with offers.entry(str(item.get("armSkuName") if isinstance(item, dict) else item), f"item {i + 1}", item):
            _item(offers, item, f"item {i + 1}")
    return offers.quotes()


def _item(offers: Offers, item: dict[str, object], locator: str) -> None:
    product, meter = str(item["productName"]), str(item["meterName"])
    if _OTHER.search(product) or "Low Priority" in meter or item["type"] == "DevTestConsumption":
        return
    if item["currencyCode"] != "USD" or item["unitOfMeasure"] != "1 Hour":
        raise PageChanged(f"expected USD per 1 Hour, found {item['currencyCode']} per {item['unitOfMeasure']} ({locator})")
    price = Decimal(str(item["retailPrice"]))
    text, sku = str(item["retailPrice"]), str(item["armSkuName"])
    term, hours = "spot" if meter.endswith(" Spot") else "on_demand", 1
    if item["type"] == "Reservation":
        name = str(item.get("reservationTerm", ""))
        if name not in _YEARS:
            return  # five-year terms are not followed
        term, years = _YEARS[name]
        hours = years * COMMON_YEAR_HOURS
    elif item["type"] != "Consumption":
        raise PageChanged(f"expected Consumption or Reservation, found {item['type']!r} ({locator})")
    known, region = instance("azure", sku), str(item["armRegionName"])
    evidence = f"{sku} {product} {meter} {item['type']} {text} per {item['unitOfMeasure']}"
    offers.counted(sku, known, price / hours, text, evidence, locator, term=term, sku=sku, region=region)
