"""Mixture-of-experts arithmetic: how many experts a batch touches, and how unevenly.

Routing only. The bytes and flops that follow are in ``roofline``; who sits on which chip is in ``parallel``.
"""

from __future__ import annotations

from throughput.physics.ops import Value


def distinct_experts(experts: Value, experts_per_token: Value, tokens: Value, independence: float) -> Value:
    """Expected number of different experts that ``tokens`` tokens of one step touch in one layer.

    Uniform routing: ``E (1 - (1 - k/E)^m)``; a dense layer has E = 1, k = 0 and gives 0. The n tokens of a batch choose
    like fewer independent ones, ``m = n^independence`` (0..1], since texts share topics and popular experts: one token
    touches k whatever the exponent.
    Arguments: experts E and k per token (counts), tokens n (count). Result: count, between 0 and E.
    Source: Epoch AI, inference-economics notebook (used_experts_fraction, 2025); the same formula follows
    from the coupon collector's argument.
    """
    return experts * (1.0 - (1.0 - experts_per_token / experts) ** (tokens**independence))
