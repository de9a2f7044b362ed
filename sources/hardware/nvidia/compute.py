"""Compute cells of NVIDIA sheets: which figure is dense, which sparse, and for which column.

Dense and sparse are told apart by footnote marks on the label, the value or the title. A single sparse
figure halves to dense for FP16, BF16, FP8 and INT8; FP4 halves only where the sheet says so (B300 prints
18 | 14 PFLOPS). A mark without its footnote refuses the sheet.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from sources.hardware.nvidia.columns import Column
from sources.pages.quote import PageChanged
from sources.pages.specs.figures import NUMBER, UNIT, number
from sources.pages.specs.labels import precisions_in
from sources.pages.specs.rows import SpecRows

_TOKEN = re.compile(
    rf"~?(?P<n>{NUMBER})(?:\s?(?:{UNIT}))?(?P<mark>\*+|\s?\^\d|(?<=[A-Za-z])[1-9](?![\d.,]))?|"
    r"(?P<bar>[|/])|(?P<star>\*+)"
)
BEFORE_SPARSITY = re.compile(r"^(V100|P100|T4|P40|P4)\b")
_GEFORCE = re.compile(r"^RTX \d")


@dataclass(slots=True)
class _Number:
    text: str
    value: Decimal
    unit: str
    mark: str


def add_compute(
    out: SpecRows,
    columns: list[Column],
    label: str,
    cells: list[str],
    notes: dict[str, str],
    title_marks: set[str],
    unit: str,
    has_bf16: bool,
    shapes: set[str],
) -> str:
    """Read one compute row into ``out``; returns the unit to use for later rows that print none."""
    label, marks = _label_marks(label)
    in_label = re.search(r"\b([TP]FLOPS|[TP]OPS)\b", label, re.IGNORECASE)
    unit = in_label[1].upper() if in_label else unit
    kept = _kept(precisions_in(label), has_bf16, columns)
    own = [_numbers(c, label, notes, marks) for c in cells]
    printed = [n.unit for row in own for n in row if n.unit]
    default = printed[0] if printed else unit
    per_column = own if len(own) == len(columns) > 1 else _spread(own[0], len(columns), label, cells[0], notes, shapes)
    for column, numbers in zip(columns, per_column, strict=True):
        if numbers and kept:
            _add(out, column, kept, numbers, label, " ".join(cells), _Sense(notes, marks, title_marks), default)
    return next((u for u in printed if "FLOP" in u.upper()), unit)


@dataclass(slots=True)
class _Sense:
    notes: dict[str, str]
    label_marks: set[str]
    title_marks: set[str]

    def single(self, value_mark: str, label: str) -> str | None:
        """``dense`` or ``sparse`` of a lone figure; None where the sheet never speaks of sparsity."""
        if re.search(r"\bspars", label, re.IGNORECASE):
            return "sparse"
        if re.search(r"\bdense", label, re.IGNORECASE):
            return "dense"
        for mark in [value_mark, *sorted(self.label_marks), *sorted(self.title_marks)]:
            sense = self.notes.get(mark, "")
            if sense in ("sparse", "dense"):
                return sense
            if mark and mark not in self.notes:
                raise PageChanged(f"expected the footnote of mark {mark!r} at {label!r}, found none: is the page cut short?")
        if any(s in ("sparse", "sparse_dense") for s in self.notes.values()):
            raise PageChanged(f"expected a footnote mark that tells dense from sparse at {label!r}, found none")
        return None


def _label_marks(label: str) -> tuple[str, set[str]]:
    m = re.search(r"(?:\s?(\*+)|\s?\^([1-9])|(?<=[a-z])([1-9])|\s([1-9]))\)?\s*$", label)
    if m is None:
        return label, set()
    mark = next(g for g in m.groups() if g)
    return label[: m.start()].strip(), {mark}


def _numbers(text: str, label: str, notes: dict[str, str], marks: set[str]) -> list[_Number]:
    """Every figure of a cell; anything but figures, units, bars and marks refuses the sheet."""
    text = re.sub(r"\bup to\b", " ", text, flags=re.IGNORECASE)
    text = re.sub(r"(?<=\S)\s+[1-9]$", "", text) if re.search(r"[A-Za-z]", text) else text
    leading = re.match(r"([1-9])\s+(?=[\d.])", text)
    if leading and leading[1] in notes:
        marks.add(leading[1])
        text = text[leading.end() :]
    rest = _TOKEN.sub("", text).strip(" ,")
    if rest and precisions_in(label):
        raise PageChanged(f"expected figures at {label!r}, found {rest[:60]!r} among {text[:80]!r}")
    found: list[_Number] = []
    for m in _TOKEN.finditer(text):
        if m["n"]:
            mark = (m["mark"] or "").strip().lstrip("^")
            found.append(_Number(m["n"], number(m["n"]), m["compute"] or "", mark))
        elif m["star"] and found:
            found[-1].mark = m["star"]
    for i in range(len(found) - 2, -1, -1):
        found[i].unit = found[i].unit or found[i + 1].unit
    return found


def _spread(numbers: list[_Number], n: int, label: str, text: str, notes: dict[str, str], shapes: set[str]) -> list[list[_Number]]:
    """Numbers of a merged or run-together cell to columns: pairs or singles, one group for each or for all."""
    starred = [x for x in numbers if x.mark.startswith("*")]
    if starred and precisions_in(label) and not any(x.mark in notes for x in starred):
        raise PageChanged(f"expected the footnote of {starred[0].mark!r} at {label!r}, found none: is the page cut short?")
    pairs = "|" in text and (
        (len(numbers) == 2 * len(starred) and starred != []) or ("sparse_dense" in notes.values() and len(numbers) % 2 == 0 and not starred)
    )
    size = 2 if pairs else 1
    groups = [numbers[i : i + size] for i in range(0, len(numbers), size)]
    if n > 1 and len(groups) in (1, n):
        shapes.add("merged" if len(groups) == 1 else "split")
    if len(groups) == n:
        return groups
    if len(groups) == 1:
        return [groups[0], *([[]] * (n - 1))] if re.search(r"\|\s*$", text) else groups * n
    if not precisions_in(label):
        return [[]] * n
    raise PageChanged(f"expected {n} values (or one for all) at {label!r}, found {len(groups)} in {text[:80]!r}")


def _kept(names: tuple[str, ...], has_bf16: bool, columns: list[Column]) -> tuple[str, ...]:
    """BF16 stands for FP16 too: both run at one rate on tensor cores since Ampere."""
    if "bf16" in names:
        return tuple(n for n in names if n != "fp16")
    if names == ("fp16",):
        if has_bf16:
            return ()
        return ("fp16",) if BEFORE_SPARSITY.match(columns[0].name) else ("bf16",)
    return names


def _add(
    out: SpecRows, column: Column, names: tuple[str, ...], numbers: list[_Number], label: str, evidence: str, sense: _Sense, default: str
) -> None:
    values = [(x, x.unit or default) for x in numbers]
    for name in names:

        def put(kind: str, x: _Number, unit: str, scale: Decimal = Decimal(1), how: str = "", name: str = name) -> None:
            if not unit:
                raise PageChanged(f"expected a unit of compute at {label!r}, found none on the sheet")
            out.compute(column.name, name, kind, x.value * scale / column.per, unit, x.text, f"{label} {evidence}", label, how)

        if len(values) == 2:
            order = ("dense", "sparse") if values[1][0].mark.startswith("*") else ("sparse", "dense")
            for kind, (x, unit) in zip(order, values, strict=True):
                put(kind, x, unit)
            continue
        ((x, unit),) = values
        told = sense.single(x.mark, label)
        if told is None and BEFORE_SPARSITY.match(column.name):
            told = "dense"
        if told is None:
            raise PageChanged(f"expected a word on sparsity for {label!r} of {column.name}, found none on the sheet")
        put(told, x, unit)
        if told == "sparse" and (not _GEFORCE.match(column.name) or name == "fp4"):
            # GeForce halves FP16 and FP8 again with FP32 accumulation: a sparse figure gives no usable dense one
            put("dense", x, unit, Decimal("0.5"), "half of the sparse figure")
