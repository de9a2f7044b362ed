"""Time for bytes, flops and latencies: the three things a decode step or a prefill is made of.

Each function is one term. Efficiencies are arguments (``calibration`` fits them); nothing here knows a chip.
"""

from __future__ import annotations

from throughput.physics.ops import Value, maximum


def seconds_to_move(byte_count: Value, bandwidth_bytes_per_s: Value, share_reached: Value) -> Value:
    """Seconds to stream bytes through memory at a share of the datasheet bandwidth (Williams et al. 2009)."""
    return byte_count / (bandwidth_bytes_per_s * share_reached)


def seconds_to_compute(flop_count: Value, flop_per_s: Value, share_reached: Value) -> Value:
    """Seconds for floating-point work at a share of the datasheet's dense rate (Williams et al. 2009)."""
    return flop_count / (flop_per_s * share_reached)


def reachable_rate(peak: Value, reference: float, exponent: Value) -> Value:
    """Peak rate discounted for its size: ``peak (peak/reference)^-exponent``.

    Newer parts reach a lower share of a higher peak because latencies and occupancy limits shrink more slowly
    than peaks grow (measured: weights-only decode of Llama-3.1-8B reaches 70 % of H100's bandwidth and 48 % of
    B200's, vLLM blog 2026-04-22).
    """
    return peak * (peak / reference) ** (-exponent)


def gemm_flops(parameters: Value, tokens: Value) -> Value:
    """Multiply-adds of ``tokens`` through ``parameters`` weights: 2 per weight and token (Kaplan et al. 2020)."""
    return 2.0 * parameters * tokens


def causal_attention_flops(tokens: Value, heads: Value, head_dim: Value, full_layers: Value,
                           window_layers: Value, window_reach: Value) -> Value:
    """Score and value products of a causal prompt over all layers.

    A full layer costs ``4 h d S^2 / 2``; a window layer sees at most ``window_reach`` tokens for each of S.
    Source: Dao et al. 2022 (FlashAttention), appendix; halved for the causal mask.
    """
    return 2.0 * heads * head_dim * tokens * (tokens * full_layers + 2.0 * window_reach * window_layers)


def activation_bytes(tokens: Value, layers: Value, hidden_size: Value, passes: Value) -> Value:
    """Bytes of 16-bit activations that norms, residuals, rotary and routing kernels move, ``passes`` per layer."""
    return 2.0 * tokens * layers * hidden_size * passes


def share_of_peak(amount: Value, seconds: Value, peak_per_s: Value) -> Value:
    """Utilisation: work done over work the datasheet allows in the same time (MBU for bytes, MFU for flops)."""
    return amount / maximum(seconds * peak_per_s, 1e-30)
