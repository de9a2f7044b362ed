"""How well a reader reads a layout it was not made with: every dated layout read by a declaration made without it.

The measure behind ``deflation parse --leave-one-layout-out DIR``. A declaration made without a layout is the provider's own with
every entry taken out that none of its other layouts needs; code is taken out whole. Beside it stand the full declaration and the
shared words alone. Rows are compared by model, unit, figures, currency, tier and days; a condition is free text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sources.catalogue import UNTRUSTED, Source, sources, stranger
from sources.pages.layout.declaration import DEFAULTS, Layout
from sources.pages.layout.read import read_page
from sources.pages.page import Page
from sources.pages.quote import PriceQuote
from sources.pages.wide import WIDE_COLUMNS, wide_rows
from sources.trials.declarations import entries, made_without
from sources.trials.exactness import captures, expected_rows, normal

_COMPARED = tuple(c for c in WIDE_COLUMNS if c != "condition")
KEPT = ("currency",)
"""What the contract of a provider says, with or without a page."""
Rows = Counter[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Trial:
    """One layout of a provider: rows expected, and rows read by three declarations: right, wrong, and of models no hand has read."""

    provider: str
    capture: str
    expected: int
    full: tuple[int, int, int]
    without: tuple[int, int, int]
    shared: tuple[int, int, int]
    entries: tuple[int, int]
    """Entries of the declaration made without this layout, and of the whole one."""
    code: bool
    """Whether the provider's code reads this layout today (its declaration then makes the trial alone)."""


def trials(directories: Sequence[Path]) -> list[Trial]:
    """Every provider of ``directories`` with two or more captures that have rows read by hand, layout by layout."""
    found: dict[str, list[tuple[Path, list[dict[str, str]]]]] = {}
    for directory in directories:
        for _, path in captures(directory):
            wanted = expected_rows(directory, path)
            if wanted:
                found.setdefault(path.parent.name, []).append((path, wanted))
    return [trial for name, pages in sorted(found.items()) if len(pages) > 1 for trial in _of_provider(name, pages)]


def _of_provider(name: str, pages: list[tuple[Path, list[dict[str, str]]]]) -> Iterator[Trial]:
    source = sources().get(f"prices/{name}") or stranger(name)
    bodies = {path: path.read_bytes() for path, _ in pages}
    whole = {path: _read(source, body, source.layout) for path, body in bodies.items()}
    for path, wanted in pages:
        left = made_without(path, source.layout, whole, lambda p, layout: _read(source, bodies[p], layout), KEPT)
        expected = _counted(wanted)
        today = _today(source, bodies[path])
        yield Trial(
            name,
            path.name,
            len(wanted),
            _judged(today, expected),
            _judged(_read(source, bodies[path], left), expected),
            _judged(_read(source, bodies[path], _shared(source)), expected),
            (len(entries(left, KEPT)), len(entries(source.layout, KEPT))),
            today != whole[path],
        )


def _shared(source: Source) -> Layout:
    """The shared words, in the one currency of the source's contract."""
    return DEFAULTS.model_copy(update={"currency": source.layout.currency}) if len(source.contract.currencies) == 1 else DEFAULTS


def _today(source: Source, body: bytes) -> Rows:
    """What the source reads as it stands, code included."""
    try:
        return _counted(wide_rows(q for q in source.parsed(body).quotes if isinstance(q, PriceQuote)))
    except UNTRUSTED:
        return Counter()


def _read(source: Source, body: bytes, layout: Layout) -> Rows:
    try:
        return _counted(wide_rows(q for q in read_page(Page(body), layout, source.contract.judge) if isinstance(q, PriceQuote)))
    except UNTRUSTED:
        return Counter()


def _counted(rows: Sequence[dict[str, str]]) -> Rows:
    places = [WIDE_COLUMNS.index(c) for c in _COMPARED]
    return Counter(tuple(normal("prices", row)[p] for p in places) for row in rows)


def _judged(found: Rows, expected: Rows) -> tuple[int, int, int]:
    """Rows read right; rows of a model that the hand has read otherwise in that currency (wrong); rows that the hand left aside."""
    model, currency = _COMPARED.index("model"), _COMPARED.index("currency")
    read = {(row[model], row[currency]) for row in expected}
    others = found - expected
    wrong = sum(count for row, count in others.items() if (row[model], row[currency]) in read)
    return sum((found & expected).values()), wrong, sum(others.values()) - wrong


def render(results: Sequence[Trial]) -> str:
    """The trials as a plain-text table with totals."""
    lines = [f"{'layout':<40}{'expected':>9}{'today':>7}{'left out':>10}{'wrong':>7}{'left aside':>12}{'shared words':>14}{'entries':>10}"]
    for t in results:
        lines.append(
            f"{t.provider + '/' + t.capture:<40}{t.expected:>9}{t.full[0]:>7}{t.without[0]:>10}{t.without[1]:>7}{t.without[2]:>12}{t.shared[0]:>14}"
            f"{t.entries[0]:>6} of {t.entries[1]}{'  code reads it today' if t.code else ''}"
        )
    total = sum(t.expected for t in results)
    lines.append(
        f"{len(results)} layouts of {len({t.provider for t in results})} providers, {total} rows: today {_share(results, 'full', total)}, by a declaration "
        f"made without the layout {_share(results, 'without', total)}, by the shared words alone {_share(results, 'shared', total)}; "
        f"{sum(t.without[1] for t in results)} rows wrong, {sum(t.without[2] for t in results)} of models or currencies that the hand left aside"
    )
    return "\n".join(lines)


def _share(results: Sequence[Trial], which: str, total: int) -> str:
    right = sum(getattr(t, which)[0] for t in results)
    return f"{right} ({right / max(total, 1):.1%})"
