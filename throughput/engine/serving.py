"""What a load makes of a deployment: the step at a batch, the closed loop of requests, use, power, money, verdict.

Stages that depend on how many requests run; few operations per row, because everything else is in ``deployment``.
"""

from __future__ import annotations

from throughput.engine.deployment import Columns
from throughput.engine.efficiency import Constants
from throughput.physics import cost, energy, moe, parallel, techniques
from throughput.physics.ops import Value, maximum, minimum, where


def load(c: Columns, k: Constants) -> dict[str, Value]:
    """How many sequences run at once, in all, per micro-batch, and per group of expert ranks."""
    offered = where(c["concurrency"] > 0, c["concurrency"], k.scheduler_batch_limit * c["groups"])
    batch = maximum(minimum(offered, c["kv_capacity_sequences"]), 1.0)
    micro = maximum(batch / (c["groups"] * c["pipeline_parallel"]), 1.0)
    together = maximum(batch / (c["replicas"] * c["pipeline_parallel"]), 1.0)
    return {"offered": offered, "batch": batch, "micro_batch": micro,
            "expert_tokens": where(c["is_spread"] > 0, together, micro)}


def decode(c: Columns, k: Constants) -> dict[str, Value]:
    """One decode step at this batch: its parts in seconds, its bytes and flops per chip."""
    width = c["draft_tokens"] + 1.0
    micro = c["micro_batch"]
    tokens, expert_tokens = micro * width, c["expert_tokens"] * width
    touched = moe.distinct_experts(c["routed_experts"], c["experts_per_token"], expert_tokens)
    weights_s = c["dense_weights_s"] + touched * c["touched_expert_s"]
    kv_s = micro * c["sequence_kv_s"]
    compute_s = tokens * c["token_compute_s"] + expert_tokens * c["expert_token_compute_s"]
    communication_s = c["communication_fixed_s"] + tokens * c["communication_token_s"]
    latency_s = (c["latency_fixed_s"] * where(c["concurrency"] > 0, 1.0, k.offline_latency)
                 + tokens * k.sequence_latency_s + c["streaming"] * c["batch"] * k.stream_latency_s)
    return {
        "weights_s": weights_s, "kv_s": kv_s, "compute_s": compute_s, "communication_s": communication_s,
        "latency_s": latency_s, "step_s": weights_s + kv_s + compute_s + communication_s + latency_s,
        "step_bytes": c["dense_bytes"] + touched * c["touched_expert_bytes"] + micro * c["kv_bytes_per_sequence"],
        "step_flop": tokens * c["token_flop"] + expert_tokens * c["expert_token_flop"],
    }


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
