"""Specification rows in the order people print them: memory, bandwidth, compute by precision, power, links.

Collects what a vendor's parser found and turns it into ``SpecQuote`` rows with canonical field names and
units. Two readings of one field must agree; the contract refuses the page otherwise. A row of another kind that
nobody knows costs itself (``row``); memory and bandwidth, by which a sheet is known, are read or the sheet is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal

from sources.pages.quote import ImplausibleValue, LeftOut, PageChanged, SpecQuote
from sources.pages.specs.figures import Figure, bandwidth, in_tflops, in_watts, is_bits, memory, tidy

PRECISIONS = ("bf16", "fp16", "fp8", "int8", "fp4")
LINK_UNIT = "GB/s bidirectional total per accelerator"


def compute_field(precision: str, sense: str) -> str:
    """Field of a compute rate, e.g. ``bf16_dense_tflops``, ``int8_dense_tops``."""
    return f"{precision}_{sense}_{'tops' if precision == 'int8' else 'tflops'}"


def unit_of(field: str) -> str:
    """The unit printed beside a field's value."""
    if field.endswith(("_tflops", "_tops")):
        _, sense, unit = field.split("_")
        return f"{unit.upper()} {sense}"
    return {
        "memory_gb": "GB",
        "memory_gib": "GiB",
        "memory_bandwidth_gb_s": "GB/s",
        "memory_bandwidth_gib_s": "GiB/s",
        "tdp_w": "W",
        "interconnect_gb_s": LINK_UNIT,
    }[field]


MEMORY_FIELDS = ("memory_gb", "memory_gib", "memory_bandwidth_gib_s", "memory_bandwidth_gb_s")
PAIRED = MEMORY_FIELDS + tuple(compute_field(p, s) for p in PRECISIONS for s in ("dense", "sparse")) + ("tdp_w", "interconnect_gb_s")
"""Dense beside sparse of the same precision."""
DENSE_FIRST = MEMORY_FIELDS + tuple(compute_field(p, s) for s in ("dense", "sparse") for p in PRECISIONS) + ("tdp_w", "interconnect_gb_s")
"""All dense rates, then all sparse ones."""
SPARSE_FIRST = MEMORY_FIELDS + tuple(compute_field(p, s) for p in PRECISIONS for s in ("sparse", "dense")) + ("tdp_w", "interconnect_gb_s")
"""The printed sparse rate, then the dense one derived from it."""


class SpecRows:
    """Collects figures of accelerators; ``quotes`` gives them in order of accelerator and field."""

    def __init__(self, basis: str = "official", order: Sequence[str] = PAIRED) -> None:
        self.basis = basis
        self.order = {name: place for place, name in enumerate(order)}
        self.left_out: list[LeftOut] = []
        self._seen: list[str] = []
        self._quotes: list[SpecQuote] = []

    def unread(self, label: str, words: str, reason: str) -> None:
        """Leave out a row that is not understood: its figures are quarantined, the other rows stand."""
        self.left_out.append(LeftOut(subject=label, reason=reason, locator=label, evidence=words[:300], extent="block"))

    @contextmanager
    def row(self, label: str, words: str) -> Iterator[None]:
        """Read one row whole or not at all; a figure that cannot be right still refuses the sheet."""
        read = len(self._quotes)
        try:
            yield
        except ImplausibleValue:
            raise
        except PageChanged as error:
            del self._quotes[read:]
            self.unread(label, words, str(error))

    def add(self, accelerator: str, field: str, value: Decimal, text: str, evidence: str, locator: str, qualifier: str = "") -> None:
        """Add one value in the field's own unit. Raises ``ImplausibleValue`` for zero."""
        if value <= 0:
            raise ImplausibleValue(f"{accelerator}: expected a positive {field}, found {text!r} ({locator})")
        if accelerator not in self._seen:
            self._seen.append(accelerator)
        quote = SpecQuote(
            accelerator=accelerator,
            field=field,
            value=tidy(value),
            value_text=text,
            unit=unit_of(field),
            evidence=evidence[:300],
            locator=locator,
            qualifier=qualifier,
            basis=self.basis,
        )
        twin = next((q for q in self._quotes if (q.accelerator, q.field) == (accelerator, field)), None)
        if twin is None or twin.value != quote.value:
            self._quotes.append(quote)

    def compute(
        self,
        accelerator: str,
        precision: str,
        sense: str,
        value: Decimal,
        unit: str,
        text: str,
        evidence: str,
        locator: str,
        qualifier: str = "",
    ) -> None:
        """Add a compute rate printed as ``value unit``; sparse INT8 is not a field and is left out."""
        if precision == "int8" and sense == "sparse":
            return
        self.add(accelerator, compute_field(precision, sense), in_tflops(value, unit), text, evidence, locator, qualifier)

    def memory(self, accelerator: str, figure: Figure, evidence: str, locator: str, *, per: int = 1, qualifier: str = "") -> None:
        """Add a memory size, divided by ``per`` accelerators."""
        field, amount = memory(figure.value, figure.unit)
        self.add(accelerator, field, amount / per, figure.text, evidence, locator, qualifier)

    def bandwidth(self, accelerator: str, figure: Figure, evidence: str, locator: str, *, per: int = 1, qualifier: str = "") -> None:
        """Add a memory bandwidth; a rate in bits is a mistranslated unit and refuses the page."""
        if is_bits(figure.unit):
            raise ImplausibleValue(
                f"{accelerator}: expected memory bandwidth in bytes per second, found bits "
                f"({figure.text} {figure.unit}, {locator}); a translated or misprinted unit"
            )
        suffix, amount = bandwidth(figure.value, figure.unit)
        self.add(accelerator, f"memory_bandwidth_{suffix}", amount / per, figure.text, evidence, locator, qualifier)

    def power(self, accelerator: str, figure: Figure, evidence: str, locator: str, qualifier: str = "") -> None:
        """Add a design power."""
        self.add(accelerator, "tdp_w", in_watts(figure.value, figure.unit), figure.text, evidence, locator, qualifier)

    def link(
        self,
        accelerator: str,
        figure: Figure,
        evidence: str,
        locator: str,
        *,
        per: int = 1,
        times: int = 1,
        qualifier: str = "bidirectional",
    ) -> None:
        """Add a link rate as bidirectional total per accelerator; bits are normal here."""
        _, amount = bandwidth(figure.value, figure.unit)
        self.add(accelerator, "interconnect_gb_s", amount * times / per, figure.text, evidence, locator, qualifier)

    def without_twins(self, precision: str, other: str) -> None:
        """Drop rates of one precision where the part has none of the other, or the same."""
        rates = {(q.accelerator, q.field): q.value for q in self._quotes}

        def is_twin(q: SpecQuote) -> bool:
            twin = rates.get((q.accelerator, q.field.replace(precision, other)))
            return q.field.startswith(precision) and (twin is None or twin == q.value)

        self._quotes = [q for q in self._quotes if not is_twin(q)]

    def read(self) -> list[SpecQuote]:
        """What is read so far, in the order of reading."""
        return list(self._quotes)

    def quotes(self, *, newest_first: bool = False) -> list[SpecQuote]:
        """All rows by accelerator (page order, or reversed) and field; raises ``PageChanged`` when none."""
        if not self._quotes:
            raise PageChanged("expected figures of at least one accelerator, found none")
        names = list(reversed(self._seen)) if newest_first else self._seen
        return sorted(self._quotes, key=lambda q: (names.index(q.accelerator), self.order[q.field]))
