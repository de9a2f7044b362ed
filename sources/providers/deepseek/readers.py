"""The two ways DeepSeek's tables stand: models in columns, or models in rows.

Rows are read by their labels. Where merged cells were lost (text), a row's last cells are its prices, one per
model, and labels carry down; a row with an amount and no known label is refused.
"""

from __future__ import annotations

from functools import partial

from sources.pages.build import is_empty, row_evidence
from sources.pages.quote import PageChanged
from sources.pages.tables import Cell
from sources.providers.deepseek.blocks import Block
from sources.providers.deepseek.labels import MODEL_ID, SECTIONS, TIERS, Offer, component, is_price, matched
from sources.providers.deepseek.prices import MARK, Reading, read_price
from sources.providers.deepseek.times import day_block, peak_hours
from units.quantity import UnreadableQuantity, token_unit


class Reader:
    """What both orientations share: the components collected per (tier, condition, model)."""

    def __init__(self, block: Block, header: int, prose: str) -> None:
        self.block, self.header, self.prose = block, header, prose
        self.units: set[str] = set()
        self.peaked = any(matched(MARK.sub("", c.text), TIERS) == "peak" for row in block.rows for c in row)
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
                raise PageChanged(
                    f"table {self.block.index + 1}: expected peak and off-peak prices of {', '.join(lone)}, found one of them"
                )
        timed = {condition: tier for tier, condition, _ in self.found if condition and tier != "peak"}
        if timed and set(timed.values()) != {"standard", "off-peak"}:
            raise PageChanged(f"table {self.block.index + 1}: expected prices for the whole day, found them for {', '.join(timed)} alone")
        made = []
        for (tier, condition, model), prices in self.found.items():
            if all(reading.money is None for reading, *_ in prices.values()):
                continue
            needed = {"input", "output"} | ({"cached_input"} if cached else set())
            if set(prices) != needed or any(prices[c][0].money is None for c in ("input", "output")):
                raise PageChanged(
                    f"table {self.block.index + 1}: expected {', '.join(sorted(needed))} prices of {model} "
                    f"({tier}), found {', '.join(sorted(prices))}"
                )
            made += self._split(tier, condition, model, prices)
        return made

    def _split(self, tier: str, condition: str, model: str, prices: dict[str, tuple[Reading, str, int]]) -> list[Offer]:
        """One offer, or two where cells hold a list price to come and a discounted one in force."""
        readings = {c: reading for c, (reading, *_) in prices.items()}
        evidence = " || ".join(dict.fromkeys(words for _, words, _ in prices.values()))
        at = self.block.locator(next(iter(prices.values()))[2])
        offer = partial(Offer, model=model, tier=tier, condition=condition, unit=next(iter(self.units)), evidence=evidence, locator=at)
        until = {r.until for r in readings.values() if r.until}
        if len(until) > 1:
            raise PageChanged(f"{at}: expected one end of the offer, found {sorted(until)}")
        end = next(iter(until), "")
        struck = {c: r.struck for c, r in readings.items() if r.struck is not None}
        now = offer(prices={c: r.money for c, r in readings.items()}, struck=struck, until=end, promotional=bool(end or struck))
        later = {c: r.later for c, r in readings.items() if r.later is not None}
        if not later:
            return [now]
        if len(later) != len(readings) or not end:
            raise PageChanged(f"{at}: expected list and discounted prices in every cell and an end, found {evidence}")
        return [offer(prices=later, since=end), now]


class ModelsInColumns(Reader):
    """Models in columns; components, tiers and times of day in the rows' labels."""

    def __init__(self, block: Block, header: int, models: dict[int, str], prose: str) -> None:
        super().__init__(block, header, prose)
        self.models = models
        if len(set(models.values())) != len(models):
            raise PageChanged(f"{block.locator(header)}: expected different models, found {list(models.values())}")

    def read(self) -> list[Offer]:
        """The offers of the table, in page order; raises ``PageChanged`` for a row that is not understood."""
        section, part, part_label, merged = ("standard", ""), None, "", set()
        for r in range(self.header + 1, len(self.block.rows)):
            row = self.block.rows[r]
            labels, values = self._parts(row, r)
            joined = " ".join(labels)
            for label in labels:
                section_tier = matched(label, SECTIONS)
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
            tier = next((t for label in labels if (t := matched(label, TIERS))), None)
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
        priced = [n for n in filled if is_price(row[n])]
        labels = list(
            dict.fromkeys(
                MARK.sub("", row[n].text).strip()
                for n in filled
                if n not in priced and n not in self.models or n not in priced and not self.block.aligned
            )
        )
        if not priced:
            return labels, None
        columns = list(self.models)
        if (
            all(n < len(row) and (is_price(row[n]) or is_empty(row[n].text) and not row[n].missing) for n in columns)
            and set(priced) <= set(columns)
            and (self.block.aligned or all(row[n].text for n in columns))
        ):
            return labels, [row[n] for n in columns]
        if self.block.aligned:
            raise PageChanged(f"{self.block.locator(r)}: expected prices below the models, found {[c.text for c in row]}")
        last = filled[-len(self.models) :]
        if (
            set(priced) <= set(last)
            and last == list(range(last[0], last[0] + len(self.models)))
            and all(n in priced or is_empty(row[n].text) for n in last)
        ):
            return [label for label in labels if not is_empty(label)], [row[n] for n in last]
        if len(priced) == 1 and priced[0] == filled[-1]:
            return labels, [row[priced[0]]]
        raise PageChanged(
            f"{self.block.locator(r)}: expected {len(self.models)} prices at the end of the row, found {[c.text for c in row]}"
        )


class ModelsInRows(Reader):
    """Models in rows; components in the columns' labels."""

    def __init__(self, block: Block, header: int, words: list[str], prose: str) -> None:
        super().__init__(block, header, prose)
        self.words = words
        self.parts = {n: part for n, w in enumerate(words) if (part := component(w))}
        if len(set(self.parts.values())) != len(self.parts):
            raise PageChanged(f"{block.locator(header)}: expected different price columns, found {words}")

    def read(self) -> list[Offer]:
        """The offers of the table, in page order; raises ``PageChanged`` for a row that is not understood."""
        model = ""
        for r in range(self.header + 1, len(self.block.rows)):
            row = self.block.rows[r]
            filled = [n for n, c in enumerate(row) if c.text or c.struck]
            if not filled:
                continue
            values = self._values(row, filled, r)
            texts = [MARK.sub("", row[n].text).strip() for n in filled if n not in values]
            names = list(dict.fromkeys(t for t in texts if MODEL_ID.fullmatch(t) and not matched(t, TIERS)))
            tier = next((t for text in texts if (t := matched(text, TIERS))), "standard")
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
        if (
            len(row) == len(self.words)
            and all(is_price(row[n]) or is_empty(row[n].text) for n in columns)
            and not any(is_price(row[n]) for n in filled if n not in columns)
            and not any(row[n].missing for n in columns)
        ):
            return {n: self.parts[n] for n in columns}
        last = filled[-len(columns) :]
        if (
            self.block.aligned
            or len(last) < len(columns)
            or not all(is_price(row[n]) for n in last)
            or any(is_price(row[n]) for n in filled if n not in last)
        ):
            raise PageChanged(f"{self.block.locator(r)}: expected {len(columns)} prices, found {[c.text for c in row]}")
        return dict(zip(last, self.parts.values(), strict=True))
