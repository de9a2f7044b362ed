"""Google's Gemini API prices: one table per model and tier, and the bullet lists of 2024 and early 2025.

The tier of a table is the heading above it or, where a converter dropped the headings, its place in the tab
list of its section. Rows of the wide form are named by the model ids below a section's heading. Models
without an output price (embeddings) and per-image, per-second and per-request tables are long form only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sources.pages.build import PriceRows, row_evidence
from sources.pages.columns import body
from sources.pages.layout.declaration import layout_beside
from sources.pages.layout.read import read_table
from sources.pages.layout.words import Meaning
from sources.pages.page import Page
from sources.pages.quote import LeftOut, PageChanged, PriceQuote
from sources.pages.tables import Grid, html_grids, markdown_cell, markdown_grids
from sources.providers.google.bullets import read_bullets
from sources.providers.google.cells import Price, prices_of
from units.quantity import UnreadableQuantity, amounts, plain, token_unit

TIERS = {"standard": "standard", "batch": "batch", "flex": "flex", "priority": "priority"}
_TABS = re.compile(r"(?:(?:standard|batch|flex|priority)\s*)+(?:more)?", re.I)
_ID = re.compile(
    r"(?<![A-Za-z0-9/.])(?:gemini|gemma|learnlm|deep-research|antigravity|computer-use|nano-banana)-[a-z0-9][a-z0-9.\-]*[a-z0-9]"
)
LABELS = (
    (r"input price(?: \(.*\))?", "input"),
    (r"output price(?: \(.*\))?", "output"),
    (r"context caching(?: price)?", "cached_input"),
    (r"context caching \(storage\)|storage price", "storage"),
    (r"(?:text|image|audio|video) input price", "part"),
    (
        r"grounding.*|used to improve.*|tuning.*|image generation.*|live api.*|code execution.*|text-to-speech.*|url context.*|"
        r"computer use.*|file search.*|free of charge.*|.*(?:image|video|song|music)\b.*price.*|.*\bsong\b.*",
        "",
    ),
)
"""Row labels -> component; the empty one marks rows that hold no token price of the model."""


def parse(page: Page) -> list[PriceQuote | LeftOut]:
    """Quotes of the page. A table that is not understood is read by the declaration, or left out with the reason; raises
    ``PageChanged`` where a section's tiers are not understood or nothing is left.
    """
    grids = (html_grids(page.tree) if page.is_html else []) or markdown_grids(page.text)
    names = _ids_html(page) if page.is_html else _ids_markdown(page.text)
    rows = PriceRows("1M tokens")
    left_out: list[LeftOut] = []
    sections: dict[tuple[str, ...], list[Grid]] = {}
    doubted: set[tuple[str, ...]] = set()
    for grid in grids:
        section = tuple(h for h in grid.heading if h.lower() not in TIERS)
        try:
            if _paid_column(grid) is not None:
                sections.setdefault(section, []).append(grid)
        except PageChanged as error:  # without it the tiers of the section's other tables are not certain
            doubted.add(section)
            left_out.append(LeftOut(subject=" > ".join(grid.heading), reason=str(error), locator=grid.locator(0, 0), extent="block"))
    for heading, tables in ((h, t) for h, t in sections.items() if h not in doubted):
        models = names.get(heading[-1] if heading else "")
        for tier, grid in _tiers(heading, tables):
            before = rows.mark()
            try:
                _read(grid, tier, models or [_title(heading)], " ".join(heading), rows)
            except (PageChanged, UnreadableQuantity) as error:
                rows.back_to(before)
                left_out += _declared(grid, tier, models or [_title(heading)], str(error), rows)
    if not sections:
        read_bullets(page.text, rows)
    if not any(q.row is not None for q in rows.quotes):
        raise PageChanged(left_out[0].reason if left_out else "expected tables or lists of token prices, found none")
    return [*rows.quotes, *left_out]


def _declared(grid: Grid, tier: str, models: list[str], reason: str, rows: PriceRows) -> list[LeftOut]:
    """A table the code does not understand, read by the declaration; what is left out of it, with the code's reason where it gives nothing."""
    told = read_table(grid, layout_beside(__file__), models, Meaning(frozenset({tier})))
    quotes = [q for q in told if isinstance(q, PriceQuote)]
    rows.take(quotes)
    held = [q for q in told if isinstance(q, LeftOut)]
    return held if quotes else [LeftOut(subject=" / ".join(models), reason=reason, locator=grid.locator(0, 0), extent="block")]


def _paid_column(grid: Grid) -> int | None:
    """The column of paid prices per tokens; None for a table without token prices; refuses one not understood."""
    where = f"table {grid.index + 1} ({' > '.join(grid.heading)})"
    header = [plain(t) for t in grid.header()]
    labels = [plain(row[0].text).lower() for row in grid.rows]
    about_tokens = any(re.match(r"(text )?(input|output) price", label) for label in labels)
    if not about_tokens and grid.heading and re.fullmatch(r"pricing for (tools|agents).*|tools", grid.heading[-1], re.I):
        return None
    paid = [n for n, t in enumerate(header) if re.match(r"paid tier\b", t, re.I)]
    if len(paid) != 1 or not re.search(r"\bin USD$", header[paid[0]]):
        if about_tokens or paid:
            raise PageChanged(f"{where}: expected one column 'Paid Tier, per 1M tokens in USD', found {header}")
        return None
    if not re.search(r"tokens?\b", header[paid[0]], re.I):
        if about_tokens:
            raise PageChanged(f"{where}: expected prices per tokens, found {header[paid[0]]!r}")
        return None
    others = [t for n, t in enumerate(header) if n != paid[0] and not re.fullmatch(r"|free tier.*", t, re.I)]
    if others:
        raise PageChanged(f"{where}: expected known columns, found {others}")
    return paid[0]


def _tiers(heading: tuple[str, ...], tables: list[Grid]) -> list[tuple[str, Grid]]:
    """Each table of a section with its tier, from its own heading or from the section's tab list."""
    where = " > ".join(heading)
    tabs = [
        t
        for g in tables
        for line in g.before.split("\n")
        if _TABS.fullmatch(plain(line))
        for t in re.findall(r"standard|batch|flex|priority", line.lower())
    ]
    if tabs:
        if len(tabs) != len(tables):
            raise PageChanged(f"{where}: expected a table for each of the tabs {tabs}, found {len(tables)}")
        return [(TIERS[t], g) for t, g in zip(tabs, tables, strict=True)]
    found: dict[str, Grid] = {}
    for grid in tables:
        tier = TIERS.get(grid.heading[-1].lower(), "standard") if grid.heading else "standard"
        if tier in found and found[tier].texts() != grid.texts():
            raise PageChanged(f"{where}: expected one {tier} table, found two that differ")
        found.setdefault(tier, grid)
    return list(found.items())


def _ids_markdown(text: str) -> dict[str, list[str]]:
    """Section heading -> the model ids in a line of their own below it (Markdown)."""
    found: dict[str, list[str]] = {}
    heading, done = "", True
    for line in text.splitlines():
        if title := re.match(r"## +(.*?)\s*#*$", line):
            heading, done = markdown_cell(title[1]).text, False
        elif line.startswith("|"):
            done = True
        elif not done and "`" in line:
            words = markdown_cell(line).text
            ids = _ID.findall(words)
            if ids and not re.sub(r"[\W_]|\band\b|\bor\b", "", _ID.sub("", words)):
                found[heading] = list(dict.fromkeys(ids))
                done = True
    return found


def _ids_html(page: Page) -> dict[str, list[str]]:
    """Section heading -> the model ids in code right below it (HTML)."""
    found: dict[str, list[str]] = {}
    heading, done = "", True
    for node in page.tree.css("h2,code,table"):
        text = plain(node.text(deep=True, separator=" ")) if node.tag != "table" else ""
        if node.tag == "h2":
            heading, done = text, False
        elif node.tag == "table":
            done = True
        elif not done and _ID.fullmatch(text) and text not in found.setdefault(heading, []):
            found[heading].append(text)
    return {h: ids for h, ids in found.items() if ids}


def _title(heading: tuple[str, ...]) -> str:
    name = re.sub(r"[^\w .()\-]", "", heading[-1]).strip() if heading else ""
    if not re.match(r"[A-Za-z]", name):
        raise PageChanged(f"expected a model above its price table, found {heading}")
    return name


def _read(grid: Grid, tier: str, models: list[str], heading: str, rows: PriceRows) -> None:
    paid = _paid_column(grid) or 0
    where = f"table {grid.index + 1} ({heading}, {tier})"
    unit = token_unit(grid.header()[paid])
    found: dict[str, list[Price]] = {}
    for _, row in body(grid):
        label = plain(re.sub(r"\*+$", "", row[0].text))
        component = next((c for pattern, c in LABELS if re.fullmatch(pattern, label, re.I)), None)
        if component is None:
            if amounts(row[paid].text):
                raise PageChanged(f"{where}: expected a known row, found {label!r}")
            continue
        if not component:
            continue
        if component in found and component != "part":
            raise PageChanged(f"{where}: expected one row for {component}, found two")
        found[component] = found.get(component, []) + prices_of(row[paid], unit, f"{where}, {label}")
    told = [c for c in ("input", "output") if c in found]
    if "part" not in found and told != ["input", "output"] and not (told == ["input"] and "embed" in heading.lower()):
        raise PageChanged(f"{where}: expected an input and an output price, found {told or 'neither'}")
    evidence = "; ".join(row_evidence(row) for _, row in body(grid) if re.search(r"input|output|caching|storage", row[0].text, re.I))
    for model in models:
        _add(rows, model, found if told == ["input", "output"] else {}, tier, unit, evidence, grid.locator(0, paid))
        _extras(rows, model, found, told == ["input"], tier, unit, evidence, grid.locator(0, paid))


def _add(rows: PriceRows, model: str, found: dict[str, list[Price]], tier: str, unit: str, evidence: str, locator: str) -> None:
    """The wide rows of one model and tier: one for each threshold, mode of thinking and period."""
    text = {c: _text_prices(found.get(c, ()), f"{locator}, {c}") for c in ("input", "output", "cached_input")}
    keys = list(dict.fromkeys(p.when for c in text.values() for p in c if any(p.when))) or [("", "", "")]
    for when in keys:
        prices = {
            c: next((p.money for p in ps if p.when == when), next((p.money for p in ps if not any(p.when)), None)) for c, ps in text.items()
        }
        condition, until, since = when
        status = "announced" if since else "promotional" if until else "in_force"
        rows.add(
            model,
            prices,
            tier=tier,
            unit=unit,
            condition=condition,
            evidence=evidence,
            locator=locator,
            effective_to=until,
            effective_from=since,
            status=status,
        )


def _text_prices(prices: Sequence[Price], where: str) -> list[Price]:
    """Of the token prices in one cell, those of text: the ones that say so, or the only modality there is."""
    tokens = [p for p in prices if not p.meter]
    if any("text" in p.modality and p.meter for p in prices) and not any("text" in p.modality for p in tokens):
        raise PageChanged(f"{where}: expected the text price per tokens, found it per {prices[0].meter or 'something else'}")
    spoken = (
        [p for p in tokens if "text" in p.modality]
        or [p for p in tokens if not p.modality]
        or (tokens if len({p.modality for p in tokens}) == 1 else [])
    )
    if len({p.when for p in spoken}) != len(spoken):
        raise PageChanged(f"{where}: expected one text price for each condition, found {[p.money.text for p in spoken]}")
    return spoken


def _extras(
    rows: PriceRows, model: str, found: dict[str, list[Price]], embedding: bool, tier: str, unit: str, evidence: str, locator: str
) -> None:
    """Long-form prices: other modalities, storage, meters, and embeddings."""
    for component, prices in found.items():
        shown = [] if embedding or component in ("part", "storage") else _text_prices(prices, locator)
        for p in prices:
            if p in shown:
                continue
            kind = next((m for m in ("audio", "image", "video") if m in p.modality), "")
            name = (
                "cache_storage_hour"
                if p.meter == "token-hour"
                else "other"
                if p.meter
                else "embedding"
                if embedding
                else f"{component}_{kind}"
                if kind and component in ("input", "output", "cached_input")
                else "other"
            )
            name = (
                name
                if name
                in (
                    "cache_storage_hour",
                    "embedding",
                    "other",
                    "input_audio",
                    "output_audio",
                    "input_image",
                    "output_image",
                    "input_video",
                    "cached_input_audio",
                    "cached_input_image",
                )
                else "other"
            )
            rows.extra(model, name, p.money, tier=tier, unit=p.meter or unit, condition=p.when[0], evidence=evidence, locator=locator)
