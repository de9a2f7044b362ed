"""Epoch AI's hardware table (CSV, CC BY): a second witness, in four vintages of column names.

Columns are known by their words, since names changed between vintages. Rates are dense unless the table
says otherwise, memory is per board, links are intranode totals in bytes. Release date and list price are
read by ``sources.pages.specs`` from the same file; only the project's fields leave here.
"""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal, InvalidOperation

from sources.pages.page import Page
from sources.pages.quote import PageChanged, SpecQuote
from sources.pages.specs.rows import SpecRows

GIGA, TERA = Decimal(10) ** 9, Decimal(10) ** 12
COLUMNS = (
    ("memory_gb", r"^Memory(?: size per board)? \((?:bytes?|Byte)\)$", GIGA),
    ("memory_bandwidth_gb_s", r"^Memory bandwidth \(byte/s\)$", GIGA),
    ("bf16_dense_tflops", r"^Tensor-FP16/BF16 performance \(FLOP/s\)$", TERA),
    ("fp8_dense_tflops", r"^FP8 performance \(FLOP/s\)$", TERA),
    ("int8_dense_tops", r"^INT8 performance \(OP/s\)$", TERA),
    ("fp4_dense_tflops", r"^FP4 performance \(FLOP/s\)$", TERA),
    ("tdp_w", r"^TDP \(W\)$", Decimal(1)),
    ("interconnect_gb_s", r"^Intranode bandwidth \(byte/s\)$", GIGA),
)

NEEDED = frozenset({"memory_gb", "memory_bandwidth_gb_s", "bf16_dense_tflops", "tdp_w"})


def parse(page: Page) -> list[SpecQuote]:
    """Every figure of every part; raises ``PageChanged`` where a column is gone or means something else."""
    rows = list(csv.DictReader(io.StringIO(page.text)))
    if not rows or "Hardware name" not in rows[0]:
        raise PageChanged("expected a table with the column 'Hardware name', found another")
    columns = [
        (field, column, scale)
        for field, pattern, scale in COLUMNS
        if (column := _column(rows[0], pattern, needed=field in NEEDED)) is not None
    ]
    out = SpecRows("secondary")
    seen: set[str] = set()
    for i, row in enumerate(rows):
        name = row["Hardware name"].strip()
        if None in row or any(v is None for v in row.values()):
            raise PageChanged(f"expected {len(rows[0])} cells in row {i + 2} ({name}), found another number: is the file cut short?")
        if name in seen:
            continue
        seen.add(name)
        for field, column, scale in columns:
            text = (row[column] or "").strip()
            if text and (value := _figure(text, name, column)) > 0:
                cited = (row.get("Link to datasheet") or "").strip()
                out.add(name, field, value / scale, text, f"{name}, {column}: {text} {cited}".strip(), f"row {i + 2}, {column}")
    return out.quotes()


def _column(row: dict[str, str], pattern: str, *, needed: bool) -> str | None:
    found = [c for c in row if c and re.match(pattern, c)]
    if not found and not needed:
        return None  # older vintages had no FP8 or FP4
    if len(found) != 1:
        raise PageChanged(f"expected one column like {pattern}, found {found}")
    return found[0]


def _figure(text: str, name: str, column: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise PageChanged(f"expected a figure for {name} in {column!r}, found {text!r}") from error
