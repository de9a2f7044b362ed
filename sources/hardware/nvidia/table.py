"""NVIDIA's table layouts: text layers, pipe tables and real tables, read row by row by label.

A row holds one value per product column, or one for all columns (a merged cell). Compute cells hold a
single figure whose sense the footnote mark gives, or a pair dense | sparse* or sparse | dense.
"""

from __future__ import annotations

import re
from dataclasses import replace

from sources.hardware.nvidia.columns import Column, columns_in, gpu_counts, paired, product_in
from sources.hardware.nvidia.compute import BEFORE_SPARSITY, add_compute
from sources.pages.quote import LeftOut, PageChanged, SpecQuote
from sources.pages.specs.figures import clean, figures
from sources.pages.specs.labels import meaning, precisions_in
from sources.pages.specs.layers import cut_footnotes, split_rows
from sources.pages.specs.rows import PAIRED, SPARSE_FIRST, SpecRows
from sources.pages.tables import Grid

_MARK = r"(?: (?:TFLOPS|TOPS)(?=\s))?\s?(?:\*+|\^?[1-9](?![\d,.]))?(?=\s|$|\))"
_COMPUTE = "|".join(
    (
        r"(?:Peak )?FP64 ?/ ?FP64 Tensor Core",
        r"FP64 Tensor Core",
        r"Tensor Float 32 \(TF32\)(?: Tensor Core)?",
        r"(?:Peak )?TF32 Tensor Core",
        r"(?:Peak )?(?:BFLOAT16|BF16) Tensor Core",
        r"FP16 ?[/|] ?(?:BF16|BFLOAT16) Tensor Core",
        r"(?:Peak )?FP16 Tensor Core",
        r"FP8 ?/ ?FP6 Tensor Core",
        r"(?:Peak )?FP8(?: Tensor(?: Core)?)?",
        r"FP6 Tensor Core",
        r"(?:Total )?(?:NV)?FP4 (?:Tensor Core|Dense|Sparse)",
        r"(?:Peak )?INT8(?: Tensor(?: Core)?)?",
        r"(?:Peak )?INT4(?: Tensor(?: Core)?)?",
        r"FP64(?! Tensor)",
        r"(?:Peak )?FP32",
    )
)
LABELS = (
    ("compute", rf"(?<![\w/])(?:{_COMPUTE}){_MARK}"),
    ("other_memory", r"\bCPU Memory(?: \| Bandwidth)?|\b(?:Total )?Fast Memory|\bCPU Core Count"),
    ("memory_and_bandwidth", r"\bGPU Memory \| Bandwidth"),
    ("bandwidth", r"\b(?:(?:Total )?GPU )?Memory Bandwidth"),
    ("memory", r"\b(?:Total |GPU )?(?:GPU )?Memory(?! Bandwidth)(?! \|)"),
    ("tdp", r"\b(?:Max(?:imum)? )?(?:Thermal Design Power(?: \(TDP\))?|Power Consumption|TDP)"),
    ("config", r"\bConfiguration\b"),
    ("form", r"\bForm Factor\b"),
    ("link_total", r"\bTotal NVLink Bandwidth"),
    ("link", r"\bNVLink(?: GPU-to-GPU)? Bandwidth"),
    ("interconnect", r"\bInterconnect(?: Interface)?\b"),
    (
        "other",
        r"\bNVENC \||\bNVDEC\b \||\bGPU Architecture\b|\bRT Core Performance\b|\bDisplay (?:Ports|Connectors)\b|"
        r"\bPower Connector\b|\bThermal\b(?! Design)|\bVirtual GPU\b|\bSecure Boot\b|\bNEBS\b|\bNVIDIA NVLink Support\b|"
        r"\bNVIDIA [\w ]+ Architecture-? ?Based\b|\b(?:CUDA|RT|Tensor) Cores\b|"
        r"\bDecoders\b|\bConfidential Computing\b|\bMulti-Instance GPUs?(?: \(MIG\))?|\bServer Options\b|"
        r"\bNVIDIA AI Enterprise\b|\bNVIDIA NVLink (?=(?:First|Second|Third|Fourth|Fifth|Sixth) )|"
        r"\bNVIDIA NVLink Switch\b|\bNetworking Bandwidth\b|\bAttention Performance" + _MARK,
    ),
)
_HEADS = frozenset({"", "specification", "specifications", "feature", "features", "spec", "details"})
"""First cells of header rows that name no product."""
_TITLE_WORDS = re.compile(
    r"\b(?:NVIDIA|GPU|Tensor|Core|Product|Technical|Key|Specifications?|Specs|Data ?sheet)(?=\W|\d|$)|[\d^¹²³*.:]", re.IGNORECASE
)
"""Words above a table of one product that do not name it."""
_NEEDED = ("memory", "compute")


def read_layer(text: str, basis: str, title: str) -> list[SpecQuote | LeftOut]:
    """Read a text layer: header words, labels and values in one line, footnotes. Without products in the header the
    one named in ``title`` (what stands above the table, the page's address) is the only column.
    """
    body, notes = cut_footnotes(re.sub(r"(?<=\d) I (?=\d)", " | ", text))
    header, rows = split_rows(body, LABELS)
    if rows[0].name == "form" and not columns_in(header, notes) and columns_in(rows[0].value, notes):
        header, rows = rows[0].value, rows[1:]  # older tables head their first column "Form Factor"
    columns = columns_in(header, notes)
    if not columns and _TITLE_WORDS.sub("", header).strip():
        raise PageChanged(f"expected product names before the first label, found {header[:80]!r}")
    columns = columns or [product_in(title)]
    title_marks = {m for m in notes if re.search(rf"Specs ?\^? ?{re.escape(m)}", header)}
    return _Sheet(columns, notes, title_marks, basis).read([(r.name, r.label, [r.value]) for r in rows])


def read_pipes(rows: list[tuple[str, list[str]]], text: str, basis: str) -> list[SpecQuote | LeftOut]:
    """Read a pipe table whose cells may hold bars; without a header the page's own product is the column."""
    notes = {m[1]: "sparse" for label, _ in rows if (m := re.match(r"(\*+|\d)\s+With sparsity", label, re.I))}
    columns = columns_in(" ".join(rows[0][1]), notes)
    body = [(label, cells) for label, cells in rows if not re.match(r"(\*+|\d)\s+With sparsity", label, re.I)]
    if columns or body[0][0].lower() in _HEADS:
        body = body[1:]
    columns = columns or [product_in(text[:400])]
    sheet = _Sheet(columns, notes, set(), basis, bars=True, by_row=True)
    return sheet.read([(_kind(label), label, [" | ".join(cells)]) for label, cells in body])


def is_sheet(grid: Grid) -> bool:
    """Whether a real table is a specification table: at least two labels of kept quantities."""
    return sum(meaning(r[0].text).kind in ("memory", "bandwidth", "memory_and_bandwidth", "compute", "tdp") for r in grid.rows) >= 2


def read_grids(grids: list[Grid], text: str, basis: str) -> list[SpecQuote | LeftOut]:
    """Read real tables: the first row names the products, every other row is label and one cell per product."""
    _, notes = cut_footnotes(clean(re.sub("[¹²³]", lambda m: " " + m[0] + " ", text)))
    quotes: list[SpecQuote | LeftOut] = []
    for grid in grids:
        header = [clean(c.text) for c in grid.rows[0][1:]]
        columns = [c for h in header for c in columns_in(h, notes)[:1]]
        first = 1
        if len(columns) != len(header):
            columns = [product_in(clean(" ".join(grid.heading)) + " " + text[:2000])]
            first = int(clean(grid.rows[0][0].text).lower() in _HEADS)
        rows = []
        for row in grid.rows[first:]:
            label = clean(row[0].text + "".join(f" ^{n}" for n in row[0].notes if len(n) == 1))
            cells = [clean(c.text + "".join("*" if n == "*" else f" ^{n}" for n in c.notes)) for c in row[1:]]
            rows.append((_kind(label), label, cells if len(cells) == len(columns) else [" ".join(cells)]))
        quotes += _Sheet(columns, notes, set(), basis, by_row=True).read(rows)
    return quotes


def _kind(label: str) -> str:
    found = meaning(label)
    if found.kind == "unknown":
        return "unknown"
    text = label.lower()
    if found.kind == "compute" or re.search(r"tensor core(?!s)|flops", text):
        return "compute"
    if found.kind == "link":
        return "interconnect" if "interconnect" in text else "link"
    return "other" if found.kind == "ignored" else found.kind


class _Sheet:
    """One sheet being read: its columns, what its footnotes say, and the rows found so far."""

    def __init__(
        self, columns: list[Column], notes: dict[str, str], title_marks: set[str], basis: str, bars: bool = False, by_row: bool = False
    ) -> None:
        """``by_row``: rows stand apart (cells, not one line of text), so one that is not understood costs itself."""
        self.by_row = by_row
        self.columns, self.notes, self.title_marks, self.bars = columns, notes, title_marks, bars
        geforce = columns[0].name.startswith("RTX") and len(columns) == 1
        self.out = SpecRows(basis, SPARSE_FIRST if geforce else PAIRED)
        self.unit = ""
        self.has_bf16 = False
        self.shapes: set[str] = set()
        self.silent = False

    def read(self, rows: list[tuple[str, str, list[str]]]) -> list[SpecQuote | LeftOut]:
        self.columns = paired(rows, self.columns)
        said = " ".join(f"{label} {' '.join(cells)}" for _, label, cells in rows)
        rates = " ".join(f"{label} {' '.join(cells)}" for name, label, cells in rows if name == "compute")
        self.silent = (
            not set(self.notes.values()) & {"sparse", "sparse_dense", "dense"}
            and not re.search(r"spars|\bdense", said, re.IGNORECASE)
            and not re.search(r"[*^|]|Core[1-9]\b|Core [1-9] \d", rates)
            and not BEFORE_SPARSITY.match(self.columns[0].name)
        )
        counts = gpu_counts(rows, len(self.columns))
        self.columns = [c.of(n) for c, n in zip(self.columns, counts, strict=True)]
        if self.silent:  # a rate that may be sparse or dense is no rate; the name says why it is missing
            self.columns = [replace(c, name=f"{c.name} (sparsity unstated)") for c in self.columns]
        self.has_bf16 = any(name == "compute" and "bf16" in precisions_in(label) for name, label, _ in rows)
        seen = set()
        for name, label, cells in rows:
            if name == "unknown":
                if figures(" ".join(cells)):
                    self.out.unread(label, " ".join(cells), f"expected a known label, found {label!r}; map it or list it as ignored")
                continue
            seen.add(name.split("_")[0])
            handler = getattr(self, f"_{name}", self._ignored)
            if not self.by_row or name in ("memory", "bandwidth", "memory_and_bandwidth"):
                handler(label, cells)
                continue
            with self.out.row(label, " ".join(cells)):
                handler(label, cells)
        if len(self.shapes) > 1 and not self.bars:
            raise PageChanged(
                "expected one value per product in every compute row, or one for all in every row, found both: is a value missing?"
            )
        if not set(_NEEDED) <= seen or not seen & {"interconnect", "link", "tdp"}:
            raise PageChanged("expected memory, compute and power or link rows on a sheet, found a part of one")
        return [*self.out.quotes(), *self.out.left_out]

    def _texts(self, label: str, cells: list[str], kind: str) -> list[str | None]:
        """The text of each column: as many figures as columns, or one for all."""
        if len(cells) == len(self.columns) > 1:
            return [c or None for c in cells]
        found = [f for f in figures(cells[0]) if f.kind == kind]
        ends = [f.start for f in found[1:]] + [len(cells[0])]
        cuts = [cells[0][f.start : end] for f, end in zip(found, ends, strict=False)]
        if len(found) == 1:
            return [cells[0]] * len(self.columns)
        if kind == "power" and len(found) == len(self.columns):
            starts = [0, *(f.end for f in found[:-1])]  # a range starts before its figure with a unit: 350-400W
            return [cells[0][a : f.end] for a, f in zip(starts, found, strict=True)]
        if len(found) != len(self.columns) or not found:
            raise PageChanged(f"expected {len(self.columns)} values of {label!r}, found {len(found)} in {cells[0]!r}")
        return list(cuts)

    def _compute(self, label: str, cells: list[str]) -> None:
        if self.silent:
            return
        self.unit = add_compute(self.out, self.columns, label, cells, self.notes, self.title_marks, self.unit, self.has_bf16, self.shapes)

    def _memory(self, label: str, cells: list[str]) -> None:
        for column, text in zip(self.columns, self._texts(label, cells, "size"), strict=True):
            if text:
                self.out.memory(column.name, _one(text, "size", label), f"{label} {text}", label, per=column.per)

    def _bandwidth(self, label: str, cells: list[str]) -> None:
        for column, text in zip(self.columns, self._texts(label, cells, "rate"), strict=True):
            if text:
                self.out.bandwidth(column.name, _one(text, "rate", label), f"{label} {text}", label, per=column.per)

    def _memory_and_bandwidth(self, label: str, cells: list[str]) -> None:
        self._memory(label, cells)
        self._bandwidth(label, cells)

    def _tdp(self, label: str, cells: list[str]) -> None:
        if re.search(r"[~≈]|\babout\b|approx", cells[0]):
            raise PageChanged(f"expected a rated power, found an estimate: {cells[0]!r}")
        for column, text in zip(self.columns, self._texts(label, cells, "power"), strict=True):
            if text:
                figure = [f for f in figures(text) if f.kind == "power"][-1]
                self.out.power(column.name, figure, f"{label} {cells[0]}", label, "maximum" if re.search(r"\d ?-", text) else "")

    def _link(self, label: str, cells: list[str]) -> None:
        per_gpu = bool(re.search(r"GPU-to-GPU|per GPU", label))
        for column, text in zip(self.columns, self._texts(label, cells, "rate"), strict=True):
            if text:
                self.out.link(column.name, _one(text, "rate", label), f"{label} {text}", label, per=1 if per_gpu else column.per)

    def _interconnect(self, label: str, cells: list[str]) -> None:
        texts = cells if len(cells) == len(self.columns) > 1 else None
        whole = " ".join(cells)
        nvlink = [f for m in re.finditer(r"NVLink[^|]*?:\s*([^:|]*?/s)", whole) for f in figures(m[1])[:1]]
        if texts is None and nvlink and len(nvlink) not in (1, len(self.columns)):
            raise PageChanged(f"expected one NVLink rate per product, found {len(nvlink)} in {whole[:120]!r}")
        for i, column in enumerate(self.columns):
            if texts is not None:
                own = [f for m in re.finditer(r"NVLink[^|]*?:\s*([^:|]*?/s)", texts[i]) for f in figures(m[1])[:1]]
                rates = own or [f for f in figures(texts[i]) if f.kind == "rate"][:1]
            else:
                rates = [nvlink[i if len(nvlink) > 1 else 0]] if nvlink else [f for f in figures(whole) if f.kind == "rate"][:1]
            for figure in rates:
                self.out.link(column.name, figure, f"{label} {whole}", label)

    def _ignored(self, label: str, cells: list[str]) -> None:
        """A row that is left out must not swallow one that is kept."""
        if label.startswith(("Networking", "Total NVLink", "CPU", "NVIDIA NVLink")) or "PCI" in label.upper():
            return
        stray = [
            f
            for f in figures(" ".join(cells))
            if f.kind in ("power", "rate") or (f.kind == "compute" and not re.search(r"RT Core|Attention|FP32|FP64|INT4", label))
        ]
        if stray and not re.search(r"TOPS|FLOPS", label):
            raise PageChanged(f"expected no rate or power in {label!r}, found {stray[0].text} {stray[0].unit}")


def _one(text: str, kind: str, label: str):  # noqa: ANN202
    found = [f for f in figures(text) if f.kind == kind]
    if len(found) != 1:
        raise PageChanged(f"expected one {kind} in {label!r}, found {len(found)} in {text!r}")
    return found[0]
