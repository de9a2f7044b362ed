"""Each side of an interval is widened by what fell outside on that side, by the tail and not by the middle."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from forecasting.forecast import conformal, fitting, past, repricing
from forecasting.panel.series import PriceSeries, prepare

LAST = date(2026, 6, 1)
HORIZON = (30,)


def stepping(step: float, share: float, seed: int = 0) -> list[PriceSeries]:
    """Twelve monthly series over three years in which a ``share`` of the months moves the log price by ``step``."""
    rng = np.random.default_rng(seed)
    rows = [
        {"unique_id": f"s{k}", "ds": LAST - timedelta(days=30 * (36 - n)), "y": float(np.exp(level))}
        for k in range(12)
        for n, level in enumerate(np.cumsum(np.where(rng.random(37) < share, step, 0.0)))
    ]
    return list(prepare(pl.DataFrame(rows), LAST).series)


def factors(step: float, share: float) -> tuple[float, float]:
    series = stepping(step, share)
    told = conformal.factors(series, fitting.fit(stepping(-0.05, 0.3, seed=1), repricing.Prior(weight=1e4)), HORIZON)
    return float(told[0, 0]), float(told[0, 1])


def test_outcomes_far_below_widen_the_lower_side_alone() -> None:
    lower, upper = factors(-1.5, 0.5)
    assert lower > 1.2 and upper < 1.0


def test_outcomes_far_above_widen_the_upper_side_alone() -> None:
    lower, upper = factors(0.5, 0.5)
    assert upper > 1.2 and lower < 1.0


def test_the_tail_decides_not_the_middle() -> None:
    lower, _ = factors(-3.0, 0.1)
    assert lower > 1.2, "one month in ten falls far: the median month, which does not move, must not narrow the interval"


def test_applying_factors_keeps_the_median_and_scales_each_side_about_it() -> None:
    quantiles = np.linspace(-1.0, 1.0, 19)[None, None, :]
    out = conformal.apply(quantiles, np.array([[2.0, 0.5]]))
    assert out[0, 0, 9] == quantiles[0, 0, 9]
    assert out[0, 0, 0] == -2.0 and out[0, 0, 18] == 0.5


def test_without_a_past_nothing_is_scaled() -> None:
    one = prepare(pl.DataFrame({"unique_id": ["s"], "ds": [LAST], "y": [1.0]}), LAST).series
    assert (conformal.factors(one, fitting.fit(one, repricing.Prior()), HORIZON) == 1.0).all()
    assert len(past.pairs(one, HORIZON)) == 0
