"""The error tables of the engine: what was fitted, what was left out, how far off, how often inside, in Markdown.

Only judging and formatting; fitting is in ``calibration``, leaving out in ``held_out``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from throughput.calibration import calibration, held_out, joules
from throughput.calibration.measurements import CUT, Measurements, log_predicted
from throughput.engine.efficiency import Constants

WAYS = {
    "source": "each source predicted without it",
    "accelerator": "each accelerator predicted without it",
    "model": "each model predicted without it",
    "time": "software from {cut} on predicted by older software",
}


@dataclass
class Errors:
    """Log errors of one way of judging, and whether each lies inside its interval (nan where a row was not judged)."""

    name: str
    data: Measurements
    errors: np.ndarray
    covered: np.ndarray
    by: str


@dataclass
class Judgement:
    """What was found and every way it was judged; the packaged constants alone when nothing was refitted."""

    constants: Constants
    fit: calibration.Fit | None
    ways: list[Errors]
    spread: dict[str, float]
    power: dict[str, float]


def score(measured: Measurements, energy: Measurements, packaged: Constants) -> Judgement:
    """The packaged constants on all rows, nothing left out."""
    return Judgement(packaged, None, _in_sample(measured, energy, packaged), {}, {})


def _in_sample(measured: Measurements, energy: Measurements, constants: Constants) -> list[Errors]:
    ways = []
    for name, data in (("all visible rows, one set of constants", measured), ("joules per output token", joules.judged(energy))):
        asked = data.unannounced()
        errors = log_predicted(asked, constants) - data.log_measured
        ways.append(Errors(name, data, errors, held_out.within_packaged(asked, constants, errors), "group"))
    return ways


def judge(measured: Measurements, energy: Measurements, packaged: Constants, say: Callable[[str], object]) -> Judgement:
    """Fit, leave out sources, accelerators, models and newer software, fit power and the interval, judge all of it."""
    say(f"fitting {len(calibration.meanings())} constants on {len(measured)} rows ({measured.refused} refused)")
    found = calibration.fit(measured, packaged)
    power = joules.fit_power(energy, found.constants)
    left = {}
    for by in WAYS:
        say(f"left out, by {by}")
        left[by] = held_out.errors_without(measured, found.constants, by)
    left_joules, left_watts = {}, {}
    for by in ("source", "model"):
        say(f"left out, joules by {by}")
        left_joules[by], left_watts[by] = joules.errors_without(measured, energy, found.constants, by)
    unmoved = Constants({**found.constants, **power})
    parts = [(measured, left["source"]), (energy, left_joules["source"])]
    spread = {**held_out.spread(parts, unmoved), "spread.is_first_token": packaged["spread.is_first_token"]}
    constants = Constants({**unmoved, **spread})
    inside = held_out.inside(parts, constants)
    ways = _in_sample(measured, energy, constants)
    for by, name in WAYS.items():
        covered = inside[0] if by == "source" else held_out.within_packaged(measured, constants, left[by])
        ways.append(Errors(name.format(cut=CUT), measured, left[by], covered, "group" if by in ("source", "time") else by))
    for by, errors in left_joules.items():
        covered = inside[1] if by == "source" else held_out.within_packaged(energy, constants, errors)
        ways.append(Errors(f"joules, {WAYS[by]}", energy, errors, covered, "group" if by == "source" else by))
    blank = np.full(len(energy), np.nan)
    ways.append(Errors(f"watts at the measured speed, {WAYS['source']}", energy, left_watts["source"], blank, "group"))
    return Judgement(constants, found, ways, spread, power)


def markdown(result: Judgement) -> str:
    """The error tables: one line per way of judging, then per source, accelerator, model, metric and regime."""
    lines = [
        "| errors | rows | median error % | median over groups of their medians % | within 25 % | inside the 80 % interval | groups with over 60 % inside |",
        "|---|---|---|---|---|---|---|",
    ]
    for way in result.ways:
        s = held_out.summary(way.errors, way.covered, way.data.columns[way.by])
        lines.append(
            f"| {way.name} | {s['rows']:.0f} | {s['median_ape_pct']:.1f} | {s['median_of_medians_pct']:.1f} | "
            f"{s['within_25_pct']:.0f} | {_percent(s['covered_pct'])} | {_percent(s['groups_over_60_pct'])} |"
        )
    for way in result.ways:
        key = "source" if way.by == "group" else way.by
        lines += ["", f"Per {key}, {way.name}:", "", *_table(held_out.table(way.data, way.errors, key, way.covered), key)]
    first = result.ways[0]
    for key, data in (("metric", first.data), ("regime", _with_regime(first.data))):
        lines += ["", f"Per {key}, {first.name}:", "", *_table(held_out.table(data, first.errors, key, first.covered), key)]
    return "\n".join(lines)


def _percent(value: float | None) -> str:
    """A whole percentage; a dash where there is no interval."""
    return "-" if value is None or np.isnan(value) else f"{value:.0f}"


def _table(frame: pl.DataFrame, key: str) -> list[str]:
    lines = [f"| {key} | rows | median error % | 90th pct % | within 25 % | bias % | inside % |", "|---|---|---|---|---|---|---|"]
    return lines + [
        f"| {r[key]} | {r['rows']} | {r['median_ape_pct']:.1f} | {r['p90_ape_pct']:.0f} | "
        f"{r['within_25_pct']:.0f} | {r['bias_pct']:+.0f} | {_percent(r['covered_pct'])} |"
        for r in frame.iter_rows(named=True)
    ]


def _with_regime(measured: Measurements) -> Measurements:
    load = (
        pl.when(pl.col("concurrency") <= 0)
        .then(pl.lit("full load"))
        .when(pl.col("concurrency") <= 1)
        .then(pl.lit("single stream"))
        .when(pl.col("concurrency") <= 16)
        .then(pl.lit("2-16 requests"))
        .when(pl.col("concurrency") <= 128)
        .then(pl.lit("17-128 requests"))
        .otherwise(pl.lit("over 128 requests"))
    )
    kind = pl.when(pl.col("moe_layers") > 0).then(pl.lit("mixture of experts")).otherwise(pl.lit("dense"))
    part = measured.subset(np.ones(len(measured), bool))
    part.frame = measured.frame.with_columns(regime=pl.concat_str(kind, load, separator=", "))
    return part
