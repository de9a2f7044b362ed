"""Joules per token: the measured runs as scenarios, the power shares fitted on them, and how well they do unseen.

What a phase draws of the rated power is fitted here; the seconds of each phase are ``calibration``'s.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from throughput.calibration import calibration
from throughput.calibration.measurements import Measurements, log_predicted, run_numpy
from throughput.engine.efficiency import Constants

MODEL_FOLDS = 5
"""Groups of models that are held out together, when joules are predicted unseen."""

TASK_INPUT_TOKENS = {"lm-arena-chat": 200, "gpqa": 350, "sourcegraph-fim": 800, "chat": 200, "code": 150, "Offline": 294, "Server": 294}
"""Mean prompt of each text task in tokens; ML.ENERGY publishes none, so typical ones; MLPerf's Open ORCA prompts average 294."""


def energy_scenarios(measured: pl.DataFrame) -> pl.DataFrame:
    """ML.ENERGY measurements (long table as published) in scenario form: one row per run with its joules and watts.

    Prompt lengths are not published; they are set by task as in the throughput scenarios.
    """
    rows = measured.with_columns(task=pl.col("notes").str.extract(r"task=([\w-]+)"))
    keys = [
        "source",
        "accelerator",
        "n_accelerators",
        "model",
        "weight_precision",
        "kv_precision",
        "tensor_parallel",
        "osl",
        "batch_or_concurrency",
        "task",
    ]
    wide = (
        rows.filter(pl.col("metric").is_in(["energy_j_per_output_token", "gpu_power_W_total"]))
        .pivot(on="metric", index=keys, values="value", aggregate_function="first")
        .sort(keys)
    )
    return wide.drop_nulls("energy_j_per_output_token").select(
        "source",
        "accelerator",
        "model",
        "weight_precision",
        "kv_precision",
        "n_accelerators",
        "tensor_parallel",
        "osl",
        scenario_id=pl.format("E{}", pl.int_range(pl.len())),
        concurrency="batch_or_concurrency",
        isl=pl.col("task").replace_strict(TASK_INPUT_TOKENS, default=200),
        metric=pl.lit("j_per_output_token"),
        measured=pl.col("energy_j_per_output_token").cast(pl.Float64),
        power_w=pl.col("gpu_power_W_total").cast(pl.Float64),
    )


def measured_joules(scenarios: pl.DataFrame, runs: pl.DataFrame) -> pl.DataFrame:
    """All joules per output token in scenario form: those among the ``scenarios`` and the ML.ENERGY ``runs`` with their watts."""
    told = energy_scenarios(runs)
    return pl.concat(
        [told.cast({c: pl.String for c in told.columns if c != "power_w"}), scenarios.filter(pl.col("metric") == "j_per_output_token")],
        how="diagonal",
    )


POWER = ("idle_power_share", "waiting_power_share", "byte_power_share", "flop_power_share")
POWER_PRIOR = np.array([0.10, 0.16, 0.55, 3.4])
"""Of the TDP: idle boards draw 60 to 140 W of 700 to 1,000 (vendor tools' idle readings), a stalled one with clocks up
about 200 of 700 (Nebius H200 at few requests), streaming at the datasheet's rate about as much as idle leaves, and
multiplying reaches the TDP long before the datasheet's rate (dense rows of ML.ENERGY on H100)."""
POWER_TIGHTNESS = 6.0
POWER_SCALE = 0.6
"""Errors in logarithms beyond which a row no longer counts for more."""


def fit_power(energy: Measurements, constants: Constants) -> dict[str, float]:
    """Idle, waiting and dynamic watts as shares of a part's TDP, from measured watts where a row has them and joules.

    Sources count alike. Result: the constants of ``POWER``.
    """
    from scipy.optimize import least_squares

    watts = energy.columns.get("power_w", np.full(len(energy), np.nan)).astype(float)
    _, of, sizes = np.unique(energy.columns["source"], return_inverse=True, return_counts=True)
    weight = np.sqrt(1.0 / sizes[of]) * np.sqrt(len(energy) / len(sizes))

    def residuals(x: np.ndarray) -> np.ndarray:
        values = run_numpy(energy.columns, Constants({**constants, **dict(zip(POWER, x, strict=True))}))
        power = np.nan_to_num(np.log(values["power_w"]) - np.log(watts))
        joules = np.where(np.isnan(watts), np.log(values["j_per_output_token"]) - energy.log_measured, 0.0)
        return np.concatenate(
            [np.tanh((power + joules) / POWER_SCALE) * weight * POWER_SCALE, (x - POWER_PRIOR) / POWER_PRIOR * POWER_TIGHTNESS]
        )

    found = least_squares(residuals, POWER_PRIOR, bounds=(0.01, 5.0))
    return {n: float(v) for n, v in zip(POWER, found.x, strict=True)}


def errors_without(measured: Measurements, energy: Measurements, start: Constants, by: str, evaluations: int = 3) -> np.ndarray:
    """Log errors of joules of groups nobody saw: constants and power shares fitted without any speed, watt or joule of them.

    ``by`` source: one group at a time; ``by`` model: each fifth of the models (every fifth by name).
    """
    errors = np.full(len(energy), np.nan)
    key = "group" if by == "source" else "model"
    names = np.unique(energy.columns[key])
    folds = [[n] for n in names] if by == "source" else [names[f::MODEL_FOLDS] for f in range(MODEL_FOLDS)]
    for unseen in folds:
        mask = np.isin(energy.columns[key], unseen)
        constants = calibration.fit(measured.subset(~np.isin(measured.columns[key], unseen)), start, evaluations).constants
        power = fit_power(energy.subset(~mask), constants)
        part = energy.subset(mask).unannounced()
        errors[mask] = log_predicted(part, Constants({**constants, **power})) - part.log_measured
    return errors
