"""The AWS price list of Amazon Bedrock: products joined to their on-demand terms by SKU."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from sources.pages.build import PriceRows
from sources.pages.quote import LeftOut, PageChanged
from units.quantity import Money, UnreadableQuantity, plain, token_unit

_KIND = re.compile(
    r"(?:cross-region (?P<scope>global) )?(?:(?P<before>batch) )?(?:(?:text|prompt) )?(?P<cache>(?:prompt )?cache (?P<what>read|write)[ -])?(?:(?:text|prompt) )?(?P<kind>input|output) tokens?"
    r"(?:[ -](?P<tier>batch|flex|priority|standard|latency optimized))?(?: \(?(?:on[- ]demand|text)\)?)?",
    re.I,
)
_REGION = "regionCode"
_INFERENCE = re.compile(r"on-?demand ?inference|batch ?inference|cross-?region ?inference|", re.I)
"""Features whose tokens are of inference; those of customised models are another product."""
_BATCH = re.compile(r"batch|^true$", re.I)


Key = tuple[str, str, str, str, str, str]
"""Model, tier, region, scope (``global`` for requests that any region may answer), unit and currency."""


def read_offers(answer: Any, rows: PriceRows) -> list[LeftOut]:
    """Add the token prices of an offers file: one wide row per model, tier, region and scope. What has two prices of one kind is left out.

    Raises ``PageChanged`` for a file without products and terms.
    """
    if not isinstance(answer, dict) or not isinstance(answer.get("products"), dict):
        raise PageChanged("expected a price list with products and terms, found a file whose entries name no model")
    terms = (answer.get("terms") or {}).get("OnDemand")
    if not isinstance(terms, dict) or not terms:
        raise PageChanged("expected on-demand terms, found none")
    wide: dict[Key, dict[str, Money]] = {}
    words: dict[Key, list[str]] = {}
    held: dict[Key, str] = {}
    for sku, product in sorted(answer["products"].items()):
        attributes = {k: plain(str(v or "")) for k, v in (product.get("attributes") or {}).items()}
        model, kind = attributes.get("model", ""), attributes.get("inferenceType", "")
        match = _KIND.fullmatch(kind) if _INFERENCE.fullmatch(attributes.get("feature", "")) else None
        for dimension in _dimensions(terms.get(sku) or {}):
            unit, priced = str(dimension.get("unit") or ""), dimension.get("pricePerUnit") or {}
            if len(priced) != 1:
                raise PageChanged(f"SKU {sku}: expected one price in one currency, found {priced}")
            currency, figure = next(iter(priced.items()))
            money = Money(str(figure), Decimal(str(figure)), currency)
            said = f"{model} {kind} {figure} per {unit}"
            if match is None or not model or not re.search(r"tokens?", unit, re.I):
                _other(rows, sku, attributes, money, unit, said)
                continue
            component = (
                ("cached_input" if match["what"].lower() == "read" else "cache_write_5m") if match["cache"] else match["kind"].lower()
            )
            scope = "global" if match["scope"] or re.search(r"cross-region-global", attributes.get("usagetype", ""), re.I) else ""
            key = (model, _tier(match, attributes), attributes.get(_REGION, ""), scope, _unit(unit, sku), currency)
            twin = wide.setdefault(key, {}).setdefault(component, money)
            words.setdefault(key, []).append(said)
            if twin.amount != money.amount:
                held[key] = f"SKU {sku}: two {component} prices, {twin.text} and {figure}"
    for key, prices in wide.items():
        if key not in held:
            _add(rows, key, prices, "; ".join(words[key]))
    return [
        LeftOut(
            subject=key[0], reason=reason, locator=f"price list, {key[0]}, {key[2]}", evidence="; ".join(words[key])[:300], extent="block"
        )
        for key, reason in held.items()
    ]


def _other(rows: PriceRows, sku: str, attributes: dict[str, str], money: Money, unit: str, said: str) -> None:
    rows.extra(
        attributes.get("model") or attributes.get("usagetype") or sku,
        "other",
        money,
        unit=unit or "unit",
        evidence=said,
        locator=f"SKU {sku}",
        region=attributes.get(_REGION, ""),
    )


def _add(rows: PriceRows, key: Key, prices: dict[str, Money], said: str) -> None:
    model, tier, region, scope, unit, _ = key
    rows.add(
        model,
        dict(prices),
        tier=tier,
        unit=unit,
        condition=", ".join(filter(None, (region, scope))),
        region=region,
        evidence=said,
        locator=f"price list, {model}, {region}",
    )


def _tier(match: re.Match[str], attributes: dict[str, str]) -> str:
    """The tier a product is sold at: by its kind, by an attribute of its own, or, of batches, by its feature alone."""
    said = (match["tier"] or match["before"] or attributes.get("serviceTier") or attributes.get("service_tier") or "").lower()
    batch = any(_BATCH.search(attributes.get(name, "")) for name in ("feature", "batch")) or re.search(
        r"-batch\b", attributes.get("usagetype", ""), re.I
    )
    return {"latency optimized": "fast", "": "standard"}.get(said, said) if said or not batch else "batch"


def _unit(unit: str, sku: str) -> str:
    try:
        return token_unit(f"per {unit}" if re.match(r"\d", unit) else f"per 1 {unit}")
    except UnreadableQuantity as error:
        raise PageChanged(f"SKU {sku}: expected a unit of tokens, found {unit!r}") from error


def _dimensions(term: dict[str, Any]) -> list[dict[str, Any]]:
    return [d for offer in term.values() for d in (offer.get("priceDimensions") or {}).values()]
