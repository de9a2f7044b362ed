"""The main forecasting model: a price jumps toward a floor at a rate shared by all series.

With x = log price, phi = log floor and H = horizon in years, the log gap shrinks by a gamma subordinator and a
heavy-tailed reverting noise is added::

    x(t+H) = phi + (x(t) - phi) exp(-L) + e,  L ~ Gamma(mean rate*H, scale jump_size),
    e ~ spread * sqrt((1 - exp(-2 q H)) / (2 q)) * t_4 / sqrt(2),  q = NOISE_REVERSION_PER_YEAR

It is the floor-constrained life cycle of the method page (an Ornstein-Uhlenbeck process whose mean reversion
comes in jumps): early in a capability's life the gap and so the fall is large, near the floor it stops. With
probability exp(-REPRICINGS_PER_YEAR * H) nothing is repriced at all. ``rate`` and ``spread`` are fitted to all
series of the input together, by the loss the forecasts are judged by (mean quantile loss over past pairs of
days), with a penalty that draws them to a prior of an earlier vintage (:mod:`forecasting.priors`).

Belongs here: the predictive distribution and its fit. Not here: calibration (``conformal``), rivals
(``candidates``), scoring.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from forecasting.panel.series import PriceSeries

DAYS_PER_YEAR = 365.25
QUANTILES = np.round(np.arange(1, 20) * 0.05, 2)
DEFAULT_FLOOR_USD_PER_MTOK = 0.02
"""Where declines stopped (FORECASTING 9), and what a GPU-hour costs at a small model's full throughput:
2 USD/h over 3600 s x 28,000 tok/s. Used only for series without a floor of their own."""
JUMP_SIZE = 0.5
REPRICINGS_PER_YEAR = 8.0
NOISE_REVERSION_PER_YEAR = 3.0
"""How fast promotions, hosts that leave and other noise around the path fade."""
RATE_SPREAD_LOG = 0.3
"""Log-sd of one series' rate around the pooled rate."""
STEPS = np.array([0.12, 0.2, 0.35, 0.5, 0.7, 0.85, 1.0, 1.15, 1.3, 1.6, 2.0, 2.6])
"""Search grid of rate and spread, as multiples of the prior's."""
FIT_HORIZONS_DAYS = (60, 120, 240, 365)
MAX_PAIRS = 2000


@dataclass(frozen=True)
class Prior:
    """Centre and strength of the penalty: ``rate`` per year, ``spread`` per root year, ``weight`` in pseudo-losses."""

    rate: float = 0.8
    spread: float = 2.1
    weight: float = 8.0


@dataclass(frozen=True)
class Parameters:
    """Fitted parameters; ``pairs`` is how many past pairs they rest on (0: prior alone)."""

    rate: float
    spread: float
    pairs: int = 0


@cache
def _plan(size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Low-discrepancy draws, the same every time: uniform, t_4/sqrt 2, normal, uniform; each of ``size``."""
    from scipy import stats

    u = np.clip(stats.qmc.Sobol(4, scramble=True, rng=np.random.default_rng(3)).random(size), 1e-4, 1 - 1e-4)
    return u[:, 0], stats.t.ppf(u[:, 1], 4) / np.sqrt(2), stats.norm.ppf(u[:, 2]), u[:, 3]


def _kernel(years: float, p: Parameters, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draws for one horizon: remaining share of the gap, additive noise, whether anything was repriced."""
    from scipy import special

    jump, tail, series_rate, idle = _plan(size)
    rate = p.rate * np.exp(RATE_SPREAD_LOG * series_rate - RATE_SPREAD_LOG**2 / 2)
    fall = special.gammaincinv(np.maximum(rate * years / JUMP_SIZE, 1e-3), jump) * JUMP_SIZE
    noise = p.spread * np.sqrt(-np.expm1(-2 * NOISE_REVERSION_PER_YEAR * years) / (2 * NOISE_REVERSION_PER_YEAR)) * tail
    return np.exp(-fall), noise, idle < -np.expm1(-REPRICINGS_PER_YEAR * years)


def attractor(one: PriceSeries) -> float:
    """Log of the price a series is drawn to: its own floor or the default, whichever is higher.

    A floor is a bound, not a destination: a hard floor far below the default does not pull further. A series
    whose prices lie below the default is drawn to at most twice its lowest price.
    """
    phi = np.log(DEFAULT_FLOOR_USD_PER_MTOK)
    if one.log_floor is not None:
        phi = max(phi, one.log_floor)
    return float(min(phi, one.log_price.min() + np.log(2.0)))


def draws(last: np.ndarray, phi: np.ndarray, years: float, p: Parameters, size: int = 512) -> np.ndarray:
    """Predictive draws of log price, shape (series, size), for log prices ``last`` and log floors ``phi``."""
    remaining, noise, moved = _kernel(years, p, size)
    x = phi[:, None] + (last - phi)[:, None] * remaining[None, :] + noise[None, :]
    return np.where(moved[None, :], x, last[:, None])


def quantiles(last: np.ndarray, phi: np.ndarray, horizons_days: Sequence[int], p: Parameters,
              levels: np.ndarray = QUANTILES, size: int = 512) -> np.ndarray:
    """Predictive quantiles of log price, shape (series, horizons, levels)."""
    out = np.empty((len(last), len(horizons_days), len(levels)))
    position = levels * size - 0.5
    low = np.clip(np.floor(position).astype(int), 0, size - 2)
    part = np.clip(position - low, 0.0, 1.0)
    for k, days in enumerate(horizons_days):
        x = np.sort(draws(last, phi, days / DAYS_PER_YEAR, p, size), axis=1)
        out[:, k] = x[:, low] * (1 - part) + x[:, low + 1] * part
    return out


def past_pairs(series: Sequence[PriceSeries], horizons_days: Sequence[int] = FIT_HORIZONS_DAYS) -> np.ndarray:
    """All (start, end) pairs of one series about a horizon apart: columns log start, log end, years, phi, end day.

    The end is the last observation within 15 days of the horizon; at most ``MAX_PAIRS`` rows, evenly thinned.
    """
    rows = []
    for one in series:
        phi = attractor(one)
        for h in horizons_days:
            end = np.searchsorted(one.day, one.day + h + 15, side="right") - 1
            start = np.arange(len(one.day))
            ok = (end > start) & (one.day[-1] >= one.day + h - 15)
            if ok.any():
                i, j = start[ok], end[ok]
                years = (one.day[j] - one.day[i]) / DAYS_PER_YEAR
                rows.append(np.column_stack([one.log_price[i], one.log_price[j], years,
                                             np.full(len(i), phi), one.day[j].astype(float)]))
    if not rows:
        return np.empty((0, 5))
    pairs = np.concatenate(rows)
    if len(pairs) > MAX_PAIRS:
        pairs = pairs[np.linspace(0, len(pairs) - 1, MAX_PAIRS).astype(int)]
    return pairs


def quantile_loss(actual: np.ndarray, predicted: np.ndarray, levels: np.ndarray = QUANTILES) -> np.ndarray:
    """Mean over levels of twice the pinball loss (an estimate of CRPS): ``actual`` (n), ``predicted`` (n, levels)."""
    miss = actual[..., None] - predicted
    return np.mean(2 * np.maximum(levels * miss, (levels - 1) * miss), axis=-1)


def _mean_loss(groups: list[tuple[float, np.ndarray]], p: Parameters) -> float:
    index = np.clip((QUANTILES * 128).astype(int), 0, 127)
    total, n = 0.0, 0
    for years, rows in groups:
        x = np.sort(draws(rows[:, 0], rows[:, 3], years, p, 128), axis=1)[:, index]
        total += float(quantile_loss(rows[:, 1], x).sum())
        n += len(rows)
    return total / n


def fit(series: Sequence[PriceSeries], prior: Prior) -> Parameters:
    """Fit rate and spread to all series together; without any past pair the prior is returned.

    Coordinate search on the declared grids, two passes, minimising mean quantile loss plus
    weight / (number of distinct end days) * squared log distance to the prior: the number of independent
    origins, not of overlapping rows, decides how far the data move the prior.
    """
    start = Parameters(prior.rate, prior.spread)
    pairs = past_pairs(series)
    if not len(pairs):
        return start
    month = np.maximum(np.round(pairs[:, 2] * 24), 1) / 24
    groups = [(float(m), pairs[month == m]) for m in np.unique(month)]
    origins = len(np.unique(np.round(pairs[:, 4] / 30)))

    def cost(p: Parameters) -> float:
        far = (np.log(p.rate / prior.rate) ** 2 + np.log(p.spread / prior.spread) ** 2) / (2 * 0.4**2)
        return _mean_loss(groups, p) + 0.25 * prior.weight / origins * far

    best = start
    for _ in range(2):
        best = min((replace(best, rate=float(v)) for v in prior.rate * STEPS), key=cost)
        best = min((replace(best, spread=float(v)) for v in prior.spread * STEPS), key=cost)
    return replace(best, pairs=len(pairs))
