"""MiniMax's pay-as-you-go prices: documentation Markdown, the Chinese page's boxes, and bare lines.

Language models have input, output, cache-read and sometimes cache-write prices, by context length; list
prices stand struck beside the price in force. Speech, video, music and image prices are left to their own
units and kept in the long form where a cell is one price.
"""

from __future__ import annotations

import re

from sources.pages.build import PriceRows, row_evidence
from sources.pages.columns import body, columns, distinct, price
from sources.pages.page import Page
from sources.pages.quote import PageChanged, PriceQuote
from sources.pages.tables import Cell, Grid
from sources.providers.minimax.layouts import box_grids, tabbed_markdown
from units.quantity import Money, amounts, plain, token_unit

MEANINGS = {
    r"models?(?: ?/ ?api)?|模型": "model",
    r"(?:input(?: price)?|输入(?:价格)?)(?: ?\([^()]*\))?": "input",
    r"output(?: price)?|输出(?:价格)?": "output",
    r"prompt caching reads?|cache reads?|缓存读取": "cached_input",
    r"prompt caching writes?|cache writes?|缓存写入": "cache_write_5m",
}
TIERS = {r"no tab|tab (?:standard|标准)\*?": "standard", r"tab (?:priority|优先)\*?": "priority"}
_UNIT = re.compile(r"\s*(/ ?M tokens|(?:/ ?)?百万 ?tokens|/ ?1?M ?tok\w*|/ ?1?K ?tok\w*|/? ?千 ?tokens)$", re.I)
_OFFER = re.compile(r"\s*(?:permanent(?:ly)? )?\d+% off|永久[一二三四五六七八九]折|[一二三四五六七八九]折", re.I)
_LINE = re.compile(r"(MiniMax-\S+)\s+((?:(?!\$|¥).)*?)\s*((?:[$¥].*)?)")
_PAIR = re.compile(r"([$¥])(\d*\.?\d+)(?:([$¥])(\d*\.?\d+))?(\s*/ ?(?:M|百万|K) ?tokens)?(?:\s+|$)")


def parse(page: Page) -> list[PriceQuote]:
    """Quotes of the page; raises ``PageChanged`` for a token price that is not understood."""
    rows = PriceRows()
    grids = distinct(tabbed_markdown(page.text) or (box_grids(page) if page.is_html else []))
    tables = [g for g in grids if {_role(t) for t in g.header()} & {"input", "output", "cached_input"} and not _metered(g)]
    for grid in grids:
        if grid in tables:
            _table(grid, rows)
        else:
            _meters(grid, rows)
    if not grids:
        _lines(page.text, rows)
    if not any(q.row is not None for q in rows.quotes):
        raise PageChanged("expected language models with input and output prices, found none")
    if len(found := {q.currency for q in rows.quotes}) > 1:
        raise PageChanged(f"expected one currency on the page, found {sorted(found)}")
    return rows.quotes


def _role(header: str) -> str | None:
    word = _UNIT.sub("", plain(header))
    return next((name for pattern, name in MEANINGS.items() if re.fullmatch(pattern, word, re.I)), None)


def _metered(grid: Grid) -> bool:
    """A table without an output column whose prices are per request or image, not per token."""
    roles = {_role(t) for t in grid.header()}
    return "output" not in roles and not any(re.search(r"tok", c.text, re.I) for row in grid.rows for c in row)


def _table(grid: Grid, rows: PriceRows) -> None:
    where = f"table {grid.index + 1} ({' > '.join(grid.heading)})"
    header = [_UNIT.sub("", plain(t)) for t in grid.header()]
    said = {token_unit(m[1]) for t in grid.header() if (m := _UNIT.search(plain(t)))}
    found = columns(header, MEANINGS, where=where)
    priced = {c: n for c, n in found.items() if c != "model"}
    if "model" not in found or not {"input", "output"} <= set(priced) or len(said) > 1:
        raise PageChanged(f"{where}: expected model, input and output columns, found {grid.header()}")
    tab = next((t for t in grid.heading[::-1] if re.match(r"(?:no )?tab", t, re.I)), "No tab")
    tier = next((t for pattern, t in TIERS.items() if re.fullmatch(pattern, tab, re.I)), None)
    if tier is None:
        raise PageChanged(f"{where}: expected a known tab, found {tab!r}")
    for r, row in body(grid):
        at = f"{where}, row {r + 1}"
        units = said | {token_unit(m[1]) for n in priced.values() if (m := _UNIT.search(row[n].text))}
        if len(row) > len(header) or len(units) != 1:
            raise PageChanged(f"{at}: expected prices in one token unit, found {row_evidence(row)}")
        unit = units.pop()
        prices = {c: price(_unit_off(row[n]), unit=unit, where=at) for c, n in priced.items()}
        if prices["input"] is None or prices["output"] is None:
            raise PageChanged(f"{at}: expected an input and an output price, found {row_evidence(row)}")
        label, condition = _model(row[found["model"]], at)
        fields = {"unit": unit, "tier": tier, "condition": condition, "evidence": row_evidence(row), "locator": grid.locator(r, 0)}
        rows.add(label, prices, **fields)
        for component, n in priced.items():
            for old in row[n].struck:
                rows.extra(label, component, amounts(old)[0], **(fields | {"status": "struck"}))


def _unit_off(cell: Cell) -> Cell:
    return Cell(_UNIT.sub("", cell.text), struck=cell.struck, missing=cell.missing)


def _model(cell: Cell, where: str) -> tuple[str, str]:
    """The model's name and its context condition; remarks about offers are dropped."""
    name, rest = (cell.lines[0], " ".join(cell.lines[1:])) if cell.lines else ("", "")
    name, _, more = name.partition(" ")
    if not re.fullmatch(r"[A-Za-z][\w.\-]+", name):
        raise PageChanged(f"{where}: expected a model name, found {cell.text!r}")
    return name, _condition(f"{more} {rest}", where)


def _condition(text: str, where: str) -> str:
    """``Context <= 512K``, ``上下文 512K ~ 1M``, ``> 512k input tokens`` as short text; offers are dropped."""
    said = re.sub(r"[*†]+", "", _OFFER.sub(" ", plain(text))).replace("≤", "<=").replace("≥", ">=")
    said = re.sub(r"\s+", " ", re.sub(r"上下文|context\b", "context", said, flags=re.I)).strip()
    said = re.sub(r"(\d+[KM]) ?[~–-] ?(\d+[KM])", r"\1 - \2", said, flags=re.I)
    if said and not re.fullmatch(r"(?:context )?(?:(?:<=|>=|<|>) ?\d+[KM]|\d+[KM] - \d+[KM])(?: input tokens)?", said, re.I):
        raise PageChanged(f"{where}: expected a context length, found {text!r}")
    return said


def _meters(grid: Grid, rows: PriceRows) -> None:
    """Prices per second, image, request ...: long form where a cell is one price; a token price is refused.

    Cells of several prices in a sentence (input material of video models) are not read: no token is priced there.
    """
    for r, row in enumerate(grid.rows):
        for n, cell in enumerate(row):
            money = amounts(cell.text)
            if money and re.search(r"(?:/|per|百万) ?(?:1?[MK]|million|thousand)? ?tok", cell.text, re.I):
                raise PageChanged(f"table {grid.index + 1}, row {r + 1}: expected no token price here, found {cell.text!r}")
            said = re.fullmatch(r"[$¥][\d.,]+ ?(?:/|per) ?(.+)|[$¥][\d.,]+()", cell.text)
            if said is None or cell.spanned:
                continue
            unit = said[1] or plain(grid.header()[n]).partition("/")[2].strip()
            if r == 0 or not unit or re.search(r"tok", unit, re.I):
                raise PageChanged(f"table {grid.index + 1}, row {r + 1}: expected a price with its unit, found {cell.text!r}")
            rows.extra(row[0].text, _component(unit), money[0], unit=unit, evidence=row_evidence(row), locator=grid.locator(r, n))


def _component(unit: str) -> str:
    known = {r"char|字符": "character", r"image|张": "image", r"request|call|次": "request", r"sec|秒": "video_second"}
    return next((c for pattern, c in known.items() if re.search(pattern, unit, re.I)), "other")


def _lines(text: str, rows: PriceRows) -> None:
    """Lines without a header: name, context, then input, output, cache read and perhaps cache write.

    Their order is trusted only where the figures themselves agree with it (cache read < input < output).
    """
    lines = [line for line in (plain(x) for x in text.splitlines()) if line]
    units = {token_unit(m[1]) for line in lines for m in re.finditer(r"(/ ?(?:M|K|百万|千) ?tokens)", line, re.I)}
    if len(units) != 1:
        raise PageChanged(f"expected one token unit in the lines, found {sorted(units)}")
    for n, line in enumerate(lines):
        match = _LINE.fullmatch(line)
        pairs = list(_PAIR.finditer(match[3])) if match else []
        if match is None or "".join(p[0] for p in pairs) != match[3] or len(pairs) not in (3, 4):
            raise PageChanged(f"line {n + 1}: expected a model with three or four prices, found {line!r}")
        prices, listed = {}, {}
        for component, pair in zip(("input", "output", "cached_input", "cache_write_5m"), pairs, strict=False):
            pair_of = amounts(pair[1] + pair[2]) + (amounts(pair[3] + pair[4]) if pair[3] else [])
            if len(pair_of) == 2 and (pair_of[1].amount == pair_of[0].amount or not _OFFER.search(line)):
                raise PageChanged(f"line {n + 1}: expected a list price and the one in force, found {pair[0]!r}")
            prices[component], listed[component] = pair_of[-1], pair_of[:-1]
        _in_order(prices, line)
        fields = {
            "unit": next(iter(units)),
            "condition": _condition(match[2], f"line {n + 1}"),
            "evidence": line,
            "locator": f"line {n + 1}",
        }
        rows.add(match[1], prices, **fields)
        for component, old in listed.items():
            for money in old:
                rows.extra(match[1], component, money, **(fields | {"status": "struck"}))


def _in_order(prices: dict[str, Money], line: str) -> None:
    if not prices["cached_input"].amount < prices["input"].amount < prices["output"].amount:
        raise PageChanged(f"expected prices in the order input, output, cache read, found {line!r}")
