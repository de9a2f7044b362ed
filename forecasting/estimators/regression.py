"""Ordinary least squares with the errors this project needs: classical for replication, clustered for record.

Two hundred lines of statsmodels would give the same numbers (a test holds them together to 1e-10); written out
because it is called thousands of times in simulations. Belongs here: the fit. Not here: what is regressed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Fit:
    """``beta`` and its covariance, residuals, R squared, degrees of freedom of t, and rows (or clusters) used."""

    beta: np.ndarray
    covariance: np.ndarray
    residual: np.ndarray
    r_squared: float
    degrees: float
    observations: int
    clusters: int | None

    def interval(self, k: int, level: float = 0.9) -> tuple[float, float, float]:
        """Coefficient ``k`` with its confidence interval."""
        from scipy import stats

        half = stats.t.ppf(0.5 + level / 2, self.degrees) * np.sqrt(max(self.covariance[k, k], 0.0))
        return float(self.beta[k]), float(self.beta[k] - half), float(self.beta[k] + half)

    def t(self, k: int) -> float:
        """T statistic of coefficient ``k``."""
        return float(self.beta[k] / np.sqrt(self.covariance[k, k])) if self.covariance[k, k] > 0 else float("nan")

    def p(self, k: int) -> float:
        """Two-sided p of coefficient ``k``."""
        from scipy import stats

        return float(2 * stats.t.sf(abs(self.t(k)), self.degrees))


def least_squares(y: np.ndarray, design: np.ndarray, cluster: np.ndarray | None = None) -> Fit:
    """Fit ``y`` (n) on ``design`` (n, k, constant included).

    ``cluster``: labels (n); errors are then clustered with the usual correction G/(G-1) (n-1)/(n-k) and t with
    G - 1 degrees (Cameron & Miller 2015). Raises ``ValueError`` with fewer rows than columns plus one.
    """
    n, k = design.shape
    if n <= k:
        raise ValueError(f"a regression on {k} columns needs more than {k} rows, found {n}")
    inverse = np.linalg.pinv(design.T @ design)
    beta = inverse @ (design.T @ y)
    residual = y - design @ beta
    rss = float(residual @ residual)
    total = float(np.sum((y - y.mean()) ** 2))
    if cluster is None:
        covariance, degrees, groups = inverse * rss / (n - k), float(n - k), None
    else:
        _, code = np.unique(cluster, return_inverse=True)
        groups = int(code.max()) + 1
        score = np.zeros((groups, k))
        np.add.at(score, code, design * residual[:, None])
        scale = groups / max(groups - 1, 1) * (n - 1) / (n - k)
        covariance, degrees = inverse @ (score.T @ score) @ inverse * scale, float(max(groups - 1, 1))
    return Fit(beta, covariance, residual, 1 - rss / total if total > 0 else 0.0, degrees, n, groups)


def logit(share: np.ndarray, low: float = 0.005, high: float = 0.995) -> np.ndarray:
    """log(p / (1 - p)) of shares clipped to [low, high]."""
    p = np.clip(np.asarray(share, float), low, high)
    return np.log(p / (1 - p))
