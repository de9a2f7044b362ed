"""Collections of verbatim quotes from data sheets: ``NAME datasheet, NAME column: "label value"; ...``.

A quote sheet stands in for documents that are not at hand. Lines that quote a product page which is itself
read as a sheet (``H100 page``) add nothing and are left out, as are instance listings and products outside
the project's list. A footnote said in brackets covers its line; a rate without a word on sparsity is not
read, and the accelerator's name says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from sources.pages.quote import PageChanged, SpecQuote
from sources.pages.specs.figures import clean, figures, number
from sources.pages.specs.labels import meaning
from sources.pages.specs.rows import SpecRows

_QUOTE = re.compile(r'"([^"]+)"')
_SUBJECT = (
    (r"^HGX ([AHB]\d{3}) datasheet", r"{} (HGX datasheet per GPU)"),
    (r"^(A100) 80GB datasheet", r"{} 40GB SXM"),
    (r"^(RTX PRO 6000 Blackwell Server Edition) datasheet", r"{}"),
    (r"^(L40S|L40|L4) page", r"{}"),
)
_LEFT_OUT = (r"^[AH]\d{3} page\b", r"^AWS describe-instance-types", r"^RTX PRO 4500\b", r"^#")
"""Lines that add nothing: pages that are read as sheets themselves, instance memory, products out of scope."""


def is_quoted(text: str) -> bool:
    """Whether most lines are quotes of named data sheets or pages."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return bool(lines) and sum(bool(re.search(r'(?:datasheet|page)\b[^"]*: "', line)) for line in lines) >= len(lines) / 2


def read(text: str, basis: str) -> Sequence[SpecQuote]:
    """All figures of the quotes; a line that is neither read nor listed as left out raises ``PageChanged``."""
    out = SpecRows(basis)
    for line in text.splitlines():
        if not line.strip() or any(re.match(p, line) for p in _LEFT_OUT):
            continue
        subject = next(((m, name) for p, name in _SUBJECT if (m := re.match(p, line))), None)
        if subject is None:
            raise PageChanged(f"expected a quoted data sheet of a known product, found {line[:60]!r}")
        _line(out, subject[1].format(subject[0][1]), line)
    return sorted(out.quotes(), key=lambda q: q.accelerator.endswith("(sparsity unstated)"))


def _line(out: SpecRows, name: str, line: str) -> None:
    half = bool(re.search(r"sparse printed, dense is half", line))
    order = "sparse_dense" if re.search(r"Sparse \| Dense", line) else ""
    if re.search(r"no sparse/dense word", line):
        name = f"{name} (sparsity unstated)"
    own, _, other = line.partition("; 40GB column:") if "40GB" in name else (line, "", "")
    for quote in _QUOTE.findall(other):
        _memory(out, name, clean(quote))
    for quote in _QUOTE.findall(own):
        if "40GB" in name and not re.search(r"Tensor Core", quote):
            continue  # the other column's memory; compute is one row for both
        if "sparsity unstated" in name or not _compute(out, name, clean(quote), half, order, shared="40GB" in name):
            _memory(out, name, clean(quote))


def _memory(out: SpecRows, name: str, quote: str) -> None:
    if re.search(r"FLOP|TOPS", quote):
        return
    for f in figures(quote):
        if f.kind == "rate":
            out.bandwidth(name, f, quote, "quote")
        elif f.kind == "size":
            out.memory(name, f, quote, "quote")


def _compute(out: SpecRows, name: str, quote: str, half: bool, order: str, *, shared: bool) -> bool:
    """Read a compute quote; False when it is none. Board totals (``Total ...``) are not per GPU and left out."""
    found = meaning(quote)
    if found.kind != "compute" or re.match(r"Total ", quote):
        return found.kind == "compute"
    m = re.search(r"Tensor Core\s*(?:\^\d|\*)?\s+([\d.,]+)\s*([A-Za-z]*)\s*(?:\|\s*([\d.,]+)\s*([A-Za-z]*)(\*)?)?", quote)
    if m is None:
        raise PageChanged(f"expected a compute figure in the quote {quote!r}, found none")
    unit = next((u for u in (m[4], m[2]) if u), "") or "TFLOPS"  # L40S prints its unit in the column head
    for precision in [p for p in found.precisions if p != "fp16"] or ["bf16"]:
        if m[3]:
            first, second = (m[1], m[3]) if order != "sparse_dense" or m[5] else (m[3], m[1])
            for sense, text in (("dense", first), ("sparse", second))[: 1 if shared else 2]:
                out.compute(name, precision, sense, number(text), unit, text, quote, "quote")
        elif precision == "fp4":
            out.compute(name, precision, "sparse", number(m[1]), unit, m[1], quote, "quote")
        elif half:
            out.compute(name, precision, "dense", number(m[1]) * Decimal("0.5"), unit, m[1], quote, "quote", "half of the sparse figure")
        else:
            raise PageChanged(f"expected a word on sparsity for {quote!r}, found none on its line")
    return True
