"""What a specification cannot be: refused with the reason before it enters the history.

Three kinds of check. A figure alone (a TDP of 0, a bandwidth that no memory has). Figures of one sheet
against each other (a sparse rate below the dense one, an FP8 rate far from the BF16 one). A figure against
what is known: of the same accelerator in the packaged history, or, for a new one, of its family's trend. A
factor of two is a confusion of sparse with dense, GPU with board, one direction with two, or bits with
bytes, never a revision: the largest revision seen is Trainium1's 210 to 190.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

from sources.pages.quote import SpecQuote

LIMITS = {
    "memory_gb": (0.05, 2000),
    "memory_gib": (0.05, 2000),
    "memory_bandwidth_gb_s": (10, 5e7),
    "memory_bandwidth_gib_s": (10, 5e7),
    "tdp_w": (5, 30_000),
    "interconnect_gb_s": (4, 40_000),
}
"""Smallest and largest believable value: Groq's 230 MB to a 1.7 TB package; edge boards to a wafer."""
RATIO = 1.9
"""A ratio to a known value beyond which the two cannot both be right."""
RATES = {"fp8": (0.9, 5.0), "int8": (0.05, 5.0), "fp4": (0.9, 16.0)}
"""Dense rate relative to dense BF16 on one part (B300 runs INT8 at a twelfth, Maia FP4 at four times FP8)."""

DATABASE_SLACK = 1.7
"""Databases mix sparse and dense rates of one part (GeForce FP8 at eight times BF16): witnesses, never used so."""


def implausible(quotes: Sequence[SpecQuote]) -> list[str]:
    """Sentences for every figure that cannot be right; empty when all may be."""
    known, labels = _known()
    found = []
    by_name: dict[str, dict[str, SpecQuote]] = {}
    for q in quotes:
        if q.value:  # a zero is told of below and divides nothing
            by_name.setdefault(q.accelerator, {})[q.field] = q
        low, high = LIMITS.get(q.field, (1e-3, 1e8))
        if not low <= float(q.value) <= high:
            found.append(f"{q.accelerator}: {q.field} {q.value} is outside {low:g}..{high:g} ({q.locator})")
    for name, fields in sorted(by_name.items()):
        found += _within(name, fields, 1.0 if quotes[0].basis == "official" else DATABASE_SLACK)
        accelerator = labels.get((quotes[0].basis, name)) or labels.get(("", name))
        if quotes[0].basis == "official":
            found += _against(name, fields, known.get(accelerator or "", {}))
            if accelerator is None:
                found += _against_family(name, fields, known)
    return found


def _within(name: str, fields: Mapping[str, SpecQuote], slack: float) -> list[str]:
    found = []
    bf16 = fields.get("bf16_dense_tflops")
    for precision, (low, high) in RATES.items():
        rate = fields.get(f"{precision}_dense_{'tops' if precision == 'int8' else 'tflops'}")
        if bf16 and rate and not low <= float(rate.value / bf16.value) <= high * slack:
            found.append(
                f"{name}: {rate.field} {rate.value} is {float(rate.value / bf16.value):.2f} times BF16 {bf16.value}; "
                f"expected {low:g} to {high:g}"
            )
    for field, dense in fields.items():
        sparse = fields.get(field.replace("_dense_", "_sparse_")) if "_dense_" in field else None
        if sparse and not 1 <= float(sparse.value / dense.value) <= 4.2:
            found.append(f"{name}: sparse {sparse.value} against dense {dense.value} at {field}; expected one to four times")
    return found


def _against(name: str, fields: Mapping[str, SpecQuote], known: Mapping[str, tuple[float, ...]]) -> list[str]:
    """Against all official values ever seen for this accelerator: far from every one of them is a contradiction."""
    found = []
    for field, q in fields.items():
        values = known.get(field) or known.get(field.replace("gib", "gb")) or ()
        if values and all(max(float(q.value) / v, v / float(q.value)) >= RATIO for v in values):
            near = min(values, key=lambda v: abs(math.log(float(q.value) / v)))
            found.append(
                f"{name}: {field} {q.value} ({q.locator}) contradicts the {near:g} known for it; a sparse, board, one-way or bit figure?"
            )
    return found


_FAMILY_RATIOS = (
    ("memory_bandwidth_gb_s", "memory_gb", 8.0),
    ("bf16_dense_tflops", "tdp_w", 4.0),
    ("memory_bandwidth_gb_s", "tdp_w", 4.0),
    ("bf16_dense_tflops", "memory_bandwidth_gb_s", 3.0),
)
"""Ratios that drift slowly between generations, and how far from a vendor's span a new part may stand."""


def _against_family(name: str, fields: Mapping[str, SpecQuote], known: Mapping[str, Mapping[str, tuple[float, ...]]]) -> list[str]:
    """A part not yet in the history: its ratios against the span of all known parts, with room for progress."""
    found = []
    for top, bottom, room in _FAMILY_RATIOS:
        if top not in fields or bottom not in fields:
            continue
        ratio = float(fields[top].value / fields[bottom].value)
        span = sorted(k[top][0] / k[bottom][0] for k in known.values() if k.get(top) and k.get(bottom))
        low, high = span[len(span) // 20] / room, span[-1 - len(span) // 20] * room
        if not low <= ratio <= high:
            found.append(f"{name}: {top} per {bottom} is {ratio:.3g}, far from the {low:.3g} to {high:.3g} of all known parts")
    return found


@lru_cache(maxsize=1)
def _known() -> tuple[dict[str, dict[str, tuple[float, ...]]], dict[tuple[str, str], str]]:
    """Official values per accelerator and field, and printed label -> accelerator."""
    import polars as pl

    from reference.specs.history import read_history

    history = read_history().filter((pl.col("rejected_because") == "") & (pl.col("field") != "launch_date"))
    known: dict[str, dict[str, tuple[float, ...]]] = {}
    labels: dict[tuple[str, str], str] = {}
    for row in history.filter(pl.col("basis") == "official").to_dicts():
        fields = known.setdefault(row["accelerator"], {})
        fields[row["field"]] = (*fields.get(row["field"], ()), float(row["value"]))
        labels[("", row["label"])] = row["accelerator"]
    return known, labels
