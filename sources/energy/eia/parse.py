"""EIA retail sales: a row per month, state and sector; figures are text, ``response.total`` text or number.

A null price is no price (sector OTH). A price of "0" where nobody was served (TRA without customers) is no
price either; a zero with customers or sales is an error. The unit stands in every row, or the page is
refused. Interfaces that answered more rows than one call holds are read in parts by the address.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from sources.pages.page import Page
from sources.pages.quote import EnergyQuote, ImplausibleValue, PageChanged


def parse(page: Page) -> list[EnergyQuote]:
    """One price per state, sector and month, in the unit printed; raises ``PageChanged`` without states or units."""
    document = page.json()
    rows = document.get("response", {}).get("data") if isinstance(document, dict) else None
    if not isinstance(rows, list) or not rows:
        raise PageChanged("expected response.data with rows, found none")
    found = [q for i, row in enumerate(rows) if (q := _row(row, f"row {i + 1}")) is not None]
    if not found:
        raise PageChanged("expected at least one price, found only empty rows")
    return found


def _row(row: dict[str, Any], locator: str) -> EnergyQuote | None:
    missing = [k for k in ("period", "stateid", "sectorid", "price", "price-units") if k not in row]
    if missing:
        raise PageChanged(f"expected state, sector and unit in every row, found a row without {missing} ({locator})")
    text = row["price"]
    if text is None or text == "":
        return None
    state = "US" if row["stateid"] == "US" else f"US-{row['stateid']}"
    if not re.fullmatch(r"\d{4}(?:-\d{2})?", str(row["period"])) or not re.fullmatch(r"[\d.]+", str(text)):
        raise PageChanged(f"expected a period and a price, found {row['period']!r} and {text!r} ({locator})")
    value = Decimal(str(text))
    if value == 0:
        served = [row.get(k) for k in ("customers", "sales")]
        if all(v is None or Decimal(str(v)) == 0 for v in served) and any(v is not None for v in served):
            return None
        raise ImplausibleValue(f"{state} {row['sectorid']} {row['period']}: expected a price, found {text!r} where electricity was sold")
    evidence = f"{row['period']} {row['stateid']} {row['sectorid']}: {text} {row['price-units']}"
    return EnergyQuote(
        quantity="electricity_price",
        subject=state,
        period=str(row["period"]),
        value=value,
        value_text=str(text),
        unit=str(row["price-units"]),
        evidence=evidence,
        locator=locator,
        qualifier=str(row["sectorid"]),
    )
