"""Alibaba Cloud's China-site price page of hosted models: Chinese headers, prices in yuan per thousand tokens.

One table of token-priced models by region, model and input tier, then image, video and audio tables whose
meters (per image, per second) are kept in the long form. ``cached`` is the implicit cache hit; the explicit
one has its own price and is kept in the long form with its condition.
"""

from __future__ import annotations

import re

from sources.pages.build import PriceRows, is_empty, row_evidence
from sources.pages.columns import body, columns, currency_in, distinct, one_token_unit, price, split_unit
from sources.pages.page import Page
from sources.pages.quote import PageChanged, PriceQuote
from sources.pages.tables import Grid, html_grids, markdown_grids

MEANINGS = {
    r"地域|部署模式|服务部署范围": "region",
    r"模型名称|模型|模型code": "model",
    r"模型类别|模式|计费规则": "kind",
    r"输入 ?token ?(?:阶梯|数|范围)|单次请求的输入 ?token ?数|分辨率/规格": "condition",
    r"输入(?:单价|价格|成本)": "input",
    r"输出(?:单价|价格|成本)": "output",
    r"显式缓存创建(?:单价)?": "cache_write_5m",
    r"显式缓存命中(?:单价)?": "explicit",
    r"(?:隐式)?缓存命中(?:单价)?": "cached_input",
    r"单价": "meter",
}
METERS = {r"元/张": ("image", "image"), r"元/秒": ("video_second", "second"), r"元/次": ("request", "request"),
          r"元/万字符": ("character", "10K characters")}


def parse(page: Page) -> list[PriceQuote]:
    """Quotes of the page; raises ``PageChanged`` for a priced table that is not understood."""
    rows = PriceRows()
    grids = distinct(html_grids(page.tree) if page.is_html else markdown_grids(page.text))
    for grid in grids:
        where = f"table {grid.index + 1} ({' > '.join(grid.heading)})"
        split = [split_unit(t) for t in grid.header()]
        found = columns([w for w, _ in split], MEANINGS, where=where)
        units = {c: split[n][1] for c, n in found.items() if split[n][1]}
        if "model" not in found or not units or any(currency_in(u) != "CNY" for u in units.values()):
            raise PageChanged(f"{where}: expected a model column and prices in yuan, found {grid.header()}")
        if set(units) == {"meter"}:
            _metered(grid, found, units["meter"], rows, where)
        else:
            _tokens(grid, found, units, rows, where)
    if not rows.quotes:
        raise PageChanged("expected tables of prices, found none")
    return rows.quotes


def _tokens(grid: Grid, found: dict[str, int], units: dict[str, str], rows: PriceRows, where: str) -> None:
    priced = {c: n for c, n in found.items() if c not in ("model", "region", "kind", "condition")}
    if not {"input", "output"} <= set(priced) or set(units) != set(priced):
        raise PageChanged(f"{where}: expected input and output prices with their units, found {grid.header()}")
    unit = one_token_unit(units.values(), where=where)
    for r, row in body(grid):
        at = f"{where}, row {r + 1}"
        prices = {c: price(row[n], unit=unit, currency="CNY", where=at) for c, n in priced.items()}
        embedding = "kind" in found and "向量" in row[found["kind"]].text
        if prices["input"] is None or (prices["output"] is None and not embedding):
            raise PageChanged(f"{at}: expected an input and an output price, found {row_evidence(row)}")
        limit = row[found["condition"]] if "condition" in found else None
        fields = {"unit": unit, "region": row[found["region"]].text if "region" in found else "",
                  "condition": "" if limit is None or is_empty(limit.text) else limit.printed,
                  "evidence": row_evidence(row), "locator": grid.locator(r, 0)}
        explicit = prices.pop("explicit", None)
        rows.add(row[found["model"]].text, prices, **fields)
        if explicit is not None:
            named = {"condition": " ".join(filter(None, [fields["condition"], "explicit cache"]))}
            rows.extra(row[found["model"]].text, "cached_input", explicit, **(fields | named))


def _metered(grid: Grid, found: dict[str, int], unit: str, rows: PriceRows, where: str) -> None:
    known = next((m for pattern, m in METERS.items() if re.fullmatch(pattern, unit.replace(" ", ""))), None)
    if known is None:
        raise PageChanged(f"{where}: expected a known meter, found {unit!r}")
    for r, row in body(grid):
        money = price(row[found["meter"]], unit=known[1], currency="CNY", where=f"{where}, row {r + 1}")
        if money is None:
            raise PageChanged(f"{where}, row {r + 1}: expected a price, found {row_evidence(row)}")
        audio = known[0] == "video_second" and "kind" in found and "音频" in row[found["kind"]].text
        limit = row[found["condition"]].text if "condition" in found else ""
        rows.extra(row[found["model"]].text, "other" if audio else known[0], money, unit=known[1],
                   region=row[found["region"]].text if "region" in found else "",
                   condition="" if is_empty(limit) else limit, evidence=row_evidence(row), locator=grid.locator(r, 0))
