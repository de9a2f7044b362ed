"""What counts as inside an interval."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.forecast.quantiles import QUANTILES
from forecasting.track_record import scoring


def test_both_ends_belong_to_an_interval_and_what_is_beyond_them_does_not() -> None:
    predicted = np.tile(np.asarray(QUANTILES), (4, 1))
    actual = np.array([0.05, 0.95, 0.049, 0.951])
    assert scoring.coverage(actual, predicted)[90].tolist() == [True, True, False, False]


def test_a_point_mass_counts_in_proportion_so_that_a_calibrated_half_covers_half() -> None:
    """Six in ten stay: the closed interval that touches the point covers six in ten at least."""
    rng, levels = np.random.default_rng(1), np.arange(1, 20) * 0.05

    def drawn(n: int) -> np.ndarray:
        return np.where(rng.random(n) < 0.625, 0.0, rng.normal(size=n))

    q, y = np.tile(np.quantile(drawn(200_000), levels), (20_000, 1)), drawn(20_000)
    assert scoring.coverage(y, q)[50].mean() > 0.6
    assert scoring.randomised_coverage(y, q, 50).mean() == pytest.approx(0.5, abs=0.03)
    plain = np.tile(np.quantile(rng.normal(size=200_000), levels), (20_000, 1))
    assert scoring.randomised_coverage(rng.normal(size=20_000), plain, 50).mean() == pytest.approx(0.5, abs=0.02)
    assert scoring.randomised_coverage(np.full(3, 9.0), plain[:3], 50).max() == 0.0
