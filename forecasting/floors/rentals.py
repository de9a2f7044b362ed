"""Rental prices of accelerators: matched panels, breaks, what is current, and the cost of owning instead.

One provider, one SKU, one region and one term is a series; only changes within a series count, because the mix of
providers changes and a pooled median moves when nobody's price does (matched-model Jevons index, as for models'
prices). List prices move in jumps, up as well as down, so breaks are found and dated. Made-up series are kept out by
rule, not by hand.
"""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import polars as pl

from units.constants import HOURS_PER_YEAR

SERIES = ("provider", "accelerator", "region", "term", "accelerators_in_offer", "note", "source")
"""What identifies one series: the same offer (``note`` tells community from secure) seen by the same observer."""
MARKS = r"(?i)\b(?:estimate|estimated|seed|seeded|synthetic|simulated|random|placeholder|interpolated|mock)\b"
"""Words by which observers mark rows that nobody was offered."""
STALE_DAYS = 120
"""After its last look a price is assumed to hold for this long."""
MIN_JUMP_LOG = 0.08
"""Smallest level shift called a break: below 8 % a change is noise of a marketplace median."""


def believed(rentals: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Rows that may enter: dated, with a source, quoted, positive, known at ``as_of``, and not generated.

    A series is generated if its rows are marked so, or if it is a list price (on demand, not a marketplace) that
    changes at nearly every observation: list prices hold for weeks, random walks do not.
    """
    rows = (
        rentals.filter(
            (pl.col("observed_at") <= as_of)
            & (pl.col("source") != "")
            & (pl.col("basis") != "assumed")
            & (pl.col("usd_per_accelerator_hour") > 0)
            & ~pl.col("note").str.contains(MARKS)
            & ~pl.col("source").str.contains(MARKS)
        )
        .with_columns(pl.col("usd_per_accelerator_hour").cast(pl.Float64))
        .sort(*SERIES, "observed_at")
    )
    rows = rows.unique([*SERIES, "observed_at"], keep="last", maintain_order=True)
    changed = (pl.col("usd_per_accelerator_hour") != pl.col("usd_per_accelerator_hour").shift()).over(SERIES)
    days = (pl.col("observed_at") - pl.col("observed_at").shift()).dt.total_days().over(SERIES)
    restless = (
        rows.with_columns(changed=changed, days=days)
        .group_by(SERIES)
        .agg(
            pl.len().alias("n"),
            pl.col("changed").sum().alias("changes"),
            pl.col("days").median().alias("days"),
            pl.col("provider_kind").first().alias("kind"),
        )
    )
    generated = restless.filter(
        (pl.col("n") >= 12)
        & (pl.col("changes") > 0.9 * (pl.col("n") - 1))
        & (pl.col("days") <= 2)
        & (pl.col("kind") != "marketplace")
        & (pl.col("term") == "on_demand")
    )
    return rows.join(generated, on=SERIES, how="anti", maintain_order="left")


def breaks(days: list[date], price: list[float], *, min_points: int = 2) -> list[dict[str, object]]:
    """Level shifts of one price series: the segmentation of log price into constant levels with the least BIC.

    Returns for each break date (first day of the new level), from_usd, to_usd, change_log. Exact dynamic programming
    over segments of at least ``min_points`` observations (Bai and Perron 1998; Yao 1988 for the criterion); shifts
    smaller than ``MIN_JUMP_LOG`` are not called breaks.
    """
    y = np.log(np.asarray(price, dtype=float))
    n = len(y)
    if n < 2 * min_points:
        return []
    total, squares = np.concatenate([[0.0], np.cumsum(y)]), np.concatenate([[0.0], np.cumsum(y * y)])

    variance = max(float(np.median(np.abs(np.diff(y)))) ** 2, 1e-4)
    penalty = 2.0 * math.log(n) * variance * 2
    best, cut = np.full(n + 1, math.inf), np.zeros(n + 1, dtype=int)
    best[0] = -penalty
    for end in range(min_points, n + 1):
        start = np.arange(end - min_points + 1)
        cost = np.maximum(squares[end] - squares[start] - (total[end] - total[start]) ** 2 / (end - start), 0.0)
        value = best[start] + cost + penalty
        cut[end] = int(np.argmin(value))
        best[end] = value[cut[end]]
    edges, at = [n], n
    while at > 0:
        at = int(cut[at])
        edges.append(at)
    edges = edges[::-1]
    levels = [float(np.median(y[a:b])) for a, b in zip(edges[:-1], edges[1:], strict=True)]
    return [
        {
            "date": days[edges[i]],
            "from_usd": math.exp(levels[i - 1]),
            "to_usd": math.exp(levels[i]),
            "change_log": levels[i] - levels[i - 1],
        }
        for i in range(1, len(levels))
        if abs(levels[i] - levels[i - 1]) >= MIN_JUMP_LOG
    ]


def series_breaks(rentals: pl.DataFrame) -> pl.DataFrame:
    """Breaks of every series with at least four observations: the series' columns, date, from_usd, to_usd, change_log."""
    schema = {c: rentals.schema[c] for c in SERIES} | {
        "date": pl.Date,
        "from_usd": pl.Float64,
        "to_usd": pl.Float64,
        "change_log": pl.Float64,
    }
    rows = []
    for key, group in rentals.sort(*SERIES, "observed_at").group_by(SERIES, maintain_order=True):
        if group.height >= 4:
            found = breaks(group["observed_at"].to_list(), group["usd_per_accelerator_hour"].cast(pl.Float64).to_list())
            rows += [dict(zip(SERIES, key, strict=True)) | b for b in found]
    return pl.DataFrame(rows, schema=schema).sort(*SERIES, "date") if rows else pl.DataFrame(schema=schema)


def current(rentals: pl.DataFrame, as_of: date, *, stale_days: int = STALE_DAYS) -> pl.DataFrame:
    """Rental price of each accelerator and term today: over providers the 10 %, 50 % and 90 % quantile of their lowest offers.

    Returns accelerator, term, low_usd_per_hour, median_usd_per_hour, high_usd_per_hour, providers_count, observed_at
    (newest). A provider counts once; prices last seen more than ``stale_days`` ago are not current.
    """
    live = (
        rentals.sort(*SERIES, "observed_at")
        .group_by(SERIES, maintain_order=True)
        .last()
        .filter((pl.lit(as_of) - pl.col("observed_at")).dt.total_days() <= stale_days)
    )
    one = live.group_by("accelerator", "term", "provider").agg(
        pl.col("usd_per_accelerator_hour").cast(pl.Float64).min(), pl.col("observed_at").max()
    )
    price = pl.col("usd_per_accelerator_hour")
    return (
        one.group_by("accelerator", "term")
        .agg(
            price.quantile(0.1, "linear").alias("low_usd_per_hour"),
            price.median().alias("median_usd_per_hour"),
            price.quantile(0.9, "linear").alias("high_usd_per_hour"),
            pl.len().alias("providers_count"),
            pl.col("observed_at").max(),
        )
        .sort("accelerator", "term")
    )


def ownership_cost(
    *,
    capex_usd: float,
    life_years: float,
    cost_of_capital: float,
    power_kw_all_in: float,
    usd_per_kwh: float,
    overhead_share: float,
    utilisation: float = 1.0,
    salvage_share: float = 0.0,
) -> dict[str, float]:
    """Cost of owning one accelerator in USD per hour sold, by component, with every assumption an argument.

    ``capex_usd`` is the accelerator with its share of host, network and building; it is repaid as an annuity over
    ``life_years`` at ``cost_of_capital`` a year less ``salvage_share``. ``power_kw_all_in`` is at the meter (PUE
    included). ``overhead_share`` of both covers staff, space and failures. Divided by the share of hours sold.
    Raises ``ValueError`` for a life or utilisation that is not positive.
    """
    if life_years <= 0 or not 0 < utilisation <= 1 or capex_usd < 0 or power_kw_all_in < 0:
        raise ValueError(f"expected positive life and a utilisation in (0, 1], found {life_years} and {utilisation}")
    years = (1 + cost_of_capital) ** -life_years
    factor = cost_of_capital / (1 - years) if cost_of_capital else 1 / life_years
    capital = (capex_usd - capex_usd * salvage_share * years) * factor / HOURS_PER_YEAR
    power = power_kw_all_in * usd_per_kwh
    overhead = overhead_share * (capital + power)
    total = (capital + power + overhead) / utilisation
    return {
        "capital_usd_per_hour": capital / utilisation,
        "power_usd_per_hour": power / utilisation,
        "overhead_usd_per_hour": overhead / utilisation,
        "total_usd_per_hour": total,
        "energy_share": power / (capital + power + overhead) if capital + power + overhead else 0.0,
    }
