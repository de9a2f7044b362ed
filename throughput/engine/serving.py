"""What a load makes of a deployment: the step at a batch, the closed loop of requests, use, power, money, verdict.

Stages that depend on how many requests run; few operations per row, because everything else is in ``deployment``.
"""

from __future__ import annotations

from throughput.engine.architecture import Columns
from throughput.engine.efficiency import Constants
from throughput.physics import cost, energy, moe, parallel, roofline, techniques
from throughput.physics.ops import Value, maximum, minimum, where


def load(c: Columns, k: Constants) -> dict[str, Value]:
    """How many sequences run at once, in all, per micro-batch, and per group of expert ranks."""
    offered = where(c["concurrency"] > 0, c["concurrency"], k.scheduler_batch_limit * c["groups"])
    batch = maximum(minimum(offered, c["kv_capacity_sequences"]), 1.0)
    micro = maximum(batch / (c["groups"] * c["pipeline_parallel"]), 1.0)
    together = maximum(batch / (c["copies"] * c["pipeline_parallel"]) * minimum(c["expert_groups_share"], 1.0), 1.0)
    return {"offered": offered, "batch": batch, "micro_batch": micro, "expert_tokens": where(c["is_spread"] > 0, together, micro)}


def touched(c: Columns, k: Constants) -> dict[str, Value]:
    """Rows of a step: tokens, tokens that meet on a group of expert ranks, experts they touch and copies they make."""
    width = c["draft_tokens"] + 1.0
    expert_tokens = c["expert_tokens"] * width
    return {
        "rows": c["micro_batch"] * width,
        "expert_rows": expert_tokens,
        "expert_copies": expert_tokens * c["experts_per_token"],
        "experts_touched": moe.distinct_experts(
            c["routed_experts"], c["experts_per_token"], expert_tokens, 1.0 - k.share("routing_concentration")
        ),
    }


def parts(c: Columns, k: Constants) -> dict[str, Value]:
    """Seconds of each kind of work of a step on its own: reading, arithmetic, exchange, latency; its bytes and flops."""
    rows, copies, experts = c["rows"], c["expert_copies"], c["experts_touched"]
    tile = minimum(k.expert_tile_rows, c["tile_rows"])
    return {
        "experts_s": experts * c["touched_expert_s"],
        "kv_s": c["micro_batch"] * c["sequence_kv_s"],
        "dense_compute_s": roofline.tile_rows(rows, c["tile_rows"]) * c["row_compute_s"],
        "expert_compute_s": maximum(copies, experts * tile) * c["copy_compute_s"],
        "attention_compute_s": rows * c["attention_row_s"],
        "moved_s": rows * c["token_hidden_s"] + c["expert_rows"] * c["token_routed_s"],
        "exchange_s": c["exchange_fixed_s"] + rows * c["exchange_token_s"],
        "reduce_s": c["reduce_fixed_s"] + rows * c["reduce_token_s"],
        "host_s": c["host_fixed_s"] + rows * k.sequence_latency_s * c["fixed_latency"] * c["host_factor"],
        "step_bytes": c["dense_bytes"] + experts * c["touched_expert_bytes"] + c["micro_batch"] * c["kv_bytes_per_sequence"],
        "step_flop": rows * (c["row_flop"] + c["attention_row_flop"]) + copies * c["copy_flop"],
    }


def device(c: Columns, k: Constants) -> dict[str, Value]:
    """Seconds the chips work on a step: reading and arithmetic overlap kernel by kernel, the exchange of experts with both."""
    hide = k.share("compute_exposed")
    work_s = (
        roofline.overlap(c["dense_weights_s"], c["dense_compute_s"], hide)
        + roofline.overlap(c["experts_s"], c["expert_compute_s"], hide)
        + roofline.overlap(c["kv_s"], c["attention_compute_s"], hide)
        + c["moved_s"]
    )
    return {
        "weights_s": c["dense_weights_s"] + c["experts_s"],
        "compute_s": c["dense_compute_s"] + c["expert_compute_s"] + c["attention_compute_s"] + c["moved_s"],
        "communication_s": c["reduce_s"] + c["exchange_s"],
        "latency_s": c["latency_fixed_s"] + c["host_s"],
        "work_s": work_s,
        "device_s": work_s + c["latency_fixed_s"] + c["reduce_s"],
    }


def decode(c: Columns, k: Constants) -> dict[str, Value]:
    """One decode step at this batch: the exchange beside the device's work, and the host beside both."""
    exposed, host = k.share("exchange_exposed"), k.share("host_exposed")
    with_exchange = roofline.overlap(c["device_s"], c["exchange_s"], exposed)
    return {"step_s": roofline.overlap(with_exchange, c["host_s"], host)}


def pace(c: Columns, k: Constants) -> dict[str, Value]:
    """Seconds of a step per token a user sees, of a prompt among the steps, and how a pipeline stretches both."""
    yielded = techniques.tokens_per_verification(c["draft_acceptance"], c["draft_tokens"])
    fill = c["batch"] / (c["groups"] * c["pipeline_parallel"])
    return {
        "yielded": yielded,
        "token_step_s": c["step_s"] * (1.0 + c["draft_tokens"] * c["draft_cost"]) / yielded,
        "stretch": parallel.pipeline_stretch(c["pipeline_parallel"], fill, k.pipeline_bubble, k.pipeline_depth_exponent),
        "among_prefill_s": where((c["prefill_accelerators"] > 0) | (c["disaggregated"] > 0), 0.0, c["prefill_s"]),
    }


def cycle(c: Columns, k: Constants) -> dict[str, Value]:
    """A closed loop of ``batch`` requests: every request holds its slot for ``osl`` steps plus its share of everybody's
    prefills (Little's law). With a prefill pool of its own the steps are undisturbed and the slower pool sets the rate.
    """
    osl, micro, prompts_s = maximum(c["osl"], 1.0), c["micro_batch"], c["among_prefill_s"]
    seconds = (osl * c["token_step_s"] + micro * prompts_s) * c["stretch"]
    pool = where(c["prefill_accelerators"] > 0, c["prefill_accelerators"] / c["tensor_parallel"] / maximum(c["prefill_s"], 1e-12), 1e300)
    return {
        "cycle_s": seconds,
        "requests_per_s": minimum(c["batch"] / seconds, pool),
        "tpot_s": (c["token_step_s"] + maximum(micro - 1.0, 0.0) * prompts_s / osl) * c["stretch"],
    }


def pools(c: Columns, k: Constants) -> dict[str, Value]:
    """Accelerators that only read prompts: as many as are given, or, ``disaggregated`` without a number, as many (and parts
    of one) as keep up with the steps; and all accelerators together.
    """
    matched = c["requests_per_s"] * c["prefill_s"] * c["tensor_parallel"]
    pool = where((c["disaggregated"] > 0) & (c["prefill_accelerators"] <= 0), matched, c["prefill_accelerators"])
    return {"pool_accelerators": pool, "chips": c["accelerators"] + pool}


def serving(c: Columns, k: Constants) -> dict[str, Value]:
    """Rates and latencies as users see them; requests over capacity wait for a slot."""
    wait = where(c["concurrency"] > 0, maximum(c["offered"] - c["batch"], 0.0) / c["requests_per_s"], 0.0)
    queue = 1.0 + k.prompts_ahead * maximum(c["micro_batch"] - 1.0, 0.0)
    return {
        "output_tok_s": c["requests_per_s"] * c["osl"],
        "output_tok_s_per_accelerator": c["requests_per_s"] * c["osl"] / c["chips"],
        "tpot_ms": 1e3 * c["tpot_s"],
        "itl_ms": 1e3 * c["tpot_s"] * c["yielded"],
        "tok_s_per_user": 1.0 / c["tpot_s"],
        "ttft_ms": 1e3 * (wait + c["prefill_s"] * queue + c["step_s"]),
        "e2e_s": c["cycle_s"] + wait,
    }


def work(c: Columns, k: Constants) -> dict[str, Value]:
    """Steps and prompts a second of each chip, the shares of time they run and work, and the share of it spent on prompts."""
    chips = c["chips"]
    steps = c["requests_per_s"] * maximum(c["osl"], 1.0) / c["yielded"] / c["micro_batch"] * c["tensor_parallel"] / chips
    prompts = c["requests_per_s"] * c["tensor_parallel"] / chips
    on_prompts, on_steps = prompts * c["prefill_s"], steps * c["step_s"]
    return {
        "busy": minimum(on_steps + on_prompts, 1.0),
        "working": minimum(steps * c["work_s"] + on_prompts, 1.0),
        "prefill_share": on_prompts / (on_prompts + on_steps),
        "mbu": steps * c["step_bytes"] / c["bandwidth_bytes_per_s"],
        "mfu": (steps * c["step_flop"] + prompts * c["prefill_flop"]) / c["peak_flop_per_s"],
    }


def use(c: Columns, k: Constants) -> dict[str, Value]:
    """Power, and energy per token with its split between prompts and answers."""
    density = c["bandwidth_bytes_per_s"] / maximum(c["tdp_w"], 1.0)
    power = c["chips"] * energy.chip_power_w(
        c["tdp_w"],
        c["busy"],
        energy.moving_time(c["working"], c["mbu"], density, k.stall_power_exponent, k.density_power_exponent),
        c["mfu"],
        k.idle_power_share,
        k.waiting_power_share,
        k.moving_power_share,
        k.multiplying_power_share,
    )
    per_output, share = energy.joules_per_token(power, maximum(c["output_tok_s"], 1e-9)), c["prefill_share"]
    return {
        "power_w": power,
        "j_per_output_token": per_output,
        "j_per_output_token_decode": per_output * (1.0 - share),
        "j_per_input_token": per_output * share * c["osl"] / maximum(c["isl"], 1.0),
    }


def money(c: Columns, k: Constants) -> dict[str, Value]:
    """Dollars per million tokens at ``usd_per_accelerator_hour`` and ``utilisation``, whole and split.

    ``usd_per_mtok_output`` charges everything to output; the split charges prompts and steps by their time.
    """
    hourly = c["usd_per_accelerator_hour"] * c["chips"]
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
    largest = where(
        (weights >= kv) & (weights >= compute) & (weights >= latency),
        1.0,
        where((kv >= compute) & (kv >= latency), 2.0, where(compute >= latency, 3.0, 4.0)),
    )
    return {"bound_code": where(capped, 5.0, largest)}
