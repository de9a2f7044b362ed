"""How the formulas follow from one another: from joined facts to seconds, tokens, bytes and a verdict.

Each stage reads named columns and returns new ones; ``ALL`` is the whole engine in order. The same stages run
on floats, numpy arrays (calibration) and narwhals expressions (``grid``). A stage never repeats a formula: it
binds names. Columns a caller may leave out have neutral values in ``OPTIONAL``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from throughput import cost, energy, memory, moe, parallel, roofline, techniques
from throughput.efficiency import Constants
from throughput.formats import READERS
from throughput.ops import Value, choose, maximum, minimum, where
from throughput.uncertainty import spread

PLAIN_MEMORY = ("apple", "nvidia_workstation", "intel")
"""Families with GDDR or LPDDR instead of stacked memory."""
LINK_DOMAINS = {"neuronlink": 16.0, "ici": 256.0, "c2c": 576.0, "swarmx": 16.0}
"""Accelerators one fabric joins, where it is not a node of 8."""
RACK_SCALE = {"GB200": 72.0, "GB300": 72.0}
"""Parts whose NVLink domain is a rack (NVIDIA NVL72 data sheets)."""
NETWORK_BYTES_PER_S = 50e9
"""One 400 Gbit/s port per accelerator, the usual scale-out network of 2023-2026 nodes."""
UNSWITCHED = ("pcie", "lpddr", "uma")
"""Links without a dedicated accelerator fabric."""

Columns = Mapping[str, Value]
Stage = Callable[[Columns, Constants], dict[str, Value]]

OPTIONAL: dict[str, float] = {
    "data_parallel": 1.0, "pipeline_parallel": 1.0, "replicas": 1.0, "concurrency": 0.0, "streaming": 0.0,
    "local_runtime": 0.0, "kv_waste": 0.0, "prefix_hit_rate": 0.0, "draft_tokens": 0.0, "draft_acceptance": 0.0,
    "draft_cost": 0.0, "usd_per_accelerator_hour": 0.0, "utilisation": 1.0, "is_energy": 0.0, "is_first_token": 0.0,
}
"""Neutral values. ``concurrency`` 0 means: as many sequences as memory holds."""


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
    """Bytes of weights, where they sit, KV per sequence, and how many sequences run at once."""
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
    mean_context = c["isl"] + c["osl"] / 2.0
    cache = (c["kv_elements"], c["kv_bits"] / 8.0, c["full_layers"], c["window_layers"], c["window_tokens"])
    read = memory.kv_bytes_read(mean_context, *cache, c["sparse_top_k"], c["state_bytes"])
    stored = memory.kv_bytes_stored(c["isl"] + c["osl"], *cache, c["state_bytes"])
    share = memory.kv_share_per_rank(tp, c["kv_heads"], c["is_latent"])
    groups = dp * c["replicas"]
    room = memory.sequences_that_fit(c["memory_bytes"], weights_per_chip, k.memory_share, where(c["local_runtime"] > 0, k.local_runtime_bytes, k.runtime_bytes),
                                     stored * share / pp, c["kv_waste"]) * groups
    offered = where(c["concurrency"] > 0, c["concurrency"], k.scheduler_batch_limit * groups)
    batch = maximum(minimum(offered, room), 1.0)
    micro = maximum(batch / (groups * pp), 1.0)
    return {
        "dense_bytes": every_token / tp, "expert_bytes_each": c["expert_parameters"] * weight_bytes,
        "weight_bytes_per_chip": weights_per_chip, "kv_capacity_sequences": room,
        "room_for_one": (0.99 * c["memory_bytes"] - weights_per_chip) / (stored * share / pp),
        "kv_bytes_per_sequence": read * share, "offered": offered, "batch": batch, "micro_batch": micro,
        "expert_tokens": where(spread, maximum(batch / (c["replicas"] * pp), 1.0), micro),
        "expert_ranks": expert_ranks, "is_spread": where(spread, 1.0, 0.0),
        "active_flop_parameters": c["attention_parameters"] + c["dense_parameters"],
        "mean_context": mean_context,
    }


def decode(c: Columns, k: Constants) -> dict[str, Value]:
    """One decode step: bytes, flops, collectives and latencies, and their sum."""
    tp, micro, moe_layers, layers = c["tensor_parallel"], c["micro_batch"], c["moe_layers"], c["layers"]
    width = c["draft_tokens"] + 1.0
    tokens, expert_tokens = micro * width, c["expert_tokens"] * width
    imbalance = where(c["is_spread"] > 0, k.expert_imbalance, 1.0)
    touched = moe.distinct_experts(c["routed_experts"], c["experts_per_token"], expert_tokens)
    expert_bytes = moe_layers * touched * c["expert_bytes_each"] / c["expert_ranks"]
    bandwidth, read = c["reachable_bandwidth"], c["weight_read"]
    weights_s = (roofline.seconds_to_move(c["dense_bytes"], bandwidth * read, k.weight_bandwidth_share)
                 + roofline.seconds_to_move(imbalance * expert_bytes, bandwidth * read, k.expert_bandwidth_share))
    kv_s = roofline.seconds_to_move(micro * c["kv_bytes_per_sequence"], bandwidth, k.kv_bandwidth_share)
    dense_flop = roofline.gemm_flops(c["active_flop_parameters"] + c["head_parameters"], tokens / tp)
    expert_flop = roofline.gemm_flops(moe_layers * c["experts_per_token"] * c["expert_parameters"],
                                      expert_tokens / c["expert_ranks"])
    compute_s = roofline.seconds_to_compute(
        dense_flop + imbalance * expert_flop / _expert_share(c, k),
        c["reachable_flop"] / c["dequantisation"], k.decode_compute_share)
    activation_s = _activation_seconds(c, k, tokens, expert_tokens / c["expert_ranks"] * where(
        c["is_spread"] > 0, 1.0, tp))
    reduce_s = 2.0 * layers * parallel.all_reduce_seconds(tp, 2.0 * tokens * c["hidden_size"], c["reachable_link"],
                                                          c["collective_latency_s"])
    exchange_s = where(c["is_spread"] > 0, k.data_parallel_latency_s + 2.0 * moe_layers * parallel.all_to_all_seconds(
        tokens, minimum(c["experts_per_token"], c["expert_ranks"]), c["hidden_size"], 1.5, c["exchange_link"],
        c["exchange_latency_s"]), 0.0)
    latency_s = (layers * k.layer_latency_s * (c["hidden_size"] / 4096.0) ** k.latency_width_exponent + moe_layers * k.moe_layer_latency_s * (c["routed_experts"] / 128.0) ** k.expert_latency_exponent
                 + c["is_latent"] * layers * k.mla_layer_latency_s + c["linear_layers"] * k.linear_layer_latency_s
                 + where(c["sparse_top_k"] > 0, layers, 0.0) * k.sparse_layer_latency_s + k.step_latency_s)
    latency_s = latency_s * k.family_latency(c["family"]) * where(c["local_runtime"] > 0, k.local_latency, 1.0) * where(
        c["concurrency"] > 0, 1.0, k.offline_latency)
    sequence_s = tokens * k.sequence_latency_s + c["streaming"] * c["batch"] * k.stream_latency_s
    return {
        "weights_s": weights_s, "kv_s": kv_s, "compute_s": compute_s + activation_s,
        "communication_s": reduce_s + exchange_s, "latency_s": latency_s + sequence_s,
        "step_s": weights_s + kv_s + compute_s + activation_s + reduce_s + exchange_s + latency_s + sequence_s,
        "step_bytes": c["dense_bytes"] + expert_bytes + micro * c["kv_bytes_per_sequence"],
        "step_flop": dense_flop + expert_flop,
    }


def _expert_share(c: Columns, k: Constants) -> Value:
    """Compute share of expert GEMMs: narrow experts and few tokens for each leave tiles unfilled."""
    width = minimum(maximum(c["expert_intermediate_size"], 64.0) / 4096.0, 4.0)
    density = maximum(c["experts_per_token"], 0.01) / c["routed_experts"] * 16.0
    return k.expert_compute_share * width**k.expert_width_exponent * density**k.expert_density_exponent


def _activation_seconds(c: Columns, k: Constants, tokens: Value, routed_tokens: Value) -> Value:
    """Time of norms, residuals, quantization, routing and gathering: 16-bit passes over activations."""
    hidden = roofline.activation_bytes(tokens, c["layers"], c["hidden_size"], k.activation_passes)
    routed = roofline.activation_bytes(routed_tokens * c["experts_per_token"], c["moe_layers"],
                                       c["hidden_size"] + c["expert_intermediate_size"], k.routed_passes)
    return (hidden + routed) / c["reachable_bandwidth"] / c["tensor_parallel"] ** k.activation_parallel_exponent


def prefill(c: Columns, k: Constants) -> dict[str, Value]:
    """Seconds one prompt occupies its group of chips."""
    tp, hidden, layers = c["tensor_parallel"], c["hidden_size"], c["layers"]
    tokens = techniques.uncached_tokens(c["isl"], c["prefix_hit_rate"])
    imbalance = where(c["is_spread"] > 0, k.expert_imbalance, 1.0)
    experts = c["moe_layers"] * c["experts_per_token"] * c["expert_parameters"]
    gemm = roofline.gemm_flops(c["active_flop_parameters"] + imbalance * experts / _expert_share(c, k), tokens / tp)
    attention = roofline.causal_attention_flops(tokens, c["heads"], c["head_dim"], c["full_layers"], c["window_layers"],
                                                minimum(c["isl"], c["window_tokens"])) / tp
    gemm_s = roofline.seconds_to_compute(gemm, c["reachable_flop"] / c["prefill_dequantisation"], k.prefill_compute_share)
    attention_s = roofline.seconds_to_compute(attention, c["reachable_flop16"], k.attention_compute_share)
    reduce_s = 2.0 * layers * parallel.all_reduce_seconds(tp, 2.0 * tokens * hidden, c["reachable_link"], 0.0)
    activation_s = _activation_seconds(c, k, tokens, tokens)
    exchange_s = where(c["is_spread"] > 0, 2.0 * c["moe_layers"] * parallel.all_to_all_seconds(
        tokens, minimum(c["experts_per_token"], c["expert_ranks"]), hidden, 1.5, c["exchange_link"], 0.0), 0.0)
    true_flop = roofline.gemm_flops(c["active_flop_parameters"] + experts, tokens / tp) + attention
    return {"prefill_s": gemm_s + attention_s + reduce_s + activation_s + exchange_s, "prefill_flop": true_flop}


def serving(c: Columns, k: Constants) -> dict[str, Value]:
    """A closed loop of ``batch`` requests: rates, latencies and what a user sees.

    Every request holds its slot for ``osl`` steps plus its share of everybody's prefills (Little's law).
    """
    osl, micro = maximum(c["osl"], 1.0), c["micro_batch"]
    yielded = techniques.tokens_per_verification(c["draft_acceptance"], c["draft_tokens"])
    step = c["step_s"] * (1.0 + c["draft_tokens"] * c["draft_cost"]) / yielded
    stretch = parallel.pipeline_stretch(c["pipeline_parallel"], micro, k.pipeline_bubble, k.pipeline_depth_exponent)
    cycle = (osl * step + micro * c["prefill_s"]) * stretch
    requests = c["batch"] / cycle
    tpot = (step + maximum(micro - 1.0, 0.0) * c["prefill_s"] / osl) * stretch
    return {
        "requests_per_s": requests, "output_tok_s": requests * c["osl"],
        "output_tok_s_per_accelerator": requests * c["osl"] / c["accelerators"],
        "tpot_ms": 1e3 * tpot, "itl_ms": 1e3 * tpot, "tok_s_per_user": 1.0 / tpot,
        "ttft_ms": 1e3 * (c["prefill_s"] * (1.0 + k.prefill_queue * maximum(micro - 1.0, 0.0))
                          + k.first_token_steps * c["step_s"]),
        "e2e_s": cycle, "cycle_s": cycle,
    }


def use(c: Columns, k: Constants) -> dict[str, Value]:
    """Shares of the datasheet reached over a whole cycle, power, and energy per token with its split."""
    osl, micro = maximum(c["osl"], 1.0), c["micro_batch"]
    stages_busy = minimum(c["batch"] / (c["data_parallel"] * c["replicas"] * micro * c["pipeline_parallel"]), 1.0)
    prefills = micro * c["prefill_s"]
    flop = (osl * c["step_flop"] + micro * c["prefill_flop"]) * stages_busy / c["cycle_s"]
    moved = (osl * c["step_bytes"] + micro * c["weight_bytes_per_chip"]) * stages_busy / c["cycle_s"]
    mbu = minimum(moved / c["bandwidth_bytes_per_s"], 1.0)
    mfu = minimum(flop / c["peak_flop_per_s"], 1.0)
    steps = osl / c["cycle_s"] * stages_busy
    memory_share = steps * (c["weights_s"] + c["kv_s"])
    compute_share = steps * c["compute_s"] + prefills / c["cycle_s"] * stages_busy
    chip_w = energy.chip_power_w(c["tdp_w"], minimum(memory_share, 1.0), minimum(compute_share, 1.0),
                                 k.waiting_power_share, k.memory_power_share, k.compute_power_share)
    power = chip_w * c["accelerators"]
    prefill_share = prefills / (prefills + osl * c["step_s"])
    per_output = energy.joules_per_token(power, maximum(c["output_tok_s"], 1e-9))
    return {
        "mbu": mbu, "mfu": mfu, "power_w": power,
        "j_per_output_token": per_output,
        "j_per_output_token_decode": per_output * (1.0 - prefill_share),
        "j_per_input_token": per_output * prefill_share * c["osl"] / maximum(c["isl"], 1.0),
        "prefill_share": prefill_share,
    }


def money(c: Columns, k: Constants) -> dict[str, Value]:
    """Dollars per million tokens at ``usd_per_accelerator_hour`` and ``utilisation``, whole and split.

    ``usd_per_mtok_output`` charges everything to output; the split charges prompts and steps by their time.
    """
    hourly = c["usd_per_accelerator_hour"] * c["accelerators"]
    whole = cost.usd_per_mtok(hourly, maximum(c["output_tok_s"], 1e-9), c["utilisation"])
    share = c["prefill_share"]
    return {
        "usd_per_mtok_output": whole,
        "usd_per_mtok_output_decode": whole * (1.0 - share),
        "usd_per_mtok_input": whole * share * c["osl"] / maximum(c["isl"], 1.0),
    }


def verdict(c: Columns, k: Constants) -> dict[str, Value]:
    """What binds: the largest part of a cycle, or memory when more sequences would help and do not fit."""
    osl = maximum(c["osl"], 1.0)
    compute = c["compute_s"] + c["micro_batch"] * c["prefill_s"] / osl
    weights, kv, latency = c["weights_s"], c["kv_s"], c["latency_s"] + c["communication_s"]
    capped = (c["kv_capacity_sequences"] < 0.999 * c["offered"]) & (maximum(weights, latency) > maximum(compute, kv))
    largest = where((weights >= kv) & (weights >= compute) & (weights >= latency), 1.0, where(
        (kv >= compute) & (kv >= latency), 2.0, where(compute >= latency, 3.0, 4.0)))
    return {"bound_code": where(capped, 5.0, largest)}


BOUNDS = {1.0: "weights", 2.0: "kv", 3.0: "compute", 4.0: "latency", 5.0: "memory capacity"}
"""Meaning of ``bound_code``; waiting for links counts as latency."""

STEP: tuple[Stage, ...] = (chip, links, layout, decode)
DECODE: tuple[Stage, ...] = (architecture, *STEP)
SERVE: tuple[Stage, ...] = (*STEP, prefill, serving)
ASSESS: tuple[Stage, ...] = (use, money, verdict, spread)
ALL: tuple[Stage, ...] = (architecture, *SERVE, *ASSESS)
