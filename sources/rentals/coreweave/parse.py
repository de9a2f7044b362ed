"""CoreWeave's price blocks: a heading per node type, its GPU count and memory, on-demand and spot price.

Prices are per node: without a GPU count a block is refused. Every block is printed twice, for two screen
widths; equal repeats count once and different ones contradict each other.
"""

from __future__ import annotations

import re
from typing import Any

from sources.pages.build import is_empty, money_of
from sources.pages.offers import Offers, accelerator_of, why_not
from sources.pages.page import Page
from sources.pages.quote import PageChanged, RentalQuote
from units.quantity import plain


def parse(page: Page) -> list[RentalQuote]:
    """On-demand and spot prices per accelerator-hour."""
    offers = Offers("coreweave")
    nodes = list(page.tree.css(".table-model-name, .table-meta-text, .on-demand-price, .spot-price"))
    if not any("table-model-name" in _class(n) for n in nodes):
        raise PageChanged("expected price blocks with a model name, found none")
    name, meta = "", dict[str, str]()
    for node in nodes:
        if "table-model-name" in _class(node):
            name, meta = plain(node.text(deep=True, separator=" ")), {}
        elif "table-meta-text" in _class(node):
            value = node.css_first(".table-meta-value")
            figure = plain(value.text(deep=True)) if value is not None else ""
            meta[plain(node.text(deep=True, separator=" ")).removeprefix(figure).strip().lower()] = figure
        else:
            _price(offers, name, meta, node)
    return offers.quotes()


def _class(node: Any) -> str:
    return node.attributes.get("class") or ""


def _price(offers: Offers, name: str, meta: dict[str, str], node: Any) -> None:
    item = node.css_first(".item-value")
    text = plain(item.text(deep=True)) if item is not None else ""
    if is_empty(text):
        return
    count = next((v for k, v in meta.items() if k == "gpu count"), "")
    if not re.fullmatch(r"\d+", count):
        raise PageChanged(f"expected the GPU count of {name!r}, found {count!r}: the price is per node")
    accelerator, money = accelerator_of(name, meta.get("vram (gb)", "")), money_of(text)
    if money is None:
        return
    term = "spot" if "spot-price" in _class(node) else "on_demand"
    evidence = f"{name} | {count} GPUs | {plain(node.text(deep=True))}"
    if accelerator is None:
        offers.leave_out(name, money.amount, money.text, why_not(name), evidence, f"block {name}", term=term, sku=name)
    else:
        offers.add(accelerator, money.amount, money.text, int(count), evidence, f"block {name}", term=term, sku=name)
