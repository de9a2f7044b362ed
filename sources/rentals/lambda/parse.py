"""Lambda's price table: a row per plan, cells named by ``data-label`` or by the header row.

The price cell must say that it is per GPU and hour. Script text on the page repeats rows in escaped form
and is not read. Rows of one plan with other sizes are other offers, told apart by their virtual CPUs.
"""

from __future__ import annotations

import re
from typing import Any

from sources.pages.build import is_empty, money_of
from sources.pages.offers import Offers, accelerator_of, why_not
from sources.pages.page import Page
from sources.pages.quote import PageChanged, RentalQuote
from units.quantity import plain

_PRICE = re.compile(r"price.*/\s*gpu\s*/\s*h(?:ou)?r|\$\s*/\s*gpu\s*/\s*h|per gpu.*hour", re.IGNORECASE)


def parse(page: Page) -> list[RentalQuote]:
    """On-demand prices per accelerator-hour; raises ``PageChanged`` where no column is per GPU and hour."""
    offers = Offers("lambda")
    seen = False
    for table in page.tree.css("table"):
        header = [plain(c.text(deep=True, separator=" ")) for c in table.css("thead th")]
        for i, row in enumerate(table.css("tbody tr") or table.css("tr")):
            cells = _cells(row, header)
            price = next((label for label in cells if _PRICE.search(label)), None)
            if price is None:
                if any("$" in text for text in cells.values()):
                    raise PageChanged(f"expected a price per GPU and hour, found the columns {list(cells)}")
                continue
            seen = True
            _row(offers, cells, price, f"row {i + 1}")
    if not seen:
        raise PageChanged("expected a table with a price per GPU and hour, found none")
    return offers.quotes()


def _cells(row: Any, header: list[str]) -> dict[str, str]:
    found = {}
    for i, cell in enumerate(row.css("th,td")):
        label = cell.attributes.get("data-label") or (header[i] if i < len(header) else "")
        found[plain(label)] = plain(cell.text(deep=True, separator=" "))
    return found


def _row(offers: Offers, cells: dict[str, str], price: str, locator: str) -> None:
    plan = next((v for k, v in cells.items() if re.search(r"plan|gpu$|instance|on-demand", k, re.I) and k != price), "")
    memory = next((v for k, v in cells.items() if re.search(r"vram", k, re.I)), "")
    if not plan:
        raise PageChanged(f"expected the plan's name, found the columns {list(cells)}")
    money = None if is_empty(cells[price]) else money_of(cells[price])
    if money is None:
        return
    accelerator, count = accelerator_of(plan, memory), int((re.match(r"(\d+)x\b", plan) or ("", "1"))[1])
    size = next((v for k, v in cells.items() if re.search(r"vcpu", k, re.I)), "")
    evidence, sku = " | ".join(f"{k}: {v}" for k, v in cells.items()), f"{plan}, {size} vCPUs" if size else plan
    if accelerator is None:
        offers.leave_out(plan, money.amount, money.text, why_not(plan), evidence, locator, sku=sku)
    else:
        offers.add(accelerator, money.amount * count, money.text, count, evidence, locator, sku=sku)
