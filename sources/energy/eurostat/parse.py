"""Eurostat JSON-stat 2.0: a sparse map from row-major positions to values, with the dimensions beside it.

The position of a value is the sum of its categories' indices times the sizes of later dimensions. Missing
positions have no value. Currency, unit, tax and consumption band are read from the dimensions, never
assumed; a value outside the declared shape refuses the page.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from sources.pages.page import Page
from sources.pages.quote import EnergyQuote, PageChanged

_NEEDED = ("nrg_cons", "unit", "tax", "currency", "geo", "time")
_UNITS = {"KWH": "kWh", "GJ_GCV": "GJ"}


def parse(page: Page) -> list[EnergyQuote]:
    """One price per country, half-year, tax treatment and consumption band, in the currency and unit of the page."""
    document = page.json()
    if not isinstance(document, dict) or document.get("class") != "dataset" or document.get("version") != "2.0":
        raise PageChanged("expected a JSON-stat 2.0 dataset, found another document")
    names, sizes = document["id"], [int(s) for s in document["size"]]
    missing = [n for n in _NEEDED if n not in names]
    if missing or len(names) != len(sizes):
        raise PageChanged(f"expected the dimensions {_NEEDED}, found {names}")
    categories = [_categories(document["dimension"][n], size, n) for n, size in zip(names, sizes, strict=True)]
    values = document["value"]
    cells = {int(k): v for k, v in values.items()} if isinstance(values, dict) else dict(enumerate(values))
    found = []
    for place, value in sorted(cells.items()):
        if not 0 <= place < math.prod(sizes):
            raise PageChanged(f"expected positions below {math.prod(sizes)}, found {place}")
        if value is not None:
            found.append(_quote(_at(place, sizes, categories, names), value, str(document.get("status", {}).get(str(place), ""))))
    return found


def _categories(dimension: dict[str, Any], size: int, name: str) -> list[str]:
    index = dimension["category"]["index"]
    ordered = sorted(index, key=index.__getitem__) if isinstance(index, dict) else list(index)
    if len(ordered) != size:
        raise PageChanged(f"expected {size} categories of {name}, found {len(ordered)}")
    return ordered


def _at(place: int, sizes: list[int], categories: list[list[str]], names: list[str]) -> dict[str, str]:
    """Row-major position to one category per dimension."""
    found = {}
    for size, labels, name in zip(reversed(sizes), reversed(categories), reversed(names), strict=True):
        place, index = divmod(place, size)
        found[name] = labels[index]
    return found


def _quote(cell: dict[str, str], value: Any, flag: str) -> EnergyQuote:
    unit = _UNITS.get(cell["unit"])
    if unit is None:
        raise PageChanged(f"expected a unit of energy, found {cell['unit']!r}")
    qualifier = " ".join(filter(None, [cell["tax"], cell["nrg_cons"], f"flag {flag}" if flag else ""]))
    evidence = ", ".join(f"{k}={v}" for k, v in sorted(cell.items())) + f": {value}"
    return EnergyQuote(
        quantity="electricity_price",
        subject=cell["geo"],
        period=cell["time"],
        value=Decimal(str(value)),
        value_text=str(value),
        unit=f"{cell['currency']}/{unit}",
        evidence=evidence,
        locator=", ".join(f"{k}={cell[k]}" for k in ("geo", "time", "tax", "nrg_cons")),
        qualifier=qualifier,
    )
