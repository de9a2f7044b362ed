"""Is the decline accelerating? Four tests declared once, one rule, run every vintage.

On the age-controlled hedonic price: (i) quadratic term, clustered; (ii) continuous one-break line, sup-F over the
inner 70 % of the span, p from an AR(1) block bootstrap of the monthly index; (iii) number of breaks by BIC;
(iv) first against last rolling 12-month slope. "Accelerating" (or "decelerating") is said only when sign and p < .05
hold in (i) and (ii) on both quality scales. The naive F distribution is wildly overconfident here: months of an index
are not independent, and the break date was searched for. Belongs here: the tests and the rule.
"""

from __future__ import annotations

import zlib
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from forecasting.estimators.regression import least_squares
from forecasting.indices import hedonic, index_set
from units.constants import DAYS_PER_YEAR
from warehouse.schema import frames

TRIM = 0.15
BOOTSTRAPS = 499
ALPHA = 0.05
SAMPLE = "fresh"
"""Listings of at most one year: a stale listing that nobody reprices must not look like a slowdown."""
MIN_MODELS_PER_MONTH = 8
"""Months with fewer fresh models are one or two vendors, not a market: an early month of that kind is a leverage point
that can make any bend."""
EPOCH_YEAR = date(2000, 1, 1)
RULE = (
    "said only when the quadratic term and the one-break test agree in sign with p < .05 on both quality scales; "
    "a falling log price that bends upward is a decline that slows"
)


def quadratic(rows: pl.DataFrame) -> tuple[float, float] | None:
    """T and p of the squared term of time, clustered by family; positive = decelerating. None if too few rows."""
    if rows.height < hedonic.MIN_ROWS * 2 or rows["cluster"].n_unique() < hedonic.MIN_CLUSTERS:
        return None
    years = rows["years"].to_numpy()
    t = years - years.mean()
    design = np.column_stack([np.ones(len(t)), t, t**2, *hedonic.controls(rows, age=True)])
    fit = least_squares(rows["log_price"].to_numpy(), design, rows["cluster"].to_numpy())
    return fit.t(2), fit.p(2)


def sup_f(t: np.ndarray, y: np.ndarray) -> tuple[float, int, np.ndarray]:
    """Largest F of a continuous broken line over the inner 70 %: statistic, index of the break, coefficients."""
    n = len(t)
    base = np.column_stack([np.ones(n), t])
    projection = base @ np.linalg.pinv(base)
    residual = y - projection @ y
    rss0 = float(residual @ residual)
    best = (0.0, n // 2, np.zeros(3))
    for k in range(max(int(TRIM * n), 2), n - max(int(TRIM * n), 2)):
        hinge = np.maximum(t - t[k], 0.0)
        ortho = hinge - projection @ hinge
        size = float(ortho @ ortho)
        if size <= 1e-12:
            continue
        gain = float(ortho @ residual) ** 2 / size
        f = gain / max((rss0 - gain) / max(n - 3, 1), 1e-15)
        if f > best[0]:
            beta, *_ = np.linalg.lstsq(np.column_stack([base, hinge]), y, rcond=None)
            best = (f, k, beta)
    return best


def _sup_f_many(t: np.ndarray, many: np.ndarray) -> np.ndarray:
    """``sup_f`` for each row of ``many`` (b, n): the bootstrap's inner loop as matrix products."""
    n = len(t)
    base = np.column_stack([np.ones(n), t])
    projection = base @ np.linalg.pinv(base)
    residual = many - many @ projection.T
    rss0 = np.sum(residual**2, axis=1)
    ks = range(max(int(TRIM * n), 2), n - max(int(TRIM * n), 2))
    hinges = np.array([np.maximum(t - t[k], 0.0) for k in ks])
    ortho = hinges - hinges @ projection.T
    gain = (residual @ ortho.T) ** 2 / np.maximum(np.sum(ortho**2, axis=1), 1e-12)
    f = gain / np.maximum((rss0[:, None] - gain) / max(n - 3, 1), 1e-15)
    return f.max(axis=1)


def one_break(t: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> tuple[float, float, int, float, float]:
    """sup-F, bootstrap p, break index, slope before and after. The null: a line with AR(1) errors.

    Innovations are drawn in moving blocks (length n^(1/3)), so that what AR(1) misses survives.
    """
    f, k, beta = sup_f(t, y)
    n = len(t)
    line = np.polyval(np.polyfit(t, y, 1), t)
    u = y - line
    rho = float(np.clip((u[1:] @ u[:-1]) / max(float(u[:-1] @ u[:-1]), 1e-15) + 1.0 / n, 0.0, 0.97))
    e = u[1:] - rho * u[:-1]
    e = e - e.mean()
    length = max(int(round(n ** (1 / 3))), 1)
    blocks = -(-(n + 20) // length)
    starts = rng.integers(0, max(len(e) - length + 1, 1), size=(BOOTSTRAPS, blocks))
    picked = e[np.minimum(starts[:, :, None] + np.arange(length), len(e) - 1)].reshape(BOOTSTRAPS, -1)
    noise = np.zeros((BOOTSTRAPS, n + 20))
    for i in range(1, n + 20):
        noise[:, i] = rho * noise[:, i - 1] + picked[:, i]
    null = _sup_f_many(t, line + noise[:, 20:])
    p = float((1 + np.sum(null >= f)) / (BOOTSTRAPS + 1))
    return f, p, k, float(beta[1]), float(beta[1] + beta[2])


def bic_breaks(t: np.ndarray, y: np.ndarray, most: int = 2) -> tuple[int, list[int]]:
    """Number of kinks (0..2) of a continuous line with the least BIC (each costs two parameters), and where."""
    n = len(t)
    ks = list(range(max(int(TRIM * n), 2), n - max(int(TRIM * n), 2)))
    options: list[list[int]] = [[]] + [[k] for k in ks]
    if most >= 2:
        gap = max(int(TRIM * n), 2)
        options += [[a, b] for a in ks for b in ks if b - a >= gap]
    best: tuple[float, list[int]] = (np.inf, [])
    for option in options:
        design = np.column_stack([np.ones(n), t, *(np.maximum(t - t[k], 0) for k in option)])
        beta, *_ = np.linalg.lstsq(design, y, rcond=None)
        rss = max(float(np.sum((y - design @ beta) ** 2)), 1e-12)
        bic = n * np.log(rss / n) + (2 + 2 * len(option)) * np.log(n)
        if bic < best[0] - 1e-9:
            best = (bic, option)
    return len(best[1]), best[1]


def _verdict(sign: float, p: float) -> str:
    if p >= ALPHA or sign == 0:
        return "no evidence"
    return "decelerating" if sign > 0 else "accelerating"


def scale_tests(rows: pl.DataFrame, scale: str, rng: np.random.Generator) -> list[dict[str, object]]:
    """The four tests on one scale; an empty list when there are too few listings."""
    chosen = hedonic.sample(rows, SAMPLE).filter(pl.col("model").n_unique().over("month") >= MIN_MODELS_PER_MONTH)
    quad = quadratic(chosen)
    index = hedonic.time_dummy(chosen, age=True)
    if quad is None or index.height < 12:
        return []
    days = index["month"].to_list()
    t = np.array([(d - EPOCH_YEAR).days / DAYS_PER_YEAR for d in days])
    y = index["index_log"].to_numpy()
    f, p, k, before, after = one_break(t, y, rng)
    count, where = bic_breaks(t, y)
    years = chosen["years"].to_numpy()
    first = hedonic.rate(chosen.filter(pl.col("years") <= float(years.min()) + 1.0))
    last = hedonic.rate(chosen.filter(pl.col("years") > float(years.max()) - 1.0))
    out: list[dict[str, object]] = [
        {"test": "quadratic", "statistic": quad[0], "p_value": quad[1], "direction": _verdict(quad[0], quad[1])},
        {
            "test": "one_break",
            "statistic": f,
            "p_value": p,
            "break_date": days[k],
            "factor_before_per_year": float(np.exp(-before)),
            "factor_after_per_year": float(np.exp(-after)),
            "direction": _verdict(after - before, p),
        },
        {
            "test": "bic_breaks",
            "statistic": float(count),
            "break_date": days[where[0]] if where else None,
            "direction": "no evidence",
            "note": "a count, not a test",
        },
    ]
    if first is not None and last is not None:
        apart = first.high < last.low or last.high < first.low
        out.append(
            {
                "test": "rolling_12_months",
                "statistic": last.slope - first.slope,
                "factor_before_per_year": first.factor,
                "factor_after_per_year": last.factor,
                "direction": _verdict(last.slope - first.slope, 0.0 if apart else 1.0),
                "note": "90 % intervals of the first and the last year apart" if apart else "intervals overlap",
            }
        )
    return [{"scale": scale, **row} for row in out]


def decide(rows: list[dict[str, Any]]) -> tuple[str, float | None]:
    """The rule: direction and the largest p among the deciding tests."""
    deciding = [r for r in rows if r["test"] in ("quadratic", "one_break")]
    scales = {r["scale"] for r in deciding}
    if len(scales) < 2:
        return "no evidence", None
    p = max(float(r["p_value"]) for r in deciding)
    directions = {str(r["direction"]) for r in deciding}
    return (directions.pop() if len(directions) == 1 else "no evidence"), p


def build(prices: pl.DataFrame, scores: pl.DataFrame, models: pl.DataFrame, as_of: date, *, hindsight: bool = False) -> pl.DataFrame:
    """Table acceleration: the four declared tests on each quality scale and the row (all, rule)."""
    rows: list[dict[str, object]] = []
    for scale, panel in index_set.panels(prices, scores, models, as_of, hindsight=hindsight).items():
        rng = np.random.default_rng(zlib.crc32(f"{as_of}{scale}".encode()))
        rows += scale_tests(panel, scale, rng) if not panel.is_empty() else []
    direction, p = decide(rows)
    rows.append({"scale": "all", "test": "rule", "p_value": p, "direction": direction, "note": RULE})
    return frames.from_rows("stats.acceleration", rows)
