"""Rows are judged where they enter: what the warehouse's own limits could not hold is held back, row by row.

The limits are those of the declared columns (``warehouse.schema``), so that a CHECK of the warehouse is a last
defence and never the first to notice. A row beyond them costs itself: it is left out with its reason and shown.
"""

from __future__ import annotations

from decimal import Decimal

from sources.contract import usd_per_mtok
from sources.pages.quote import LeftOut, Parsed, PriceQuote, Quote
from warehouse.schema.columns import COLUMNS

PRICE_COLUMNS = {
    "input": "price_input_usd_per_mtok",
    "output": "price_output_usd_per_mtok",
    "cached_input": "price_cached_input_usd_per_mtok",
    "cache_write_5m": "price_cache_write_usd_per_mtok",
    "cache_write_1h": "price_cache_write_1h_usd_per_mtok",
}
"""The component of a wide row -> the column its price fills."""


def judged(parsed: Parsed) -> Parsed:
    """What the warehouse can hold; what lies beyond its limits is left out with the reason.

    An offer is a whole: where one figure of a wide row is beyond the limits, all of that row is left out.
    """
    reasons = {n: why for n, q in enumerate(parsed.quotes) if (why := _beyond(q))}
    rows = {getattr(parsed.quotes[n], "row", None): why for n, why in reasons.items()}
    kept: list[Quote] = []
    held: list[LeftOut] = []
    for n, quote in enumerate(parsed.quotes):
        row = getattr(quote, "row", None)
        reason = reasons.get(n) or (rows.get(row) if row is not None else None)
        if reason is None:
            kept.append(quote)
        elif n in reasons:
            held.append(LeftOut(subject=getattr(quote, "model_label", ""), reason=reason, locator=quote.locator, evidence=quote.evidence))
    return Parsed(tuple(kept), (*parsed.left_out, *held))


def _beyond(quote: Quote) -> str:
    """Why the warehouse could not hold a quote; empty where it can."""
    if not isinstance(quote, PriceQuote) or quote.row is None or quote.component not in PRICE_COLUMNS:
        return ""
    price = usd_per_mtok(quote)
    column = COLUMNS[PRICE_COLUMNS[quote.component]]
    if price is None or (_above(price, column.low) and _above(column.high, price)):
        return ""
    return (
        f"{quote.component} {quote.value_text} {quote.currency} per {quote.unit} is outside "
        f"{column.low:g} to {column.high:g} USD per 1M tokens"
    )


def _above(larger: Decimal | float | None, smaller: Decimal | float | None) -> bool:
    return larger is None or smaller is None or larger >= smaller
