"""What a fact and a mart are made of, and the units that both may carry."""

from __future__ import annotations

from dataclasses import dataclass

FACT_COLUMNS: dict[str, str] = {
    "fact_id": "text",
    "section": "text",
    "subject": "text",
    "quantity": "text",
    "value": "number",
    "unit": "text",
    "lower": "number",
    "upper": "number",
    "interval_level": "number",  # 0.95 for a 95 % interval
    "n": "count",
    "text_value": "text",
    "basis": "text",  # quoted | derived | assumed
    "as_of": "date",
    "sql": "text",
    "inputs": "text",
}


@dataclass(frozen=True)
class FactSpec:
    """One expected fact: its unit and what it says."""

    unit: str
    meaning: str


@dataclass(frozen=True)
class MartSpec:
    """One expected mart: ``columns`` (name -> type), the key that orders rows, why it may be missing."""

    columns: dict[str, str]
    order: tuple[str, ...]
    why_missing: str


UNITS: tuple[str, ...] = (
    "factor_per_year", "factor", "ratio", "share", "probability", "p_value", "count", "log", "elasticity",
    "usd_per_mtok", "usd_per_hour", "usd_per_task", "usd_per_unit", "usd_per_month", "usd_per_week", "usd_per_kwh",
    "j_per_token", "tok_per_s", "gb_per_s", "gb", "mtok_per_month", "mtok_per_week", "days", "date", "text",
)  # fmt: skip
"""Units that ``facts.unit`` may hold and that column names may end in."""
