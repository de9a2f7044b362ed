"""Conformal calibration in log space: widen or narrow each side of a forecast until past outcomes fit.

Conformity of a past pair = distance of the outcome from the median in units of the model's own half-width of
the 90 % interval, one for each side; the 95 % quantile of these is the factor. Scores are pooled over series
inside an origin and only the last ``ORIGINS`` origins count (Romano, Patterson, Candes 2019, asymmetric form).
Origins overlap, so the factor is shrunk to 1 by the number of origins that do not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from forecasting.forecast import pooled
from forecasting.panel.series import PriceSeries

ORIGINS = 26
SHRINK_ORIGINS = 4.0
"""So many non-overlapping origins move the factor half of the way."""
BOUNDS = (0.5, 1.6)


def factors(series: Sequence[PriceSeries], p: pooled.Parameters, horizons_days: Sequence[int]) -> np.ndarray:
    """Factor for the lower and the upper side at each horizon, shape (horizons, 2); 1 where nothing is known."""
    out = np.ones((len(horizons_days), 2))
    for k, days in enumerate(horizons_days):
        pairs = pooled.past_pairs(series, (days,))
        if not len(pairs):
            continue
        origin = np.round(pairs[:, 4] / 30)
        pairs = pairs[np.isin(origin, np.unique(origin)[-ORIGINS:])]
        independent = len(np.unique(np.round(pairs[:, 4] / 30))) * 30 / max(days, 30)
        q = pooled.quantiles(pairs[:, 0], pairs[:, 3], (days,), p)[:, 0]
        median = q[:, 9]
        below = (median - pairs[:, 1]) / np.maximum(median - q[:, 0], 0.02)
        above = (pairs[:, 1] - median) / np.maximum(q[:, 18] - median, 0.02)
        trust = independent / (independent + SHRINK_ORIGINS)
        for side, score in enumerate((below, above)):
            out[k, side] = np.exp(trust * np.log(np.clip(np.quantile(score, 0.95), *BOUNDS)))
    return out


def apply(quantiles: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """Scale log quantiles (series, horizons, 19) about their medians by ``factor`` (horizons, 2)."""
    median = quantiles[:, :, 9:10]
    off = quantiles - median
    return median + off * np.where(off < 0, factor[None, :, 0:1], factor[None, :, 1:2])
