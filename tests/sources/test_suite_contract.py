"""What every quote of every page owes: words it was read from, a place, a unit, and no help from outside."""

from __future__ import annotations

import re
import socket
from decimal import Decimal
from pathlib import Path

import pytest
from readable import name, pages, read, reading

from sources.pages.quote import PriceQuote
from units.quantity import TOKEN_UNITS

PAGES = pages(largest=600_000)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_quote_names_its_place_and_its_words(page: tuple[str, Path]) -> None:
    for quote in reading(*page).quotes:
        assert quote.locator and quote.evidence and quote.source == page[0]


@pytest.mark.parametrize("page", [p for p in PAGES if p[0].startswith("prices/")], ids=name)
def test_a_price_stands_in_the_words_it_was_read_from(page: tuple[str, Path]) -> None:
    for quote in reading(*page).quotes:
        said = {Decimal(f) for f in re.findall(r"\d+(?:\.\d+)?(?:[eE]-?\d+)?|\.\d+", quote.evidence.replace(",", ""))}
        free = not quote.value and re.search(r"free|免费|complimentary|\b0\b", quote.evidence, re.I)
        assert free or quote.value in said or quote.value_text in quote.evidence, (quote.value_text, quote.evidence)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_wide_row_is_a_price_per_tokens_in_a_known_currency(page: tuple[str, Path]) -> None:
    for quote in reading(*page).quotes:
        if isinstance(quote, PriceQuote) and quote.row is not None:
            assert quote.unit in TOKEN_UNITS
            assert quote.currency in ("USD", "EUR", "CNY", "GBP")
            assert quote.provider


@pytest.mark.parametrize("page", pages(real=False), ids=name)
def test_reading_touches_no_network(page: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a parser opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    read(*page, page[1].read_bytes())
