"""Cards, and which of their lines may name them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sources.pages.layout.around import said_over
from sources.pages.layout.declaration import Layout
from sources.pages.layout.text.lines import Line
from sources.pages.layout.words import NOTHING, Meaning, under


@dataclass(slots=True)
class Card:
    """Lines of one model; ``names``: the lines that could name it, the likeliest alone where one is certain."""

    lines: list[Line] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    headings: tuple[str, ...] = ()
    around: Meaning = NOTHING
    ident: str = ""


_IDENTIFIER = re.compile(r"@?[\w.-]+(?:/[\w.:-]+)*(?=$)")


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


_CLASS_SHARE = 0.08


def class_words(cards: Sequence[Card]) -> set[str]:
    """Texts that stand in many cards and so name none (``Private``, ``Text-to-text``)."""
    counts = Counter(name for card in cards for name in dict.fromkeys(card.names))
    return {text for text, count in counts.items() if count >= max(3, _CLASS_SHARE * len(cards))}


def said_by(headings: Sequence[str], layout: Layout) -> Meaning:
    """What the headings above say, the nearest one first."""
    said = NOTHING
    for text in reversed(headings):
        said = under(said, said_over(layout.vocabulary.read(text)))
    return said
