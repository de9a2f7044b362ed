"""Groq's price page (groq.com/pricing) and its models page (console.groq.com/docs/models).

The price page glues column words to cells (``AI ModelGPT OSS 20B 128k``) and tokens per dollar to prices
(``$0.10(10M / $1)*``), as tables or as one run of text. The models page prints both prices in one cell
(``$0.05 input $0.08 output``). Speech prices and tools are kept in the long form.
"""

from __future__ import annotations

import re

from sources.pages.build import PriceRows, is_empty, row_evidence
from sources.pages.columns import body, columns, distinct, one_token_unit
from sources.pages.page import Page
from sources.pages.quote import PageChanged, PriceQuote
from sources.pages.tables import Cell, Grid, html_grids, markdown_cell, markdown_grids
from units.quantity import Money, amounts, one_amount, plain

MEANINGS = {
    r"ai model|model": "model",
    r"model id": "id",
    r"input token price": "input",
    r"output token price": "output",
    r"uncached input tokens": "input",
    r"cached input tokens": "cached_input",
    r"output tokens": "output",
    r"price per 1m tokens": "both",
    r"current speed(?: ?\(.*\))?|speed \(t/sec\)|speed factor|characters /s|rate limits.*|context window.*|"
    r"max completion tokens|max file size|developer|details|actions|(?:try now|model card)?": "",
}
OTHERS = {r"character": ("character", "1M characters"), r"hour": ("audio_hour", "hour")}
TOOLS = ("tool", "price", "parameter")
_UNIT = re.compile(r"\s*\((per (?:1 ?)?(?:m|million|k|thousand|1,?000|1,?000,?000) tokens)\)", re.I)
_PRICE = re.compile(r"(\$\d+(?:\.\d+)?|\$\.\d+)(?:\s*\(\d[\d.,]*[MKB]? / \$1\))?\*?")
_BOTH = re.compile(r"(\$\d*\.?\d+)\s*input[\s,]*(\$\d*\.?\d+)\s*output", re.I)
_RUN = re.compile(r"AI Model(?P<model>(?:(?!AI Model).){2,80}?)\s*Current Speed(?P<speed>[\d,]+)(?: TPS)?\s*"
                  r"Input Token Price\((?P<unit>[^()]+)\)(?P<input>.{1,40}?)\s*"
                  r"Output Token Price\((?P<other>[^()]+)\)(?P<output>\$[\d.]+(?:\s*\([^()]*\))?\*?)", re.S)


def parse(page: Page) -> list[PriceQuote]:
    """Quotes of the page; raises ``PageChanged`` for a priced table that is not understood."""
    rows = PriceRows()
    grids = distinct(_grids(page))
    for grid in grids:
        if any("$" in c.text or c.struck for row in grid.rows for c in row):
            _table(grid, rows)
        elif any(re.search(r"price|(?:input|output) tokens", t, re.I) for t in grid.header()):
            raise PageChanged(f"table {grid.index + 1}: expected prices in dollars, found none")
    if not grids:
        _run(page.text, rows)
    if not any(q.row is not None for q in rows.quotes):
        raise PageChanged("expected prices of models per million tokens, found none")
    return rows.quotes


def _grids(page: Page) -> list[Grid]:
    """The page's tables; a model's id printed right after its linked name becomes a line of its own."""
    if page.is_html:
        return html_grids(Page(page.text.replace("</a><", "</a>\n<").encode()).tree)
    return markdown_grids(re.sub(r"(\]\([^()\s]*\))(?=[a-z0-9])", r"\1<br>", page.text))


def _words(header: str) -> str:
    return _UNIT.sub("", plain(header)).strip().lower()


def _table(grid: Grid, rows: PriceRows) -> None:
    where = f"table {grid.index + 1} ({' > '.join(grid.heading)})"
    header = [plain(t) for t in grid.header()]
    words = [_words(t) for t in header]
    if tuple(w for w in words if w) == TOOLS:
        return _tools(grid, rows, where)
    meter = next((m for pattern, m in OTHERS.items() for t in header if re.fullmatch(rf"(?:price ?)+\(per (?:m |1m )?{pattern}s?.*\)", t, re.I)), None)
    if meter is not None:
        return _metered(grid, rows, meter, where)
    found = columns(words, MEANINGS, where=where)
    if not {"model", "id"} & set(found) or not ({"input", "output"} <= set(found) or "both" in found):
        raise PageChanged(f"{where}: expected model, input and output columns, found {header}")
    priced = [c for c in ("input", "cached_input", "output", "both") if c in found]
    unit = one_token_unit((header[found[c]] for c in priced), where=where)
    for r, row in body(grid):
        at = f"{where}, row {r + 1}"
        fields = {"unit": unit, "evidence": row_evidence(row), "locator": grid.locator(r, 0)}
        cells = {c: _unglued(row[found[c]], header[found[c]], at) for c in priced}
        if "both" in found:
            _one_cell(_id(row[found["id" if "id" in found else "model"]], at), cells["both"], rows, fields, at)
            continue
        named = found["model" if "model" in found else "id"]
        label = _unglued(row[named], header[named], at)
        rows.add(_name(label, at), {c: _money(cells[c], at) for c in priced}, **fields)
    return None


def _unglued(cell: Cell, header: str, where: str) -> str:
    """A cell's text without its column's words, which narrow layouts print in front of it."""
    if cell.missing or cell.struck:
        raise PageChanged(f"{where}: expected a cell in force, found {cell.text!r} (struck: {list(cell.struck)})")
    text = plain(cell.text)
    for prefix in (header, _UNIT.sub("", header).strip(), re.sub(r"\s*\(.*", "", header)):
        if prefix and text.lower().startswith(prefix.lower()) and len(text) > len(prefix):
            return text[len(prefix):].strip()
    return text


def _name(text: str, where: str) -> str:
    name = re.sub(r"\s*\*+$", "", plain(text))
    if not re.fullmatch(r"(?a)[A-Za-z][\w.\-/]*(?: [\w.\-()]+){0,8}", name) or "$" in name:
        raise PageChanged(f"{where}: expected a model name, found {text!r}")
    return name


def _id(cell: Cell, where: str) -> str:
    lines = [line for line in cell.lines if re.fullmatch(r"[a-z0-9][\w.\-]*(?:/[\w.\-]+)?", line)]
    if len(lines) != 1:
        raise PageChanged(f"{where}: expected one model id, found {cell.text!r}")
    return lines[0]


def _money(text: str, where: str) -> Money:
    match = _PRICE.fullmatch(text)
    if match is None:
        raise PageChanged(f"{where}: expected a price in dollars, found {text!r}")
    return one_amount(match[1])


def _one_cell(label: str, text: str, rows: PriceRows, fields: dict[str, str], where: str) -> None:
    """A cell of the models page: input and output price, or a speech meter, or no price at all."""
    both = _BOTH.fullmatch(text)
    if both is not None:
        rows.add(label, {"input": one_amount(both[1]), "output": one_amount(both[2])}, **fields)
        return
    meter = next((m for pattern, m in OTHERS.items() if re.fullmatch(rf"\$[\d.]+ ?per (?:m |1m |1 ?m )?{pattern}s?.*", text, re.I)), None)
    if meter is not None:
        rows.extra(label, meter[0], one_amount(text), **(fields | {"unit": meter[1]}))
    elif not is_empty(text):
        raise PageChanged(f"{where}: expected an input and an output price or a speech meter, found {text!r}")


def _metered(grid: Grid, rows: PriceRows, meter: tuple[str, str], where: str) -> None:
    header = [plain(t) for t in grid.header()]
    price = next(n for n, t in enumerate(header) if re.match(r"price", t, re.I))
    for r, row in body(grid):
        at = f"{where}, row {r + 1}"
        label = _name(_unglued(row[0], header[0], at), at)
        text = re.sub(r"^(?:price)+", "", _unglued(row[price], header[price], at), flags=re.I)
        rows.extra(label, meter[0], _money(text, at), unit=meter[1], evidence=row_evidence(row), locator=grid.locator(r, price))


def _tools(grid: Grid, rows: PriceRows, where: str) -> None:
    for r, row in body(grid):
        at = f"{where}, row {r + 1}"
        tool, cost = _unglued(row[0], "Tool", at), _unglued(row[1], "Price", at)
        unit = cost.partition("/")[2].strip()
        if not re.fullmatch(r"1000 requests|hour", unit):
            raise PageChanged(f"{at}: expected a price per 1000 requests or hour, found {cost!r}")
        rows.extra(tool, "search" if "search" in tool.lower() else "hour" if unit == "hour" else "request",
                   one_amount(cost), unit=unit, evidence=row_evidence(row), locator=grid.locator(r, 1))


def _run(text: str, rows: PriceRows) -> None:
    """The price page as one run of text, every cell behind its column's words."""
    flat = re.sub(r"\s+", " ", markdown_cell(text).text)
    blocks = list(_RUN.finditer(flat))
    priced = [m for m in re.finditer(r"Input Token Price\([^()]*\)(?=\s*\$)", flat)]
    if len(blocks) != len(priced):
        raise PageChanged(f"expected {len(priced)} models in a run of text, found {len(blocks)}")
    for n, block in enumerate(blocks):
        at = f"run of text, model {n + 1}"
        unit = one_token_unit((block["unit"], block["other"]), where=at)
        rows.add(_name(block["model"], at), {"input": _money(block["input"], at), "output": _money(block["output"], at)},
                 unit=unit, evidence=block[0], locator=at)
    if not blocks and amounts(flat) and "AI Model" in flat:
        raise PageChanged("expected models with input and output prices, found another layout")
