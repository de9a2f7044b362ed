"""Joules per token: the measured runs as scenarios, the power shares fitted on them, and how well they do unseen.

What a phase draws of the rated power is fitted here; the seconds of each phase are ``calibration``'s.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from throughput.calibration import calibration
from throughput.calibration.calibration import Measurements, run_numpy
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
    keys = ["source", "accelerator", "n_accelerators", "model", "weight_precision", "kv_precision", "tensor_parallel",
            "osl", "batch_or_concurrency", "task"]
    wide = rows.filter(pl.col("metric").is_in(["energy_j_per_output_token", "gpu_power_W_total"])).pivot(
        on="metric", index=keys, values="value", aggregate_function="first").sort(keys)
    return wide.drop_nulls("energy_j_per_output_token").select(
        "source", "accelerator", "model", "weight_precision", "kv_precision", "n_accelerators", "tensor_parallel", "osl",
        scenario_id=pl.format("E{}", pl.int_range(pl.len())), concurrency="batch_or_concurrency",
        isl=pl.col("task").replace_strict(TASK_INPUT_TOKENS, default=200), metric=pl.lit("j_per_output_token"),
        measured=pl.col("energy_j_per_output_token").cast(pl.Float64), power_w="gpu_power_W_total",
    )


def fit_power(table: pl.DataFrame, data: Measurements, constants: Constants) -> dict[str, float]:
    """Power shares by phase from measured watts and joules (``table`` from ``energy_scenarios``, ``data`` of it)."""
    from scipy.optimize import least_squares

    names = ("waiting_power_share", "memory_power_share", "compute_power_share")
    watts = table.with_row_index("row").select(pl.col("row").cast(pl.Int64), pl.col("power_w").cast(pl.Float64)).join(
        data.frame.select("row"), on="row", how="right")["power_w"].to_numpy()

    def residuals(x: np.ndarray) -> np.ndarray:
        values = run_numpy(data.columns, Constants({**constants, **dict(zip(names, x, strict=True))}))
        power = np.log(values["power_w"]) - np.log(watts)
        joules = np.log(values["j_per_output_token"]) - data.log_measured
        return np.concatenate([np.tanh(power / 0.3), 0.5 * np.tanh(joules / 0.3)])

    found = least_squares(residuals, [0.5, 0.75, 0.95], bounds=([0.1, 0.2, 0.2], [1.0, 1.5, 1.5]))
    return {n: float(v) for n, v in zip(names, found.x, strict=True)}


def extra_spread(data: Measurements, constants: Constants, errors: np.ndarray, coverage: float = 0.8) -> float:
    """What the half-width lacks for ``coverage`` of these rows (joules), in log units, at least zero."""
    values = run_numpy(data.columns, Constants({**constants, "spread.is_energy": 0.0}))
    plain = values["log_half_width"]
    return float(max(np.quantile(np.abs(errors) - plain, coverage), 0.0))


def held_out(measured: Measurements, runs: pl.DataFrame, energy: Measurements, start: Constants,
             evaluations: int = 8) -> np.ndarray:
    """Log errors of joules for models nobody saw: each fifth of the models (every fifth by name) is predicted by
    constants and power shares fitted without any speed, watt or joule of it. Shape: the rows of ``energy``."""
    names = np.unique(energy.columns["model"])
    errors = np.full(len(energy), np.nan)
    for fold in range(MODEL_FOLDS):
        unseen = names[fold::MODEL_FOLDS]
        mask = np.isin(energy.columns["model"], unseen)
        seen = measured.subset(~np.isin(measured.columns["model"], unseen))
        constants, _ = calibration.fit(seen, start, evaluations)
        constants = Constants({**constants, **fit_power(runs, energy.subset(~mask), constants)})
        part = energy.subset(mask)
        errors[mask] = calibration.log_predicted(part, constants) - part.log_measured
    return errors
