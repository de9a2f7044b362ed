"""A page of any layout as quotes: tables, lists, cards, lines and the data in its scripts, by one vocabulary.

``read_page`` is the whole reader: stage one (``tables``, ``text``, ``data``) finds amounts with their surroundings, stage two
(``assembly``) settles what they are prices of. What is not understood is held in the size of its record or block.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sources.pages.layout.around import Around, around_grid, page_meaning, with_stated_order
from sources.pages.layout.assembly.assemble import assemble
from sources.pages.layout.assembly.rows import Judge
from sources.pages.layout.claims import Block
from sources.pages.layout.data.payload import tables_in, values
from sources.pages.layout.data.records import read_records
from sources.pages.layout.data.streamed import streamed_tree
from sources.pages.layout.declaration import DEFAULTS, Layout
from sources.pages.layout.multipliers import multipliers
from sources.pages.layout.names import days_in, named_before
from sources.pages.layout.promotions import end_promotions
from sources.pages.layout.tables.components import literals
from sources.pages.layout.tables.grid import read_grid
from sources.pages.layout.tables.source import joined, page_grids, with_tabs
from sources.pages.layout.text.cards import read_flow
from sources.pages.layout.text.lines import html_lines, joined_lines, page_lines
from sources.pages.layout.words import SHORT, Meaning, is_lower
from sources.pages.page import Page
from sources.pages.quote import LeftOut, PageChanged, PriceQuote
from sources.pages.tables import Grid, html_grids


def read_page(page: Page, layout: Layout = DEFAULTS, judge: Judge | None = None) -> list[PriceQuote | LeftOut]:
    """What a page gives by a provider's declaration: quotes, and what is left out of them.

    Raises ``PageChanged`` when no price per tokens can be read on it; a page that prices its models by the hour alone
    gives that.
    """
    layout = with_stated_order(page, layout)
    blocks = _blocks(page, layout, page_meaning(page, layout))
    end_promotions(blocks, page)
    found = assemble(blocks, layout, judge)
    held = [out for out in found.left_out if out.extent == "block"]
    if not any(q.row is not None for q in found.quotes) and (held or not any(q.component == "hour" for q in found.quotes)):
        first = f"; the first of {len(held)} held: {held[0].subject}: {held[0].reason} ({held[0].locator})" if held else ""
        raise PageChanged(f"expected prices per tokens, found none that can be read{first}")
    return [*found.quotes, *multipliers(page, (q.model_label for q in found.quotes)), *found.left_out]


def _blocks(page: Page, layout: Layout, said: Meaning) -> list[Block]:
    """The blocks of what is printed; where that prices no tokens, those of the data in the scripts.

    Tables of data that price printed models and others too are what the page prints an excerpt of: they are read beside it.
    """
    is_data = page.text.lstrip()[:1] in ("[", "{")
    lines = [] if is_data else _within(page_lines(page, layout.vocabulary), MAX_LINES, "lines")
    blocks = (
        []
        if is_data
        else _grid_blocks(_within(page_grids(page, layout.vocabulary), MAX_TABLES, "tables"), layout, said, 0)
        + read_flow(lines, layout, said)
    )
    found = values(page) or {f"object {n + 1}": value for n, value in enumerate(literals(page.text))}
    tree = streamed_tree(found)
    grids = [*tables_in(found), *(html_grids(tree) if tree is not None else [])]
    tables = _grid_blocks(_within(grids, MAX_TABLES, "tables of data"), layout, said, 10_000)
    if not layout.data and (printed := _priced_names(blocks)):
        excerpt = any(printed & names and names - printed for names in map(_priced_names, [[t] for t in tables]))
        return blocks + _beyond_print(tables, blocks) if excerpt else blocks
    blocks += tables
    streamed = _within(joined_lines(html_lines(tree.body)) if tree is not None else [], MAX_LINES, "lines of data")
    titles = {line.text for line in streamed if line.level == 1} or {line.text for line in lines if line.level == 1}
    title = titles.pop() if len(titles) == 1 else ""
    return blocks + read_flow(streamed, layout, said) + read_records(found, layout, said, title)


def _beyond_print(tables: list[Block], printed: Sequence[Block]) -> list[Block]:
    """What tables of data price that no printed table has at that tier; a band from nothing up is short, where the printed ones call it so."""
    shown = {(c.name, c.meaning.tier) for block in printed for c in block.claims}
    short = any(SHORT in c.meaning.conditions for block in printed for c in block.claims)
    for block in tables:
        others = [c for c in block.claims if (c.name, c.meaning.tier) not in shown]
        block.claims = [replace(c, meaning=_called_short(c.meaning)) for c in others] if short else others
    return tables


def _called_short(said: Meaning) -> Meaning:
    return replace(said, conditions=tuple(f"{SHORT} ({c})" if is_lower(c) else c for c in said.conditions))


def sentences_before(grid: Grid) -> list[str]:
    """The last line in front of a table, sentence by sentence from the last: of a paragraph only what speaks of prices."""
    line = grid.before.split("\n")[-1]
    if len(line) < 120:
        return [line]
    return [t for t in reversed(re.split(r"(?<=[.;。；])\s*(?=[A-Z\u4e00-\u9fff(])", line)) if re.search(r"pric|rates?\b|价", t, re.I)]


def _priced_names(blocks: Sequence[Block]) -> set[str]:
    """The models that have a price of tokens in these blocks."""
    return {c.name for block in blocks for c in block.claims if c.meaning.direction and c.meaning.unit and c.name}


MAX_TABLES = 500


MAX_LINES = 8_000
"""More of them are on no price page: the largest at hand has 70 tables and 3,000 lines. Each is held against all others."""


def _within(found: list[Any], most: int, what: str) -> list[Any]:
    if len(found) > most:
        raise PageChanged(f"expected at most {most} {what} on a page, found {len(found)}: the page is not read")
    return found


def _grid_blocks(grids: Sequence[Grid], layout: Layout, said: Meaning, first: int) -> list[Block]:
    blocks = []
    kept = joined(with_tabs(grids))
    for number, grid in enumerate(kept, first):
        if layout.is_skipped(grid.heading):
            continue
        around = around_grid(grid, layout.vocabulary, said)
        codes = tuple(grid.attributes.get("identifiers", "").split())
        days = days_in([*reversed(grid.heading), grid.caption, *sentences_before(grid)])
        around = Around(around.meaning, codes[0] if codes else around.name, said, days.since, days.until, codes)
        blocks.append(read_grid(grid, layout.vocabulary, layout, around, number))
    if layout.prose_names:
        named_before(blocks)
    return blocks
