"""models.dev's ``api.json``: providers -> models -> ``cost`` in USD per million tokens (its documentation's unit).

``tiers`` are prices above a context size; ``context_over_200k`` says the same in an older form and is read
where there are no tiers. ``experimental.modes`` holds faster modes with prices of their own.
"""

from __future__ import annotations

from typing import Any

from sources.pages.entries import evidence
from sources.pages.feed import Feed, figure, items, members, thousands, unknown
from sources.pages.page import Page
from sources.pages.quote import TIERS, LeftOut, PageChanged, PriceQuote
from units.quantity import Money

UNIT = "1M tokens"
WIDE = {"input": "input", "output": "output", "cache_read": "cached_input", "cache_write": "cache_write_5m"}
EXTRA = {"input_audio": "input_audio", "output_audio": "output_audio", "reasoning": "other"}
ELSEWHERE = {"tiers", "context_over_200k", "tier"}


def parse(page: Page) -> list[PriceQuote | LeftOut]:
    """Quotes of every model with a cost, and the models with an unknown member of a cost."""
    rows = Feed(UNIT)
    for provider, entry in members(page.json(), "the file").items():
        listed: dict[str, Any] = {}
        with rows.entry(provider, provider):
            listed = members(members(entry, provider).get("models"), f"{provider}.models")
        for label, model in listed.items():
            where = f"{provider}.models.{label}"
            with rows.entry(f"{provider}/{label}", where, model.get("cost") if isinstance(model, dict) else None):
                _model(rows, provider, label, members(model, where), where)
    return rows.read()


def _model(rows: Feed, provider: str, label: str, model: dict[str, Any], where: str) -> None:
    if model.get("cost"):
        _cost(rows, provider, label, model["cost"], f"{where}.cost", "standard", "")
    modes = (model.get("experimental") or {}).get("modes") if isinstance(model.get("experimental"), dict) else None
    for mode, told in (modes or {}).items():
        if isinstance(told, dict) and told.get("cost"):
            tier = mode if mode in TIERS else "standard"
            _cost(
                rows,
                provider,
                label,
                told["cost"],
                f"{where}.experimental.modes.{mode}.cost",
                tier,
                "" if mode in TIERS else f"{mode} mode",
            )


def _cost(rows: Feed, provider: str, label: str, cost: Any, where: str, tier: str, condition: str) -> None:
    prices = _prices(members(cost, where), where)
    free = tier == "standard" and all(m is None or m.amount == 0 for m in prices.values())
    words = evidence(f"{provider}/{label}", cost)
    rows.add(label, prices, evidence=words, locator=where, tier="free" if free else tier, condition=condition, provider=provider)
    for name, component in EXTRA.items():
        if (money := figure(cost.get(name), f"{where}.{name}")) is not None:
            rows.extra(
                label,
                component,
                money,
                evidence=words,
                locator=f"{where}.{name}",
                tier=tier,
                condition="reasoning" if component == "other" else condition,
                provider=provider,
            )
    for limit, over, place in _tiers(cost, where):
        rows.add(
            label,
            _prices(over, place),
            evidence=evidence(f"{provider}/{label}", over),
            locator=place,
            tier=tier,
            condition="; ".join(filter(None, (condition, f"prompts > {limit}"))),
            provider=provider,
        )


def _prices(cost: dict[str, Any], where: str) -> dict[str, Money | None]:
    unknown(cost, {*WIDE, *EXTRA, *ELSEWHERE}, where)
    return {component: figure(cost.get(name), f"{where}.{name}") for name, component in WIDE.items()}


def _tiers(cost: dict[str, Any], where: str) -> list[tuple[str, dict[str, Any], str]]:
    """(limit, prices above it, place) of each threshold."""
    found = []
    for n, entry in enumerate(items(cost["tiers"], f"{where}.tiers") if cost.get("tiers") else []):
        place = f"{where}.tiers[{n}]"
        bound = members(members(entry, place).get("tier"), f"{place}.tier")
        if bound.get("type") != "context":
            raise PageChanged(f"{place}: expected a tier by context, found {bound.get('type')!r}")
        found.append((thousands(bound.get("size"), f"{place}.tier.size"), entry, place))
    if not found and cost.get("context_over_200k"):
        place = f"{where}.context_over_200k"
        found.append(("200k", members(cost["context_over_200k"], place), place))
    return found
