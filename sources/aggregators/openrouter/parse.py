"""OpenRouter's ``/api/v1/models``: prices in USD per single token as strings, resale prices of OpenRouter itself.

``-1`` means that the price depends on where the request is routed: no price. ``overrides`` are prices above
a prompt length (``min_prompt_tokens``) or within a time of day (``utc_start``/``utc_end`` as HHMM).
"""

from __future__ import annotations

from typing import Any

from sources.pages.entries import evidence
from sources.pages.feed import Feed, figure, items, members, text, thousands, unknown
from sources.pages.page import Page
from sources.pages.quote import LeftOut, PageChanged, PriceQuote
from units.quantity import Money

UNIT = "1 token"
WIDE = {
    "prompt": "input",
    "completion": "output",
    "input_cache_read": "cached_input",
    "input_cache_write": "cache_write_5m",
    "input_cache_write_1h": "cache_write_1h",
}
EXTRA = {
    "audio": ("input_audio", UNIT),
    "input_audio_cache": ("cached_input_audio", UNIT),
    "audio_output": ("output_audio", UNIT),
    "image_output": ("output_image", UNIT),
    "image": ("input_image", "1 image or image token"),
    "image_token": ("input_image", UNIT),
    "web_search": ("search", "1 search"),
    "request": ("request", "1 request"),
    "internal_reasoning": ("other", UNIT),
}
"""Long form only. ``image`` is per image for some models and per image token for others; the feed does not say."""
ELSEWHERE = {"overrides", "discount"}
CONDITIONS = {"min_prompt_tokens", "utc_start", "utc_end"}


def parse(page: Page) -> list[PriceQuote | LeftOut]:
    """Quotes of every model with a price, and the models with an unknown member."""
    rows = Feed(UNIT)
    seen: dict[str, Any] = {}
    for n, entry in enumerate(_entries(page.json())):
        where = f"data[{n}]"
        told = entry if isinstance(entry, dict) else {}
        with rows.entry(str(told.get("id") or where), where, told.get("pricing")):
            model = members(entry, where)
            label = text(model.get("id"), f"{where}.id")
            pricing = members(model.get("pricing"), f"{where} ({label}).pricing")
            if seen.setdefault(label, pricing) is pricing:
                _model(rows, label, model, pricing, f"{where}.pricing")
            elif seen[label] != pricing:
                raise PageChanged(f"{where}: expected {label} once, found it twice with different prices")
    return rows.read()


def _entries(body: Any) -> list[Any]:
    """The list of models, also inside the envelope some captures keep it in."""
    for name in ("data", "body"):
        if isinstance(body, dict) and name in body:
            return _entries(body[name])
    return items(body, "data")


def _model(rows: Feed, label: str, model: dict[str, Any], pricing: dict[str, Any], where: str) -> None:
    unknown(pricing, {*WIDE, *EXTRA, *ELSEWHERE}, f"{where} ({label})")
    if not {"prompt", "completion"} <= pricing.keys():
        raise PageChanged(f"{where} ({label}): expected a prompt and a completion price, found {sorted(pricing)}")
    prices = _wide(pricing, where)
    if prices is None:
        return
    slug = model.get("canonical_slug")
    fields = {"provider": "openrouter", "model_id": slug if isinstance(slug, str) else ""}
    free = all(m is None or m.amount == 0 for m in prices.values())
    words = evidence(label, pricing)
    rows.add(label, prices, evidence=words, locator=where, tier="free" if free else "standard", **fields)
    for name, (component, unit) in EXTRA.items():
        money = figure(pricing.get(name), f"{where}.{name}")
        if money is not None:
            condition = "internal reasoning" if name == "internal_reasoning" else ""
            rows.extra(label, component, money, evidence=words, locator=f"{where}.{name}", unit=unit, condition=condition, **fields)
    _overrides(rows, label, pricing.get("overrides") or [], where, fields)


def _wide(pricing: dict[str, Any], where: str) -> dict[str, Money | None] | None:
    """Component -> price; None when the price is variable."""
    variable = [name for name in WIDE if str(pricing.get(name, "")).strip() == "-1"]
    if variable:
        if not {"prompt", "completion"} <= set(variable):
            raise PageChanged(f"{where}: expected all prices variable or none, found -1 for {', '.join(variable)}")
        return None
    return {component: figure(pricing.get(name), f"{where}.{name}") for name, component in WIDE.items()}


def _overrides(rows: Feed, label: str, overrides: Any, where: str, fields: dict[str, str]) -> None:
    windows: dict[tuple[tuple[str, Money | None], ...], list[str]] = {}
    for n, entry in enumerate(items(overrides, f"{where}.overrides") if overrides else []):
        place = f"{where}.overrides[{n}]"
        override = members(entry, place)
        unknown(override, {*WIDE, *EXTRA, *CONDITIONS}, place)
        prices = _wide(override, place) or {}
        if "min_prompt_tokens" in override and not {"utc_start", "utc_end"} & override.keys():
            limit = thousands(override["min_prompt_tokens"], f"{place}.min_prompt_tokens")
            rows.add(label, prices, evidence=evidence(label, override), locator=place, condition=f"prompts >= {limit}", **fields)
        elif {"utc_start", "utc_end"} <= override.keys() and "min_prompt_tokens" not in override:
            window = f"{_clock(override['utc_start'], place)}-{_clock(override['utc_end'], place)}"
            windows.setdefault(tuple(prices.items()), []).append(window)
        else:
            raise PageChanged(f"{place}: expected a prompt length or a time of day, found {sorted(override)}")
    if not windows:
        return
    if len(windows) > 2:
        raise PageChanged(f"{where} ({label}): expected a peak and an off-peak price, found {len(windows)} prices")
    inputs = {group: money.amount for group in windows if (money := dict(group).get("input")) is not None}
    if len(inputs) < len(windows):
        raise PageChanged(f"{where} ({label}): expected an input price at every time of day, found some without")
    dearest = max(inputs, key=inputs.__getitem__)
    for group, times in windows.items():
        peak = group == dearest and len(windows) == 2
        when = f"peak {' and '.join(sorted(times))} UTC" if peak else ""
        rows.add(
            label,
            dict(group),
            evidence=evidence(label, {"overrides": overrides}),
            locator=f"{where}.overrides",
            tier="peak" if peak else "off-peak" if len(windows) == 2 else "standard",
            condition=when,
            **fields,
        )


def _clock(value: Any, where: str) -> str:
    """``1000`` -> ``10:00``."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 2400 or value % 100 > 59:
        raise PageChanged(f"{where}: expected a time of day as HHMM, found {value!r}")
    return f"{value // 100:02d}:{value % 100:02d}"
