"""Together's catalogue of serverless models: one table per kind of model, the unit in the header of each price.

Chat, vision, language and moderation models are priced per token and make rows under their API name. Image,
video, audio, embedding and rerank tables are long form only.
"""

from __future__ import annotations

import re

from sources.pages.build import PriceRows, row_evidence
from sources.pages.columns import body, columns, distinct, expect_dollars, meaning, one_token_unit, price, whole_rows
from sources.pages.meters import meter
from sources.pages.page import Page
from sources.pages.quote import PageChanged, PriceQuote
from sources.pages.tables import Grid, html_grids, markdown_grids
from units.quantity import Money, UnreadableQuantity, amounts, plain, token_unit

MEANINGS = {
    r"organization|provider": "",
    r"(?:model )?name|models?": "name",
    r"(?:api )?model string(?: for api)?|model id|api name": "id",
    r"context(?: length| window)?|quantization|function calling|structured outputs?|json mode|features?|modality|"
    r"dimensions?|embedding dimension|model size|parameters|default steps|free tier|output per \$1|reasoning": "",
    r"(?:input|prompt)(?: pric(?:e|ing))?(?: ?\(.*tokens?\))?": "input",
    r"cached(?: input)?(?: pric(?:e|ing))?(?: ?\(.*tokens?\))?": "cached_input",
    r"(?:output|completion)(?: pric(?:e|ing))?(?: ?\(.*tokens?\))?": "output",
    r"unit": "unit",
    r"pric(?:e|ing)(?: ?\(.*\))?|pric(?:e|ing) (?:per|/) .*|cost .*": "price",
    r"batch input(?: pric(?:e|ing))?(?: ?\(.*tokens?\))?": "batch input",
    r"batch output(?: pric(?:e|ing))?(?: ?\(.*tokens?\))?": "batch output",
}
LONG_ONLY = re.compile(r"embedding|rerank|image|video|audio|speech|transcri|fine-?tun|dedicated|gpu", re.I)
"""Headings of tables whose models are not priced per text token in and out."""


def parse(page: Page) -> list[PriceQuote]:
    """Quotes of the page; raises ``PageChanged`` for a priced table that is not understood."""
    rows = PriceRows()
    expect_dollars(page.text)
    for grid in distinct((html_grids(page.tree) if page.is_html else []) or markdown_grids(page.text)):
        names = " ".join(grid.header()).lower()
        if any(amounts(c.text) or c.struck for row in grid.rows for c in row) or re.search(r"pric(e|ing)", names):
            _table(grid, rows)
    if not any(q.row is not None for q in rows.quotes):
        raise PageChanged("expected a table of models with input and output prices, found none")
    return rows.quotes


def _table(grid: Grid, rows: PriceRows) -> None:
    where = f"table {grid.index + 1} ({' > '.join(grid.heading)})"
    names = [meaning(text, MEANINGS) for text in grid.header()]
    aside = bool(LONG_ONLY.search((grid.heading or ("",))[-1]))
    per_token = any(re.search(r"\btokens?\)?$", plain(text), re.I) for text in grid.header())
    if aside or not (per_token or {"input", "output", "cached_input"} & set(names)):
        return _meters(grid, rows, names, where)
    found = columns(grid.header(), MEANINGS, where=where)
    parts = {c: n for c, n in found.items() if c in ("input", "output", "cached_input", "batch input", "batch output")}
    if not {"input", "output"} <= parts.keys() or not {"id", "name"} & found.keys():
        raise PageChanged(f"{where}: expected model, input and output columns, found {grid.header()}")
    unit = one_token_unit([grid.header()[n] for n in parts.values()], where=where)
    for r, at, row in whole_rows(grid, where):
        label = row[found.get("id", found.get("name", 0))].text
        fields = {"evidence": row_evidence(row), "locator": grid.locator(r, 0), "model_id": label}
        prices = {c: price(row[n], unit=unit, currency="USD", where=at) for c, n in parts.items()}
        _tokens(rows, label, prices, unit, at, fields)


def _tokens(rows: PriceRows, label: str, prices: dict[str, Money | None], unit: str, at: str, fields: dict[str, str]) -> None:
    if prices["input"] is None or prices["output"] is None:
        raise PageChanged(f"{at}: expected an input and an output price of {label}, found {fields['evidence']}")
    rows.add(label, {c: m for c, m in prices.items() if not c.startswith("batch")}, unit=unit, **fields)
    batch = {c.removeprefix("batch "): m for c, m in prices.items() if c.startswith("batch")}
    rows.add(label, batch, unit=unit, tier="batch", **fields)


def _meters(grid: Grid, rows: PriceRows, names: list[str | None], where: str) -> None:
    """Models not priced per text token in and out: every price with its unit, from its cell, header or column."""
    label = names.index("id") if "id" in names else names.index("name") if "name" in names else 0
    for r, row in body(grid):
        fields = {"evidence": row_evidence(row), "locator": grid.locator(r, 0), "model_id": row[label].text}
        for n, cell in enumerate(row):
            if n == label or "$1" in plain(grid.header()[n]):  # "Output per $1" counts what a dollar buys
                continue
            told = f"/ {row[names.index('unit')].text}" if "unit" in names else f"{cell.text} {grid.header()[n]}"
            for money in amounts(cell.text):
                component, unit = _meter(told, f"{where}, row {r + 1}")
                rows.extra(row[label].text, component, money, unit=unit,
                           condition="an estimate" if "+" in cell.text else "", **fields)


def _meter(told: str, at: str) -> tuple[str, str]:
    words = plain(told).replace("(", " ").replace(")", " ")
    try:
        return "embedding", token_unit(words)
    except UnreadableQuantity:
        return meter(words) or ("other", words[:60])
