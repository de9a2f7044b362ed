"""Spec sheets drawn in layouts that no sheet at hand has, read by each maker's declaration.

The same parts (figures as in ``reference/spec_history.csv``) are drawn in every combination of a shape (tables either way round, with a
column of units or notes, definition lists, text with a row or a cell a line or all in one line, a PDF's table), a wording of the labels, a choice
of units and a way to say which rate is sparse. A value is right when part, field and figure are those drawn, wrong when the figure is
another. ``python -m benchmarks.unseen.sheets`` prints a line for each shape and the total; ``--wrong`` shows what went wrong.
"""

from __future__ import annotations

import html
import itertools
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from sources.catalogue import UNTRUSTED, source
from sources.pages.quote import SpecQuote

FIELDS = ("memory", "bandwidth", "bf16", "fp8", "int8", "tdp", "link")
PARTS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "nvidia": (
        ("H100 SXM", ("80", "3350", "989.5", "1979", "1979", "700", "900")),
        ("H200 NVL", ("141", "4800", "835.5", "1671", "1671", "600", "900")),
    ),
    "amd": (
        ("MI300X", ("192", "5300", "1307.4", "2614.9", "2614.9", "750", "1024")),
        ("MI325X", ("256", "6000", "1307.4", "2614.9", "2614.9", "1000", "1024")),
    ),
    "google": (("TPU v5p", ("95", "2765", "459", "", "918", "", "1200")), ("TPU v6e", ("32", "1638", "918", "", "1836", "", "800"))),
    "intel": (("Gaudi 2", ("96", "2460", "432", "865", "", "600", "600")), ("Gaudi 3", ("128", "3670", "1835", "1835", "", "900", "1200"))),
    "aws": (("Trainium1", ("32", "820", "190", "190", "380", "", "384")), ("Trainium2", ("96", "2900", "667", "1299", "", "", "1280"))),
}
"""Per maker its parts: memory GB, bandwidth GB/s, dense BF16 and FP8 TFLOPS, dense INT8 TOPS, design power W, links GB/s both ways."""
SPARSE = frozenset({"nvidia", "amd"})
"""Makers whose sheets also state rates with structured sparsity: twice the dense ones."""
LABELS = (
    ("GPU Memory", "GPU Memory Bandwidth", "BF16 Tensor Core", "FP8 Tensor Core", "INT8 Tensor Core", "Max Thermal Design Power (TDP)", "Interconnect bandwidth"),
    ("Memory capacity", "Peak memory bandwidth", "Peak BF16 compute", "Peak FP8 compute", "Peak INT8 compute", "TDP", "Scale-up bandwidth (bidirectional)"),
    ("HBM capacity per chip", "HBM bandwidth per chip", "Peak bfloat16 performance", "Peak FP8 performance", "Peak INT8 performance", "Board power", "Inter-chip interconnect bandwidth (per chip)"),
    ("Memory Size", "Memory BW", "BFLOAT16 Matrix", "FP8 Matrix", "INT8 Matrix", "Maximum board power", "Interconnect BW"),
    ("Memory configuration", "Max memory bandwidth", "FP16/BF16", "FP8", "INT8", "Total board power (TBP)", "Scale-up fabric bandwidth"),
    ("On-package memory", "HBM bandwidth", "Peak BF16 Tensor FLOPS", "Peak FP8 Tensor FLOPS", "Peak INT8 Tensor OPS", "Rated power", "GPU-to-GPU bandwidth"),
    ("VRAM", "VRAM bandwidth", "BF16 performance", "FP8 performance", "INT8 performance", "Typical board power", "Interconnect"),
)  # fmt: skip
"""Labels of ``FIELDS`` in seven wordings."""
STYLES = {
    "plain": {},
    "decorated": {"memory": "{} HBM3e", "bandwidth": "{} peak", "tdp": "Up to {} (configurable)", "link": "{} bidirectional"},
    "unit in the label": {},
}
"""How a cell is dressed: the figure with its unit, words around it, or the bare figure with its unit in the label."""
SENSES = ("silent", "pair", "rows", "mark")
"""How sparsity is told: not at all, ``dense | sparse`` pairs, a row of its own, or the sparse rate alone under a footnote."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """One drawing: the maker, the wording, whether in large units (TB/s, PFLOPS), how sparsity is told and how cells are dressed."""

    maker: str
    labels: tuple[str, ...]
    large: bool
    sense: str
    style: str = "plain"


def drawings() -> Iterator[Drawing]:
    """Every combination a maker could print."""
    for maker, labels, large, sense, style in itertools.product(PARTS, LABELS, (False, True), SENSES, STYLES):
        if (sense != "silent") == (maker in SPARSE) and not (maker == "amd" and sense == "mark"):
            yield Drawing(maker, labels, large, sense, style)


def _figure(value: Decimal) -> str:
    return f"{value.normalize():,f}"


def _cell(d: Drawing, field: str, value: str, times: int = 1) -> str:
    """A figure as drawn."""
    return STYLES[d.style].get(field, "{}").format(_amount(d, field, value, times))


def _amount(d: Drawing, field: str, value: str, times: int) -> str:
    amount = Decimal(value) * times
    if field in ("bf16", "fp8", "int8"):
        unit = "OPS" if field == "int8" else "FLOPS"
        return f"{_figure(amount / 1000)} P{unit}" if d.large else f"{_figure(amount)} T{unit}"
    if field in ("bandwidth", "link"):
        return f"{_figure(amount / 1000)} TB/s" if d.large else f"{_figure(amount)} GB/s"
    return f"{_figure(amount)} W" if field == "tdp" else f"{_figure(amount)} GB"


def rows_of(d: Drawing) -> list[list[str]]:
    """Head and rows of the drawing's table."""
    parts = PARTS[d.maker]
    rows = [["Specification", *(name for name, _ in parts)]]
    for i, field in enumerate(FIELDS):
        values = [figures[i] for _, figures in parts]
        if not all(values):
            continue
        label, rate = d.labels[i], field in ("bf16", "fp8", "int8")
        if not rate or d.sense == "silent":
            rows.append([label, *(_cell(d, field, v) for v in values)])
        elif d.sense == "pair":
            rows.append([f"{label} (dense | sparse)", *(f"{_cell(d, field, v)} | {_cell(d, field, v, 2)}" for v in values)])
        elif d.sense == "rows":
            rows.append([label + " (dense)", *(_cell(d, field, v) for v in values)])
            rows.append([label + " with structured sparsity", *(_cell(d, field, v, 2) for v in values)])
        else:
            rows.append([label + "*", *(_cell(d, field, v, 2) for v in values)])
    return [rows[0], *map(_unit_first, rows[1:])] if d.style == "unit in the label" else rows


def _unit_first(row: list[str]) -> list[str]:
    """A row with its unit in the label; one with pairs keeps its units."""
    if any("|" in cell for cell in row):
        return row
    unit = row[1].rsplit(" ", 1)[1]
    return [f"{row[0]} ({unit})", *(cell.removesuffix(f" {unit}") for cell in row[1:])]


def _note(d: Drawing) -> str:
    return "* With sparsity" if d.sense == "mark" else ""


def _table(rows: list[list[str]], d: Drawing) -> str:
    body = "".join("<tr>" + "".join(f"<td>{html.escape(c)}</td>" for c in row) + "</tr>" for row in rows)
    return f"<html><body><h1>Specifications</h1><table>{body}</table><p>{_note(d)}</p></body></html>"


def _turned(rows: list[list[str]]) -> list[list[str]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _markdown(rows: list[list[str]], d: Drawing) -> str:
    escaped = [[c.replace("|", "\\|") for c in row] for row in rows]
    lines = ["| " + " | ".join(row) + " |" for row in escaped]
    return "\n".join(["# Specifications", "", lines[0], "|" + "---|" * len(rows[0]), *lines[1:], "", _note(d), ""])


def _with_units(rows: list[list[str]], d: Drawing) -> str:
    """A column of units, figures bare; a dressed cell keeps its own."""
    if d.style != "plain":
        return _table([[row[0], "Notes", *row[1:]] if n == 0 else [row[0], "", *row[1:]] for n, row in enumerate(rows)], d)
    made = [[rows[0][0], "Unit", *rows[0][1:]]]
    for row in rows[1:]:
        unit = row[1].rsplit(" ", 1)[1]
        made.append([row[0], unit, *(c.replace(f" {unit}", "") for c in row[1:])])
    return _table(made, d)


def _list(rows: list[list[str]], d: Drawing) -> str:
    """One part as a definition list under its name."""
    body = "".join(f"<dt>{html.escape(row[0])}</dt><dd>{html.escape(row[1])}</dd>" for row in rows[1:])
    return f"<html><body><h1>{rows[0][1]}</h1><dl>{body}</dl><p>{_note(d)}</p></body></html>"


def _boxes(rows: list[list[str]], d: Drawing) -> str:
    body = "".join("<div>" + "".join(f"<div>{html.escape(c)}</div>" for c in row) + "</div>" for row in rows)
    return f"<html><body><h2>Specifications</h2>{body}<p>{_note(d)}</p></body></html>"


def _lines(rows: list[list[str]], d: Drawing) -> str:
    """A row a line, one part."""
    return "\n".join([f"# {rows[0][1]} specifications", *(f"{row[0]}: {row[1]}" for row in rows[1:]), _note(d), ""])


def _spread(rows: list[list[str]], d: Drawing) -> str:
    """A row a line, all parts in it, as a PDF's text layer prints a table without rules."""
    return "\n".join(["Technical Specifications", *(" ".join(row) for row in rows), _note(d), ""])


def _spaced(rows: list[list[str]], d: Drawing) -> str:
    """The same with the columns kept apart by spaces."""
    return "\n".join(["Technical Specifications", "", *("   ".join(c.ljust(34) for c in row).rstrip() for row in rows), "", _note(d), ""])


def _stacked(rows: list[list[str]], d: Drawing) -> str:
    """A cell a line, as copied from a browser."""
    return "\n".join([" ".join(rows[0][1:]), *(c for row in rows[1:] for c in row), _note(d), ""])


def _run(rows: list[list[str]], d: Drawing) -> str:
    """All in one line, as a PDF's text layer or a stripped page."""
    return " ".join([*rows[0][1:], *(c for row in rows[1:] for c in row), _note(d)]).strip() + "\n"


def _listed(rows: list[list[str]], d: Drawing) -> str:
    """A reStructuredText list-table."""
    body = "\n".join(f"   * - {row[0]}\n" + "\n".join(f"     - {c}" for c in row[1:]) for row in rows)
    return f"Specifications\n==============\n\n.. list-table::\n   :header-rows: 1\n\n{body}\n\n{_note(d)}\n"


def _bullets(rows: list[list[str]], d: Drawing) -> str:
    """One part, a bullet a row."""
    return "\n".join([f"# {rows[0][1]}", "", *(f"- **{row[0]}**: {row[1]}" for row in rows[1:]), "", _note(d), ""])


SHAPES: dict[str, Callable[[list[list[str]], Drawing], str]] = {
    "table, parts across": _table,
    "table, parts down": lambda rows, d: _table(_turned(rows), d),
    "table with a column aside": _with_units,
    "markdown, parts across": _markdown,
    "markdown, parts down": lambda rows, d: _markdown(_turned(rows), d),
    "reST list-table": _listed,
    "boxes": _boxes,
    "definition list": _list,
    "a row a line": _lines,
    "bullets": _bullets,
    "a row of all parts a line": _spread,
    "columns kept by spaces": _spaced,
    "a cell a line": _stacked,
    "one line": _run,
}
ONE_PART = frozenset({"definition list", "a row a line", "bullets"})


def expected(d: Drawing, parts: int) -> dict[tuple[str, str], Decimal]:
    """What is drawn: memory, bandwidth, power, links, dense rates, and sparse ones where they are told (INT8 has none)."""
    told = {"memory": "memory_gb", "bandwidth": "memory_bandwidth_gb_s", "tdp": "tdp_w", "link": "interconnect_gb_s"}
    wanted = {}
    for name, figures in PARTS[d.maker][:parts]:
        for i, (field, value) in enumerate(zip(FIELDS, figures, strict=True)):
            if not all(f[i] for _, f in PARTS[d.maker]):
                continue
            if field in told:
                wanted[name, told[field]] = Decimal(value)
                continue
            wanted[name, f"{field}_dense_{'tops' if field == 'int8' else 'tflops'}"] = Decimal(value)
            if d.sense != "silent" and field != "int8":
                wanted[name, f"{field}_sparse_tflops"] = 2 * Decimal(value)
    return wanted


def score(shape: str, d: Drawing) -> tuple[int, int, int, str]:
    """Values drawn, read right and read wrong of one drawing, and what went wrong."""
    wanted = expected(d, 1 if shape in ONE_PART else 2)
    try:
        quotes = source(f"hardware/{d.maker}").parsed(SHAPES[shape](rows_of(d), d).encode()).quotes
        found = {(q.accelerator, q.field): q.value for q in quotes if isinstance(q, SpecQuote)}
        said = ""
    except UNTRUSTED as error:
        found, said = {}, str(error)
    wrong = {k: v for k, v in found.items() if wanted.get(k) != v}
    right = sum(found.get(k) == v for k, v in wanted.items())
    return len(wanted), right, len(wrong), said or (f"wrong {wrong}" if wrong else f"missing {sorted(set(wanted) - set(found))}")


def main() -> None:
    """Print a line for each shape and the total."""
    total: Counter[str] = Counter()
    for shape in SHAPES:
        results = [(d, *score(shape, d)) for d in drawings()]
        values, right, wrong = (sum(r[i] for r in results) for i in (1, 2, 3))
        total.update(values=values, right=right, wrong=wrong, sheets=len(results))
        print(f"{shape:<32}{len(results):>5} sheets{values:>7} values{right:>7} right ({right / values:.1%}){wrong:>5} wrong")
        if "--wrong" in sys.argv:
            for d, drawn, read, bad, said in results:
                if bad or read < drawn:
                    print(
                        f"    {d.maker} {d.sense} {d.style} large={d.large} {d.labels[0]!r}: {read} of {drawn}, {bad} wrong; {said[:260]}"
                    )
    share = total["right"] / total["values"]
    print(f"{total['sheets']} sheets, {total['values']} values: {total['right']} right ({share:.1%}), {total['wrong']} wrong")


if __name__ == "__main__":
    main()
