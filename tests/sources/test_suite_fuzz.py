"""Damaged pages: no crash but the named errors, no hang, no price that stands nowhere on the page."""

from __future__ import annotations

import re
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from readable import name, pages, read

from sources.pages.quote import PriceQuote
from sources.reading.sandbox import Allowance

PAGES = pages(largest=12_000)
SMALL = [
    page
    for key in sorted({k for k, _ in PAGES})
    for page in sorted((p for p in PAGES if p[0] == key), key=lambda p: p[1].stat().st_size)[-1:]
]
JUNK = (
    "|",
    "\n",
    "$",
    "€",
    "0",
    "9",
    ".",
    ",",
    "-",
    "(1)",
    "<td>",
    "</td>",
    "<tr>",
    "</table>",
    "<del>",
    "~~",
    "{",
    "}",
    "[",
    "]",
    '"',
    "\\",
    "\u202e",
    "\ufeff",
    "\u00a0",
    "1K tokens",
    "per 1,000 tokens",
    "Free",
    "null",
    "NaN",
    "1e309",
    "<script>",
    "&nbsp;",
    "¹",
    "１",
    "٣",
)
EDITS = st.lists(
    st.tuples(st.sampled_from(("cut", "double", "junk", "swap")), st.floats(0, 1), st.integers(1, 60), st.sampled_from(JUNK)),
    min_size=1,
    max_size=6,
)


def damaged(text: str, edits: list[tuple[str, float, int, str]]) -> str:
    """The text after cuts, repetitions, swaps and insertions at relative places."""
    for kind, share, size, junk in edits:
        at = int(share * len(text))
        piece = text[at : at + size]
        if kind == "cut":
            text = text[:at] + text[at + size :]
        elif kind == "double":
            text = text[:at] + piece + text[at:]
        elif kind == "junk":
            text = text[:at] + junk + text[at:]
        else:
            text = text[:at] + text[at + size : at + 2 * size] + piece + text[at + 2 * size :]
    return text


@pytest.mark.parametrize("page", SMALL, ids=name)
@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(edits=EDITS)
def test_a_damaged_page_gives_rows_that_stand_on_it_or_a_named_refusal(page: tuple[str, Path], edits: list) -> None:
    text = damaged(page[1].read_text(encoding="utf-8"), edits)
    got = read(*page, text.encode("utf-8", errors="replace"))
    digits = re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", text))
    for quote in got.quotes:
        if isinstance(quote, PriceQuote) and quote.value:
            assert re.sub(r"[^0-9]", "", quote.value_text).strip("0") in digits


@pytest.mark.parametrize("page", SMALL, ids=name)
def test_a_page_of_five_megabytes_is_read_or_refused_in_a_third_of_the_time_it_is_allowed(page: tuple[str, Path]) -> None:
    body = page[1].read_bytes()
    started = time.process_time()
    read(*page, body * (5_000_000 // len(body) + 1))
    assert time.process_time() - started < Allowance().cpu_s / 3
