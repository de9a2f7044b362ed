"""Techniques that change what a token costs: speculation, routing, cascades, quantization limits, prefix caching.

Multipliers and mixtures of already computed speeds or costs. Number formats are in ``formats``.
"""

from __future__ import annotations

from dataclasses import dataclass

from throughput.physics.ops import Value, minimum, where

TREE_OVERHEAD, CHAIN_OVERHEAD = 1.42, 1.07
"""Accepted tokens over measured speedup at batch 1 and over what the drafts themselves cost: what sampling, tree attention and
scheduling take from the ideal gain of a tree of drafts, and of one chain of them. Medians of 33 and 8 method-model cells of
Spec-Bench (Xia et al. 2024, leaderboard 2025-04). Published gains of MTP, a chain, on Strix Halo are 1.05 and 1.10 below the ideal."""


@dataclass(frozen=True)
class Drafting:
    """How a technique drafts: tokens verified at once beyond the next, and one draft in units of a plain step."""

    draft_tokens: float
    draft_cost: float
    overhead: float = TREE_OVERHEAD


DRAFTING: dict[str, Drafting] = {
    "EAGLE": Drafting(5, 0.03),
    "EAGLE2": Drafting(6, 0.03),
    "EAGLE3": Drafting(7, 0.03),
    "EAGLE-3.1": Drafting(7, 0.03),
    "SAMD+EAGLE2": Drafting(6, 0.03),
    "MTP": Drafting(1, 0.05, CHAIN_OVERHEAD),
    "Medusa": Drafting(4, 0.0),
    "Hydra": Drafting(4, 0.01),
    "SpS": Drafting(5, 0.05, CHAIN_OVERHEAD),
    "draft model": Drafting(5, 0.05, CHAIN_OVERHEAD),
    "PLD": Drafting(8, 0.0, CHAIN_OVERHEAD),
    "prompt lookup": Drafting(8, 0.0, CHAIN_OVERHEAD),
    "Lookahead": Drafting(4, 0.0),
    "REST": Drafting(6, 0.0),
    "Recycling": Drafting(6, 0.0),
}
"""One decoder layer drafts for the EAGLE family (Li et al. 2024, 2025), one prediction layer for MTP (DeepSeek-V3), heads for Medusa and
Hydra, a draft model that costs a twentieth of a step (Leviathan et al. 2023 print 0.02 to 0.11), looked-up text for the rest; depths of
the papers. MTP, draft models and looked-up prompts draft one chain, the others a tree."""


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


def routed_cost(share_small: Value, cost_small: Value, cost_large: Value) -> Value:
    """Mean cost per token when a router sends ``share_small`` of tokens to the small model."""
    return share_small * cost_small + (1.0 - share_small) * cost_large


def uncached_tokens(prompt_tokens: Value, hit_rate: Value) -> Value:
    """Prompt tokens that must be computed when ``hit_rate`` of them are found in the prefix cache."""
    return prompt_tokens * (1.0 - minimum(hit_rate, 1.0))
