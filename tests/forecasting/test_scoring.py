"""What counts as inside an interval."""

from __future__ import annotations

import numpy as np

from forecasting.forecast.quantiles import QUANTILES
from forecasting.track_record import scoring


def test_both_ends_belong_to_an_interval_and_what_is_beyond_them_does_not() -> None:
    predicted = np.tile(np.asarray(QUANTILES), (4, 1))
    actual = np.array([0.05, 0.95, 0.049, 0.951])
    assert scoring.coverage(actual, predicted)[90].tolist() == [True, True, False, False]
