"""Accelerators against each other: cost and energy per token, bandwidth ceilings, software gains, useful life.

Tables ready for marts. Prices of hours are arguments; speeds come from ``catalogue.grid_of``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import polars as pl

from throughput.engine import grid
from throughput.engine.efficiency import Constants
from throughput.engine.stages import BOUNDS
from throughput.products import catalogue
from units.constants import GB

PIPELINES = (1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 80)
"""Pipeline depths tried for one stream on chips that hold little."""


def league(grid: pl.DataFrame, accelerators: pl.DataFrame, hourly: pl.DataFrame,
           interactivity_tok_s_per_user: float) -> pl.DataFrame:
    """One row per model and accelerator at a stated interactivity: cheapest precision, $/Mtok, J/token, rank.

    ``grid`` is ``catalogue.grid_of``; ``hourly`` has accelerator, usd_per_accelerator_hour, and optionally
    rental_date and basis. Accelerators without a price are left out.
    """
    prices = hourly.select("accelerator", rental_usd_per_hour=pl.col("usd_per_accelerator_hour").cast(pl.Float64),
                           rental_date=pl.col("rental_date") if "rental_date" in hourly.columns else pl.lit(None, pl.Date),
                           basis=pl.col("basis") if "basis" in hourly.columns else pl.lit("assumed"))
    facts = accelerators.select("accelerator", "vendor", memory_gb=pl.col("memory_bytes") / 1024**3,
                                bandwidth_gb_per_s=pl.col("bandwidth_bytes_per_s") / GB)
    rows = grid.filter(pl.col("service_level_tok_s_per_user") == interactivity_tok_s_per_user)
    rows = rows.drop("cost_usd_per_mtok").join(prices, on="accelerator").join(facts, on="accelerator")
    rows = rows.with_columns(
        cost_usd_per_mtok=pl.col("rental_usd_per_hour") / 3600.0 / pl.col("throughput_tok_per_s") * 1e6)
    best = rows.sort("model", "accelerator", "cost_usd_per_mtok", "precision").unique(
        ["model", "accelerator"], keep="first", maintain_order=True)
    return best.select(
        "accelerator", "vendor", "model", "precision", "memory_gb", "bandwidth_gb_per_s", "rental_usd_per_hour",
        "throughput_tok_per_s", "cost_usd_per_mtok", "energy_j_per_token", "rental_date", "basis",
        "service_level_tok_s_per_user", "user_tok_per_s", "isl", "osl", "accelerators", "batch", "bound",
        cost_rank=pl.col("cost_usd_per_mtok").rank("ordinal").over("model"),
    ).sort("model", "cost_usd_per_mtok", "accelerator")


def latency_league(architectures: pl.DataFrame, accelerators: pl.DataFrame, hourly: pl.DataFrame, precisions: Sequence[str],
                   constants: Constants) -> pl.DataFrame:
    """The fastest speed one user alone can get of each model on each accelerator, with its interval and what it costs.

    One stream, 1024 tokens in and out, the fastest layout: tensor parallel inside a node, and a pipeline where a
    chip holds too little of a model (SRAM). ``hourly`` as in ``league``; the cost is that of a machine that serves
    one user, the price of the speed. Rows by model, fastest first.
    """
    fixed = catalogue.configurations(architectures, accelerators, precisions, 1024, 1024, 8, "bf16", pipelines=PIPELINES)
    ready = grid.evaluate(fixed.filter(pl.col("data_parallel") == 1).with_columns(concurrency=pl.lit(1.0)), constants)
    prices = hourly.select("accelerator", rental_usd_per_hour=pl.col("usd_per_accelerator_hour").cast(pl.Float64))
    best = ready.filter(pl.col("room_for_one") >= 1.0).sort(
        ["model", "accelerator", "tok_s_per_user", "accelerators", "weight_precision"], descending=[False, False, True, False, False]).unique(
        ["model", "accelerator"], keep="first", maintain_order=True).join(prices, on="accelerator", how="left")
    width = pl.col("log_half_width")
    return best.select(
        "model", "accelerator", precision="weight_precision", user_tok_per_s="tok_s_per_user",
        user_lower_tok_per_s=pl.col("tok_s_per_user") * (-width).exp(), user_upper_tok_per_s=pl.col("tok_s_per_user") * width.exp(),
        accelerators=pl.col("accelerators").cast(pl.Int64),
        cost_usd_per_mtok=pl.col("rental_usd_per_hour") / 3600.0 / pl.col("output_tok_s_per_accelerator") * 1e6,
        energy_j_per_token=pl.when(pl.col("power_w") > 0).then("j_per_output_token"),
        bound=pl.col("bound_code").replace_strict(BOUNDS, return_dtype=pl.String),
    ).sort(["model", "user_tok_per_s", "accelerator"], descending=[False, True, False])


def bandwidth_ceilings(accelerators: pl.DataFrame, parameters: float, bits: float) -> pl.DataFrame:
    """Most tokens per second one stream could get if only weight bytes mattered, by accelerator and launch date.

    ``parameters`` active weights of ``bits``: ``bandwidth / (P b / 8)`` per chip; also bytes moved per joule.
    """
    return accelerators.select(
        "accelerator", "vendor", pl.col("launch_date").cast(pl.String).str.to_date(strict=False),
        bandwidth_gb_per_s=pl.col("bandwidth_bytes_per_s") / GB,
        ceiling_tok_per_s=pl.col("bandwidth_bytes_per_s") / (parameters * bits / 8.0),
        bandwidth_bytes_per_j=pl.when(pl.col("tdp_w") > 0).then(pl.col("bandwidth_bytes_per_s") / pl.col("tdp_w")),
        flop_per_byte_ratio=pl.col("bf16_flop_per_s") / pl.col("bandwidth_bytes_per_s"),
    ).sort("launch_date", "accelerator", nulls_last=True)


def software_gains(releases: pl.DataFrame) -> pl.DataFrame:
    """What newer releases of one engine gained on unchanged hardware, workload by workload.

    ``releases``: software, release, release_date, accelerator, model, weight_precision, n_accelerators, isl, osl,
    output_tok_s. Result: first and last release, gain_factor, months, gain_factor_per_year; single-release
    workloads are left out.
    """
    keys = ["software", "accelerator", "model", "weight_precision", "n_accelerators", "isl", "osl"]
    ordered = releases.sort([*keys, "release_date"])
    grouped = ordered.group_by(keys, maintain_order=True).agg(
        first_release=pl.col("release").first(), last_release=pl.col("release").last(),
        first_date=pl.col("release_date").first(), last_date=pl.col("release_date").last(),
        first_tok_per_s=pl.col("output_tok_s").first(), last_tok_per_s=pl.col("output_tok_s").last(),
        releases_count=pl.col("release").n_unique(),
    ).filter(pl.col("releases_count") > 1)
    months = (pl.col("last_date") - pl.col("first_date")).dt.total_days() / 30.44
    gain = pl.col("last_tok_per_s") / pl.col("first_tok_per_s")
    return grouped.with_columns(gain_factor=gain, span_months=months).with_columns(
        gain_factor_per_year=pl.col("gain_factor").pow(12.0 / pl.col("span_months"))).sort(keys)


def useful_life_years(income_over_running_cost: float, price_fall_factor_per_year: float,
                      software_gain_factor_per_year: float = 1.0) -> float:
    """Years until a chip's tokens no longer pay its running costs.

    Today's income is ``income_over_running_cost`` times power and hosting; token prices fall by a factor a year
    (2 = half after a year) while software raises the tokens of the same chip. Infinite when software keeps pace.
    """
    if income_over_running_cost <= 1.0:
        return 0.0
    decline = math.log(price_fall_factor_per_year) - math.log(software_gain_factor_per_year)
    return math.inf if decline <= 0 else math.log(income_over_running_cost) / decline
