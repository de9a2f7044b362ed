"""Lists of models in JSON: which object names the model, and what each figure in it is the price of.

The words of a figure are its keys (``pricing.input_cost_per_token``), the labels beside it and the unit and currency its objects
state. A figure without a currency sign is a price only under a key that says so.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from sources.pages.layout.claims import Block, Claim
from sources.pages.layout.data.payload import nodes
from sources.pages.layout.declaration import Layout
from sources.pages.layout.figures import figures
from sources.pages.layout.names import read_name
from sources.pages.layout.words import CACHES, DIRECTIONS, NOTHING, Meaning, under, within_page
from units.quantity import Money

_NAMES = ("modelName", "model_name", "model", "name", "displayName", "display_name", "title", "label", "id", "slug")
_LABELS = ("value", "label", "kind", "component", "token_type", "tokenType", "meter", "type", "title", "name")
_UNITS = ("per", "unit", "price_unit", "priceUnit", "billing_unit", "billingUnit", "pricing_unit", "denominator")
_TELLS_APART = ("provider", "region", "location", "tier", "service_tier", "serviceTier", "variant", "range", "mode", "context")
_PRICE_KEY = re.compile(r"pric|cost|rate|usd|eur|cny|fee|charge|tariff|amount", re.I)
_LISTED = frozenset({"origin", "original", "list", "regular", "before"})
_ACTUAL = frozenset({"actual", "current", "sale", "discounted", "final", "effective"})
_THRESHOLD = ("threshold", "context_threshold", "min_context", "above", "over", "min_tokens", "min_input_tokens", "min_prompt_tokens")
_LIMIT = ("max_context", "max_tokens", "max_input_tokens", "max_prompt_tokens", "up_to")
_VALUES = frozenset({"amount", "value"})
"""Keys that say of a figure only that it is one."""


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A figure with the keys that lead to it, what its objects say, and the conditions they are told apart by."""

    value: Any
    keys: tuple[str, ...]
    said: Meaning = NOTHING
    conditions: tuple[str, ...] = ()
    problem: str = ""


def read_records(found: dict[str, Any], layout: Layout, page: Meaning, title: str = "") -> list[Block]:
    """A block for every document. ``title``: the model a page is about, for prices that stand under no other name."""
    blocks: list[Block] = []
    number = 0
    taken: set[int] = set()
    layout = _telling_apart(found, layout)
    for place, value in found.items():
        block = Block(place)
        for node in nodes(value):
            if not isinstance(node, dict) or id(node) in taken:
                continue
            name = _name(node, layout)
            leaves = list(_leaves(node, (), layout, NOTHING, (), 0)) if name else []
            if not any(leaf.keys for leaf in leaves) or _holds_models(node, layout):
                continue
            taken |= {id(inner) for inner in nodes(node)}
            number += 1
            for leaf in leaves:
                _claim(
                    block, name, node, leaf, layout, page, (number, 0, list(map(_words, node)).index(leaf.keys[0]) if leaf.keys[1:] else -1)
                )
        blocks.append(block)
    if title and not any(b.claims for b in blocks):
        blocks.append(_titled(found, layout, page, title))
    return blocks


def _telling_apart(found: dict[str, Any], layout: Layout) -> Layout:
    """The layout with the identifier as the name, where priced models share the usual names and have an identifier each."""
    if layout.name_keys:
        return layout
    priced = [
        (name, node)
        for value in found.values()
        for node in nodes(value)
        if isinstance(node, dict)
        and (name := _name(node, layout))
        and any(isinstance(node.get(k), str) for k in _IDENTIFIERS)
        and any(leaf.keys for leaf in _leaves(node, (), layout, NOTHING, (), 0))
        and not _holds_models(node, layout)
    ]
    if len({name for name, _ in priced}) == len(priced):
        return layout
    for key in _IDENTIFIERS:
        if len({node.get(key) for _, node in priced if _identifies(node.get(key), node, layout)}) == len(priced):
            return layout.model_copy(update={"name_keys": [key]})
    return layout


def _identifies(value: Any, node: dict[str, Any], layout: Layout) -> bool:
    """Whether a member spells the model's name as one word (``codestral-25-01`` for ``Codestral``)."""
    first = re.split(r"[\W_]+", _name(node, layout).strip())[0].lower()
    return isinstance(value, str) and bool(re.fullmatch(r"[\w./:@-]+", value)) and bool(first) and first in value.lower()


_IDENTIFIERS = ("id", "model_id", "slug", "api_endpoint")


def _titled(found: dict[str, Any], layout: Layout, page: Meaning, title: str) -> Block:
    """The prices of a page about one model, where they stand in an object without a name."""
    block = Block(title)
    for value in found.values():
        for node in nodes(value):
            if isinstance(node, dict) and any(_PRICE_KEY.search(k) and isinstance(v, dict) for k, v in node.items()):
                for leaf in _leaves(node, (), layout, NOTHING, (), 0):
                    _claim(block, title, node, leaf, layout, page, (0, 0, 0))
    return block


def _name(node: dict[str, Any], layout: Layout) -> str:
    for key in (*layout.name_keys, *_NAMES):
        value = node.get(key)
        if isinstance(value, str) and value.strip() and len(value) < 120 and not layout.vocabulary.read(value).understood:
            return value
    return ""


def _holds_models(node: dict[str, Any], layout: Layout) -> bool:
    """Whether a named object holds several named ones with prices: a family, not a model."""
    inner = [v for v in node.values() if isinstance(v, list) and len(v) > 1]
    return any(
        sum(isinstance(i, dict) and bool(_name(i, layout)) and any(True for _ in _leaves(i, (), layout, NOTHING, (), 0)) for i in v) > 1
        for v in inner
    )


def _words(key: str) -> str:
    return re.sub(r"[_\-.]+", " ", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", key)).lower()


def _leaves(
    node: dict[str, Any], keys: tuple[str, ...], layout: Layout, said: Meaning, conditions: tuple[str, ...], depth: int
) -> Iterator[_Leaf]:
    """The figures under a named object that may be prices."""
    if depth > 8:
        return
    said, conditions = _stated(node, layout, said, conditions, depth)
    superseded = _LISTED if {_words(k) for k in node} & _ACTUAL else frozenset()
    for key, value in node.items():
        words = _words(key)
        if words in superseded:
            continue
        path = (*keys, words)
        if isinstance(value, dict):
            yield from _leaves(value, path, layout, said, conditions, depth + 1)
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, dict):
                    yield from _leaves(item, path, layout, said, conditions, depth + 1)
        elif _is_price(path, value):
            label = node.get(re.sub(r"(?i)price$|cost$", "Label", key)) if re.search(r"(?i)price$|cost$", key) else None
            beside = layout.vocabulary.read(label) if isinstance(label, str) and label != value else NOTHING
            yield _Leaf(
                value,
                path,
                under(replace(beside, senses=beside.senses - {"input", "output"}) if beside.understood else NOTHING, said),
                conditions,
            )


def _stated(
    node: dict[str, Any], layout: Layout, said: Meaning, conditions: tuple[str, ...], depth: int
) -> tuple[Meaning, tuple[str, ...]]:
    """What an object states for the figures in it: a unit, a currency, a label, what tells it from its neighbours."""
    for key in _UNITS:
        if isinstance(node.get(key), str):
            told = layout.vocabulary.read(f"per {node[key]}")
            ways = told.senses & (DIRECTIONS | CACHES) if told.unit and told.understood else frozenset()
            said = under(Meaning(ways, told.unit, "" if told.unit else told.meter or re.sub(r"^per ", "", str(node[key]))), said)
    said = under(said, _LISTED_BY_TOKEN) if _is_listed_by_token(node) else said
    if isinstance(node.get("currency"), str):
        said = under(Meaning(currency=layout.vocabulary.read(node["currency"]).currency), said)
    if depth:
        for key in _LABELS:
            told = layout.vocabulary.read(node[key]) if isinstance(node.get(key), str) and len(node[key]) < 60 else NOTHING
            if told.understood and (told.direction or told.cache or told.tier or told.thing):
                said = under(replace(told, senses=told.senses - {"price"}), said)
                break
        for key in _TELLS_APART:
            value = node.get(key)
            if isinstance(value, str) and value:
                told = layout.vocabulary.read(value)
                said, conditions = (
                    (under(told, said), conditions) if told.understood and told.tier else (said, (*conditions, f"{_words(key)} {value}"))
                )
        conditions = (*conditions, *_bounds(node, layout))
    return said, conditions


def _bounds(node: dict[str, Any], layout: Layout) -> tuple[str, ...]:
    """The band of prompts an object of prices is for, by the lower bound where it has one."""
    if not any(layout.vocabulary.read(_words(k)).direction for k in node if k not in (*_THRESHOLD, *_LIMIT)):
        return ()
    found = {k: v for k, v in node.items() if isinstance(v, int) and not isinstance(v, bool) and v > 0}
    above = [f"prompts > {found[k]}" for k in _THRESHOLD if k in found]
    return tuple(above or [f"prompts <= {found[k]}" for k in _LIMIT if k in found])


_LISTED_BY_TOKEN = Meaning(unit="1 token", currency="USD")
"""What the lists of models in OpenRouter's form mean: ``prompt`` and ``completion`` are dollars for one token, as text."""
_DEAREST_TOKEN = Decimal("0.001")


def _is_listed_by_token(node: dict[str, Any]) -> bool:
    """Whether an object states its prices in that form and at the size of one token's: no list by the million prints so little."""
    figures_of = [node.get("prompt"), node.get("completion")]
    if not all(isinstance(v, str) for v in figures_of):
        return False
    try:
        return max(Decimal(str(v)) for v in figures_of) < _DEAREST_TOKEN
    except InvalidOperation:
        return False


def _is_price(path: tuple[str, ...], value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return False
    if isinstance(value, str) and re.search(r"[$€¥£元]\s*\d|\d\s*[$€¥£元]", value):
        return len(value) < 120
    if not any(_PRICE_KEY.search(k) for k in path) or re.search(
        r"^(?:min|max)\b|\b(?:id|ids|count|index|order|discount|percent|threshold)\b", path[-1]
    ):
        return False
    try:
        return Decimal(str(value)) >= 0 and len(str(value)) < 30
    except InvalidOperation:
        return False


def _claim(block: Block, name: str, node: dict[str, Any], leaf: _Leaf, layout: Layout, page: Meaning, record: tuple[int, ...]) -> None:
    if any(re.search(p, ".".join(leaf.keys)) for p in layout.skip_keys):
        return
    last = layout.vocabulary.read(layout.cleaned(leaf.keys[-1]))
    rest = "" if leaf.keys[-1] in _VALUES and (leaf.said.direction or leaf.said.cache or leaf.said.meter) else last.rest
    keyed = replace(layout.vocabulary.read(layout.cleaned(" ".join(leaf.keys))), rest=rest)
    text = str(getattr(leaf.value, "text", leaf.value))
    text = re.sub(r"<(s|del|strike)\b[^>]{0,200}>.{0,200}?</\1>", " ", text, flags=re.I | re.S)
    plain_text = html.unescape(re.sub(r"<[^>]{0,200}>", " ", text))
    given = figures(plain_text, layout.vocabulary, currency="USD") if isinstance(leaf.value, str) else ()
    currency = keyed.currency or leaf.said.currency or layout.currency or page.currency
    found = read_name(name, layout.vocabulary)
    evidence = f"{name} {'.'.join(leaf.keys)} {plain_text.strip()}"[:300]
    for figure in given or (None,):
        own = figure.meaning if figure else NOTHING
        signed = figure is not None and re.search(r"[$€¥£元]", plain_text)
        money = (
            replace(figure.money, currency=figure.money.currency if signed else currency)
            if figure
            else Money(text, Decimal(text), currency)
        )
        meaning = within_page(under(under(own, replace(keyed, currency="")), leaf.said), page)
        meaning = replace(meaning, conditions=tuple(dict.fromkeys((*found.conditions, *leaf.conditions, *meaning.conditions))))
        if not meaning.direction and not meaning.cache and not meaning.unit and not keyed.understood:
            continue
        if not (meaning.direction or meaning.cache):
            meaning = replace(meaning, unit="" if meaning.unit == _LISTED_BY_TOKEN.unit else meaning.unit)
        if not keyed.understood and not money.amount:
            continue
        problem = "" if keyed.understood else f"the key {keyed.rest!r} is not known"
        problem = problem or ("" if own.understood else f"the words {own.rest!r} are not known")
        problem = problem or ("" if money.currency else "no currency is stated for it")
        ident = next((str(node[k]) for k in _IDENTIFIERS if isinstance(node.get(k), str) and node[k] != name), "")
        block.claims.append(
            Claim(found.text, meaning, money, evidence, f"{block.where}, {'.'.join(leaf.keys)}", record, ident, problem=problem)
        )
