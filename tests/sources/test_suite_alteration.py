"""Nothing is hard-coded: one figure altered on a page changes exactly the cells read from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from readable import Reading, name, pages, read, reading

from sources.pages.quote import WIDE_COMPONENTS, PriceQuote
from tests.sources.mutation.mutate import FIGURES

PAGES = [page for page in pages(largest=1_500_000) if page[0].startswith("prices/")]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_one_altered_figure_changes_exactly_its_cells(page: tuple[str, Path]) -> None:
    before = reading(*page)
    if not before.rows:
        pytest.skip("the page gives no rows")
    size = page[1].stat().st_size
    for row, column in _sample(before, 4 if size < 100_000 else 1):
        printed = _as_printed(before, row, column)
        assert any(_changes_only(before, after, row, column, new, printed) for after, new in _altered(page, before, printed)), (
            f"no place of {row[column]!r} ({row['model']}, {column}) changes that cell alone"
        )


def _sample(before: Reading, count: int) -> list[tuple[dict[str, str], str]]:
    cells = [(row, column) for row in before.rows for column in FIGURES if row.get(column) not in (None, "", "0")]
    return cells[:: max(1, len(cells) // count)][:count]


def _as_printed(before: Reading, row: dict[str, str], column: str) -> str:
    """The figure of a cell as its page prints it; another one where the page counts in cents."""
    component = next((c for c, wide in WIDE_COMPONENTS.items() if wide == column), column)
    told = {
        q.value_text
        for q in before.quotes
        if isinstance(q, PriceQuote)
        and (q.model_label, q.component, q.condition) == (row["model"], component, row["condition"])
        and f"{q.value:f}" == row[column]
        and re.fullmatch(r"\d+\.?\d*(e-\d+)?", q.value_text)
        and ("e" in q.value_text or Decimal(q.value_text) != q.value)
    }
    return told.pop() if len(told) == 1 else row[column]


def _altered(page: tuple[str, Path], before: Reading, figure: str) -> Iterator[tuple[Reading, str]]:
    """The page read with one occurrence of the figure altered, likeliest places first; then with its twins."""
    text = before.text
    places = [m.span() for m in re.finditer(rf"(?<![\d.,\w]){_printed(figure)}(?![\d,]*\d)", text)]
    places.sort(
        key=lambda p: (
            text[p[0] - 1 : p[0]] not in tuple("$€¥￥") and text[p[1] : p[1] + 1] not in tuple("元€$"),
            text[p[0] - 1 : p[0]] + text[p[1] : p[1] + 1] != "><",
            "ice" not in text[max(0, p[0] - 60) : p[0]].lower(),
        )
    )
    for start, end in places[: 40 if len(text) < 100_000 else 12]:
        new = _other(text[start:end])
        yield read(*page, (text[:start] + new + text[end:]).encode()), new
        line = text[max(0, start - 40) : end + 10]
        if text.count(line) > 1:
            yield read(*page, text.replace(line, line[: min(start, 40)] + new + line[min(start, 40) + end - start :]).encode()), new


def _printed(figure: str) -> str:
    """The figure as pages print it: with or without thousands separators and trailing zeros."""
    if "e" in figure:
        return re.escape(figure)
    whole, _, part = figure.partition(".")
    grouped = re.sub(r"(?<=\d)(?=(\d{3})+$)", ",?", whole)
    return (grouped if whole != "0" else "0?") + (rf"\.{part.rstrip('0')}0*" if part.rstrip("0") else r"(?:\.0+)?")


def _other(figure: str) -> str:
    """The figure with its last digit one lower (a sale stays below its list price), or one higher from 0 and 1."""
    digits, mark, power = figure.partition("e")
    last = int(digits[-1])
    return digits[:-1] + str(last - 1 if last > 1 else last + 1) + mark + power


def _changes_only(before: Reading, after: Reading, row: dict[str, str], column: str, new: str, printed: str) -> bool:
    """Whether only cells that held this figure changed, all in the ratio of the new one to the ``printed``, the sampled cell among them.

    A page that prints the figure twice may refuse instead, or leave the row out, with a sentence that names the odd one.
    """
    if after.refusal:
        return new in after.refusal
    if any(new in out.reason for out in after.left_out):
        return all(r in before.rows for r in after.rows)
    if len(after.rows) != len(before.rows):
        return False
    changed = [(a, b, c) for a, b in zip(before.rows, after.rows, strict=True) for c in a if a[c] != b[c]]
    return any(a is row and c == column for a, _, c in changed) and all(
        c in FIGURES and a[c] == row[column] and Decimal(b[c]) * Decimal(printed) == Decimal(a[c]) * Decimal(new.replace(",", ""))
        for a, b, c in changed
    )
