"""The forecasting model: a price stays until it is repriced, and each repricing closes part of a gap.

With x = log price, phi = log destination and N the number of repricings within the horizon::

    x(t+H) = x(t)                                               if N = 0   (the atom at "unchanged")
    x(t+H) = phi + (x(t) - phi) exp(-L_N) + e_N                 otherwise
    N ~ Poisson(G * hazard * H),  G ~ Gamma(HETEROGENEITY + own repricings so far)   (a negative binomial)
    L_N ~ Gamma(N) * closing,  e_N ~ spread * sqrt(1 + r + .. + r**(N-1)) * t_4 / sqrt(2),  r = CARRY

so a series that was often repriced is expected to be again (regimes by seller need no label), one far above its
destination a little more so, and the price of one that nobody touches has an atom that shrinks with the horizon.
The destination is the panel's own low, or each series' own low where the panel's does not help (series in
different units), less ``MARGIN``; a floor that comes with the series raises it. Nothing is measured in dollars:
the same panel in other units gives the same forecast in those units.

``hazard``, ``closing`` and ``spread`` are estimated at every vintage from the panel at hand: the hazard by its
likelihood, the others by the loss the forecasts are judged by, each drawn to a dated prior. What is estimated is
uncertain, and the same for all series of a panel: draws of hazard, closing and spread vary by ``DOUBT_LOG``, and the
destination may lie lower, the more so the fewer months of evidence there are, of this panel and of those behind the
prior. A panel that begins where nobody has seen a fall yet gets wide forecasts; one that begins among others does not.
Belongs here: the predictive distribution and its fit. Not here: calibration (``conformal``), rivals (``candidates``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from forecasting.forecast import past
from forecasting.forecast.past import Pairs, States
from forecasting.forecast.quantiles import QUANTILES, of_draws, quantile_loss
from forecasting.panel.series import PriceSeries

MARGIN = 0.3
"""How far below the low so far the destination lies, in logs."""
HETEROGENEITY = 2.0
HAZARD_POWER, HAZARD_GAP = 0.3, 2.0
"""The hazard grows with (gap + MARGIN) to this power and is ``hazard`` at this gap."""
CARRY = 0.8
UPWARD = 1.4
"""Rises are so much wider than falls around the path: a setter that leaves gives back what it took."""
MAX_REPRICINGS = 10
HAZARDS = np.exp(np.linspace(-3.0, 2.0, 31))
STEPS = np.array([0.03, 0.06, 0.12, 0.2, 0.35, 0.5, 0.7, 0.85, 1.0, 1.15, 1.3, 1.6, 2.0, 2.6])
"""Search grids, as multiples of the prior's values."""
HAZARD_PRIOR_WEIGHT, PAIRS_PER_ORIGIN = 4.0, 3.0
"""Log-normal precision of the hazard's prior, and how many independent looks one month of pairs is worth."""
PRIOR_SPREAD_LOG = 0.4
FIT_SIZE, SIZE = 128, 512
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
class Parameters:
    """Fitted parameters; ``shared``: the destination is the panel's low; ``pairs`` and ``months``: past pairs and faded
    months they rest on; ``doubt``: how uncertain they are, from 1 (nothing is known) to 0 (taken as they are).
    """

    hazard: float
    closing: float
    spread: float
    shared: bool = True
    pairs: int = 0
    months: float = 0.0
    doubt: float = 0.0


@dataclass(frozen=True)
class Plan:
    """Low-discrepancy draws, the same every time, by draw: ``closed`` (unit closing by number of repricings), ``tail``
    (t_4 / sqrt 2), ``own`` (normal: the series' hazard), ``arrival`` (times of repricings), ``panel`` (normals: the
    panel's hazard, closing, spread and destination).
    """

    closed: np.ndarray
    tail: np.ndarray
    own: np.ndarray
    arrival: np.ndarray
    panel: np.ndarray


@cache
def _plan(size: int) -> Plan:
    from scipy import special, stats

    u = stats.qmc.Sobol(7 + MAX_REPRICINGS, scramble=True, rng=np.random.default_rng(3)).random(size)
    u = np.clip(u, 1e-4, 1 - 1e-4)
    closed = np.stack([np.zeros(size), *(special.gammaincinv(n, u[:, 0]) for n in range(1, MAX_REPRICINGS + 1))])
    tail, own = stats.t.ppf(u[:, 1], 4) / np.sqrt(2), stats.norm.ppf(u[:, 2])
    return Plan(closed, tail, own, np.cumsum(-np.log(u[:, 7:]), axis=1), stats.norm.ppf(u[:, 3:7]).T)


def destination(at: States, shared: bool, floor: np.ndarray | None = None) -> np.ndarray:
    """Log of the price each series is drawn to; ``floor``: log floors, -inf where there is none."""
    phi = (at.shared if shared else at.own) - MARGIN
    return phi if floor is None else np.maximum(phi, floor)


def _hazard(at: States, phi: np.ndarray, hazard: float) -> np.ndarray:
    return hazard * ((np.maximum(at.log_price - phi, 0.0) + MARGIN) / HAZARD_GAP) ** HAZARD_POWER


def repricings(at: States, phi: np.ndarray, years: np.ndarray, p: Parameters, size: int) -> np.ndarray:
    """Draws of the number of repricings within ``years``, shape (series, size), given each series' own record."""
    plan, shape = _plan(size), (HETEROGENEITY + at.moves)[:, None]
    rate = _hazard(at, phi, p.hazard)[:, None]
    if p.doubt:
        rate = rate * np.exp(p.doubt * DOUBT_LOG[0] * plan.panel[0])
    mean = rate * years[:, None] * shape / (HETEROGENEITY + rate * at.years[:, None])
    # Wilson & Hilferty (1931): a gamma variable's cube root is near normal
    cube = 1 - 1 / (9 * shape) + plan.own / (3 * np.sqrt(shape))
    expected = mean * np.maximum(cube, 0.0) ** 3
    count = np.zeros(expected.shape, dtype=np.int8)
    for n in range(MAX_REPRICINGS):
        count += plan.arrival[:, n] <= expected
    return count


def _changes(gap: np.ndarray, count: np.ndarray, p: Parameters, years: float = 0.0) -> np.ndarray:
    """Log change of each draw: one table by (count, draw) for what closes and one for the noise, looked up once each."""
    size = count.shape[1]
    plan = _plan(size)
    of_panel = np.exp(p.doubt * np.array(DOUBT_LOG[1:])[:, None] * plan.panel[1:3])
    noise = p.spread * np.sqrt((1 - CARRY ** np.arange(MAX_REPRICINGS + 1)) / (1 - CARRY))
    wide = np.where(plan.tail > 0, UPWARD * plan.tail, plan.tail) * of_panel[1]
    deeper = p.doubt * DEEPER_PER_YEAR * years * np.abs(plan.panel[3])
    at = count * np.intp(size) + np.arange(size)
    change = np.expm1(-p.closing * plan.closed * of_panel[0]).ravel().take(at)
    change *= gap[:, None] + deeper
    change += (noise[:, None] * wide).ravel().take(at)
    return change


def draws(at: States, years: float, p: Parameters, size: int = SIZE, floor: np.ndarray | None = None) -> np.ndarray:
    """Predictive draws of log price after ``years``, shape (series, size); not below ``floor``."""
    phi = destination(at, p.shared, floor)
    count = repricings(at, phi, np.full(len(phi), years), p, size)
    x = at.log_price[:, None] + _changes(at.log_price - phi, count, p, years)
    return x if floor is None else np.maximum(x, np.minimum(floor, at.log_price)[:, None])


def quantiles(at: States, years: Sequence[float], p: Parameters, floor: np.ndarray | None = None) -> np.ndarray:
    """Predictive quantiles of log price, shape (series, horizons, 19)."""
    return np.stack([of_draws(draws(at, y, p, SIZE, floor)) for y in years], axis=1)


def _fit_hazard(pairs: Pairs, phi: np.ndarray, fade: np.ndarray, looks: float, prior: Prior) -> float:
    """Hazard per year that makes the observed "moved or not" most likely, drawn to the prior's."""
    moved = np.abs(pairs.change) > past.SAME
    best, top = prior.hazard, -np.inf
    for step in HAZARDS:
        stay = (1 + _hazard(pairs.start, phi, prior.hazard * step) * pairs.years / HETEROGENEITY) ** -HETEROGENEITY
        stay = np.clip(stay, 1e-6, 1 - 1e-6)
        likelihood = np.average(np.where(moved, np.log1p(-stay), np.log(stay)), weights=fade)
        score = PAIRS_PER_ORIGIN * looks * likelihood - HAZARD_PRIOR_WEIGHT * np.log(step) ** 2 / 2
        if score > top:
            best, top = prior.hazard * float(step), score
    return best


def _looks(age_years: np.ndarray, half_life: float) -> tuple[np.ndarray, float]:
    """Weight of each pair by age, and the faded number of distinct months in which pairs end."""
    months = np.unique(np.round(age_years * 12)) / 12
    return 0.5 ** (age_years / half_life), float((0.5 ** (months / half_life)).sum())


def fit(series: Sequence[PriceSeries], prior: Prior) -> Parameters:
    """Fit hazard, closing and spread to all series together; without any past pair the prior is returned.

    Closing and spread by coordinate search on the declared grids, minimising the faded mean quantile loss plus a
    heavy-tailed penalty for the log distance to the prior that shrinks with the number of distinct months, not of
    overlapping rows, and is in proportion to how far prices of this panel move. Both destinations are tried.
    """
    pairs = past.pairs(series)
    if not len(pairs):
        return Parameters(prior.hazard, prior.closing, prior.spread, doubt=_doubt(prior.months))
    memory = [past.memory_years(series, kind) for kind in (0, 1)]
    fits = [_fit_to(pairs, shared, memory, prior) for shared in (True, False)]
    months = _looks(pairs.age_years, memory[1])[1]
    return replace(min(fits, key=lambda f: f[0])[1], pairs=len(pairs), months=months, doubt=_doubt(months + prior.months))


def _doubt(months: float) -> float:
    return float(1 / np.sqrt(1 + months / DOUBT_MONTHS))


def _fit_to(pairs: Pairs, shared: bool, memory: Sequence[float], prior: Prior) -> tuple[float, Parameters]:
    phi = destination(pairs.start, shared)
    hazard = _fit_hazard(pairs, phi, *_looks(pairs.age_years, memory[0]), prior)
    fade, looks = _looks(pairs.age_years, memory[1])
    count = repricings(pairs.start, phi, pairs.years, Parameters(hazard, prior.closing, prior.spread), FIT_SIZE)
    gap, moves = pairs.start.log_price - phi, float(np.average(np.abs(pairs.change), weights=fade))
    pull = 0.4 * moves * prior.weight / looks

    def cost(p: Parameters) -> float:
        loss = quantile_loss(pairs.change, of_draws(_changes(gap, count, p), QUANTILES))
        far = np.log(p.closing / prior.closing) ** 2 + np.log(p.spread / prior.spread) ** 2
        return float(np.average(loss, weights=fade)) + pull * float(np.log1p(far / (2 * PRIOR_SPREAD_LOG**2)))

    best = Parameters(hazard, prior.closing, prior.spread, shared)
    for _ in range(2):
        best = min((replace(best, closing=float(v)) for v in prior.closing * STEPS), key=cost)
        best = min((replace(best, spread=float(v)) for v in prior.spread * STEPS), key=cost)
    return cost(best), best
