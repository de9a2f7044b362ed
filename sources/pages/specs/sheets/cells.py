"""The cells of a sheet's line: which figure is of which column, and of a rate which is dense and which sparse."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sources.pages.quote import PageChanged
from sources.pages.specs.figures import COMMA_NUMBER, NUMBER, UNIT, figures, number
from sources.pages.specs.labels import precisions_in
from sources.pages.specs.sheets.labels import PRECISIONS

_HEDGED = re.compile(r"(?:\babout|\bapprox\w*\.?|\baround|\broughly|\bover|\bmore than|\bnearly|\balmost|\brund|\betwa)\s*$", re.IGNORECASE)
_NUMBER = re.compile(
    rf"(?P<n>(?<![\w.]){NUMBER})(?:\s?(?:{UNIT}))?(?P<mark>\*+|\s?\^\d|(?<=[A-Za-z])[1-9](?![\d.,]))?"
    rf"|(?P<bar>[|/])|(?P<star>\*+)"
)
_EMPTY = re.compile(r"^(?:|[-–—]+|n/?a|not (?:applicable|supported|available)|none|tbd)$", re.IGNORECASE)
_FREE = re.compile(
    r"\b(?:up to|peak|dense|sparse|with(?:out)?|structured|sparsity|per|gpu|chip|tensor|core|matrix|and|or|(?:oam|sxm|pcie)|"
    rf"E[345]M[23]|{PRECISIONS})\b|[()\s,;:+&|/*]|\^\d",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Rate:
    """One compute rate of a cell: ``sense`` dense, sparse or empty (not told by the cell), ``names`` its own precisions."""

    text: str
    value: Decimal
    unit: str = ""
    mark: str = ""
    sense: str = ""
    names: tuple[str, ...] = ()
    start: int = 0


_STRAY = re.compile(r"(?<![\w.@(/-])\d")
"""A number on its own: of a value that lost its unit, where one figure should be of all columns."""


def is_empty(cell: str) -> bool:
    """Whether a cell says that there is nothing."""
    return bool(_EMPTY.match(cell.strip()))


def is_hedged(text: str, start: int) -> bool:
    """Whether the figure that begins at ``start`` is a rounding (``over``, ``about``)."""
    return bool(_HEDGED.search(text[:start]))


def unit_in(label: str) -> str:
    """The unit that a label holds for its cells: in brackets, or as its last word."""
    found = [u for u in re.findall(r"[(\[,]\s?([^()\[\],]*)[)\]]?", label) if figures(f"1 {_rate_unit(u)}")]
    if found:
        return _rate_unit(found[-1])
    plain = re.search(r"\b(?:FLOPs?|OPs|bytes)/s\b", label)
    if plain:
        return plain[0]
    last = re.search(r"(?:^|\s)([TPGE](?:FL)?OPS?|[GT]i?B(?:/s|ps)?|W(?:atts)?)\s*$", label, re.IGNORECASE)
    return _rate_unit(last[1]) if last else ""


def _rate_unit(text: str) -> str:
    text = re.sub(r"^in ", "", text.strip())
    return re.sub(r"/(?:chip|device|gpu|accelerator)$", "", text, flags=re.IGNORECASE)


def with_unit(cell: str, label: str) -> str:
    """A cell of bare figures with the unit that its label holds."""
    unit = unit_in(label)
    if not unit or figures(cell):
        return cell
    return re.sub(rf"(?<![\w.])({NUMBER})(?!\s?[A-Za-z])", rf"\1 {unit}", cell)


def divided(cells: Sequence[str], columns: int, kind: str, label: str) -> list[str]:
    """The text of each column: its own cell, one for all, or a run of as many figures as columns."""
    if len(cells) == columns:
        return list(cells)
    text = " ".join(c for c in cells if c)
    found = [f for f in figures(text) if f.kind == kind]
    if len(found) == 1 and (kind == "power" or not _STRAY.search(text[found[0].end :])):
        return [text] * columns
    if len(found) != columns:
        raise PageChanged(f"expected {columns} values of {label!r}, found {len(found)} in {text[:80]!r}")
    ends = [*(f.start for f in found[1:]), len(text)]
    if kind == "power":  # a range starts before its figure with a unit: 350-400W
        return [text[a : f.end] for a, f in zip([0, *(f.end for f in found[:-1])], found, strict=True)]
    return [text[f.start : end] for f, end in zip(found, ends, strict=True)]


def _told(numbers: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Patterns of a rate with its precision: beside the figure, and in front of it as a label (``Sparse FP16 throughput 125 PFLOPS``)."""
    said = r"(?:,? (?P<last>dense|sparse))?"
    return re.compile(
        rf"(?P<n>(?<![\w.])(?:{numbers}))\s?(?:(?P<before>{PRECISIONS})[ -]*(?P<said>sparse|dense)?[ -]*(?:Matrix|Tensor)?[ -]*)?(?:{UNIT})"
        rf"(?:\s?(?:\(|@|at |in |of |for )\s?(?P<sense>dense |sparse )?(?P<after>{PRECISIONS}){said})?",
        re.IGNORECASE,
    ), re.compile(
        rf"(?:\b(?P<said>sparse|dense) )?(?P<before>{PRECISIONS}) (?:throughput|compute|performance)\s?(?::|of|is)?\s?(?P<n>{numbers})\s?(?:{UNIT})",
        re.IGNORECASE,
    )


_TOLD, _TOLD_COMMA = _told(NUMBER), _told(COMMA_NUMBER)


def told_rates(text: str, *, comma_decimals: bool = False) -> list[Rate]:
    """Rates of a sentence that name their precision: ``190 FP16/BF16 TFLOPS``, ``275 teraflops (bf16 or int8)``."""
    found: dict[int, Rate] = {}
    for pattern in _TOLD_COMMA if comma_decimals else _TOLD:
        for m in pattern.finditer(text):
            told = m.groupdict()
            names = told["before"] or told.get("after")
            if m["compute"] and names and m.start("n") not in found:
                sense = (told["said"] or told.get("sense") or told.get("last") or "").strip().lower()
                precisions = precisions_in(re.sub(r"[/,|]", " ", names))
                value = number(m["n"], comma_decimals=comma_decimals)
                found[m.start("n")] = Rate(m["n"], value, m["compute"], "", sense, precisions, m.start("n"))
    return [found[start] for start in sorted(found)]


def rates(text: str, label: str, notes: dict[str, str]) -> list[Rate]:
    """Every figure of a compute cell with its unit and footnote mark; words that belong to no rate refuse the cell."""
    last = re.search(r"(?<=[A-Za-z])\s+([1-9])$", text)
    text = text[: last.start()] if last else text
    rest = _FREE.sub("", _NUMBER.sub("", text)).strip("~ .")
    if rest:
        raise PageChanged(f"expected figures at {label!r}, found {rest[:60]!r} among {text[:80]!r}")
    found: list[Rate] = []
    for m in _NUMBER.finditer(text):
        if m["n"]:
            sense = re.match(r"[^\d|/]*?\b(with(?:out)? (?:structured )?sparsity|sparse|dense)\b", text[m.end() :], re.IGNORECASE)
            told = "" if sense is None else "dense" if re.match(r"without|dense", sense[1], re.IGNORECASE) else "sparse"
            found.append(Rate(m["n"], number(m["n"]), m["compute"] or "", (m["mark"] or "").strip().lstrip("^"), told))
        elif m["star"] and found:
            found[-1] = replace(found[-1], mark=m["star"])
    if last and last[1] in notes and len(found) == 1:
        found[-1] = replace(found[-1], mark=found[-1].mark or last[1])
    leading = re.match(r"([1-9])\s+(?=[\d.])", text)
    if leading and leading[1] in notes and found and found[0].text == leading[1]:
        found = found[1:]
        found = [replace(r, mark=r.mark or leading[1]) for r in found]
    for i in range(len(found) - 2, -1, -1):
        found[i] = replace(found[i], unit=found[i].unit or found[i + 1].unit)
    return found


def columns_of_rates(cells: Sequence[str], columns: int, label: str, notes: dict[str, str]) -> list[list[Rate]]:
    """The rates of each column: from cells of their own, or from a run of singles or of pairs, one group for each or for all."""
    if len(cells) == columns > 1:
        return [[] if is_empty(c) else rates(c, label, notes) for c in cells]
    text = " | ".join(cells)
    found = [] if is_empty(text.strip("| ")) else rates(text, label, notes)
    starred = [r for r in found if r.mark.startswith("*")]
    bars = text.count("|")
    paired = bars and (
        (len(found) == 2 * len(starred) and bool(starred))
        or (len(found) == 2 * columns and bars == columns)
        or ("sparse_dense" in notes.values() and not starred and len(found) % 2 == 0)
    )
    size = 2 if paired or (columns == 1 and len(found) == 2) else 1
    groups = [found[i : i + size] for i in range(0, len(found), size)]
    if len(groups) == columns:
        return groups
    if len(groups) == 1:
        return [groups[0], *([[]] * (columns - 1))] if re.search(r"\|\s*$", text) else groups * columns
    raise PageChanged(f"expected {columns} values (or one for all) at {label!r}, found {len(groups)} in {text[:80]!r}")
