"""The packaged reference facts of a vintage, as the tables the warehouse holds.

Only rows known by the vintage day: a fact with ``observed_at`` from that day on, an accelerator from its
launch, an architecture from its model's release. Which table is called what in the warehouse is said here.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from sources import reference

TABLES = {
    "core.model": "models", "core.model_alias": "model_aliases", "core.score": "quality_scores", "core.benchmark": "benchmarks",
    "core.task_tokens": "task_tokens", "core.rental_price": "rental_prices", "core.electricity": "electricity",
    "core.pue": "pue", "core.energy_measured": "energy_measured", "core.ownership_cost": "ownership_cost",
    "core.exchange_rate": "exchange_rates", "core.architecture": "architectures", "core.accelerator": "accelerators",
}


def tables(as_of: date) -> dict[str, pl.DataFrame]:
    """Every packaged table at ``as_of``, by warehouse name."""
    return {name: _known(reference.load(table), as_of) for name, table in TABLES.items()}


def _known(frame: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The rows known on the day: by ``observed_at``, else by ``launch_date``; rows without either stay."""
    day = next((c for c in ("observed_at", "launch_date") if c in frame.columns), None)
    known = frame if day is None else frame.filter(pl.col(day).is_null() | (pl.col(day) <= as_of))
    decimals = [c for c, t in known.schema.items() if isinstance(t, pl.Decimal)]
    return known.with_columns(pl.col(decimals).cast(pl.Float64))
