"""LiteLLM's ``model_prices_and_context_window.json``: an object of models, prices in USD per single token.

A member's name is a small grammar: what is priced, per what, above how many tokens, in which tier
(``cache_read_input_token_cost_above_200k_tokens_priority``). Members per image, second, page and kin are
long form only; an entry with a token price whose name does not follow the grammar is left out.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from sources.pages.entries import evidence
from sources.pages.feed import Feed, figure, items, members, text
from sources.pages.page import Page
from sources.pages.quote import LeftOut, PageChanged, PriceQuote
from units.quantity import Money

UNIT = "1 token"
_TOKEN = re.compile(
    r"(?:(?P<way>input|output)_cost_per_(?P<kind>audio_|image_|video_|reasoning_)?token(?P<hit>_cache_hit)?"
    r"|cache_(?P<cache>read|creation)_input_(?P<ckind>audio_|image_|video_)?token_cost(?P<hour>_above_1hr)?)"
    r"(?:_above_(?P<above>\d+)k_tokens)?(?:_(?P<tier>batches|batch_requests|flex|priority|fast|ultrafast))?"
)
_METER = re.compile(
    r"(?:\w+?_)?cost_per_(?:(?P<per>image|pixel|second|minute|hour|character|query|request|session|page|credit|step|video|call|1k_calls|"
    r"gb_per_day|gb_per_hour|(?:video|audio|image)_per_second|message|song|generation)(?:_.+)?|(?P<other>(?:(?!token)[a-z0-9_])+?)(?:_above_.+)?)"
)
"""A price per anything but a token (long form only); a count nobody has named here must not be of the size of a token price."""
_TOKEN_SIZE = Decimal("0.0001")
_MONEY = re.compile(r"cost|price|pricing")
OTHER_MONEY = {
    "citation_cost_per_token",
    "input_dbu_cost_per_token",
    "output_dbu_cost_per_token",
    "output_db_cost_per_token",
    "search_context_cost_per_query",
    "tiered_pricing",
    "pricing_notes",
    "price_source",
    "cost_calculator",
}
"""Not token prices in USD: Databricks units (DBU), citations, searches, and lists read on their own."""
TIERS = {
    "batches": "batch",
    "batch_requests": "batch",
    "flex": "flex",
    "priority": "priority",
    "fast": "fast",
    "ultrafast": "fast",
    "": "standard",
}
METERS = {
    "image": "image",
    "second": "other",
    "query": "search",
    "request": "request",
    "character": "character",
    "page": "page",
    "hour": "hour",
    "minute": "audio_minute",
    "video_per_second": "video_second",
}
INPUT_ONLY = {"embedding", "rerank", "moderation"}


def parse(page: Page) -> list[PriceQuote | LeftOut]:
    """Quotes of every entry with a token price, and the entries with an unknown price member."""
    rows = Feed(UNIT)
    for label, entry in members(page.json(), "the file").items():
        if label in ("sample_spec", "$schema"):
            continue
        with rows.entry(label, label, entry):
            _entry(rows, label, members(entry, label))
    return rows.read()


def _entry(rows: Feed, label: str, entry: dict[str, Any]) -> None:
    fields = {"provider": text(entry.get("litellm_provider", "unknown"), f"{label}.litellm_provider")}
    priced = {k: v for k, v in entry.items() if _MONEY.search(k) and v is not None}
    words = evidence(label, priced)
    groups: dict[tuple[str, str], dict[str, Money | None]] = {}
    _unnamed(label, entry)
    for name, value in priced.items():
        where = f"{label}.{name}"
        match = _TOKEN.fullmatch(name)
        if match is None:
            _meter(rows, label, name, value, where, fields)
            continue
        money, component = figure(value, where), _component(match)
        tier, condition = TIERS[match["tier"] or ""], f"prompts > {match['above']}k" if match["above"] else ""
        if component in ("input", "output", "cached_input", "cache_write_5m", "cache_write_1h"):
            kept = groups.setdefault((tier, condition), {})
            if component in kept and name.endswith("_cache_hit"):
                continue
            kept[component] = money
        elif money is not None:
            rows.extra(
                label,
                component,
                money,
                evidence=evidence(label, {name: value}),
                locator=where,
                tier=tier,
                condition=condition or ("reasoning" if component == "other" else ""),
                **fields,
            )
    for bound, group in _tiered(entry.get("tiered_pricing"), label):
        groups["standard", bound] = group
    for (tier, condition), prices in sorted(groups.items(), key=lambda g: g[0] != ("standard", "")):
        if entry.get("mode") in INPUT_ONLY and (out := prices.get("output")) is not None and out.amount == 0:
            prices = {k: v for k, v in prices.items() if k != "output"}
        free = tier == "standard" and all(m is None or m.amount == 0 for m in prices.values())
        rows.add(label, prices, evidence=words, locator=label, tier="free" if free else tier, condition=condition, **fields)


def _unnamed(label: str, entry: dict[str, Any]) -> None:
    """A figure of the size of a token price under a name that says nothing of prices stops the reading."""
    for name, value in entry.items():
        if not _MONEY.search(name) and isinstance(value, Decimal | str) and re.fullmatch(r"0\.00+\d+|\d(?:\.\d+)?[eE]-\d+", str(value)):
            raise PageChanged(f"{label}.{name}: expected no price under this name, found {value}")


def _component(match: re.Match[str]) -> str:
    kind = (match["kind"] or match["ckind"] or "").rstrip("_")
    if match["cache"] == "creation":
        return "other" if kind else "cache_write_1h" if match["hour"] else "cache_write_5m"
    if match["cache"] == "read" or match["hit"]:
        return {"": "cached_input", "audio": "cached_input_audio", "image": "cached_input_image"}.get(kind, "other")
    return "other" if kind == "reasoning" else f"{match['way']}_{kind}" if kind else match["way"]


def _meter(rows: Feed, label: str, name: str, value: Any, where: str, fields: dict[str, str]) -> None:
    """A price that is not per token (long form only), or nothing to read; else ``PageChanged``."""
    if name == "search_context_cost_per_query" and isinstance(value, dict):
        for size, amount in value.items():
            if (money := figure(amount, f"{where}.{size}")) is not None:
                rows.extra(
                    label,
                    "search",
                    money,
                    evidence=evidence(label, {name: value}),
                    locator=f"{where}.{size}",
                    unit="1 search",
                    condition=size.replace("_", " "),
                    **fields,
                )
        return
    if name in OTHER_MONEY or isinstance(value, bool | dict):
        return
    match = _METER.fullmatch(name)
    money = figure(value, where) if match is not None else None
    if match is None or (match["other"] and money is not None and money.amount < _TOKEN_SIZE):
        raise PageChanged(f"{where}: expected a known price member, found {name!r}")
    per = match["per"] or match["other"]
    if money is not None:
        rows.extra(
            label,
            METERS.get(per, "other"),
            money,
            evidence=evidence(label, {name: value}),
            locator=where,
            unit=f"1 {per.replace('_', ' ')}",
            condition=name,
            **fields,
        )


def _tiered(value: Any, label: str) -> list[tuple[str, dict[str, Money | None]]]:
    """``tiered_pricing``: prices by prompt length."""
    found = []
    for n, entry in enumerate(items(value, f"{label}.tiered_pricing") if value else []):
        where = f"{label}.tiered_pricing[{n}]"
        bounds = members(entry, where).get("range")
        prices: dict[str, Money | None] = {}
        for name, amount in entry.items():
            match = _TOKEN.fullmatch(name)
            if match is not None and not match["above"] and not match["tier"] and _component(match) != "other":
                prices.setdefault(_component(match), figure(amount, f"{where}.{name}"))
            elif name not in ("range", "output_cost_per_reasoning_token", "max_results_range", "input_cost_per_query"):
                raise PageChanged(f"{where}: expected a known price member, found {name!r}")
        if bounds is None:
            continue
        if not isinstance(bounds, list) or len(bounds) != 2:
            raise PageChanged(f"{where}: expected a range of two token counts, found {bounds!r}")
        found.append((f"prompts {int(bounds[0])}-{int(bounds[1])} tokens", prices))
    return found
