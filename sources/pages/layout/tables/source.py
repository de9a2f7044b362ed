"""The tables of a page as grids: of HTML, of Markdown and of documentation components, with panes and tabs as what they say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from sources.pages.layout.tables.components import component_grids
from sources.pages.layout.tables.drawn import drawn_tables
from sources.pages.layout.tables.plain_text import with_bars
from sources.pages.layout.words import Vocabulary
from sources.pages.page import Page
from sources.pages.tables import Grid, html_grids, markdown_grids
from units.quantity import amounts


def page_grids(page: Page, vocabulary: Vocabulary) -> list[Grid]:
    """The tables of a page, HTML (a piece of it, drawn ones too) or Markdown (those of HTML tags in it too)."""
    if page.is_html and not page.is_markdown:
        found = [*html_grids(page.tree), *(grid for _, grid in drawn_tables(page.tree, vocabulary))]
        if found:
            return found
    return [*markdown_grids(ruled(with_panes(with_bars(page.text, vocabulary)))), *component_grids(page.text)]


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
        if last is not None and _place(grid) == _place(last) and not grid.before.strip() and grid.texts() == last.texts():
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


def _place(grid: Grid) -> tuple[tuple[str, ...], str, str]:
    """What a table stands below: its headings, its tab and its panes."""
    return grid.heading, grid.attributes.get("tier", ""), grid.attributes.get("panes", "")


def with_tabs(grids: Sequence[Grid]) -> list[Grid]:
    """Grids with the tier of their tab, where one heading has a table for each tab (``StandardBatchFlex``) that the page prints once over them."""
    made = list(grids)
    start = 0
    for _, run in groupby(grids, key=lambda grid: grid.heading):
        group = list(run)
        tabs = [found for line in group[0].before.split("\n") if (found := _TABS.fullmatch(re.sub(r"[\[\]()#\s]|\bmore\b|More", "", line)))]
        words = re.findall(_TAB, tabs[-1][0]) if tabs else []
        if words:
            tiers = words if len(words) == len(group) else ["not known"] * len(group)
            made[start : start + len(group)] = [
                replace(g, attributes={"tier": word, **g.attributes}) for g, word in zip(group, tiers, strict=True)
            ]
        start += len(group)
    return made


_TAB = r"Standard|Batch|Flex|Priority|Fast"


_TABS = re.compile(rf"(?:{_TAB}){{2,}}")
