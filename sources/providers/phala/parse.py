"""RedPill's front page as rendered text: cards ``NAME GPU TEE ... |262K context|$0.30/M input|$2.40/M output``.

Every price per million on the page must belong to a card; ``/M`` is the page's word for a million tokens.
"""

from __future__ import annotations

import re

from sources.pages.build import PriceRows
from sources.pages.columns import expect_dollars
from sources.pages.page import Page
from sources.pages.quote import PageChanged, PriceQuote
from units.quantity import amounts, one_amount, plain

_CARD = re.compile(r"!\[[^\]]{0,200}\]\([^)]{0,600}\)\s*(?P<name>[^|\[\]]{2,80}?) GPU TEE [^|\[\]]{0,3000}? by [\w-]+\|(?P<context>[\d.,]+[KM]?) context\|"
                   r"(?P<input>\$[\d.]+)/M input\|(?P<output>\$[\d.]+)/M output(?![\d.])")


def parse(page: Page) -> list[PriceQuote]:
    """Quotes of the page; raises ``PageChanged`` when a price per million stands outside a known card."""
    text = plain(page.text)
    expect_dollars(text)
    if "per-token pricing" not in text.lower():
        raise PageChanged("expected the page to say that it prices tokens, found no such words")
    rows = PriceRows("1M tokens")
    cards = list(_CARD.finditer(text))
    printed = len(re.findall(r"/ ?[A-Za-z]* ?(?:input|output)\b", text))
    if not cards or printed != 2 * len(cards) or len(re.findall(r"\d context\b|[KM] context\b", text)) != len(cards):
        raise PageChanged(f"expected cards with an input and an output price each, found {len(cards)} cards and {printed} prices")
    for n, card in enumerate(cards):
        if len(amounts(card[0])) != 2:
            raise PageChanged(f"card {n + 1}: expected two prices, found {amounts(card[0])}")
        prices = {"input": one_amount(card["input"]), "output": one_amount(card["output"])}
        words = f"{card['name']} | {card['context']} context | {card['input']}/M input | {card['output']}/M output"
        rows.add(card["name"], prices, evidence=words, locator=f"card {n + 1}")
    return rows.quotes
