"""AWS Neuron architecture pages (reST, or their HTML): one chip's components, or an instance's totals.

The chip's own component list is what is read; the page's comparison tables repeat other chips in rounded
form and are left out. Instance tables are divided by the chip count they state.
"""

from __future__ import annotations

import re

from sources.pages.page import Page
from sources.pages.quote import PageChanged, SpecQuote
from sources.pages.specs import rst
from sources.pages.specs.figures import clean, figures, number
from sources.pages.specs.labels import meaning, precisions_in
from sources.pages.specs.rows import DENSE_FIRST, SpecRows
from sources.pages.tables import html_grids

_CHIP = re.compile(r"Each\s+(Trainium\d*|Inferentia\d*)\s+(?:chip|device)\s+consists\s+of", re.IGNORECASE)
_CORE = re.compile(r"^(NeuronCore-v\d)\s+Architecture", re.MULTILINE)
_RATE = re.compile(r"(?P<n>\d[\d,.]*)\s+(?P<what>[A-Za-z0-9/]+)\s+(?P<sparse>sparse\s+|dense\s+)?(?P<unit>[TP]FLOPS?|[TP]OPS)\b")


_BULLET = re.compile(r"(?:^|\s)-\s+([A-Z][A-Za-z ]+):\s(.*?)(?=\s-\s+[A-Z][A-Za-z ]+:\s|\Z)", re.DOTALL)
_BLOCK = re.compile(
    r"^([A-Z][A-Za-z]+(?: [A-Za-z]+)?)[ \t]*\n\s*\n(.*?)(?=^[A-Z][A-Za-z]+(?: [A-Za-z]+)?[ \t]*\n\s*\n|\Z)", re.DOTALL | re.MULTILINE
)
"""A component's name and its description: after a dash, or on a line of its own above it."""
_GUIDE = re.compile(r"HBM stacks with a total device memory capacity of ([\d.]+ ?GiB) and bandwidth of\s+([\d.]+ ?[GT]B/s)")


def parse(page: Page) -> list[SpecQuote]:
    """Figures of the page's chip; raises ``PageChanged`` where the page describes none."""
    text, tables = page.text, []
    if page.is_html:
        tables = [g.texts() for g in html_grids(page.tree)]
        text = page.tree.body.text(separator="\n") if page.tree.body else ""
    else:
        tables = rst.tables(text)
        text = rst.plain_roles(text)
    chip = _CHIP.search(text)
    if chip:
        return _chip(_name(chip[1]), _components(text[chip.end() :], tables))
    instances = [t for t in tables if _count_row(t) is not None or _count_column(t) is not None]
    if instances:
        return _instances(instances)
    guide = _GUIDE.search(text)
    if guide:
        return _guide(text, guide)
    core = _CORE.search(text)
    if core:
        return _core(core[1], text)
    raise PageChanged("expected the components of a Trainium or Inferentia chip or an instance table, found neither")


def _name(printed: str) -> str:
    """The first generations are printed without a number."""
    name = printed[0].upper() + printed[1:]
    return f"{name}1" if name in ("Trainium", "Inferentia") else name


def _components(text: str, tables: list[list[list[str]]]) -> dict[str, str]:
    """Component -> description: the first component table, the bullets of older pages, or the lines of a rendered page."""
    for table in tables:
        parts = {clean(r[0]).lower(): r[1] for r in table if len(r) == 2}
        if "compute" in parts:
            return parts
    for form in (_BULLET, _BLOCK):
        found = {m[1].strip().lower(): m[2] for m in form.finditer(text)}
        if "compute" in found:
            return found
    raise PageChanged("expected a Compute component of the chip, found none")


def _chip(name: str, parts: dict[str, str]) -> list[SpecQuote]:
    out = SpecRows(order=DENSE_FIRST)
    _compute(out, name, clean(parts["compute"]))
    memory = clean(next((v for k, v in parts.items() if re.fullmatch(r"(device )?memory", k)), ""))
    sizes = [f for f in figures(memory) if f.kind == "size"]
    rates = [f for f in figures(memory) if f.kind == "rate"]
    if len(sizes) != 1 or len(rates) != 1:
        raise PageChanged(f"expected one size and one bandwidth of device memory, found {memory[:120]!r}")
    out.memory(name, sizes[0], memory, "Device Memory")
    out.bandwidth(name, rates[0], memory, "Device Memory")
    if "neuronlink" not in parts:
        raise PageChanged(f"expected the NeuronLink component of {name}, found {sorted(parts)}: is the page cut short?")
    link = clean(parts["neuronlink"])
    for figure in [f for f in figures(link) if f.kind == "rate"][:1]:
        if not re.search(r"per (?:device|chip)", link):
            raise PageChanged(f"expected the NeuronLink bandwidth per chip, found {link[:120]!r}")
        out.link(name, figure, link, "NeuronLink")
    return out.quotes()


def _compute(out: SpecRows, name: str, text: str, per: int = 1) -> None:
    """Rates like ``190 FP16/BF16/cFP8/TF32 TFLOPS``: BF16 stands for its group, sparse groups give BF16 only."""
    found = list(_RATE.finditer(text))
    dense = {m["n"] for m in found if not (m["sparse"] or "").startswith("sparse")}
    for m in found:
        names = precisions_in(m["what"].replace("/", " "))
        if (m["sparse"] or "").startswith("sparse"):
            # Trainium3 restates its FP8 rate as the sparse BF16 one: no rate of its own
            if "bf16" in names and m["n"] not in dense:
                out.compute(name, "bf16", "sparse", number(m["n"]) / per, m["unit"], m["n"], m[0], "Compute")
            continue
        for precision in (n for n in names if n != "fp16"):
            out.compute(name, precision, "dense", number(m["n"]) / per, m["unit"], m["n"], m[0], "Compute")
    if not dense:
        raise PageChanged(f"expected compute rates, found {text[:120]!r}")


def _guide(text: str, found: re.Match[str]) -> list[SpecQuote]:
    """A kernel guide: memory and (rounded) bandwidth of the chips its title names."""
    title = re.search(r"^((?:Trainium\d?|Inferentia\d)(?:/Inferentia\d)?) Architecture Guide", text, re.MULTILINE)
    if title is None:
        raise PageChanged("expected the chips in the guide's title, found none")
    out = SpecRows(order=DENSE_FIRST)
    for chip in title[1].split("/"):
        out.memory(_name(chip), figures(clean(found[1]))[0], found[0], "device list")
        out.bandwidth(_name(chip), figures(clean(found[2]))[0], found[0], "device list")
    return out.quotes()


def _core(name: str, text: str) -> list[SpecQuote]:
    """One core of a chip: its tensor engine's rates, named as the core and not as the chip."""
    out = SpecRows(order=DENSE_FIRST)
    engine = re.search(r"Tensor [Ee]ngine delivers.*?(?=\n\n)", text, re.DOTALL)
    if engine is None:
        raise PageChanged(f"expected the rates of the tensor engine of {name}, found none")
    _compute(out, name, clean(engine[0]))
    return out.quotes()


def _count_row(table: list[list[str]]) -> int | None:
    return next((i for i, r in enumerate(table) if re.match(r"# of (Trainium|Inferentia)", r[0])), None)


def _count_column(table: list[list[str]]) -> int | None:
    return next((i for i, c in enumerate(table[0]) if re.match(r"# of (Trainium|Inferentia)", c)), None)


def _instances(tables: list[list[list[str]]]) -> list[SpecQuote]:
    """Instance totals divided by the chip count; a table whose rows are longer than its header is refused."""
    out = SpecRows(order=DENSE_FIRST)
    for table in tables:
        widths = {len(r) for r in table}
        if len(widths) != 1:
            raise PageChanged(f"expected rows as long as the header, found rows of {sorted(widths)} cells")
        grid = table if _count_row(table) is not None else [list(c) for c in zip(*table, strict=True)]
        head, count = grid[0], grid[_count_row(grid) or 0]
        counted = re.match(r"# of (\w+)", count[0])
        if counted is None:
            raise PageChanged(f"expected a row or column that counts chips, found {count[0]!r}")
        chip = _name(counted[1])
        for column in range(1, len(head)):
            per = int(number(count[column]))
            name = chip if per == 1 else f"{chip} ({head[column]}, /{per})"
            for row in grid[1:]:
                _total(out, name, row[0], row[column], per)
    return out.quotes()


def _total(out: SpecRows, name: str, label: str, text: str, per: int) -> None:
    cell = clean(text)
    if not re.fullmatch(r"[\d,.]+", cell) or meaning(label).kind in ("ignored", "unknown"):
        return
    value = number(cell) / per
    unit = re.search(r"\b([TP]FLOPS)\b", label)
    if unit:
        names, sparse = precisions_in(label.replace("/", " ")), "sparse" in label.lower()
        for precision in [n for n in names if n != "fp16"]:
            if not sparse or precision == "bf16":
                out.compute(name, precision, "sparse" if sparse else "dense", value, unit[1], cell, f"{label} {cell}", label)
        return
    printed = re.search(r"\(([^)]*)\)", label)
    figure = figures(f"{cell} {re.sub('/(?:chip|device)', '', printed[1])}") if printed else []
    if not figure or "host" in label.lower():
        return
    if figure[0].kind == "size":
        out.memory(name, figure[0], f"{label} {cell}", label, per=per)
    elif label.startswith("NeuronLink") and re.search(r"/(?:chip|device)\)", label):
        out.link(name, figure[0], f"{label} {cell}", label)
    elif "memory" in label.lower():
        out.bandwidth(name, figure[0], f"{label} {cell}", label, per=per)
