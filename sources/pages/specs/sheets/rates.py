"""The compute rates of a sheet: of each column, precision and sense, by marks, words and footnotes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sources.pages.quote import PageChanged
from sources.pages.specs.figures import figures
from sources.pages.specs.labels import precisions_in
from sources.pages.specs.rows import SpecRows
from sources.pages.specs.sheets.cells import Rate, columns_of_rates, divided, told_rates, unit_in
from sources.pages.specs.sheets.columns import Column
from sources.pages.specs.sheets.declaration import SheetWords
from sources.pages.specs.sheets.sheet import Line, Sheet

_MARK = re.compile(r"(?:\s?(\*+)|\s?\^([1-9])|(?<=[a-z])([1-9])|\s([1-9]))\)?(?P<unit>\s*\([^()]*\))?\s*$")


class Rates:
    """Reads the lines of rates of one sheet; ``columns`` carry in their names that the sheet does not say which rates are sparse."""

    def __init__(self, out: SpecRows, sheet: Sheet, words: SheetWords, columns: Sequence[Column]) -> None:
        self.out, self.sheet, self.words, self.notes = out, sheet, words, sheet.notes
        self.lines = [line for line in sheet.lines if words.meaning(line.label).kind == "compute"]
        self.silent = self._is_silent(columns[0].name)
        self.columns = [replace(c, name=f"{c.name} (sparsity unstated)") for c in columns] if self.silent else list(columns)
        self.has_bf16 = any("bf16" in self._precisions(line.label) and any(line.cells) for line in self.lines)
        self.title_marks = {m for m in self.notes if re.search(rf"Specs ?\^? ?{re.escape(m)}", " ".join(sheet.heads) + sheet.title)}
        self.merged: set[bool] = set()
        """Whether rates stand once for all columns or once for each: a run of text that does both has lost a value."""

    def finish(self) -> None:
        """FP16 beside BF16 is a rate of its own only where it is another one."""
        if self.has_bf16:
            self.out.without_twins("fp16", "bf16")

    def read(self, line: Line) -> None:
        """Read one line; a rate that may be sparse or dense is no rate and is left out."""
        if self.silent:
            return
        label, marks = self._marks(line.label)
        names = self._precisions(label)
        if not names:
            texts = divided(line.cells, len(self.columns), "compute", label) if len(self.columns) > 1 else line.cells
            for column, text in zip(self.columns, texts, strict=False):
                self._told(column, text, label)
            return
        default = unit_in(label) or self._unit()
        rows = columns_of_rates(line.cells, len(self.columns), label, self.notes)
        self._alike(rows)
        for column, rates in zip(self.columns, rows, strict=True):
            for name in self._kept(names, column.name) if rates else ():
                self._put(column, name, [replace(r, unit=r.unit or default) for r in rates], label, marks, " ".join(line.cells))

    def _alike(self, rows: list[list[Rate]]) -> None:
        if len(self.columns) > 1 and not self.sheet.apart and any(rows):
            self.merged.add(all(row is rows[0] for row in rows))
            if len(self.merged) > 1:
                raise PageChanged(
                    "expected one value per product in every compute row, or one for all in every row, found both: is a value missing?"
                )

    def _is_silent(self, name: str) -> bool:
        if not self.words.silent or self._knows_no_sparsity(name):
            return False
        said = " ".join(f"{line.label} {' '.join(line.cells)}" for line in self.sheet.lines)
        rates = " ".join(f"{line.label} {' '.join(line.cells)}" for line in self.lines)
        return (
            bool(rates)
            and not set(self.notes.values()) & {"sparse", "sparse_dense", "dense"}
            and not re.search(r"spars|\bdense", said, re.IGNORECASE)
            and not re.search(r"[*^|]|Core[1-9]\b|Core [1-9] \d", rates)
        )

    def _unit(self) -> str:
        """The unit of rates that print none: of the other lines of rates."""
        for line in self.lines:
            found = [f.unit for c in line.cells for f in figures(c) if f.kind == "compute"] or [unit_in(line.label)]
            if found[0]:
                return found[0]
        return ""

    def _knows_no_sparsity(self, name: str) -> bool:
        return bool(self.words.dense_only) and bool(re.search(self.words.dense_only, name))

    def _precisions(self, label: str) -> tuple[str, ...]:
        found = self.words.meaning(label)
        return found.precisions or precisions_in(label) if found.kind == "compute" else ()

    def _told(self, column: Column, text: str, label: str) -> None:
        """A cell whose rates name their own precision."""
        found = told_rates(text)
        dense = {r.text for r in found if r.sense != "sparse"}
        if not found:
            raise PageChanged(f"expected rates with their precision at {label!r}, found {text[:80]!r}")
        for rate in found:
            sense = rate.sense or ("" if self.words.silent else "dense")
            if not sense or (sense == "sparse" and self.words.echoed and rate.text in dense):
                continue
            for name in self._kept(rate.names, column.name):
                self._add(column, name, sense, rate, f"{label} {text}", label)

    def _marks(self, label: str) -> tuple[str, set[str]]:
        m = _MARK.search(label)
        mark = next((g for g in m.groups()[:4] if g), "") if m else ""
        if m is None or (mark.isdigit() and mark not in self.notes):
            return label, set()
        return f"{label[: m.start()].strip()}{m['unit'] or ''}", {mark}

    def _kept(self, names: tuple[str, ...], part: str) -> tuple[str, ...]:
        """BF16 stands for FP16 too: both run at one rate on matrix units that know both."""
        if "bf16" in names:
            return tuple(n for n in names if n != "fp16")
        if names == ("fp16",):
            if self.has_bf16:
                return names
            return ("fp16",) if self.words.fp16_apart and re.search(self.words.fp16_apart, part) else ("bf16",)
        return tuple(n for n in names if n != "fp16")

    def _put(self, column: Column, name: str, rates: list[Rate], label: str, marks: set[str], said: str) -> None:
        if len(rates) == 2:
            for sense, rate in zip(self._order(rates, label), rates, strict=True):
                self._add(column, name, sense, rate, said, label)
            return
        if len(rates) != 1:
            raise PageChanged(f"expected one rate or a pair at {label!r}, found {len(rates)} in {said[:80]!r}")
        (rate,) = rates
        sense = self._sense(rate, label, marks, column.name)
        self._add(column, name, sense, rate, f"{label} {said}", label)
        halves = self.words.half and (name == "fp4" or not re.search(self.words.no_half or r"(?!)", column.name))
        if sense == "sparse" and halves:
            half = replace(rate, value=rate.value / 2)
            self._add(column, name, "dense", half, f"{label} {said}", label, "half of the sparse figure")

    def _order(self, rates: list[Rate], label: str) -> tuple[str, str]:
        """Dense and sparse of a pair, by marks, words and footnotes; the sparse one is never the smaller."""
        a, b = rates
        dense_first = (
            bool(re.search(r"dense ?[|/,] ?sparse|/ (?:with|w/) (?:structured )?sparsity|without ?[|/] ?with", label, re.I))
            or b.mark.startswith("*")
            or "sparse" in b.sense
            or self.notes.get(b.mark) == "sparse"
        )
        sparse_first = (
            "sparse_dense" in self.notes.values()
            or bool(re.search(r"sparse ?[|/,] ?dense", label, re.I))
            or a.mark.startswith("*")
            or "dense" in b.sense
            or self.notes.get(b.mark) == "dense"
        )
        if dense_first == sparse_first:
            if dense_first or a.value == b.value:
                raise PageChanged(f"expected a word on which rate of {label!r} is sparse, found {a.text} and {b.text}")
            dense_first = a.value < b.value
        if (a.value <= b.value) != dense_first and a.value != b.value:
            raise PageChanged(f"expected a sparse rate above the dense one at {label!r}, found {a.text} and {b.text}")
        return ("dense", "sparse") if dense_first else ("sparse", "dense")

    def _sense(self, rate: Rate, label: str, marks: set[str], part: str) -> str:
        if rate.sense:
            return rate.sense
        if re.search(r"without (?:structured )?sparsity|\bdense", label, re.IGNORECASE):
            return "dense"
        if re.search(r"\bspars", label, re.IGNORECASE):
            return "sparse"
        for mark in [rate.mark, *sorted(marks), *sorted(self.title_marks)]:
            sense = self.notes.get(mark, "")
            if sense in ("sparse", "dense"):
                return sense
            if mark and mark not in self.notes:
                raise PageChanged(f"expected the footnote of mark {mark!r} at {label!r}, found none: is the page cut short?")
        if self.notes.get("all"):
            return self.notes["all"]
        told = "" if self.words.silent and not self._knows_no_sparsity(part) else "dense"
        if not told:
            raise PageChanged(f"expected a word on sparsity for {label!r} of {part}, found none on the sheet")
        return told

    def _add(self, column: Column, name: str, sense: str, rate: Rate, said: str, label: str, how: str = "") -> None:
        if not rate.unit:
            raise PageChanged(f"expected a unit of compute at {label!r}, found none on the sheet")
        if sense == "dense" or name in self.words.sparse_kept:
            value = rate.value / column.per_label(label)
            self.out.compute(column.name, name, sense, value, rate.unit, rate.text, said, label, how)
