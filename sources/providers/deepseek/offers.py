"""From a price table's rows to offers: which row is which component and tier, which cell is which model.

Rows are read by their labels. Where merged cells were lost (text), a row's last cells are its prices, one per
model, and labels carry down; a row with an amount and no known label is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sources.build import PriceRows, is_empty, is_free, row_evidence
from sources.providers.deepseek.blocks import Block
from sources.providers.deepseek.prices import MARK, Reading, read_price
from sources.providers.deepseek.times import day_block, peak_hours
from sources.quote import PageChanged
from sources.tables import Cell
from units.quantity import Money, UnreadableQuantity, amounts, plain, token_unit

_MODEL_WORD = re.compile(r"models?|模型", re.I)
_MODEL_ID = re.compile(r"[a-z][a-z0-9]*(?:[-.][\w.]+)+", re.I)
_TIERS = {r"off-?peak|空闲时段|平时段?": "off-peak", r"peak|高峰时段": "peak"}
_SECTIONS = {r"standard price|标准时段价格|标准价格": "standard", r"discount price|优惠时段价格|优惠价格": "off-peak"}
_METER_HEADER = re.compile(r"billing unit|unit|计费单位", re.I)


@dataclass(frozen=True)
class Offer:
    """The prices of one model in one tier and period."""

    model: str
    tier: str
    condition: str
    unit: str
    prices: dict[str, Money | None]
    struck: dict[str, Money] = field(default_factory=dict)
    since: str = ""
    until: str = ""
    promotional: bool = False
    evidence: str = ""
    locator: str = ""

    @property
    def currency(self) -> str:
        return next((m.currency for m in self.prices.values() if m is not None), "")

    @property
    def key(self) -> tuple[str, ...]:
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


def offers(block: Block, prose: str) -> list[Offer]:
    """The offers of a table, in page order; none for a table that names no models."""
    for r, row in enumerate(block.rows):
        words = [MARK.sub("", c.text).strip() for c in row]
        first = next((n for n, w in enumerate(words) if w), None)
        if first is None or not _MODEL_WORD.fullmatch(words[first]):
            continue
        others = [n for n, w in enumerate(words) if w and not row[n].spanned and not _MODEL_WORD.fullmatch(w)]
        if others and all(_MODEL_ID.fullmatch(words[n]) for n in others):
            if r + 1 == len(block.rows):
                raise PageChanged(f"{block.locator(r)}: expected rows below the models, found none")
            return _Columns(block, r, {n: words[n] for n in others}, prose).read()
        if any(component(words[n]) for n in others):
            return _finish(_Rows(block, r, words, prose).read())
        raise PageChanged(f"{block.locator(r)}: expected model ids or price columns beside {words[first]!r}, found {words}")
    return []


class _Reader:
    """What both orientations share: the components collected per (tier, condition, model)."""

    def __init__(self, block: Block, header: int, prose: str) -> None:
        self.block, self.header, self.prose = block, header, prose
        self.units: set[str] = set()
        self.peaked = any(_matched(MARK.sub("", c.text), _TIERS) == "peak" for row in block.rows for c in row)
        self.found: dict[tuple[str, str, str], dict[str, tuple[Reading, str, int]]] = {}

    def take(self, model: str, tier: str, condition: str, part: str, label: str, cell: Cell, r: int) -> None:
        """Keep one cell as the price of one component of one model."""
        at = self.block.locator(r)
        if tier == "peak" and not condition:
            condition = peak_hours(self.prose)
        if tier == "off-peak" and not condition and not self.peaked:
            raise PageChanged(f"{at}: expected the time of day of the discount, found none")
        try:
            self.units.add(token_unit(label))
        except UnreadableQuantity as error:
            raise PageChanged(f"{at}: {error}") from error
        prices = self.found.setdefault((tier, condition, model), {})
        if part in prices:
            raise PageChanged(f"{at}: expected one {part} price of {model} ({tier}), found a second")
        evidence = row_evidence([c for c in self.block.rows[r] if c.text or c.struck])
        prices[part] = (read_price(cell, self.prose, at), evidence, r)

    def result(self) -> list[Offer]:
        """Offers in page order, whole or refused."""
        if len(self.units) > 1:
            raise PageChanged(f"table {self.block.index + 1}: expected one token unit, found {sorted(self.units)}")
        cached = any("cached_input" in prices for prices in self.found.values())
        if self.peaked:
            tiers = {model: {t for t, _, m in self.found if m == model} for _, _, model in self.found}
            lone = sorted(model for model, has in tiers.items() if has != {"peak", "off-peak"})
            if lone:
                raise PageChanged(f"table {self.block.index + 1}: expected peak and off-peak prices of {', '.join(lone)}, found one of them")
        timed = {condition: tier for tier, condition, _ in self.found if condition and tier != "peak"}
        if timed and set(timed.values()) != {"standard", "off-peak"}:
            raise PageChanged(f"table {self.block.index + 1}: expected prices for the whole day, found them for {', '.join(timed)} alone")
        made = []
        for (tier, condition, model), prices in self.found.items():
            if all(reading.money is None for reading, *_ in prices.values()):
                continue
            needed = {"input", "output"} | ({"cached_input"} if cached else set())
            if set(prices) != needed or any(prices[c][0].money is None for c in ("input", "output")):
                raise PageChanged(f"table {self.block.index + 1}: expected {', '.join(sorted(needed))} prices of {model} "
                                  f"({tier}), found {', '.join(sorted(prices))}")
            made += self._split(tier, condition, model, prices)
        return made

    def _split(self, tier: str, condition: str, model: str, prices: dict[str, tuple[Reading, str, int]]) -> list[Offer]:
        """One offer, or two where cells hold a list price to come and a discounted one in force."""
        readings = {c: reading for c, (reading, *_) in prices.items()}
        evidence = " || ".join(dict.fromkeys(words for _, words, _ in prices.values()))
        common = {"model": model, "tier": tier, "condition": condition, "unit": next(iter(self.units)),
                  "evidence": evidence, "locator": self.block.locator(next(iter(prices.values()))[2])}
        until = {r.until for r in readings.values() if r.until}
        if len(until) > 1:
            raise PageChanged(f"{common['locator']}: expected one end of the offer, found {sorted(until)}")
        end = next(iter(until), "")
        struck = {c: r.struck for c, r in readings.items() if r.struck is not None}
        now = Offer(prices={c: r.money for c, r in readings.items()}, struck=struck, until=end,
                    promotional=bool(end or struck), **common)
        later = {c: r.later for c, r in readings.items() if r.later is not None}
        if not later:
            return [now]
        if len(later) != len(readings) or not end:
            raise PageChanged(f"{common['locator']}: expected list and discounted prices in every cell and an end, found {evidence}")
        return [Offer(prices=later, since=end, **common), now]


def _is_price(cell: Cell) -> bool:
    return bool(amounts(cell.text)) or is_free(cell.text) or bool(cell.struck)


class _Columns(_Reader):
    """Models in columns; components, tiers and times of day in the rows' labels."""

    def __init__(self, block: Block, header: int, models: dict[int, str], prose: str) -> None:
        super().__init__(block, header, prose)
        self.models = models
        if len(set(models.values())) != len(models):
            raise PageChanged(f"{block.locator(header)}: expected different models, found {list(models.values())}")

    def read(self) -> list[Offer]:
        section, part, part_label, merged = ("standard", ""), None, "", set()
        for r in range(self.header + 1, len(self.block.rows)):
            row = self.block.rows[r]
            labels, values = self._parts(row, r)
            joined = " ".join(labels)
            for label in labels:
                section_tier = _matched(label, _SECTIONS)
                if section_tier:
                    section, part = (section_tier, day_block(joined)), None
                elif section[1] == "" and day_block(label):
                    section = (section[0], day_block(label))
                if component(label):
                    part, part_label = component(label), label
            if values is None:
                if any(component(label) for label in labels):
                    raise PageChanged(f"{self.block.locator(r)}: expected prices beside {labels}, found none")
                continue
            tier = next((t for label in labels if (t := _matched(label, _TIERS))), None)
            if part is None or not (tier or any(component(label) for label in labels)):
                raise PageChanged(f"{self.block.locator(r)}: expected a known price label, found {labels}")
            merged.add(len(values) == 1 < len(self.models))
            for model, cell in zip(self.models.values(), values * len(self.models) if len(values) == 1 else values, strict=True):
                self.take(model, *((tier, "") if tier else section), part, part_label, cell, r)
        if len(merged) > 1:
            raise PageChanged(f"table {self.block.index + 1}: expected a price for each model in every row, found fewer in some")
        return self.result()

    def _parts(self, row: list[Cell], r: int) -> tuple[list[str], list[Cell] | None]:
        """A row's labels and its prices, one per model (or one for all, where text lost a merged cell)."""
        filled = [n for n, c in enumerate(row) if c.text or c.struck]
        priced = [n for n in filled if _is_price(row[n])]
        labels = list(dict.fromkeys(MARK.sub("", row[n].text).strip() for n in filled if n not in priced and n not in self.models
                                    or n not in priced and not self.block.aligned))
        if not priced:
            return labels, None
        columns = list(self.models)
        if all(n < len(row) and (_is_price(row[n]) or is_empty(row[n].text) and not row[n].missing) for n in columns) \
                and set(priced) <= set(columns) and (self.block.aligned or all(row[n].text for n in columns)):
            return labels, [row[n] for n in columns]
        if self.block.aligned:
            raise PageChanged(f"{self.block.locator(r)}: expected prices below the models, found {[c.text for c in row]}")
        last = filled[-len(self.models):]
        if set(priced) <= set(last) and last == list(range(last[0], last[0] + len(self.models))) \
                and all(n in priced or is_empty(row[n].text) for n in last):
            return [label for label in labels if not is_empty(label)], [row[n] for n in last]
        if len(priced) == 1 and priced[0] == filled[-1]:
            return labels, [row[priced[0]]]
        raise PageChanged(f"{self.block.locator(r)}: expected {len(self.models)} prices at the end of the row, found {[c.text for c in row]}")


class _Rows(_Reader):
    """Models in rows; components in the columns' labels."""

    def __init__(self, block: Block, header: int, words: list[str], prose: str) -> None:
        super().__init__(block, header, prose)
        self.words = words
        self.parts = {n: component(w) for n, w in enumerate(words) if component(w)}
        if len(set(self.parts.values())) != len(self.parts):
            raise PageChanged(f"{block.locator(header)}: expected different price columns, found {words}")

    def read(self) -> list[Offer]:
        model = ""
        for r in range(self.header + 1, len(self.block.rows)):
            row = self.block.rows[r]
            filled = [n for n, c in enumerate(row) if c.text or c.struck]
            if not filled:
                continue
            values = self._values(row, filled, r)
            texts = [MARK.sub("", row[n].text).strip() for n in filled if n not in values]
            names = list(dict.fromkeys(t for t in texts if _MODEL_ID.fullmatch(t) and not _matched(t, _TIERS)))
            tier = next((t for text in texts if (t := _matched(text, _TIERS))), "standard")
            if len(names) > 1 or not (names or model):
                raise PageChanged(f"{self.block.locator(r)}: expected one model, found {texts}")
            model = names[0] if names else model
            if not names and tier == "standard":
                raise PageChanged(f"{self.block.locator(r)}: expected a model or a tier, found {texts}")
            for n, part in values.items():
                self.take(model, tier, "", part, self.words[self._column(part)], row[n], r)
        return self.result()

    def _column(self, part: str) -> int:
        return next(n for n, p in self.parts.items() if p == part)

    def _values(self, row: list[Cell], filled: list[int], r: int) -> dict[int, str]:
        columns = list(self.parts)
        if len(row) == len(self.words) and all(_is_price(row[n]) or is_empty(row[n].text) for n in columns) \
                and not any(_is_price(row[n]) for n in filled if n not in columns) and not any(row[n].missing for n in columns):
            return {n: self.parts[n] for n in columns}
        last = filled[-len(columns):]
        if self.block.aligned or len(last) < len(columns) or not all(_is_price(row[n]) for n in last) \
                or any(_is_price(row[n]) for n in filled if n not in last):
            raise PageChanged(f"{self.block.locator(r)}: expected {len(columns)} prices, found {[c.text for c in row]}")
        return dict(zip(last, self.parts.values(), strict=True))


def _matched(label: str, patterns: dict[str, str]) -> str | None:
    text = re.sub(r"\([^()]*\)", "", plain(label)).strip()
    return next((name for pattern, name in patterns.items() if re.fullmatch(pattern, text, re.I)), None)


def _finish(found: list[Offer]) -> list[Offer]:
    if not found:
        raise PageChanged("expected prices in a table of models, found none")
    return found


def meters(block: Block, rows: PriceRows) -> None:
    """Prices per request, page or character: long form. A table with amounts and no unit column is refused."""
    if not any(amounts(c.text) for row in block.rows for c in row):
        return
    header = [c.text for c in block.rows[0]]
    unit = next((n for n, t in enumerate(header) if _METER_HEADER.fullmatch(t)), None)
    if unit is None:
        raise PageChanged(f"{block.locator(0)}: expected models or a billing unit in the header, found {header}")
    for r, row in enumerate(block.rows[1:], start=1):
        said = row[unit].text
        if re.search(r"tok", said, re.I):
            raise PageChanged(f"{block.locator(r)}: expected a unit other than tokens, found {said!r}")
        for n, cell in enumerate(row):
            if n != unit and amounts(cell.text) and re.search(r"price|价", header[n], re.I):
                discount = bool(re.search(r"discount|折扣|优惠", header[n], re.I))
                rows.extra(row[0].text, _meter(said), amounts(cell.text)[0], unit=said,
                           status="promotional" if discount else "in_force", condition=header[n] if discount else "",
                           evidence=" | ".join(c.text for c in row), locator=block.locator(r))


def _meter(unit: str) -> str:
    known = {r"page|页": "page", r"character|字符": "character", r"request|call|次": "request", r"hour|小时": "audio_hour"}
    return next((c for pattern, c in known.items() if re.search(pattern, unit, re.I)), "other")


