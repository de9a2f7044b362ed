"""When an application becomes affordable: cost per unit of use against what the use is worth, as distributions.

Cost = tokens per unit (growing by their own factor) x price of the stated quality (simulated by the forecasting model);
what may be paid = value per unit x affordable share. All but the price are rows of applications.csv. Belongs here:
dates of viability and the draws shared with the other consequences. Not here: the assumptions.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import polars as pl

from forecasting.floors.floor import triangular
from forecasting.forecast import fitting, past, priors, repricing
from forecasting.panel.series import BadSeries, prepare
from reference import definitions
from units.constants import DAYS_PER_YEAR
from warehouse.schema import frames

DRAWS = 2048
PATH_YEARS = 10


def seeded(as_of: date, name: str) -> np.random.Generator:
    """A generator that depends on the vintage day and a name alone."""
    return np.random.default_rng(zlib.crc32(f"{as_of}/{name}".encode()))


def drawn(rows: Mapping[str, dict], quantity: str, rng: np.random.Generator) -> np.ndarray:
    """``DRAWS`` values of an assumption's triangular range, in logs where the range is positive."""
    r = rows[quantity]
    if r["low"] > 0:
        return triangular(rng, r["low"], r["mode"], r["high"], DRAWS)
    return rng.triangular(r["low"], r["mode"], r["high"], DRAWS) if r["high"] > r["low"] else np.full(DRAWS, r["mode"])


def band(x: np.ndarray) -> tuple[float, float, float]:
    """Median, 5 % and 95 % quantile."""
    return float(np.median(x)), float(np.quantile(x, 0.05)), float(np.quantile(x, 0.95))


def price_paths(at: past.States, fitted: repricing.Parameters, size: int = DRAWS) -> np.ndarray:
    """Simulated log prices of one series at monthly steps over ten years, shape (size, 121): the forecasting model.

    Marginal draws at each horizon, coupled by common random numbers, so that a path keeps its rank.
    """
    steps = [np.full((1, size), at.log_price[0])]
    for month in range(1, 12 * PATH_YEARS + 1):
        steps.append(repricing.draws(at, month / 12, fitted, size))
    return np.concatenate(steps, axis=0).T


def viability(applications: pl.DataFrame, series: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Table viability: month in which cost per unit = tokens x price falls to value x affordable share, as draws.

    Tokens per unit grow by their own factor; the price is that of the series of the stated quality.
    """
    try:
        panel = prepare(series.select("unique_id", "ds", "y"), as_of)
    except BadSeries:
        return frames.empty("stats.viability")
    fitted = fitting.fit(panel.series, priors.at(as_of))
    now = past.states(panel.series, as_of.toordinal())
    by_id = {s.unique_id: i for i, s in enumerate(panel.series)}
    cache: dict[str, np.ndarray] = {}
    out = []
    for (name,), group in applications.sort("application").group_by(["application"], maintain_order=True):
        rows = {r["quantity"]: r for r in group.iter_rows(named=True)}
        sid = definitions.series_id(rows["quality_threshold_gpqa"]["mode"])
        if sid not in by_id:
            continue
        if sid not in cache:
            cache[sid] = price_paths(now.take(np.array([by_id[sid]])), fitted)
        out.append(_viability_row(str(name), rows, sid, cache[sid], as_of, group))
    return frames.from_rows("stats.viability", out)


def _viability_row(name: str, rows: Mapping[str, dict], sid: str, path: np.ndarray, as_of: date, group: pl.DataFrame) -> dict[str, object]:
    rng = seeded(as_of, f"viability/{name}")
    tokens, growth = drawn(rows, "tokens_per_unit", rng), drawn(rows, "tokens_growth_factor_per_year", rng)
    needed = drawn(rows, "value_usd_per_unit", rng) * drawn(rows, "model_cost_share", rng)
    years = np.arange(path.shape[1]) / 12
    order = rng.permutation(DRAWS)
    cost = np.log(tokens / 1e6)[:, None] + np.log(growth)[:, None] * years[None, :] + path[order]
    met = cost <= np.log(needed)[:, None]
    ever = met.any(axis=1)
    when = np.where(ever, years[np.argmax(met, axis=1)], np.inf)
    now = float(np.mean(met[:, 0]))
    within = float(np.mean(when <= 1.0))
    verdict = (
        "viable now" if now >= 0.5 else "expected" if within >= 0.5 else "uncertain" if np.mean(ever) >= 0.5 else "not within the horizon"
    )
    days = [_date(as_of, float(np.quantile(when, q, method="inverted_cdf"))) for q in (0.5, 0.05, 0.95)]
    return {
        "application": name,
        "unit_of_use": group["unit_of_use"][0],
        "series_id": sid,
        "cost_now_usd_per_unit": float(np.exp(np.median(cost[:, 0]))),
        "needed_usd_per_unit": float(np.median(needed)),
        "viable_date": days[0],
        "viable_low_date": days[1],
        "viable_high_date": days[2],
        "viable_now_share": now,
        "viable_within_year_share": within,
        "never_share": float(np.mean(~ever)),
        "verdict": verdict,
        "inputs": " ".join([*group["assumption_id"].to_list(), sid]),
    }


def _date(as_of: date, years: float) -> date | None:
    return as_of + timedelta(days=round(years * DAYS_PER_YEAR)) if np.isfinite(years) else None
