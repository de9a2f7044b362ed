"""Amazon Bedrock's prices: the AWS price list file (offers JSON); the price page is read by the declaration.

The price list joins products to terms by SKU; the kind of token is the product's ``inferenceType``. A metered-unit map that is
keyed by opaque codes names no model and is refused.
"""

from __future__ import annotations

from sources.pages.build import PriceRows
from sources.pages.page import Page
from sources.pages.quote import LeftOut, OtherLayout, PageChanged, PriceQuote
from sources.providers.bedrock.offers import read_offers


def parse(page: Page) -> list[PriceQuote | LeftOut]:
    """Quotes of the file and what is left out of it; raises ``PageChanged`` where it prices no tokens, ``OtherLayout`` for the price page."""
    if page.text.lstrip("\ufeff \n\r\t")[:1] not in ("{", "["):
        raise OtherLayout("expected the price list file, found a page")
    rows = PriceRows("")
    left_out = read_offers(page.json(), rows)
    if not rows.quotes:
        raise PageChanged("expected token prices, found none")
    return [*rows.quotes, *left_out]
