"""The forecasting model: a price stays until it is repriced, and each repricing closes part of a gap.

With x = log price, phi = log destination and N the number of repricings within the horizon::

    x(t+H) = x(t)                                               if N = 0   (the atom at "unchanged")
    x(t+H) = phi + (x(t) - phi) exp(-L_N) + e_N                 otherwise
    N ~ Poisson(G * hazard * H),  G ~ Gamma(HETEROGENEITY)                           (a negative binomial)
    whether N is 0: the same with the series' own repricings and time counted in
    L_N ~ Gamma(N) * closing,  e_N ~ spread * sqrt(1 + r + .. + r**(N-1)) * t_4 / sqrt(2),  r = CARRY

so a series that was often repriced is expected to be again (regimes by seller need no label), one far above its
destination a little more so, and the price of one that nobody touches has an atom that shrinks with the horizon.
The destination is the panel's low of the day in a share of the draws and the series' own low in the others, less
``MARGIN``; how large the share is, the panel's past says (series in different units have no low in common). A floor that
comes with the series raises it. Nothing is measured in dollars: the same panel in other units gives the same forecast in
those units.

What is estimated (``fitting``) is uncertain, and the same for all series of a panel: draws of hazard, closing and spread
vary by ``DOUBT_LOG``, and the destination may lie lower, the more so the fewer months of evidence there are, of this panel
and of those behind the prior. A panel that begins where nobody has seen a fall yet gets wide forecasts; one that begins
among others does not.
Belongs here: the predictive distribution. Not here: its fit, calibration (``conformal``), rivals (``candidates``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from forecasting.forecast.past import States
from forecasting.forecast.quantiles import of_draws

MARGIN = 0.3
"""How far below the low so far the destination lies, in logs."""
HETEROGENEITY = 2.0
HAZARD_POWER, HAZARD_GAP = 0.3, 2.0
"""The hazard grows with (gap + MARGIN) to this power and is ``hazard`` at this gap."""
CARRY = 0.8
UPWARD = 1.4
"""Rises are so much wider than falls around the path: a setter that leaves gives back what it took."""
MAX_REPRICINGS = 10
SIZE = 512
DOUBT_LOG = (0.6, 0.3, 0.9)
"""Standard deviation of the log of hazard, closing and spread of a panel of which nothing is known."""
DEEPER_PER_YEAR = 1.2
"""In such a panel the destination may lie so much lower a year ahead, in logs (scale of a half-normal)."""
DOUBT_MONTHS = 5.0
"""So many months of evidence halve the variance of both."""


@dataclass(frozen=True)
class Prior:
    """Centres of the penalties: ``hazard`` per year, ``closing`` and ``spread`` per repricing; ``weight``; ``months``,
    the faded months of other panels that the prior rests on.
    """

    hazard: float = 2.5
    closing: float = 0.35
    spread: float = 0.6
    weight: float = 4.0
    months: float = 0.0


@dataclass(frozen=True)
class Pull:
    """How series move toward one kind of destination: the panel's low (``shared``) or their own."""

    shared: bool
    hazard: float
    closing: float
    spread: float


@dataclass(frozen=True)
class Parameters:
    """What was fitted: two ``pulls`` with the ``share`` of the first; ``pairs`` and ``months``: past pairs and faded
    months they rest on; ``doubt``: how uncertain they are, from 1 (nothing is known) to 0 (taken as they are).
    """

    pulls: tuple[Pull, Pull]
    share: float = 1.0
    pairs: int = 0
    months: float = 0.0
    doubt: float = 0.0

    @property
    def main(self) -> Pull:
        """The pull with the larger share."""
        return self.pulls[0] if self.share >= 0.5 else self.pulls[1]


@dataclass(frozen=True)
class Plan:
    """Low-discrepancy draws, the same every time, by draw: ``closed`` (unit closing by number of repricings), ``tail``
    (t_4 / sqrt 2), ``own`` (normal: the series' hazard), ``arrival`` (times of repricings), ``panel`` (normals: the
    panel's hazard, closing, spread and destination), ``which`` (uniform: the kind of destination).
    """

    closed: np.ndarray
    tail: np.ndarray
    own: np.ndarray
    arrival: np.ndarray
    panel: np.ndarray
    which: np.ndarray

    def take(self, rows: np.ndarray) -> Plan:
        """The draws in ``rows``."""
        return Plan(self.closed[:, rows], self.tail[rows], self.own[rows], self.arrival[rows], self.panel[:, rows], self.which[rows])


@cache
def plan(size: int) -> Plan:
    """``size`` draws (a power of two), by a scrambled Sobol sequence."""
    from scipy import special, stats

    u = stats.qmc.Sobol(8 + MAX_REPRICINGS, scramble=True, rng=np.random.default_rng(3)).random(size)
    u = np.clip(u, 1e-4, 1 - 1e-4)
    closed = np.stack([np.zeros(size), *(special.gammaincinv(n, u[:, 0]) for n in range(1, MAX_REPRICINGS + 1))])
    tail, own = stats.t.ppf(u[:, 1], 4) / np.sqrt(2), stats.norm.ppf(u[:, 2])
    return Plan(closed, tail, own, np.cumsum(-np.log(u[:, 8:]), axis=1), stats.norm.ppf(u[:, 3:7]).T, u[:, 7])


def destination(at: States, shared: bool, floor: np.ndarray | None = None) -> np.ndarray:
    """Log of the price each series is drawn to; ``floor``: log floors, -inf where there is none."""
    phi = (at.shared if shared else at.own) - MARGIN
    return phi if floor is None else np.maximum(phi, floor)


def hazards(at: States, phi: np.ndarray, hazard: float) -> np.ndarray:
    """Repricings per year of each series, given its gap."""
    return hazard * ((np.maximum(at.log_price - phi, 0.0) + MARGIN) / HAZARD_GAP) ** HAZARD_POWER


def repricings(at: States, phi: np.ndarray, years: np.ndarray, hazard: float, drawn: Plan, doubt: float = 0.0) -> np.ndarray:
    """Draws of the number of repricings within ``years``, shape (series, draws): whether there is any by each series'
    own record, how many by what the panel's series do.
    """
    shape = (HETEROGENEITY + at.moves)[:, None]
    rate = hazards(at, phi, hazard)[:, None]
    if doubt:
        rate = rate * np.exp(doubt * DOUBT_LOG[0] * drawn.panel[0])
    own = rate * years[:, None] * shape / (HETEROGENEITY + rate * at.years[:, None]) * _heterogeneity(drawn, shape)
    of_panel = rate * years[:, None] * _heterogeneity(drawn, np.array(HETEROGENEITY))
    count = np.ones(own.shape, dtype=np.int8)
    for n in range(1, MAX_REPRICINGS):
        count += drawn.arrival[:, n] <= of_panel
    return count * (drawn.arrival[:, 0] <= own)


def _heterogeneity(drawn: Plan, shape: np.ndarray) -> np.ndarray:
    """Gamma draws with mean 1; Wilson & Hilferty (1931): the cube root of a gamma variable is near normal."""
    return np.maximum(1 - 1 / (9 * shape) + drawn.own / (3 * np.sqrt(shape)), 0.0) ** 3


def changes(gap: np.ndarray, count: np.ndarray, pull: Pull, drawn: Plan, doubt: float = 0.0, years: float = 0.0) -> np.ndarray:
    """Log change of each draw: one table by (count, draw) for what closes and one for the noise, looked up once each."""
    size = count.shape[1]
    of_panel = np.exp(doubt * np.array(DOUBT_LOG[1:])[:, None] * drawn.panel[1:3])
    noise = pull.spread * np.sqrt((1 - CARRY ** np.arange(MAX_REPRICINGS + 1)) / (1 - CARRY))
    wide = np.where(drawn.tail > 0, UPWARD * drawn.tail, drawn.tail) * of_panel[1]
    deeper = doubt * DEEPER_PER_YEAR * years * np.abs(drawn.panel[3])
    at = count * np.intp(size) + np.arange(size)
    change = np.expm1(-pull.closing * drawn.closed * of_panel[0]).ravel().take(at)
    change *= gap[:, None] + deeper
    change += (noise[:, None] * wide).ravel().take(at)
    return change


def draws(at: States, years: float, p: Parameters, size: int = SIZE, floor: np.ndarray | None = None) -> np.ndarray:
    """Predictive draws of log price after ``years``, shape (series, size); not below ``floor``."""
    drawn, x = plan(size), np.repeat(at.log_price[:, None], size, axis=1)
    first = drawn.which < p.share
    for pull, rows in zip(p.pulls, (np.flatnonzero(first), np.flatnonzero(~first)), strict=True):
        if len(rows):
            mine, phi = drawn.take(rows), destination(at, pull.shared, floor)
            count = repricings(at, phi, np.full(len(phi), years), pull.hazard, mine, p.doubt)
            x[:, rows] += changes(at.log_price - phi, count, pull, mine, p.doubt, years)
    return x if floor is None else np.maximum(x, np.minimum(floor, at.log_price)[:, None])


def quantiles(at: States, years: Sequence[float], p: Parameters, floor: np.ndarray | None = None) -> np.ndarray:
    """Predictive quantiles of log price, shape (series, horizons, 19)."""
    return np.stack([of_draws(draws(at, y, p, SIZE, floor)) for y in years], axis=1)
