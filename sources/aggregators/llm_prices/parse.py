"""llm-prices' JSON files (current, historical, or one vendor's): USD per million tokens (its documentation's unit).

A model with a long-context price stands there twice: the id of the dearer one ends in its threshold
(``-200k``), its name in ``>200k``.
"""

from __future__ import annotations

import re
from typing import Any

from sources.pages.dates import iso_date
from sources.pages.entries import evidence
from sources.pages.feed import Feed, figure, items, members, text, unknown
from sources.pages.page import Page
from sources.pages.quote import LeftOut, PageChanged, PriceQuote

UNIT = "1M tokens"
WIDE = {"input": "input", "output": "output", "input_cached": "cached_input"}
ABOUT = {"id", "vendor", "name", "from_date", "to_date"}
_LIMIT = re.compile(r"(?P<sign>[≤<>≥]) ?(?P<tokens>\d+)[kK]$")


def parse(page: Page) -> list[PriceQuote | LeftOut]:
    """Quotes of every entry, and the entries with an unknown member."""
    rows = Feed(UNIT)
    seen: dict[tuple[str, ...], dict[str, Any]] = {}
    for n, entry in enumerate(_entries(members(page.json(), "the file"))):
        where = f"prices[{n}]"
        with rows.entry(str(entry.get("id") if isinstance(entry, dict) else where), where, entry):
            told = members(entry, where)
            key = tuple(str(told.get(k)) for k in ("vendor", "id", "name", "from_date", "to_date"))
            if seen.setdefault(key, told) is told:
                _entry(rows, told, where)
            elif seen[key] != told:
                raise PageChanged(f"{where}: expected {told.get('id')} once, found it twice with different prices")
    return rows.read()


def _entries(body: dict[str, Any]) -> list[Any]:
    if "models" not in body:
        return items(body.get("prices"), "prices")
    return [
        {"vendor": body.get("vendor"), "id": model.get("id"), "name": model.get("name"), **period}
        for n, told in enumerate(items(body["models"], "models"))
        for model in [members(told, f"models[{n}]")]
        for period in items(model.get("price_history"), f"models[{n}].price_history")
    ]


def _entry(rows: Feed, entry: dict[str, Any], where: str) -> None:
    unknown(entry, {*WIDE, *ABOUT}, where)
    label = text(entry.get("id"), f"{where}.id")
    limit = _LIMIT.search(text(entry.get("name"), f"{where}.name"))
    condition = ""
    if limit is not None:
        above = limit["sign"] in ">≥"
        if above:
            label = re.sub(rf"-{limit['tokens']}k$", "", label)
            condition = f"prompts {limit['sign']} {limit['tokens']}k".replace("≥", ">=")
    dates = {"effective_from": _date(entry.get("from_date"), where), "effective_to": _date(entry.get("to_date"), where)}
    prices = {component: figure(entry.get(name), f"{where}.{name}") for name, component in WIDE.items()}
    if prices["input"] is None or prices["output"] is None:
        raise PageChanged(f"{where}: expected an input and an output price of {label}, found {entry}")
    free = all(m is None or m.amount == 0 for m in prices.values())
    rows.add(
        label,
        prices,
        evidence=evidence(label, entry),
        locator=where,
        condition=condition,
        tier="free" if free else "standard",
        provider=text(entry.get("vendor"), f"{where}.vendor"),
        **dates,
    )


def _date(value: Any, where: str) -> str:
    return "" if value is None else iso_date(text(value, where))
