"""Oracle's price list, one product for each way of a model's tokens: ``OCI Generative AI - xAI - Grok 4.3 - Input Tokens``.

The list holds every product of the cloud; those metered in tokens, in dollars and as they are used, are read as the table they make.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sources.pages.entries import evidence
from sources.pages.layout.declaration import layout_beside
from sources.pages.layout.read import read_page
from sources.pages.page import Page
from sources.pages.quote import LeftOut, OtherLayout, PageChanged, PriceQuote

_FAMILY = re.compile(r"generative ai", re.I)
_HEAD = "| Product | Unit price | Unit |\n|---|---|---|\n"


def parse(page: Page) -> list[PriceQuote | LeftOut]:
    """The prices of tokens in the list; raises ``PageChanged`` where it has no products, ``OtherLayout`` for a page that is no list."""
    if page.text.lstrip()[:1] != "{":
        raise OtherLayout("expected the price list as JSON, found a page")
    products = page.json().get("items")
    if not isinstance(products, list) or not products:
        raise PageChanged("expected products at 'items', found none")
    rows = [row for n, product in enumerate(products) if isinstance(product, dict) for row in _rows(product, n)]
    if not rows:
        raise PageChanged(f"expected products of generative AI by tokens, found none among {len(products)}")
    return read_page(Page((_HEAD + "\n".join(rows) + "\n").encode()), layout_beside(__file__))


def _rows(product: dict[str, Any], n: int) -> Iterator[str]:
    """A product as a row of a table, where it is paid by the token as it is used."""
    name, unit = (" ".join(str(product.get(key) or "").split()) for key in ("displayName", "metricName"))
    if not _FAMILY.search(name) or "token" not in unit.lower():
        return
    for place in product.get("currencyCodeLocalizations") or []:
        for price in place.get("prices") or []:
            if place.get("currencyCode") == "USD" and price.get("model") == "PAY_AS_YOU_GO":
                if price.get("rangeMin") or price.get("value") is None:
                    raise PageChanged(f"items[{n}]: expected one price of {name!r}, found {evidence(name, price)}")
                yield f"| {name.replace('|', ' ')} | ${getattr(price['value'], 'text', price['value'])} | {unit} |"
