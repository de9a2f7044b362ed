"""Published runs as questions to the engine: what a source measured, what the engine says, how far apart.

Frames in, mart-ready frames out. Belongs here: how a published row is asked. Not here: any physics, any fitting.
"""

from __future__ import annotations

import polars as pl

from throughput.engine.efficiency import Constants, load_constants
from throughput.questions.scenarios import answer
from warehouse.schema import frames

TASK_INPUT_TOKENS = {"lm-arena-chat": 200, "gpqa": 350, "sourcegraph-fim": 800, "chat": 200, "code": 150, "Offline": 294, "Server": 294}
"""Mean prompt of each text task in tokens, where a run does not state it; ML.ENERGY publishes none, so typical ones; MLPerf's Open ORCA prompts average 294."""
MLPERF_OUTPUT_TOKENS = 294.0
PRECISIONS = {"bfloat16": "bf16", "float16": "fp16", "fp16/bf16": "bf16", "fp8/fp4 (submission)": "fp8"}
"""Precision as published -> as the engine reads it; a Hopper submission cannot be FP4."""
BOUNDARIES = {"gpu_only_sum_all_gpus": "gpu_only", "full_system_wall_AC": "wall"}


def check(
    measured: pl.DataFrame, releases: pl.DataFrame, accelerators: pl.DataFrame, architectures: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """Tables check_measured (``speeds``) and check_energy (``joules``) of the packaged constants."""
    constants = load_constants()
    return {
        "check_measured": speeds(measured, releases, accelerators, architectures, constants),
        "check_energy": joules(measured, accelerators, architectures, constants),
    }


def joules(measured: pl.DataFrame, accelerators: pl.DataFrame, architectures: pl.DataFrame, constants: Constants) -> pl.DataFrame:
    """Joules per output token, computed and measured, one row per published text run (``engine.check_energy``).

    ``measured``: the packaged energy measurements (``core.energy_measured``). A run the engine cannot answer keeps its
    reason in ``why_not``.
    """
    asked = questions(measured).with_columns(metric=pl.lit("j_per_output_token"), measured="energy_j_per_output_token")
    if asked.is_empty():
        return frames.empty("engine.check_energy")
    said = answer(asked, accelerators, architectures, constants)
    return (
        said.select(
            "model",
            "accelerator",
            "boundary",
            "source",
            precision="weight_precision",
            batch=pl.col("concurrency").round().cast(pl.Int64),
            energy_j_per_token="predicted",
            energy_lower_j_per_token="lower_80",
            energy_upper_j_per_token="upper_80",
            measured_energy_j_per_token="measured",
            error_share=pl.col("predicted") / pl.col("measured") - 1.0,
            why_not="error",
        )
        .select(pl.col(n).cast(t) for n, t in frames.polars_schema("engine.check_energy").items())
        .sort("source", "model", "accelerator", "precision", "batch", "measured_energy_j_per_token", nulls_last=True)
    )


def speeds(
    measured: pl.DataFrame, releases: pl.DataFrame, accelerators: pl.DataFrame, architectures: pl.DataFrame, constants: Constants
) -> pl.DataFrame:
    """Tokens per second, computed and measured, one row per published run the engine can answer (``engine.check_measured``).

    ``measured``: energy measurements that also carry tokens per second over a steady state (those with watts; asked as
    time between tokens, which is what a full batch delivers); ``releases``: tokens per second per release of a serving
    software at full load (``software_releases``).
    """
    steady = questions(measured.filter(pl.col("avg_power_w").is_not_null() & pl.col("avg_batch_size").is_not_null())).with_columns(
        metric=pl.lit("itl_ms"), measured=1e3 * pl.col("concurrency") / pl.col("output_tok_per_s")
    )
    full = releases.with_columns(
        metric=pl.lit("output_tok_s"),
        concurrency=pl.lit(None, pl.Float64),
        measured=pl.col("output_tok_s"),
        software_date=pl.col("release_date").cast(pl.String),
        kv_precision=pl.when(pl.col("weight_precision") == "fp16").then(pl.lit("fp16")).otherwise(pl.lit("fp8")),
        source=pl.concat_str("software", "release", separator=" "),
    )
    parts = [_beside(part, accelerators, architectures, constants) for part in (steady, full) if part.height]
    return pl.concat([frames.empty("engine.check_measured"), *parts]).sort(
        "model", "accelerator", "precision", "batch", "source", "measured_tok_per_s"
    )


def questions(measured: pl.DataFrame) -> pl.DataFrame:
    """Text runs in the columns of a scenario. A run without layout served a copy on each accelerator.

    Runs with pictures or films are left out: the tokens of their prompts are neither published nor known from the task.
    """
    ranks = pl.col("parallelism").str.extract(r"TP(\d+)").cast(pl.Int64)
    copies = pl.col("parallelism").str.extract(r"DP(\d+)").cast(pl.Int64)
    prompt = pl.coalesce("avg_input_tokens", pl.col("task").replace_strict(TASK_INPUT_TOKENS, default=None, return_dtype=pl.Float64))
    return measured.filter(prompt.is_not_null()).select(
        "accelerator",
        "model",
        "n_accelerators",
        "output_tok_per_s",
        "energy_j_per_output_token",
        source=pl.format("{} {}, {}", "source", pl.col("observed_at").dt.strftime("%Y-%m"), "task"),
        software_date=pl.col("observed_at").dt.strftime("%Y-%m-%d"),
        weight_precision=pl.col("precision").replace(PRECISIONS),
        kv_precision=pl.when(pl.col("precision").str.contains("submission")).then(pl.lit("fp8")).otherwise(pl.lit("bf16")),
        tensor_parallel=ranks.fill_null(1),
        data_parallel=pl.when(ranks.is_null()).then(pl.col("n_accelerators")).otherwise(copies),
        isl=prompt.round().cast(pl.Int64),
        osl=pl.col("avg_output_tokens").fill_null(MLPERF_OUTPUT_TOKENS).round().cast(pl.Int64),
        concurrency=pl.coalesce("avg_batch_size", "batch_concurrency"),
        boundary=pl.col("boundary").replace_strict(BOUNDARIES, default=None),
    )


def _beside(asked: pl.DataFrame, accelerators: pl.DataFrame, architectures: pl.DataFrame, constants: Constants) -> pl.DataFrame:
    """The answered rows with both speeds in tokens per second."""
    said = answer(asked, accelerators, architectures, constants).filter(pl.col("predicted").is_not_null())
    between = pl.col("metric") == "itl_ms"

    def per_second(name: str) -> pl.Expr:
        return pl.when(between).then(1e3 * pl.col("concurrency") / pl.col(name)).otherwise(pl.col(name))

    return (
        said.select(
            "model",
            "accelerator",
            "source",
            precision="weight_precision",
            batch=pl.col("concurrency").round().cast(pl.Int64),
            throughput_tok_per_s=per_second("predicted"),
            measured_tok_per_s=per_second("measured"),
        )
        .with_columns(error_share=pl.col("throughput_tok_per_s") / pl.col("measured_tok_per_s") - 1.0)
        .select(pl.col(n).cast(t) for n, t in frames.polars_schema("engine.check_measured").items())
    )
