"""``list.toml``: a provider's machine-readable list of models, declared: where entries, names and prices stand, and what they are.

The official list of a provider is asked before any page of it. An entry is read whole or left out: a member of its prices
that is not declared could be a price. What members mean is the provider's own; nothing is known here of any of them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from sources.pages.entries import evidence
from sources.pages.feed import Feed, figure, members, text, unknown
from sources.pages.page import Page
from sources.pages.quote import WIDE_COMPONENTS, LeftOut, PageChanged, PriceQuote
from units.quantity import Money


class Above(BaseModel):
    """Prices beyond a prompt length: the member that holds them (an object or a list of them), and its bound in tokens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    member: str
    bound: str


class ModelList(BaseModel):
    """The declaration. Paths are names joined by dots; an empty one is the thing itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    entries: str = ""
    """Where the list of models stands."""
    name: str
    """The member that names the model: of an offer, where offers have it, else of the entry."""
    model_id: str = ""
    each: str = ""
    """Where an entry holds its offers, one per seller; empty where an entry is one offer."""
    seller: str = ""
    """The member of an offer that names its seller: a condition of the price."""
    only: dict[str, list[str]] = {}
    """Member -> values: other entries are of other products (images, videos) and not read."""
    prices: str
    """Where the prices of an offer stand."""
    value: str = ""
    """The member of a price that is the amount, where a price is an object (one per currency)."""
    components: dict[str, str]
    """Price member -> what it is the price of; members that are no prices of tokens are ``ignored``."""
    ignored: list[str] = []
    """Patterns of price members that say something else."""
    above: Above | None = None
    unit: str = "1M tokens"
    currency: str = "USD"
    divided_by: Decimal = Decimal(1)
    """How many of the printed amounts make one of the currency (100 for cents)."""


@lru_cache(maxsize=64)
def read_declaration(path: Path) -> ModelList:
    """Read ``list.toml``; raises ``pydantic.ValidationError`` naming the file's wrong fields."""
    return ModelList(**tomllib.loads(path.read_text(encoding="utf-8")))


def read_list(page: Page, told: ModelList) -> list[PriceQuote | LeftOut]:
    """Quotes of every entry with prices, then the entries left out; raises ``PageChanged`` where there is no such list."""
    feed = Feed(told.unit, told.currency)
    entries = _entries(page.json(), told.entries)
    for n, entry in enumerate(entries):
        name = _at(entry, told.name)
        where = f"{told.entries or 'list'}[{n}]"
        with feed.entry(str(name or where), where, _at(entry, told.prices) if not told.each else None):
            if not all(_at(entry, member) in values for member, values in told.only.items()):
                continue
            for offer, place in _offers(entry, told, where):
                _offer(feed, told, entry, offer, place)
    return feed.read()


def _entries(body: Any, path: str) -> list[Any]:
    """The list of models: at its path, wherever in the body's outer objects that is, or the body itself."""
    waiting = [body]
    for node in waiting:  # outermost first
        found = node if isinstance(node, list) else _at(node, path) if path else None
        if isinstance(found, list) and found and isinstance(found[0], dict):
            return found
        if isinstance(node, dict) and len(waiting) < 100:
            waiting += [v for v in node.values() if isinstance(v, dict)]
    raise PageChanged(f"expected a list of models at {path or 'the top'!r}, found {str(body)[:60]!r}")


def _offers(entry: Any, told: ModelList, where: str) -> Iterator[tuple[dict[str, Any], str]]:
    if not told.each:
        yield members(entry, where), where
        return
    for n, offer in enumerate(_at(entry, told.each) or []):
        yield members(offer, f"{where}.{told.each}[{n}]"), f"{where}.{told.each}[{n}]"


def _offer(feed: Feed, told: ModelList, entry: Any, offer: dict[str, Any], where: str) -> None:
    prices = _at(offer, told.prices)
    if not prices:
        return
    label = text(_at(offer, told.name) or _at(entry, told.name), f"{where}.{told.name}")
    model_id = _at(entry, told.model_id) if told.model_id else ""
    fields = {"model_id": model_id if isinstance(model_id, str) else ""}
    seller = f"provider {text(offer.get(told.seller), f'{where}.{told.seller}')}" if told.seller else ""
    _prices(feed, told, label, members(prices, where), where, seller, fields)
    for over, bound, place in _above(told, prices, f"{where}.{told.prices}"):
        _prices(feed, told, label, over, place, "; ".join(filter(None, (seller, f"prompts > {bound}"))), fields)


def _prices(feed: Feed, told: ModelList, label: str, prices: dict[str, Any], where: str, condition: str, fields: dict[str, str]) -> None:
    known = {*told.components, *([told.above.member, told.above.bound] if told.above else [])}
    unknown(
        (name for name, value in prices.items() if value is not None and not any(re.fullmatch(p, name) for p in told.ignored)), known, where
    )
    found = {name: money for name in told.components if (money := _money(prices.get(name), told, f"{where}.{name}")) is not None}
    wide = {component: found[name] for name, component in told.components.items() if name in found and component in WIDE_COMPONENTS}
    words = evidence(label, prices)
    feed.add(label, wide, evidence=words, locator=where, condition=condition, **fields)
    for name, component in told.components.items():
        if name in found and component not in WIDE_COMPONENTS and found[name].amount:
            feed.extra(label, component, found[name], evidence=words, locator=f"{where}.{name}", condition=condition, **fields)


def _money(value: Any, told: ModelList, where: str) -> Money | None:
    amount = value.get(told.value) if told.value and isinstance(value, dict) else value
    money = figure(amount, where, told.currency)
    return money if money is None or told.divided_by == 1 else Money(money.text, money.amount / told.divided_by, money.currency)


def _above(told: ModelList, prices: Any, where: str) -> Iterator[tuple[dict[str, Any], int, str]]:
    if told.above is None or not prices.get(told.above.member):
        return
    held = prices[told.above.member]
    for n, over in enumerate(held if isinstance(held, list) else [held]):
        place = f"{where}.{told.above.member}[{n}]"
        bound = members(over, place).get(told.above.bound)
        if isinstance(bound, bool) or not isinstance(bound, int) or bound <= 0:
            raise PageChanged(f"{place}: expected a number of tokens, found {str(bound)[:40]!r}")
        yield over, bound, place


def _at(value: Any, path: str) -> Any:
    for name in filter(None, path.split(".")):
        value = value.get(name) if isinstance(value, dict) else None
    return value
