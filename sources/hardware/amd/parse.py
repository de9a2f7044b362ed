"""AMD accelerators: product pages (label and value), ROCm peak-performance tables, ROCm model tables.

Product pages say "with Structured Sparsity" for sparse rates; everything else is dense. Matrix rates count,
vector rates do not. Links are printed per link and multiplied by the links the page states.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from reference.specs import basis
from sources.pages.page import Page
from sources.pages.quote import LeftOut, PageChanged, SpecQuote
from sources.pages.specs import pdf, rst
from sources.pages.specs.figures import Figure, clean, figures, number
from sources.pages.specs.labels import meaning, precisions_in
from sources.pages.specs.pipes import pipe_rows
from sources.pages.specs.rows import SpecRows
from sources.pages.tables import html_grids, markdown_grids

_MODEL = re.compile(r"(?<![A-Za-z0-9])(?:Instinct(?:™)?\s+)?(?:AMD\s+)?(MI\d{1,3}[A-Z]?P?)(?![A-Za-z0-9])", re.IGNORECASE)


def parse(page: Page) -> Sequence[SpecQuote | LeftOut]:
    """Figures of the page's accelerators; raises ``PageChanged`` for a layout or label it does not know."""
    if page.is_pdf:
        return _product(
            [(clean(r[0].text), clean(" ".join(c.text for c in r[1:2]))) for g in pdf.grids(page.raw) for r in g.rows],
            pdf.text(page.raw),
            "official",
        )
    text = page.text
    tables = rst.tables(text)
    models = [t for t in tables if t[0][0].strip() == "Model" and any("VRAM" in c for c in t[0])]
    if models:
        return _models(models)
    peaks = [t for t in tables if _is_peak(t)]
    if not peaks and not page.is_html:
        peaks = [g.texts() for g in markdown_grids(text) if _is_peak(g.texts())]
    if peaks:
        return _peaks(peaks[0], text)
    if page.is_html and html_grids(page.tree):
        rows = [(clean(r[0].text), clean(" ".join(c.text for c in r[1:]))) for g in html_grids(page.tree) for r in g.rows]
    elif page.is_html:
        rows = [(clean(a.text()), clean(b.text(separator=" "))) for a, b in zip(page.tree.css("dt"), page.tree.css("dd"), strict=False)]
    else:
        rows = [(label, " | ".join(cells)) for label, cells in pipe_rows(text)]
    return _product(rows, text, basis.of_text(text))


def _is_peak(table: list[list[str]]) -> bool:
    return len(table[0]) == 3 and bool(re.search(r"data type", table[0][0], re.I) and re.search(r"TFLOPS", table[0][2]))


def _model(text: str, rows: list[tuple[str, str]]) -> str:
    """The accelerator: the sheet's own name row, else the last part of its address, else the first one mentioned."""
    named = next(
        (m for label, value in rows if re.fullmatch(r"(?:product )?name|model", label, re.I) and (m := _MODEL.search(value))), None
    )
    if named:
        return named[1].upper()
    found = _MODEL.search(re.sub(r"(?:https?:/)?/\S*/([\w.-]+)\.html", r" \1 ", text[:6000]))
    if found is None:
        raise PageChanged("expected the accelerator's name (MI300X and kin) on the page, found none")
    return found[1].upper()


def _models(tables: list[list[list[str]]]) -> list[SpecQuote]:
    """The ROCm list of models: memory in GiB. Radeon parts are outside the project and left out."""
    out = SpecRows()
    for table in tables:
        place = next(i for i, c in enumerate(table[0]) if c.startswith("VRAM"))
        if clean(table[0][place]) != "VRAM (GiB)":
            raise PageChanged(f"expected the column VRAM (GiB), found {table[0][place]!r}")
        for row in table[1:]:
            if len(row) != len(table[0]):
                raise PageChanged(f"expected {len(table[0])} cells for {row[0]!r}, found {len(row)}")
            if _MODEL.match(row[0]):
                text = row[place].strip()
                out.memory(clean(row[0]), Figure(text, number(text), "GiB", "size"), " | ".join(row[:4]), table[0][place])
    return out.quotes()


def _peaks(table: list[list[str]], text: str) -> list[SpecQuote]:
    """A microarchitecture page: matrix peaks of one model and its aggregate bandwidth from the prose."""
    title = re.search(r"Peak-performance capabilities of (?:the )?(MI\d+\w*)", text)
    if title is None:
        raise PageChanged("expected a title that names the model of the peak-performance table, found none")
    name, out = title[1], SpecRows()
    flat = re.sub(r"\s+", " ", text)
    bandwidth = re.search(r"aggregated peak memory bandwidth of the GPU is ([\d.]+ TB(?:/sec| per second|/s))", flat) or re.search(
        r"peak memory bandwidth of the attached HBM\w* is ([\d.]+ TB/s(?:ec)?)", flat
    )
    size = re.search(r"HBM generation 2 \(HBM2\) for a total of (\d+ ?GB)", flat)
    if bandwidth is None:
        raise PageChanged(f"expected the aggregate memory bandwidth of {name}, found none")
    if size:
        out.memory(name, figures(size[1])[0], size[0], "text")
    out.bandwidth(name, figures(bandwidth[1])[0], bandwidth[0], "text")
    matrix = {p: r for r in table[1:] if r[0].startswith("Matrix") for p in precisions_in(r[0])}
    for precision, row in matrix.items():
        if precision == "fp16" and matrix.get("bf16", row)[2] == row[2]:
            continue
        out.compute(name, precision, "dense", number(row[2].strip()), "TFLOPS", row[2].strip(), " | ".join(row), row[0])
    return out.quotes()


def _product(rows: list[tuple[str, str]], text: str, source_basis: str) -> Sequence[SpecQuote | LeftOut]:
    """A product page: one accelerator, label and value."""
    name, out = _model(text, rows), SpecRows(source_basis)
    links: int | None = None
    each: Figure | None = None
    has_bf16 = any(meaning(label).kind == "compute" and "bf16" in meaning(label).precisions for label, _ in rows)
    for label, value in rows:
        found = meaning(label)
        if found.kind == "unknown" and figures(value):
            out.unread(label, value, f"expected a known label, found {label!r}; map it or list it as ignored")
        if found.kind == "compute":
            with out.row(label, value):
                _compute(out, name, label, value, has_bf16)
        elif found.kind in _ONE_FIGURE:
            _single(out, name, label, value, found.kind)
        elif found.kind == "link_count":
            links = int(number(value.split()[0]))
        elif found.kind == "link_each":
            each = figures(value)[0]
    _links(out, name, links, each)
    quotes = out.quotes()
    if not {"memory_gb", "memory_bandwidth_gb_s", "tdp_w"} <= {q.field for q in quotes}:
        raise PageChanged(f"expected memory, bandwidth and board power of {name}, found {sorted({q.field for q in quotes})}")
    return [*quotes, *out.left_out]


_ONE_FIGURE = {"memory": "size", "bandwidth": "rate", "tdp": "power"}
"""Kinds of label whose cell holds one figure, and the kind of that figure."""


def _single(out: SpecRows, name: str, label: str, value: str, kind: str) -> None:
    figure = [f for f in figures(value) if f.kind == _ONE_FIGURE[kind]]
    if len(figure) != 1:
        raise PageChanged(f"expected one figure at {label!r}, found {value!r}")
    evidence = f"{label}: {value}"
    if kind == "memory":
        out.memory(name, figure[0], evidence, label)
    elif kind == "bandwidth":
        out.bandwidth(name, figure[0], evidence, label)
    else:
        out.power(name, figure[0], evidence, label)


def _links(out: SpecRows, name: str, links: int | None, each: Figure | None) -> None:
    if (links is None) != (each is None):
        raise PageChanged(f"expected the number of links of {name} and their rate, found one of them: is the page cut short?")
    if links and each:
        evidence = f"{links} links, {each.text} {each.unit} each"
        out.link(name, each, evidence, "Infinity Fabric", times=links, qualifier="sum of links as printed")


def _compute(out: SpecRows, name: str, label: str, value: str, has_bf16: bool) -> None:
    found = meaning(label)
    rates = [f for f in figures(value) if f.kind == "compute"]
    pair = re.fullmatch(r"([\d.,]+) ?/ ?([\d.,]+) ([TPE]FLOP[sS]|[TP]OP[sS])", value)
    names = [p for p in found.precisions if p != "fp16"] or (["bf16"] if not has_bf16 else [])
    if found.precisions == ("fp16",) and has_bf16:
        names = []
    for precision in names:
        if found.both and pair:
            for sense, text in (("dense", pair[1]), ("sparse", pair[2])):
                out.compute(name, precision, sense, number(text), pair[3], text, f"{label}: {value}", label)
        elif len(rates) == 1 and not found.both:
            out.compute(
                name,
                precision,
                "sparse" if found.sparse else "dense",
                rates[0].value,
                rates[0].unit,
                rates[0].text,
                f"{label}: {value}",
                label,
            )
        else:
            raise PageChanged(f"expected one rate at {label!r}, found {value!r}")
