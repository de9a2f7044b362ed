"""What the constants do on what they did not see, and the interval that follows: errors, coverage, by whole groups.

Each group (a source, an accelerator, a model, all newer software) is predicted by constants fitted without it, asked as
somebody asks who states neither software nor its date. The interval is one for a *new source*: sources count alike
however many rows they have, and its own coverage is measured on sources that its widths were not fitted on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from throughput.calibration.calibration import fit
from throughput.calibration.measurements import Measurements, log_predicted, run_numpy
from throughput.engine.efficiency import Constants
from throughput.engine.uncertainty import REGIMES, TERMS

COVERAGE = 0.8
EVALUATIONS = 3
LEAST_WIDTH, MOST_EXTRA = 0.02, 0.3
"""Limits of the terms in log units: what a regime adds rests on few sources, so that one odd source must not own it."""


def errors_without(data: Measurements, start: Constants, by: str, evaluations: int = EVALUATIONS) -> np.ndarray:
    """Log errors of each group predicted by constants fitted without it (nan for rows in no group)."""
    errors = np.full(len(data), np.nan)
    for _, mask in data.groups(by):
        constants = fit(data.subset(~mask), start, evaluations).constants
        part = data.subset(mask).unannounced()
        errors[mask] = log_predicted(part, constants) - part.log_measured
    return errors


def _weights(keys: np.ndarray) -> np.ndarray:
    """Rows weigh so that every group counts alike."""
    _, of, sizes = np.unique(keys, return_inverse=True, return_counts=True)
    return 1.0 / sizes[of]


def design(data: Measurements, constants: Constants) -> np.ndarray:
    """Indicator of each regime, rows by ``REGIMES``."""
    values = run_numpy(data.columns, constants)
    return np.column_stack([np.broadcast_to(TERMS[n](values), len(data)) for n in REGIMES])


def widths(matrix: np.ndarray, errors: np.ndarray, keys: np.ndarray, coverage: float = COVERAGE) -> np.ndarray:
    """Half-width terms per regime: weighted quantile regression of absolute log errors (Koenker & Bassett 1978), none negative.

    A linear programme: minimise the pinball loss of ``|error| - matrix @ width``.
    """
    from scipy.optimize import linprog
    from scipy.sparse import eye, hstack

    keep = np.isfinite(errors)
    target, table, weight = np.abs(errors[keep]), matrix[keep], _weights(keys[keep])
    rows, terms = table.shape
    identity = eye(rows, format="csr")
    cost = np.concatenate([np.zeros(terms), coverage * weight, (1.0 - coverage) * weight])
    found = linprog(
        cost,
        A_eq=hstack([table, identity, -identity], format="csr"),
        b_eq=target,
        bounds=[(LEAST_WIDTH, None), *[(0.0, MOST_EXTRA)] * (terms - 1)] + [(0.0, None)] * (2 * rows),
        method="highs",
    )
    return found.x[:terms]


def spread(parts: Sequence[tuple[Measurements, np.ndarray]], constants: Constants) -> dict[str, float]:
    """``spread.*`` of the packaged interval, from errors of left-out sources of each part (speeds, joules)."""
    matrix, errors, keys = stacked(parts, constants)
    return {f"spread.{n}": float(v) for n, v in zip(REGIMES, widths(matrix, errors, keys), strict=True)}


def stacked(parts: Sequence[tuple[Measurements, np.ndarray]], constants: Constants) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(regimes, errors, groups) of several sets of rows; joules of a source count as a source of their own."""
    return (
        np.concatenate([design(d, constants) for d, _ in parts]),
        np.concatenate([e for _, e in parts]),
        np.concatenate([[f"{g} {i}" for g in d.columns["group"]] for i, (d, _) in enumerate(parts)]),
    )


def inside(parts: Sequence[tuple[Measurements, np.ndarray]], constants: Constants) -> list[np.ndarray]:
    """Per part, whether each row's error lies inside an interval whose widths were fitted without its source.

    nan where there is no error.
    """
    matrix, errors, keys = stacked(parts, constants)
    names = np.array([k.rsplit(" ", 1)[0] for k in keys])
    known, covered = np.isfinite(errors), np.full(len(errors), np.nan)
    for name in np.unique(names[known]):
        own, others = (names == name) & known, (names != name) & known
        covered[own] = np.abs(errors[own]) <= matrix[own] @ widths(matrix[others], errors[others], keys[others])
    return np.split(covered, np.cumsum([len(d) for d, _ in parts])[:-1])


def within_packaged(data: Measurements, constants: Constants, errors: np.ndarray) -> np.ndarray:
    """Whether each error lies inside the interval of ``constants`` (nan where there is none)."""
    width = run_numpy(data.columns, constants)["log_half_width"]
    return np.where(np.isfinite(errors), np.abs(errors) <= width, np.nan)


def table(data: Measurements, errors: np.ndarray, by: str, covered: np.ndarray | None = None) -> pl.DataFrame:
    """Rows, median and 90th percentile of the absolute percentage error, share within 25 %, bias, coverage; per ``by``."""
    frame = data.frame.select(by).with_columns(
        error=pl.Series(errors), covered=pl.Series(covered if covered is not None else np.full(len(data), np.nan))
    )
    known = frame.filter(pl.col("error").is_finite())
    absolute = (pl.col("error").exp() - 1.0).abs() * 100.0
    return (
        known.group_by(by)
        .agg(
            rows=pl.len(),
            median_ape_pct=absolute.median(),
            p90_ape_pct=absolute.quantile(0.9),
            within_25_pct=(absolute <= 25.0).mean() * 100.0,
            bias_pct=(pl.col("error").median().exp() - 1.0) * 100.0,
            covered_pct=pl.col("covered").fill_nan(None).mean() * 100.0,
        )
        .sort(by)
    )


def summary(errors: np.ndarray, covered: np.ndarray, keys: np.ndarray) -> Mapping[str, float]:
    """rows, median_ape_pct, within_25_pct, covered_pct, and the median over groups of their medians."""
    good = np.isfinite(errors)
    absolute = np.abs(np.expm1(errors[good])) * 100.0
    of = keys[good]
    medians = [np.median(absolute[of == k]) for k in np.unique(of)]
    inside_of = [np.mean(covered[good][of == k]) for k in np.unique(of)]
    return {
        "rows": int(good.sum()),
        "median_ape_pct": float(np.median(absolute)),
        "within_25_pct": float(np.mean(absolute <= 25.0) * 100.0),
        "covered_pct": float(np.mean(covered[good]) * 100.0),
        "median_of_medians_pct": float(np.median(medians)),
        "groups_over_60_pct": float(np.mean(np.where(np.isnan(inside_of), np.nan, np.array(inside_of) >= 0.6)) * 100.0),
    }
