"""Tencent Cloud TokenHub's price page: one table of language models per region, then embeddings.

The regions are tabs above the tables; a region's table repeats models at other prices. Embedding models are
kept in the long form only. English and Chinese pages have the same columns.
"""

from __future__ import annotations

import re

from sources.pages.build import PriceRows, is_empty, row_evidence
from sources.pages.columns import body, columns, currency_in, distinct, one_token_unit, price, split_unit
from sources.pages.page import Page
from sources.pages.quote import PageChanged, PriceQuote
from sources.pages.tables import Grid, html_grids
from units.quantity import plain

MEANINGS = {
    r"模型名称|模型|model(?: name)?": "model",
    r"条件(?: ?\(token\))?|conditions?(?: ?\(tokens?\))?": "condition",
    r"(?:推理)?输入|(?:inference )?input": "input",
    r"(?:推理)?输出|(?:inference )?output": "output",
    r"缓存命中(?:输入)?|cache hits?|cached input": "cached_input",
    r"缓存(?:写入|创建)|cache (?:write|creation)s?": "cache_write_5m",
    r"缓存存储|cache storage": "cache_storage_hour",
    r"计费项|billing items?": "item",
    r"价格|price": "price",
}
ITEMS = {
    r"文本输入|text input": "embedding",
    r"图片输入|图像输入|image input": "input_image",
    r"视频输入|video input": "input_video",
    r"音频输入|audio input": "input_audio",
}


def parse(page: Page) -> list[PriceQuote]:
    """Quotes of the page; raises ``PageChanged`` for a priced table that is not understood."""
    rows = PriceRows()
    models: list[Grid] = []
    others: list[Grid] = []
    for grid in html_grids(page.tree):
        words = {split_unit(t)[0] for t in grid.header()}
        (others if words & {"计费项", "Billing Item", "Billing item", "Billing Items"} else models).append(grid)
    for grid, region in zip(models, regions := _regions(page, models), strict=False):
        _table(grid, rows, region)
    if len(models) > len(regions):
        for grid in models[len(regions) :]:
            if not any(grid.texts() == other.texts() for other in models[: len(regions)]):
                raise PageChanged(f"expected one table per region {regions}, found {len(models)} different ones")
    for grid in distinct(others):
        _embeddings(grid, rows)
    if not models or not rows.quotes:
        raise PageChanged("expected tables of language models, found none")
    return rows.quotes


def _regions(page: Page, models: list[Grid]) -> list[str]:
    """The regions named by the tabs, one per table; a single table without tabs has the region ``""``."""
    labels = [plain(n.text(deep=True)) for n in page.tree.css("[class*='tabs__item-label']")]
    if len(labels) > len(models):
        raise PageChanged(f"expected a table for each of the regions {labels}, found {len(models)}")
    if not labels and len(distinct(models)) == 1:
        return [""]
    if not labels or len(set(labels)) != len(labels):
        raise PageChanged(f"expected a region tab for each of {len(models)} tables, found {labels}")
    return labels


def _header(grid: Grid) -> tuple[str, dict[str, int], list[str]]:
    where = f"table {grid.index + 1} ({' > '.join(grid.heading)})"
    split = [split_unit(t) for t in grid.header()]
    return where, columns([w for w, _ in split], MEANINGS, where=where), [u for _, u in split]


def _money(found: dict[str, int], units: list[str], where: str) -> tuple[dict[str, int], str, str]:
    priced = {c: n for c, n in found.items() if c not in ("model", "condition", "item")}
    currencies = {currency_in(units[n]) for n in priced.values()}
    if len(currencies) != 1 or "" in currencies:
        raise PageChanged(f"{where}: expected one currency in the headers, found {sorted(currencies)}")
    return priced, one_token_unit((units[n] for n in priced.values()), where=where), currencies.pop()


def _table(grid: Grid, rows: PriceRows, region: str) -> None:
    where, found, units = _header(grid)
    if not {"model", "input", "output"} <= set(found):
        raise PageChanged(f"{where}: expected model, input and output columns, found {grid.header()}")
    priced, unit, currency = _money(found, units, where)
    for r, row in body(grid):
        at = f"{where}, row {r + 1}"
        prices = {c: price(row[n], unit=unit, currency=currency, where=at) for c, n in priced.items()}
        if prices["input"] is None or prices["output"] is None:
            raise PageChanged(f"{at}: expected an input and an output price, found {row_evidence(row)}")
        limit = row[found["condition"]] if "condition" in found else None
        storage = prices.pop("cache_storage_hour", None)
        fields = {
            "unit": unit,
            "region": region,
            "evidence": row_evidence(row),
            "locator": grid.locator(r, 0),
            "condition": "" if limit is None or is_empty(limit.text) else limit.printed,
        }
        rows.add(row[found["model"]].text, prices, **fields)
        if storage is not None:
            rows.extra(row[found["model"]].text, "cache_storage_hour", storage, **(fields | {"unit": f"{unit}-hours"}))


def _embeddings(grid: Grid, rows: PriceRows) -> None:
    where, found, units = _header(grid)
    if set(found) != {"model", "item", "price"}:
        raise PageChanged(f"{where}: expected model, item and price columns, found {grid.header()}")
    _, unit, currency = _money(found, units, where)
    for r, row in body(grid):
        item = row[found["item"]].text
        component = next((c for pattern, c in ITEMS.items() if re.fullmatch(pattern, item, re.I)), None)
        money = price(row[found["price"]], unit=unit, currency=currency, where=f"{where}, row {r + 1}")
        if component is None or money is None:
            raise PageChanged(f"{where}, row {r + 1}: expected a known priced item, found {row_evidence(row)}")
        rows.extra(row[found["model"]].text, component, money, unit=unit, evidence=row_evidence(row), locator=grid.locator(r, 0))
