"""The AWS price list of Amazon Bedrock: products joined to their on-demand terms by SKU."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from sources.pages.build import PriceRows
from sources.pages.quote import PageChanged
from units.quantity import Money, UnreadableQuantity, plain, token_unit

_KIND = re.compile(
    r"(?:(?:text|prompt) )?(?P<cache>(?:prompt )?cache (?P<what>read|write)[ -])?(?:(?:text|prompt) )?(?P<kind>input|output) tokens?"
    r"(?:[ -](?P<tier>batch|flex|priority|standard|latency optimized))?(?: \(?(?:on[- ]demand|text)\)?)?",
    re.I,
)
_REGION = "regionCode"


def read_offers(answer: Any, rows: PriceRows) -> None:
    """Add the token prices of an offers file: one wide row per model, tier and region.

    Raises ``PageChanged`` for a file without products and terms, and for two prices of one kind.
    """
    if not isinstance(answer, dict) or not isinstance(answer.get("products"), dict):
        raise PageChanged("expected a price list with products and terms, found a file whose entries name no model")
    terms = (answer.get("terms") or {}).get("OnDemand")
    if not isinstance(terms, dict) or not terms:
        raise PageChanged("expected on-demand terms, found none")
    wide: dict[tuple[str, str, str, str, str], dict[str, Money]] = {}
    words: dict[tuple[str, str, str, str, str], list[str]] = {}
    for sku, product in sorted(answer["products"].items()):
        attributes = product.get("attributes") or {}
        model, kind = str(attributes.get("model") or ""), plain(str(attributes.get("inferenceType") or ""))
        match = _KIND.fullmatch(kind)
        for dimension in _dimensions(terms.get(sku) or {}):
            unit, priced = str(dimension.get("unit") or ""), dimension.get("pricePerUnit") or {}
            if len(priced) != 1:
                raise PageChanged(f"SKU {sku}: expected one price in one currency, found {priced}")
            currency, figure = next(iter(priced.items()))
            money = Money(str(figure), Decimal(str(figure)), currency)
            said = f"{model} {kind} {figure} per {unit}"
            if match is None or not model or not re.search(r"tokens?", unit, re.I):
                rows.extra(
                    model or str(attributes.get("usagetype") or sku),
                    "other",
                    money,
                    unit=unit or "unit",
                    evidence=said,
                    locator=f"SKU {sku}",
                    region=str(attributes.get(_REGION) or ""),
                )
                continue
            component = (
                ("cached_input" if match["what"].lower() == "read" else "cache_write_5m") if match["cache"] else match["kind"].lower()
            )
            tier = {"latency optimized": "fast"}.get((match["tier"] or "standard").lower(), (match["tier"] or "standard").lower())
            key = (model, tier, str(attributes.get(_REGION) or ""), _unit(unit, sku), currency)
            prices = wide.setdefault(key, {})
            if component in prices and prices[component].amount != money.amount:
                raise PageChanged(f"SKU {sku}: expected one {component} price of {model}, found {prices[component].text} and {figure}")
            prices[component] = money
            words.setdefault(key, []).append(said)
    for key, prices in wide.items():
        model, tier, region, unit, _ = key
        rows.add(
            model,
            dict(prices),
            tier=tier,
            unit=unit,
            condition=region,
            region=region,
            evidence="; ".join(words[key]),
            locator=f"price list, {model}, {region}",
        )


def _unit(unit: str, sku: str) -> str:
    try:
        return token_unit(f"per {unit}" if re.match(r"\d", unit) else f"per 1 {unit}")
    except UnreadableQuantity as error:
        raise PageChanged(f"SKU {sku}: expected a unit of tokens, found {unit!r}") from error


def _dimensions(term: dict[str, Any]) -> list[dict[str, Any]]:
    return [d for offer in term.values() for d in (offer.get("priceDimensions") or {}).values()]
