"""Priors with a date: what was known about rate and spread before a given day, and never anything later.

``priors.csv`` has one row per vintage. The first is declared, not estimated; the others are estimated by
``fit_vintage`` from the packaged panel cut at that day, with scores published by that day. A forecast as of t
uses the newest row with vintage <= t, so a packaged prior cannot carry later knowledge into an earlier day.
"""

from __future__ import annotations

from datetime import date
from importlib.resources import files

import polars as pl

from forecasting.forecast.pooled import Prior, fit
from forecasting.panel.series import prepare

DECLARED = Prior()
MAX_WEIGHT = 16.0


def read() -> pl.DataFrame:
    """The packaged vintages: vintage, rate_per_year, spread_per_root_year, weight, basis."""
    text = files("forecasting.panel").joinpath("priors.csv").read_bytes()
    return pl.read_csv(text, try_parse_dates=True).sort("vintage")


def at(as_of: date, vintages: pl.DataFrame | None = None) -> Prior:
    """The newest prior whose vintage is on or before ``as_of``; the declared one before all of them."""
    known = (read() if vintages is None else vintages).filter(pl.col("vintage") <= as_of).sort("vintage")
    if known.is_empty():
        return DECLARED
    row = known.row(-1, named=True)
    return Prior(row["rate_per_year"], row["spread_per_root_year"], row["weight"])


def fit_vintage(panel: pl.DataFrame, vintage: date) -> dict[str, object]:
    """One row of ``priors.csv``: fitted to the rows of ``panel`` (unique_id, ds, y, known_from) known at ``vintage``.

    ``known_from`` is the day both the price and the score behind it were published.
    """
    known = panel.filter(pl.col("known_from") <= vintage)
    p = fit(prepare(known, vintage).series, DECLARED)
    return {
        "vintage": vintage, "rate_per_year": p.rate, "spread_per_root_year": p.spread,
        "weight": min(MAX_WEIGHT, DECLARED.weight * 2),
        "basis": f"fitted to {known['unique_id'].n_unique()} frontier series, {p.pairs} pairs",
    }
