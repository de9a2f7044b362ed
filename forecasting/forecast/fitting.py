"""Fitting the forecasting model (``repricing``) to a panel's own past, drawn to a dated prior.

The hazard is fitted by its likelihood, closing and spread by the loss that forecasts are judged by, toward the panel's low
and toward each series' own low; how much each of the two destinations counts is what its loss on the panel's past says.
Belongs here: estimates from past pairs of days. Not here: the distribution, where priors come from (``priors``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from forecasting.forecast import past, repricing
from forecasting.forecast.past import Pairs
from forecasting.forecast.quantiles import QUANTILES, of_draws, quantile_loss
from forecasting.forecast.repricing import HETEROGENEITY, Parameters, Prior, Pull
from forecasting.panel.series import PriceSeries

HAZARDS = np.exp(np.linspace(-3.0, 2.0, 31))
STEPS = np.array([0.03, 0.06, 0.12, 0.2, 0.35, 0.5, 0.7, 0.85, 1.0, 1.15, 1.3, 1.6, 2.0, 2.6])
"""Search grids, as multiples of the prior's values."""
HAZARD_PRIOR_WEIGHT, PAIRS_PER_ORIGIN = 4.0, 4.0
"""Log-normal precision of the hazard's prior, and how many independent looks one month of pairs is worth."""
PULL, PRIOR_SPREAD_LOG = 0.4, 0.4
"""Weight of the distance to the prior, in typical moves, and the scale on which it counts."""
SIZE = 128
SHARED = 0.9
"""The share of the panel's low before its past has said anything."""


def fit(series: Sequence[PriceSeries], prior: Prior) -> Parameters:
    """Fit both pulls to all series together; without any past pair the prior is returned.

    Closing and spread by coordinate search on the declared grids, minimising the faded mean quantile loss plus a
    heavy-tailed penalty for the log distance to the prior that shrinks with the number of distinct months, not of
    overlapping rows, and is in proportion to how far prices of this panel move. The odds of the panel's low against the
    own low fall by exp of the difference of their losses, in units of the typical move, for each independent look.
    """
    pairs = past.pairs(series)
    if not len(pairs):
        shared, own = (Pull(kind, prior.hazard, prior.closing, prior.spread) for kind in (True, False))
        return Parameters((shared, own), SHARED, doubt=_doubt(prior.months))
    memory = [past.memory_years(series, kind) for kind in (0, 1)]
    fade, months = _looks(pairs.age_years, memory[1])
    moves = float(np.average(np.abs(pairs.change), weights=fade))
    (shared, loss), (own, own_loss) = (_pull(pairs, kind, memory, prior) for kind in (True, False))
    ahead = PAIRS_PER_ORIGIN * months * (own_loss - loss) / moves if moves > past.SAME else 0.0
    share = 1 / (1 + (1 - SHARED) / SHARED * np.exp(-np.clip(ahead, -50.0, 50.0)))
    return Parameters((shared, own), float(share), len(pairs), months, _doubt(months + prior.months))


def _doubt(months: float) -> float:
    return float(1 / np.sqrt(1 + months / repricing.DOUBT_MONTHS))


def _looks(age_years: np.ndarray, half_life: float) -> tuple[np.ndarray, float]:
    """Weight of each pair by age, and the faded number of distinct months in which pairs end."""
    months = np.unique(np.round(age_years * 12)) / 12
    return 0.5 ** (age_years / half_life), float((0.5 ** (months / half_life)).sum())


def _hazard(pairs: Pairs, phi: np.ndarray, fade: np.ndarray, looks: float, prior: Prior) -> float:
    """Hazard per year that makes the observed "moved or not" most likely, drawn to the prior's."""
    moved = np.abs(pairs.change) > past.SAME
    best, top = prior.hazard, -np.inf
    for step in HAZARDS:
        stay = (1 + repricing.hazards(pairs.start, phi, prior.hazard * step) * pairs.years / HETEROGENEITY) ** -HETEROGENEITY
        stay = np.clip(stay, 1e-6, 1 - 1e-6)
        likelihood = np.average(np.where(moved, np.log1p(-stay), np.log(stay)), weights=fade)
        score = PAIRS_PER_ORIGIN * looks * likelihood - HAZARD_PRIOR_WEIGHT * np.log(step) ** 2 / 2
        if score > top:
            best, top = prior.hazard * float(step), score
    return best


def _pull(pairs: Pairs, shared: bool, memory: Sequence[float], prior: Prior) -> tuple[Pull, float]:
    """The pull toward one kind of destination, and its faded mean loss."""
    phi, drawn = repricing.destination(pairs.start, shared), repricing.plan(SIZE)
    hazard = _hazard(pairs, phi, *_looks(pairs.age_years, memory[0]), prior)
    fade, looks = _looks(pairs.age_years, memory[1])
    count = repricing.repricings(pairs.start, phi, pairs.years, hazard, drawn)
    gap, moves = pairs.start.log_price - phi, float(np.average(np.abs(pairs.change), weights=fade))
    weight = PULL * moves * prior.weight / looks

    def loss(p: Pull) -> float:
        predicted = of_draws(repricing.changes(gap, count, p, drawn), QUANTILES)
        return float(np.average(quantile_loss(pairs.change, predicted), weights=fade))

    def cost(p: Pull) -> float:
        far = np.log(p.closing / prior.closing) ** 2 + np.log(p.spread / prior.spread) ** 2
        return loss(p) + weight * float(np.log1p(far / (2 * PRIOR_SPREAD_LOG**2)))

    best = Pull(shared, hazard, prior.closing, prior.spread)
    for _ in range(2):
        best = min((replace(best, closing=float(v)) for v in prior.closing * STEPS), key=cost)
        best = min((replace(best, spread=float(v)) for v in prior.spread * STEPS), key=cost)
    return best, loss(best)
