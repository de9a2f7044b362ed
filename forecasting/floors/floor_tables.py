"""Both floors of every open model at a vintage, as tables: what is assumed, what comes out, what feeds the series.

Joins the engine's serving table, hourly prices, electricity and the stated assumptions, and calls ``floors_mc``.
Belongs here: which configuration and boundary the report's floors mean, and the words for why. Not here: the draws
(``floors_mc``), the trend (``hardware_trends``), floors of price series (``floor``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from forecasting.floors import floors_mc, hardware_trends
from forecasting.floors.floor import DEFAULT_COST_FACTOR
from forecasting.floors.floors_mc import Assumptions, Range
from forecasting.floors.hardware_costs import FLOOR_WINDOW
from reference import definitions
from warehouse.schema import frames

LONE_PROVIDERS = 3
"""With fewer providers than this the spread of their prices says nothing: the typical spread is used."""


def build(
    serving: pl.DataFrame,
    architectures: pl.DataFrame,
    hourly: pl.DataFrame,
    energy_price: pl.DataFrame,
    assumption: pl.DataFrame,
    hardware_part: pl.DataFrame,
    as_of: date,
) -> dict[str, pl.DataFrame]:
    """Tables input_floor, model_floors and floor_assumptions.

    Args: the tables engine.serving, core.architectures (model, canonical_model,
    served_models), hourly, energy_price (no or one row),
    assumption and hardware_part. Without electricity or assumptions all three are empty.
    """
    stated = {r["assumption_id"]: r for r in assumption.filter(pl.col("section") == "floors").to_dicts()}
    if energy_price.is_empty() or not stated:
        return {
            "input_floor": frames.empty("core.input_floor"),
            "model_floors": frames.empty("marts.model_floors"),
            "floor_assumptions": frames.empty("marts.floor_assumptions"),
        }
    assumed = assumptions(energy_price.row(0, named=True), stated)
    factors, why = cost_factors(hardware_part, stated["floors.gpu_hour_cost_factor"], as_of)
    names = architectures.select("model", pl.coalesce("canonical_model", "model").alias("named"))
    served = (
        floors_mc.from_serving(serving, hourly)
        .join(names, on="model", how="inner", maintain_order="left")
        .with_columns(model="named")
        .drop("named")
    )
    table = _floors(served, hourly_ranges(hourly), assumed, definitions.number("blend.input_per_output"), as_of)
    sold = (
        architectures.select(
            pl.coalesce("canonical_model", "model").alias("model"), pl.col("served_models").str.split("|").alias("sold_as")
        )
        .explode("sold_as")
        .filter(pl.col("sold_as") != "")
    )
    lowest = _input(table, factors, why).join(sold, on="model").with_columns(model="sold_as").drop("sold_as")
    return {
        "input_floor": lowest.sort("model", "floor_kind", "mode_usd_per_mtok").unique(
            ["model", "floor_kind"], keep="first", maintain_order=True
        ),
        "model_floors": table.rename({f"share_{s}": f"{s}_variance_share" for s in floors_mc.SHARES}),
        "floor_assumptions": _assumed(assumed, factors, why),
    }


def assumptions(energy: Mapping[str, Any], stated: Mapping[str, Mapping[str, Any]]) -> Assumptions:
    """The ranges of a vintage: electricity and PUE as read, the rest as stated."""

    def range_of(identifier: str) -> Range:
        row = stated[f"floors.{identifier}"]
        return Range(row["low"], row["mode"], row["high"], f"{row['source']}: {row['reasoning']}")

    return Assumptions(
        Range(energy["low_usd_per_kwh"], energy["usd_per_kwh"], energy["high_usd_per_kwh"], str(energy["basis"])),
        Range(energy["low_pue"], energy["pue"], energy["high_pue"], str(energy["basis"])),
        range_of("system_over_gpu"),
        Range(*definitions.span("serving.utilisation"), definitions.reason("serving.utilisation")),
    )


def hourly_ranges(hourly: pl.DataFrame) -> dict[str, Range]:
    """USD per hour of each accelerator as a range (5 %, median, 95 % over providers).

    Where fewer than ``LONE_PROVIDERS`` sell it, the interval is at least the typical one of the others: one price seen
    is not a price known.
    """
    rows = hourly.sort("accelerator").to_dicts()
    usd, low, high = "usd_per_accelerator_hour", "low_usd_per_accelerator_hour", "high_usd_per_accelerator_hour"
    many = [r for r in rows if r["n"] >= LONE_PROVIDERS]
    down = float(np.median([r[low] / r[usd] for r in many])) if many else 1.0
    up = float(np.median([r[high] / r[usd] for r in many])) if many else 1.0
    wide = {r["accelerator"]: (down, up) if r["n"] < LONE_PROVIDERS else (1.0, 1.0) for r in rows}
    return {
        r["accelerator"]: Range(
            min(r[low], r[usd] * wide[r["accelerator"]][0]), r[usd], max(r[high], r[usd] * wide[r["accelerator"]][1]), r["basis"]
        )
        for r in rows
    }


def cost_factors(
    parts: pl.DataFrame, rented: Mapping[str, Any], as_of: date
) -> tuple[dict[str, tuple[float, float, float]], dict[str, str]]:
    """Times cheaper a year each floor gets (low, mode, high), and why: the fitted trend, or the stated default."""
    label, since, memory = FLOOR_WINDOW
    fitted = hardware_trends.trends(parts, as_of, since=since, min_memory_gb=memory)
    row = fitted.filter(pl.col("metric") == "bandwidth_per_watt").to_dicts()
    energy = hardware_trends.energy_floor_factors(fitted) if row else DEFAULT_COST_FACTOR["energy"]
    said = f"bandwidth per watt over {row[0]['parts_count']} parts {label}" if row else "too few parts to fit, default range"
    return (
        {"energy": energy, "gpu_hour": (float(rented["low"]), float(rented["mode"]), float(rented["high"]))},
        {"energy": said, "gpu_hour": f"stated: {rented['source']}"},
    )


def _floors(served: pl.DataFrame, hourly: Mapping[str, Range], assumed: Assumptions, mix: float, as_of: date) -> pl.DataFrame:
    best = floors_mc.contenders(served, hourly, input_per_output=mix)
    rng = np.random.default_rng(int(f"{as_of:%Y%m%d}"))
    blocks = [
        floors_mc.model_floors(best[kind], hourly, assumed, rng, input_per_output=mix, kinds=(kind,)) for kind in ("energy", "gpu_hour")
    ]
    return pl.concat(blocks).sort("model", "service_level_tok_s_per_user", "floor_kind", "boundary", "token_kind")


_WHERE = {"energy": "lowest joules per token, boundary wall", "gpu_hour": "cheapest rented accelerator, paid hours over utilisation"}


def _input(table: pl.DataFrame, factors: Mapping[str, tuple[float, float, float]], why: Mapping[str, str]) -> pl.DataFrame:
    """The floors that prices are held against: blended tokens at the reference speed."""
    level = floors_mc.lowest(
        table.filter(pl.col("service_level_tok_s_per_user") == definitions.number("reference.speed")), cost_factors=factors
    )
    place = pl.col("floor_kind").replace_strict(_WHERE, return_dtype=pl.String)
    trend = pl.col("floor_kind").replace_strict(why, return_dtype=pl.String)
    reason = pl.concat_str(
        place, pl.lit(", "), "precision", pl.lit(f", {definitions.number('reference.speed'):g} tokens/s per user; own trend: "), trend
    )
    return level.with_columns(reason=reason).select(list(frames.polars_schema("core.input_floor")))


def _assumed(
    assumed: Assumptions,
    factors: Mapping[str, tuple[float, float, float]],
    why: Mapping[str, str],
) -> pl.DataFrame:
    """Every assumption as a row with its source; the row ``together`` says them in one sentence."""
    ranges = (
        ("electricity", assumed.usd_per_kwh, "usd_per_kwh", "derived"),
        ("PUE", assumed.pue, "pue", "derived"),
        ("system over accelerator power", assumed.system_over_gpu, "factor", "assumed"),
        ("utilisation", assumed.utilisation, "share", "assumed"),
    )
    rows: list[dict[str, object]] = [
        {"quantity": q, "low": r.low, "mode": r.mode, "high": r.high, "unit": u, "basis": b, "source": r.source} for q, r, u, b in ranges
    ]
    mix = definitions.number("blend.input_per_output")
    rows.append(
        {
            "quantity": "input tokens per output token",
            "low": mix,
            "mode": mix,
            "high": mix,
            "unit": "ratio",
            "basis": "assumed",
            "source": definitions.reason("blend.input_per_output"),
        }
    )
    rows += [
        {
            "quantity": f"own trend of the {k.replace('_', '-')} floor",
            "low": v[0],
            "mode": v[1],
            "high": v[2],
            "unit": "factor_per_year",
            "basis": "derived",
            "source": why[k],
        }
        for k, v in sorted(factors.items())
    ]
    rows.append({"quantity": "together", "unit": "text", "basis": "derived", "source": "all rows", "statement": assumed.sentence()})
    return frames.from_rows("marts.floor_assumptions", rows)
