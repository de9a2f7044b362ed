"""model-prices' ``latest.json``: provider -> model -> tier -> dated rates in USD per million tokens.

Every stretch of rates holds from its ``start`` to the next one; ``rates: null`` means that the offer did not
exist then. The multiple for one-hour cache writes is a rule and not a printed price: it is not read.
"""

from __future__ import annotations

import re
from typing import Any

from sources.pages.entries import evidence
from sources.pages.feed import Feed, figure, items, members, text, thousands, unknown
from sources.pages.page import Page
from sources.pages.quote import TIERS, LeftOut, PageChanged, PriceQuote
from units.quantity import Money

UNIT = "1M tokens"
WIDE = {
    "input": "input",
    "output": "output",
    "cache_read": "cached_input",
    "cache_write": "cache_write_5m",
    "cache_write_1h": "cache_write_1h",
}
EXTRA = {"input_audio": "input_audio", "output_audio": "output_audio", "reasoning": "other"}
ABOUT = {"source", "valid_from", "valid_from_basis", "model", "tiers", "cache_write_1h_multiple", "note", "above"}
MODES = {"thinking": ("standard", "thinking"), "ultrafast": ("fast", "ultrafast")}


def parse(page: Page) -> list[PriceQuote | LeftOut]:
    """Quotes of every stretch with rates, and the models with an unknown rate; raises ``PageChanged`` for an unknown schema."""
    body = members(page.json(), "the file")
    if body.get("schema") not in (1, 2):
        raise PageChanged(f"expected schema 1 or 2, found {body.get('schema')!r}")
    rows = Feed(UNIT)
    for provider, models in members(body.get("prices"), "prices").items():
        for label, modes in members(models, f"prices.{provider}").items():
            where = f"prices.{provider}.{label}"
            with rows.entry(f"{provider}/{label}", where, modes):
                for mode, stretches in members(modes, where).items():
                    _mode(rows, provider, label, mode, stretches, f"{where}.{mode}")
    return rows.read()


def _mode(rows: Feed, provider: str, label: str, mode: str, stretches: Any, where: str) -> None:
    tier, condition = (mode, "") if mode in TIERS else MODES.get(mode, ("", ""))
    if not tier:
        raise PageChanged(f"{where}: expected a known tier, found {mode!r}")
    told = [members(s, f"{where}[{n}]") for n, s in enumerate(items(stretches, where))]
    for s in told:
        unknown(s, ("start", "rates", "recorded", "end", "note"), where)
    starts = ["" if s.get("start") is None else _moment(s["start"], where) for s in told]
    if starts != sorted(starts):
        raise PageChanged(f"{where}: expected stretches in order of their starts, found {starts}")
    for n, (stretch, start, end) in enumerate(zip(told, starts, [*starts[1:], ""], strict=True)):
        if stretch.get("rates") is not None:
            fields = {"provider": provider, "tier": tier, "effective_from": start, "effective_to": end}
            _rates(rows, label, members(stretch["rates"], f"{where}[{n}].rates"), f"{where}[{n}]", condition, fields)


def _rates(rows: Feed, label: str, rates: dict[str, Any], where: str, condition: str, fields: dict[str, str]) -> None:
    prices = _prices(rates, where)
    words = evidence(f"{fields['provider']}/{label}", rates)
    free = fields["tier"] == "standard" and all(m is None or m.amount == 0 for m in prices.values())
    fields = fields | {"model_id": rates["model"]} if isinstance(rates.get("model"), str) else fields
    rows.add(label, prices, evidence=words, locator=where, condition=condition, **fields | ({"tier": "free"} if free else {}))
    for name, component in EXTRA.items():
        if (money := figure(rates.get(name), f"{where}.{name}")) is not None:
            rows.extra(label, component, money, evidence=words, locator=f"{where}.{name}", condition=condition, **fields)
    for n, tier in enumerate(items(rates["tiers"], f"{where}.tiers") if rates.get("tiers") else []):
        over = members(tier, f"{where}.tiers[{n}]")
        limit = f"prompts > {thousands(over.get('above'), f'{where}.tiers[{n}].above')}"
        rows.add(
            label,
            _prices(over, f"{where}.tiers[{n}]"),
            evidence=words,
            locator=f"{where}.tiers[{n}]",
            condition="; ".join(filter(None, (condition, limit))),
            **fields,
        )


def _prices(rates: dict[str, Any], where: str) -> dict[str, Money | None]:
    unknown(rates, {*WIDE, *EXTRA, *ABOUT}, where)
    return {component: figure(rates.get(name), f"{where}.{name}") for name, component in WIDE.items()}


def _moment(value: Any, where: str) -> str:
    """``2026-08-16T16:00:00Z`` -> ``2026-08-16T16:00Z``."""
    match = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d):\d\d(?:\.\d+)?Z", text(value, where))
    if match is None:
        raise PageChanged(f"{where}: expected a moment in UTC, found {value!r}")
    return f"{match[1]}Z"
