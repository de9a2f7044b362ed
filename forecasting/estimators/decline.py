"""Rates of decline of one series: log-linear with HAC errors, random walk with drift, Farmer-Lafond, Wright.

Belongs here: estimators of one number and its interval from dates and logs. Not here: forecasts of the future
price (``candidates``), indices, tests of acceleration. A rate is a factor per year, exp(-365.25 * slope per
day): 10 means ten times cheaper after a year.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Rate:
    """``slope`` (log per year) with ``low`` and ``high`` slope bounds, and the number of observations."""

    slope: float
    low: float
    high: float
    observations: int

    @property
    def factor(self) -> float:
        """Times cheaper per year."""
        return float(np.exp(-self.slope))

    @property
    def factor_low(self) -> float:
        """Lower bound of the factor (from the upper bound of the slope)."""
        return float(np.exp(-self.high))

    @property
    def factor_high(self) -> float:
        """Upper bound of the factor."""
        return float(np.exp(-self.low))


def least_squares(x: np.ndarray, y: np.ndarray, level: float = 0.9) -> Rate:
    """Ordinary least squares of ``y`` on ``x`` (years) with the classical t interval.

    Replication mode (Epoch AI 2025, Gundlach et al. 2025): it assumes independent errors, which change points of
    a running minimum are not. Raises ``ValueError`` with fewer than three points.
    """
    from scipy import stats

    n = len(x)
    if n < 3:
        raise ValueError(f"a line with an interval needs three points, found {n}")
    fit = stats.linregress(x, y)
    half = stats.t.ppf(0.5 + level / 2, n - 2) * fit.stderr
    return Rate(float(fit.slope), float(fit.slope - half), float(fit.slope + half), n)


def autocorrelation(residual: np.ndarray) -> float:
    """Lag-1 autocorrelation of residuals from a line, corrected for its small-sample bias (2 + 4 r) / n, in [0, .95]."""
    variance = float(residual @ residual)
    r = float(residual[1:] @ residual[:-1]) / variance if variance > 0 else 0.0
    return min(max(r + (2 + 4 * r) / len(residual), 0.0), 0.95)


def log_linear_hac(years: np.ndarray, log_price: np.ndarray, level: float = 0.9) -> Rate:
    """Y = a + b t on an even calendar grid with errors that allow for autocorrelation.

    The larger of Newey-West (Bartlett, ceil(sqrt n) lags) and the AR(1) inflation (1 + r)/(1 - r) of the classical
    variance: at 30 to 60 points Newey-West alone covers 65 % instead of 90 % when r is .8 (a test holds this). t with
    n (1 - r)/(1 + r) - 2 degrees, at least 2. Feed it the index on every month of the window, never change points
    only: those select on change.
    """
    from scipy import stats

    n = len(years)
    if n < 4:
        raise ValueError(f"a trend with autocorrelated errors needs four points, found {n}")
    design = np.column_stack([np.ones(n), years - years.mean()])
    inverse = np.linalg.inv(design.T @ design)
    beta = inverse @ design.T @ log_price
    residual = log_price - design @ beta
    score = design * residual[:, None]
    lags = int(np.ceil(np.sqrt(n)))
    meat = score.T @ score
    for lag in range(1, min(lags, n - 1) + 1):
        part = score[lag:].T @ score[:-lag]
        meat += (1 - lag / (lags + 1)) * (part + part.T)
    newey_west = float((inverse @ meat @ inverse)[1, 1]) * n / (n - 2)
    r = autocorrelation(residual)
    first_order = float(inverse[1, 1]) * float(residual @ residual) / (n - 2) * (1 + r) / (1 - r)
    degrees = max(n * (1 - r) / (1 + r) - 2, 2.0)
    half = stats.t.ppf(0.5 + level / 2, degrees) * np.sqrt(max(newey_west, first_order, 0.0))
    return Rate(float(beta[1]), float(beta[1] - half), float(beta[1] + half), n)


def smooth_trend(log_price: np.ndarray, step_years: float, level: float = 0.9) -> Rate:
    """Current slope of a smooth trend (integrated random walk plus noise) at the last of ``n`` even steps.

    State (level, slope), slope a random walk; the ratio of its variance to the noise is chosen by likelihood on a grid,
    the first two observations are the diffuse start (Harvey 1989; Durbin & Koopman 2012, ch. 5). At the last point
    filtered and smoothed slope agree, so it is the real-time rate. A diagnostic: it lost the backtest.
    """
    from scipy import stats

    n = len(log_price)
    if n < 8:
        raise ValueError(f"a smooth trend needs eight points, found {n}")
    best = (-np.inf, 0.0, 0.0)
    for ratio in 10.0 ** np.arange(-5, 1.1, 0.5):
        state = np.array([log_price[1], log_price[1] - log_price[0]])
        cover = np.array([[1.0, 1.0], [1.0, 2.0 + ratio]])
        errors, scales = [], []
        for y in log_price[2:]:
            state = np.array([state[0] + state[1], state[1]])
            cover = np.array(
                [[cover[0, 0] + 2 * cover[0, 1] + cover[1, 1], cover[0, 1] + cover[1, 1]], [cover[0, 1] + cover[1, 1], cover[1, 1] + ratio]]
            )
            f, e = cover[0, 0] + 1.0, y - state[0]
            gain = cover[:, 0] / f
            state, cover = state + gain * e, cover - np.outer(gain, cover[0])
            errors.append(e**2 / f)
            scales.append(f)
        variance = float(np.mean(errors))
        likelihood = -0.5 * (len(errors) * np.log(max(variance, 1e-15)) + float(np.sum(np.log(scales))))
        if likelihood > best[0]:
            best = (likelihood, float(state[1]), float(np.sqrt(variance * cover[1, 1])))
    slope, error = best[1] / step_years, best[2] / step_years
    half = stats.t.ppf(0.5 + level / 2, n - 3) * error
    return Rate(slope, slope - half, slope + half, n)


def random_walk_drift(years: np.ndarray, log_price: np.ndarray, level: float = 0.9) -> Rate:
    """Drift of a random walk observed at irregular times: mu = (y_T - y_0)/T, K^2 = sum((dy - mu dt)^2/dt)/(n-1)."""
    from scipy import stats

    step, change = np.diff(years), np.diff(log_price)
    n = len(step)
    if n < 2:
        raise ValueError(f"a drift with an interval needs three points, found {n + 1}")
    span = years[-1] - years[0]
    drift = float((log_price[-1] - log_price[0]) / span)
    k2 = float(np.sum((change - drift * step) ** 2 / step) / (n - 1))
    half = stats.t.ppf(0.5 + level / 2, n - 1) * np.sqrt(k2 / span)
    return Rate(drift, float(drift - half), float(drift + half), n + 1)


def farmer_lafond_a(theta: float, m: int, tau: np.ndarray | float) -> np.ndarray | float:
    """Error variance of a Farmer-Lafond forecast in units of sigma^2 (their A*, eq. 15).

    A* = -2 theta + (1 + 2 (m-1) theta / m + theta^2)(tau + tau^2/m), for ``m`` past steps and horizon ``tau`` steps.
    """
    return -2 * theta + (1 + 2 * (m - 1) * theta / m + theta**2) * (tau + np.square(tau) / m)


def farmer_lafond(log_price: np.ndarray, tau: np.ndarray, theta: float, m: int) -> tuple[np.ndarray, np.ndarray]:
    """IMA(1,1) forecast ``tau`` even steps ahead from the last ``m`` steps: centre and scale of a t_{m-1}.

    Farmer & Lafond (2016), How predictable is technological progress?, eq. 12-16: drift = mean of the last m
    differences, K^2 their variance (m-1), sigma^2 = K^2/(1+theta^2).
    """
    change = np.diff(log_price[-(m + 1) :])
    if len(change) < m or m < 2:
        raise ValueError(f"the Farmer-Lafond forecast needs {max(m, 2)} steps, found {len(change)}")
    drift = change.mean()
    k2 = float(np.sum((change - drift) ** 2) / (m - 1))
    centre = log_price[-1] + drift * tau
    return centre, np.sqrt(np.maximum(k2 / (1 + theta**2) * farmer_lafond_a(theta, m, tau), 0.0))
