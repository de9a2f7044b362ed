"""What cheaper inference means: the essay's consequences as computed facts, each listing its inputs.

Every assumption is a row (low, mode, high, source or reasoning) and is drawn from a triangular distribution in logs
(shares in plain numbers); every price is measured. A section without its inputs yields no row but the fact "not yet
measured". Belongs here: the arithmetic of consequences. Not here: prices, forecasts, or assumptions themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import polars as pl

from forecasting.consequences import facts
from forecasting.consequences.viability import DRAWS, band, drawn, seeded, viability
from forecasting.panel import listings, reference
from forecasting.panel.series import series_from_frontier
from reference import definitions
from warehouse.schema import frames

HOURS_PER_MONTH = 730.5


def wrapper_margin(assumptions: pl.DataFrame, series: pl.DataFrame, as_of: date, series_id: str | None = None) -> pl.DataFrame:
    """Table wrapper_margin: tokens a month x price of the stated quality over what the user pays, year by year."""
    rows = assumptions.filter(pl.col("section") == "wrapper_margin")
    series_id = series_id or definitions.series_id(definitions.number("consequences.threshold"))
    prices = series.filter((pl.col("unique_id") == series_id) & (pl.col("ds") <= as_of)).sort("ds")
    if rows.is_empty() or prices.is_empty():
        return frames.empty("stats.wrapper_margin")
    out = []
    for (subject,), group in rows.sort("subject").group_by(["subject"], maintain_order=True):
        have = {r["quantity"]: r for r in group.iter_rows(named=True)}
        rng = seeded(as_of, f"wrapper/{subject}")
        fee, tokens = drawn(have, "price_usd_per_month", rng), drawn(have, "tokens_per_month", rng)
        for day, price in _yearly(prices, as_of):
            share, low, high = band(tokens / 1e6 * price / fee)
            out.append(
                {
                    "application": subject,
                    "day": day,
                    "price_usd_per_month": float(np.median(fee)),
                    "model_cost_usd_per_month": float(np.median(tokens)) / 1e6 * price,
                    "model_cost_share": share,
                    "model_cost_low_share": low,
                    "model_cost_high_share": high,
                    "margin_share": 1 - share,
                    "inputs": " ".join([*group["assumption_id"].to_list(), series_id]),
                }
            )
    return frames.from_rows("stats.wrapper_margin", out)


def _yearly(prices: pl.DataFrame, as_of: date) -> list[tuple[date, float]]:
    """Price today and on the same day of each earlier year the series has."""
    out, day = [], as_of
    while day >= prices["ds"][0]:
        out.append((day, float(prices.filter(pl.col("ds") <= day)["y"][-1])))
        day = day - timedelta(days=365)
    return out


def family_ratio(prices: pl.DataFrame, scores: pl.DataFrame, models: pl.DataFrame, assumptions: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Table family_ratio: dearest against cheapest model of a family among those released in the last two years."""
    usable = listings.usable_prices(prices, as_of).filter(pl.col("last_day") == as_of)
    scale = reference.scale(definitions.text("headline.scale"))
    quality = listings.scale_scores(listings.usable_scores(scores, as_of), scale).select("model", "score")
    share = assumptions.filter(pl.col("assumption_id") == "routing.small_share")
    now = (
        usable.group_by("model")
        .agg(pl.col("price").median())
        .join(_families(models), on="model")
        .drop_nulls("family")
        .filter(pl.col("release_date").is_null() | (pl.col("release_date") >= as_of - timedelta(days=730)))
        .join(quality, on="model", how="left")
        .sort("family", "price", "model")
    )
    if now.is_empty():
        return frames.empty("stats.family_ratio")
    table = (
        now.group_by("developer", "family", maintain_order=True)
        .agg(
            pl.col("model").last().alias("large_model"),
            pl.col("model").first().alias("small_model"),
            pl.col("price").last().alias("large_usd_per_mtok"),
            pl.col("price").first().alias("small_usd_per_mtok"),
            (pl.col("score").last() - pl.col("score").first()).alias("score_gap"),
            pl.len().alias("n"),
        )
        .filter((pl.col("n") >= 2) & (pl.col("large_usd_per_mtok") > pl.col("small_usd_per_mtok")))
        .drop("n")
    )
    part = float(share["mode"][0]) if share.height else None
    return frames.conform(
        "stats.family_ratio",
        table.unique("family", keep="first", maintain_order=True).with_columns(
            (pl.col("large_usd_per_mtok") / pl.col("small_usd_per_mtok")).alias("price_ratio"),
            (pl.lit(part, pl.Float64) * (1 - pl.col("small_usd_per_mtok") / pl.col("large_usd_per_mtok"))).alias("routing_saving_share"),
            pl.format("{} {} routing.small_share", "large_model", "small_model").alias("inputs"),
        ),
    )


def _families(models: pl.DataFrame) -> pl.DataFrame:
    return models.unique("model", keep="first", maintain_order=True).select(
        "model", "developer", "family", pl.col("release_date").cast(pl.Date, strict=False)
    )


def break_even_volume(api: float, replica: np.ndarray, operations: np.ndarray, served: np.ndarray, margin: np.ndarray) -> np.ndarray:
    """Least Mtok a month at which the API bill reaches the cost of owning; infinite where it never does."""
    one = (replica + operations) / api
    with np.errstate(divide="ignore"):
        many = np.where(api > margin, operations / np.maximum(api - margin, 1e-300), np.inf)
    return np.where(one <= served, one, many)


def break_even(assumptions: pl.DataFrame, engine: pl.DataFrame | None, api_usd_per_mtok: Mapping[str, float], as_of: date) -> pl.DataFrame:
    """Table break_even. A deployment is some replicas, each accelerators x rental x overhead x hours a month, plus
    operations; at full load a replica serves throughput x seconds, of which the stated utilisation is used.

    Cost of volume V: max(one replica, V / (capacity x utilisation) replicas) + operations. Break-even is the least V at
    which the API bill reaches it: (replica + operations) / API price if one replica holds it, else operations / (API
    price - own price at the margin), else never. Throughput must be in tokens of the same mix as the API price.
    """
    rows = {r["quantity"]: r for r in assumptions.filter(pl.col("section") == "self_hosting").iter_rows(named=True)}
    if engine is None or engine.is_empty() or not rows:
        return frames.empty("stats.break_even")
    out = []
    for e in engine.sort("model", "accelerator").iter_rows(named=True):
        api = e.get("price_usd_per_mtok") or api_usd_per_mtok.get(e["model"])
        if not api or not e["throughput_tok_per_s"]:
            continue
        rng = seeded(as_of, f"host/{e['model']}/{e['accelerator']}")
        hourly = e["accelerators_count"] * e["rental_usd_per_hour"] * drawn(rows, "factor", rng)
        replica, operations = hourly * HOURS_PER_MONTH, drawn(rows, "usd_per_month", rng)
        capacity = e["throughput_tok_per_s"] * 3600 * HOURS_PER_MONTH / 1e6
        used, count = drawn(rows, "utilisation_share", rng), drawn(rows, "replicas", rng)
        margin = replica / (capacity * used)
        own = margin + operations / (count * capacity * used)
        volume = break_even_volume(api, replica, operations, capacity * used, margin)
        middle, low, high = (float(np.quantile(volume, q, method="inverted_cdf")) for q in (0.5, 0.05, 0.95))
        cheaper = float(np.mean(own < api))
        out.append(
            {
                "model": e["model"],
                "accelerator": e["accelerator"],
                "api_usd_per_mtok": float(api),
                "self_host_usd_per_mtok": float(np.median(own)),
                "utilisation_share": rows["utilisation_share"]["mode"],
                "break_even_utilisation_share": float(np.median((replica + operations / count) / api / capacity)),
                "break_even_mtok_per_month": middle if np.isfinite(middle) else None,
                "break_even_low_mtok_per_month": low if np.isfinite(low) else None,
                "break_even_high_mtok_per_month": high if np.isfinite(high) else None,
                "cheaper_share": cheaper,
                "verdict": "self-hosting" if cheaper >= 0.75 else "api" if cheaper <= 0.25 else "depends",
                "inputs": " ".join(sorted(r["assumption_id"] for r in rows.values())),
            }
        )
    return frames.from_rows("stats.break_even", out)


def jevons(assumptions: pl.DataFrame, price_factor: float | None, as_of: date) -> pl.DataFrame:
    """Table jevons: volume = price^elasticity. Rebound = extra volume over the volume that would keep spend constant."""
    rows = assumptions.filter(pl.col("quantity") == "elasticity")
    if price_factor is None or rows.is_empty() or price_factor <= 1.0:
        return frames.empty("stats.jevons")
    out = []
    for r in rows.sort("assumption_id").iter_rows(named=True):
        rng = seeded(as_of, r["assumption_id"])
        e = rng.triangular(r["low"], r["mode"], r["high"], DRAWS)
        volume = price_factor ** (-e)
        spend, low, high = band(volume / price_factor)
        centre = price_factor ** (-r["mode"])
        out.append(
            {
                "vintage": as_of,
                "subject": r["subject"],
                "elasticity": r["mode"],
                "elasticity_low": float(np.quantile(e, 0.05)),
                "elasticity_high": float(np.quantile(e, 0.95)),
                "price_factor_per_year": price_factor,
                "volume_factor_per_year": centre,
                "spend_factor_per_year": spend,
                "spend_low_factor_per_year": low,
                "spend_high_factor_per_year": high,
                "rebound_share": (centre - 1) / (price_factor - 1),
                "backfire_share": float(np.mean(volume > price_factor)),
                "inputs": f"{r['assumption_id']} price_factor_per_year",
            }
        )
    return frames.from_rows("stats.jevons", out)


def expectations(prices: pl.DataFrame, scores: pl.DataFrame, series: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Table expectations: price of the best model on sale against the cheapest of a quality fixed two years ago."""
    usable = listings.usable_prices(prices, as_of)
    scale = reference.scale(definitions.text("headline.scale"))
    quality = listings.scale_scores(listings.usable_scores(scores, as_of), scale).select("model", "score")
    if usable.is_empty() or quality.is_empty():
        return frames.empty("stats.expectations")
    on_sale = listings.each_month(usable.join(quality, on="model"), as_of)
    best = (
        on_sale.sort("month", "score", "price", "model", descending=[False, True, False, False])
        .group_by("month", "probe", maintain_order=True)
        .agg(
            pl.col("model").first().alias("best_model"),
            pl.col("price").first().alias("best_usd_per_mtok"),
            pl.col("score").first().alias("best_score"),
        )
    )
    fixed_id = definitions.series_id(definitions.number("expectations.threshold"))
    fixed = series.filter(pl.col("unique_id") == fixed_id).sort("ds").select(pl.col("ds"), pl.col("y").alias("fixed_usd_per_mtok"))
    rows = best.sort("probe").join_asof(fixed, left_on="probe", right_on="ds", strategy="backward", check_sortedness=False)
    return frames.conform(
        "stats.expectations",
        rows.select(
            pl.lit(scale["scale"]).alias("scale"),
            "month",
            "best_model",
            "best_usd_per_mtok",
            "best_score",
            "fixed_usd_per_mtok",
            (pl.col("best_usd_per_mtok") / pl.col("fixed_usd_per_mtok")).alias("ratio_best_to_fixed"),
            pl.format("{} {}", "best_model", pl.lit(fixed_id)).alias("inputs"),
        ),
    )


def build(
    applications: pl.DataFrame,
    assumptions: pl.DataFrame,
    frontier_price: pl.DataFrame,
    prices: pl.DataFrame,
    scores: pl.DataFrame,
    models: pl.DataFrame,
    engine: pl.DataFrame,
    as_of: date,
) -> dict[str, pl.DataFrame]:
    """The essay's consequences: what_it_means (facts), viability, break_even, wrapper_margin, family_ratio, jevons,
    expectations, from the core tables application, assumption, input_price, input_score, input_model, input_engine and
    stats.frontier_price. A section without its inputs says 'not yet measured'.
    """
    series = series_from_frontier(frontier_price)
    usable = listings.usable_prices(prices, as_of).filter(pl.col("last_day") == as_of)
    api = dict(usable.group_by("model").agg(pl.col("price").min()).iter_rows())
    tables = {
        "family_ratio": family_ratio(prices, scores, models, assumptions, as_of),
        "viability": viability(applications, series, as_of) if series.height else frames.empty("stats.viability"),
        "wrapper_margin": wrapper_margin(assumptions, series, as_of),
        "break_even": break_even(assumptions, engine, api, as_of),
        "jevons": jevons(assumptions, _price_factor(frontier_price, as_of), as_of),
        "expectations": expectations(prices, scores, series, as_of),
    }
    return {**tables, "what_it_means": facts.collect(tables, as_of)}


def _price_factor(frontier_price: pl.DataFrame, as_of: date) -> float | None:
    """Median over primary-scale frontiers of how many times the price fell over the last 365 days, if it fell."""
    rows = frontier_price.filter(
        (pl.col("provider_tier") == "all")
        & (pl.col("scale") == definitions.text("headline.scale"))
        & pl.col("price_usd_per_mtok").is_not_null()
        & (pl.col("day") <= as_of)
    ).sort("series_id", "day")
    start = as_of - timedelta(days=365)
    before = rows.filter(pl.col("day") <= start).group_by("series_id").agg(pl.col("price_usd_per_mtok").last().alias("a"))
    after = rows.group_by("series_id").agg(pl.col("price_usd_per_mtok").last().alias("b"))
    ratio = before.join(after, on="series_id").select((pl.col("a") / pl.col("b")).median())
    value = ratio.item() if ratio.height else None
    return None if value is None else float(value)
