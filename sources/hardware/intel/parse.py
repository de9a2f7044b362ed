"""Intel Gaudi: the Hot Chips deck's text (words run together), specification tables, and sellers' prose.

In the deck's text layer a figure may touch the next word (``60 TFLOPs432 TFLOPs``), so each row is read
figure by figure to its last character. Prose in continental notation (``3,67 TB/s``, ``1.856 Tflops``) is
read as such; an estimate ("rund", "about") is not a specification.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from reference.specs import basis
from sources.pages.page import Page
from sources.pages.quote import LeftOut, PageChanged, SpecQuote
from sources.pages.specs.figures import Figure, clean, figures, glued_figures, number
from sources.pages.specs.labels import meaning, precisions_in
from sources.pages.specs.rows import SpecRows
from sources.pages.tables import html_grids, markdown_grids

_COMPARISON = re.compile(r"Product ?Parameter\s*(?P<names>(?:Gaudi ?\d?\s*)+?)(?P<rows>TDP.*)", re.DOTALL)
_ROWS = (
    ("power", r"TDP ?\(OAM\)"),
    ("compute", r"Peak Compute ?\((?P<p>\w+)\)"),
    ("size", r"HBM Capacity"),
    ("rate", r"Peak HBM BW"),
    ("pcie", r"Peak PCIe BW ?\(bi-directional\)"),
    ("link", r"Embedded NIC BW ?\(bi-directional\)"),
    ("end", r"\(\d+nm\)|$"),
)
_SINGLE = re.compile(r"Feature ?/ ?ProductIntel (?P<name>Gaudi \d) Accelerator(?P<rows>.*)", re.DOTALL)


def parse(page: Page) -> Sequence[SpecQuote | LeftOut]:
    """Figures of every Gaudi on the page; raises ``PageChanged`` where there is no table and no specification prose."""
    text = page.text
    grids = html_grids(page.tree) if page.is_html else markdown_grids(text)
    sheets = [[[clean(c) for c in r] for r in g.texts()] for g in grids if any(_name(c) for c in g.header())]
    if sheets:
        return _tables(sheets, basis.of_text(text))
    body = clean(basis.without_comments(text))
    comparison = _COMPARISON.search(body)
    if comparison:
        return _deck(comparison, body)
    return _prose(body, text)


def _deck(comparison: re.Match[str], body: str) -> list[SpecQuote]:
    names = [n.strip() for n in re.findall(r"Gaudi ?\d?", comparison["names"])]
    out = SpecRows()
    rows = comparison["rows"]
    marks = [(kind, m) for kind, p in _ROWS for m in [re.search(p, rows)] if m]
    marks.sort(key=lambda pair: pair[1].start())
    for (kind, m), (_, following) in zip(marks, marks[1:], strict=False):
        cell = rows[m.end() : following.start()]
        if kind in ("pcie", "end"):
            continue
        found = [f for f in glued_figures(cell) if f.kind == ("rate" if kind == "link" else kind)]
        if kind == "power":
            cell = re.sub(r"\(Air\)/[\d.]+ ?W\(Liquid\)", "", cell)  # air-cooled is the lower, common rating
            found = glued_figures(cell)
        left = re.sub(r"[\s/]", "", _without(cell, found))
        if len(found) != len(names) or left:
            raise PageChanged(f"expected {len(names)} values of {m[0]!r}, found {len(found)} in {cell[:80]!r}")
        for name, figure in zip(names, found, strict=True):
            _put(out, name, kind, figure, f"{m[0]} {cell}", m[0], m["p"] if kind == "compute" else "")
    missing = {"power", "compute", "size", "rate", "link"} - {kind for kind, _ in marks[:-1]}
    if missing:
        raise PageChanged(
            f"expected rows of power, compute, capacity, bandwidth and links, missing {sorted(missing)}: is the text cut short?"
        )
    single = _SINGLE.search(body)
    if single:
        rates = list(re.finditer(r"(BF16|FP8) Matrix TFLOPs ?(\d+)", single["rows"]))
        if {m[1] for m in rates} != {"BF16", "FP8"}:
            raise PageChanged("expected BF16 and FP8 matrix rates on the product's slide, found a part: is the text cut short?")
        for m in rates:
            for precision in precisions_in(m[1]):
                out.compute(single["name"], precision, "dense", number(m[2]), "TFLOPS", m[2], m[0], m[1])
    return sorted(out.quotes(), key=lambda q: names.index(q.accelerator))


def _without(text: str, found: list[Figure]) -> str:
    for f in sorted(found, key=lambda f: -f.start):
        text = text[: f.start] + text[f.end :]
    return text


def _put(out: SpecRows, name: str, kind: str, figure: Figure, evidence: str, locator: str, precision: str = "") -> None:
    if kind == "compute":
        for p in precisions_in(precision):
            out.compute(name, p, "dense", figure.value, figure.unit, figure.text, evidence, locator)
    elif kind == "link":
        out.link(name, figure, evidence, locator)
    elif kind == "size":
        out.memory(name, figure, evidence, locator)
    elif kind == "rate":
        out.bandwidth(name, figure, evidence, locator)
    else:
        out.power(name, figure, evidence, locator)


def _name(header: str) -> str | None:
    """The product a column stands for: ``Gaudi 3`` of ``Intel® Gaudi® 3 Accelerator`` or of its card HL-325L."""
    found = re.search(r"Gaudi ?(\d)?|HL-?([23])\d\d", clean(header), re.IGNORECASE)
    return f"Gaudi {found[1] or found[2] or ''}".strip() if found else None


def _tables(sheets: list[list[list[str]]], source_basis: str) -> Sequence[SpecQuote | LeftOut]:
    out = SpecRows(source_basis)
    for sheet in sheets:
        names = [_name(c) for c in sheet[0][1:]]
        if not all(names):
            raise PageChanged(f"expected a Gaudi in every column, found {sheet[0][1:]}")
        for row in sheet[1:]:
            found = meaning(row[0])
            kind = {"memory": "size", "bandwidth": "rate", "tdp": "power", "link": "link", "compute": "compute"}.get(found.kind)
            if found.kind == "unknown" and any(figures(c) for c in row[1:]):
                out.unread(row[0], " | ".join(row[1:]), f"expected a known label, found {row[0]!r}")
            unit = re.search(r"\b[TP](?:FL)?OPS\b", row[0], re.IGNORECASE)
            for name, cell in zip(names, row[1:], strict=True):
                wanted = "rate" if kind == "link" else kind
                said = f"{cell} {unit[0]}" if unit and re.fullmatch(r"[\d,.]+", cell) else cell
                hits = [f for f in figures(said) if f.kind == wanted]
                if kind and hits:
                    _put(out, str(name), kind, hits[0], f"{row[0]}: {cell}", row[0], row[0])
    return [*out.quotes(), *out.left_out]


def _prose(body: str, text: str) -> list[SpecQuote]:
    """One product's figures in running text; continental decimals are recognised by ``,`` before a unit."""
    name = re.search(r"gaudi ?_?(\d)", text, re.IGNORECASE)
    if name is None:
        raise PageChanged("expected a Gaudi table or text, found neither")
    comma = bool(re.search(r"\d,\d{1,2} ?[TG]B/s", body))
    found = figures(body, comma_decimals=comma)
    size = [f for f in found if f.kind == "size" and re.match(r"\s*HBM", body[f.end :])]
    rates = [f for f in found if f.kind == "rate"]
    if len(size) != 1 or len(rates) != 1:
        raise PageChanged(f"expected one memory size and one bandwidth, found {len(size)} and {len(rates)}")
    out = SpecRows(basis.of_text(text))
    label = f"Gaudi {name[1]}"
    out.memory(label, size[0], body, "text")
    out.bandwidth(label, rates[0], body, "text")
    compute = re.search(r"([\d.,]+)\s+((?:BF16|FP8)(?:/(?:BF16|FP8))*) ?-?Matri?x ?-?Tflops", body, re.IGNORECASE)
    if compute:
        rate = figures(f"{compute[1]} TFLOPS", comma_decimals=comma)[0]
        _put(out, label, "compute", rate, compute[0], "text", compute[2].replace("/", " "))
    power = re.search(r"(rund|etwa|about|~)?\s*(\d+) ?W\b", body)
    if power and not power[1]:
        out.power(label, figures(power[0].strip())[0], power[0], "text")
    return out.quotes()
