"""Choosing rows before fitting a line: how published rates select, and what selection alone produces.

Epoch walks the models above a threshold and keeps each new cheapest; Gundlach keeps the Pareto set to date. Both
select on the price itself, so both report a decline where there is none. ``no_trend_audit`` says how much.
Belongs here: selection rules and their audit. Not here: the regressions (``regression``, ``hedonic``).
"""

from __future__ import annotations

import numpy as np


def record_lows(day: np.ndarray, price: np.ndarray) -> np.ndarray:
    """Indices of each new cheapest in time order (rows sorted by day); of several on one day the last record."""
    kept: list[int] = []
    best = np.inf
    for i in range(len(day)):
        if price[i] < best:
            best = price[i]
            if kept and day[kept[-1]] == day[i]:
                kept.pop()
            kept.append(i)
    return np.array(kept, dtype=int)


def pareto_to_date(day: np.ndarray, score: np.ndarray, cost: np.ndarray) -> np.ndarray:
    """True where no row up to that day is at least as good and at most as dear with one of the two strict."""
    earlier = day[None, :] <= day[:, None]
    weak = (score[None, :] >= score[:, None]) & (cost[None, :] <= cost[:, None])
    strict = (score[None, :] > score[:, None]) | (cost[None, :] < cost[:, None])
    return np.asarray(~(earlier & weak & strict).any(axis=1))


def record_low_factors(day: np.ndarray, price: np.ndarray, score: np.ndarray, thresholds: np.ndarray, least: int = 4) -> list[float]:
    """Epoch-style factors per year for each threshold with at least ``least`` record lows."""
    order = np.argsort(day, kind="stable")
    day, price, score = day[order], price[order], score[order]
    out = []
    for q in thresholds:
        reach = np.flatnonzero(score >= q)
        rows = reach[record_lows(day[reach], price[reach])]
        if len(rows) >= least and np.ptp(day[rows]) > 0:
            out.append(float(np.exp(-365 * np.polyfit(day[rows], np.log(price[rows]), 1)[0])))
    return out


def top_scores(day: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Scores that were the best at some date, in order of appearance: Epoch's thresholds."""
    order = np.argsort(day, kind="stable")
    running = np.maximum.accumulate(score[order])
    return np.unique(running)


def no_trend_audit(
    estimate, day: np.ndarray, score: np.ndarray, spread: float, slope: float, rng: np.random.Generator, simulations: int = 60
) -> np.ndarray:
    """What ``estimate(day, price, score)`` reports on the same days and scores when price has no trend at all.

    Log price = ``slope`` * standardised score + ``spread`` * noise: dearer where better, no dependence on time.
    Returns the finite estimates (factors per year), one per simulation.
    """
    z = (score - score.mean()) / (score.std() or 1.0)
    found = []
    for _ in range(simulations):
        value = estimate(day, np.exp(slope * z + spread * rng.standard_normal(len(day))), score)
        if np.isfinite(value):
            found.append(value)
    return np.array(found)
