"""Unit costs of a deployment: seconds, bytes and flops of a decode step and of a prompt, before any load.

Each binds columns to the formulas of ``roofline`` and ``parallel``. Computed once per configuration, which is what makes
sweeps over batch cheap; what a load makes of them is in ``serving``.
"""

from __future__ import annotations

from throughput.engine.architecture import Columns
from throughput.engine.efficiency import Constants
from throughput.physics import parallel, roofline, techniques
from throughput.physics.ops import Value, maximum, minimum, where

EXCHANGE_BYTES = 1.5
"""Bytes per element of an expert exchange: dispatch in 8 bits, combine in 16."""
LEAST_EXPERT_WIDTH = 64.0


def unit_costs(c: Columns, k: Constants) -> dict[str, Value]:
    """Seconds, bytes and flops of one decode step: fixed, per row, per expert touched, per sequence."""
    tp, ranks = c["tensor_parallel"], c["expert_ranks"]
    bandwidth, read = c["bandwidth_bytes_per_s"], c["read_loss"]
    touched_bytes = c["moe_layers"] * c["expert_bytes_each"] / ranks
    dense_flop = roofline.gemm_flops(c["active_flop_parameters"] + c["head_parameters"], 1.0 / tp)
    copy_flop = roofline.gemm_flops(c["moe_layers"] * c["expert_parameters"], 1.0 / ranks)
    context = c["isl"] + c["osl"] / 2.0
    seen = where(c["sparse_top_k"] > 0, minimum(context, c["sparse_top_k"]), context)
    attended = c["full_layers"] * seen + c["window_layers"] * minimum(context, c["window_tokens"])
    attention_flop = 2.0 * c["heads"] * c["decode_attention_dims"] * attended / tp
    peak = c["peak_flop_per_s"]
    return {
        "dense_weights_s": c["dense_bytes"] / roofline.reached(bandwidth, k.weight_read_loss * c["format_read"] * read),
        "touched_expert_s": c["imbalance"] * touched_bytes / roofline.reached(bandwidth, k.expert_read_loss * c["format_read"] * read),
        "touched_expert_bytes": touched_bytes,
        "sequence_kv_s": c["kv_bytes_per_sequence"] / roofline.reached(bandwidth, k.kv_read_loss * read),
        "row_compute_s": c["dequantisation"] * dense_flop / roofline.reached(peak, k.decode_compute_loss * c["flop_loss"]),
        "copy_compute_s": c["imbalance"]
        * c["dequantisation"]
        * copy_flop
        / roofline.reached(peak, k.decode_compute_loss * c["flop_loss"] * c["expert_loss"]),
        "attention_row_s": attention_flop / roofline.reached(c["bf16_flop_per_s"], k.decode_attention_loss * c["flop16_loss"]),
        "token_hidden_s": _hidden_seconds(c, k),
        "token_routed_s": _routed_seconds(c, k),
        "row_flop": dense_flop,
        "copy_flop": copy_flop,
        "attention_row_flop": attention_flop,
        "latency_fixed_s": _latency_seconds(c, k),
        "host_fixed_s": k.step_latency_s * c["fixed_latency"],
    }


def exchange(c: Columns, k: Constants) -> dict[str, Value]:
    """Collectives of one step: the all-reduces of tensor parallelism, the all-to-alls of spread experts."""
    tp, hidden, ranks, age = c["tensor_parallel"], c["hidden_size"], c["expert_ranks"], c["software_age"]
    domain, spread = c["link_domain"], c["is_spread"] > 0
    beyond = k.network_latency_factor * k.collective_latency_s * age
    steps = c["collective_latency_s"] * parallel.doublings(tp) + beyond * parallel.doublings(tp / domain)
    reduce_token = parallel.all_reduce_seconds(tp, domain, 2.0 * hidden, c["reachable_link"], c["reachable_network"])
    send_fixed = k.data_parallel_latency_s * age + 2.0 * c["moe_layers"] * (
        k.collective_latency_s * age * k.all_to_all_factor + beyond * parallel.doublings(ranks / domain)
    )
    send_token = (
        2.0
        * c["moe_layers"]
        * parallel.all_to_all_seconds(
            minimum(c["experts_per_token"], ranks), ranks, domain, hidden * EXCHANGE_BYTES, c["reachable_link"], c["reachable_network"]
        )
    )
    return {
        "reduce_fixed_s": c["sublayers"] * steps,
        "reduce_token_s": c["sublayers"] * reduce_token,
        "exchange_fixed_s": where(spread, send_fixed, 0.0),
        "exchange_token_s": where(spread, send_token, 0.0),
    }


def _latency_seconds(c: Columns, k: Constants) -> Value:
    """Launches and synchronisations of one step, by kind of layer, runtime and vendor family."""
    layers = c["full_layers"] + c["window_layers"] + c["linear_layers"]
    total = (
        0.5 * c["sublayers"] * k.layer_latency_s
        + c["moe_layers"] * k.moe_layer_latency_s * (c["routed_experts"] / 128.0) ** k.expert_latency_exponent
        + c["is_latent"] * layers * k.mla_layer_latency_s
        + c["linear_layers"] * k.linear_layer_latency_s
        + where(c["sparse_top_k"] > 0, layers, 0.0) * k.sparse_layer_latency_s
    )
    return total * c["fixed_latency"]


def expert_width(c: Columns, k: Constants) -> dict[str, Value]:
    """``expert_loss``: factor on the compute loss of expert GEMMs; narrow experts leave a matrix unit idle."""
    width = minimum(maximum(c["expert_intermediate_size"], LEAST_EXPERT_WIDTH) / 4096.0, 4.0)
    return {"expert_loss": k.expert_compute_loss * width ** (-k.expert_width_exponent)}


def _hidden_seconds(c: Columns, k: Constants) -> Value:
    """Time of a token's norms, residuals and quantization: 16-bit passes over the hidden state of every layer."""
    moved = roofline.activation_bytes(1.0, 0.5 * c["sublayers"], c["hidden_size"], k.activation_passes)
    return moved / c["bandwidth_bytes_per_s"] / c["tensor_parallel"] ** k.activation_parallel_exponent


def _routed_seconds(c: Columns, k: Constants) -> Value:
    """Time of gathering, scattering and activating a token's copies in the mixture layers."""
    moved = roofline.activation_bytes(
        c["experts_per_token"], c["moe_layers"], c["hidden_size"] + c["expert_intermediate_size"], k.routed_passes
    )
    return moved / c["bandwidth_bytes_per_s"] / c["expert_ranks"] ** k.activation_parallel_exponent


def prefill(c: Columns, k: Constants) -> dict[str, Value]:
    """Seconds one prompt adds to its group of chips, whose steps read the weights anyway (chunked prefill)."""
    tp = c["tensor_parallel"]
    tokens = techniques.uncached_tokens(c["isl"], c["prefix_hit_rate"])
    experts = c["moe_layers"] * c["experts_per_token"] * c["expert_parameters"]
    loss = k.prefill_compute_loss * c["flop_loss"]
    dense_flop, expert_flop = (roofline.gemm_flops(p, tokens / tp) for p in (c["active_flop_parameters"], experts))
    attention = (
        roofline.causal_attention_flops(
            tokens,
            c["heads"],
            c["score_dim"],
            c["value_head_dim"],
            c["full_layers"],
            c["window_layers"],
            minimum(c["isl"], c["window_tokens"]),
        )
        / tp
    )
    gemm_s = c["prefill_dequantisation"] * (
        dense_flop / roofline.reached(c["peak_flop_per_s"], loss)
        + c["imbalance"] * expert_flop / roofline.reached(c["peak_flop_per_s"], loss * c["expert_loss"])
    )
    attention_s = attention / roofline.reached(c["bf16_flop_per_s"], k.attention_compute_loss * c["flop16_loss"])
    activation_s = tokens * (c["token_hidden_s"] + c["token_routed_s"] / c["expert_ranks"] * tp)
    work_s = gemm_s + attention_s + activation_s + tokens * c["reduce_token_s"]
    exposed = k.share("exchange_exposed")
    return {
        "prefill_s": roofline.overlap(work_s, tokens / tp * c["exchange_token_s"], exposed),
        "prefill_flop": dense_flop + expert_flop + attention,
    }
