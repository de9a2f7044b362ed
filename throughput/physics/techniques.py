"""Techniques that change what a token costs: speculation, routing, cascades, quantization limits, prefix caching.

Multipliers and mixtures of already computed speeds or costs. Number formats are in ``formats``.
"""

from __future__ import annotations

from dataclasses import dataclass

from throughput.physics.ops import Value, minimum, where

SPECULATION_OVERHEAD = 1.43
"""Accepted tokens over measured speedup at batch 1, median of 41 method-model cells of Spec-Bench (Xia et al.
2024, leaderboard 2025-04): what sampling, tree attention and scheduling take from the ideal gain."""


@dataclass(frozen=True)
class Drafting:
    """How a technique drafts: tokens verified at once beyond the next, and one draft in units of a plain step."""

    draft_tokens: float
    draft_cost: float


DRAFTING: dict[str, Drafting] = {
    "EAGLE": Drafting(5, 0.03),
    "EAGLE2": Drafting(6, 0.03),
    "EAGLE3": Drafting(7, 0.03),
    "EAGLE-3.1": Drafting(7, 0.03),
    "SAMD+EAGLE2": Drafting(6, 0.03),
    "MTP": Drafting(1, 0.05),
    "Medusa": Drafting(4, 0.0),
    "Hydra": Drafting(4, 0.01),
    "SpS": Drafting(5, 0.1),
    "draft model": Drafting(5, 0.1),
    "PLD": Drafting(8, 0.0),
    "prompt lookup": Drafting(8, 0.0),
    "Lookahead": Drafting(4, 0.0),
    "REST": Drafting(6, 0.0),
    "Recycling": Drafting(6, 0.0),
}
"""One decoder layer drafts for the EAGLE family (Li et al. 2024, 2025), one prediction layer for MTP (DeepSeek-V3), heads for Medusa and
Hydra, a model of a tenth the size for draft models (Leviathan et al. 2023), looked-up text for the rest; depths of the papers."""


def acceptance_of(tokens_per_step: float, draft_tokens: float) -> float:
    """The chance of acceptance at which ``draft_tokens`` drafts yield ``tokens_per_step``: ``tokens_per_verification`` inverted."""
    low, high = 0.0, 0.999
    for _ in range(50):
        middle = (low + high) / 2.0
        low, high = (middle, high) if tokens_per_verification(middle, draft_tokens) < tokens_per_step else (low, middle)
    return (low + high) / 2.0


def tokens_per_verification(acceptance: Value, draft_tokens: Value) -> Value:
    """Expected tokens one verification step yields with ``draft_tokens`` drafts, each accepted with a chance.

    ``(1 - a^(g+1)) / (1 - a)``. Source: Leviathan, Kalman & Matias 2023, equation 1.
    """
    close_to_one = acceptance >= 0.999999
    safe = where(close_to_one, 0.5, acceptance)
    return where(close_to_one, draft_tokens + 1.0, (1.0 - safe ** (draft_tokens + 1.0)) / (1.0 - safe))


def speculation_speedup(
    tokens_per_step: Value, verify_seconds: Value, plain_seconds: Value, draft_tokens: Value, draft_cost: Value
) -> Value:
    """Speed with speculation over speed without: below 1 when the batch is large enough to be compute bound.

    ``draft_cost`` is one draft step in units of a plain step. Source: Leviathan et al. 2023, theorem 3.8.
    """
    return tokens_per_step / (verify_seconds / plain_seconds + draft_tokens * draft_cost)


def weight_only_speedup_limit(bits: Value, plain_bits: Value = 16.0) -> Value:
    """Most that narrower weights can gain while weight traffic binds: the ratio of bits (Frantar et al. 2024)."""
    return plain_bits / bits


def weight_only_crossover_batch(
    flop_per_s: Value, bandwidth_bytes_per_s: Value, weight_bits: Value, compute_share: Value = 1.0, memory_share: Value = 1.0
) -> Value:
    """Batch at which reading ``weight_bits`` weights takes as long as multiplying them: beyond it the gain fades.

    ``2 B P / (F mu) = P b / (8 BW eta)`` solved for B. Source: Frantar et al. 2024 (Marlin), section 3.
    """
    return flop_per_s * compute_share * weight_bits / (16.0 * bandwidth_bytes_per_s * memory_share)


def routed_cost(share_small: Value, cost_small: Value, cost_large: Value) -> Value:
    """Mean cost per token when a router sends ``share_small`` of tokens to the small model."""
    return share_small * cost_small + (1.0 - share_small) * cost_large


def cascade_cost(acceptance: Value, cost_small: Value, cost_large: Value) -> Value:
    """Mean cost when the small model always answers first and ``acceptance`` of its answers are kept.

    Source: Chen, Zaharia & Zou 2023 (FrugalGPT), section 3.
    """
    return cost_small + (1.0 - acceptance) * cost_large


def static_batch_tokens_per_s(batch: Value, prefill_s: Value, step_s: Value, mean_tokens: Value, longest_tokens: Value) -> Value:
    """Output tokens per second when a batch is filled once and runs until its longest answer ends.

    ``B mean / (B t_prefill + longest t_step)``: finished sequences keep their slot, which is what continuous batching
    removes. Source: Yu et al. 2022 (Orca), section 3.
    """
    return batch * mean_tokens / (batch * prefill_s + longest_tokens * step_s)


def uncached_tokens(prompt_tokens: Value, hit_rate: Value) -> Value:
    """Prompt tokens that must be computed when ``hit_rate`` of them are found in the prefix cache."""
    return prompt_tokens * (1.0 - minimum(hit_rate, 1.0))


def amdahl(gain: Value, share: Value) -> Value:
    """Overall speedup when ``share`` of the time is made ``gain`` times faster (Amdahl 1967)."""
    return 1.0 / (1.0 - share + share / gain)
