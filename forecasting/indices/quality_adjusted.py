"""What a unit of measured ability costs: ln price on period and quality, weighted by expenditure (time dummy).

The time-dummy hedonic index (Diewert, Heravi & Silver 2009) with one quality variable: ln p = d_t + b q + e, each
period's rows weighted by their share of its spend. Windows are spliced as the other multilateral indices are. Belongs
here: this regression and its coverage rule. Not here: where a quality comes from.
"""

from __future__ import annotations

import numpy as np

from forecasting.indices.item_panel import ItemPanel

MINIMUM_COVERAGE = 0.70
"""Share of a period's spend on items with a known quality below which nothing is published for it."""
NO_SPREAD = 1e-12


def coverage(panel: ItemPanel) -> np.ndarray:
    """Share of each period's paid spend whose item has a quality, by period."""
    paid = panel.replicated(panel.spend)[0]
    known = panel.replicated(panel.spend * np.isfinite(panel.quality))[0]
    return known / np.where(paid > 0, paid, np.nan)


def levels(panel: ItemPanel, first: int, last: int) -> np.ndarray:
    """Ln price at fixed quality by replicate of the periods first..last-1; NaN where coverage is too low, or where
    quality never differs inside a period and so cannot be told from time.
    """
    rows = np.flatnonzero(np.isfinite(panel.quality) & (panel.price > 0))
    weight, y, x = panel.spend[rows], np.log(panel.price[rows]), panel.quality[rows]

    def total(values: np.ndarray) -> np.ndarray:
        return panel.replicated(values, rows)[:, first:last]

    with np.errstate(divide="ignore", invalid="ignore"):
        base = total(weight)
        y_mean, x_mean = total(weight * y) / base, total(weight * x) / base
        spread = np.maximum(total(weight * x * x) / base - x_mean**2, 0)
        joint = total(weight * x * y) / base - x_mean * y_mean
    usable = np.isfinite(y_mean) & (coverage(panel)[first:last] >= MINIMUM_COVERAGE)
    spread_all, joint_all = (np.where(usable, part, 0).sum(axis=1, keepdims=True) for part in (spread, joint))
    scale = NO_SPREAD * np.where(usable, 1 + x_mean**2, 0).sum(axis=1, keepdims=True)
    told = spread_all > scale
    slope = np.where(told, joint_all / np.where(told, spread_all, 1), np.nan)
    shift = np.where(usable, x_mean, np.nan)
    with np.errstate(invalid="ignore"):
        constant = np.nanmax(np.where(usable, shift, -np.inf), axis=1) - np.nanmin(np.where(usable, shift, np.inf), axis=1) <= 1e-9
    slope = np.where(~told & constant[:, None], 0.0, slope)
    return np.where(usable, y_mean - slope * x_mean, np.nan)
