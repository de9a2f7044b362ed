"""Many chips: what tensor, pipeline, expert and data parallelism add to a step.

Communication times and bubbles; how weights and KV are divided is decided in ``engine.deployment``. A fabric has two
levels: inside a link domain (a node, a rack) and the network between domains; one more chip than a domain holds sends
only that chip's part of the traffic outside, so nothing jumps at a domain's edge.
"""

from __future__ import annotations

from throughput.physics.ops import Value, log, maximum, minimum, where

LN2 = 0.6931471805599453


def doublings(ranks: Value) -> Value:
    """Steps of a tree over ``ranks`` chips (0 for one)."""
    return log(maximum(ranks, 1.0)) / LN2


def all_reduce_seconds(ranks: Value, domain: Value, payload_bytes: Value, inside_bytes_per_s: Value, outside_bytes_per_s: Value) -> Value:
    """Transfer time of one all-reduce: ring inside each domain, then among domains with each chip's share. 0 for one rank.

    ``2 (r-1)/r S / inside`` with r ranks a domain, ``+ 2 (m-1)/m (S/r) / outside`` with m domains.
    Source: Thakur et al. 2005 (ring); hierarchical all-reduce as in NCCL.
    """
    inner = minimum(ranks, domain)
    outer = maximum(ranks / domain, 1.0)
    inside = 2.0 * (inner - 1.0) / inner * payload_bytes / inside_bytes_per_s
    return inside + 2.0 * (outer - 1.0) / outer * payload_bytes / inner / outside_bytes_per_s


def all_to_all_seconds(
    copies_sent: Value, ranks: Value, domain: Value, copy_bytes: Value, inside_bytes_per_s: Value, outside_bytes_per_s: Value
) -> Value:
    """Transfer time of one dispatch or combine: ``copies_sent`` copies per chip, spread evenly over the ranks.

    The share ``1 - domain/ranks`` leaves the domain; a token crosses to each domain once and is copied there
    (DeepEP, DeepSeek 2025), so at most one copy per foreign domain travels outside.
    """
    outside = maximum(1.0 - domain / ranks, 0.0)
    crossing = minimum(copies_sent * outside, maximum(ranks / domain - 1.0, 0.0))
    return copy_bytes * (copies_sent / inside_bytes_per_s + crossing / outside_bytes_per_s)


def pipeline_stretch(stages: Value, fill: Value, bubble: Value, depth: Value) -> Value:
    """Factor >= 1 on the cycle of a pipeline of ``stages``: uneven stages and refills cost c = ``bubble (p-1)^depth``.

    ``fill`` is requests per stage. A full pipeline pays 1 + c; with fewer requests than stages the bubbles are slots that
    nobody waits for, ``max(1, (1 + c) fill)``, so that one more request never lowers throughput.
    """
    full = 1.0 + bubble * maximum(stages - 1.0, 0.0) ** depth
    return where(stages > 1.0, minimum(maximum(full * fill, 1.0), full), 1.0)
