"""The 19 quantiles every forecast is given by, how they are read off draws, and the loss they are judged by.

Belongs here: levels, interpolation, quantile loss. Not here: any model.
"""

from __future__ import annotations

import numpy as np

QUANTILES = np.round(np.arange(1, 20) * 0.05, 2)


def of_draws(draws: np.ndarray, levels: np.ndarray = QUANTILES) -> np.ndarray:
    """Quantiles of each row of ``draws`` (n, size), shape (n, levels); a point mass stays a point mass."""
    ordered, size = np.sort(draws, axis=1), draws.shape[1]
    position = levels * size - 0.5
    low = np.clip(np.floor(position).astype(int), 0, size - 2)
    part = np.clip(position - low, 0.0, 1.0)
    return ordered[:, low] * (1 - part) + ordered[:, low + 1] * part


def quantile_loss(actual: np.ndarray, predicted: np.ndarray, levels: np.ndarray = QUANTILES) -> np.ndarray:
    """Mean over levels of twice the pinball loss (an estimate of CRPS): ``actual`` (n), ``predicted`` (n, levels)."""
    miss = actual[..., None] - predicted
    return np.mean(2 * np.maximum(levels * miss, (levels - 1) * miss), axis=-1)
