"""What was measured of each lever, beside what the engine says of the same case.

Frames of published facts in, one table out: quantization, speculation, hardware and serving software, each with the
range that was measured, the engine's range for the same configurations, and who measured it. No physics and no
figures of our own here.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from throughput.engine.efficiency import Constants
from throughput.physics import techniques
from throughput.products import league
from throughput.questions import scenarios
from warehouse.schema.frames import polars_schema

_SCHEMA = pl.Schema(polars_schema("engine.lever_evidence"))
ONE_STREAM, FULL_LOAD = "one stream", "full load"
FACTORS = ("engine_low_factor", "engine_factor", "engine_high_factor")
LIKE = {"EAGLE-3.1": "EAGLE3", "draft model": "SpS", "prompt lookup": "PLD"}
"""Whose measured tokens a step stand in for a method of which nobody published any."""
SPECULATED = {
    "model": "Llama-3.1-70B",
    "accelerator": "H100-SXM",
    "weight_precision": "fp8",
    "kv_precision": "fp8",
    "n_accelerators": 4,
    "tensor_parallel": 4,
    "isl": 1024,
    "osl": 512,
    "metric": "tok_s_per_user",
}
"""The deployment on which the engine answers for speculation: that of the vLLM blog of 2024-10-17."""
LOADS = {ONE_STREAM: 1, "1 request a second": 4, "4 requests": 4, "16 requests": 16, "high request rate": 256}
"""What a stated load is in requests at once: a request a second of ten seconds each, and a saturated server, are assumed."""
OLD, NEWER = "H100-SXM", ("H200-SXM", "B200-SXM")


class Engine:
    """The engine asked about tables of scenarios: predictions in input order, null where it cannot answer."""

    def __init__(self, accelerators: pl.DataFrame, architectures: pl.DataFrame, constants: Constants) -> None:
        self._tables = (accelerators, architectures, constants)

    def __call__(self, asked: pl.DataFrame) -> pl.Series:
        """The prediction of each row."""
        return scenarios.answer(asked.cast(pl.String), *self._tables)["predicted"]


def build(facts: dict[str, pl.DataFrame], stack: pl.DataFrame, engine: Engine) -> pl.DataFrame:
    """One row per lever, technique and setting, in the columns of ``engine.lever_evidence``; factors above 1 are gains.

    ``facts``: quantization_speedup, speculative_decoding and software_release as packaged. ``stack``: the stacks of
    ``stack.stacks_table``. Measured ranges are the 10 to 90 % quantiles over observations.
    """
    parts = [
        quantization(facts["quantization_speedup"], engine),
        speculation(facts["speculative_decoding"], engine),
        hardware(facts["software_release"], engine),
        software(facts["software_release"]),
        together(stack),
    ]
    return pl.concat([p.select(*_SCHEMA).cast(_SCHEMA) for p in parts if p.height] or [pl.DataFrame(schema=_SCHEMA)]).sort(
        "lever", "technique", "setting"
    )


def quantization(measured: pl.DataFrame, engine: Engine) -> pl.DataFrame:
    """Gains of fewer weight bits, by format, for one stream and at full load."""
    lengths = pl.col("setting").str.extract_groups(r"(\d+)/(\d+)")
    one = pl.col("setting").str.starts_with("batch 1")
    asked = measured.select(
        "accelerator",
        "model",
        "n_accelerators",
        tensor_parallel="n_accelerators",
        isl=pl.when(one).then(0).otherwise(lengths.struct[0].cast(pl.Int64)),
        osl=pl.when(one).then(128).otherwise(lengths.struct[1].cast(pl.Int64)),
        concurrency=pl.when(one).then(1),
        metric=pl.lit("output_tok_s"),
    )
    speed = {
        c: engine(
            asked.with_columns(
                weight_precision=measured[c], kv_precision=pl.when(measured[c] == "fp8").then(pl.lit("fp8")).otherwise(pl.lit("fp16"))
            )
        )
        for c in ("from_precision", "to_precision")
    }
    rows = measured.with_columns(
        lever=pl.lit("quantization"),
        technique=pl.format("{} to {}", "from_precision", "to_precision"),
        setting=pl.when(one).then(pl.lit(ONE_STREAM)).otherwise(pl.lit(FULL_LOAD)),
        measured=pl.col("speedup_factor"),
        engine=speed["to_precision"] / speed["from_precision"],
    )
    return _ranges(rows)


def speculation(measured: pl.DataFrame, engine: Engine) -> pl.DataFrame:
    """Gains of drafting and verifying, by method, at the stated load; below 1 it slows the server down.

    The engine answers for each method's own draft length and cost and the tokens a step that were measured of it.
    """
    rows = measured.filter(pl.col("metric") == "speedup_vs_autoregressive").with_columns(
        lever=pl.lit("speculative decoding"),
        technique=pl.col("method"),
        measured=pl.col("value"),
        engine=pl.lit(None, pl.Float64),
        setting=pl.when(pl.col("batch") == 1)
        .then(pl.lit(ONE_STREAM))
        .when(pl.col("batch").is_not_null())
        .then(pl.format("{} requests", "batch"))
        .otherwise("workload"),
    )
    accepted = measured.filter(pl.col("metric") == "accepted_tokens_per_step")
    cases = rows.select("technique", "setting").unique(maintain_order=True).filter(pl.col("setting").is_in(list(LOADS)))
    gains = pl.DataFrame(
        [{"technique": t, "setting": s, **_drafted(t, LOADS[s], accepted, engine)} for t, s in cases.iter_rows()],
        {"technique": pl.String, "setting": pl.String, **dict.fromkeys(FACTORS, pl.Float64)},
    )
    return _ranges(rows).drop(FACTORS).join(gains, on=["technique", "setting"], how="left")


def _drafted(technique: str, load: int, accepted: pl.DataFrame, engine: Engine) -> dict[str, float | None]:
    drafting = techniques.DRAFTING.get(technique)
    tokens = accepted.filter(pl.col("method") == LIKE.get(technique, technique))["value"].cast(pl.Float64)
    if drafting is None or tokens.is_empty():
        return dict.fromkeys(FACTORS)
    yields = np.quantile(tokens.cast(pl.Float64).to_numpy(), (0.0, 0.5, 1.0)).tolist()
    drafted = [
        {
            "draft_tokens": drafting.draft_tokens,
            "draft_cost": drafting.draft_cost,
            "draft_acceptance": techniques.acceptance_of(float(y), drafting.draft_tokens),
        }
        for y in yields
    ]
    rows = [{**SPECULATED, "concurrency": load, **d} for d in ({"draft_tokens": 0, "draft_cost": 0.0, "draft_acceptance": 0.0}, *drafted)]
    plain, *speeds = engine(pl.DataFrame(rows, strict=False)).to_list()
    return {n: None if s is None or plain is None else s / plain / drafting.overhead for n, s in zip(FACTORS, speeds, strict=True)}


def hardware(releases: pl.DataFrame, engine: Engine) -> pl.DataFrame:
    """Tokens per accelerator of a newer chip against ``OLD``, best format on each, same model and lengths, newest release."""
    asked = releases.select(
        "accelerator",
        "model",
        "weight_precision",
        "n_accelerators",
        "tensor_parallel",
        "isl",
        "osl",
        kv_precision=pl.when(pl.col("weight_precision") == "fp16").then(pl.lit("fp16")).otherwise(pl.lit("fp8")),
        concurrency=pl.lit(None, pl.String),
        metric=pl.lit("output_tok_s"),
    )
    keys = ["accelerator", "model", "isl", "osl"]
    best = (
        releases.with_columns(engine=engine(asked) / pl.col("n_accelerators"), measured=pl.col("output_tok_s") / pl.col("n_accelerators"))
        .sort("release_date", "measured")
        .group_by(keys, maintain_order=True)
        .last()
        .select(*keys, "measured", "engine", "source")
    )
    pairs = best.filter(pl.col("accelerator").is_in(NEWER)).join(best.filter(pl.col("accelerator") == OLD), on=keys[1:], suffix="_old")
    return _ranges(
        pairs.with_columns(
            lever=pl.lit("hardware"),
            technique=pl.format("{} to {}", "accelerator_old", "accelerator"),
            setting=pl.lit(FULL_LOAD),
            measured=pl.col("measured") / pl.col("measured_old"),
            engine=pl.col("engine") / pl.col("engine_old"),
        )
    )


def software(releases: pl.DataFrame) -> pl.DataFrame:
    """What later releases gained on one accelerator; the engine does not know releases, so its range is empty."""
    gains = league.software_gains(releases)
    return _ranges(
        gains.with_columns(
            lever=pl.lit("serving software"),
            technique=pl.format("{} releases on {}", "software", "accelerator"),
            setting=pl.format(
                "full load, {} months", pl.col("span_months").median().over("software", "accelerator").round(0).cast(pl.Int64)
            ),
            measured=pl.col("gain_factor"),
            engine=pl.lit(None, pl.Float64),
            source=pl.col("software") + " performance overviews",
        )
    )


def together(stack: pl.DataFrame) -> pl.DataFrame:
    """All levers at once: the engine's range over model sizes and service levels; nobody measured the whole product."""
    if stack.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    totals = stack.select("scenario", "total_factor").unique()["total_factor"]
    return pl.DataFrame(
        [
            {
                "lever": "all levers",
                "technique": "naive to full stack",
                "setting": f"{totals.len()} model sizes and speeds",
                "engine_low_factor": totals.min(),
                "engine_factor": totals.median(),
                "engine_high_factor": totals.max(),
                "source": "engine",
            }
        ],
        schema=_SCHEMA,
    )


def _ranges(rows: pl.DataFrame) -> pl.DataFrame:
    """Quantiles of ``measured`` and ``engine`` per lever, technique and setting."""

    def spread(name: str, column: str) -> dict[str, pl.Expr]:
        known = pl.col(column).drop_nulls()
        return {
            f"{name}_low_factor": known.quantile(0.1, "linear"),
            f"{name}_factor": known.median(),
            f"{name}_high_factor": known.quantile(0.9, "linear"),
        }

    return (
        rows.group_by("lever", "technique", "setting", maintain_order=True)
        .agg(
            **spread("measured", "measured"),
            **spread("engine", "engine"),
            observations_count=pl.len().cast(pl.Int64),
            source=pl.col("source").unique().sort().str.join("; "),
        )
        .select(*_SCHEMA)
    )
