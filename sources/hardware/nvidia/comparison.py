"""Comparison sites' one-product text: ``Tensor FP8-32 330.3 TFLOPS / FP8-32 Tensor Sparse 660.6 TFLOPS``.

The number behind a precision is the accumulator's width. GeForce parts run FP16 and FP8 at half rate with
FP32 accumulation, which is what inference uses, so ``-32`` is the rate that is read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from reference.specs.basis import without_comments
from sources.pages.quote import PageChanged, SpecQuote
from sources.pages.specs.figures import clean, figures
from sources.pages.specs.rows import SpecRows

_RATES = (
    ("bf16", "dense", r"Tensor BF16"),
    ("bf16", "sparse", r"BF16 Tensor Sparse"),
    ("fp8", "dense", r"Tensor FP8-32"),
    ("int8", "dense", r"Tensor INT8"),
)


def is_comparison(text: str) -> bool:
    """Whether tensor rates are named with their accumulator."""
    return bool(re.search(r"\bFP(?:8|16)-(?:16|32)\b", text))


def read(text: str, name: str, basis: str) -> Sequence[SpecQuote]:
    """Memory, bandwidth, power and the tensor rates with FP32 accumulation of the page's product."""
    body = clean(without_comments(text))
    out = SpecRows(basis)
    first = [f for f in figures(body) if f.kind in ("size", "rate")][:2]
    power = re.search(r"TDP \d+ ?W", body)
    if [f.kind for f in first] != ["size", "rate"] or power is None:
        raise PageChanged("expected memory, bandwidth and TDP in the head line, found others")
    out.memory(name, first[0], body, "head")
    out.bandwidth(name, first[1], body, "head")
    out.power(name, figures(power[0])[0], power[0], "head")
    for precision, sense, label in _RATES:
        found = re.search(rf"{label} ([^/]+)", body)
        rates = figures(found[1]) if found else []
        if found is None or len(rates) != 1:
            raise PageChanged(f"expected one rate at {label!r}, found {found[1] if found else 'none'}")
        out.compute(name, precision, sense, rates[0].value, rates[0].unit, rates[0].text, found[0], label)
    return out.quotes()
