"""Cards and lists outside tables: which lines belong to one model, and which line names it.

In HTML a card is the largest element in which no component is priced twice. In text a heading begins a card, or the one line
between two groups of prices that is said only once; where more than one line could be the name, the group is held.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sources.pages.layout.claims import Block
from sources.pages.layout.declaration import Layout
from sources.pages.layout.names import days_in
from sources.pages.layout.text.card import holds_price, read_card
from sources.pages.layout.text.elements import element_cards
from sources.pages.layout.text.lines import Line
from sources.pages.layout.text.named import Card, class_words, is_identifier, may_name, said_by
from sources.pages.layout.words import NOTHING, Meaning, under

LONGEST = 400
"""A longer line is a paragraph (or data), and no part of a card."""


def read_flow(lines: Sequence[Line], layout: Layout, page: Meaning) -> list[Block]:
    """The claims of all cards of a page, a block for each."""
    blocks = []
    for n, card in enumerate(_found(lines, layout)):
        if layout.is_skipped(card.headings):
            continue
        name = card.names[0] if len(card.names) == 1 else ""
        block = Block(f"line {card.lines[0].number}" + (f" ({' > '.join(card.headings)})" if card.headings else ""))
        read_card(card.lines, name, card.around, page, layout, block, (n, 0, 0), card.ident, days_in(card.headings))
        blocks.append(block)
    return blocks


def _found(lines: Sequence[Line], layout: Layout) -> Iterable[Card]:
    told = [replace(line, text=layout.cleaned(line.text)) for line in lines] if layout.line_name else lines
    short = [line for line in told if len(line.text) <= LONGEST]
    alone, others = _apart(short, layout)
    return [*alone, *(element_cards(others, layout) if any(len(line.path) > 1 for line in others) else _cards(others, layout))]


def _apart(lines: Sequence[Line], layout: Layout) -> tuple[list[Card], list[Line]]:
    """Lines that hold a model with its prices as cards of their own, and the other lines."""
    alone: list[Card] = []
    others: list[Line] = []
    path: dict[int, str] = {}
    said = [part for line in lines for part in (_sentences(line) if holds_price(line) else [line])]
    for line in said:
        if line.level:
            path = {k: v for k, v in path.items() if k < line.level}
            path[line.level] = line.text
        card = _of_itself(line, layout) if holds_price(line) and not line.level else None
        if card is None:
            others.append(line)
            continue
        card.headings = tuple(path[k] for k in sorted(path))
        card.around = said_by(card.headings, layout)
        alone.append(card)
    return alone, others


_SENTENCE = re.compile(
    r"(?:for |the )*(?P<name>[A-Z][^$,;:]{2,60}?) (?:is|are|costs?)(?: now| currently)?(?: (?:charged|priced|billed|offered|available))?"
    r"(?: at| for)? (?=[$€¥£])"
)
"""``NAME is priced at $..``: a sentence that says what one model costs."""


def _of_itself(line: Line, layout: Layout) -> Card | None:
    """The card of a line that names its model: by the declared pattern, by the one identifier printed as code in it, or as a sentence."""
    own = re.search(layout.line_name, line.text) if layout.line_name else None
    if own:
        return Card([replace(line, text=f"{line.text[: own.start(1)]} {line.text[own.end(1) :]}".strip(" |"))], [own[1]])
    if line.ident:
        return Card([line], [line.ident])
    tagged = _TAGGED.match(line.text)
    if tagged and len(names := _TAG.findall(tagged[1])) == 1:
        return Card([replace(line, text=line.text[tagged.end() :])], names)
    said = _SENTENCE.match(line.text) or _LISTED.match(line.text)
    if said is None or layout.vocabulary.read(said["name"]).priced or layout.vocabulary.read(said["name"]).understood:
        return None
    prices = _CLAUSE.sub("", line.text[said.end() :]).rstrip(".")
    return Card([replace(line, text=prices)], [said["name"]])


_LISTED = re.compile(r"(?P<name>[^\s$€¥£:][^$€¥£:|]{1,60}):\s+(?=[$€¥£][^$€¥£]*\bin(?:put)?\b.{0,200}\bout(?:put)?\b)")
"""``NAME: $.. in, $.. out``."""
_TAGGED = re.compile(r"([^$€¥£]{4,160})\bprices?:?\s+(?=[$€¥£])", re.I)
_TAG = re.compile(r"(?<![\w./-])[a-z](?=[\w./-]*-)(?=[\w./-]*\d)[\w./-]{3,60}(?![\w/-])")
"""``.. name-4 .. Price $.. in $.. out``: the one word in front of the prices that identifies a model."""
_CLAUSE = re.compile(r",\s[^$€¥£()]*$")
"""What a sentence goes on to say behind its last price."""


def _sentences(line: Line) -> list[Line]:
    """A paragraph sentence by sentence, where one of them says what a model costs; else the line as it is."""
    parts = re.split(r"(?<=[.;])\s+(?=[A-Z])", line.text) if len(line.text) <= LONGEST else [line.text]
    return [replace(line, text=part) for part in parts] if any(map(_SENTENCE.match, parts)) else [line]


def _cards(lines: Sequence[Line], layout: Layout) -> Iterable[Card]:
    cards = _by_names(lines, layout)
    classes = class_words(cards)
    for card in cards:
        once = [name for name in card.names if name not in classes]
        begins = once == card.names[: len(once)]  # what is left out stands behind the name, never in front of it
        pair = len(once) == 2 and is_identifier(once[1]) and not is_identifier(once[0])
        card.ident = once[1] if pair else card.ident
        card.names = once[:1] if len(card.names) > 1 and begins and (len(once) == 1 or pair) else card.names
    return cards


def _by_names(lines: Sequence[Line], layout: Layout) -> list[Card]:
    """Cut lines into cards: at a heading that may name a model, or at text between two groups of prices."""
    cards: list[Card] = []
    path: dict[int, str] = {}
    fresh, ident = "", ""
    texts: list[str] = []
    gathered: list[Line] = []
    section = NOTHING
    for line in lines:
        if line.level:
            section = NOTHING
            said = layout.vocabulary.read(line.text)
            path = {k: v for k, v in path.items() if k < line.level}
            path[line.level] = line.text
            if not said.understood and "price" not in said.senses:
                fresh, ident, texts, gathered = line.text, "", [], []
            else:
                gathered.append(line)
            continue
        if not holds_price(line):
            gathered.append(line)
            said = layout.vocabulary.read(layout.cleaned(line.text))
            if said.understood and (said.unit or said.meter) and not (said.direction or said.cache):
                section = replace(said, senses=frozenset())  # what follows is priced per this, model after model
            elif line.ident:
                fresh, ident, texts = line.text, line.ident, []
            elif not said.understood and may_name(line.text) and not ident:
                texts.append(line.text)
            continue
        if fresh or texts or not cards:
            last = texts[-1] if texts and is_identifier(texts[-1]) else ""
            names = [last or fresh] if fresh or last else texts
            headings = tuple(path[k] for k in sorted(path))
            cards.append(Card([], names, headings, under(section, said_by(headings, layout)), ident))
        cards[-1].lines += [*gathered, line]
        fresh, ident, texts, gathered = "", "", [], []
    return cards
