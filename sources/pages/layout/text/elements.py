"""Cards of an HTML page: the largest elements in which no component is priced twice, each named by a line of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from sources.pages.layout.claims import Block
from sources.pages.layout.declaration import Layout
from sources.pages.layout.text.card import holds_price, read_card
from sources.pages.layout.text.lines import Line
from sources.pages.layout.text.named import Card, class_words, may_name, said_by
from sources.pages.layout.words import NOTHING


def element_cards(lines: Sequence[Line], layout: Layout) -> list[Card]:
    """The cards of the lines of an HTML page, in page order."""
    cards: list[Card] = []
    last = 0
    for group in _groups(lines, 0, layout):
        first = lines.index(group[0])
        above = [line for line in lines[last:first] if line.level]
        cards.append(_card(group, above, _headings(lines[:first], group[0].path), layout))
        last = first + len(group)
    classes = class_words(cards)
    for card in cards:
        once = [name for name in card.names if name not in classes]
        card.names = (once or card.names)[:1]
    return cards


def _groups(lines: Sequence[Line], depth: int, layout: Layout) -> Iterator[list[Line]]:
    """Lines by card: an element whole where its prices fit one model, else what is in it, element by element."""
    if not any(holds_price(line) for line in lines):
        return
    if _is_one(lines, layout):
        yield list(lines)
        return
    children = [list(found) for _, found in groupby(lines, key=lambda line: line.path[depth : depth + 1] or (-line.number,))]
    if len(children) == 1 and len(lines[0].path) <= depth:
        return
    for child in children:
        yield from _groups(child, depth + 1, layout)


def _is_one(lines: Sequence[Line], layout: Layout) -> bool:
    """Whether no component is priced twice in these lines and no second heading stands between their prices."""
    trial = Block("")
    read_card(lines, "?", NOTHING, NOTHING, layout, trial, (0,))
    said = Counter((c.meaning.senses - {"price", "drop"}, c.meaning.conditions, c.meaning.meter, c.money.currency) for c in trial.claims)
    prices = [n for n, line in enumerate(lines) if holds_price(line)]
    between = any(line.level and not layout.vocabulary.read(line.text).understood for line in lines[prices[0] : prices[-1]])
    return bool(said) and max(said.values()) == 1 and not between


def _headings(lines: Sequence[Line], place: tuple[int, ...]) -> tuple[str, ...]:
    """The headings over a place: those whose element, or the one around it, holds the place too."""
    path: dict[int, str] = {}
    for line in lines:
        if line.level and line.path[: max(1, len(line.path) - 2)] == place[: max(1, len(line.path) - 2)]:
            path = {k: v for k, v in path.items() if k < line.level}
            path[line.level] = line.text
    return tuple(path[k] for k in sorted(path))


def _card(lines: list[Line], above: Sequence[Line], headings: tuple[str, ...], layout: Layout) -> Card:
    """A card with the lines that may name it: its headings, else its first texts, else the heading in front of it."""
    before: list[Line] = []
    for line in lines:
        said = layout.vocabulary.read(layout.cleaned(line.text))
        if holds_price(line) or (said.understood and (said.direction or said.cache)):
            break
        if not said.understood and may_name(line.text):
            before.append(line)
    names = [line.text for line in before if line.level] or [line.text for line in before]
    if not names:
        names = [line.text for line in above[-1:] if not layout.vocabulary.read(line.text).understood]
    return Card(lines, names, headings, said_by(headings, layout))
