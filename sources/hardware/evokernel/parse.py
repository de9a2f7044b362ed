"""evokernel cards (YAML): one accelerator per card, each figure with the evidence it cites.

A second witness of the official sheets. ``bandwidth_gbps`` means gigabytes per second there. Null figures
are missing figures. Scale-up bandwidth mixes directions and counts between cards and is not read.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

import yaml

from sources.pages.page import Page
from sources.pages.quote import PageChanged, SpecQuote
from sources.pages.specs.rows import SpecRows

FIELDS = (
    ("memory_gb", ("memory", "capacity_gb")),
    ("memory_bandwidth_gb_s", ("memory", "bandwidth_gbps")),
    ("bf16_dense_tflops", ("compute", "bf16_tflops")),
    ("fp8_dense_tflops", ("compute", "fp8_tflops")),
    ("int8_dense_tops", ("compute", "int8_tops")),
    ("fp4_dense_tflops", ("compute", "fp4_tflops")),
    ("tdp_w", ("power", "tdp_w")),
)


def parse(page: Page) -> list[SpecQuote]:
    """The figures of one card; raises ``PageChanged`` where it is not a card."""
    try:
        card = yaml.safe_load(page.text)
    except yaml.YAMLError as error:
        raise PageChanged(f"expected a YAML card, found text that is not ({type(error).__name__})") from error
    if not isinstance(card, dict) or not {"name", "compute", "memory", "evidence"} <= set(card):
        raise PageChanged("expected a card with name, compute, memory and evidence, found another document")
    evidence = {e["id"]: f"{e.get('citation', '')} {e.get('url', '')}".strip() for e in card["evidence"]}
    out = SpecRows("secondary")
    for field, path in FIELDS:
        found = _value(card, path)
        if found is not None:
            out.add(
                str(card["name"]),
                field,
                found[0],
                str(found[0]),
                f"{field} {found[0]}: {evidence.get(found[1], 'no evidence named')}",
                ".".join(path),
            )
    return out.quotes()


def _value(card: dict[str, Any], path: tuple[str, str]) -> tuple[Decimal, str] | None:
    cell = (card.get(path[0]) or {}).get(path[1])
    if cell is None or (isinstance(cell, dict) and cell.get("value") is None):
        return None
    value, reference = (cell["value"], str(cell.get("evidence_ref", ""))) if isinstance(cell, dict) else (cell, "")
    try:
        return Decimal(str(value)), reference
    except InvalidOperation as error:
        raise PageChanged(f"expected a figure at {'.'.join(path)}, found {value!r}") from error
