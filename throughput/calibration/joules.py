"""Joules per token: the measured runs as scenarios, the power shares fitted on their watts, and how well they do unseen.

What a part draws of its rated power is fitted here; the seconds of work and of waiting are ``calibration``'s.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from throughput.calibration import calibration
from throughput.calibration.measurements import JOULES, Measurements, log_predicted, run_numpy
from throughput.calibration.published_runs import questions
from throughput.engine.efficiency import FIXED, Constants
from throughput.physics import energy as energy_physics

MODEL_FOLDS = 5
"""Groups of models that are held out together, when joules are predicted unseen."""
JUDGED_FROM = "2024-10-01"
"""Joules of older software teach watts and are not judged: the request loops of ML.ENERGY's servers of 2024-09 took half a
millisecond per sequence and step (vLLM 0.5), a generation before everything the speeds are fitted on, and what a wall draws
more than the chips was read off MLPerf's submissions of 2024-08."""


def measured_joules(published: pl.DataFrame, scenarios: pl.DataFrame) -> pl.DataFrame:
    """All joules per output token in scenario form, of the chips alone, with the watts and tokens per second of the run.

    ``published``: the packaged ``energy_measured``; ``scenarios``: measured scenarios, of which those of joules are taken and
    set beside the speed of the same run. Wall readings are divided by what a wall draws more than the chips.
    """
    told = questions(published).with_columns(
        source=pl.format("{} {}", pl.col("source").str.extract(r"^(.*) \d{4}-"), pl.col("software_date").str.head(7)),
        share=pl.format("boundary.{}", "boundary").replace_strict(
            {n: v for n, v in FIXED.items() if n.startswith("boundary.")}, default=1.0
        ),
        metric=pl.lit(JOULES),
    )
    runs = told.select(
        *(c for c in told.columns if c not in ("share", "boundary", "output_tok_per_s", "energy_j_per_output_token", "software_date")),
        scenario_id=pl.format("E{}", pl.int_range(pl.len())),
        measured=pl.col("energy_j_per_output_token") / pl.col("share"),
        tokens_per_s=pl.col("output_tok_per_s"),
    )
    more = _with_speed(scenarios)
    texts = [c for c in runs.columns if c not in ("measured", "tokens_per_s")]
    both = pl.concat([runs.cast(dict.fromkeys(texts, pl.String)), more], how="diagonal_relaxed")
    return both.with_columns(power_w=pl.col("measured").cast(pl.Float64) * pl.col("tokens_per_s"))


def _with_speed(scenarios: pl.DataFrame) -> pl.DataFrame:
    """The joules among measured scenarios beside the output tokens per second of the same run, where it was measured."""
    run = [c for c in scenarios.columns if c not in ("scenario_id", "source", "metric", "measured")]
    speeds = (
        scenarios.filter(pl.col("metric") == "output_tok_s").group_by(run).agg(tokens_per_s=pl.col("measured").cast(pl.Float64).first())
    )
    joules = scenarios.filter(pl.col("metric") == JOULES).with_columns(pl.col("measured").cast(pl.Float64))
    return joules.join(speeds, on=run, how="left", nulls_equal=True)


def judged(energy: Measurements) -> Measurements:
    """The rows whose joules are judged, not only their watts."""
    return energy.subset(energy.columns["software_date"] >= JUDGED_FROM)


POWER = ("waiting_power_share", "moving_power_share", "multiplying_power_share", "stall_power_exponent", "density_power_exponent")
POWER_PRIOR = np.array([FIXED[n] for n in POWER])
"""Of the TDP: a stalled part with its clocks up draws about a fifth with what it draws idle (Nebius H200 at few requests), one that
streams from memory all the time about three quarters (dense decode of few requests), and multiplying at the datasheet's rate would
take more than the TDP, which is why no part holds that rate (MLPerf 4.1 power submissions: TDP at two fifths of it)."""
POWER_TIGHTNESS = 6.0
POWER_SCALE = 0.6
"""Errors in logarithms beyond which a row no longer counts for more."""


def watts(energy: Measurements, constants: Constants) -> np.ndarray:
    """Watts at the speed that was measured: a step does the same work whatever it waits for (nan where no speed is known)."""
    values = run_numpy(energy.columns, constants)
    pace = energy.columns["tokens_per_s"].astype(float) / values["output_tok_s"]
    working, read = np.minimum(values["working"] * pace, 1.0), np.minimum(values["mbu"] * pace, 1.0)
    k = constants
    density = values["bandwidth_bytes_per_s"] / np.maximum(values["tdp_w"], 1.0)
    watts_each = energy_physics.chip_power_w(
        values["tdp_w"],
        1.0,
        energy_physics.moving_time(working, read, density, k.stall_power_exponent, k.density_power_exponent),
        values["mfu"] * pace,
        k.idle_power_share,
        k.waiting_power_share,
        k.moving_power_share,
        k.multiplying_power_share,
    )
    return values["chips"] * watts_each


def fit_power(energy: Measurements, constants: Constants) -> dict[str, float]:
    """What a part draws more than idle while it waits and while it works, as shares of its TDP, from measured watts.

    Sources count alike, and within a source its accelerators. Result: the constants of ``POWER``.
    """
    from scipy.optimize import least_squares

    known = energy.subset(np.isfinite(energy.columns["power_w"].astype(float)))
    target = np.log(known.columns["power_w"].astype(float))
    _, of, sizes = np.unique(np.char.add(known.columns["group"], known.columns["accelerator"]), return_inverse=True, return_counts=True)
    weight = np.sqrt(1.0 / sizes[of] * len(known) / len(sizes))

    def residuals(x: np.ndarray) -> np.ndarray:
        error = np.log(watts(known, Constants({**constants, **dict(zip(POWER, x, strict=True))}))) - target
        return np.concatenate([np.tanh(error / POWER_SCALE) * weight * POWER_SCALE, (x / POWER_PRIOR - 1.0) * POWER_TIGHTNESS])

    found = least_squares(residuals, POWER_PRIOR, bounds=(0.01, 2.0))
    return {n: float(v) for n, v in zip(POWER, found.x, strict=True)}


def errors_without(
    measured: Measurements, energy: Measurements, start: Constants, by: str, evaluations: int = 3
) -> tuple[np.ndarray, np.ndarray]:
    """Log errors of joules, and of watts at the measured speed, of groups nobody saw: constants and power shares fitted
    without any speed, watt or joule of them.

    ``by`` source: one group at a time; ``by`` model: each fifth of the models (every fifth by name).
    """
    errors, power_errors = np.full(len(energy), np.nan), np.full(len(energy), np.nan)
    key = "group" if by == "source" else "model"
    names = np.unique(energy.columns[key])
    folds = [[n] for n in names] if by == "source" else [names[f::MODEL_FOLDS] for f in range(MODEL_FOLDS)]
    for unseen in folds:
        mask = np.isin(energy.columns[key], unseen)
        constants = calibration.fit(measured.subset(~np.isin(measured.columns[key], unseen)), start, evaluations).constants
        without = Constants({**constants, **fit_power(energy.subset(~mask), constants)})
        part = energy.subset(mask).unannounced()
        errors[mask] = log_predicted(part, without) - part.log_measured
        with np.errstate(invalid="ignore"):
            power_errors[mask] = np.log(watts(part, without) / part.columns["power_w"].astype(float))
    return np.where(energy.columns["software_date"] >= JUDGED_FROM, errors, np.nan), power_errors
