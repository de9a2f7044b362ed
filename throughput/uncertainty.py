"""The 80 % interval of a prediction: how wide errors were on whatever was held out, by regime.

A half-width in log units per row, from a handful of regime terms fitted on held-out residuals
(``calibration``). Nothing here moves a prediction.
"""

from __future__ import annotations

import polars as pl

from throughput.efficiency import Constants

REGIMES: dict[str, pl.Expr] = {
    "base": pl.lit(1.0),
    "is_moe": pl.col("is_moe"),
    "is_spread": pl.col("is_spread"),
    "is_pipelined": (pl.col("pipeline_parallel") > 1).cast(pl.Float64),
    "is_hybrid": ((pl.col("linear_layers") > 0) | (pl.col("sparse_top_k") > 0)).cast(pl.Float64),
    "is_offline": (pl.col("concurrency") <= 0).cast(pl.Float64),
    "is_local": (pl.col("local_runtime") > 0).cast(pl.Float64),
    "is_streamed": (pl.col("streaming") > 0).cast(pl.Float64),
    "is_other_vendor": (~pl.col("family").is_in(["nvidia_datacenter", "nvidia_workstation", "apple"])).cast(pl.Float64),
    "is_prompt_heavy": (pl.col("prefill_share") > 0.5).cast(pl.Float64),
    "is_energy": (pl.col("metric") == "j_per_output_token").cast(pl.Float64),
}
"""Regimes whose spreads add up (in log units) to a row's half-width; ``base`` is always on."""


def half_width(frame: pl.DataFrame, constants: Constants) -> pl.DataFrame:
    """The frame with ``log_half_width``: an 80 % interval is ``predicted exp(+-log_half_width)``."""
    total = pl.lit(0.0)
    for name, term in REGIMES.items():
        total = total + term * constants.get(f"spread.{name}", 0.25 if name == "base" else 0.0)
    return frame.with_columns(log_half_width=total.clip(0.03, 3.0))
