"""Many chips: what tensor, pipeline, expert and data parallelism add to a step.

Communication times and bubbles; how weights and KV are divided is decided in ``stages``.
"""

from __future__ import annotations

from throughput.physics.ops import Value, log, maximum, where


def all_reduce_seconds(ranks: Value, payload_bytes: Value, link_bytes_per_s: Value, latency_s: Value) -> Value:
    """One all-reduce over ``ranks`` chips: a latency per doubling of ranks plus ring traffic ``2 (r-1)/r``.

    ``link_bytes_per_s`` is one chip's total in one direction. Zero for one rank.
    Source: Thakur et al. 2005 (ring); NCCL's latency grows with the logarithm of ranks (tree protocol).
    """
    doublings = log(ranks) / 0.6931471805599453
    return where(ranks > 1, latency_s * doublings + 2.0 * (ranks - 1.0) / ranks * payload_bytes / link_bytes_per_s,
                 0.0)


def all_to_all_seconds(local_tokens: Value, copies: Value, hidden_size: Value, bytes_per_element: float,
                       link_bytes_per_s: Value, latency_s: Value) -> Value:
    """One dispatch or combine of expert parallelism: every local token goes to ``copies`` ranks."""
    return latency_s + local_tokens * copies * hidden_size * bytes_per_element / link_bytes_per_s


def pipeline_stretch(stages: Value, micro_batch: Value, bubble: Value, depth: Value) -> Value:
    """Factor >= 1 on the cycle of a pipeline of ``stages``: uneven stages and refills cost ``bubble (p-1)^depth``.

    A micro-batch of one has nothing to refill and pays nothing beyond passing all stages; the cost c grows to its
    full size as micro-batches fill, by ``(m - 1) / (m + c)``: then m over the factor is ``(m + c) / (1 + c)``, and a
    larger batch never lowers throughput.
    """
    full = bubble * maximum(stages - 1.0, 0.0) ** depth
    return 1.0 + full * (micro_batch - 1.0) / (micro_batch + full)
