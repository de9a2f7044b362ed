"""What a deployment is before any load: parameters, reachable rates, weights on chips, and unit costs of a step.

Stages that do not depend on how many requests run: they are computed once per configuration, which is what makes
sweeps over batch cheap. Each binds columns to the formulas of ``roofline``, ``memory``, ``moe`` and ``parallel``.
What a load makes of it is in ``serving``.
"""

from __future__ import annotations

from collections.abc import Mapping

from throughput.engine.efficiency import Constants
from throughput.physics import memory, parallel, roofline, techniques
from throughput.physics.ops import Value, choose, maximum, minimum, where
from throughput.questions.formats import READERS

PLAIN_MEMORY = ("apple", "nvidia_workstation", "intel")
"""Families with GDDR or LPDDR instead of stacked memory."""
LINK_DOMAINS = {"neuronlink": 16.0, "ici": 256.0, "c2c": 576.0, "swarmx": 16.0}
"""Accelerators one fabric joins, where it is not a node of 8."""
RACK_SCALE = {"GB200": 72.0, "GB300": 72.0}
"""Parts whose NVLink domain is a rack (NVIDIA NVL72 data sheets)."""
EXCHANGE_BYTES = 1.5
"""Bytes per element of an expert exchange: dispatch in 8 bits, combine in 16."""
NETWORK_BYTES_PER_S = 50e9
"""One 400 Gbit/s port per accelerator, the usual scale-out network of 2023-2026 nodes."""
UNSWITCHED = ("pcie", "lpddr", "uma")
"""Links without a dedicated accelerator fabric."""

Columns = Mapping[str, Value]


def architecture(c: Columns, k: Constants) -> dict[str, Value]:
    """Parameter counts by part and cache geometry, from a model's configuration."""
    hidden, heads, linear = c["hidden_size"], c["heads"], c["linear_layers"]
    latent, rope, nope = c["kv_lora_rank"], c["qk_rope_dim"], c["qk_nope_dim"]
    query = where(c["q_lora_rank"] > 0, c["q_lora_rank"] * (hidden + heads * (nope + rope)),
                  hidden * heads * (nope + rope))
    mla = query + hidden * (latent + rope) + latent * heads * (nope + c["value_head_dim"])
    plain = (hidden * heads * c["head_dim"] * c["query_matrices"]
             + hidden * c["kv_heads"] * (c["head_dim"] + c["value_head_dim"]))
    full = where(latent > 0, mla, plain) + heads * c["value_head_dim"] * hidden
    linear_part = linear * hidden * (2.0 * c["linear_key_dim"] + 3.0 * c["linear_value_dim"])
    return {
        "attention_parameters": full * (c["layers"] - linear) + linear_part,
        "dense_parameters": c["dense_layers"] * c["mlp_matrices"] * hidden * c["intermediate_size"]
        + c["moe_layers"] * (3.0 * hidden * c["shared_intermediate_size"] + hidden * c["experts"] * 1.0),
        "expert_parameters": 3.0 * hidden * c["expert_intermediate_size"],
        "head_parameters": hidden * c["vocabulary_size"],
        "embedding_parameters": hidden * c["vocabulary_size"] * (1.0 - c["tied_embeddings"]),
        "routed_experts": maximum(c["experts"], 1.0),
        "is_moe": where(c["moe_layers"] > 0, 1.0, 0.0),
        "is_latent": where(latent > 0, 1.0, 0.0),
        "kv_elements": memory.kv_elements_per_layer(c["kv_heads"], c["head_dim"], c["value_head_dim"], latent, rope),
        "state_bytes": memory.linear_state_bytes(linear, c["linear_value_dim"]),
    }


def chip(c: Columns, k: Constants) -> dict[str, Value]:
    """Reachable bandwidth and arithmetic of the accelerator for this format, before shares per kind of work."""
    bits, fp4, fp8, f16 = c["activation_bits"], c["fp4_flop_per_s"], c["fp8_flop_per_s"], c["bf16_flop_per_s"]
    rate = where((bits < 8) & (fp4 > 0), fp4, where((bits < 16) & (bits > 4) & (fp8 > 0), fp8, f16))
    narrow = (c["weight_bits"] < 16) & (rate <= f16)
    bandwidth = c["bandwidth_bytes_per_s"]

    def reachable(flop: Value) -> Value:
        by_size = roofline.reachable_rate(flop, 1e15, k.compute_size_exponent)
        return by_size * (flop / bandwidth / 295.0) ** (-k.ridge_exponent) * k.family_compute(c["family"])

    reader = c["reader"]
    read = where(reader == READERS["gguf_block"], k.gguf_block_read, where(
        reader == READERS["gguf_k"], k.gguf_k_read, where(reader == READERS["gguf_wide"], k.gguf_wide_read, where(
            reader == READERS["int4"], k.int4_read, where(reader == READERS["int8"], k.int8_read, where(
                reader == READERS["fp4"], k.fp4_read, 1.0))))))
    stacked = choose(c["family"], dict.fromkeys(PLAIN_MEMORY, 0.0), 1.0) > 0
    local = (c["local_runtime"] > 0) & (c["family"] == "nvidia_datacenter")
    return {
        "reachable_bandwidth": where(
            stacked, roofline.reachable_rate(bandwidth, 3.35e12, k.bandwidth_size_exponent),
            roofline.reachable_rate(bandwidth, 0.8e12, k.plain_bandwidth_size_exponent))
        * k.family_bandwidth(c["family"]) * where(local, k.local_datacenter_bandwidth, 1.0),
        "weight_read": read,
        "peak_flop_per_s": rate,
        "reachable_flop": reachable(rate),
        "reachable_flop16": reachable(f16),
        "dequantisation": where(narrow, k.dequantisation_penalty, 1.0),
        "prefill_dequantisation": where(narrow, minimum(k.dequantisation_penalty, 1.3), 1.0),
    }


def links(c: Columns, k: Constants) -> dict[str, Value]:
    """Link bandwidth and collective latency, inside one link domain or across the network beyond it."""
    domain = choose(c["accelerator"], RACK_SCALE, choose(c["link_kind"], LINK_DOMAINS, 8.0))
    beyond = c["tensor_parallel"] > domain
    spread_beyond = c["tensor_parallel"] * c["data_parallel"] > domain
    inside = maximum(c["link_bytes_per_s"], 8e9) * k.link_share
    outside = minimum(inside, NETWORK_BYTES_PER_S * k.link_share)
    latency = k.collective_latency_s * choose(c["link_kind"], dict.fromkeys(UNSWITCHED, k.pcie_collective_factor), 1.0)
    return {
        "reachable_link": where(beyond, outside, inside), "exchange_link": where(spread_beyond, outside, inside),
        "collective_latency_s": latency * where(beyond, k.network_latency_factor, 1.0),
        "exchange_latency_s": k.collective_latency_s * k.all_to_all_factor * where(
            spread_beyond, k.network_latency_factor, 1.0),
    }


def layout(c: Columns, k: Constants) -> dict[str, Value]:
    """Bytes of weights and where they sit, KV bytes per sequence, and how many sequences there is room for."""
    bits, attention_bits = c["weight_bits"], c["moe_attention_bits"]
    attention_bytes = where((c["is_moe"] > 0) & (attention_bits > 0), attention_bits, bits) / 8.0
    weight_bytes = bits / 8.0
    every_token = (c["attention_parameters"] * attention_bytes + c["dense_parameters"] * weight_bytes
                   + c["head_parameters"] * c["head_bits"] / 8.0)
    experts = c["moe_layers"] * c["routed_experts"] * c["expert_parameters"] * weight_bytes
    embedding = c["embedding_parameters"] * 2.0
    tp, dp, pp = c["tensor_parallel"], c["data_parallel"], c["pipeline_parallel"]
    spread = (c["is_moe"] > 0) & (dp > 1)
    expert_ranks = where(spread, tp * dp, tp)
    weights_per_chip = (every_token + embedding) / (tp * pp) + experts / (expert_ranks * pp)
    cache = (c["kv_elements"], c["kv_bits"] / 8.0, c["full_layers"], c["window_layers"], c["window_tokens"])
    read = memory.kv_bytes_read(c["isl"] + c["osl"] / 2.0, *cache, c["sparse_top_k"], c["state_bytes"])
    stored = memory.kv_bytes_stored(c["isl"] + c["osl"], *cache, c["state_bytes"])
    share = memory.kv_share_per_rank(tp, c["kv_heads"], c["is_latent"])
    reserved = where(c["local_runtime"] > 0, k.local_runtime_bytes, k.runtime_bytes)
    groups = dp * c["replicas"]
    room = memory.sequences_that_fit(c["memory_bytes"], weights_per_chip, k.memory_share, reserved,
                                     stored * share / pp, c["kv_waste"])
    return {
        "dense_bytes": every_token / tp, "expert_bytes_each": c["expert_parameters"] * weight_bytes,
        "weight_bytes_per_chip": weights_per_chip, "kv_capacity_sequences": room * groups,
        "room_for_one": (0.99 * c["memory_bytes"] - weights_per_chip) / (stored * share / pp),
        "kv_bytes_per_sequence": read * share, "groups": groups, "expert_ranks": expert_ranks,
        "is_spread": where(spread, 1.0, 0.0), "imbalance": where(spread, k.expert_imbalance, 1.0),
        "active_flop_parameters": c["attention_parameters"] + c["dense_parameters"],
    }


def unit_costs(c: Columns, k: Constants) -> dict[str, Value]:
    """Seconds, bytes and flops of one decode step: fixed, per token, per token on an expert rank, per expert touched."""
    tp, layers, moe_layers, hidden = c["tensor_parallel"], c["layers"], c["moe_layers"], c["hidden_size"]
    bandwidth, ranks, spread = c["reachable_bandwidth"], c["expert_ranks"], c["is_spread"] > 0
    reading = bandwidth * c["weight_read"]
    touched_bytes = moe_layers * c["expert_bytes_each"] / ranks
    dense_flop = roofline.gemm_flops(c["active_flop_parameters"] + c["head_parameters"], 1.0 / tp)
    expert_flop = roofline.gemm_flops(moe_layers * c["experts_per_token"] * c["expert_parameters"], 1.0 / ranks)
    rate = c["reachable_flop"] / c["dequantisation"]
    slowed = c["imbalance"] * expert_flop / _expert_share(c, k)
    routed_here = where(spread, 1.0 / ranks, 1.0)
    reduce_fixed = parallel.all_reduce_seconds(tp, 0.0, c["reachable_link"], c["collective_latency_s"])
    reduce_token = parallel.all_reduce_seconds(tp, 2.0 * hidden, c["reachable_link"], 0.0)
    exchange_fixed = k.data_parallel_latency_s + 2.0 * moe_layers * c["exchange_latency_s"]
    exchange_token = 2.0 * moe_layers * parallel.all_to_all_seconds(
        1.0, minimum(c["experts_per_token"], ranks), hidden, EXCHANGE_BYTES, c["exchange_link"], 0.0)
    return {
        "dense_weights_s": roofline.seconds_to_move(c["dense_bytes"], reading, k.weight_bandwidth_share),
        "touched_expert_s": roofline.seconds_to_move(c["imbalance"] * touched_bytes, reading, k.expert_bandwidth_share),
        "touched_expert_bytes": touched_bytes,
        "sequence_kv_s": roofline.seconds_to_move(c["kv_bytes_per_sequence"], bandwidth, k.kv_bandwidth_share),
        "token_compute_s": roofline.seconds_to_compute(dense_flop, rate, k.decode_compute_share)
        + _hidden_seconds(c, k, 1.0),
        "expert_token_compute_s": roofline.seconds_to_compute(slowed, rate, k.decode_compute_share)
        + _routed_seconds(c, k, routed_here),
        "token_flop": dense_flop, "expert_token_flop": expert_flop,
        "communication_fixed_s": 2.0 * layers * reduce_fixed + where(spread, exchange_fixed, 0.0),
        "communication_token_s": 2.0 * layers * reduce_token + where(spread, exchange_token, 0.0),
        "latency_fixed_s": _latency_seconds(c, k),
    }


def _latency_seconds(c: Columns, k: Constants) -> Value:
    """Launches, synchronisations and host work of one step, by kind of layer, runtime and vendor family."""
    layers, moe_layers = c["layers"], c["moe_layers"]
    total = (layers * k.layer_latency_s * (c["hidden_size"] / 4096.0) ** k.latency_width_exponent
             + moe_layers * k.moe_layer_latency_s * (c["routed_experts"] / 128.0) ** k.expert_latency_exponent
             + c["is_latent"] * layers * k.mla_layer_latency_s + c["linear_layers"] * k.linear_layer_latency_s
             + where(c["sparse_top_k"] > 0, layers, 0.0) * k.sparse_layer_latency_s + k.step_latency_s)
    return total * k.family_latency(c["family"]) * where(c["local_runtime"] > 0, k.local_latency, 1.0)


def _expert_share(c: Columns, k: Constants) -> Value:
    """Compute share of expert GEMMs: narrow experts and few tokens for each leave tiles unfilled."""
    width = minimum(maximum(c["expert_intermediate_size"], 64.0) / 4096.0, 4.0)
    density = maximum(c["experts_per_token"], 0.01) / c["routed_experts"] * 16.0
    return k.expert_compute_share * width**k.expert_width_exponent * density**k.expert_density_exponent


def _hidden_seconds(c: Columns, k: Constants, tokens: Value) -> Value:
    """Time of norms, residuals and quantization: 16-bit passes over the hidden state of every layer."""
    moved = roofline.activation_bytes(tokens, c["layers"], c["hidden_size"], k.activation_passes)
    return moved / c["reachable_bandwidth"] / c["tensor_parallel"] ** k.activation_parallel_exponent


def _routed_seconds(c: Columns, k: Constants, tokens: Value) -> Value:
    """Time of gathering, scattering and activating each token's copies in the mixture layers."""
    moved = roofline.activation_bytes(tokens * c["experts_per_token"], c["moe_layers"],
                                      c["hidden_size"] + c["expert_intermediate_size"], k.routed_passes)
    return moved / c["reachable_bandwidth"] / c["tensor_parallel"] ** k.activation_parallel_exponent


def prefill(c: Columns, k: Constants) -> dict[str, Value]:
    """Seconds one prompt occupies its group of chips."""
    tp, hidden, layers = c["tensor_parallel"], c["hidden_size"], c["layers"]
    tokens = techniques.uncached_tokens(c["isl"], c["prefix_hit_rate"])
    experts = c["moe_layers"] * c["experts_per_token"] * c["expert_parameters"]
    gemm = roofline.gemm_flops(c["active_flop_parameters"] + c["imbalance"] * experts / _expert_share(c, k), tokens / tp)
    attention = roofline.causal_attention_flops(tokens, c["heads"], c["head_dim"], c["full_layers"], c["window_layers"],
                                                minimum(c["isl"], c["window_tokens"])) / tp
    gemm_s = roofline.seconds_to_compute(gemm, c["reachable_flop"] / c["prefill_dequantisation"], k.prefill_compute_share)
    attention_s = roofline.seconds_to_compute(attention, c["reachable_flop16"], k.attention_compute_share)
    reduce_s = 2.0 * layers * parallel.all_reduce_seconds(tp, 2.0 * tokens * hidden, c["reachable_link"], 0.0)
    activation_s = _hidden_seconds(c, k, tokens) + _routed_seconds(c, k, tokens)
    exchange_s = where(c["is_spread"] > 0, 2.0 * c["moe_layers"] * parallel.all_to_all_seconds(
        tokens, minimum(c["experts_per_token"], c["expert_ranks"]), hidden, EXCHANGE_BYTES, c["exchange_link"], 0.0), 0.0)
    true_flop = roofline.gemm_flops(c["active_flop_parameters"] + experts, tokens / tp) + attention
    return {"prefill_s": gemm_s + attention_s + reduce_s + activation_s + exchange_s, "prefill_flop": true_flop}
