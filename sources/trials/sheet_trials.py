"""How well spec sheets are read that nobody has shown: every sheet read by its maker's declaration made without it.

The measure behind ``deflation parse --leave-one-sheet-out DIR``. A declaration made without a sheet is the maker's own with every
entry taken out that none of its other hand-read sheets needs; a maker of one sheet is left with the words all sheets share. Code is
taken out whole. A value is a figure of a field of a named accelerator; it is right, wrong (the hand has another figure there), or
left aside by the hand (an accelerator or field that it did not read).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from sources.catalogue import UNTRUSTED, Source
from sources.contract import ContractBroken, breaches
from sources.pages.page import Page
from sources.pages.quote import LeftOut, Quote, SpecQuote
from sources.pages.specs.sheets.declaration import SHARED, SheetWords
from sources.pages.specs.sheets.read import read_sheets
from sources.trials.declarations import entries, made_without
from sources.trials.exactness import captures, expected_rows

Values = dict[tuple[str, str], Decimal]
Judged = tuple[int, int, int]
"""Values read right, wrong, and such as the hand left aside."""


@dataclass(frozen=True, slots=True)
class SheetTrial:
    """One sheet: values read by hand, and read by the source as it stands, by its declaration made without the sheet, by shared words alone."""

    maker: str
    capture: str
    expected: int
    today: Judged
    without: Judged
    shared: Judged
    entries: tuple[int, int]
    """Entries of the declaration made without this sheet, and of the whole one."""
    code: bool
    """Whether the maker's code reads this page today: no trial can make code without it, so its values count as not read."""


def sheet_trials(directories: Sequence[Path]) -> list[SheetTrial]:
    """Every sheet below ``directories`` that was read by hand and whose maker is a source, in order of makers and captures."""
    found: dict[str, tuple[Source, dict[Path, Values]]] = {}
    for directory in directories:
        for source, path in captures(directory):
            wanted = expected_rows(directory, path)
            if wanted and source is not None and source.kind == "hardware":
                values = {(r["accelerator"], r["field"]): Decimal(r["value"]) for r in wanted if r["value"] != "REJECT"}
                found.setdefault(source.name, (source, {}))[1][path] = values
    return [trial for _, (source, sheets) in sorted(found.items()) for trial in _of_maker(source, sheets)]


def _of_maker(source: Source, sheets: Mapping[Path, Values]) -> Iterator[SheetTrial]:
    bodies = {path: path.read_bytes() for path in sheets}
    whole = {path: _read(source, body, source.sheet) for path, body in bodies.items()}
    for path, wanted in sheets.items():
        left = made_without(path, source.sheet, whole, lambda p, words: _read(source, bodies[p], words))
        today = _today(source, bodies[path])
        yield SheetTrial(
            source.name,
            path.name,
            len(wanted),
            _judged(today, wanted),
            _judged(_read(source, bodies[path], left), wanted),
            _judged(_read(source, bodies[path], SHARED), wanted),
            (len(entries(left)), len(entries(source.sheet))),
            today != whole[path],
        )


def _read(source: Source, body: bytes, words: SheetWords) -> Values:
    """What the shared reader reads with a declaration; nothing where it or the source's contract refuses the page."""
    try:
        told = read_sheets(Page(body), words, source.contract.rank)
        quotes = [q for q in told if not isinstance(q, LeftOut)]
        broken = breaches(source.contract, quotes, [q for q in told if isinstance(q, LeftOut)])
        return {} if broken else _values(quotes)
    except (*UNTRUSTED, ContractBroken):
        return {}


def _today(source: Source, body: bytes) -> Values:
    """What the source reads as it stands, code included."""
    try:
        return _values(source.read(body))
    except UNTRUSTED:
        return {}


def _values(quotes: Sequence[Quote]) -> Values:
    return {(q.accelerator, q.field): q.value for q in quotes if isinstance(q, SpecQuote)}


def _judged(found: Values, wanted: Values) -> Judged:
    right = sum(found.get(key) == value for key, value in wanted.items())
    wrong = sum(key in wanted and wanted[key] != value for key, value in found.items())
    return right, wrong, sum(key not in wanted for key in found)


def render(results: Sequence[SheetTrial]) -> str:
    """The trials as a plain-text table with totals."""
    lines = [f"{'sheet':<48}{'expected':>9}{'today':>7}{'left out':>10}{'wrong':>7}{'left aside':>12}{'shared words':>14}{'entries':>11}"]
    for t in results:
        lines.append(
            f"{t.maker + '/' + t.capture:<48}{t.expected:>9}{t.today[0]:>7}{t.without[0]:>10}{t.without[1]:>7}{t.without[2]:>12}{t.shared[0]:>14}"
            f"{t.entries[0]:>6} of {t.entries[1]}{'  code reads it today' if t.code else ''}"
        )
    total = sum(t.expected for t in results)
    lines.append(
        f"{len(results)} sheets of {len({t.maker for t in results})} makers, {total} values: today {_share(results, 'today')}, by a declaration made "
        f"without the sheet {_share(results, 'without')}, by the shared words alone {_share(results, 'shared')}; {sum(t.without[1] for t in results)} values "
        f"wrong, {sum(t.without[2] for t in results)} of parts or fields that the hand left aside"
    )
    alone = sorted({t.maker for t in results if sum(o.maker == t.maker for o in results) == 1})
    declared = [t for t in results if not t.code]
    lines.append(
        f"of the {len(declared)} sheets that no code reads: {_share(declared, 'without')} of {sum(t.expected for t in declared)} without the sheet"
    )
    if alone:
        lines.append(f"makers of one sheet, left with the shared words: {', '.join(alone)}")
    return "\n".join(lines)


def _share(results: Sequence[SheetTrial], which: str) -> str:
    right, total = sum(getattr(t, which)[0] for t in results), sum(t.expected for t in results)
    return f"{right} ({right / max(total, 1):.1%})"
