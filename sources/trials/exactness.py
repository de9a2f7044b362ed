"""Parsed rows against rows read by hand: expected, found, wrong, missing and extra, capture by capture.

The measure behind ``deflation parse --check DIR``. A folder holds ``captures/NAME/FILE`` and, for most, the
rows a careful human reads on them in ``expected/NAME/FILE.csv`` (or ``expected/NAME__STEM.csv``). Figures
are compared as exact decimals, everything else as text. What a page should give is decided by the expected
rows alone; nothing here knows a source.
"""

from __future__ import annotations

import csv
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from sources.catalogue import UNTRUSTED, Source, sources, stranger
from sources.pages.quote import PriceQuote, Quote, SpecQuote
from sources.pages.wide import SPEC_COLUMNS, WIDE_COLUMNS, spec_rows, wide_rows

FIGURES = frozenset({"input", "output", "cached", "cache_write_5m", "cache_write_1h", "value"})
"""Columns compared as decimals: ``1.50`` and ``1.5`` are one price."""

_PAIRING = {
    "prices": (("model", "tier", "condition", "currency", "valid_from"), ("model", "tier", "currency"), ("model", "tier"), ("model",)),
    "hardware": (("accelerator", "field"), ("field",)),
}
"""How an unequal expected row finds its counterpart among the unequal found rows, strictest key first."""


@dataclass(frozen=True, slots=True)
class Result:
    """How one capture was read. ``expected`` is None where nobody has read the page by hand."""

    source: str
    capture: str
    expected: int | None
    found: int
    wrong: int = 0
    missing: int = 0
    extra: int = 0
    ordered: bool = True
    refusal: str = ""
    seconds: float = 0.0
    differences: tuple[str, ...] = ()

    @property
    def exact(self) -> bool:
        """All rows, all values, nothing extra, in page order (trivially true without expected rows)."""
        read_right = not (self.wrong or self.missing or self.extra) and self.ordered
        return self.expected is None or (read_right and self.source != "-")


def check_folder(directory: Path, only: str = "") -> list[Result]:
    """Read every capture below ``directory`` with its source and compare it with its expected rows.

    ``only`` names one source (``prices/anthropic``). Captures of a folder that is no source are reported
    with a refusal that says so. Sorted by capture.
    """
    return [
        _check(directory, source, capture)
        for source, capture in captures(directory)
        if not only or (source is not None and source.key == only)
    ]


def captures(directory: Path) -> Iterator[tuple[Source | None, Path]]:
    """Every capture below ``directory/captures`` with the source its folder is named after (None: no such)."""
    kind = kind_of(directory)
    for path in sorted((directory / "captures").glob("*/*")):
        if path.is_file():
            yield sources().get(f"{kind}/{path.parent.name}"), path


def kind_of(directory: Path) -> str:
    """``prices`` or ``hardware``, read from the header of the expected rows (prices where there are none)."""
    for path in sorted((directory / "expected").rglob("*.csv")):
        with path.open(encoding="utf-8") as lines:
            return "hardware" if "accelerator,field," in lines.readline() else "prices"
    return "prices"


def expected_rows(directory: Path, capture: Path) -> list[dict[str, str]] | None:
    """The rows read by hand on ``capture`` (unpacked); None where there is no such file."""
    folder, name = capture.parent.name, capture.name.removesuffix(".gz")
    for path in (
        directory / "expected" / folder / f"{name}.csv",
        directory / "expected" / f"{folder}__{name}.csv",
        directory / "expected" / f"{folder}__{capture.stem}.csv",
    ):
        if path.exists():
            with path.open(encoding="utf-8", newline="") as lines:
                return list(csv.DictReader(lines))
    return None


def _check(directory: Path, source: Source | None, capture: Path) -> Result:
    wanted = expected_rows(directory, capture)
    name = f"{capture.parent.name}/{capture.name}"
    if source is None and kind_of(directory) != "prices":
        return Result(
            "-",
            name,
            None if wanted is None else len(wanted),
            0,
            missing=len(wanted or ()),
            refusal=f"there is no source named {capture.parent.name}",
        )
    source = source or stranger(capture.parent.name)
    started = time.perf_counter()
    found, refusal = read_rows(source, capture.read_bytes())
    seconds = time.perf_counter() - started
    if wanted is None:
        return Result(source.key, name, None, len(found), refusal=refusal, seconds=seconds)
    if not found:
        # a row whose expected value is REJECT is met by refusing the page
        wanted = [row for row in wanted if row.get("value") != "REJECT"]
    wrong, missing, extra, ordered, differences = compare(source.kind, wanted, found)
    return Result(source.key, name, len(wanted), len(found), wrong, missing, extra, ordered, refusal, seconds, tuple(differences))


def read_rows(source: Source, body: bytes) -> tuple[list[dict[str, str]], str]:
    """The comparable rows of a page and no refusal, or no rows and the refusal's sentence."""
    try:
        quotes = source.read(body)
    except UNTRUSTED as error:
        return [], str(error)
    return rows_of(source.kind, quotes), ""


def rows_of(kind: str, quotes: Sequence[Quote]) -> list[dict[str, str]]:
    """Quotes in the tabular form of their kind, as ``deflation parse`` prints them."""
    if kind == "hardware":
        return spec_rows(q for q in quotes if isinstance(q, SpecQuote))
    return wide_rows(q for q in quotes if isinstance(q, PriceQuote))


def normal(kind: str, row: dict[str, str]) -> tuple[str, ...]:
    """A row as a comparable tuple: figures in shortest exact form, text stripped."""
    columns = SPEC_COLUMNS if kind == "hardware" else WIDE_COLUMNS
    return tuple(_figure(row.get(c) or "") if c in FIGURES else (row.get(c) or "").strip() for c in columns)


def _figure(text: str) -> str:
    try:
        return f"{Decimal(text.strip()).normalize():f}" if text.strip() else ""
    except InvalidOperation:
        return text.strip()


def compare(kind: str, wanted: Sequence[dict[str, str]], found: Sequence[dict[str, str]]) -> tuple[int, int, int, bool, list[str]]:
    """``(wrong, missing, extra, ordered, differences)`` of found rows against wanted ones.

    A wrong row has a counterpart that differs in some column; a missing or extra row has none.
    """
    columns = SPEC_COLUMNS if kind == "hardware" else WIDE_COLUMNS
    want, have = [normal(kind, r) for r in wanted], [normal(kind, r) for r in found]
    equal = Counter(want) & Counter(have)
    lacking, surplus = _without(want, equal), _without(have, equal)
    differences = []
    wrong = 0
    for key in _PAIRING.get(kind, ()):
        places = [columns.index(c) for c in key]
        for row in list(lacking):
            twin = next((s for s in surplus if all(s[p] == row[p] for p in places)), None)
            if twin is not None:
                lacking.remove(row)
                surplus.remove(twin)
                wrong += 1
                changed = "; ".join(f"{c} expected {a!r} found {b!r}" for c, a, b in zip(columns, row, twin, strict=True) if a != b)
                differences.append(f"wrong {row[0]}: {changed}")
    differences += [f"missing {' | '.join(filter(None, row))}" for row in lacking]
    differences += [f"extra {' | '.join(filter(None, row))}" for row in surplus]
    ordered = _kept(want, equal) == _kept(have, equal)
    return wrong, len(lacking), len(surplus), ordered, differences


def _without(rows: list[tuple[str, ...]], taken: Counter[tuple[str, ...]]) -> list[tuple[str, ...]]:
    left = Counter(taken)
    rest = []
    for row in rows:
        if left[row] > 0:
            left[row] -= 1
        else:
            rest.append(row)
    return rest


def _kept(rows: list[tuple[str, ...]], taken: Counter[tuple[str, ...]]) -> list[tuple[str, ...]]:
    left = Counter(taken)
    kept = []
    for row in rows:
        if left[row] > 0:
            left[row] -= 1
            kept.append(row)
    return kept


def render(results: Sequence[Result], *, differences: int = 5) -> str:
    """The results as a plain-text table with totals, the first ``differences`` of each inexact capture below it."""
    lines = [f"{'capture':<42}{'expected':>9}{'found':>7}{'wrong':>7}{'missing':>9}{'extra':>7}  verdict"]
    for r in results:
        shown = "-" if r.expected is None else str(r.expected)
        lines.append(f"{r.capture:<42}{shown:>9}{r.found:>7}{r.wrong:>7}{r.missing:>9}{r.extra:>7}  {_verdict(r)}")
        if not r.exact:
            lines += [f"    {d}" for d in r.differences[:differences]]
            lines += [f"    ... and {len(r.differences) - differences} more"] * (len(r.differences) > differences)
    judged = [r for r in results if r.expected is not None]
    lines.append(
        f"{sum(r.exact for r in judged)} of {len(judged)} captures with expected rows are exact: "
        f"{sum(r.expected or 0 for r in judged)} rows expected, {sum(r.found for r in judged)} found, "
        f"{sum(r.wrong for r in judged)} wrong, {sum(r.missing for r in judged)} missing, "
        f"{sum(r.extra for r in judged)} extra; {len(results)} captures in "
        f"{sum(r.seconds for r in results):.2f} s"
    )
    return "\n".join(lines)


def _verdict(result: Result) -> str:
    if result.refusal:
        word = "refused" if result.expected in (None, 0) else "REFUSED"
        return f"{word}: {result.refusal[:110]}"
    if result.expected is None:
        return "read (no expected rows)"
    if not result.exact:
        return "NOT EXACT" if result.wrong or result.missing or result.extra else "OUT OF ORDER"
    return "exact"
