"""The tabular forms a person compares with the page: wide rows of prices, spec rows, long rows with evidence."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields

from sources.pages.quote import (
    WIDE_COMPONENTS,
    EnergyQuote,
    PriceQuote,
    Quote,
    RentalQuote,
    RetirementQuote,
    ScoreQuote,
    SpecQuote,
    VolumeQuote,
)

WIDE_COLUMNS = (
    "model",
    "unit",
    "input",
    "output",
    "cached",
    "currency",
    "tier",
    "condition",
    "cache_write_5m",
    "cache_write_1h",
    "valid_from",
    "valid_to",
)
SPEC_COLUMNS = ("accelerator", "field", "value", "unit")
QUOTE_TYPES = {
    "prices": PriceQuote,
    "hardware": SpecQuote,
    "rentals": RentalQuote,
    "energy": EnergyQuote,
    "scores": ScoreQuote,
    "volumes": VolumeQuote,
    "retirements": RetirementQuote,
}


def wide_rows(quotes: Iterable[PriceQuote]) -> list[dict[str, str]]:
    """Prices in the wide form, one dict per (model, tier, condition) in page order.

    Values are the page's own figures. Struck prices and quotes without a ``row`` are left to the long form.
    """
    rows: dict[int, dict[str, str]] = {}
    for q in quotes:
        column = WIDE_COMPONENTS.get(q.component)
        if q.row is None or column is None or q.status == "struck":
            continue
        row = rows.setdefault(q.row, dict.fromkeys(WIDE_COLUMNS, ""))
        row |= {
            "model": q.model_label,
            "unit": q.unit,
            "currency": q.currency,
            "tier": q.tier,
            "condition": q.condition,
            "valid_from": q.effective_from,
            "valid_to": q.effective_to,
        }
        row[column] = f"{q.value:f}"
    return [rows[k] for k in sorted(rows)]


def spec_rows(quotes: Iterable[SpecQuote]) -> list[dict[str, str]]:
    """Specifications as ``accelerator, field, value, unit`` in page order."""
    return [{"accelerator": q.accelerator, "field": q.field, "value": f"{q.value:f}", "unit": q.unit} for q in quotes]


def long_rows(quotes: Sequence[Quote]) -> list[dict[str, str]]:
    """Every field of every quote as text, evidence and locator included."""
    return [{k: "" if v is None else str(v) for k, v in asdict(q).items()} for q in quotes]


def to_csv(kind: str, quotes: Sequence[Quote], *, long: bool = False) -> str:
    """Quotes of one kind as CSV text with a header, in the form ``deflation parse`` prints."""
    if kind == "prices" and not long:
        return _csv(WIDE_COLUMNS, wide_rows(q for q in quotes if isinstance(q, PriceQuote)))
    if kind == "hardware" and not long:
        return _csv(SPEC_COLUMNS, spec_rows(q for q in quotes if isinstance(q, SpecQuote)))
    return _csv([f.name for f in fields(QUOTE_TYPES[kind])], long_rows(quotes))


def _csv(columns: Sequence[str], rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
