"""Anthropic's price pages: the documentation page (Markdown or HTML tables) and the cards of claude.com/pricing.

Tables are told apart by their header words: the model table (one or two cache-write columns), batch, fast
mode and long context. Names lose their status remarks; a date in a name ("through", "starting") becomes the
price's period. Prices of other platforms, tools and worked examples are left out, each by a listed reason.
"""

from __future__ import annotations

import re
from typing import Any

from sources.pages.build import PriceRows, row_evidence
from sources.pages.columns import body, columns, distinct, expect_dollars, meaning, price
from sources.pages.dates import iso_date
from sources.pages.page import Page
from sources.pages.quote import PageChanged, PriceQuote
from sources.pages.tables import Cell, Grid, html_grids, markdown_grids
from units.quantity import Money, amounts, plain

UNIT = "1M tokens"
MEANINGS = {
    r"models?": "model",
    r"(base )?input( tokens)?": "input",
    r"output( tokens)?": "output",
    r"(5m |5-minute )?(prompt )?cach(e|ing) writes?": "cache_write_5m",
    r"(1h|1-hour) (prompt )?cache writes?": "cache_write_1h",
    r"cache (hits|reads)( (&|and) refreshes)?|prompt caching reads?": "cached_input",
    r"batch input( tokens)?": "batch input",
    r"batch output( tokens)?": "batch output",
    r"(≤|<=|up to) ?\d+k input( tokens)?": "short",
    r"(>|over) ?\d+k input( tokens)?": "long",
}
ELSEWHERE = re.compile(r"third-party|cloud platform|bedrock|vertex|foundry|\bexamples?\b|worked|tool\b|tools\b|session|agents? ", re.I)
"""Sections whose tables are not prices of Claude tokens on Anthropic's own platform."""
_METERED = re.compile(r"(?:/|per)\s?(?:[\d,]+ )?(?:\w+[ -])?(?:hours?|minutes?|search(?:es)?|requests?|sessions?|month|GB|seat|user|container)\b", re.I)
_STATUS = re.compile(r"\s*\(\s*(?:deprecated|retired|legacy|limited availability|limited preview|preview|beta|new)\b[^()]*\)", re.I)
_CONDITION = re.compile(r"\s*\((?:for )?((?:prompts?|contexts?|requests?) [^()]*)\)", re.I)
_UNTIL = re.compile(r"\s*\(?\b(?:through|until) (\w+ \d{1,2}, \d{4})\)?", re.I)
_FROM = re.compile(r"\s*\(?\b(?:starting|from|effective) (\w+ \d{1,2}, \d{4})\)?", re.I)


def parse(page: Page) -> list[PriceQuote]:
    """Quotes of the page; raises ``PageChanged`` for a priced table or card that is not understood."""
    rows = PriceRows(UNIT)
    expect_dollars(page.text[:200_000])
    grids = distinct((html_grids(page.tree) if page.is_html else []) or markdown_grids(page.text))
    models = [name for grid in grids for name in _read(grid, rows, grids)]
    if not models and page.is_html:
        models = _cards(page.tree, rows)
    if not models:
        raise PageChanged("expected a table or cards of model prices, found none")
    return rows.quotes


def _read(grid: Grid, rows: PriceRows, grids: list[Grid]) -> list[str]:
    """Read one table into ``rows``; the names of its models, none for a table that is no price list."""
    names = [meaning(text, MEANINGS) for text in grid.header()]
    priced = any((amounts(c.text) and not _METERED.search(c.text)) or re.search(r"/ ?[a-z]*tok\b", c.text, re.I)
                 for row in grid.rows for c in row)
    where = f"table {grid.index + 1} ({' > '.join(grid.heading)})"
    if "input" not in names and "batch input" not in names and "long" not in names:
        if priced and not ELSEWHERE.search(" > ".join(grid.heading)):
            raise PageChanged(f"{where}: expected known columns, found {grid.header()}")
        return []
    if ELSEWHERE.search(" > ".join(grid.heading)):
        return []
    found = columns(grid.header(), MEANINGS, where=where)
    if "long" in found:
        return _thresholds(grid, found, rows, grids, where)
    tier = "batch" if "batch input" in found else "fast" if "fast" in " ".join(grid.heading).lower() else "standard"
    parts = {c.removeprefix("batch "): n for c, n in found.items() if c != "model"}
    if not {"input", "output"} <= set(parts):
        raise PageChanged(f"{where}: expected an input and an output column, found {grid.header()}")
    seen = []
    for r, row in body(grid):
        labels = _names(row[found["model"]].text) if "model" in found else _mentioned(grid, grids, where)
        prices = {c: price(row[n], unit=UNIT, unit_required=True, where=f"{where}, row {r + 1}") for c, n in parts.items()}
        seen += [_add(rows, label, prices, row, grid.locator(r, 0), tier) for label in labels]
    return seen


def _thresholds(grid: Grid, found: dict[str, int], rows: PriceRows, grids: list[Grid], where: str) -> list[str]:
    """The long-context table: cells ``Input: $6 / MTok`` under a threshold; only the part above it is new."""
    limit = "prompt " + plain(grid.header()[found["long"]])
    tier = "fast" if "fast" in " ".join(grid.heading).lower() else "standard"
    blocks: list[tuple[list[str], dict[str, Money | None], list[Cell], int]] = []
    for r, row in body(grid):
        if "model" not in found and not blocks:
            blocks.append((_mentioned(grid, grids, where), {}, [], r))
        elif "model" in found and (text := row[found["model"]].text) and not row[found["model"]].spanned:
            blocks.append((_names(text), {}, [], r))
        if not blocks:
            raise PageChanged(f"{where}, row {r + 1}: expected a model, found none")
        for line in row[found["long"]].lines:
            part = re.fullmatch(r"(input|output)\s*:?\s*(.+)", line, re.I)
            if part is None or part[1].lower() in blocks[-1][1]:
                raise PageChanged(f"{where}, row {r + 1}: expected one input or output price, found {line!r}")
            blocks[-1][1][part[1].lower()] = price(Cell(part[2]), unit=UNIT, unit_required=True, where=where)
        if row[found["long"]].struck or row[found["long"]].missing:
            raise PageChanged(f"{where}, row {r + 1}: expected a price in force, found a struck or missing one")
        blocks[-1][2].extend(row)
    for labels, prices, cells, r in blocks:
        if set(prices) != {"input", "output"}:
            raise PageChanged(f"{where}: expected an input and an output price above the threshold, found {sorted(prices)}")
        for label in labels:
            _add(rows, label, prices, cells, grid.locator(r, found["long"]), tier, limit)
    return [label for labels, *_ in blocks for label in labels]


def _add(rows: PriceRows, label: str, prices: dict[str, Money | None], cells: list[Cell], locator: str,
         tier: str, condition: str = "") -> str:
    name = _STATUS.sub("", plain(label))
    fields = {"tier": tier, "condition": condition}
    if limit := _CONDITION.search(name):
        name, fields["condition"] = _CONDITION.sub("", name), limit[1]
    if until := _UNTIL.search(name):
        name, fields["effective_to"], fields["status"] = _UNTIL.sub("", name), iso_date(until[1]), "promotional"
    if since := _FROM.search(name):
        name, fields["effective_from"], fields["status"] = _FROM.sub("", name), iso_date(since[1]), "announced"
    name = re.sub(r"[*†‡\s]+$", "", name)
    if not re.fullmatch(r"[A-Za-z][\w .\-]{1,40}(?: ?\([A-Za-z]{3,9}\.?(?: \d{4})?\))?", name):
        raise PageChanged(f"{locator}: expected a model name, found {label!r}")
    if all(m is None for m in prices.values()):
        raise PageChanged(f"{locator}: expected prices of {name}, found none")
    rows.add(name, prices, evidence=row_evidence(cells), locator=locator, **fields)
    return name


def _names(text: str) -> list[str]:
    """``Claude Sonnet 4.6 / 4.5 / 4`` -> three names."""
    first, *rest = re.split(r"\s+/\s+", _STATUS.sub("", plain(text)))
    names = [first]
    for part in rest:
        words = first.split()
        names.append(part if part.startswith(words[0]) else " ".join([*words[:-1], part])
                     if re.fullmatch(r"[\d.]+", part) else f"{words[0]} {part}")
    return names


def _mentioned(grid: Grid, grids: list[Grid], where: str) -> list[str]:
    """The models of the model table that the prose above this table names, in the model table's order."""
    named = []
    for other in grids:
        if "cached_input" in [meaning(t, MEANINGS) for t in other.header()] and other.index < grid.index:
            named = [_FROM.sub("", _UNTIL.sub("", _STATUS.sub("", _CONDITION.sub("", row[0].text)))).strip()
                     for _, row in body(other)]
    said = [n for n in dict.fromkeys(named)
            if re.search(rf"(?<![\w.]){re.escape(n.removeprefix('Claude '))}(?!\.?\d|\w)", grid.before)]
    if not said:
        raise PageChanged(f"{where}: expected the prose to name its models, found none of {named}")
    return said


CARD_LABELS = {r"input": "input", r"output": "output", r"write": "cache_write_5m", r"read": "cached_input",
               r"prompt caching": "", r"(prompts? )?(≤|<=|>|<|≥|up to|over) ?\d+k( tokens)?": "condition"}


def _cards(tree: Any, rows: PriceRows) -> list[str]:
    """Cards of the marketing page: a title, then labelled values; a label without value opens a group."""
    seen: dict[str, dict[tuple[str, str], Money | None]] = {}
    for n, card in enumerate(tree.css(".card_pricing_api_wrap")):
        title = card.css_first("h2,h3,h4")
        name = plain(title.text(deep=True, separator=" ")) if title is not None else ""
        words = plain(card.text(deep=True, separator=" "))
        prices: dict[tuple[str, str], Money | None] = {}
        group = condition = ""
        for line in card.css(".tokens_main_wrap"):
            where = f"card {n + 1} ({name})"
            if line.css_first("del,s,strike") is not None:
                raise PageChanged(f"{where}: expected a price in force, found a struck one")
            label, value = line.css_first(".tokens_main_label"), line.css_first(".tokens_main_val")
            text = plain(label.text(deep=True, separator=" ")) if label is not None else ""
            kind = meaning(text, CARD_LABELS)
            if kind is None:
                raise PageChanged(f"{where}: expected a known label, found {text!r}")
            if kind == "condition":
                condition = text if text.lower().startswith("prompt") else f"prompts {text}"
            else:
                group, condition = kind or group, ""
            if value is None:
                continue
            figure = re.sub(r"\s+", " ", re.sub(r"\$ ", "$", plain(value.text(deep=True, separator=" "))))
            if not kind or (group, condition) in prices:
                raise PageChanged(f"{where}: expected one price for each label, found another for {text!r}")
            prices[group, condition] = price(Cell(figure), unit=UNIT, unit_required=True, where=where)
        if not {"input", "output"} <= {c for c, _ in prices}:
            raise PageChanged(f"card {n + 1}: expected input and output prices of {name!r}, found {sorted(prices)}")
        if seen.setdefault(name, prices) is prices:
            for limit in dict.fromkeys(c for _, c in prices):
                _add(rows, name, {c: m for (c, x), m in prices.items() if x == limit}, [Cell(words)],
                     f"card {n + 1}", "standard", limit)
        elif seen[name] != prices:
            raise PageChanged(f"card {n + 1}: expected the prices of {name} once, found them twice and different")
    return list(seen)
