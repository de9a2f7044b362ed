"""Meters of Azure's Retail Prices API: words of a meter's name -> model, kind of token, tier, deployment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sources.pages.build import PriceRows
from sources.pages.quote import PageChanged
from units.quantity import Money, plain

UNITS = {"1K": "1K tokens", "1M": "1M tokens", "1K TOKENS": "1K tokens", "1M TOKENS": "1M tokens"}
_TOKENS = re.compile(r"[\s-]+(?:(1[MK])[\s-]+)?(?:tokens?|tkns?)$", re.I)
_WORDS = {
    "input": {"inp", "inpt", "input", "in"},
    "output": {"outp", "outpt", "output", "out", "opt"},
    "cached": {"cached", "cchd", "cd", "cched", "ccchd"},
    "write": {"wr"},
    "Global": {"glbl", "global", "gl", "glb"},
    "Data Zone": {"dz", "dzn", "dzone", "datazone"},
    "Regional": {"regnl", "regional", "rgnl", "regn", "rg"},
    "batch": {"batch"},
    "priority": {"pp"},
    "standard": {"std"},
    "audio": {"aud", "audio"},
    "image": {"img", "image"},
    "text": {"txt", "text"},
    "long context": {"longco"},
    "short context": {"shortco"},
}
_MEANING = {word: meaning for meaning, words in _WORDS.items() for word in words}
_ASIDE = re.compile(
    r"\b(?:ft|fine tuned|grader|grdr|training|trng|hosting|rft|rt|realtime\w*|rtime|transcribe|tcrb|trscb|tts|aud\d*|az|"
    r"code interpreter|file search|calls|pages|characters|embed\w*|ada|rerank)\b",
    re.I,
)
"""Meters of tuning, audio and tools: prices per tokens of something other than the text of a model."""


@dataclass(frozen=True)
class Meter:
    """A meter's name taken apart; ``component`` is empty where its words do not say which kind of token."""

    model: str
    component: str
    tier: str
    deployment: str
    condition: str
    text: bool


def read_name(name: str) -> Meter:
    """Take a meter's name apart; unknown words belong to the model."""
    words = re.split(r"[\s-]+", re.sub(r"(?i)data[\s-]zone", "datazone", _TOKENS.sub("", " " + plain(name)).strip()))
    said = [_MEANING.get(w.lower(), "") for w in words]
    model = " ".join(w for w, meaning in zip(words, said, strict=True) if not meaning)
    kinds = [m for m in said if m in ("input", "output")]
    component = kinds[0] if len(kinds) == 1 else ""
    if "cached" in said:
        component = {"input": "cache_write_5m" if "write" in said else "cached_input"}.get(component, "")
    tiers = [m for m in said if m in ("batch", "priority")]
    places = [m for m in said if m in ("Global", "Data Zone", "Regional")]
    contexts = [m for m in said if m in ("long context", "short context")]
    plain_text = not {"audio", "image"} & set(said) and not _ASIDE.search(name.replace("-", " "))
    if len(tiers) > 1 or len(places) > 1 or len(contexts) > 1 or "write" in said and "cached" not in said:
        component = ""
    return Meter(
        model, component, tiers[0] if tiers else "standard", places[0] if places else "", contexts[0] if contexts else "", plain_text
    )


def read_items(answer: Any, rows: PriceRows) -> None:
    """Add the meters of an answer (``Items``): a wide row per model, tier, deployment and region.

    Raises ``PageChanged`` when an item lacks a field, names a unit against its own name, or is priced twice.
    """
    items = answer.get("Items") if isinstance(answer, dict) else answer
    if not isinstance(items, list) or not items:
        raise PageChanged("expected a list of Items, found none")
    if isinstance(answer, dict) and isinstance(answer.get("Count"), int) and answer["Count"] != len(items):
        raise PageChanged(f"expected {answer['Count']} items as counted, found {len(items)}")
    wide: dict[tuple[str, ...], dict[str, Money]] = {}
    names: dict[tuple[str, ...], list[str]] = {}
    for n, item in enumerate(items):
        where = f"item {n + 1}"
        try:
            name, unit, product = str(item["meterName"]), str(item["unitOfMeasure"]).upper(), str(item["productName"])
            figure, currency, region = item["retailPrice"], str(item["currencyCode"]), str(item["armRegionName"])
        except (KeyError, TypeError) as error:
            raise PageChanged(f"{where}: expected a meter with name, unit, price and region, found {str(item)[:80]!r}") from error
        if item.get("type", "Consumption") != "Consumption":
            continue
        since = str(item.get("effectiveStartDate") or "")[:10]
        money = Money(str(figure), Decimal(str(figure)), currency)
        meter = read_name(name)
        said = _TOKENS.search(" " + name)
        if unit not in UNITS:
            rows.extra(product, "other", money, unit=unit.lower(), evidence=f"{name} {figure}", locator=where, region=region)
            continue
        if said and said[1] and said[1].upper() != unit.split()[0]:
            raise PageChanged(f"{where}: expected the unit in the name of {name!r}, found {unit}")
        if not meter.component or not meter.text or not said or not meter.model or not money.amount:
            rows.extra(f"{product}: {name}", "other", money, unit=UNITS[unit], evidence=f"{name} {figure}", locator=where, region=region)
            continue
        key = (meter.model, meter.tier, meter.deployment, meter.condition, region, UNITS[unit], currency, since)
        prices = wide.setdefault(key, {})
        if meter.component in prices and prices[meter.component].amount != money.amount:
            raise PageChanged(f"{where}: expected one price for {name!r} in {region}, found {prices[meter.component].text} and {figure}")
        prices[meter.component] = money
        names.setdefault(key, []).append(f"{product}: {name} {figure} per {unit}")
    for found, prices in wide.items():
        model, tier, deployment, context, region, unit, _, since = found
        condition = ", ".join(part for part in (deployment, context, region) if part)
        rows.add(
            model,
            dict(prices),
            tier=tier,
            condition=condition,
            unit=unit,
            region=region,
            effective_from=since,
            evidence="; ".join(names[found]),
            locator=f"meters of {model}",
        )
