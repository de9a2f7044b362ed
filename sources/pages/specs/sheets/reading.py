"""One sheet to figures: its lines by what their labels mean, each column's figures divided by the accelerators it stands for."""

from __future__ import annotations

import re

from sources.pages.quote import PageChanged
from sources.pages.specs.figures import GIB, Figure, figures
from sources.pages.specs.rows import SpecRows
from sources.pages.specs.sheets.cells import divided, is_empty, is_hedged, with_unit
from sources.pages.specs.sheets.columns import Column, columns_of
from sources.pages.specs.sheets.declaration import SheetWords
from sources.pages.specs.sheets.rates import Rates
from sources.pages.specs.sheets.sheet import Line, Sheet

_ONE_WAY = re.compile(r"uni-?directional|per direction|each direction|one[- ]way", re.IGNORECASE)
_LIQUID = re.compile(r"[\d.,]+ ?k?W ?\(?\s*(?:liquid|DLC|water)[^)]*\)?", re.IGNORECASE)
_KNOWN_BESIDE = re.compile(
    r"network|total nvlink|^nvidia nvlink|cpu|pci|host|dma|sram|cache|attention|rt core|\bFP(?:64|32|6)\b|TF32|Float 32|INT(?:4|32)|vector|fabric",
    re.IGNORECASE,
)
"""Labels whose figures are known and left out; under any other such label a rate or power is one of a row that was swallowed."""


class Reading:
    """Reads one sheet into rows."""

    def __init__(self, out: SpecRows, sheet: Sheet, words: SheetWords, product: str) -> None:
        self.out, self.sheet, self.words = out, sheet, words
        self.rates = Rates(out, sheet, words, columns_of(sheet, words, product))
        self.columns = self.rates.columns
        self.links: int | None = None
        self.each: Figure | None = None

    def read(self) -> None:
        """Read every line; one that is not understood is left out, figures that cannot be right refuse the page."""
        for head in self.sheet.unnamed:
            self.out.unread(head, head, f"expected a part that the maker's declaration names, found {head!r}")
        for line in self.sheet.lines:
            said = " ".join(line.cells)
            kind = self.words.meaning(line.label).kind
            if kind == "unknown" and figures(said):
                self.out.unread(line.label, said, f"expected a known label, found {line.label!r}; map it or list it as ignored")
            handler = getattr(self, f"_{kind}", None)
            if handler is None or not any(line.cells):
                continue
            if not self.sheet.apart:  # in a run of text what is not understood may belong to the next row
                handler(line)
                continue
            with self.out.row(line.label, said):
                handler(line)
        self.rates.finish()
        if self.links and self.each:
            said = f"{self.links} links, {self.each.text} {self.each.unit} each"
            self.out.link(self.columns[0].name, self.each, said, "links", times=self.links, qualifier="sum of links as printed")

    def _compute(self, line: Line) -> None:
        self.rates.read(line)

    def _ignored(self, line: Line) -> None:
        """A line that is left out must not swallow one that is kept where lines run together."""
        if self.sheet.apart or _KNOWN_BESIDE.search(line.label):
            return
        stray = [f for f in figures(" ".join(line.cells)) if f.kind in ("power", "rate", "compute")]
        if stray:
            raise PageChanged(f"expected no rate or power in {line.label!r}, found {stray[0].text} {stray[0].unit}")

    def _texts(self, line: Line, kind: str) -> list[tuple[Column, str]]:
        cells = [with_unit(c, line.label) for c in line.cells]
        texts = divided(cells, len(self.columns), kind, line.label)
        return [(c, t) for c, t in zip(self.columns, texts, strict=True) if not is_empty(t)]

    def _memory(self, line: Line) -> None:
        for column, text in self._texts(line, "size"):
            self.out.memory(
                column.name, _one(text, "size", line.label), f"{line.label} {text}", line.label, per=column.per_label(line.label)
            )
            if any(f.kind == "rate" for f in figures(text)):
                self._rate_of_memory(column, text, line.label)

    def _bandwidth(self, line: Line) -> None:
        for column, text in self._texts(line, "rate"):
            self._rate_of_memory(column, text, line.label)

    def _rate_of_memory(self, column: Column, text: str, label: str) -> None:
        figure, said = _one(text, "rate", label), f"{label} {text}"
        self.out.bandwidth(column.name, figure, said, label, per=column.per_label(label))
        if self.words.converted and re.match(r"[GT]iB", figure.unit):
            scale = 1024 if figure.unit.startswith("Ti") else 1
            self.out.add(column.name, "memory_bandwidth_gb_s", figure.value * scale * GIB, figure.text, said, label, "converted from GiB/s")

    def _memory_and_bandwidth(self, line: Line) -> None:
        for column, text in self._texts(line, "size"):
            self.out.memory(
                column.name, _one(text, "size", line.label), f"{line.label} {text}", line.label, per=column.per_label(line.label)
            )
        self._bandwidth(line)

    def _tdp(self, line: Line) -> None:
        cells = [_LIQUID.sub("", c) for c in line.cells]  # air-cooled is the lower, common rating
        for column, text in self._texts(Line(line.label, tuple(cells)), "power"):
            found = [f for f in figures(text) if f.kind == "power"]
            if not found or is_hedged(text, found[0].start) or re.search(r"[~≈]", text):
                raise PageChanged(f"expected a rated power at {line.label!r}, found none or an estimate: {text[:80]!r}")
            several = re.search(r"\d ?[-/] ?\d", text)
            said = "measured maximum" if "measured" in line.label.lower() else "maximum" if several else ""
            self.out.power(column.name, found[-1], f"{line.label} {text}", line.label, said)

    def _link(self, line: Line) -> None:
        cells = [_without_host(with_unit(c, line.label)) for c in line.cells]
        for column, text in zip(self.columns, divided(cells, len(self.columns), "rate", line.label), strict=True):
            rates, said = [f for f in figures(text) if f.kind == "rate"], f"{line.label} {text}"
            if len({(f.value, f.unit) for f in rates}) > 1:
                raise PageChanged(f"expected one link rate at {line.label!r}, found {text[:80]!r}")
            if not rates:
                continue
            one_way = bool(_ONE_WAY.search(said))
            told = "both directions of the printed one" if one_way else "direction unstated"
            told = "bidirectional" if re.search(r"bi-?directional", said, re.IGNORECASE) else told
            per = 1 if re.search(r"interconnect", line.label, re.IGNORECASE) else column.per_label(said)
            self.out.link(column.name, rates[0], said, line.label, per=per, times=2 if one_way else 1, qualifier=told)

    def _link_count(self, line: Line) -> None:
        found = re.match(r"\d{1,3}", line.cells[0])
        self.links = int(found[0]) if found else None

    def _link_each(self, line: Line) -> None:
        self.each = _one(line.cells[0], "rate", line.label)


def _one(text: str, kind: str, label: str) -> Figure:
    found = [f for f in figures(text) if f.kind == kind]
    if len({(f.value, f.unit) for f in found}) != 1:
        raise PageChanged(f"expected one {kind} in {label!r}, found {len(found)} in {text[:80]!r}")
    return found[0]


def _without_host(text: str) -> str:
    """A cell of links without the host's: the rate of PCIe counts only where it is the only one."""
    if not re.search(r"NVLink|Infinity|ICI|RoCE|Ethernet", text, re.IGNORECASE):
        return text
    text = re.sub(r"NVLink[^:]{0,40}(?=bridge|Bridge)", "", text)
    return re.sub(r"PCIe[^|:]{0,20}:? ?[\d.,]+ ?[GT]B/s", "", text)
