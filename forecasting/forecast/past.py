"""What a panel's own past says at a day: its low, how far each series stands above it, how often each one moved.

Everything is measured within the panel and in logs, so a change of unit changes nothing. Belongs here: states of
series and the pairs of days a model is fitted to. Not here: the model (``repricing``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from forecasting.panel.series import PriceSeries
from units.constants import DAYS_PER_YEAR

FIT_HORIZONS_DAYS = (60, 120, 240, 365)
MAX_PAIRS = 2000
LOW_QUANTILE = 0.2
"""The panel's low is this quantile of the prices in force: one odd quote is not a destination."""
LOW_DAYS = 120
"""Number of days at which the panel's low is taken."""
SAME = 1e-9
MOVE_DAYS = 28
"""Moves of one series closer together than this count once: a list read daily says no more than one read monthly."""
HALF_LIFE_YEARS = (0.5, 0.75)
"""Memory for how often prices move, and for how far."""
HALF_LIFE_STEPS = (6, 9)
"""The memory is at least so many typical intervals between observations (a yearly series is not forgotten)."""


@dataclass(frozen=True)
class States:
    """Series at a day each, arrays of one length: ``log_price``; ``shared`` and ``own``, the log of the price it
    may be drawn to (the panel's low, its own low); ``moves`` and ``years``, faded counts of moves and of time.
    """

    log_price: np.ndarray
    shared: np.ndarray
    own: np.ndarray
    moves: np.ndarray
    years: np.ndarray

    def take(self, rows: np.ndarray) -> States:
        """The states in ``rows``."""
        return States(self.log_price[rows], self.shared[rows], self.own[rows], self.moves[rows], self.years[rows])


@dataclass(frozen=True)
class Pairs:
    """Pairs of days of one series about a horizon apart: state at the start, log change, length, age of the end."""

    start: States
    change: np.ndarray
    years: np.ndarray
    age_years: np.ndarray

    def __len__(self) -> int:
        return len(self.change)

    def take(self, rows: np.ndarray) -> Pairs:
        """The pairs in ``rows``."""
        return Pairs(self.start.take(rows), self.change[rows], self.years[rows], self.age_years[rows])


def spacing_days(series: Sequence[PriceSeries]) -> float:
    """Typical number of days between two observations of a series, 1 where no series has two."""
    steps = [np.diff(s.day) for s in series if len(s.day) > 1]
    return float(np.median(np.concatenate(steps))) if steps else 1.0


def memory_years(series: Sequence[PriceSeries], kind: int) -> float:
    """Half-life for moves (``kind`` 0) or sizes (1)."""
    return max(HALF_LIFE_YEARS[kind], HALF_LIFE_STEPS[kind] * spacing_days(series) / DAYS_PER_YEAR)


def panel_low(series: Sequence[PriceSeries]) -> tuple[np.ndarray, np.ndarray]:
    """Days and log of the panel's low on them: a low quantile of the prices in force, so that a quote that went again
    is no destination.
    """
    days = np.unique(np.concatenate([s.day for s in series]))
    days = days[np.unique(np.linspace(0, len(days) - 1, LOW_DAYS).astype(int))]
    in_force = np.full((len(series), len(days)), np.inf)
    for row, s in zip(in_force, series, strict=True):
        seen = np.searchsorted(s.day, days, side="right") - 1
        row[seen >= 0] = s.log_price[seen[seen >= 0]]
    ordered, known = np.sort(in_force, axis=0), np.isfinite(in_force).sum(axis=0)
    position = LOW_QUANTILE * (known - 1)
    low, column = np.floor(position).astype(int), np.arange(len(days))
    above = np.minimum(low + 1, known - 1)
    return days, ordered[low, column] + (position - low) * (ordered[above, column] - ordered[low, column])


def _apart(days: np.ndarray) -> np.ndarray:
    """``days`` (increasing) without those that follow a kept one by less than ``MOVE_DAYS``."""
    kept: list[int] = []
    for day in days.tolist():
        if not kept or day - kept[-1] >= MOVE_DAYS:
            kept.append(day)
    return np.array(kept, dtype=np.int64)


def _faded(s: PriceSeries, day: np.ndarray, half_life: float) -> tuple[np.ndarray, np.ndarray]:
    """Moves and years of ``s`` up to each of ``day``, both fading with ``half_life`` years."""
    moved = _apart(s.day[1:][np.abs(np.diff(s.log_price)) > SAME])
    since = (day[:, None] - moved[None, :]) / DAYS_PER_YEAR
    moves = np.where(since >= 0, 0.5 ** (np.maximum(since, 0) / half_life), 0.0).sum(axis=1)
    speed = np.log(2.0) / half_life
    return moves, -np.expm1(-speed * (day - s.day[0]) / DAYS_PER_YEAR) / speed


def _states(s: PriceSeries, rows: np.ndarray, day: np.ndarray, low: tuple[np.ndarray, np.ndarray], half_life: float) -> np.ndarray:
    """Columns of :class:`States` for observations ``rows`` of ``s`` looked at on ``day``."""
    shared = low[1][np.maximum(np.searchsorted(low[0], day, side="right") - 1, 0)]
    moves, years = _faded(s, day, half_life)
    own = np.minimum.accumulate(s.log_price)[rows]
    return np.column_stack([s.log_price[rows], shared, own, moves, years])


def states(series: Sequence[PriceSeries], cutoff_day: int) -> States:
    """The state of every series on ``cutoff_day``."""
    low, half_life = panel_low(series), memory_years(series, 0)
    day = np.array([cutoff_day])
    rows = [_states(s, np.array([len(s.day) - 1]), day, low, half_life) for s in series]
    return States(*np.concatenate(rows).T)


def pairs(series: Sequence[PriceSeries], horizons_days: Sequence[int] = FIT_HORIZONS_DAYS) -> Pairs:
    """All pairs of days about a horizon apart, at most ``MAX_PAIRS``, evenly thinned.

    The end is the last observation within 15 days of the horizon. A horizon shorter than the typical interval
    between observations becomes that interval. Ages count from the panel's last day.
    """
    low, half_life = panel_low(series), memory_years(series, 0)
    wanted = sorted({max(int(h), round(spacing_days(series))) for h in horizons_days})
    found = []
    for k, s in enumerate(series):
        for h in wanted:
            end = np.searchsorted(s.day, s.day + h + 15, side="right") - 1
            start = np.arange(len(s.day))
            ok = (end > start) & (s.day[-1] >= s.day + h - 15)
            found.append(np.column_stack([np.full(ok.sum(), k), start[ok], end[ok]]))
    index = np.concatenate(found)
    if len(index) > MAX_PAIRS:
        index = index[np.linspace(0, len(index) - 1, MAX_PAIRS).astype(int)]
    last = max(int(s.day[-1]) for s in series)
    blocks, ends = [], []
    for k in np.unique(index[:, 0]):
        s, (i, j) = series[k], index[index[:, 0] == k, 1:].T
        blocks.append(_states(s, i, s.day[i], low, half_life))
        ends.append(
            np.column_stack([s.log_price[j] - s.log_price[i], (s.day[j] - s.day[i]) / DAYS_PER_YEAR, (last - s.day[j]) / DAYS_PER_YEAR])
        )
    if not blocks:
        return Pairs(States(*np.empty((5, 0))), *np.empty((3, 0)))
    return Pairs(States(*np.concatenate(blocks).T), *np.concatenate(ends).T)
