"""Google Cloud's price list for models on Vertex AI: Gemini tables by type of token, partner models by region.

Two kinds of tables hold token prices. Gemini's have one row per type (input, text output, audio) and one
column per threshold and for cached input; partners' have one cell with all components of a model, the region
being the heading above. Tables of characters, images, seconds, tuning and throughput are left out by their
header words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sources.pages.build import PriceRows, row_evidence
from sources.pages.columns import FOOTNOTE, body, distinct, price
from sources.pages.page import Page
from sources.pages.quote import PageChanged, PriceQuote
from sources.pages.tables import Cell, Grid, html_grids, markdown_grids
from units.quantity import Money, amounts, plain, token_unit

_COLUMN = re.compile(
    r"price \(/(?P<unit>1[MK] tokens)\)(?: (?P<sign><=|=<|≤|>) (?P<size>\d+K) (?P<cached>cached )?input tokens)?"
    r"(?: with (?P<tier>priority|flex/batch|batch api|flex|batch))?",
    re.I,
)
_COMPONENT = re.compile(
    r"(?P<life>\d+[mh] )?(?P<batch>batch )?(?P<name>input|output|cache write|cache hit):\s*(?P<price>\S+)"
    r"(?: ?/ ?(?P<unit>million|M) tokens)?(?P<page> \(or \S+/page\))?\s*",
    re.I,
)
_INPUT = re.compile(r"input \((?:text|text, .*)\)|(?:1M )?input(?: text)? tokens", re.I)
_OUTPUT = re.compile(r"(?:text )?output \((?:response|text).*\)|(?:1M )?output(?: text)? tokens|text output", re.I)
_OTHER_TYPE = re.compile(r".*\b(?:audio|image|video|tuning|storage)\b.*|context cache.*|grounding.*|web grounding.*", re.I)
_LEFT_OUT = re.compile(r"feature|duration|tool|5:1 i/o ratio|1:20 i/o ratio|open source model|.*characters?.*", re.I)


def parse(page: Page) -> list[PriceQuote]:
    """Quotes of the page; raises ``PageChanged`` where a table of token prices is not understood."""
    rows = PriceRows("1M tokens")
    for grid in distinct((html_grids(page.tree) if page.is_html else []) or markdown_grids(page.text)):
        header = [FOOTNOTE.sub("", plain(t)) for t in grid.header()]
        where = f"table {grid.index + 1} ({' > '.join(grid.heading[-2:])})"
        if len(header) < 2 or not re.fullmatch(r"models?", header[0], re.I):
            if any("token" in t.lower() for t in header) and not any(_LEFT_OUT.fullmatch(t) for t in header):
                raise PageChanged(f"{where}: expected a model column, found {header}")
        elif header[1].lower() == "type" and any(_COLUMN.fullmatch(t) for t in header) and "training" not in " ".join(header).lower():
            _read_types(grid, header, where, rows)
        elif [t.lower() for t in header[1:3]] == ["type", "price"]:
            _read_units(grid, header, where, rows)
        elif header[1].lower() == "pricing" or (_COLUMN.match(header[1]) and "training" not in header[1].lower()):
            _read_stacked(grid, header, where, rows)
        elif any(re.search(r"\btokens?\b", t, re.I) for t in header[1:]) and not any(
            re.search(r"training|character|1,000 input tokens|feature|128K", t, re.I) for t in header
        ):
            raise PageChanged(f"{where}: expected known columns, found {header}")
    if not rows.quotes:
        raise PageChanged("expected tables of token prices, found none")
    return rows.quotes


def _read_types(grid: Grid, header: list[str], where: str, rows: PriceRows) -> None:
    """Gemini tables: rows of one model by type, columns by threshold and cached input."""
    places, tiers = _threshold_columns(header, where, rows.unit)
    models: dict[str, tuple[list[Cell], dict[tuple[str, str], dict[str, Money | None]], int]] = {}
    for r, row in body(grid):
        kind = FOOTNOTE.sub("", plain(row[1].text))
        name = FOOTNOTE.sub("", plain(row[0].text))
        component = "input" if _INPUT.fullmatch(kind) else "output" if _OUTPUT.fullmatch(kind) else ""
        if not component:
            if kind and not _OTHER_TYPE.fullmatch(kind) and not _OTHER_TYPE.fullmatch(name):
                raise PageChanged(f"{where}, row {r + 1}: expected a known type of token, found {kind!r}")
            continue
        cells, limits, _ = models.setdefault(name, ([], {}, r))
        cells.extend(row)
        for (limit, what), n in places.items():
            slot = component if what == "price" else "cached_input"
            for place, money in _by_place(row[n], f"{where}, row {r + 1}").items():
                if money is None or (what == "cached_input" and component == "output"):
                    continue
                if slot in limits.setdefault((limit, place), {}):
                    raise PageChanged(f"{where}, row {r + 1}: expected one {slot} price of {name}, found two")
                limits[limit, place][slot] = money
    for name, (cells, limits, r) in models.items():
        _add_limits(rows, name, limits, tiers, cells, grid.locator(r, 0), where)


def _threshold_columns(header: list[str], where: str, unit: str) -> tuple[dict[tuple[str, str], int], set[str]]:
    """Where each threshold's prices stand, plain or cached, and the one tier that the header names."""
    places: dict[tuple[str, str], int] = {}
    tiers: set[str] = set()
    for n, text in enumerate(header[2:], start=2):
        match = _COLUMN.fullmatch(text)
        if match is None or token_unit(match["unit"]) != unit or not match["sign"]:
            raise PageChanged(f"{where}: expected a column of prices per {unit}, found {text!r}")
        sign = "prompts > " if match["sign"] == ">" else "prompts <= "
        key = (sign + match["size"].lower(), "cached_input" if match["cached"] else "price")
        if key in places:
            raise PageChanged(f"{where}: expected each column once, found {text!r} twice")
        places[key] = n
        tiers.add((match["tier"] or "standard").lower())
    if len(tiers) != 1:
        raise PageChanged(f"{where}: expected one tier in the header, found {sorted(tiers)}")
    return places, tiers


def _read_units(grid: Grid, header: list[str], where: str, rows: PriceRows) -> None:
    """Tables whose types say the unit (``1M input tokens``), with a column of batch prices beside the standard."""
    columns = {
        n: tier
        for n, t in enumerate(header)
        for title, tier in (("price", "standard"), ("price with batch api", "batch"))
        if t.lower() == title
    }
    found: dict[tuple[str, str], tuple[dict[str, Money | None], list[Cell], int]] = {}
    for r, row in body(grid):
        kind, name = FOOTNOTE.sub("", plain(row[1].text)), FOOTNOTE.sub("", plain(row[0].text))
        component = "input" if _INPUT.fullmatch(kind) else "output" if _OUTPUT.fullmatch(kind) else ""
        if not component:
            if re.search(r"\btokens\b", kind) and not _OTHER_TYPE.fullmatch(kind) and not _OTHER_TYPE.fullmatch(name):
                raise PageChanged(f"{where}, row {r + 1}: expected a known type of token, found {kind!r}")
            continue
        if token_unit(kind) != rows.unit:
            raise PageChanged(f"{where}, row {r + 1}: expected a type per {rows.unit}, found {kind!r}")
        for n, tier in columns.items():
            if tier == "batch" and row[n].missing:
                continue
            prices, cells, _ = found.setdefault((name, tier), ({}, [], r))
            cells.extend(row)
            if prices.setdefault(component, money := price(row[n], unit=rows.unit, where=f"{where}, row {r + 1}")) != money:
                raise PageChanged(f"{where}, row {r + 1}: expected one {component} price of {name}, found two")
    for (name, tier), (prices, cells, r) in found.items():
        rows.add(name, prices, tier=tier, evidence=row_evidence(cells), locator=grid.locator(r, 0))


def _by_place(cell: Cell, where: str) -> dict[str, Money | None]:
    """The prices of a cell by place of processing: ``$0.25 (Global) $0.275 (Non-global)*``, or one for all."""
    parts = re.findall(r"(\S+) \((global|non-global)\)\*?", cell.text, re.I)
    if not parts:
        return {"": price(cell, unit="1M tokens", where=where)}
    if re.sub(r"(\S+) \((global|non-global)\)\*?|[\s,]", "", cell.text, flags=re.I) or len(parts) != 2 or cell.struck:
        raise PageChanged(f"{where}: expected a global and a non-global price, found {cell.text!r}")
    return {place.lower(): price(Cell(figure), unit="1M tokens", where=where) for figure, place in parts}


def _add_limits(
    rows: PriceRows,
    name: str,
    limits: dict[tuple[str, str], dict[str, Money | None]],
    tiers: Iterable[str],
    cells: list[Cell],
    locator: str,
    where: str,
) -> None:
    """One row per threshold and place, or one alone where both thresholds cost the same."""
    for place in dict.fromkeys(p for _, p in limits):
        shared = {limit: prices for (limit, p), prices in limits.items() if not p}
        lists = {limit: {**shared.get(limit, {}), **prices} for (limit, p), prices in limits.items() if p == place}
        if not place and any(p for _, p in limits):
            continue
        if any(not {"input", "output"} <= set(p) for p in lists.values()):
            raise PageChanged(f"{where}: expected input and output prices of {name}, found {sorted(set().union(*lists.values()))}")
        figures = [{c: m.amount for c, m in p.items() if m} for p in lists.values()]
        same = all(f == figures[0] for f in figures)
        for one in [t for tier in tiers for t in (("flex", "batch") if tier == "flex/batch" else (tier.replace("batch api", "batch"),))]:
            for limit, prices in list(lists.items())[:1] if same else lists.items():
                condition = ", ".join(w for w in ("" if same else limit, place) if w)
                rows.add(name, prices, tier=one, condition=condition, evidence=row_evidence(cells), locator=locator)


def _read_stacked(grid: Grid, header: list[str], where: str, rows: PriceRows) -> None:
    """Partner tables: one cell with every component of a model, per threshold; the heading may be a region."""
    region = grid.heading[-1] if grid.heading and re.fullmatch(r"global|.*multi-region.*|[a-z]+-[a-z]+\d+", grid.heading[-1], re.I) else ""
    for r, row in body(grid):
        name = re.sub(r"\s*\(deprecated\)", "", FOOTNOTE.sub("", plain(row[0].text)), flags=re.I)
        texts = [plain(c.text) for c in row[1:]]
        for n, (title, text) in enumerate(zip(header[1:], texts, strict=True), start=1):
            column = _COLUMN.fullmatch(title)
            if column is None and title.lower() != "pricing":
                raise PageChanged(f"{where}: expected a column of prices, found {title!r}")
            if text in _NONE:
                continue
            if len(re.findall(r"(?<!batch )\binput:", text, re.I)) > 1:
                _contradiction(rows, name, text, region, grid.locator(r, n))
                continue
            tiers = _components(text, column is not None, f"{where}, row {r + 1}")
            above = column is not None and column["sign"] == ">"
            limit = f"prompts {'>' if above else '<='} {column['size'].lower()}" if column is not None and column["size"] else ""
            only = not above and all(t in _NONE for k, t in enumerate(texts, start=1) if k != n)
            condition = ", ".join(w for w in ("" if only else limit, region) if w)
            for tier, prices in tiers.items():
                rows.add(
                    name, prices, tier=tier, condition=condition, evidence=row_evidence(row), locator=grid.locator(r, n), region=region
                )


_NONE = ("", "N/A", "-")


def _contradiction(rows: PriceRows, name: str, text: str, region: str, locator: str) -> None:
    """A cell with two lists of components contradicts itself (the page did, 2026): long form only, as ``other``."""
    for money in amounts(text):
        rows.extra(name, "other", money, condition="the page prints two lists in one cell", evidence=text, locator=locator, region=region)


def _components(text: str, unit_in_header: bool, where: str) -> dict[str, dict[str, Money | None]]:
    """``Input: $5.00 Output: $25.00 Batch Input: $2.50 ...`` -> prices by tier and component."""
    found: dict[str, dict[str, Money | None]] = {}
    at = 0
    while at < len(text):
        match = _COMPONENT.match(text, at)
        if match is None or not (match["unit"] or unit_in_header):
            raise PageChanged(f"{where}: expected named prices with their unit, found {text[at : at + 60]!r}")
        name = match["name"].lower()
        component = {"input": "input", "output": "output", "cache hit": "cached_input"}.get(
            name, "cache_write_1h" if (match["life"] or "").strip().lower() == "1h" else "cache_write_5m"
        )
        prices = found.setdefault("batch" if match["batch"] else "standard", {})
        if component not in prices:
            prices[component] = price(Cell(match["price"]), unit="1M tokens", where=where)
        elif prices[component] != price(Cell(match["price"]), unit="1M tokens", where=where):
            raise PageChanged(f"{where}: expected one {component} price, found two in {text!r}")
        at = match.end()
    return found
