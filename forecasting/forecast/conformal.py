"""Conformal calibration in log space: widen or narrow each side of a forecast until past outcomes fit.

Conformity of a past pair = distance of the outcome from the median in units of the model's own half-width of
the 90 % interval, one for each side; the 95 % quantile of these is the factor. Scores are pooled over series
inside an origin and only the last ``ORIGINS`` origins count (Romano, Patterson, Candes 2019, asymmetric form).
Origins overlap, so the factor is shrunk to 1 by the number of origins that do not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from forecasting.forecast import past, repricing
from forecasting.forecast.quantiles import of_draws
from forecasting.panel.series import PriceSeries
from units.constants import DAYS_PER_YEAR

ORIGINS = 26
SHRINK_ORIGINS = 4.0
"""So many non-overlapping origins move the factor half of the way."""
BOUNDS = (0.85, 1.6)
THINNEST = 0.02


def factors(series: Sequence[PriceSeries], p: repricing.Parameters, horizons_days: Sequence[int]) -> np.ndarray:
    """Factor for the lower and the upper side at each horizon, shape (horizons, 2); 1 where nothing is known."""
    out = np.ones((len(horizons_days), 2))
    for k, days in enumerate(horizons_days):
        pairs = past.pairs(series, (days,))
        month = np.round(pairs.age_years * 12)
        pairs = pairs.take(np.isin(month, np.unique(month)[:ORIGINS]))
        if not len(pairs):
            continue
        independent = len(np.unique(month)[:ORIGINS]) * 30 / max(days, 30)
        at = pairs.start
        q = of_draws(repricing.draws(at, days / DAYS_PER_YEAR, p)) - at.log_price[:, None]
        below = (q[:, 9] - pairs.change) / np.maximum(q[:, 9] - q[:, 0], THINNEST)
        above = (pairs.change - q[:, 9]) / np.maximum(q[:, 18] - q[:, 9], THINNEST)
        trust = independent / (independent + SHRINK_ORIGINS)
        for side, score in enumerate((below, above)):
            out[k, side] = np.exp(trust * np.log(np.clip(np.quantile(score, 0.95), *BOUNDS)))
    return out


def apply(quantiles: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """Scale log quantiles (series, horizons, 19) about their medians by ``factor`` (horizons, 2)."""
    median = quantiles[:, :, 9:10]
    off = quantiles - median
    return median + off * np.where(off < 0, factor[None, :, 0:1], factor[None, :, 1:2])
