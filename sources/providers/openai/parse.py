"""OpenAI's price page as HTML with embedded component data; every other layout is read by the declaration.

The text-token tables (and legacy models and embeddings) are the wide rows. Tables for audio, images, video,
fine-tuning, tools and the grouped tables of special models are long form only or no token price; each is
recognised by its section or header words, and a priced table that is neither is refused.
"""

from __future__ import annotations

import re

from sources.pages.build import PriceRows, row_evidence
from sources.pages.columns import FOOTNOTE, body, columns, distinct, price
from sources.pages.page import Page
from sources.pages.quote import OtherLayout, PageChanged, PriceQuote
from sources.pages.tables import Cell, Grid, html_grids, markdown_grids
from sources.providers.openai.components import Component, components
from units.quantity import amounts, plain, token_unit

TIERS = {
    "standard": "standard",
    "batch": "batch",
    "batch api": "batch",
    "flex": "flex",
    "priority": "priority",
    "fast": "fast",
    "fast mode": "fast",
}
_TIER_LINE = re.compile(r"(standard|batch(?: api)?|flex|priority|fast(?: mode)?)(?: (?:tier|processing|pricing|pricing data))?", re.I)
WIDE = re.compile(
    r"text tokens|flagship models|(our )?latest models|text models|legacy models|embeddings?|embedding models|"
    r"reasoning models|older models|other models|language models|deep research|pricing",
    re.I,
)
ASIDE = re.compile(
    r"(image|audio) tokens|.*realtime.*|.*audio.*|.*transcription.*|.*speech.*|.*image.*|video.*|"
    r"fine-?tun.*|.*tools?|agent ?kit|cyber models|life sciences models|specialized models|multimodal models|"
    r"moderation|grouped pricing table data|evaluations|assistants api",
    re.I,
)
"""Sections whose tables are not wide rows: other modalities, tools, training, and the grouped special models."""
_OTHER_HEADERS = {"modality", "category", "training", "estimated cost", "use case", "quality", "size", "tool", "usage meter"}
"""Header words of tables that hold no text-token list: other modalities, training, meters, grouped specials."""
_UNIT = re.compile(
    r"prices?(?: shown| are| listed)* per (?P<a>[\d,]* ?\w+(?: \w+)?) ?tokens|\(per (?P<b>[\d,]*\w+) tokens\)|"
    r"每 ?(?P<c>100 万) ?tokens",
    re.I,
)
_C = r"(?P<c>short context|long context)?"
MEANINGS = {
    r"models?( name)?": "model",
    r"(short context )?input": "input",
    r"(short context )?cached input": "cached_input",
    r"(short context )?cache writes?": "cache_write_5m",
    r"(short context )?output": "output",
    r"long context input": "long input",
    r"long context cached input": "long cached_input",
    r"long context cache writes?": "long cache_write_5m",
    r"long context output": "long output",
    r"cost|usage|price": "input",
    r"batch cost": "batch input",
    r"version|snapshot": "",
}
_LIMIT = re.compile(r"\s*\((?P<sign><|≤|<=|>|up to|over) ?(?P<size>\d+[KM])(?: tokens)?(?: context(?: length)?)?\)", re.I)
_STATUS = re.compile(r"\s*\((?:deprecated|legacy|limited availability)[^()]*\)", re.I)


def parse(page: Page) -> list[PriceQuote]:
    """Quotes of the page; raises ``PageChanged`` where unit, tier or a priced table is not understood."""
    if "<astro-island" not in page.text:
        raise OtherLayout("expected the page with its component data, found another layout")
    parts = components(page)
    grids = distinct((html_grids(page.tree) if page.is_html and not parts else []) or markdown_grids(page.text))
    rows = PriceRows(_unit(page.text, grids))
    if parts:
        _read_components(parts, rows)
    else:
        _read_grids(grids, rows)
    if not rows.quotes:
        raise PageChanged("expected tables of text-token prices, found none")
    return rows.quotes


def _unit(text: str, grids: list[Grid]) -> str:
    """The one unit of the page: its statements, or else the units printed in the cells of its tables."""
    said = {"1M tokens" if m["c"] else token_unit((m["a"] or m["b"]) + " tokens") for m in _UNIT.finditer(plain(text))}
    if not said:
        cells = [c.text for g in grids for row in g.rows for c in row]
        said = {
            token_unit(m[1] + " tokens") for c in cells for m in re.finditer(r"/ ?([\d,]+ ?[KM]?)(?: \w+\W*){0,2} tokens", plain(c), re.I)
        }
    if len(said) != 1:
        raise PageChanged(f"expected one statement of the token unit, found {sorted(said) or 'none'}")
    return said.pop()


def _read_grids(grids: list[Grid], rows: PriceRows) -> None:
    section, tier = "", "standard"
    heading: tuple[str, ...] = ()
    for grid in grids:
        if grid.heading != heading:
            heading, tier = grid.heading, "standard"
        for line in [*grid.heading, *(plain(t) for t in grid.before.split("\n"))]:
            words = re.sub(r"\s*\((?:prices? )?per [^)]*\)|[:：]$", "", line).strip()
            if WIDE.fullmatch(words) or ASIDE.fullmatch(words):
                section, tier = words, "standard"
            elif found := _TIER_LINE.fullmatch(words):
                tier = TIERS[found[1].lower()]
        if ASIDE.fullmatch(section) and not _is_tier_table(grid):
            continue
        _read_table(grid, tier, rows)


def _is_tier_table(grid: Grid) -> bool:
    """Whether the table's own heading says that it is a text-token table of one tier."""
    return bool(grid.heading and re.fullmatch(r"(standard|batch|flex|priority|fast)( mode)? pricing data", grid.heading[-1], re.I))


def _read_table(grid: Grid, tier: str, rows: PriceRows) -> None:
    where = f"table {grid.index + 1} ({' > '.join(grid.heading)})"
    header = [plain(t).lower() for t in grid.header()]
    if _OTHER_HEADERS & set(header):
        return
    if not any(amounts(c.text) for row in grid.rows for c in row) and not any(h.endswith(("input", "output")) for h in header):
        return
    if any("pricing" in h for h in header):
        _read_stacked(grid, tier, rows, where)
        return
    header, top = _joined_header(grid)
    found = columns(header, MEANINGS, where=where)
    if "model" not in found or "input" not in found:
        raise PageChanged(f"{where}: expected a model and an input column, found {header}")
    for r, row in body(grid, top):
        cells = {c: price(row[n], unit=rows.unit, where=f"{where}, row {r + 1}") for c, n in found.items() if c != "model"}
        _add(rows, row[found["model"]].text, cells, tier, evidence=row_evidence(row), locator=grid.locator(r, 0))


def _joined_header(grid: Grid) -> tuple[list[str], int]:
    """One header row, or a row of groups (``Short context``) above it; with the number of header rows."""
    first = grid.header()
    if any(re.fullmatch(r"(short|long) context.*", plain(t), re.I) for t in first) and len(grid.rows) > 1 and plain(first[0]) == "":
        groups = [m[0] if (m := re.match(r"(short|long) context", plain(t), re.I)) else "" for t in first]
        return [plain(f"{g} {c.text}") for g, c in zip(groups, grid.rows[1], strict=True)], 2
    return first, 1


def _read_stacked(grid: Grid, tier: str, rows: PriceRows, where: str) -> None:
    """Tables ``Model | Pricing | Pricing with Batch API`` whose cells say ``$2.50 / 1M cached input tokens``."""
    found = columns(grid.header(), {r"models?": "model", r"pricing": tier, r"pricing with batch api": "batch"}, where=where)
    blocks: list[tuple[str, dict[str, dict[str, object]], list[Cell], int]] = []
    for r, row in body(grid):
        if row[found["model"]].text:
            blocks.append((row[found["model"]].text, {}, [], r))
        if not blocks:
            raise PageChanged(f"{where}, row {r + 1}: expected a model, found none")
        blocks[-1][2].extend(row)
        for name, column in found.items():
            for line in row[column].lines if name != "model" else ():
                part = re.fullmatch(r"(\S+) ?/ ?([\d,]+ ?[KM]?) (cached\W* )?(input|output) tokens\W*", line, re.I)
                kind = "" if part is None else "cached_input" if part[3] else part[4].lower()
                if part is None or kind in blocks[-1][1].setdefault(name, {}):
                    raise PageChanged(f"{where}, row {r + 1}: expected one price with its unit, found {line!r}")
                blocks[-1][1][name][kind] = price(Cell(f"{part[1]} / {part[2]} tokens"), unit=rows.unit, where=where)
    for label, tiers, cells, r in blocks:
        for name, prices in tiers.items():
            _add(rows, label, prices, name, evidence=row_evidence(cells), locator=grid.locator(r, 0))


def _add(rows: PriceRows, label: str, prices: dict, tier: str, *, evidence: str, locator: str, short: str = "") -> None:
    """One row below the threshold and, where there are long-context prices, one above it; batch cost apart."""
    name = FOOTNOTE.sub("", _STATUS.sub("", plain(label)))
    limit = _LIMIT.search(name)
    long = {c.removeprefix("long "): m for c, m in prices.items() if c.startswith("long ")}
    base = {c: m for c, m in prices.items() if not c.startswith(("long ", "batch "))}
    condition = "short context" if any(m is not None for m in long.values()) else ""
    if limit:
        name = _LIMIT.sub("", name)
        condition = short or f"prompt {limit['sign']} {limit['size']}"
    if not re.fullmatch(r"[A-Za-z][\w.\-: ]{1,60}", name):
        raise PageChanged(f"{locator}: expected a model name, found {label!r}")
    if rows.add(name, base, tier=tier, condition=condition, evidence=evidence, locator=locator) is None:
        raise PageChanged(f"{locator}: expected prices of {name}, found none")
    rows.add(name, long, tier=tier, condition="long context", evidence=evidence, locator=locator)
    rows.add(name, {"input": prices.get("batch input")}, tier="batch", evidence=evidence, locator=locator)


def _read_components(parts: list[Component], rows: PriceRows) -> None:
    """Component data: first what its rendered tables show, then the models only the data hold, tier by tier."""
    shown: dict[str, set[str]] = {}
    for part in parts:
        for grid in part.grids:
            _read_table(grid, part.tier, rows)
            shown.setdefault(part.tier, set()).update(plain(row[0].text) for row in grid.rows)
    for part in parts:
        names = ["input", "cached_input", "cache_write_5m", "output"]
        for r, (label, *values) in enumerate(part.rows):
            where = f"{part.tier} component, row {r + 1} ({label})"
            if plain(str(label)) in shown.get(part.tier, ()):
                continue
            if len(values) not in (3, 4):
                raise PageChanged(f"{where}: expected 3 or 4 values, found {values}")
            keys = names if len(values) == 4 else [n for n in names if n != "cache_write_5m"]
            cells = {k: price(Cell(_printed(v)), unit=rows.unit, where=where) for k, v in zip(keys, values, strict=True)}
            _add(
                rows,
                str(label),
                cells,
                part.tier,
                evidence=f"{label} | {' | '.join(_printed(v) for v in values)}",
                locator=where,
                short="short context" if part.grids else "",
            )


def _printed(value: object) -> str:
    """A component's value as the page prints it: numbers get the dollar sign, null and "" the dash."""
    if value is None or value == "":
        return "-"
    return value if isinstance(value, str) else f"${value}"
