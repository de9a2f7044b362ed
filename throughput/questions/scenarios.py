"""Questions in words and their answers: one row of a scenario file in, one prediction with its interval out.

Reads what people write (names, formats, blanks), refuses what cannot be with a sentence in ``error``, and hands
the rest to ``grid``. What a column means is in docs/method/engine.md; the physics is in ``stages``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from throughput.engine import grid, stages
from throughput.engine.efficiency import Constants
from throughput.questions import readings

NEEDED = ("log_half_width", "bound_code", "weight_bytes_per_chip", "usable_bytes", "memory_bytes", "room_for_one", "isl", "osl")
"""What an answer needs beside its metric: its interval, what binds, and whether it fits."""
SLICE = 100_000
"""Rows answered at a time."""


def answer(scenarios: pl.DataFrame, accelerators: pl.DataFrame, architectures: pl.DataFrame, constants: Constants) -> pl.DataFrame:
    """Every input row with ``predicted, lower_80, upper_80, bound, error`` for its metric, in input order.

    A row that cannot be answered has nulls and a sentence in ``error``; the others are answered all the same.
    Rows are independent of each other; they are read in slices, so that a file of millions needs little memory.
    """
    slices = [scenarios.slice(start, SLICE) for start in range(0, max(scenarios.height, 1), SLICE)]
    return pl.concat([_answer(part, accelerators, architectures, constants) for part in slices])


def _answer(scenarios: pl.DataFrame, accelerators: pl.DataFrame, architectures: pl.DataFrame, constants: Constants) -> pl.DataFrame:
    rows = readings.read_rows(scenarios, accelerators, architectures)
    asked = rows.filter(pl.col("error").is_null())
    results = rows.select("row", "error")
    if asked.height:
        predicted = predict(asked, accelerators, architectures, constants)
        results = (
            results.join(predicted, on="row", how="left").with_columns(error=pl.coalesce("error", "misfit")).drop("misfit").sort("row")
        )
    else:
        results = results.with_columns(
            predicted=pl.lit(None, pl.Float64),
            lower_80=pl.lit(None, pl.Float64),
            upper_80=pl.lit(None, pl.Float64),
            bound=pl.lit(None, pl.String),
        )
    kept = scenarios.drop([c for c in ("predicted", "lower_80", "upper_80", "bound", "error") if c in scenarios.columns])
    return kept.hstack(results.sort("row").select("predicted", "lower_80", "upper_80", "bound", "error"))


def predict(asked: pl.DataFrame, accelerators: pl.DataFrame, architectures: pl.DataFrame, constants: Constants) -> pl.DataFrame:
    """Predictions for rows that were read without error: row, predicted, lower_80, upper_80, bound, misfit."""
    joined = join(asked, accelerators, architectures)
    done = grid.evaluate(joined, constants, keep=("row", "metric", "boundary", *readings.METRICS, *NEEDED))
    value = pl.coalesce(pl.when(pl.col("metric") == m).then(pl.col(m)) for m in asked["metric"].unique())
    boundary = pl.col("boundary").replace_strict(
        {b: constants[f"boundary.{b}"] for b in ("gpu_only", "system", "wall")}, default=1.0, return_dtype=pl.Float64
    )
    value = pl.when(pl.col("metric") == "j_per_output_token").then(value * boundary).otherwise(value)
    done = done.with_columns(predicted=value)
    bound = pl.col("bound_code").replace_strict(stages.BOUNDS, return_dtype=pl.String)
    done = done.with_columns(bound=bound, misfit=readings.misfit())
    blank = pl.col("misfit").is_not_null() | ~pl.col("predicted").is_finite()
    return done.select(
        "row",
        predicted=pl.when(blank).then(None).otherwise("predicted"),
        lower_80=pl.when(blank).then(None).otherwise(pl.col("predicted") * (-pl.col("log_half_width")).exp()),
        upper_80=pl.when(blank).then(None).otherwise(pl.col("predicted") * pl.col("log_half_width").exp()),
        bound=pl.when(blank).then(None).otherwise("bound"),
        misfit=pl.coalesce(
            "misfit",
            pl.when(~pl.col("predicted").is_finite()).then(
                pl.lit("no finite prediction: a figure of this accelerator or model is zero or missing")
            ),
        ),
    )


def join(asked: pl.DataFrame, accelerators: pl.DataFrame, architectures: pl.DataFrame) -> pl.DataFrame:
    """Scenario rows with the figures of their accelerator and architecture beside them, all numbers as floats."""
    chips = readings.figures(accelerators, readings.ACCELERATOR_COLUMNS)
    models = readings.figures(architectures, readings.ARCHITECTURE_COLUMNS)
    return asked.join(chips, on="accelerator", how="left", maintain_order="left").join(
        models, on="model", how="left", maintain_order="left"
    )


def one(question: Mapping[str, object], accelerators: pl.DataFrame, architectures: pl.DataFrame, constants: Constants) -> dict[str, Any]:
    """All outputs of one scenario as a dict (``error`` set and nothing else when it cannot be)."""
    rows = readings.read_rows(pl.DataFrame([dict(question)]), accelerators, architectures)
    error = rows["error"][0]
    if error is not None:
        return {"error": error}
    joined = join(rows, accelerators, architectures)
    done = grid.evaluate(joined, constants).with_columns(misfit=readings.misfit())
    result = done.to_dicts()[0]
    result["bound"] = stages.BOUNDS[result["bound_code"]]
    result["error"] = result.pop("misfit")
    return result
