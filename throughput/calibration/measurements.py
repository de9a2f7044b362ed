"""Measured scenarios as numpy columns: read once, predicted again and again, and the groups that are left out together.

What is known about a source apart from its rows (software, its date, how it counts) stands in ``measured_sources.csv``;
a source that is not listed there is used as it is, dated by nothing. No prediction knows the name of a source.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from importlib import resources
from typing import Any

import numpy as np
import polars as pl

from throughput.engine import stages
from throughput.engine.efficiency import Constants
from throughput.engine.formats import READERS
from throughput.questions import readings, scenarios

JOULES = "j_per_output_token"
LEAST_ROWS = 20
"""Rows from which an accelerator or a model is left out on its own."""
CUT = date(2025, 7, 1)
"""Software from this day on is predicted from older software alone."""


def source_facts() -> pl.DataFrame:
    """source, group, stack, software_date, node_accelerators, note of every measured source."""
    text = resources.files("throughput.calibration").joinpath("measured_sources.csv").read_bytes()
    return pl.read_csv(text, schema_overrides={"software_date": pl.String})


def with_facts(table: pl.DataFrame) -> pl.DataFrame:
    """Scenario rows (all text) with the software of their source beside them, and counts of whole nodes."""
    known = table.join(source_facts(), on="source", how="left", maintain_order="left")
    node, count = pl.col("node_accelerators").fill_null(0), pl.col("n_accelerators").cast(pl.Float64, strict=False)
    return known.with_columns(
        pl.col("group").fill_null(pl.col("source")),
        pl.col("stack").fill_null(""),
        pl.col("software_date").fill_null(""),
        n_accelerators=pl.when(node > count).then(node.cast(pl.String)).otherwise(pl.col("n_accelerators").cast(pl.String)),
    )


class Measurements:
    """Measured scenarios ready to be predicted; ``keep`` chooses rows by metric."""

    def __init__(self, table: pl.DataFrame, accelerators: pl.DataFrame, architectures: pl.DataFrame, joules: bool = False) -> None:
        told = with_facts(table)
        rows = readings.read_rows(told, accelerators, architectures)
        extra = [c for c in ("source", "group", "scenario_id", "software_date", "power_w", "tokens_per_s") if c in told.columns]
        good = rows.hstack(told.select(*extra, measured=pl.col("measured").cast(pl.Float64))).filter(
            pl.col("error").is_null() & (pl.col("measured") > 0) & ((pl.col("metric") == JOULES) == joules)
        )
        self.refused = rows.filter(pl.col("error").is_not_null()).height
        self.frame = scenarios.join(good, accelerators, architectures)
        self.columns: dict[str, Any] = {}
        for name in self.frame.columns:
            values = self.frame[name].to_numpy()
            self.columns[name] = values.astype(str) if values.dtype == object else values
        self.columns.update(stages.architecture({**stages.OPTIONAL, **self.columns}, Constants({})))
        self.log_measured = np.log(self.columns["measured"])

    def __len__(self) -> int:
        return len(self.log_measured)

    def subset(self, mask: np.ndarray) -> Measurements:
        """The rows where ``mask`` holds."""
        part = object.__new__(Measurements)
        part.refused, part.frame = 0, self.frame.filter(pl.Series(mask))
        part.columns = {n: v[mask] for n, v in self.columns.items()}
        part.log_measured = self.log_measured[mask]
        return part

    def unannounced(self) -> Measurements:
        """The same rows as somebody asks who states neither software nor its date."""
        part = self.subset(np.ones(len(self), bool))
        nothing = np.zeros(len(self))
        packed = (self.columns["reader"] >= READERS["gguf_block"]) & (self.columns["reader"] <= READERS["gguf_wide"])
        part.columns.update(software_years=nothing, python_host=nothing, local_runtime=packed.astype(float))
        return part

    def groups(self, by: str) -> Iterator[tuple[str, np.ndarray]]:
        """(name, mask) of each ``source`` group, ``accelerator`` or ``model`` that is left out; ``time`` is one cut."""
        if by == "time":
            yield f"from {CUT}", self.columns["software_date"] >= str(CUT)
            return
        keys = self.columns["group" if by == "source" else by]
        names, counts = np.unique(keys, return_counts=True)
        for name, count in zip(names, counts, strict=True):
            if by == "source" or count >= LEAST_ROWS:
                yield str(name), keys == name


def run_numpy(columns: Mapping[str, Any], constants: Constants, steps: tuple[stages.Stage, ...] = stages.ALL) -> dict[str, Any]:
    """All stages on numpy columns; the same code path as ``grid.evaluate`` without a frame."""
    values = {**stages.OPTIONAL, **columns}
    for step in steps:
        values.update(step(values, constants))
    return values


def log_predicted(data: Measurements, constants: Constants) -> np.ndarray:
    """Logarithm of the prediction for each row's own metric."""
    metric = data.columns["metric"]
    timed = not np.isin(metric, (JOULES, "usd_per_mtok_output")).any()
    values = run_numpy(data.columns, constants, stages.SERVE if timed else stages.ALL)
    result = np.full(len(data), np.nan)
    for name in np.unique(metric):
        result = np.where(metric == name, values[name], result)
    with np.errstate(all="ignore"):
        return np.log(result)
