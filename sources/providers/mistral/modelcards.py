"""Model cards of Mistral's documentation source: TypeScript object literals with explicit denominators.

The schema of the documentation gives list prices in US dollars; a card that names a currency overrides it.
Prices of one row share their price type: a model billed by the minute (``range``) and by text tokens
(``flat``) has its text-token price in the wide row and the others in the long form.
"""

from __future__ import annotations

import re
from decimal import Decimal

from sources.pages.build import PriceRows
from sources.pages.quote import PageChanged
from units.quantity import Money, number, token_unit

SCHEMA_CURRENCY = "USD"
_ENTRY = re.compile(r"\{\s*type: '(\w+)',\s*price: ([\d.]+),\s*denominator: '([^']+)'(?:,\s*currency: '(\w{3})')?,?\s*\}")
_METERS = {"/min": "audio_minute", "/1000 pages": "page", "/1000 annotated pages": "page"}


def read_cards(text: str, rows: PriceRows) -> None:
    """Add every card's prices to ``rows``; raises ``PageChanged`` for a card whose prices are not understood."""
    cards = re.split(r"^export default \{", text, flags=re.M)[1:]
    if len(cards) != len(re.findall(r"satisfies StaticModel;", text)):
        raise PageChanged(f"expected whole model cards, found {len(cards)} beginnings and another number of ends")
    seen: set[str] = set()
    for n, card in enumerate(cards):
        slug = re.search(r"^  slug: '([^']+)'", card, re.M)
        block = re.search(r"^  pricing: \{(.*?)^  \}", card, re.M | re.S)
        if slug is None or block is None or slug[1] in seen:
            raise PageChanged(f"model card {n + 1}: expected one slug of its own and one price block, found {slug and slug[1]!r}")
        seen.add(slug[1])
        _read_card(slug[1], block[1], f"model card {n + 1}", rows)


def _read_card(slug: str, block: str, where: str, rows: PriceRows) -> None:
    found: dict[str, list[tuple[str, str, Money]]] = {}
    for part in re.finditer(r"\b(\w+): \[(.*?)\]", block, re.S):
        entries = list(_ENTRY.finditer(part[2]))
        if part[1] not in ("input", "output", "cachedInput") or re.sub(r"[\s,]", "", _ENTRY.sub("", part[2])):
            raise PageChanged(f"{where} ({slug}): expected lists of prices, found {part[0].strip()[:80]!r}")
        found[part[1]] = [(e[1], e[3], Money(e[2], number(e[2]), e[4] or SCHEMA_CURRENCY)) for e in entries]
    if set(found) - {"cachedInput"} != {"input", "output"} or len(re.findall(r"\bprice:", block)) != sum(map(len, found.values())):
        raise PageChanged(f"{where} ({slug}): expected input and output prices, found {block.strip()[:80]!r}")
    wide: dict[str, Money | None] = {}
    kind = ""
    for name, component in (("input", "input"), ("cachedInput", "cached_input"), ("output", "output")):
        for price_type, denominator, money in found.get(name, []):
            meter = _METERS.get(denominator.lower())
            if meter:
                rows.extra(slug, meter, money, unit=denominator.lstrip("/"), evidence=f"{name} {money.text} {denominator}",
                           locator=where)
            elif token_unit(denominator) != rows.unit:
                raise PageChanged(f"{where} ({slug}): expected prices per {rows.unit}, found {denominator!r}")
            elif component in wide:
                raise PageChanged(f"{where} ({slug}): expected one {component} price, found two")
            elif kind in ("", price_type):
                wide[component], kind = money, price_type
            else:
                rows.extra(slug, component, money, evidence=f"{name} {money.text} {denominator}", locator=where)
    if any(m.amount > Decimal(1000) for m in wide.values() if m):
        raise PageChanged(f"{where} ({slug}): expected prices per million tokens, found {wide}")
    evidence = "; ".join(f"{c} {m.text} /M tokens" for c, m in wide.items() if m)
    rows.add(slug, wide, evidence=evidence, locator=where)
