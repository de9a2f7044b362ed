"""Declared dtypes of the reference tables, in column order. One place; the loader and the tests read it.

Only the tables this project builds with its own scripts are declared. Meanings are in the package
docstring; units are in the names.
"""

from __future__ import annotations

from typing import Any

import polars as pl

MONEY = pl.Decimal(18, 9)
TEXT, DAY, REAL, INT, FLAG = pl.String, pl.Date, pl.Float64, pl.Int64, pl.Boolean

ORIGIN: dict[str, Any] = {
    "source": TEXT,
    "source_ref": TEXT,
    "source_url": TEXT,
    "licence": TEXT,
    "observed_at": DAY,
    "basis": TEXT,
}
"""The columns every row of every table ends with."""

PRICES = (
    "price_input_usd_per_mtok",
    "price_output_usd_per_mtok",
    "price_cached_input_usd_per_mtok",
    "price_cache_write_usd_per_mtok",
    "price_cache_write_1h_usd_per_mtok",
)

SCHEMAS: dict[str, dict[str, Any]] = {
    "price_history": {
        "provider": TEXT,
        "model_label": TEXT,
        "tier": TEXT,
        "condition": TEXT,
        "currency": TEXT,
        **dict.fromkeys(PRICES, MONEY),
        "valid_from": DAY,
        "valid_to": DAY,
        "valid_from_basis": TEXT,
        "end_reason": TEXT,
        "closed_observed_at": DAY,
        "witness": TEXT,
        "correction_id": TEXT,
        **ORIGIN,
    },
    "price_snapshots": {"rows": INT, **ORIGIN},
    "providers": {
        "source_name": TEXT,
        "source_provider": TEXT,
        "provider": TEXT,
        "provider_tier": TEXT,
        "packaged": FLAG,
        "reason": TEXT,
        **ORIGIN,
    },
    "models": {
        "model": TEXT,
        "developer": TEXT,
        "family": TEXT,
        "kind": TEXT,
        "release_date": DAY,
        "release_date_basis": TEXT,
        "open_weights": FLAG,
        "total_params_b": REAL,
        "active_params_b": REAL,
        "reason": TEXT,
        **ORIGIN,
    },
    "model_aliases": {
        "alias": TEXT,
        "provider": TEXT,
        "valid_from": DAY,
        "valid_to": DAY,
        "model": TEXT,
        "reason": TEXT,
        **ORIGIN,
    },
    "quality_scores": {
        "model": TEXT,
        "variant": TEXT,
        "model_label": TEXT,
        "benchmark": TEXT,
        "benchmark_version": TEXT,
        "score": REAL,
        "unit": TEXT,
        "se": REAL,
        "n_items": INT,
        "as_of": DAY,
        "first_seen": DAY,
        **ORIGIN,
    },
    "benchmarks": {
        "benchmark": TEXT,
        "kind": TEXT,
        "n_items": INT,
        "guess_rate": REAL,
        "unit": TEXT,
        "reason": TEXT,
        **ORIGIN,
    },
    "task_tokens": {
        "model": TEXT,
        "variant": TEXT,
        "model_label": TEXT,
        "benchmark": TEXT,
        "benchmark_version": TEXT,
        "output_mtok_per_run": REAL,
        "usd_per_run": REAL,
        **ORIGIN,
    },
    "rental_prices": {
        "provider": TEXT,
        "accelerator": TEXT,
        "region": TEXT,
        "term": TEXT,
        "usd_per_accelerator_hour": MONEY,
        "accelerators_in_offer": INT,
        "provider_kind": TEXT,
        "note": TEXT,
        **ORIGIN,
    },
    "electricity": {
        "period": TEXT,
        "period_kind": TEXT,
        "region": TEXT,
        "sector": TEXT,
        "usd_per_kwh": REAL,
        "eur_per_kwh": REAL,
        "note": TEXT,
        **ORIGIN,
    },
    "pue": {
        "year": INT,
        "operator": TEXT,
        "region": TEXT,
        "pue": REAL,
        "scope": TEXT,
        "note": TEXT,
        **ORIGIN,
    },
    "energy_measured": {
        "model": TEXT,
        "active_params_b": REAL,
        "total_params_b": REAL,
        "task": TEXT,
        "accelerator": TEXT,
        "n_accelerators": INT,
        "precision": TEXT,
        "parallelism": TEXT,
        "batch_concurrency": REAL,
        "avg_batch_size": REAL,
        "avg_output_tokens": REAL,
        "output_tok_per_s": REAL,
        "avg_power_w": REAL,
        "energy_j_per_output_token": REAL,
        "boundary": TEXT,
        "note": TEXT,
        **ORIGIN,
    },
    "ownership_cost": {
        "accelerator": TEXT,
        "owner_kind": TEXT,
        "usd_per_accelerator_hour": MONEY,
        "power_kw_all_in": REAL,
        "note": TEXT,
        **ORIGIN,
    },
    "exchange_rates": {"month": DAY, "currency": TEXT, "units_per_usd": REAL, "days": INT, **ORIGIN},
    "corrections": {
        "correction_id": TEXT,
        "source_name": TEXT,
        "provider": TEXT,
        "model_label": TEXT,
        "tier": TEXT,
        "expect": TEXT,
        "action": TEXT,
        "replace": TEXT,
        "reason": TEXT,
        **ORIGIN,
    },
}
