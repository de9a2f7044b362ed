"""The engine's part of the daily job: every open model on every accelerator, the league, the deflation stack.

Frames in, mart-ready frames out. Belongs here: which questions the job asks. Not here: any physics.
"""

from __future__ import annotations

import polars as pl

from throughput.engine.efficiency import load_constants
from throughput.products import evidence, league, stack
from throughput.products.catalogue import grid_of

PUBLISHED = ("quantization_speedup", "speculative_decoding", "software_release", "ownership_cost", "interactivity_measured")
"""Core tables of published measurements, in the order ``build`` takes them."""
PRECISIONS = ("bf16", "fp8", "int4", "nvfp4", "mxfp4")
LEAGUE_MODELS = ("Llama-3.1-8B", "Llama-3.1-70B", "Llama-3.1-405B", "DeepSeek-R1", "gpt-oss-120b", "Qwen3-235B-A22B")
LATENCY_MODELS = ("Llama-3.1-8B", "Llama-3.1-70B", "Llama-3.1-405B")
"""Models whose speed for one user several vendors publish (``user_speed_published``)."""
LATENCY_PRECISIONS = ("bf16", "fp8")
MODELS_AT_ONCE = 6
LEAGUE_TOK_S_PER_USER = 50.0
BASELINE, MODERN = "A100-SXM-80GB", "B200-SXM"
STACKS = (
    ("8B, chat speed", "Llama-3.1-8B", "Qwen3-1.7B", 20.0),
    ("70B, chat speed", "Llama-3.1-70B", "Llama-3.1-8B", 20.0),
    ("70B, fast", "Llama-3.1-70B", "Llama-3.1-8B", 50.0),
    ("405B, chat speed", "Llama-3.1-405B", "Llama-3.1-70B", 20.0),
)
"""(scenario, model, small model of its family, tokens per second per user) of the deflation stacks."""


def build(
    architectures: pl.DataFrame, accelerators: pl.DataFrame, hourly: pl.DataFrame, *published: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """Tables serving, league, latency, stack, ceiling, lever_evidence and software_gain.

    ``hourly``: accelerator, usd_per_accelerator_hour, rental_date, basis (one row per accelerator); ``published``: the
    measurements of ``PUBLISHED`` as ``evidence.build`` reads them. Models and accelerators that are not in the frames are left out, so
    that a past day asks only what was known.
    """
    constants, facts = load_constants(), dict(zip(PUBLISHED, published, strict=True))
    # a dozen models at a time: the grid of all layouts and batches of all models at once takes over 1 GB
    parts = [*architectures.sort("model").iter_slices(MODELS_AT_ONCE)] or [architectures]
    serving = pl.concat([grid_of(part, accelerators, PRECISIONS, hourly=hourly) for part in parts])
    models = set(architectures["model"])
    stacks = _stacks(architectures, accelerators, hourly, models)
    rivals = accelerators.filter(~pl.col("family").is_in(["apple", "nvidia_workstation", "intel"]))
    leading = architectures.filter(pl.col("model").is_in(LATENCY_MODELS))
    rivals_served = serving.filter(pl.col("model").is_in(LEAGUE_MODELS), pl.col("accelerator").is_in(rivals["accelerator"].implode()))
    ranked = league.league(
        rivals_served, accelerators, league.prices(hourly, facts["ownership_cost"]), facts["interactivity_measured"], LEAGUE_TOK_S_PER_USER
    )
    return {
        "serving": serving,
        "league": ranked,
        "stack": stacks,
        "ceiling": league.bandwidth_ceilings(accelerators, 70e9, 8.0),
        "latency": league.latency_league(leading, rivals, hourly, LATENCY_PRECISIONS, constants),
        "lever_evidence": evidence.build(facts, stacks, evidence.Engine(accelerators, architectures, constants)),
        "software_gain": league.software_gains(facts["software_release"]),
    }


def _stacks(architectures: pl.DataFrame, accelerators: pl.DataFrame, hourly: pl.DataFrame, models: set[str]) -> pl.DataFrame:
    """The stacks whose models, chips and hourly prices are known; priced by rental so that hardware counts as paid."""
    usd = {a: float(v) for a, v in hourly.select("accelerator", "usd_per_accelerator_hour").iter_rows()}
    if not {BASELINE, MODERN} <= usd.keys() or not {BASELINE, MODERN} <= set(accelerators["accelerator"]):
        return pl.DataFrame()
    price = {a: usd[a] for a in (BASELINE, MODERN)}
    asked = [
        stack.Stack(name, model, small, BASELINE, MODERN, service_level_tok_s_per_user=level, hourly_usd=price)
        for name, model, small, level in STACKS
        if {model, small} <= models
    ]
    return stack.stacks_table(asked, accelerators, architectures, load_constants()) if asked else pl.DataFrame()
