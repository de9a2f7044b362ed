"""What stands over a table: its headings, its caption, the lines in front of it and what the page says of all its prices."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from sources.pages.columns import declared_currency
from sources.pages.layout.declaration import Layout
from sources.pages.layout.words import NOTHING, TIER_WORDS, Meaning, Vocabulary, under
from sources.pages.page import Page
from sources.pages.tables import Grid
from units.quantity import plain


@dataclass(frozen=True, slots=True)
class Around:
    """What stands over a block: the meaning of its headings, the nearest heading that may name a model, what the page says of all prices."""

    meaning: Meaning = NOTHING
    name: str = ""
    page: Meaning = NOTHING
    since: str = ""
    until: str = ""
    names: tuple[str, ...] = ()
    """The models of a table without names, where several share its heading."""


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
    panes = [vocabulary.read(text) for text in grid.attributes.get("panes", "").split("\n")]
    said = under(said, next((said_over(told) for told in panes if told.understood and told.tier), NOTHING))
    name, named = "", False
    for text in reversed(grid.heading):
        meaning = vocabulary.read(text)
        if not named and not (meaning.understood and (meaning.tier or meaning.says_nothing or meaning.senses <= {"price", "drop"})):
            name, named = ("" if meaning.understood or "price" in meaning.senses else plain(text)), True
        said = under(said, said_over(meaning))
    return Around(said, name, page)


_PER_OTHER = re.compile(r"\s*(?:all )?prices?\b[^.]{0,40}?\bper (\w+)", re.I)
"""A line that says what prices are per: where that is no unit known, the page's own unit does not hold below it."""


def said_over(said: Meaning, *, prose: bool = False) -> Meaning:
    """What a heading or a line says of the prices below it: all of it where every word is known, else only what narrows them.

    ``Vision models`` heads models, not tokens of images: the kinds of a class of models say nothing of its tokens.
    """
    senses = said.senses - {"input", "output", "cached", "cache", "read", "write", "name", "note", "drop"}
    if not said.understood or "name" in said.senses:
        senses &= {"training", "embedding", "rerank", "batch", "flex", "reserved"} | ({"priority", "fast"} if said.understood else set())
    if len(said.senses & TIER_WORDS) > 1:
        senses -= TIER_WORDS
    if prose:  # a line is no heading: it may be the name of a tab beside others
        senses = senses - {"embedding", "rerank", "request", "search"} if said.understood else frozenset()
    keeps = said.understood or "price" in said.senses
    return Meaning(
        frozenset(senses),
        said.unit if keeps else "",
        "" if said.unit else said.meter if said.understood else "",
        said.currency if keeps else "",
        said.conditions if said.understood else (),
    )


def page_meaning(page: Page, layout: Layout) -> Meaning:
    """What the page says of all its prices: the one unit its sentences state (``Prices per 1M tokens``) and the one currency."""
    text = plain_text(page)
    units = {
        said.unit for m in _STATEMENT.finditer(text) if not re.search(r"[$€¥]\s?\d", m[0]) and (said := layout.vocabulary.read(m[0])).unit
    }
    return Meaning(unit=units.pop() if len(units) == 1 else "", currency=declared_currency(text))


_STATEMENT = re.compile(r"(?:prices?|pricing|costs?|rates?|价格|单价|计费|定价)[^.\n。]{0,80}", re.I)


def plain_text(page: Page) -> str:
    """The words a reader of the page sees."""
    return page.tree.text(separator="\n") if page.is_html and not page.is_markdown and page.tree.body is not None else page.text


def with_stated_order(page: Page, layout: Layout) -> Layout:
    """The layout with the order of several prices in a cell that the page itself states (``the order is input / output``)."""
    stated = [[plain(word) for word in m[1].split("/")] for m in _ORDER.finditer(re.sub(r"[*_`]", "", plain_text(page)))]
    stated = [order for order in stated if all(layout.vocabulary.read(word).understood for word in order)]
    return layout.model_copy(update={"cell_order": [*stated, *layout.cell_order]}) if stated else layout


_ORDER = re.compile(r"\border (?:of (?:the )?prices )?is:? *((?:[a-z]+(?: [a-z]+)?)(?: ?/ ?[a-z]+(?: [a-z]+)?){1,4})", re.I)
