"""Google Cloud TPU pages: key-specification tables (Markdown, HTML), text layers of them, the scaling book.

Per-chip rows are read; pod, host and slice rows are known and left out. Links are bidirectional totals per
chip. A localized page that prints memory bandwidth in bits is a translation error and is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from reference.specs import basis
from sources.pages.page import Page
from sources.pages.quote import LeftOut, PageChanged, SpecQuote
from sources.pages.specs.figures import GIB, clean, figures, number
from sources.pages.specs.labels import meaning, precisions_in
from sources.pages.specs.rows import PAIRED, SpecRows
from sources.pages.tables import html_grids, markdown_grids

_TPU = re.compile(
    r"\b(?:Cloud )?(?:TPU ?)?(?:v(?P<v>[2-9])(?P<kind>[ep]|x)?\b|TPU ?(?P<x>[7-9][a-z]?)\b)|(?P<code>Ironwood|Trillium)", re.IGNORECASE
)
_CODES = {"ironwood": "TPU7x", "trillium": "TPU v6e"}
_LINES = (
    ("compute", r"^(?P<label>Peak compute per chip(?: \([^)]*\))?|Maximale Rechenleistung pro Chip)\s+(?P<value>.*)$"),
    (
        "memory_and_bandwidth",
        r"^(?P<label>HBM\w* (?:capacity and bandwidth|-?Kapazität und -?Bandbreite)|"
        r"HBM\w*-Kapazität und -Bandbreite)\s+(?P<value>.*)$",
    ),
    ("tdp", r"^(?P<label>Measured min/mean/max power|Gemessene minimale/durchschnittliche/maximale Leistung)\s+(?P<value>.*)$"),
    ("memory", r"^(?P<label>HBM\w* capacity(?: per chip)?)\s+(?P<value>.*)$"),
    ("bandwidth", r"^(?P<label>HBM\w* bandwidth(?: per chip)?)\s+(?P<value>.*)$"),
    (
        "link",
        r"^(?P<label>Bidirectional inter-chip interconnect.*?per chip\)?|Inter-?chip Interconnect BW|ICI bandwidth(?: per chip)?)\s+(?P<value>.*)$",
    ),
    (
        "ignored",
        r"^(?:TPU Pod size|TPU-Pod|Interconnect[ -]|Peak compute per Pod|Maximale Rechenleistung pro Pod|All-reduce|"
        r"Bisection|Key spec|Wichtige|.*(?:per|pro) Pod\b|ICI ports|.*per host|Chips)",
    ),
)


def parse(page: Page) -> Sequence[SpecQuote | LeftOut]:
    """Per-chip figures of every TPU on the page, newest first; raises ``PageChanged`` for unknown rows."""
    text = page.text
    grids = html_grids(page.tree) if page.is_html else markdown_grids(text)
    out = SpecRows(basis.of_text(text), PAIRED)
    sheets = [[[clean(c.text) for c in r] for r in g.rows] for g in grids]
    rowwise = [s for s in sheets if sum(meaning(h).kind in ("compute", "memory", "bandwidth") for h in s[0][1:]) >= 2]
    if rowwise:
        for sheet in rowwise:
            _chips_in_rows(out, sheet)
        return [*out.quotes(), *out.left_out]
    keyed = [s for s in sheets if sum(meaning(r[0]).kind in ("compute", "memory", "bandwidth", "memory_and_bandwidth") for r in s[1:]) >= 2]
    for sheet in keyed:
        _sheet(out, sheet, text)
    if not keyed:
        _lines(out, text)
    quotes = out.quotes(newest_first=True)
    _complete(quotes)
    return [*quotes, *out.left_out]


def _complete(quotes: list[SpecQuote]) -> None:
    for name in {q.accelerator for q in quotes}:
        fields = {q.field.rsplit("_g", 1)[0] for q in quotes if q.accelerator == name}
        missing = {"memory", "memory_bandwidth", "bf16_dense_tflops"} - fields
        if missing:
            raise PageChanged(f"expected memory, bandwidth and bf16 compute of {name}, missing {sorted(missing)}: is the table cut short?")


def name_of(text: str) -> str | None:
    """The TPU named in a header, title or address: ``TPU v6e``, ``TPU7x``; None where there is none."""
    m = _TPU.search(text)
    if m is None:
        return None
    if m["code"]:
        return _CODES[m["code"].lower()]
    return f"TPU{m['x']}" if m["x"] else f"TPU v{m['v']}{(m['kind'] or '').lower()}"


def _page_name(text: str) -> str:
    titles = [line for line in text.splitlines() if re.match(r"#+ ", line) and not line.startswith("# http")]
    address = re.findall(r"/tpu/docs/([\w-]+)", text)
    for candidate in [*titles, *address, text[:2000]]:
        name = name_of(candidate)
        if name:
            return name
    raise PageChanged("expected the TPU version in a header, title or address, found none")


def _sheet(out: SpecRows, sheet: list[list[str]], text: str) -> None:
    names = [name_of(h) for h in sheet[0][1:]]
    if all(names):
        columns = [str(n) for n in names]
    elif len(names) == 1:
        columns = [_page_name(text)]
    else:
        raise PageChanged(f"expected a TPU version in every column header, found {sheet[0][1:]}")
    if len(set(columns)) != len(columns):
        raise PageChanged(f"expected one column per TPU, found {columns}")
    for row in sheet[1:]:
        for name, cell in zip(columns, row[1:], strict=True):
            _row(out, name, row[0], cell)


def _row(out: SpecRows, name: str, label: str, cell: str) -> None:
    found = meaning(label)
    if found.kind == "unknown":
        if figures(cell):
            out.unread(label, cell, f"expected a known label, found {label!r}; map it or list it as ignored")
        return
    if found.kind == "ignored" or cell.lower() in ("", "-", "n/a", "not supported"):
        return
    _value(out, name, found.kind, label, cell)


def _value(out: SpecRows, name: str, kind: str, label: str, cell: str) -> None:
    """One cell by the meaning of its label; the unit may stand in the cell or in the label's brackets."""
    evidence = f"{label}: {cell}"
    found = figures(cell) or [f for unit in reversed(re.findall(r"\(([^()]*)\)", label)) for f in figures(f"{cell} {unit}")]
    rates, sizes = ([f for f in found if f.kind == k] for k in ("rate", "size"))
    if kind == "compute":
        rate = [f for f in found if f.kind == "compute"]
        names = precisions_in(label) or precisions_in(re.sub(r"[()]", " ", cell))
        if len(rate) != 1 or not names:
            raise PageChanged(f"expected one rate and its precision at {label!r}, found {cell!r}")
        for precision in names:
            out.compute(name, precision, "dense", rate[0].value, rate[0].unit, rate[0].text, evidence, label)
    elif kind == "memory" and len(sizes) == 1:
        out.memory(name, sizes[0], evidence, label)
    elif kind == "bandwidth" and len(rates) == 1:
        _bandwidth(out, name, rates[0], evidence, label)
    elif kind == "memory_and_bandwidth" and len(sizes) == len(rates) == 1:
        out.memory(name, sizes[0], evidence, label)
        _bandwidth(out, name, rates[0], evidence, label)
    elif kind == "link" and len(rates) == 1:
        direction = "bidirectional" if re.search(r"bidirectional", label, re.IGNORECASE) else "direction unstated"
        out.link(name, rates[0], evidence, label, qualifier=direction)
    elif kind == "tdp":
        powers = re.search(r"([\d./ ]+)\s*W\b", cell)
        if powers is None:
            raise PageChanged(f"expected power in W at {label!r}, found {cell!r}")
        text = powers[1].split("/")[-1].strip()
        out.add(name, "tdp_w", number(text), text, evidence, label, "measured maximum" if "/" in powers[1] else "")
    else:
        raise PageChanged(f"expected one figure with its unit at {label!r}, found {cell!r}")


def _bandwidth(out: SpecRows, name: str, figure, evidence: str, locator: str) -> None:  # noqa: ANN001
    out.bandwidth(name, figure, evidence, locator)
    if re.match(r"[GT]iB", figure.unit):
        scale = 1024 if figure.unit.startswith("Ti") else 1
        out.add(name, "memory_bandwidth_gb_s", figure.value * scale * GIB, figure.text, evidence, locator, "converted from GiB/s")


def _lines(out: SpecRows, text: str) -> None:
    """A text layer with one row a line; a line with a figure that no pattern knows refuses the page."""
    name = _page_name(text)
    for line in basis.without_comments(text).splitlines():
        body = clean(line)
        if len(body) > 120 or body.endswith((".", ":")):
            continue  # prose between the rows of a copied page
        hit = next(((kind, m) for kind, p in _LINES if (m := re.match(p, body, re.IGNORECASE))), None)
        if hit is None:
            if figures(body):
                raise PageChanged(f"expected a known row, found {body[:80]!r}")
        elif hit[0] != "ignored":
            _value(out, name, hit[0], hit[1]["label"], hit[1]["value"])


def _chips_in_rows(out: SpecRows, sheet: list[list[str]]) -> None:
    """The scaling book: one TPU a row, units in the column heads, figures like ``8.1e11`` (bytes/s, FLOPs/s)."""
    for row in sheet[1:]:
        name = name_of(row[0])
        if name is None:
            raise PageChanged(f"expected a TPU at the start of the row, found {row[0]!r}")
        for label, cell in zip(sheet[0][1:], row[1:], strict=True):
            found = meaning(label)
            plain = re.fullmatch(r"\d(?:\.\d+)?e\d+", cell)
            if found.kind == "compute" and plain and re.search(r"FLOPs?/s", label):
                for precision in found.precisions:
                    out.compute(name, precision, "dense", number(f"{float(cell) / 1e12:.6g}"), "TFLOPS", cell, f"{label} {cell}", label)
            elif found.kind == "bandwidth" and plain and "bytes/s" in label:
                out.add(name, "memory_bandwidth_gb_s", number(f"{float(cell) / 1e9:.6g}"), cell, f"{label} {cell}", label)
            elif found.kind == "memory":
                _value(out, name, "memory", label, cell)
            elif found.kind == "unknown":
                out.unread(label, cell, f"expected a known column, found {label!r}")
