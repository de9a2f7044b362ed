"""Priors with a date: what was known about repricings before a given day, and never anything later.

``priors.csv`` has one row per vintage. The first is declared, not estimated; the others are estimated by
``estimate`` from the packaged panels cut at that day, with scores published by that day. A forecast as of t
uses the newest row with vintage <= t, so a packaged prior cannot carry later knowledge into an earlier day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from importlib.resources import files

import numpy as np
import polars as pl

from forecasting.forecast.fitting import fit
from forecasting.forecast.repricing import Parameters, Prior
from forecasting.panel.series import BadSeries, prepare

DECLARED = Prior()
DECLARED_PANELS = 3.0
"""The declared prior counts as so many panels beside the estimated ones."""
MIN_PAIRS = 50


def read() -> pl.DataFrame:
    """The packaged vintages: vintage, hazard_per_year, closing_log, spread_log, weight, evidence_months, basis."""
    text = files("forecasting.forecast").joinpath("priors.csv").read_bytes()
    return pl.read_csv(text, try_parse_dates=True).sort("vintage")


def at(as_of: date, vintages: pl.DataFrame | None = None) -> Prior:
    """The newest prior whose vintage is on or before ``as_of``; the declared one before all of them."""
    known = (read() if vintages is None else vintages).filter(pl.col("vintage") <= as_of).sort("vintage")
    if known.is_empty():
        return DECLARED
    row = known.row(-1, named=True)
    return Prior(row["hazard_per_year"], row["closing_log"], row["spread_log"], row["weight"], row["evidence_months"])


def fitted(panels: pl.DataFrame, vintage: date) -> dict[str, Parameters]:
    """Parameters of each panel (panel, unique_id, ds, y, known_from) from the rows known at ``vintage``; a panel with
    fewer than ``MIN_PAIRS`` past pairs is left out. ``known_from``: the day price and score were both public.
    """
    found = {}
    for (name,), rows in panels.filter(pl.col("known_from") <= vintage).sort("panel").group_by(["panel"], maintain_order=True):
        try:
            p = fit(prepare(rows, vintage).series, DECLARED)
        except BadSeries:
            continue
        if p.pairs >= MIN_PAIRS:
            found[str(name)] = p
    return found


def estimate(panels: pl.DataFrame, vintage: date) -> Prior:
    """The prior that ``panels`` give at ``vintage``: mean of logs over panels, the declared one counted in."""
    return _pooled(fitted(panels, vintage).values())


def _pooled(fits: Iterable[Parameters]) -> Prior:
    found = list(fits)

    def mean(name: str) -> float:
        logs = [np.log(getattr(p.main, name)) for p in found]
        total = np.sum(logs) + DECLARED_PANELS * np.log(getattr(DECLARED, name))
        return float(np.exp(total / (len(logs) + DECLARED_PANELS)))

    return Prior(mean("hazard"), mean("closing"), mean("spread"), DECLARED.weight, sum(p.months for p in found))


class LeftOut:
    """Priors that all panels but one give, each panel fitted once per vintage whichever is left out."""

    def __init__(self, panels: pl.DataFrame) -> None:
        self._rows = {str(name): rows for (name,), rows in panels.sort("panel").group_by(["panel"], maintain_order=True)}
        self._fits: dict[tuple[str, date], dict[str, Parameters]] = {}

    def without(self, left_out: str, vintage: date) -> Prior:
        """The prior of ``vintage`` from every panel but ``left_out``: what :func:`estimate` gives on the others."""
        for name, rows in self._rows.items():
            if name != left_out and (name, vintage) not in self._fits:
                self._fits[name, vintage] = fitted(rows, vintage)
        return _pooled(p for name in self._rows if name != left_out for p in self._fits[name, vintage].values())
