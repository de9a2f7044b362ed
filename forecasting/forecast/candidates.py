"""The model of record and its rivals: every forecasting rule that is in use, behind one signature.

A candidate takes series, cutoff day, horizons and the fitted pooled parameters and gives log quantiles of shape
(series, horizons, 19). None of them may look at anything but the series it is given. Belongs here: their
formulas. Not here: which one is believed (``champion``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from forecasting.estimators.decline import farmer_lafond_a
from forecasting.forecast import conformal, past, repricing
from forecasting.forecast.quantiles import QUANTILES
from forecasting.panel.series import PriceSeries, log_floors
from units.constants import DAYS_PER_YEAR

POOLED_VOLATILITY_DAYS = 30
THETA = 0.63
"""Farmer & Lafond's pooled moving-average parameter."""


def _shape(series: Sequence[PriceSeries], horizons_days: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    last = np.array([s.last for s in series])
    return last, np.asarray(horizons_days, float) / DAYS_PER_YEAR


def _location_scale(centre: np.ndarray, scale: np.ndarray, degrees: float) -> np.ndarray:
    from scipy import stats

    return centre[:, :, None] + scale[:, :, None] * stats.t.ppf(QUANTILES, degrees)


def _volatility(series: Sequence[PriceSeries]) -> float:
    """Pooled volatility per root year of a driftless walk, with a prior of .8 worth one series-year."""
    total, span = 0.8**2, 1.0
    for s in series:
        total += float(np.sum(np.diff(s.log_price) ** 2))
        span += float(s.day[-1] - s.day[0]) / DAYS_PER_YEAR
    return float(np.sqrt(total / span))


def _drift(s: PriceSeries, cutoff_day: int) -> float:
    """Drift per year, over at least half a year so that one early cut is not extrapolated to nothing."""
    span = max((cutoff_day - int(s.day[0])) / DAYS_PER_YEAR, 0.5)
    return (s.last - float(s.log_price[0])) / span


def no_change(series, cutoff_day, horizons_days, p):
    """The price stays: every quantile is the last price. The bar every model has to clear."""
    last, years = _shape(series, horizons_days)
    return np.broadcast_to(last[:, None, None], (len(last), len(years), len(QUANTILES))).copy()


def random_walk(series, cutoff_day, horizons_days, p):
    """No change with the pooled volatility: the fair probabilistic version of the bar."""
    last, years = _shape(series, horizons_days)
    scale = np.broadcast_to(_volatility(series) * np.sqrt(years), (len(last), len(years)))
    return _location_scale(np.broadcast_to(last[:, None], scale.shape), scale, 5)


def drift(series, cutoff_day, horizons_days, p):
    """Random walk with each series' own drift since its first day."""
    last, years = _shape(series, horizons_days)
    mu = np.array([_drift(s, cutoff_day) for s in series])
    span = np.array([max((cutoff_day - int(s.day[0])) / DAYS_PER_YEAR, 0.5) for s in series])
    scale = _volatility(series) * np.sqrt(years + np.square(years)[None, :] / span[:, None])
    return _location_scale(last[:, None] + mu[:, None] * years, scale, 5)


def farmer_lafond(series, cutoff_day, horizons_days, p):
    """IMA(1,1) with theta = .63 on steps of 30 days."""
    last, _ = _shape(series, horizons_days)
    tau = np.asarray(horizons_days, float) / POOLED_VOLATILITY_DAYS
    mu = np.array([_drift(s, cutoff_day) for s in series]) * POOLED_VOLATILITY_DAYS / DAYS_PER_YEAR
    m = np.array([max((cutoff_day - int(s.day[0])) // POOLED_VOLATILITY_DAYS, 6) for s in series])
    sigma2 = _volatility(series) ** 2 * POOLED_VOLATILITY_DAYS / DAYS_PER_YEAR / (1 + THETA**2)
    scale = np.sqrt(np.array([sigma2 * farmer_lafond_a(THETA, int(k), tau) for k in m]))
    return _location_scale(last[:, None] + mu[:, None] * tau, scale, 5)


def ols_trend(series, cutoff_day, horizons_days, p):
    """Ordinary least squares line through the whole past, extrapolated: what most headlines do."""
    last, years = _shape(series, horizons_days)
    centre, scale = np.empty((len(last), len(years))), np.empty((len(last), len(years)))
    for i, s in enumerate(series):
        t = (s.day - cutoff_day) / DAYS_PER_YEAR
        if len(t) < 3:
            centre[i], scale[i] = s.last, 0.8 * np.sqrt(years)
            continue
        b, a = np.polyfit(t, s.log_price, 1)
        residual = s.log_price - a - b * t
        sigma2 = float(residual @ residual) / (len(t) - 2)
        spread = float(np.sum((t - t.mean()) ** 2))
        centre[i] = a + b * years
        scale[i] = np.sqrt(sigma2 * (1 + 1 / len(t) + (years - t.mean()) ** 2 / spread))
    return _location_scale(centre, np.maximum(scale, 1e-9), 5)


def ten_times_rule(series, cutoff_day, horizons_days, p):
    """Ten times cheaper every year, with the pooled volatility."""
    last, years = _shape(series, horizons_days)
    scale = np.broadcast_to(_volatility(series) * np.sqrt(years), (len(last), len(years)))
    return _location_scale(last[:, None] - np.log(10.0) * years, scale, 5)


def repricing_mixture(series, cutoff_day, horizons_days, p):
    """Unchanged, or repriced toward the panel's low: the pooled model with calibrated sides, never below a floor."""
    at = past.states(series, cutoff_day)
    floor = log_floors(series)
    raw = repricing.quantiles(at, [days / DAYS_PER_YEAR for days in horizons_days], p, floor)
    calibrated = conformal.apply(raw, conformal.factors(series, p, horizons_days))
    return np.maximum(calibrated, np.minimum(floor, at.log_price)[:, None, None])


def combination(series, cutoff_day, horizons_days, p):
    """Equal-weight average of the quantiles of no change and of the mixture."""
    parts = [f(series, cutoff_day, horizons_days, p) for f in (no_change, repricing_mixture)]
    return np.mean(parts, axis=0)


Candidate = Callable[[Sequence[PriceSeries], int, Sequence[int], repricing.Parameters], np.ndarray]

CANDIDATES: dict[str, Candidate] = {
    f.__name__: f for f in (no_change, random_walk, drift, farmer_lafond, ols_trend, ten_times_rule, repricing_mixture, combination)
}

INCUMBENT = "repricing_mixture"
"""Declared champion; see docs/method/forecasting.md for the backtest it was chosen by, ``track_record.champion`` for the rule."""
