"""What the project means by its words, read from ``definitions.toml``: headline, blend, reference speed, use, periods.

The one file of definitions. Libraries ask here, SQL asks ``core.definition``, which is this table. Belongs here:
reading and naming. Not here: measured facts (the CSV tables beside it).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from units.constants import DAYS_PER_YEAR
from warehouse.schema.frames import polars_schema

PATH = Path(__file__).resolve().parent / "definitions.toml"


def definitions() -> dict[str, Mapping[str, Any]]:
    """Every definition by id (``blend.input_per_output``).

    Raises ``ValueError`` naming the entry that lacks its value, unit, reason or source.
    """
    told = tomllib.loads(PATH.read_text(encoding="utf-8"))
    found = {f"{group}.{name}": entry for group, entries in told.items() for name, entry in entries.items()}
    for name, entry in found.items():
        lacking = [member for member in ("value", "unit", "reason", "source") if member not in entry]
        if lacking:
            raise ValueError(f"{PATH.name}: [{name}] lacks {', '.join(lacking)}; every definition says why it has its value")
    return found


def number(name: str) -> float:
    """The value of a definition that is a number. Raises ``KeyError`` naming the known ones."""
    return float(_entry(name)["value"])


def text(name: str) -> str:
    """The value of a definition that is a word."""
    return str(_entry(name)["value"])


def reason(name: str) -> str:
    """Where a definition comes from and why it has its value, in words."""
    entry = _entry(name)
    return f"{entry['source']}: {entry['reason']}"


def span(name: str) -> tuple[float, float, float]:
    """Low, value and high of a definition with a range."""
    entry = _entry(name)
    return float(entry["low"]), float(entry["value"]), float(entry["high"])


def _entry(name: str) -> Mapping[str, Any]:
    known = definitions()
    if name not in known:
        raise KeyError(f"no definition {name!r} in {PATH.name}; known: {', '.join(known)}")
    return known[name]


def blend_name() -> str:
    """The name of the mix in series ids: ``3to1`` for three input tokens to one output token."""
    return f"{number('blend.input_per_output'):g}to1"


def blended(of_input: Any, of_output: Any, input_per_output: float | None = None) -> Any:
    """One million tokens of a mix: ``input_per_output`` parts at ``of_input`` and one at ``of_output``; default the project's mix.

    Numbers, arrays and expressions alike; SQL models take the ratio from ``core.definition``.
    """
    ratio = number("blend.input_per_output") if input_per_output is None else input_per_output
    return (ratio * of_input + of_output) / (ratio + 1.0)


def blend_input_share() -> float:
    """Share of input tokens in the mix."""
    return float(blended(1.0, 0.0))


def series_id(threshold: float, *, scale: str | None = None, tier: str = "all", blend: str | None = None) -> str:
    """The id of the frontier series at a threshold of the headline scale: ``gpqa_diamond-80-all-3to1``."""
    return f"{scale or text('headline.scale')}-{threshold:g}-{tier}-{blend or blend_name()}"


def table() -> pl.DataFrame:
    """Table core.definition: definition_id, value, value_low, value_high, text_value, unit, reason, source."""
    rows = [
        {
            "definition_id": name,
            "value": None if isinstance(e["value"], str) else float(e["value"]),
            "value_low": e.get("low"),
            "value_high": e.get("high"),
            "text_value": str(e["value"]) if isinstance(e["value"], str) else None,
            "unit": e["unit"],
            "reason": e["reason"],
            "source": e["source"],
        }
        for name, e in sorted(definitions().items())
    ]
    rows.append(
        {
            "definition_id": "year.length",
            "value": DAYS_PER_YEAR,
            "unit": "days",
            "reason": "the Julian year, so that rates per year do not depend on leap days; a constant of calculation, not of choice",
            "source": "units.constants",
        }
    )
    return pl.DataFrame(rows, schema=polars_schema("core.definition"))
