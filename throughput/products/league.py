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
from units.constants import DAYS_PER_YEAR, GB, MONTHS_PER_YEAR

PIPELINES = (1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 80)
"""Pipeline depths tried for one stream on chips that hold little."""


OWNING, RESERVED, ON_DEMAND = "neocloud_owned", "rental_3yr", "on demand"
TIE = 0.15
"""Costs whose logarithms differ by less are a tie: what the engine's ratios of two chips miss by (the median error of a
configuration against others of its own source)."""


def prices(hourly: pl.DataFrame, ownership: pl.DataFrame) -> pl.DataFrame:
    """Dollars an hour of each accelerator by kind of price: owning_usd, reserved_usd, on_demand_usd and the day of owning.

    ``hourly``: accelerator, usd_per_accelerator_hour, basis, rental_date (one row each); ``ownership``: accelerator, owner_kind,
    usd_per_accelerator_hour, observed_at. A kind that nobody published for a chip is null.
    """

    def owned(kind: str, name: str) -> pl.DataFrame:
        return (
            ownership.filter(pl.col("owner_kind") == kind)
            .group_by("accelerator")
            .agg(pl.col("usd_per_accelerator_hour").cast(pl.Float64).median().alias(name))
        )

    demand = hourly.filter(pl.col("basis").str.contains(ON_DEMAND)).select(
        "accelerator", on_demand_usd=pl.col("usd_per_accelerator_hour").cast(pl.Float64)
    )
    days = ownership.group_by("accelerator").agg(rental_date=pl.col("observed_at").max())
    return (
        owned(OWNING, "owning_usd")
        .join(owned(RESERVED, "reserved_usd"), on="accelerator", how="full", coalesce=True)
        .join(demand, on="accelerator", how="full", coalesce=True)
        .join(days, on="accelerator", how="left")
    )


def league(
    grid: pl.DataFrame, accelerators: pl.DataFrame, priced: pl.DataFrame, measured: pl.DataFrame, interactivity_tok_s_per_user: float
) -> pl.DataFrame:
    """One row per model and accelerator at a stated interactivity: the format and layout with most tokens, what they cost.

    ``grid`` is ``catalogue.grid_of``, ``priced`` is ``prices``, ``measured`` has model, accelerator, precision and
    measured_tok_per_s (the best public result). The three kinds of price stand side by side; the rank is by the cost of
    owning alone, ties share the better one, and a chip without that price has no rank. Published results are of the
    same format, else of any.
    """
    facts = accelerators.select(
        "accelerator", "vendor", memory_gb=pl.col("memory_bytes") / 1024**3, bandwidth_gb_per_s=pl.col("bandwidth_bytes_per_s") / GB
    )
    rows = grid.filter(pl.col("service_level_tok_s_per_user") == interactivity_tok_s_per_user)
    rows = rows.drop("cost_usd_per_mtok").join(facts, on="accelerator").join(priced, on="accelerator", how="left")
    best = rows.sort("model", "accelerator", "throughput_tok_per_s", "precision", descending=[False, False, True, False]).unique(
        ["model", "accelerator"], keep="first", maintain_order=True
    )
    speed = {"": "throughput_tok_per_s", "_lower": "throughput_upper_tok_per_s", "_upper": "throughput_lower_tok_per_s"}

    def cost(usd: str, tok_per_s: str) -> pl.Expr:
        return pl.col(usd) / 3600.0 / pl.col(tok_per_s) * 1e6

    published = measured.group_by("model", "accelerator", "precision").agg(pl.col("measured_tok_per_s").max())
    table = best.join(published, on=["model", "accelerator", "precision"], how="left").with_columns(
        **{f"cost{end}_usd_per_mtok": cost("owning_usd", column) for end, column in speed.items()},
        cost_reserved_usd_per_mtok=cost("reserved_usd", "throughput_tok_per_s"),
        cost_on_demand_usd_per_mtok=cost("on_demand_usd", "throughput_tok_per_s"),
    )
    return (
        table.join(_ranks(table), on=["model", "accelerator"], how="left")
        .select(
            "accelerator",
            "vendor",
            "model",
            "precision",
            "memory_gb",
            "bandwidth_gb_per_s",
            pl.col("owning_usd").alias("rental_usd_per_hour"),
            "throughput_tok_per_s",
            "throughput_lower_tok_per_s",
            "throughput_upper_tok_per_s",
            "measured_tok_per_s",
            "cost_usd_per_mtok",
            "cost_lower_usd_per_mtok",
            "cost_upper_usd_per_mtok",
            "cost_reserved_usd_per_mtok",
            "cost_on_demand_usd_per_mtok",
            "energy_j_per_token",
            "rental_date",
            "service_level_tok_s_per_user",
            "user_tok_per_s",
            "isl",
            "osl",
            "accelerators",
            "prefill_accelerators",
            "batch",
            "bound",
            "cost_rank",
            "tied_count",
            basis=pl.when(pl.col("owning_usd").is_null())
            .then(pl.lit("no cost of owning is published"))
            .otherwise(pl.lit("quoted: published cost of owning")),
        )
        .sort("model", "cost_usd_per_mtok", "accelerator", nulls_last=True)
    )


def _ranks(table: pl.DataFrame) -> pl.DataFrame:
    """cost_rank (1 is cheapest; costs within ``TIE`` of the first of a tie share its rank) and tied_count per model and accelerator."""
    ranked = []
    for (model,), part in table.filter(pl.col("cost_usd_per_mtok") > 0).sort("cost_usd_per_mtok").group_by("model", maintain_order=True):
        first, rank = -math.inf, 0
        for place, (accelerator, usd) in enumerate(part.select("accelerator", "cost_usd_per_mtok").iter_rows(), start=1):
            if math.log(usd) - first > TIE:
                first, rank = math.log(usd), place
            ranked.append((model, accelerator, rank))
    frame = pl.DataFrame(ranked, {"model": pl.String, "accelerator": pl.String, "cost_rank": pl.Int64}, orient="row")
    return frame.with_columns(tied_count=pl.len().over("model", "cost_rank").cast(pl.Int64))


def latency_league(
    architectures: pl.DataFrame, accelerators: pl.DataFrame, hourly: pl.DataFrame, precisions: Sequence[str], constants: Constants
) -> pl.DataFrame:
    """The fastest speed one user alone can get of each model on each accelerator, with its interval and what it costs.

    One stream, 1024 tokens in and out, the fastest layout: tensor parallel inside a node, and a pipeline where a
    chip holds too little of a model (SRAM). ``hourly`` as in ``league``; the cost is that of a machine that serves
    one user, the price of the speed. Rows by model, fastest first.
    """
    fixed = catalogue.configurations(architectures, accelerators, precisions, 1024, 1024, 8, "bf16", pipelines=PIPELINES)
    ready = grid.evaluate(fixed.filter(pl.col("data_parallel") == 1).with_columns(concurrency=pl.lit(1.0)), constants)
    prices = hourly.select("accelerator", rental_usd_per_hour=pl.col("usd_per_accelerator_hour").cast(pl.Float64))
    best = (
        ready.filter(pl.col("room_for_one") >= 1.0)
        .sort(["model", "accelerator", "tok_s_per_user", "accelerators", "weight_precision"], descending=[False, False, True, False, False])
        .unique(["model", "accelerator"], keep="first", maintain_order=True)
        .join(prices, on="accelerator", how="left")
    )
    width = pl.col("log_half_width")
    return best.select(
        "model",
        "accelerator",
        precision="weight_precision",
        user_tok_per_s="tok_s_per_user",
        user_lower_tok_per_s=pl.col("tok_s_per_user") * (-width).exp(),
        user_upper_tok_per_s=pl.col("tok_s_per_user") * width.exp(),
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
        "accelerator",
        "vendor",
        pl.col("launch_date").cast(pl.String).str.to_date(strict=False),
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
    grouped = (
        ordered.group_by(keys, maintain_order=True)
        .agg(
            first_release=pl.col("release").first(),
            last_release=pl.col("release").last(),
            first_date=pl.col("release_date").first(),
            last_date=pl.col("release_date").last(),
            first_tok_per_s=pl.col("output_tok_s").first(),
            last_tok_per_s=pl.col("output_tok_s").last(),
            releases_count=pl.col("release").n_unique(),
        )
        .filter(pl.col("releases_count") > 1)
    )
    months = (pl.col("last_date") - pl.col("first_date")).dt.total_days() / (DAYS_PER_YEAR / MONTHS_PER_YEAR)
    gain = pl.col("last_tok_per_s") / pl.col("first_tok_per_s")
    return (
        grouped.with_columns(gain_factor=gain, span_months=months)
        .with_columns(gain_factor_per_year=pl.col("gain_factor").pow(12.0 / pl.col("span_months")))
        .sort(keys)
    )
