"""Cards and lists outside tables: which lines belong to one model, and which line names it.

In HTML a card is the largest element in which no component is priced twice. In text a heading begins a card, or the one line
between two groups of prices that is said only once; where more than one line could be the name, the group is held.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from sources.pages.layout.card import holds_price, read_card
from sources.pages.layout.claims import Block
from sources.pages.layout.declaration import Layout
from sources.pages.layout.lines import Line
from sources.pages.layout.names import days_in
from sources.pages.layout.words import NOTHING, Meaning, under

_IDENTIFIER = re.compile(r"@?[\w.-]+(?:/[\w.:-]+)*(?=$)")


_CLASS_SHARE = 0.08
LONGEST = 400
"""A longer line is a paragraph (or data), and no part of a card."""


@dataclass(slots=True)
class Card:
    """Lines of one model; ``names``: the lines that could name it, the likeliest alone where one is certain."""

    lines: list[Line] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    headings: tuple[str, ...] = ()
    around: Meaning = NOTHING
    ident: str = ""


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
    from sources.pages.layout.elements import element_cards

    told = [replace(line, text=layout.cleaned(line.text)) for line in lines] if layout.line_name else lines
    short = [line for line in told if len(line.text) <= LONGEST]
    return element_cards(short, layout) if any(len(line.path) > 1 for line in short) else _cards(short, layout)


def is_identifier(text: str) -> bool:
    """Whether a line is one word that identifies a model (``gpt-realtime``, ``@cf/meta/llama-3``)."""
    return bool(_IDENTIFIER.fullmatch(text)) and bool(re.search(r"[a-z]", text, re.I)) and bool(re.search(r"[\d-]", text)) and len(text) > 2


def may_name(text: str) -> bool:
    """Whether a line is short enough, and word enough, to name a model."""
    return (
        len(text) <= 80
        and len(text.split()) <= 7
        and not re.search(r"[.!?。:]$|https?:|[{}]", text)
        and bool(re.search(r"[^\W\d_]", text))
        and not re.fullmatch(r"[\d.,]+\s?[A-Za-z/]{0,8}", text)
    )


def class_words(cards: Sequence[Card]) -> set[str]:
    """Texts that stand in many cards and so name none (``Private``, ``Text-to-text``)."""
    counts = Counter(name for card in cards for name in dict.fromkeys(card.names))
    return {text for text, count in counts.items() if count >= max(3, _CLASS_SHARE * len(cards))}


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
        text = layout.cleaned(line.text)
        own = re.search(layout.line_name, text) if layout.line_name else None
        if own:
            headings = tuple(path[k] for k in sorted(path))
            cards.append(
                Card(
                    [replace(line, text=f"{text[: own.start(1)]} {text[own.end(1) :]}".strip(" |"))],
                    [own[1]],
                    headings,
                    under(section, said_by(headings, layout)),
                )
            )
            fresh, ident, texts, gathered = "", "", [], []
            continue
        if fresh or texts or not cards:
            last = texts[-1] if texts and is_identifier(texts[-1]) else ""
            names = [last or fresh] if fresh or last else texts
            headings = tuple(path[k] for k in sorted(path))
            cards.append(Card([], names, headings, under(section, said_by(headings, layout)), ident))
        cards[-1].lines += [*gathered, line]
        fresh, ident, texts, gathered = "", "", [], []
    return cards


def said_by(headings: Sequence[str], layout: Layout) -> Meaning:
    """What the headings above say, the nearest one first."""
    from sources.pages.layout.read import said_over

    said = NOTHING
    for text in reversed(headings):
        said = under(said, said_over(layout.vocabulary.read(text)))
    return said
