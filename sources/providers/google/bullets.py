"""Google's price lists before the tables: nested bullets under a numbered model name (2024).

``Price (input)`` opens a group whose items are ``$0.35 / 1 million tokens (for prompts up to 128K tokens)``.
"""

from __future__ import annotations

import re

from sources.pages.build import PriceRows
from sources.pages.columns import price
from sources.pages.quote import PageChanged
from sources.pages.tables import Cell, markdown_cell
from units.quantity import Money, amounts, plain

_GROUP = {
    "price (input)": "input",
    "price (output)": "output",
    "input pricing": "input",
    "output pricing": "output",
    "price (context caching)": "cached_input",
    "context caching": "cached_input",
}
_ITEM = re.compile(r"(\S+ / [\w,]+(?: \w+)? tokens)(?: per hour)?(?: \((?:for )?(prompts [^()]+)\))?", re.I)
UNIT = "1M tokens"


def read_bullets(text: str, rows: PriceRows) -> None:
    """Add the rows of every model of a bullet list; raises ``PageChanged`` for an item that is not understood."""
    found: dict[str, dict[str, dict[str, Money | None]]] = {}
    words: dict[str, list[str]] = {}
    model = group = ""
    for number, line in enumerate(text.splitlines()):
        title = re.match(r"(?:\d+\.\s+|#{2,4} )\**(.+?)\**$", line)
        item = re.match(r"\s*[-*]\s+(.*)$", line)
        if title:
            model, group = re.sub(r"\s*\((?:preview|experimental)\)", "", markdown_cell(title[1].replace("_", "")).text, flags=re.I), ""
            continue
        content = markdown_cell(item[1]) if item else Cell()
        words_of = plain(content.text)
        if item and words_of.lower() in _GROUP:
            group = _GROUP[words_of.lower()]
        elif item and group and (re.search(r"[$€£¥]", words_of) or content.struck):
            part = _ITEM.fullmatch(words_of)
            if part is None or not model or content.struck:
                raise PageChanged(f"line {number + 1}: expected a price per tokens of a model, found {words_of!r}")
            prices = found.setdefault(model, {}).setdefault(plain(part[2] or ""), {})
            if group in prices:
                raise PageChanged(f"line {number + 1}: expected one {group} price of {model}, found two")
            prices[group] = price(Cell(part[1]), unit=UNIT, unit_required=True, where=f"line {number + 1}")
            words.setdefault(model, []).append(words_of)
        elif item and not amounts(words_of):
            group = group if line.startswith("     ") else ""
        elif amounts(words_of):
            raise PageChanged(f"line {number + 1}: expected a known group above the price, found {words_of!r}")
    for model, conditions in found.items():
        if not {"input", "output"} <= {c for prices in conditions.values() for c in prices}:
            raise PageChanged(f"{model}: expected input and output prices, found {sorted({c for p in conditions.values() for c in p})}")
        for condition, prices in _merged(conditions).items():
            rows.add(model, prices, condition=condition, evidence="; ".join(words[model]), locator=f"list of {model}")


def _merged(conditions: dict[str, dict[str, Money | None]]) -> dict[str, dict[str, Money | None]]:
    """``prompts longer than 128K`` and ``prompts longer than 128K tokens`` are one condition (first wording kept)."""
    out: dict[str, dict[str, Money | None]] = {}
    for condition, prices in conditions.items():
        known = next((c for c in out if c.removesuffix(" tokens") == condition.removesuffix(" tokens")), condition)
        out.setdefault(known, {}).update(prices)
    return out
