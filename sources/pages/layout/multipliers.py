"""Surcharges that a page states as a factor of its token prices (``US-only inference .. multiplies every token price .. by 1.1``).

The factor is kept as it is printed, for the models the sentence names; no product of it and a price is made here. It stands in the
long form alone: it is no price.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from sources.pages.layout.around import plain_text
from sources.pages.page import Page
from sources.pages.quote import PriceQuote
from units.quantity import plain

UNIT = "times the token prices"
_OF_TOKENS = re.compile(r"token (?:prices?|pricing|rates?|costs?)|prices? (?:of|per|for) (?:all )?tokens?", re.I)
_FACTOR = re.compile(
    r"\bmultipl(?:y|ies|ied)\b(?:[^.]|\.\d){0,120}?\bby (?P<a>\d(?:\.\d{1,3})?)(?![\d%])"
    r"|(?P<b>\d(?:\.\d{1,3})?) ?[x×] (?:multiplier|surcharge|the (?:standard|base) )"
    r"|\bmultiplier of (?P<c>\d(?:\.\d{1,3})?)\b",
    re.I,
)
_VERB = re.compile(r"\s+(?:multipl(?:y|ies)|is|are|incurs?|carr(?:y|ies)|adds?|costs?)\b", re.I)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])|\n+")
LARGEST = Decimal(4)


def multipliers(page: Page, names: Iterable[str]) -> Iterator[PriceQuote]:
    """A quote for each factor of all token prices that a sentence of the page states for a model of the page."""
    known = sorted(set(names) - {""}, key=len, reverse=True)
    text = re.sub(r"[*`]", "", plain_text(page))
    if not _FACTOR.search(text):
        return
    for sentence in (plain(part) for part in _SENTENCE.split(text) if part and len(part) < 600):
        found = _FACTOR.search(sentence)
        if found is None or not _OF_TOKENS.search(sentence):
            continue
        printed = next(group for group in found.groups() if group)
        if not 1 < Decimal(printed) <= LARGEST:
            continue
        for name in _named(sentence, known):
            yield PriceQuote(
                model_label=name,
                component="multiplier",
                value=Decimal(printed),
                value_text=printed,
                unit=UNIT,
                currency="USD",
                evidence=sentence[:300],
                locator="text",
                condition=_what_for(sentence, name),
            )


def _named(sentence: str, known: list[str]) -> list[str]:
    """The models a sentence names; a longer name is not taken for a shorter one."""
    found = []
    for name in known:
        pattern = rf"(?<![\w.-]){re.escape(name)}(?![\w-]|\.\d)"
        if re.search(pattern, sentence):
            found.append(name)
            sentence = re.sub(pattern, " ", sentence)
    return found


def _what_for(sentence: str, name: str) -> str:
    """What has to be asked for: the words in front of the verb that are not the model's."""
    clauses = [c for c in re.split(r",\s+", sentence) if name not in c or _VERB.search(c)]
    clause = next((c for c in clauses if _VERB.search(c)), sentence)
    verb = _VERB.search(clause)
    return clause[: verb.start() if verb else 100][:100].strip()
