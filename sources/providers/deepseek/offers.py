"""From a table to offers: which table lists models and how it stands; other tables are meters."""

from __future__ import annotations

import re

from sources.pages.build import PriceRows
from sources.pages.quote import PageChanged
from sources.providers.deepseek.blocks import Block
from sources.providers.deepseek.labels import MODEL_ID, MODEL_WORD, Offer, component
from sources.providers.deepseek.prices import MARK
from sources.providers.deepseek.readers import ModelsInColumns, ModelsInRows
from units.quantity import amounts

_METER_HEADER = re.compile(r"billing unit|unit|计费单位", re.I)


def offers(block: Block, prose: str) -> list[Offer]:
    """The offers of a table, in page order; none for a table that names no models."""
    for r, row in enumerate(block.rows):
        words = [MARK.sub("", c.text).strip() for c in row]
        first = next((n for n, w in enumerate(words) if w), None)
        if first is None or not MODEL_WORD.fullmatch(words[first]):
            continue
        others = [n for n, w in enumerate(words) if w and not row[n].spanned and not MODEL_WORD.fullmatch(w)]
        if others and all(MODEL_ID.fullmatch(words[n]) for n in others):
            if r + 1 == len(block.rows):
                raise PageChanged(f"{block.locator(r)}: expected rows below the models, found none")
            return ModelsInColumns(block, r, {n: words[n] for n in others}, prose).read()
        if any(component(words[n]) for n in others):
            return _finish(ModelsInRows(block, r, words, prose).read())
        raise PageChanged(f"{block.locator(r)}: expected model ids or price columns beside {words[first]!r}, found {words}")
    return []


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
                rows.extra(
                    row[0].text,
                    _meter(said),
                    amounts(cell.text)[0],
                    unit=said,
                    status="promotional" if discount else "in_force",
                    condition=header[n] if discount else "",
                    evidence=" | ".join(c.text for c in row),
                    locator=block.locator(r),
                )


def _meter(unit: str) -> str:
    known = {r"page|页": "page", r"character|字符": "character", r"request|call|次": "request", r"hour|小时": "audio_hour"}
    return next((c for pattern, c in known.items() if re.search(pattern, unit, re.I)), "other")
