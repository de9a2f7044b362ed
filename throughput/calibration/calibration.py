"""The one set of constants: reading it, fitting it, and saying honestly how it does on what it did not see.

The fit is least squares on the logarithm of measured over predicted, with a robust loss and priors on the
constants; sources weigh by the root of their size so that one large source does not own the physics. Terms are
judged by leave-source-out and leave-accelerator-out errors. Nothing is tuned per model, accelerator or source.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

import numpy as np
import polars as pl

from throughput.engine import stages
from throughput.engine.efficiency import FAMILY_MEANINGS, FIXED, MEANINGS, Constants, Meaning
from throughput.engine.uncertainty import REGIMES, regimes
from throughput.questions import readings, scenarios

LOSS_SCALE = 0.1
"""Errors well beyond 10 % count linearly, not squared: published measurements contain gross outliers."""
PRIOR_WEIGHT = 0.3
SOURCE_EXPONENT = -0.35

FOLDS: dict[str, str] = {
    "InferenceX": "silicon_sample (InferenceX", "gap analysis": "silicon_sample (NVIDIA", "TensorRT-LLM 0.14": "v0.14",
    "TensorRT-LLM 0.20": "v0.20", "TensorRT-LLM 1.0": "v1.0", "TensorRT-LLM static": "performance doc v0|H200launch",
    "llama.cpp": "llama.cpp", "GPU-Benchmarks": "XiongjieDai", "ML.ENERGY": "ML.ENERGY", "MLPerf": "MLPerf",
    "Neuron": "AWS Neuron", "ROCm": "AMD ROCm", "gpt-fast": "gpt-fast", "vLLM blog": "vLLM blog",
    "InferenceX experimental": "InferenceX experimental",
}
"""Held out together: fold name -> regular expression on ``source``."""


def load_constants() -> Constants:
    """The packaged calibration (``throughput/constants.toml``)."""
    text = resources.files("throughput.calibration").joinpath("constants.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    rest = {n: float(v) for part in ("spread", "power", "boundary") for n, v in table.get(part, {}).items()}
    return Constants({**{n: float(v["value"]) for n, v in table["constants"].items()}, **rest})


def meanings() -> dict[str, Meaning]:
    """Everything the fit may move, by name."""
    return {**MEANINGS, **FAMILY_MEANINGS}


class Measurements:
    """Measured scenarios as numpy columns, ready to be predicted again and again."""

    def __init__(self, table: pl.DataFrame, accelerators: pl.DataFrame, architectures: pl.DataFrame) -> None:
        rows = readings.read_rows(table, accelerators, architectures)
        good = rows.with_columns(measured=table["measured"].cast(pl.Float64), source=table["source"],
                                 scenario_id=table["scenario_id"]).filter(
            pl.col("error").is_null() & (pl.col("measured") > 0))
        self.refused = rows.filter(pl.col("error").is_not_null()).height
        self.frame = scenarios.join(good, accelerators, architectures)
        self.columns: dict[str, Any] = {}
        for name in self.frame.columns:
            values = self.frame[name].to_numpy()
            self.columns[name] = values.astype(str) if values.dtype == object else values
        self.columns.update(stages.architecture(self.columns, Constants({})))
        self.log_measured = np.log(self.columns["measured"])
        counts = self.frame.select(pl.len().over("source")).to_series().to_numpy().astype(float)
        self.weights = counts**SOURCE_EXPONENT / np.mean(counts**SOURCE_EXPONENT)

    def __len__(self) -> int:
        return len(self.log_measured)

    def subset(self, mask: np.ndarray) -> Measurements:
        """The rows where ``mask`` holds."""
        part = object.__new__(Measurements)
        part.refused, part.frame = 0, self.frame.filter(pl.Series(mask))
        part.columns = {n: v[mask] for n, v in self.columns.items()}
        part.log_measured, part.weights = self.log_measured[mask], self.weights[mask]
        return part

    def folds(self) -> Iterator[tuple[str, np.ndarray]]:
        """(name, mask) of each group of sources that is held out together."""
        for name, pattern in FOLDS.items():
            mask = self.frame.select(pl.col("source").str.contains(pattern.replace("(", "\\("))).to_series().to_numpy()
            if mask.any():
                yield name, mask


def run_numpy(columns: Mapping[str, Any], constants: Constants,
              steps: tuple[stages.Stage, ...] = stages.ALL) -> dict[str, Any]:
    """All stages on numpy columns; the same code path as ``grid.evaluate`` without a frame."""
    values = {**stages.OPTIONAL, **columns}
    for step in steps:
        values.update(step(values, constants))
    return values


def log_predicted(data: Measurements, constants: Constants) -> np.ndarray:
    """Logarithm of the prediction for each row's own metric."""
    metric = data.columns["metric"]
    timed = not np.isin(metric, ("j_per_output_token", "usd_per_mtok_output")).any()
    values = run_numpy(data.columns, constants, stages.SERVE if timed else stages.ALL)
    result = np.full(len(data), np.nan)
    for name in np.unique(metric):
        result = np.where(metric == name, values[name], result)
    with np.errstate(all="ignore"):
        return np.log(result)


def fit(data: Measurements, start: Constants | None = None, evaluations: int = 60) -> tuple[Constants, np.ndarray]:
    """Constants that explain the data and their covariance in log units (rows and columns in ``meanings()`` order)."""
    from scipy.optimize import least_squares

    table = meanings()
    prior = np.log([m.prior for m in table.values()])
    spread = np.array([m.spread for m in table.values()])
    first = prior if start is None else np.log([start[n] for n in table])
    root = np.sqrt(data.weights)

    def residuals(x: np.ndarray) -> np.ndarray:
        error = log_predicted(data, Constants(dict(zip(table, np.exp(x), strict=True)))) - data.log_measured
        error = np.clip(np.nan_to_num(error, nan=3.0, posinf=3.0, neginf=-3.0), -3.0, 3.0)
        tame = np.sign(error) * LOSS_SCALE * np.sqrt(2.0 * (np.sqrt(1.0 + (error / LOSS_SCALE) ** 2) - 1.0))
        return np.concatenate([tame * root, (x - prior) / spread * PRIOR_WEIGHT])

    found = least_squares(residuals, first, max_nfev=evaluations, x_scale="jac")
    scale = float(np.sum(found.fun**2) / max(len(data) - len(first), 1))
    covariance = scale * np.linalg.pinv(found.jac.T @ found.jac)
    return Constants(dict(zip(table, np.exp(found.x), strict=True))), covariance


def held_out(data: Measurements, start: Constants, groups: Iterator[tuple[str, np.ndarray]],
             evaluations: int = 8) -> np.ndarray:
    """Log errors of each group predicted by constants fitted without it (nan for rows in no group)."""
    errors = np.full(len(data), np.nan)
    for _, mask in groups:
        constants, _ = fit(data.subset(~mask), start, evaluations)
        part = data.subset(mask)
        errors[mask] = log_predicted(part, constants) - part.log_measured
    return errors


def accelerator_groups(data: Measurements) -> Iterator[tuple[str, np.ndarray]]:
    """(accelerator, mask) for each accelerator with at least 20 rows."""
    names, counts = np.unique(data.columns["accelerator"], return_counts=True)
    for name, count in zip(names, counts, strict=True):
        if count >= 20:
            yield str(name), data.columns["accelerator"] == name


def fit_spread(data: Measurements, constants: Constants, errors: np.ndarray, coverage: float = 0.8) -> dict[str, float]:
    """Half-width terms (``spread.*``): the ``coverage`` quantile of held-out absolute log errors by regime."""
    from scipy.optimize import minimize

    terms = regimes(run_numpy(data.columns, constants))
    design = np.column_stack([np.broadcast_to(terms[n], len(data)) for n in REGIMES])
    keep = np.isfinite(errors)
    target, design = np.abs(errors[keep]), design[keep]

    def pinball(x: np.ndarray) -> float:
        rest = target - design @ np.abs(x)
        return float(np.sum(np.where(rest > 0, coverage * rest, (coverage - 1.0) * rest)))

    first = np.full(design.shape[1], 0.02)
    first[0] = 0.2
    found = minimize(pinball, first, method="Powell", options={"maxiter": 40_000, "xtol": 1e-5, "ftol": 1e-9})
    names = [f"spread.{n}" for n in REGIMES]
    return {n: float(abs(v)) for n, v in zip(names, found.x, strict=True)}


def error_table(data: Measurements, errors: np.ndarray, by: str) -> pl.DataFrame:
    """Rows, median and 90th percentile of the absolute percentage error, share within 25 %, bias; per ``by``."""
    frame = data.frame.select(by).with_columns(error=pl.Series(errors)).filter(pl.col("error").is_not_nan())
    absolute = (pl.col("error").exp() - 1.0).abs() * 100.0
    return frame.group_by(by).agg(
        rows=pl.len(), median_ape_pct=absolute.median(), p90_ape_pct=absolute.quantile(0.9),
        within_25_pct=(absolute <= 25.0).mean() * 100.0, bias_pct=(pl.col("error").median().exp() - 1.0) * 100.0,
    ).sort(by)


def write_constants(path: Any, constants: Constants, covariance: np.ndarray, spread: Mapping[str, float],
                    power: Mapping[str, float], boundary: Mapping[str, float], remark: str) -> None:
    """Write ``constants.toml``: value, 80 % interval, prior, unit and meaning of each constant, and the spreads."""
    table = meanings()
    deviation = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    lines = [f"# {line}" for line in remark.splitlines()] + [""]
    for (name, meaning), sd in zip(table.items(), deviation, strict=True):
        value, reach = constants[name], float(np.exp(1.2816 * min(sd, 3.0)))
        lines += [f'[constants."{name}"]', f"value = {value:.5g}", f"low_80 = {value / reach:.4g}",
                  f"high_80 = {value * reach:.4g}", f"prior = {meaning.prior:.5g}", f'unit = "{meaning.unit}"',
                  f'meaning = "{meaning.text}"', ""]
    for title, values in (("spread", spread), ("power", power), ("boundary", boundary)):
        lines += [f"[{title}]", *(f'"{n}" = {v:.4g}' for n, v in values.items()), ""]
    path.write_text("\n".join(lines), encoding="utf-8")


def boundaries(constants: Constants) -> dict[str, float]:
    """Joules at each boundary against the chips alone."""
    return {n: constants[n] for n in FIXED if n.startswith("boundary.")}
