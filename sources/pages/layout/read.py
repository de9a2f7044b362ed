"""A page of any layout as quotes: tables, lists, cards, lines and the data in its scripts, by one vocabulary.

``read_page`` is the whole reader: stage one (``grid``, ``flow``, ``payload``) finds amounts with their surroundings, stage two
(``assemble``) settles what they are prices of. What is not understood is held in the size of its record or block.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sources.pages.columns import declared_currency
from sources.pages.layout.assemble import Judge, assemble
from sources.pages.layout.card import said_over
from sources.pages.layout.claims import Block
from sources.pages.layout.components import component_grids, literals
from sources.pages.layout.declaration import DEFAULTS, Layout
from sources.pages.layout.flow import read_flow
from sources.pages.layout.grid import Around, read_grid
from sources.pages.layout.lines import joined_lines, page_lines
from sources.pages.layout.names import days_in, named_before
from sources.pages.layout.payload import lines_in, tables_in, values
from sources.pages.layout.records import read_records
from sources.pages.layout.words import NOTHING, TIER_WORDS, Meaning, Vocabulary, under
from sources.pages.page import Page
from sources.pages.quote import LeftOut, PageChanged, PriceQuote
from sources.pages.tables import Grid, html_grids, markdown_grids
from units.quantity import amounts, plain


def read_page(page: Page, layout: Layout = DEFAULTS, judge: Judge | None = None) -> list[PriceQuote | LeftOut]:
    """What a page gives by a provider's declaration: quotes, and what is left out of them.

    Raises ``PageChanged`` when no price per tokens can be read on it.
    """
    layout = with_stated_order(page, layout)
    found = assemble(_blocks(page, layout, page_meaning(page, layout)), layout, judge)
    held = [out for out in found.left_out if out.extent == "block"]
    if not any(q.row is not None for q in found.quotes):
        first = f"; the first of {len(held)} held: {held[0].subject}: {held[0].reason} ({held[0].locator})" if held else ""
        raise PageChanged(f"expected prices per tokens, found none that can be read{first}")
    return [*found.quotes, *found.left_out]


def read_table(grid: Grid, layout: Layout, names: Sequence[str], said: Meaning) -> list[PriceQuote | LeftOut]:
    """What one table gives whose models and tier the caller knows."""
    around = around_grid(grid, layout.vocabulary, NOTHING)
    around = Around(under(said, around.meaning), names[0] if names else around.name, NOTHING, names=tuple(names))
    found = assemble([read_grid(grid, layout.vocabulary, layout, around, 0)], layout)
    return [*found.quotes, *found.left_out]


def _blocks(page: Page, layout: Layout, said: Meaning) -> list[Block]:
    """The blocks of what is printed; where that prices no tokens, those of the data in the scripts."""
    is_data = page.text.lstrip()[:1] in ("[", "{")
    lines = [] if is_data else _within(page_lines(page), MAX_LINES, "lines")
    blocks = (
        [] if is_data else _grid_blocks(_within(page_grids(page), MAX_TABLES, "tables"), layout, said, 0) + read_flow(lines, layout, said)
    )
    if not layout.data and any(c.meaning.direction and c.meaning.unit and c.name for block in blocks for c in block.claims):
        return blocks
    found = values(page) or {f"object {n + 1}": value for n, value in enumerate(literals(page.text))}
    blocks += _grid_blocks(_within(tables_in(found), MAX_TABLES, "tables of data"), layout, said, 10_000)
    streamed = _within(joined_lines(lines_in(found)), MAX_LINES, "lines of data")
    titles = {line.text for line in streamed if line.level == 1} or {line.text for line in lines if line.level == 1}
    title = titles.pop() if len(titles) == 1 else ""
    return blocks + read_flow(streamed, layout, said) + read_records(found, layout, said, title)


MAX_TABLES = 500
MAX_LINES = 8_000
"""More of them are on no price page: the largest at hand has 70 tables and 3,000 lines. Each is held against all others."""


def _within(found: list[Any], most: int, what: str) -> list[Any]:
    if len(found) > most:
        raise PageChanged(f"expected at most {most} {what} on a page, found {len(found)}: the page is not read")
    return found


def _grid_blocks(grids: Sequence[Grid], layout: Layout, said: Meaning, first: int) -> list[Block]:
    blocks = []
    kept = joined(grids)
    for number, grid in enumerate(kept, first):
        if layout.is_skipped(grid.heading):
            continue
        around = around_grid(grid, layout.vocabulary, said)
        tab = tabbed(kept, number - first, layout.vocabulary)
        codes = tuple(grid.attributes.get("identifiers", "").split()) if layout.identifiers else ()
        since, until = days_in([*reversed(grid.heading), grid.caption, *[line for line in grid.before.split("\n")[-1:] if len(line) < 120]])
        around = Around(under(tab, around.meaning), codes[0] if codes else around.name, said, since, until, codes)
        blocks.append(read_grid(grid, layout.vocabulary, layout, around, number))
    if layout.prose_names:
        named_before(blocks)
    return blocks


_ORDER = re.compile(r"\border (?:of (?:the )?prices )?is:? *((?:[a-z]+(?: [a-z]+)?)(?: ?/ ?[a-z]+(?: [a-z]+)?){1,4})", re.I)


def with_stated_order(page: Page, layout: Layout) -> Layout:
    """The layout with the order of several prices in a cell that the page itself states (``the order is input / output``)."""
    stated = [[plain(word) for word in m[1].split("/")] for m in _ORDER.finditer(re.sub(r"[*_`]", "", plain_text(page)))]
    stated = [order for order in stated if all(layout.vocabulary.read(word).understood for word in order)]
    return layout.model_copy(update={"cell_order": [*stated, *layout.cell_order]}) if stated else layout


def tabbed(grids: Sequence[Grid], number: int, vocabulary: Vocabulary) -> Meaning:
    """The tier of a table among those of one heading whose tabs (``StandardBatchFlex``) the page prints once in front of them."""
    heading = grids[number].heading
    group = [n for n, grid in enumerate(grids) if grid.heading == heading]
    group = [n for n in group if set(range(min(n, number), max(n, number))) <= set(group)]
    tabs = [
        found for line in grids[group[0]].before.split("\n") if (found := _TABS.fullmatch(re.sub(r"[\[\]()#\s]|\bmore\b|More", "", line)))
    ]
    words = re.findall(_TAB, tabs[-1][0]) if tabs else []
    return vocabulary.read(words[group.index(number)]) if len(words) == len(group) else NOTHING


_TAB = r"Standard|Batch|Flex|Priority|Fast"
_TABS = re.compile(rf"(?:{_TAB}){{2,}}")


def page_grids(page: Page) -> list[Grid]:
    """The tables of a page, HTML or Markdown (which may hold HTML tables too)."""
    if page.is_html:
        found = html_grids(page.tree)
        if found and re.search(r"<(?:html|body|!doctype)", page.text[:20000], re.I):
            return found
    return [*markdown_grids(ruled(with_panes(page.text))), *component_grids(page.text)]


_PANE = re.compile(r"^\s*<(Tab|Accordion|TabItem|details|summary)\b[^>]*?(?:title|label|value)=[\"']([^\"']{1,80})[\"'][^>]*>\s*$")
_PANES_END = re.compile(r"^\s*</(?:Tabs|Accordion|AccordionGroup)>\s*$")


def with_panes(text: str) -> str:
    """Markdown in which the panes of documentation components (``<Tab title="Batch">``) are headings, up to their end."""
    last, made = "# ", []
    for line in text.splitlines():
        pane = _PANE.match(line)
        if re.match(r"#{1,5}\s", line):
            last = line
        if pane:
            line = f"{'#' * (len(last) - len(last.lstrip('#')) + 1)} {pane[2]}"
        elif _PANES_END.match(line) and last.strip("# "):
            line = last
        made.append(line)
    return "\n".join(made) + ("\n" if text.endswith("\n") else "")


def ruled(text: str) -> str:
    """Markdown in which rows of bars that lack the line of dashes below their head have one."""
    lines = text.splitlines()
    made: list[str] = []
    for n, line in enumerate(lines):
        made.append(line)
        bars = line.strip()
        if _BARS.match(bars) and not (n and _BARS.match(lines[n - 1].strip())) and n + 1 < len(lines):
            below = lines[n + 1].strip()
            if _BARS.match(below) and not re.fullmatch(r"[|:\s-]+", below) and below.count("|") == bars.count("|"):
                made.append("|" + " --- |" * (bars.count("|") - 1))
    return "\n".join(made) + ("\n" if text.endswith("\n") else "")


_BARS = re.compile(r"\|.*\|$")


def joined(grids: Sequence[Grid]) -> list[Grid]:
    """Grids in which a table of heads alone is put on top of the headless one of the same width that follows it, and none is a mere echo."""
    kept: list[Grid] = []
    for grid in grids:
        last = kept[-1] if kept else None
        if last is not None and grid.heading == last.heading and not grid.before.strip() and grid.texts() == last.texts():
            continue
        if (
            last is not None
            and len(last.rows) == 1
            and grid.width == last.width
            and not any(c.header for c in grid.rows[0])
            and any(re.search(r"\d", c.text) for row in grid.rows for c in row)
            and not any(amounts(c.text) for c in last.rows[0])
        ):
            kept[-1] = Grid(
                [*last.rows, *grid.rows], grid.heading, grid.index, grid.caption, grid.attributes, f"{last.before}\n{grid.before}"
            )
            continue
        kept.append(grid)
    return kept


_STATEMENT = re.compile(r"(?:prices?|pricing|costs?|rates?|价格|单价|计费|定价)[^.\n。]{0,80}", re.I)


def page_meaning(page: Page, layout: Layout) -> Meaning:
    """What the page says of all its prices: the one unit its sentences state (``Prices per 1M tokens``) and the one currency."""
    text = plain_text(page)
    units = {
        said.unit for m in _STATEMENT.finditer(text) if not re.search(r"[$€¥]\s?\d", m[0]) and (said := layout.vocabulary.read(m[0])).unit
    }
    return Meaning(unit=units.pop() if len(units) == 1 else "", currency=declared_currency(text))


def plain_text(page: Page) -> str:
    """The words a reader of the page sees."""
    return page.tree.text(separator="\n") if page.is_html and page.tree.body is not None else page.text


_PER_OTHER = re.compile(r"\s*(?:all )?prices?\b[^.]{0,40}?\bper (\w+)", re.I)
"""A line that says what prices are per: where that is no unit known, the page's own unit does not hold below it."""


def around_grid(grid: Grid, vocabulary: Vocabulary, page: Meaning) -> Around:
    """The headings, the caption and the lines in front of a table."""
    said = NOTHING
    lines = [vocabulary.read(text) for text in grid.before.split("\n") if len(text) <= 200]
    listed = len({line.tier for line in lines if line.understood and line.tier}) > 1  # the names of all tabs, whichever is open
    for text in [grid.caption, *reversed(grid.before.split("\n"))]:
        if not text or len(text) > 200:
            continue
        line = said_over(vocabulary.read(text), prose=True)
        other = _PER_OTHER.match(text) if not (line.unit or line.meter) else None
        line = replace(line, senses=line.senses - TIER_WORDS) if listed else line
        said = under(said, Meaning(meter=f"1 {other[1]}") if other else line)
    for text in (v for k, v in grid.attributes.items() if k in ("tier", "serviceTier", "service_tier") and v):
        told = vocabulary.read(text)
        said = under(said_over(told) if told.tier else Meaning(frozenset({"reserved"})), said)
    name, named = "", False
    for text in reversed(grid.heading):
        meaning = vocabulary.read(text)
        if not named and not (meaning.understood and (meaning.tier or meaning.says_nothing or meaning.senses <= {"price", "drop"})):
            name, named = ("" if meaning.understood or "price" in meaning.senses else plain(text)), True
        said = under(said, said_over(meaning))
    return Around(said, name, page)
