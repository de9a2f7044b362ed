"""The error tables of the engine: what was fitted, what was held out, how far off, in Markdown.

Only judging and formatting; fitting is in ``calibration``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from throughput.calibration import calibration, joules
from throughput.calibration.calibration import Measurements
from throughput.engine.efficiency import Constants


@dataclass
class Judgement:
    """Constants and the log errors they make: fitted, without each source, without each accelerator, without each model."""

    measured: Measurements
    energy: Measurements
    constants: Constants
    covariance: np.ndarray
    fitted: np.ndarray
    without_source: np.ndarray
    without_accelerator: np.ndarray
    of_joules: np.ndarray
    of_joules_unseen: np.ndarray
    spread: dict[str, float] = field(default_factory=dict)
    power: dict[str, float] = field(default_factory=dict)


def judge(measured: Measurements, energy: Measurements, runs: pl.DataFrame, packaged: Constants, refit: bool,
          say: Callable[[str], object]) -> Judgement:
    """Fit (or take the packaged constants), hold out sources and accelerators, fit spreads and power."""
    nothing = np.full(len(measured), np.nan)
    if not refit:
        errors = calibration.log_predicted(measured, packaged) - measured.log_measured
        in_sample = calibration.log_predicted(energy, packaged) - energy.log_measured
        return Judgement(measured, energy, packaged, np.zeros((0, 0)), errors, nothing, nothing, in_sample,
                         np.full(len(energy), np.nan))
    say(f"fitting {len(calibration.meanings())} constants on {len(measured)} rows ({measured.refused} refused)")
    constants, covariance = calibration.fit(measured, packaged)
    errors = calibration.log_predicted(measured, constants) - measured.log_measured
    say("held out, fold by fold: " + ", ".join(name for name, _ in measured.folds()))
    by_source = calibration.held_out(measured, constants, measured.folds())
    say("held out, accelerator by accelerator: " + ", ".join(n for n, _ in calibration.accelerator_groups(measured)))
    by_accelerator = calibration.held_out(measured, constants, calibration.accelerator_groups(measured))
    say("held out for joules, a fifth of the models at a time")
    unseen = joules.held_out(measured, runs, energy, constants)
    power = joules.fit_power(runs, energy, constants)
    constants = Constants({**constants, **power})
    in_sample = calibration.log_predicted(energy, constants) - energy.log_measured
    spread = calibration.fit_spread(measured, constants, by_source)
    spread["spread.is_first_token"] = packaged["spread.is_first_token"]
    spread["spread.is_energy"] = joules.extra_spread(energy, Constants({**constants, **spread}), unseen)
    constants = Constants({**constants, **spread})
    return Judgement(measured, energy, constants, covariance, errors, by_source, by_accelerator, in_sample, unseen,
                     spread, power)


def summary(name: str, errors: np.ndarray) -> str:
    """One table row: rows, median absolute percentage error, share within 25 %."""
    absolute = np.abs(np.exp(errors[np.isfinite(errors)]) - 1.0) * 100.0
    if not len(absolute):
        return f"| {name} | not run | | |"
    return (f"| {name} | {len(absolute)} | {np.median(absolute):.1f} | {np.mean(absolute <= 25.0) * 100:.0f} |")


def coverage(measured: Measurements, constants: Constants, errors: np.ndarray) -> float:
    """Share of rows whose measurement lies inside the 80 % interval, in percent."""
    width = calibration.run_numpy(measured.columns, constants)["log_half_width"]
    good = np.isfinite(errors)
    return float(np.mean(np.abs(errors[good]) <= width[good]) * 100.0) if good.any() else float("nan")


def _table(frame: pl.DataFrame, key: str) -> list[str]:
    lines = [f"| {key} | rows | median error % | 90th pct % | within 25 % | bias % |", "|---|---|---|---|---|---|"]
    lines += [f"| {r[key]} | {r['rows']} | {r['median_ape_pct']:.1f} | {r['p90_ape_pct']:.0f} | "
              f"{r['within_25_pct']:.0f} | {r['bias_pct']:+.0f} |" for r in frame.iter_rows(named=True)]
    return lines


def markdown(result: Judgement) -> str:
    """The error tables: overall, held out, per source, accelerator, model and regime."""
    m = result.measured
    lines = ["| errors | rows | median error % | within 25 % |", "|---|---|---|---|",
             summary("all visible rows, one set of constants", result.fitted),
             summary("each source predicted without it", result.without_source),
             summary("each accelerator predicted without it", result.without_accelerator),
             summary("joules per output token (GPU only)", result.of_joules),
             summary("joules, each fifth of the models predicted without it", result.of_joules_unseen),
             "", f"80 % interval covers {coverage(m, result.constants, result.fitted):.0f} % of visible rows, "
             f"{coverage(m, result.constants, result.without_source):.0f} % of rows of held-out sources."]
    for title, errors in (("fitted", result.fitted), ("held out", result.without_source)):
        if np.isfinite(errors).any():
            lines += ["", f"Per source, {title}:", "", *_table(calibration.error_table(m, errors, "source"), "source")]
    for key in ("accelerator", "model", "metric"):
        lines += ["", f"Per {key}, fitted:", "", *_table(calibration.error_table(m, result.fitted, key), key)]
    regime = calibration.error_table(_with_regime(m), result.fitted, "regime")
    return "\n".join([*lines, "", "Per regime, fitted:", "", *_table(regime, "regime")])


def _with_regime(measured: Measurements) -> Measurements:
    load = pl.when(pl.col("concurrency") <= 0).then(pl.lit("full load")).when(pl.col("concurrency") <= 1).then(
        pl.lit("single stream")).when(pl.col("concurrency") <= 16).then(pl.lit("2-16 requests")).when(
        pl.col("concurrency") <= 128).then(pl.lit("17-128 requests")).otherwise(pl.lit("over 128 requests"))
    kind = pl.when(pl.col("moe_layers") > 0).then(pl.lit("mixture of experts")).otherwise(pl.lit("dense"))
    part = object.__new__(Measurements)
    part.frame = measured.frame.with_columns(regime=pl.concat_str(kind, load, separator=", "))
    return part
