"""The deflation stack: from naive 16-bit static serving on an old chip to every lever at once, and who gets credit.

Five levers give 32 configurations; each is evaluated by the engine at one service level, a lever being *available*
rather than forced (speculation is not used where it would slow things down). Shapley shares of the log gain sum
exactly; first-in (alone) and last-in (added to all others) are the two ends; as levers interact, a
share may lie outside them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations

import polars as pl

from throughput.engine import grid
from throughput.engine.efficiency import Constants
from throughput.physics import techniques
from throughput.products import catalogue
from units.shapley import shapley

LEVERS = ("quantization", "speculative decoding", "distillation and routing", "hardware", "serving software")


@dataclass(frozen=True)
class Stack:
    """What each lever changes. Shares and waste are assumptions with their reason beside them."""

    name: str
    model: str
    small_model: str
    old_accelerator: str = "A100-SXM-80GB"
    new_accelerator: str = "B200-SXM"
    precision: str = "bf16"
    quantized: tuple[str, ...] = ("fp8", "nvfp4", "int4_awq")
    service_level_tok_s_per_user: float = 20.0
    isl: int = 1024
    osl: int = 1024
    routed_share: float = 0.5  # RouteLLM (Ong et al. 2024): half of calls at 95 % of the large model's quality
    drafts: float = 3.0
    acceptance: float = 0.7  # EAGLE-class drafts, Spec-Bench
    draft_cost: float = 0.05
    contiguous_waste: float = 0.7  # Kwon et al. 2023: 60-80 % of KV memory lost before paging
    waiting_share: float = 0.5  # static batches wait for the longest: mean over longest answer
    static_batch: float = 8.0
    hourly_usd: Mapping[str, float] = field(default_factory=dict)


def stack_table(stack: Stack, accelerators: pl.DataFrame, architectures: pl.DataFrame, constants: Constants) -> pl.DataFrame:
    """One row per lever: Shapley, first-in and last-in factor on cost per token, share of the log gain.

    The factors multiply to the full stack's gain (``total_factor``). Costs are dollars per token when
    ``hourly_usd`` prices both accelerators, otherwise accelerator-seconds per token.
    """
    costs = combination_costs(stack, accelerators, architectures, constants)
    everything: frozenset[str] = frozenset(LEVERS)
    nothing: frozenset[str] = frozenset()

    def gain(available: frozenset[str]) -> float:
        return math.log(costs[nothing] / costs[available])

    shares = shapley(gain, LEVERS)
    total = gain(everything)
    return pl.DataFrame(
        [
            {
                "scenario": stack.name,
                "lever": lever,
                "shapley_factor": math.exp(shares[lever]),
                "first_in_factor": math.exp(gain(frozenset([lever]))),
                "last_in_factor": math.exp(total - gain(everything - {lever})),
                "shapley_share": shares[lever] / total if total else 0.0,
                "total_factor": math.exp(total),
                "model": stack.model,
                "service_level_tok_s_per_user": stack.service_level_tok_s_per_user,
            }
            for lever in LEVERS
        ]
    )


def combination_costs(
    stack: Stack, accelerators: pl.DataFrame, architectures: pl.DataFrame, constants: Constants
) -> dict[frozenset[str], float]:
    """Cost of one output token for each of the 32 sets of available levers.

    The naive baseline always runs; where no configuration reaches the service level the fastest one counts.
    """
    speeds = _speeds(stack, accelerators, architectures, constants)
    costs = {}
    for k in range(len(LEVERS) + 1):
        for chosen in combinations(LEVERS, k):
            available = frozenset(chosen)
            chips = [stack.old_accelerator] + [stack.new_accelerator] * ("hardware" in available)
            large = min(_cost(stack, speeds, stack.model, chip, available) for chip in chips)
            cost = large
            if "distillation and routing" in available:
                small = min(_cost(stack, speeds, stack.small_model, chip, available) for chip in chips)
                cost = min(large, techniques.routed_cost(stack.routed_share, small, large))
            costs[available] = cost
    return costs


def _cost(stack: Stack, speeds: pl.DataFrame, model: str, accelerator: str, available: frozenset[str]) -> float:
    rows = speeds.filter((pl.col("model") == model) & (pl.col("accelerator") == accelerator))
    if "quantization" not in available:
        rows = rows.filter(pl.col("weight_precision") == stack.precision)
    if "speculative decoding" not in available:
        rows = rows.filter(pl.col("draft_tokens") == 0)
    if "serving software" not in available:
        rows = rows.filter(pl.col("static"))
    quick = rows.filter(pl.col("user") >= stack.service_level_tok_s_per_user)
    best = max(quick["speed"].to_list()) if quick.height else rows.sort("user")["speed"][-1]
    return stack.hourly_usd.get(accelerator, 1.0) / 3600.0 / best


def _speeds(stack: Stack, accelerators: pl.DataFrame, architectures: pl.DataFrame, constants: Constants) -> pl.DataFrame:
    """Output tokens per accelerator-second and per user of every configuration the levers can reach."""
    chips = accelerators.filter(pl.col("accelerator").is_in([stack.old_accelerator, stack.new_accelerator]))
    models = architectures.filter(pl.col("model").is_in([stack.model, stack.small_model]))
    base = catalogue.questions(models, chips, [stack.precision, *stack.quantized], stack.isl, stack.osl, 16, "bf16")
    kinds = pl.DataFrame(
        [
            {
                "static": static,
                "draft_tokens": drafts,
                "draft_acceptance": stack.acceptance if drafts else 0.0,
                "draft_cost": stack.draft_cost if drafts else 0.0,
                "kv_waste": stack.contiguous_waste if static else 0.04,
            }
            for static in (True, False)
            for drafts in (0.0, stack.drafts)
        ]
    )
    done = grid.evaluate(base.join(kinds, how="cross"), constants).filter(
        (pl.col("room_for_one") >= 1.0)
        & (pl.col("kv_capacity_sequences") >= pl.col("concurrency"))
        & (~pl.col("static") | (pl.col("concurrency") <= stack.static_batch))
    )
    waiting = pl.when(pl.col("static")).then(stack.waiting_share).otherwise(1.0)
    overhead = pl.when(pl.col("draft_tokens") > 0).then(1.0 / techniques.TREE_OVERHEAD).otherwise(1.0)
    return done.select(
        "model",
        "accelerator",
        "weight_precision",
        "draft_tokens",
        "static",
        speed=pl.col("output_tok_s_per_accelerator") * waiting * overhead,
        user=pl.col("tok_s_per_user") * overhead,
    )


def stacks_table(stacks: Iterable[Stack], accelerators: pl.DataFrame, architectures: pl.DataFrame, constants: Constants) -> pl.DataFrame:
    """``stack_table`` of several model sizes and service levels, one under the other."""
    return pl.concat([stack_table(s, accelerators, architectures, constants) for s in stacks])
