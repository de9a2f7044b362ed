"""GPU price tables of specialised clouds: a GPU a row, one column per kind of contract.

The header (or caption, or heading) must say that prices are per GPU and hour; a column is known by its
words. A table of storage, networking or CPUs has no GPU column and is left out.
"""

from __future__ import annotations

import re

from sources.pages.build import is_empty, money_of
from sources.pages.offers import Offers, accelerator_of, why_not
from sources.pages.page import Page
from sources.pages.quote import PageChanged, RentalQuote
from sources.pages.tables import Grid, html_grids, markdown_grids
from units.quantity import plain

_GPU = re.compile(r"^(?:gpu(?: model| type)?|model|item|instance|nvidia|accelerator|gpu specs?)\b", re.IGNORECASE)
_PER = re.compile(r"(?:/|per)\s*gpu[\s/-]*(?:per\s*)?h(?:ou)?r|gpu[- ]hour|(?:/|per)\s*h(?:ou)?r\s*(?:/|per)\s*gpu|"
                  r"pric(?:e|ing) per hour|per gpu", re.IGNORECASE)
_TERMS = (("spot", r"spot|preempt"), ("reserved_3yr", r"3[ -]?year|36[ -]?month"), ("reserved_1yr", r"1[ -]?year|12[ -]?month"),
          ("other", r"reserv|commit|contact|month|starting|from"), ("on_demand", r"on[- ]?demand|pay[- ]as|payg|price|pricing|hour"))


def read_tables(page: Page, provider: str) -> list[RentalQuote]:
    """Every GPU price of the page's tables; raises ``PageChanged`` where no table is per GPU and hour."""
    grids = html_grids(page.tree) if page.is_html else markdown_grids(page.text)
    offers = Offers(provider)
    read = [g for g in grids if _read(offers, g)]
    if not read:
        raise PageChanged(f"expected a table of GPU prices per GPU and hour, found {len(grids)} tables without one")
    return offers.quotes()


def _read(offers: Offers, grid: Grid) -> bool:
    header = [plain(h) for h in grid.header()]
    place = next((i for i, h in enumerate(header) if _GPU.match(h)), None)
    prices = [(i, h, _term(h)) for i, h in enumerate(header) if i != place and re.search(r"pric|\$|demand|spot|reserv|hour", h, re.I)]
    if place is None or not prices:
        return False
    said = " ".join([*header, grid.caption, *grid.heading])
    rows = [r for r in grid.rows[1:] if any("$" in r[i].text for i, _, _ in prices)]
    if not rows:
        return False
    if not _PER.search(said):
        raise PageChanged(f"expected prices per GPU and hour, found the header {header}")
    for r, row in enumerate(rows):
        memory = next((c.text for i, c in enumerate(row) if re.search(r"vram|gpu mem|(?:memory|ram).*gpu", header[i], re.I)), "")
        label, evidence = plain(row[place].text), " | ".join(c.text for c in row)
        accelerator = accelerator_of(label, memory)
        for i, _, term in prices:
            money = None if term == "other" or is_empty(row[i].text) or "$" not in row[i].text else money_of(row[i].text)
            if money is not None and accelerator is None:
                offers.leave_out(label, money.amount, money.text, why_not(label), evidence, grid.locator(r + 1, i), term=term, sku=label)
            elif money is not None and accelerator is not None:
                offers.add(accelerator, money.amount, money.text, 1, evidence, grid.locator(r + 1, i), term=term, sku=label)
    return True


def _term(label: str) -> str:
    return next((term for term, pattern in _TERMS if re.search(pattern, label, re.I)), "other")
