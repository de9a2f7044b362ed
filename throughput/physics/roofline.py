"""Time for bytes and flops: what a share of the datasheet is, what a tile costs, and how two kinds of work overlap.

Each function is one term. Losses are arguments (``calibration`` fits them); nothing here knows a chip. A rate is
always ``peak / (1 + loss)`` with a loss above zero, so no constant whatsoever can beat the datasheet.
"""

from __future__ import annotations

from throughput.physics.ops import Value, maximum, minimum


def reached(peak: Value, loss: Value) -> Value:
    """The rate reached of a datasheet rate: ``peak / (1 + loss)``; a share in (0, 1] for any loss >= 0.

    In odds, so that losses of several causes multiply and the share still stays below one (logistic regression's form).
    """
    return peak / (1.0 + loss)


def tile_rows(rows: Value, tile: Value) -> Value:
    """Rows a matrix unit works on when ``rows`` are asked for: a small batch pays for one full tile.

    ``max(rows, tile)``. Beyond one tile the padding of the last one averages half a tile and is part of the share
    reached: rounding up at every multiple would make one more request lower throughput, which kernels avoid by
    choosing another tile. Source: NVIDIA, Matrix multiplication background (tile quantization).
    """
    return maximum(rows, tile)


def overlap(first_s: Value, second_s: Value, exposed: Value) -> Value:
    """Seconds of two kinds of work that run side by side: the longer, plus what of the shorter stays ``exposed`` (0..1).

    0 is the roofline (Williams et al. 2009), 1 is no overlap at all; never below the longer.
    """
    return maximum(first_s, second_s) + exposed * minimum(first_s, second_s)


def gemm_flops(parameters: Value, tokens: Value) -> Value:
    """Multiply-adds of ``tokens`` through ``parameters`` weights: 2 per weight and token (Kaplan et al. 2020)."""
    return 2.0 * parameters * tokens


def causal_attention_flops(
    tokens: Value, heads: Value, score_dim: Value, value_dim: Value, full_layers: Value, window_layers: Value, window_reach: Value
) -> Value:
    """Score and value products of a causal prompt over all layers.

    A full layer costs ``2 h (d_score + d_value) S^2 / 2``; a window layer sees at most ``window_reach`` tokens for each of S.
    Source: Dao et al. 2022 (FlashAttention), appendix; halved for the causal mask.
    """
    return heads * (score_dim + value_dim) * tokens * (tokens * full_layers + 2.0 * window_reach * window_layers)


def activation_bytes(tokens: Value, layers: Value, width: Value, passes: Value) -> Value:
    """Bytes of 16-bit activations that norms, residuals, rotary and routing kernels move, ``passes`` per layer."""
    return 2.0 * tokens * layers * width * passes
