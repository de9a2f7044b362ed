"""Which model is the forecast of record, and the rule by which that changes.

The incumbent keeps its place unless, over at least ``MIN_ORIGINS`` resolved origins, a rival's mean CRPS is at
least ``MARGIN`` lower and a Diebold-Mariano test with origins as units gives p < ``ALPHA``; and the title has
been held for a quarter. A change is announced in CHANGELOG under data changes. (The GDPNow habit: a frozen model
with announced changes, so that a track record belongs to something.)
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from forecasting.forecast.candidates import INCUMBENT
from forecasting.track_record import scoring

MIN_ORIGINS = 12
MARGIN = 0.05
ALPHA = 0.10
MIN_TENURE_DAYS = 91


def choose(
    mean_crps: dict[str, float],
    p_values: dict[str, float],
    origins: int,
    incumbent: str = INCUMBENT,
    held_since: date | None = None,
    as_of: date | None = None,
) -> tuple[str, str]:
    """The champion and the reason, from mean CRPS per model and DM p-values of each rival against the incumbent."""
    if origins < MIN_ORIGINS:
        return incumbent, f"{incumbent} stays: {origins} resolved origins, a change needs {MIN_ORIGINS}."
    if held_since is not None and as_of is not None and (as_of - held_since).days < MIN_TENURE_DAYS:
        return incumbent, f"{incumbent} stays: it became champion less than a quarter ago."
    best = min(sorted(mean_crps), key=lambda m: mean_crps[m])
    if best == incumbent or mean_crps[best] > (1 - MARGIN) * mean_crps[incumbent]:
        return incumbent, f"{incumbent} stays: no rival is {MARGIN:.0%} better."
    if p_values.get(best, 1.0) >= ALPHA:
        return incumbent, f"{incumbent} stays: {best} is better, but not beyond chance (p {p_values.get(best, 1):.2f})."
    return best, f"{best} replaces {incumbent}: CRPS {mean_crps[best]:.3f} against {mean_crps[incumbent]:.3f}."


def review(scored: pl.DataFrame, incumbent: str = INCUMBENT, held_since: date | None = None, as_of: date | None = None) -> tuple[str, str]:
    """``choose`` from scored forecasts (model, vintage, horizon_days, crps_log): track record or backtest.

    A model's loss at an origin is its mean CRPS over series and horizons; only origins that every model has count. The
    test allows for the overlap of the longest horizon.
    """
    per_origin = (
        scored.group_by("model", "vintage")
        .agg(pl.col("crps_log").mean())
        .pivot("model", index="vintage", values="crps_log")
        .drop_nulls()
        .sort("vintage")
    )
    if incumbent not in per_origin.columns or per_origin.is_empty():
        return incumbent, f"{incumbent} stays: nothing is resolved yet."
    day = np.array([d.toordinal() for d in per_origin["vintage"]])
    overlap = int(np.max(np.searchsorted(day, day + max(scored["horizon_days"].to_list())) - np.arange(len(day))))
    bar = per_origin[incumbent].to_numpy()
    rivals = [m for m in per_origin.columns if m not in ("vintage", incumbent)]
    p = {m: scoring.diebold_mariano(per_origin[m].to_numpy(), bar, overlap)[1] for m in rivals}
    mean = {m: float(per_origin[m].to_numpy().mean()) for m in [incumbent, *rivals]}
    return choose(mean, p, len(day), incumbent, held_since, as_of)
