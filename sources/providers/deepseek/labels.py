"""What the labels of DeepSeek's tables mean, in English and Chinese, and the offer that is made of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sources.pages.build import is_free
from sources.pages.tables import Cell
from sources.providers.deepseek.prices import MARK
from units.quantity import Money, UnreadableQuantity, amounts, plain, token_unit

MODEL_WORD = re.compile(r"models?|模型", re.I)
MODEL_ID = re.compile(r"[a-z][a-z0-9]*(?:[-.][\w.]+)+", re.I)
TIERS = {r"off-?peak|空闲时段|平时段?": "off-peak", r"peak|高峰时段": "peak"}
SECTIONS = {r"standard price|标准时段价格|标准价格": "standard", r"discount price|优惠时段价格|优惠价格": "off-peak"}


@dataclass(frozen=True)
class Offer:
    """The prices of one model in one tier and period."""

    model: str
    tier: str
    condition: str
    unit: str
    prices: Mapping[str, Money | None]
    struck: Mapping[str, Money] = field(default_factory=dict)
    since: str = ""
    until: str = ""
    promotional: bool = False
    evidence: str = ""
    locator: str = ""

    @property
    def currency(self) -> str:
        """The currency of the first price there is; empty without one."""
        return next((m.currency for m in self.prices.values() if m is not None), "")

    @property
    def key(self) -> tuple[str, ...]:
        """What two readings of the same offer have in common."""
        return self.model, self.tier, self.condition, self.currency, self.since, self.until

    def amounts(self) -> dict[str, object]:
        """The figures alone, to compare two readings of one offer."""
        return {c: m.amount for c, m in self.prices.items() if m is not None}


def component(label: str) -> str | None:
    """What a row or column label prices: ``1M INPUT TOKENS (CACHE HIT)`` is ``cached_input``; None if nothing."""
    text = plain(label).lower()
    try:
        token_unit(MARK.sub("", text))
    except UnreadableQuantity:
        return None
    if re.search(r"output|输出", text):
        return None if re.search(r"input|输入", text) else "output"
    if not re.search(r"input|输入", text):
        return None
    if re.search(r"cache ?hit|缓存命中", text):
        return "cached_input"
    return "input" if re.search(r"cache ?miss|缓存未命中", text) or not re.search(r"cache|缓存", text) else None


def matched(label: str, patterns: dict[str, str]) -> str | None:
    """The name of the first pattern that is the whole label, brackets aside; None if none is."""
    text = re.sub(r"\([^()]*\)", "", plain(label)).strip()
    return next((name for pattern, name in patterns.items() if re.fullmatch(pattern, text, re.I)), None)


def is_price(cell: Cell) -> bool:
    """Whether a cell holds an amount, says that it is free, or holds a struck price."""
    return bool(amounts(cell.text)) or is_free(cell.text) or bool(cell.struck)
