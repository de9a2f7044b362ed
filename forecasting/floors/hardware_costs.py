"""What accelerators cost by the hour and how fast they improve: the tables of a vintage.

Frames in, tables out, in the columns of the marts of the same names. Belongs here: the order of calls and the
choice of windows. Not here: any method (``rentals``, ``hardware_trends``) and any figure (``core.assumption`` has them).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from forecasting.floors import hardware_trends, rentals
from forecasting.floors.floors_mc import QUANTILES, Range
from forecasting.indices import rental_index
from warehouse.schema import frames

WINDOWS = (("since 2010, all parts", date(2010, 1, 1), 0.0), ("since 2016, at least 16 GB", date(2016, 1, 1), 16.0))
"""(name, first launch, smallest memory in GB); published trends are of the first kind, floors use the second."""
FLOOR_WINDOW = WINDOWS[1]
OWNERSHIP_DRAWS = 1000
OLD_DAYS = 730
"""A rental price older than two years is no price."""


def rental_tables(believed: pl.DataFrame, as_of: date) -> dict[str, pl.DataFrame]:
    """Tables rental_index, rental_breaks and rental_now from the offers that ``rentals.believed`` lets in."""
    found = rentals.series_breaks(believed).rename({"date": "break_date", "from_usd": "from_usd_per_hour", "to_usd": "to_usd_per_hour"})
    return {
        "rental_index": rental_index.build(believed, as_of),
        "rental_breaks": found.with_columns(change_share=pl.col("change_log").exp() - 1).drop("change_log"),
        "rental_now": _now(believed, as_of),
    }


def _now(believed: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Today's prices, and the last known ones (``stale``) of what nobody has looked at lately."""
    fresh = rentals.current(believed, as_of).with_columns(status=pl.lit("current"))
    old = (
        rentals.current(believed, as_of, stale_days=OLD_DAYS)
        .join(fresh, on=["accelerator", "term"], how="anti")
        .with_columns(status=pl.lit("stale"))
    )
    both = pl.concat([fresh, old]).with_columns(age_days=(pl.lit(as_of) - pl.col("observed_at")).dt.total_days())
    return both.sort("accelerator", "term")


def trend_table(parts: pl.DataFrame, published: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Table hardware_trends: growth of every metric in every window with its 95 % interval, beside published growth.

    Args: ``parts`` and ``published`` as ``hardware_trends`` takes them. A metric with several published figures has as
    many rows; one without has one, with an empty ``published_source``. Metrics are named in words.
    """
    blocks = []
    for label, since, memory in WINDOWS:
        fitted = hardware_trends.trends(parts, as_of, since=since, min_memory_gb=memory)
        agrees = hardware_trends.compare(fitted, published.select("metric", "source", "growth_per_year")).select(
            "metric", "source", "agrees"
        )
        said = published.select("metric", "source", "source_url", pl.col("growth_per_year").alias("published_growth_per_year"))
        blocks.append(
            fitted.join(said.join(agrees, on=["metric", "source"]), on="metric", how="left").with_columns(window_label=pl.lit(label))
        )
    return (
        pl.concat(blocks)
        .sort("window_label", "metric", "source", nulls_last=True)
        .select(
            "window_label",
            pl.col("metric").str.replace_all("_", " "),
            "growth_per_year",
            pl.col("growth_low").alias("growth_low_per_year"),
            pl.col("growth_high").alias("growth_high_per_year"),
            "doubling_years",
            "parts_count",
            pl.col("r_squared").alias("explained_share"),
            "published_growth_per_year",
            pl.col("source").fill_null("").alias("published_source"),
            "source_url",
            pl.col("agrees").alias("published_agrees"),
        )
    )


def ownership_table(published: pl.DataFrame, energy: pl.DataFrame, assumptions: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Table ownership_cost: what an owned accelerator costs by the hour, in parts that sum to the total.

    Args: ``published`` totals with power_kw_all_in (core.ownership_cost); ``energy`` one row (core.energy_price);
    ``assumptions`` of the section ``ownership``. Published totals are split into power (stated kW x electricity),
    overhead (stated share) and capital (the rest); where capital itself is stated, the total is computed from it by
    ``rentals.ownership_cost`` with a 90 % interval over the stated ranges. Returns one row per accelerator, owner and part.
    """
    stated = {r["assumption_id"]: r for r in assumptions.filter(pl.col("section") == "ownership").to_dicts()}
    if energy.is_empty() or not stated:
        return frames.empty("marts.ownership_cost")
    newest = published.sort("accelerator", "owner_kind", "observed_at").group_by("accelerator", "owner_kind", maintain_order=True).last()
    meter = energy.row(0, named=True)
    rows = [r for one in newest.filter(pl.col("power_kw_all_in") > 0).to_dicts() for r in _split(one, meter["usd_per_kwh"], stated)]
    power = dict(newest.filter(pl.col("power_kw_all_in") > 0).sort("accelerator").select("accelerator", "power_kw_all_in").iter_rows())
    for r in sorted(stated.values(), key=lambda r: r["assumption_id"]):
        if r["quantity"] == "capex_usd" and r["subject"] in power:
            rows += _built(r, power[r["subject"]], meter, stated, as_of)
    return pl.DataFrame(rows, schema=frames.polars_schema("marts.ownership_cost")).sort("accelerator", "owner_kind", "cost_component")


_SHARED = ("life_years", "cost_of_capital", "overhead_share", "salvage_share")


def _split(one: Mapping[str, Any], usd_per_kwh: float, stated: Mapping[str, dict]) -> list[dict[str, object]]:
    """A published total in parts; nothing but the total is known to an interval."""
    total = float(one["usd_per_accelerator_hour"])
    share = stated["ownership.overhead_share"]["mode"]
    power, overhead = float(one["power_kw_all_in"]) * usd_per_kwh, total * share / (1 + share)
    parts = {"capital": total - power - overhead, "power": power, "overhead": overhead, "total": total}
    return [
        {
            "accelerator": one["accelerator"],
            "owner_kind": one["owner_kind"],
            "cost_component": name,
            "usd_per_accelerator_hour": usd,
            "component_share": usd / total,
            "basis": "quoted" if name == "total" else "derived: published total, stated power and overhead",
            "source": one["source"],
            "inputs": "table:core.ownership_cost table:core.energy_price ownership.overhead_share",
            "observed_at": one["observed_at"],
        }
        for name, usd in parts.items()
    ]


def _built(
    capex: Mapping[str, Any], power_kw: float, meter: Mapping[str, float], stated: Mapping[str, dict], as_of: date
) -> list[dict[str, object]]:
    """The cost from stated capital: every part at the median of its draws, with the 5 % and 95 % quantiles."""
    rng = np.random.default_rng(int(f"{as_of:%Y%m%d}"))
    ranges = {"capex_usd": capex, **{q: stated[f"ownership.{q}"] for q in _SHARED}}
    draws = {q: Range(r["low"], r["mode"], r["high"], q).draws(rng, OWNERSHIP_DRAWS) for q, r in ranges.items()}
    draws["usd_per_kwh"] = Range(meter["low_usd_per_kwh"], meter["usd_per_kwh"], meter["high_usd_per_kwh"]).draws(rng, OWNERSHIP_DRAWS)
    costs = [rentals.ownership_cost(power_kw_all_in=power_kw, **{q: float(v[i]) for q, v in draws.items()}) for i in range(OWNERSHIP_DRAWS)]
    at_mode = rentals.ownership_cost(
        power_kw_all_in=power_kw, usd_per_kwh=meter["usd_per_kwh"], **{q: r["mode"] for q, r in ranges.items()}
    )
    inputs = " ".join(
        [str(capex["assumption_id"]), *(f"ownership.{q}" for q in _SHARED), "table:core.energy_price", "table:core.ownership_cost"]
    )
    rows = []
    for name in ("capital", "power", "overhead", "total"):
        low, _, high = np.quantile([c[f"{name}_usd_per_hour"] for c in costs], QUANTILES)
        usd = at_mode[f"{name}_usd_per_hour"]
        rows.append(
            {
                "accelerator": capex["subject"],
                "owner_kind": "stated assumptions",
                "cost_component": name,
                "usd_per_accelerator_hour": usd,
                "low_usd_per_accelerator_hour": min(float(low), usd),
                "high_usd_per_accelerator_hour": max(float(high), usd),
                "component_share": usd / at_mode["total_usd_per_hour"],
                "basis": "derived: stated capital, life and cost of capital",
                "source": capex["source"],
                "inputs": inputs,
                "observed_at": as_of,
            }
        )
    return rows
