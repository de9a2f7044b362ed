"""Moonshot's (Kimi's) price pages: Markdown with a table component, plain Markdown, or rendered HTML.

One page lists one family in one currency (dollars on kimi.ai, yuan on kimi.com); several pages may be joined.
The unit is a column. Pages whose prices are drawn by a script alone hold no table and are refused.
"""

from __future__ import annotations

import re

from sources.pages.build import PriceRows, row_evidence
from sources.pages.columns import body, columns, distinct, price
from sources.pages.page import Page
from sources.pages.quote import PageChanged, PriceQuote
from sources.pages.tables import Grid, html_grids, markdown_grids
from sources.providers.moonshot.component import component_grids
from units.quantity import amounts, plain, token_unit

MEANINGS = {
    r"models?|model name|模型|模型名称": "model",
    r"(?:billing )?unit|计费单位": "unit",
    r"(?:cached input|input) price ?\(cache hit\)|cached input price|输入价格 ?\(缓存命中\)|缓存命中价格": "cached_input",
    r"input price(?: ?\(cache miss\))?|输入价格(?: ?\(缓存未命中\))?": "input",
    r"output price|输出价格": "output",
    r"cache write(?: price)? ?\(ttl 5 ?min\)|缓存写入(?:价格)? ?\(ttl 5 ?min\)": "cache_write_5m",
    r"cache write(?: price)? ?\(ttl 1 ?h\)|缓存写入(?:价格)? ?\(ttl 1 ?h\)": "cache_write_1h",
    r"price|价格": "both",
    r"request context length range.*|请求上下文长度.*|上下文长度.*": "condition",
    r"context window|context length|上下文窗口": "",
}
_BATCH = re.compile(r"\s*\(batch\)$", re.IGNORECASE)


def parse(page: Page) -> list[PriceQuote]:
    """Quotes of the page; raises ``PageChanged`` for a priced table that is not understood."""
    rows = PriceRows()
    if page.is_html and "<DocTable" not in page.text:
        grids = html_grids(page.tree)
    else:
        grids = component_grids(page.text) or markdown_grids(page.text)
    for grid in distinct(grids):
        header = {plain(t).lower() for t in grid.header()}
        if header & {"model", "models", "模型"} or any(amounts(c.text) for row in grid.rows for c in row):
            _table(grid, rows)
    if not rows.quotes:
        raise PageChanged("expected a table of models and prices, found none (the page may be drawn by a script)")
    said = {token_unit(m) for m in re.findall(r"(?:cost per|每消耗) ?([^.\n]{1,12}tokens)", page.text, re.I)}
    if said and said != {q.unit for q in rows.quotes}:
        raise PageChanged(f"expected prices per {' or '.join(sorted(said))} as the page says, found another unit in a table")
    if len(currencies := {q.currency for q in rows.quotes}) > 1:
        raise PageChanged(f"expected one currency on the page, found {sorted(currencies)}")
    return rows.quotes


def _table(grid: Grid, rows: PriceRows) -> None:
    where = f"table {grid.index + 1} ({' > '.join(grid.heading)})"
    found = columns(grid.header(), MEANINGS, where=where)
    priced = {c: n for c, n in found.items() if c not in ("model", "unit", "condition")}
    if not {"model", "unit"} <= set(found) or not ({"input", "output"} <= set(priced) or "both" in priced):
        raise PageChanged(f"{where}: expected model, unit, input and output columns, found {grid.header()}")
    for r, row in body(grid):
        at = f"{where}, row {r + 1}"
        unit = token_unit(row[found["unit"]].text)
        prices = {c: price(row[n], unit=unit, where=at) for c, n in priced.items()}
        if "both" in prices:
            prices |= {"input": prices["both"], "output": prices.pop("both")}
        if prices["input"] is None or prices["output"] is None:
            raise PageChanged(f"{at}: expected an input and an output price, found {row_evidence(row)}")
        label = row[found["model"]].text
        if not re.fullmatch(r"(?a)[a-z][\w.\-]+(?: \(batch\)|\(batch\))?", label, re.IGNORECASE):
            raise PageChanged(f"{at}: expected a model name, found {label!r}")
        rows.add(_BATCH.sub("", label), prices, unit=unit, tier="batch" if _BATCH.search(label) else "standard",
                 condition=row[found["condition"]].text if "condition" in found else "",
                 evidence=row_evidence(row), locator=grid.locator(r, 0))
