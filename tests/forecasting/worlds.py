"""Simulated worlds with known truth, shared by the recovery tests: no test lives here."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

START = date(2023, 7, 1)


def listings_world(
    rng: np.random.Generator, factor: float, factor_after: float | None = None, months: int = 36, families: int = 40
) -> pl.DataFrame:
    """Rows in the shape of ``listings.monthly``: price falls ``factor`` times a year at fixed quality (and
    ``factor_after`` times from the middle), with model effects shared inside a family. Models enter through time."""
    rows = []
    for f in range(families):
        family = 0.4 * rng.standard_normal()
        for m in range(2):
            entry = int(rng.integers(0, months - 3))
            effect = family + 0.3 * rng.standard_normal()
            quality = 0.04 * entry + rng.standard_normal()
            for k in range(entry, min(entry + 12, months)):
                t = k / 12
                half = months / 24
                slope = -np.log(factor)
                later = -np.log(factor_after if factor_after else factor)
                level = slope * min(t, half) + later * max(t - half, 0)
                rows.append(
                    (
                        f"m{f}-{m}",
                        _month(k),
                        23.5 + t,
                        level + 0.9 * quality + effect + 0.05 * rng.standard_normal(),
                        quality,
                        (k - entry) / 12,
                        0.0,
                        f"f{f}",
                        k == entry,
                    )
                )
    names = ["model", "month", "years", "log_price", "quality", "age_years", "open", "cluster", "launch"]
    return pl.DataFrame(rows, schema=names, orient="row").sort("month", "model")


def _month(k: int) -> date:
    return date(2023 + (6 + k) // 12, (6 + k) % 12 + 1, 1)


def price_panel(rng: np.random.Generator, n: int = 24, months: int = 30, rate: float = 1.0, floor: float = 0.02) -> pl.DataFrame:
    """unique_id, ds, y: prices that jump toward ``floor`` at ``rate`` per year, with common and own jumps."""
    rows = []
    common = rng.gamma(rate / 12 / 0.5, 0.5, months) * 0.5
    for i in range(n):
        gap = np.log(float(rng.uniform(2, 40)) / floor)
        for k in range(months):
            rows.append((f"s{i:02d}", START + timedelta(days=30 * k), float(floor * np.exp(gap))))
            gap *= float(np.exp(-0.5 * common[k] - 0.5 * rng.gamma(rate / 12 / 0.5, 0.5)))
            if rng.random() < 0.1:
                gap += 0.2 * rng.standard_normal()
    return pl.DataFrame(rows, schema=["unique_id", "ds", "y"], orient="row")


def repriced_panel(rng: np.random.Generator, hazard: float, n: int = 30, months: int = 30) -> pl.DataFrame:
    """unique_id, ds, y: prices repriced ``hazard`` times a year (gamma-mixed as the model has it), each closing about
    30 % of the log gap to 0.02."""
    rows = []
    for i in range(n):
        own, gap = hazard * rng.gamma(2.0, 0.5), float(rng.uniform(2, 6))
        for k in range(months):
            rows.append((f"s{i:02d}", START + timedelta(days=30 * k), float(0.02 * np.exp(gap))))
            for _ in range(rng.poisson(own / 12)):
                gap = gap * float(np.exp(-rng.gamma(1.0, 0.35))) + 0.1 * rng.standard_normal()
    return pl.DataFrame(rows, schema=["unique_id", "ds", "y"], orient="row")


def market(as_of: date = date(2026, 9, 1), models: int = 40, seed: int = 7) -> tuple[pl.DataFrame, ...]:
    """A small market as the daily job sees it: prices (intervals), scores, models."""
    rng = np.random.default_rng(seed)
    prices, scores, known = [], [], []
    for m in range(models):
        release = date(2024, 1, 1) + timedelta(days=int(rng.integers(0, 900)))
        quality = float(np.clip(25 + 0.06 * (release - date(2024, 1, 1)).days + 15 * rng.standard_normal(), 5, 97))
        known.append((f"m{m}", f"dev{m % 6}", f"fam{m % 12}", release, bool(m % 3 == 0)))
        for bench in ("GPQA-Diamond", "MMLU", "HLE"):
            scores.append((f"m{m}", bench, "v1", float(np.clip(quality + 5 * rng.standard_normal(), 1, 99)), release, "s"))
        for p in range(int(rng.integers(1, 4))):
            start, price = (
                release + timedelta(days=int(rng.integers(0, 20))),
                float(np.exp(0.04 * quality - 0.7 * (release - date(2024, 1, 1)).days / 365 + 0.4 * rng.standard_normal())),
            )
            while start < as_of:
                end = start + timedelta(days=int(rng.integers(60, 300)))
                open_end = end >= as_of
                prices.append(
                    (
                        f"o{m}-{p}",
                        f"m{m}",
                        f"prov{p}",
                        "first_party" if p == 0 else "host",
                        price,
                        4 * price,
                        None,
                        start,
                        None if open_end else end - timedelta(days=1),
                        start,
                        "s",
                    )
                )
                start, price = end, price * float(np.exp(-abs(0.2 * rng.standard_normal())))
    return (
        pl.DataFrame(
            prices,
            orient="row",
            schema={
                "offer_id": pl.String,
                "model": pl.String,
                "provider": pl.String,
                "provider_tier": pl.String,
                "price_input_usd_per_mtok": pl.Float64,
                "price_output_usd_per_mtok": pl.Float64,
                "price_cached_usd_per_mtok": pl.Float64,
                "valid_from": pl.Date,
                "valid_to": pl.Date,
                "observed_at": pl.Date,
                "source": pl.String,
            },
        ),
        pl.DataFrame(scores, orient="row", schema=["model", "benchmark", "benchmark_version", "score", "as_of", "source"]),
        pl.DataFrame(known, orient="row", schema=["model", "developer", "family", "release_date", "open_weights"]),
    )
