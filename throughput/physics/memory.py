"""What has to be kept and read: weights, the KV cache, and how many sequences fit.

Bytes only; time is in ``roofline``. Attention kinds covered: multi-head and grouped-query (keys and values of
``kv_heads``), multi-head latent (one compressed vector), sliding windows, linear attention (constant state),
and sparse attention that reads a chosen top-k of the cache.
"""

from __future__ import annotations

from throughput.physics.ops import Value, maximum, minimum, where

LINEAR_STATE_BYTES = 4.0
"""States of linear layers are kept in fp32 (reference implementations of Gated DeltaNet and Mamba-2)."""
INDEXER_SHARE = 0.12
"""Indexer keys read per cached token by top-k sparse attention, as a share of the latent (128 of 1,152 B)."""


def kv_elements_per_layer(kv_heads: Value, head_dim: Value, value_head_dim: Value, kv_lora_rank: Value, qk_rope_dim: Value) -> Value:
    """Cached numbers per token and full-attention layer: both halves of GQA/MHA, or the MLA latent.

    Result: elements. Source: Shazeer 2019 (MQA), Ainslie et al. 2023 (GQA), DeepSeek-V2 2024 section 2.1.
    """
    return where(kv_lora_rank > 0, kv_lora_rank + qk_rope_dim, kv_heads * (head_dim + value_head_dim))


def linear_state_bytes(linear_layers: Value, linear_value_dim: Value, state_rows: Value) -> Value:
    """Bytes of recurrent state per sequence over all linear layers (constant in the context).

    Each layer keeps ``linear_value_dim`` columns (all heads) of ``state_rows``: the key head's size of gated delta nets
    and Kimi's delta attention (Yang et al. 2025), the state size of Mamba-2 (Dao & Gu 2024).
    """
    return linear_layers * linear_value_dim * state_rows * LINEAR_STATE_BYTES


def kv_bytes_read(
    context_tokens: Value,
    elements_per_layer: Value,
    kv_bytes: Value,
    full_layers: Value,
    window_layers: Value,
    window_tokens: Value,
    sparse_top_k: Value,
    state_bytes: Value,
) -> Value:
    """KV bytes one sequence reads (and state it rewrites) in one decode step, before any sharding.

    ``context_tokens`` is the mean context; full layers read all of it, window layers at most the window,
    sparse attention its top-k plus indexer keys, linear layers read and write their state.
    """
    seen = where(sparse_top_k > 0, minimum(context_tokens, sparse_top_k) + INDEXER_SHARE * context_tokens, context_tokens)
    cached = full_layers * seen + window_layers * minimum(context_tokens, window_tokens)
    return elements_per_layer * kv_bytes * cached + 2.0 * state_bytes


def kv_bytes_stored(
    tokens: Value,
    elements_per_layer: Value,
    kv_bytes: Value,
    full_layers: Value,
    window_layers: Value,
    window_tokens: Value,
    state_bytes: Value,
) -> Value:
    """KV bytes one sequence of ``tokens`` occupies, before any sharding."""
    cached = full_layers * tokens + window_layers * minimum(tokens, window_tokens)
    return elements_per_layer * kv_bytes * cached + state_bytes


def kv_share_per_rank(tensor_parallel: Value, kv_heads: Value, is_latent: Value) -> Value:
    """Share of a sequence's KV that each tensor-parallel rank holds and reads.

    Heads split until each rank has one, then they are replicated; a latent (MLA) is replicated always.
    """
    return where(is_latent > 0, 1.0, maximum(1.0 / tensor_parallel, 1.0 / kv_heads))


def sequences_that_fit(usable_bytes: Value, weight_bytes_per_chip: Value, kv_bytes_per_sequence_and_chip: Value, waste: Value) -> Value:
    """Sequences whose KV fits beside the weights on each chip (negative: the weights alone do not fit).

    ``usable_bytes`` is what the server gets, without what its runtime reserves, and ``waste``
    is the share of KV memory lost to reservation: about 0.04 paged, 0.6-0.8 contiguous
    (Kwon et al. 2023, PagedAttention, figure 2).
    """
    return (usable_bytes - weight_bytes_per_chip) * (1.0 - waste) / kv_bytes_per_sequence_and_chip
