"""Speed of the forecasting library: python -m benchmarks.forecasting [--statsforecast]

10,000 series of 40 points, fitted together, forecast at four horizons, scored, with block-bootstrap intervals of each
series' rate; the bar is 60 s on two cores. ``--statsforecast`` times RandomWalkWithDrift and AutoETS of statsforecast on
the same series (a sample for AutoETS, scaled up) in this interpreter, so run it from an environment that has it
(it pins pandas<3): uv run --with statsforecast --with polars --with scipy python -m benchmarks.forecasting --statsforecast
"""

from __future__ import annotations

import sys
import time
from datetime import date, timedelta

import numpy as np
import polars as pl

from forecasting.forecast import candidates, fitting, repricing
from forecasting.panel.series import Panel, PriceSeries
from forecasting.track_record import scoring
from units.constants import DAYS_PER_YEAR

SERIES, POINTS, STEP_DAYS = 10_000, 40, 30
HORIZONS = (30, 90, 180, 365)
BOOTSTRAPS, BLOCK = 200, 4


def world(rng: np.random.Generator) -> np.ndarray:
    """Log prices (series, points) that jump toward 0.02 USD per Mtok."""
    gap = np.log(rng.uniform(0.5, 40, SERIES) / 0.02)
    fall = np.cumsum(rng.gamma(0.15, 0.5, (SERIES, POINTS)), axis=1)
    return np.log(0.02) + gap[:, None] * np.exp(-fall) + 0.1 * rng.standard_normal((SERIES, POINTS))


def bootstrap_rates(y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """90 % moving-block bootstrap interval of each series' drift per year, shape (series, 2)."""
    steps = np.diff(y, axis=1)
    n = steps.shape[1]
    starts = rng.integers(0, n - BLOCK + 1, (BOOTSTRAPS, -(-n // BLOCK)))
    index = (starts[:, :, None] + np.arange(BLOCK)).reshape(BOOTSTRAPS, -1)[:, :n]
    weight = np.zeros((BOOTSTRAPS, n))
    np.add.at(weight, (np.arange(BOOTSTRAPS)[:, None], index), 1.0 / n)
    drift = steps @ weight.T * DAYS_PER_YEAR / STEP_DAYS
    return np.quantile(drift, [0.05, 0.95], axis=1).T


def ours(y: np.ndarray) -> dict[str, float]:
    """Seconds per stage."""
    clock, out = time.perf_counter(), {}

    def lap(name: str) -> None:
        nonlocal clock
        now = time.perf_counter()
        out[name], clock = now - clock, now

    origin = date(2023, 1, 1)
    day = origin.toordinal() + STEP_DAYS * np.arange(POINTS)
    held = 12
    series = tuple(PriceSeries(f"s{i:05d}", day[:-held], y[i, :-held]) for i in range(SERIES))
    panel = Panel(series, date.fromordinal(int(day[-held - 1])), ())
    lap("prepare")
    p = fitting.fit(panel.series, repricing.Prior())
    lap("fit")
    q = candidates.repricing_mixture(panel.series, panel.cutoff.toordinal(), HORIZONS, p)
    lap("forecast and calibrate")
    steps = [round(h / STEP_DAYS) for h in HORIZONS]
    actual = y[:, [POINTS - held - 1 + s for s in steps]]
    for k, h in enumerate(HORIZONS):
        rows = pl.DataFrame(
            {
                "series_id": [s.unique_id for s in series],
                "vintage": [panel.cutoff] * SERIES,
                "model": ["repricing_mixture"] * SERIES,
                "horizon_days": [h] * SERIES,
                "actual_log": actual[:, k],
                "last_log": [s.last for s in series],
                "q": q[:, k].tolist(),
            }
        )
        scoring.summarise(scoring.score(rows), "repricing_mixture", "benchmark")
    lap("score")
    bootstrap_rates(y[:, :-held], np.random.default_rng(1))
    lap("bootstrap intervals")
    return out


def theirs(y: np.ndarray) -> dict[str, float]:
    """Seconds of statsforecast on the same series: drift on all of them, AutoETS on 200 scaled up."""
    import pandas as pd
    from statsforecast import StatsForecast
    from statsforecast.models import AutoETS, RandomWalkWithDrift

    days = [date(2023, 1, 1) + timedelta(days=STEP_DAYS * k) for k in range(POINTS)]
    frame = pd.DataFrame(
        {"unique_id": np.repeat([f"s{i:05d}" for i in range(SERIES)], POINTS), "ds": np.tile(pd.to_datetime(days), SERIES), "y": y.ravel()}
    )
    out = {}
    for name, model, n in (("statsforecast drift", RandomWalkWithDrift(), SERIES), ("statsforecast AutoETS", AutoETS(), 200)):
        part = frame[frame["unique_id"] < f"s{n:05d}"]
        start = time.perf_counter()
        StatsForecast(models=[model], freq=f"{STEP_DAYS}D", n_jobs=2).forecast(df=part, h=12, level=[50, 80, 90])
        out[name] = (time.perf_counter() - start) * SERIES / n
    return out


if __name__ == "__main__":
    y = world(np.random.default_rng(0))
    laps = ours(y)
    if "--statsforecast" in sys.argv:
        laps |= theirs(y)
    for name, seconds in laps.items():
        print(f"{name:<26}{seconds:8.2f} s")
    total = sum(v for k, v in laps.items() if not k.startswith("statsforecast"))
    print(f"{'total (bar 60 s)':<26}{total:8.2f} s")
    for name, seconds in laps.items():
        if name.startswith("statsforecast"):
            print(f"{name + ' / ours':<34}{seconds / total:8.2f}")
    sys.exit(0 if total < 60 else 1)
