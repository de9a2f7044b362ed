"""The one set of constants: reading it, fitting it with sources as random effects, and writing it down.

The fit is least squares on the logarithm of predicted over measured with a robust loss. Every source has an effect of
its own, drawn around zero, so that a large source teaches the physics by how its rows differ and not by where it
stands; constants are held by their priors. Nothing is tuned per model, accelerator or source, and no effect enters a
prediction. What the constants do on what they did not see is in ``held_out``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from throughput.calibration.measurements import Measurements, log_predicted
from throughput.engine.efficiency import FAMILY_MEANINGS, FIXED, MEANINGS, Constants, Meaning

LOSS_SCALE = 0.1
"""Errors well beyond 10 % count linearly, not squared: published measurements contain gross outliers."""
PRIOR_WEIGHT = 1.0
"""How firmly priors hold, in units of a row's weight; chosen, like the two below, on left-out sources."""
SOURCE_EXPONENT = -0.5
"""A source of n rows weighs ``n^(1 + this)``."""
EFFECT_SPREAD = 0.25
"""Standard deviation of a source's own effect in logarithms."""
STEP = 1e-4
ONE_SOURCE = 0.9
"""A constant with more of its information than this in one source is a prior, not a finding."""


@dataclass
class Fit:
    """Constants, their covariance in logarithms, each source's effect, and where each constant's information comes from."""

    constants: Constants
    covariance: np.ndarray
    effects: dict[str, float]
    largest_source: dict[str, tuple[str, float]]
    """Constant -> (source that informs it most, its share of the information)."""


def meanings() -> dict[str, Meaning]:
    """Everything the fit may move, by name."""
    return {**MEANINGS, **FAMILY_MEANINGS}


def _tame(error: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Robust residual (square root of twice a pseudo-Huber loss) and its slope."""
    root = np.sqrt(1.0 + (error / LOSS_SCALE) ** 2)
    tame = np.sign(error) * LOSS_SCALE * np.sqrt(2.0 * (root - 1.0))
    return tame, np.where(np.abs(tame) > 1e-9, error / root / np.where(np.abs(tame) > 1e-9, tame, 1.0), 1.0)


def fit(data: Measurements, start: Constants | None = None, evaluations: int = 15) -> Fit:
    """Constants that explain the data, with one random effect per source."""
    from scipy.optimize import least_squares

    table = meanings()
    names, count = list(table), len(table)
    prior = np.log([m.prior for m in table.values()])
    tightness = PRIOR_WEIGHT / np.array([m.spread for m in table.values()])
    sources, of, sizes = np.unique(data.columns["source"], return_inverse=True, return_counts=True)
    weight = np.sqrt(sizes[of] ** SOURCE_EXPONENT / np.mean(sizes[of] ** SOURCE_EXPONENT))

    def error(x: np.ndarray) -> np.ndarray:
        found = log_predicted(data, Constants(dict(zip(names, np.exp(x), strict=True)))) - data.log_measured
        return np.clip(np.nan_to_num(found, nan=3.0, posinf=3.0, neginf=-3.0), -3.0, 3.0)

    def residuals(z: np.ndarray) -> np.ndarray:
        x, effects = z[:count], z[count:]
        return np.concatenate([_tame(error(x) + effects[of])[0] * weight, (x - prior) * tightness, effects / EFFECT_SPREAD])

    def jacobian(z: np.ndarray) -> np.ndarray:
        x, effects = z[:count], z[count:]
        base = error(x)
        slope = _tame(base + effects[of])[1] * weight
        rows = np.zeros((len(data) + len(z), len(z)))
        for j in range(count):
            moved = x.copy()
            moved[j] += STEP
            rows[: len(data), j] = (error(moved) - base) / STEP * slope
        rows[np.arange(len(data)), count + of] = slope
        rows[len(data) + np.arange(len(z)), np.arange(len(z))] = np.concatenate([tightness, np.full(len(sources), 1.0 / EFFECT_SPREAD)])
        return rows

    first = prior if start is None else np.log([start[n] for n in names])
    found = least_squares(residuals, np.concatenate([first, np.zeros(len(sources))]), jac=jacobian, max_nfev=evaluations, ftol=1e-4)
    covariance = _covariance(found, len(data))[:count, :count]
    informed = np.array([np.sum(found.jac[: len(data)][of == s, :count] ** 2, axis=0) for s in range(len(sources))])
    share = informed / np.maximum(informed.sum(axis=0), 1e-12)
    largest = {n: (str(sources[np.argmax(share[:, j])]), float(share[:, j].max())) for j, n in enumerate(names)}
    return Fit(
        Constants(dict(zip(names, np.exp(found.x[:count]), strict=True))),
        covariance,
        {str(s): float(-e) for s, e in zip(sources, found.x[count:], strict=True)},
        largest,
    )


def _covariance(found: Any, rows: int) -> np.ndarray:
    scale = float(np.sum(found.fun[:rows] ** 2) / max(rows - len(found.x), 1))
    return scale * np.linalg.pinv(found.jac.T @ found.jac)


def write_constants(path: Any, found: Fit, spread: Mapping[str, float], power: Mapping[str, float], remark: str) -> None:
    """Write ``constants.toml``: value, 80 % interval, prior, unit, meaning and informants of each constant, spreads, power."""
    deviation = np.sqrt(np.maximum(np.diag(found.covariance), 0.0))
    lines = [f"# {line}" for line in remark.splitlines()] + [""]
    for (name, meaning), sd in zip(meanings().items(), deviation, strict=True):
        value, reach = found.constants[name], float(np.exp(1.2816 * min(sd, 3.0)))
        source, share = found.largest_source[name]
        lines += [
            f'[constants."{name}"]',
            f"value = {value:.5g}",
            f"low_80 = {value / reach:.4g}",
            f"high_80 = {value * reach:.4g}",
            f"prior = {meaning.prior:.5g}",
            f"prior_log_sd = {meaning.spread:.3g}",
            f'basis = "{"one source and its prior" if share > ONE_SOURCE else "measured by several sources"}"',
            f'largest_source = "{source}"',
            f"largest_source_share = {share:.2f}",
            f'unit = "{meaning.unit}"',
            f'meaning = "{meaning.text}"',
            "",
        ]
    boundary = {n: found.constants[n] for n in FIXED if n.startswith("boundary.")}
    for title, values in (("spread", spread), ("power", power), ("boundary", boundary)):
        lines += [f"[{title}]", *(f'"{n}" = {v:.4g}' for n, v in values.items()), ""]
    path.write_text("\n".join(lines), encoding="utf-8")
