"""Zhipu's Chinese price page: rendered tables whose header and body are two tables, prices in yuan.

The flagship models have input, output and cache prices by input (and output) length; other models have one
price for all tokens and perhaps a batch price, each with its own unit in the cell. Speech, image, video, tools,
tuning and private deployment are kept in the long form or left out by the section they stand in.
"""

from __future__ import annotations

import re
from dataclasses import replace

from sources.pages.build import PriceRows, is_empty, is_free, row_evidence
from sources.pages.columns import body, columns, distinct, one_token_unit, price, split_unit
from sources.pages.page import Page
from sources.pages.quote import PageChanged, PriceQuote
from sources.pages.tables import Cell, Grid, html_grids, markdown_grids
from units.quantity import Money, amounts, one_amount, plain, token_unit

MEANINGS = {
    r"模型名称|模型|工具名称|产品名称": "model",
    r"上下文|上下文长度": "context",
    r"输入(?:单价|价格)?": "input",
    r"输出(?:单价|价格)?": "output",
    r"缓存存储": "cache_storage_hour",
    r"缓存命中|输入\(缓存命中\)|缓存输入": "cached_input",
    r"单价|价格": "one",
    r"batch api ?定价|batch ?价格": "batch",
    r"多模态支持|输入模态|简介|说明": "",
    r"分辨率": "resolution",
}
ELSEWHERE = re.compile(r"微调|私有|部署|套餐|资源包|本地")
"""Sections about tuning, private instances and packages: no price of an API token."""
_BADGE = re.compile(r"新品|热门|推荐|限时(?:特惠|优惠)?|new|hot", re.I)
_LENGTHS = re.compile(r"(?:(?:输入|输出)长度 ?[\[(][\d.]+(?:\+|, ?[\d.]+)[\])] ?)+")
_METERS = {r"次": "request", r"张": "image", r"万字符": "character", r"分钟": "audio_minute", r"秒": "video_second"}


def parse(page: Page) -> list[PriceQuote]:
    """Quotes of the page; raises ``PageChanged`` for a priced table that is not understood."""
    rows = PriceRows()
    grids = html_grids(page.tree) if page.is_html else markdown_grids(page.text)
    for grid in distinct(_joined(grids)):
        if ELSEWHERE.search(" ".join(grid.heading[-1:])):
            continue
        split = [split_unit(t) if re.search("tok", t, re.I) else (plain(t), "") for t in grid.header()]
        where = f"table {grid.index + 1} ({' > '.join(grid.heading)})"
        found = columns([w for w, _ in split], MEANINGS, where=where)
        if {"model", "input", "output"} <= set(found):
            _flagship(grid, found, [u for _, u in split], rows, where)
        elif {"model", "one"} <= set(found):
            _one_price(grid, found, rows, where)
        else:
            raise PageChanged(f"{where}: expected input and output prices or one price, found {grid.header()}")
    if not any(q.row is not None for q in rows.quotes):
        raise PageChanged("expected tables of models and prices, found none")
    return rows.quotes


def _joined(grids: list[Grid]) -> list[Grid]:
    """Tables whose header is a table of its own, put back together; a header without a body is refused."""
    joined, n = [], 0
    while n < len(grids):
        grid = grids[n]
        alone = len(grid.rows) == 1 and all(c.header for c in grid.rows[0])
        if not alone:
            joined.append(grid)
        elif (
            n + 1 < len(grids)
            and grids[n + 1].width == grid.width
            and grids[n + 1].heading == grid.heading
            and not any(c.header for c in grids[n + 1].rows[0])
        ):
            joined.append(replace(grids[n + 1], rows=grid.rows + grids[n + 1].rows))
            n += 1
        else:
            raise PageChanged(
                f"table {grid.index + 1} ({' > '.join(grid.heading)}): expected rows below the header "
                f"{grid.header()}, found none of that width"
            )
        n += 1
    return joined


def _flagship(grid: Grid, found: dict[str, int], units: list[str], rows: PriceRows, where: str) -> None:
    priced = {c: n for c, n in found.items() if c in ("input", "output", "cached_input", "cache_storage_hour")}
    unit = one_token_unit((units[n] for n in priced.values()), where=where)
    if any(("小时" in units[n]) != (c == "cache_storage_hour") for c, n in priced.items()):
        raise PageChanged(f"{where}: expected only cache storage to be charged by the hour, found {grid.header()}")
    thousands = "千" in units[found["context"]] if "context" in found else False
    for r, row in body(grid):
        at = f"{where}, row {r + 1}"
        prices = {c: _in_yuan(price(row[n], unit=unit, currency="CNY", where=at), row[n], at) for c, n in priced.items()}
        if prices["input"] is None or prices["output"] is None:
            raise PageChanged(f"{at}: expected an input and an output price, found {row_evidence(row)}")
        storage = prices.pop("cache_storage_hour", None)
        fields = {
            "unit": unit,
            "condition": _lengths(row[found["context"]].text, thousands, at) if "context" in found else "",
            "evidence": row_evidence(row),
            "locator": grid.locator(r, 0),
        }
        label = _name(row[found["model"]], at)
        rows.add(label, prices, **fields)
        if storage is not None:
            offer = {"status": "promotional"} if "限时" in storage.text else {}
            rows.extra(label, "cache_storage_hour", storage, **(fields | {"unit": f"{unit}-hours"} | offer))


def _in_yuan(money: Money | None, cell: Cell, where: str) -> Money | None:
    """A figure must carry its currency in the cell; the headers name none."""
    if money is not None and re.search(r"\d", cell.text) and not re.search(r"[元¥]", cell.text):
        raise PageChanged(f"{where}: expected a price in yuan, found {cell.text!r}")
    return money


def _name(cell: Cell, where: str) -> str:
    name, *badges = cell.lines or ("",)
    if not re.fullmatch(r"(?a)(?=.*[\d\-_]|emohaa$|rerank$)[A-Za-z][\w.\-/ ()]*", name, re.I) or any(
        not _BADGE.fullmatch(b) for b in badges
    ):
        raise PageChanged(f"{where}: expected a model name, found {cell.text!r}")
    return name


def _lengths(text: str, thousands: bool, where: str) -> str:
    """Input and output lengths a price holds for, in thousands of tokens; a context size alone is no condition."""
    if is_empty(text) or re.fullmatch(r"\d+(?:\.\d+)?[KM]?", text):
        return ""
    if not _LENGTHS.fullmatch(text + " "):
        raise PageChanged(f"{where}: expected input and output lengths, found {text!r}")
    return re.sub(r"([\])])", r"\1K", text) if thousands else text


def _one_price(grid: Grid, found: dict[str, int], rows: PriceRows, where: str) -> None:
    """Tables with one price for all tokens (or per request ...) and perhaps a batch price."""
    spoken = any("多模态支持" in t for t in grid.header())
    for r, row in body(grid):
        at = f"{where}, row {r + 1}"
        label = _name(row[found["model"]], at)
        fields = {"evidence": row_evidence(row), "locator": grid.locator(r, found["one"])}
        for column, tier in (("one", "standard"), ("batch", "batch")):
            if column not in found or is_empty(row[found[column]].text) and not row[found[column]].struck:
                continue
            cell = row[found[column]]
            if cell.missing or cell.struck:
                raise PageChanged(f"{at}: expected a price in force, found {row_evidence(row)}")
            if is_free(cell.text) and "resolution" not in found and not spoken:
                _tokens(rows, label, Money(plain(cell.text), one_amount("0元").amount, "CNY"), "1M tokens", tier, fields)
                continue
            parts = [p for p in re.split(r"[;,]", cell.text) if amounts(p)]
            unit = re.fullmatch(r"\d+(?:\.\d+)? ?元 ?/ ?(.+)", cell.text)
            if unit and re.search("tok", unit[1], re.I) and not spoken:
                _tokens(rows, label, one_amount(cell.text), token_unit("/" + unit[1]), tier, fields)
            elif parts or is_free(cell.text):
                for part in parts or [cell.text]:
                    _meter(rows, label, part, tier, fields, at)
            else:
                raise PageChanged(f"{at}: expected a price, found {cell.text!r}")


def _tokens(rows: PriceRows, label: str, money: Money, unit: str, tier: str, fields: dict[str, str]) -> None:
    """One price for all tokens: input and output alike; embedding and reranking have no output."""
    only_input = re.match(r"embedding|rerank", label, re.I)
    rows.add(label, {"input": money} if only_input else {"input": money, "output": money}, unit=unit, tier=tier, **fields)


def _meter(rows: PriceRows, label: str, text: str, tier: str, fields: dict[str, str], where: str) -> None:
    said = re.match(r"(?:([^:\d]+):)?\s*(\d+(?:\.\d+)? ?元) ?/ ?([^(]+)", text)
    if said is None and is_free(text):
        rows.extra(label, "request", Money(text, one_amount("0元").amount, "CNY"), unit="次", tier=tier, **fields)
        return
    if said is None:
        raise PageChanged(f"{where}: expected a price with its unit, found {text!r}")
    unit = said[3].strip()
    component = "other" if re.search("tok", unit, re.I) else next((c for p, c in _METERS.items() if p in unit), "other")
    rows.extra(label, component, one_amount(said[2]), unit=unit, tier=tier, condition=said[1] or "", **fields)
