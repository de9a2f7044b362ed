"""genai-prices' ``data.json``: providers -> models -> prices in USD, the unit spelt at the end of each member.

``prices`` is one set, or a list of sets under a start date or a time of day (UTC). A price may have a base
and tiers, where crossing a tier bills the whole request at its rate. ``price_variants`` are service tiers.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from sources.pages.dates import iso_date
from sources.pages.entries import evidence
from sources.pages.feed import Feed, figure, items, members, text, thousands, unknown
from sources.pages.page import Page
from sources.pages.quote import LeftOut, PageChanged, PriceQuote
from units.quantity import Money

UNITS = {"mtok": "1M tokens", "kcount": "1K", "hours": "1 hour", "mchars": "1M characters", "kpages": "1K pages", "gpixels": "1G pixels"}
WIDE = {
    "input_mtok": "input",
    "output_mtok": "output",
    "cache_read_mtok": "cached_input",
    "cache_write_mtok": "cache_write_5m",
    "cache_write_5m_mtok": "cache_write_5m",
    "cache_write_1h_mtok": "cache_write_1h",
}
EXTRA = {
    "input_audio_mtok": "input_audio",
    "output_audio_mtok": "output_audio",
    "cache_audio_read_mtok": "cached_input_audio",
    "input_image_mtok": "input_image",
    "output_image_mtok": "output_image",
    "cache_image_read_mtok": "cached_input_image",
    "input_video_mtok": "input_video",
    "output_video_mtok": "output_video",
    "requests_kcount": "request",
    "web_searches_kcount": "search",
    "storage_searches_kcount": "search",
    "social_searches_kcount": "search",
}
LONG_ONLY = re.compile(
    r"(input|output)_(text|audio|image|video|annotated_document|document|tool|reasoning|citation).*|"
    r"cache_(text|audio|image|video)_.*|audio_hours|input_mchars|input_gpixels|\w+_kcount"
)
VARIANTS = {
    ("processing", "batch"): "batch",
    ("service_tier", "priority"): "priority",
    ("service_tier", "flex"): "flex",
    ("service_tier", "fast"): "fast",
    ("speed", "fast"): "fast",
    ("service_tier", "default"): "",
}
"""Request properties that are service tiers; ``default`` repeats the standard prices and is not read."""


def parse(page: Page) -> list[PriceQuote | LeftOut]:
    """Quotes of every model with prices, and the models with an unknown price member or constraint."""
    rows = Feed()
    for n, entry in enumerate(items(page.json(), "the file")):
        provider = text(members(entry, f"[{n}]").get("id"), f"[{n}].id")
        for m, told in enumerate(entry.get("models") or []):
            label = str(told.get("id") if isinstance(told, dict) else m)
            where = f"{provider}.{label}"
            with rows.entry(f"{provider}/{label}", where, told.get("prices") if isinstance(told, dict) else None):
                text(members(told, where).get("id"), f"{where}.id")
                prices = told.get("prices") or {}
                sets = prices if isinstance(prices, list) else [{"prices": prices}] if prices else []
                _sets(rows, provider, label, sets, where, "standard", "")
                _variants(rows, provider, label, told.get("price_variants") or [], where)
    return rows.read()


def _variants(rows: Feed, provider: str, label: str, variants: Any, where: str) -> None:
    groups: dict[tuple[str, str], list[Any]] = {}
    for n, variant in enumerate(variants):
        when = members(members(variant, f"{where}.price_variants[{n}]").get("when"), f"{where}.price_variants[{n}].when")
        tier = VARIANTS.get(next(iter(when.items()))) if len(when) == 1 else None
        if tier != "":
            condition = "" if tier else ", ".join(f"{k} {v}" for k, v in sorted(when.items()))
            groups.setdefault((tier or "standard", condition), []).append(variant)
    for (tier, condition), sets in groups.items():
        place = f"{where}.price_variants"
        if len({(_start(s, place), *s.get("prices", ())) for s in sets if "start_time" not in (s.get("constraint") or {})}) < len(sets):
            raise PageChanged(f"{place}: expected one variant for each start date, found two for {tier} {condition}")
        ordered = sorted(sets, key=lambda s: str((s.get("constraint") or {}).get("start_date", "")))
        _sets(rows, provider, label, ordered, place, tier, condition)


def _sets(rows: Feed, provider: str, label: str, sets: list[Any], where: str, tier: str, condition: str) -> None:
    """Price sets in order of their start dates; each ends where the next one begins."""
    clocks = [s for s in sets if "start_time" in (s.get("constraint") or {})]
    dated = [s for s in sets if s not in clocks]
    starts = [_start(s, where) for s in dated]
    if starts != sorted(starts) or len(set(starts)) != len(starts):
        raise PageChanged(f"{where}: expected price sets in order of their start dates, found {starts}")
    windows = _windows(clocks, dated, where, tier)
    peak = any(when == "peak" for when, _ in windows.values())
    for told, start, end in zip(dated, starts, [*starts[1:], ""], strict=False):
        when = "off-peak" if peak and not end else tier  # the times of day belong to the latest prices
        _set(rows, provider, label, told, where, when, condition, effective_from=start, effective_to=end)
    for window, (when, told) in sorted(windows.items()):
        _set(rows, provider, label, told, where, when, "; ".join(filter(None, (condition, f"{when} {window} UTC"))))


def _windows(clocks: list[Any], dated: list[Any], where: str, tier: str) -> dict[str, tuple[str, Any]]:
    """Times of day -> (``peak`` or ``off-peak``, their price set); sets of one price are joined."""
    groups: dict[str, tuple[Any, list[str]]] = {}
    for told in clocks:
        bound = told["constraint"]
        unknown(bound, ("start_time", "end_time"), where)
        window = f"{_clock(bound['start_time'], where)}-{_clock(bound['end_time'], where)}"
        groups.setdefault(str(told.get("prices")), (told, []))[1].append(window)
    if not clocks:
        return {}
    if tier != "standard":
        raise PageChanged(f"{where}: expected times of day for the standard tier alone, found them for {tier}")
    every = [_input(s, where) for s in [*(told for told, _ in groups.values()), *dated[-1:]]]
    return {
        " and ".join(sorted(times)): ("peak" if _input(told, where) == max(every) else "off-peak", told) for told, times in groups.values()
    }


def _input(told: dict[str, Any], where: str) -> Decimal:
    money = _figures(members(told.get("prices"), where).get("input_mtok"), where)[0]
    if money is None:
        raise PageChanged(f"{where}: expected an input price at every time of day, found none")
    return money.amount


def _start(told: dict[str, Any], where: str) -> str:
    unknown(members(told, where), ("constraint", "prices", "when"), where)
    bound = told.get("constraint") or {}
    unknown(bound, ("start_date",), f"{where}.constraint")
    return iso_date(bound["start_date"]) if bound else ""


def _clock(value: Any, where: str) -> str:
    match = re.fullmatch(r"(\d\d:\d\d)(:00)?(Z|\+00:00)", str(value))
    if match is None:
        raise PageChanged(f"{where}: expected a time of day in UTC, found {value!r}")
    return match[1]


def _set(rows: Feed, provider: str, label: str, told: dict[str, Any], where: str, tier: str, condition: str, **dates: str) -> None:
    prices = members(told.get("prices"), f"{where}.prices")
    base: dict[str, Money | None] = {}
    above: dict[int, dict[str, Money | None]] = {}
    extra: list[tuple[str, Money]] = []
    for name, value in prices.items():
        unit = UNITS.get(name.rsplit("_", 1)[-1])
        if unit is None or not (name in WIDE or name in EXTRA or LONG_ONLY.fullmatch(name)):
            raise PageChanged(f"{where}: expected a known price member, found {name!r}")
        figures = _figures(value, f"{where}.{name}")
        if name in WIDE:
            base[WIDE[name]] = figures[0]
            for start, money in list(figures.items())[1:]:
                above.setdefault(start, {})[WIDE[name]] = money
        elif (money := figures[0]) is not None:
            extra.append((name, money))
    free = tier == "standard" and all(m is None or m.amount == 0 for m in base.values())
    words = evidence(f"{provider}/{label}", prices)
    rows.add(label, base, evidence=words, locator=where, tier="free" if free else tier, condition=condition, provider=provider, **dates)
    for start in sorted(above):
        limit = f"prompts > {thousands(start, where)}"
        rows.add(
            label,
            above[start],
            evidence=words,
            locator=where,
            tier=tier,
            provider=provider,
            condition="; ".join(filter(None, (condition, limit))),
            **dates,
        )
    for name, money in extra:
        rows.extra(
            label,
            EXTRA.get(name, "other"),
            money,
            evidence=words,
            locator=f"{where}.{name}",
            tier=tier,
            unit=UNITS[name.rsplit("_", 1)[-1]],
            condition=name,
            provider=provider,
            **dates,
        )


def _figures(value: Any, where: str) -> dict[int, Money | None]:
    """Token count -> the price from there on; the base stands at 0."""
    if not isinstance(value, dict):
        return {0: figure(value, where)}
    unknown(value, ("base", "tiers"), where)
    found = {0: figure(value.get("base"), f"{where}.base")}
    for n, tier in enumerate(items(value.get("tiers"), f"{where}.tiers")):
        unknown(members(tier, f"{where}.tiers[{n}]"), ("start", "price"), f"{where}.tiers[{n}]")
        thousands(tier.get("start"), f"{where}.tiers[{n}].start")
        found[tier["start"]] = figure(tier.get("price"), f"{where}.tiers[{n}].price")
    return found
