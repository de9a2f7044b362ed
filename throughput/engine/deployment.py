"""What a deployment is before any load: weights on chips, who holds which experts, and room for sequences.

Stages that do not depend on how many requests run, in small steps: each uses what the one before it made, so that no
expression grows on any engine. Unit costs are in ``unit_costs``, what a load makes of them in ``serving``.
"""

from __future__ import annotations

from throughput.engine.architecture import Columns
from throughput.engine.efficiency import Constants
from throughput.physics import memory, roofline
from throughput.physics.ops import Value, minimum, where


def weights(c: Columns, k: Constants) -> dict[str, Value]:
    """Bytes of weights by kind and the memory a server has for them and for caches."""
    weight_bytes = c["weight_bits"] / 8.0
    attention_bytes = where((c["is_moe"] > 0) & (c["moe_attention_bits"] > 0), c["moe_attention_bits"], c["weight_bits"]) / 8.0
    every_token = (
        c["attention_parameters"] * attention_bytes + c["dense_parameters"] * weight_bytes + c["head_parameters"] * c["head_bits"] / 8.0
    )
    return {
        "every_token_bytes": every_token,
        # local runtimes look tokens up in the host's memory (llama.cpp keeps token_embd there)
        "resident_bytes": every_token + where(c["local_runtime"] > 0, 0.0, c["embedding_parameters"] * 2.0),
        "expert_bytes_each": c["expert_parameters"] * weight_bytes,
        "all_expert_bytes": c["moe_layers"] * c["routed_experts"] * c["expert_parameters"] * weight_bytes,
        "usable_bytes": roofline.reached(c["memory_bytes"], k.memory_loss)
        - minimum(where(c["local_runtime"] > 0, k.local_runtime_bytes, k.runtime_bytes), k.runtime_share * c["memory_bytes"]),
    }


def spares(c: Columns, k: Constants) -> dict[str, Value]:
    """What accelerators beyond tensor x data x pipeline ranks (``spare_groups``) do.

    They hold copies where a group holds the model; where it does not, the experts of a mixture are spread over them and
    attention runs data-parallel.
    """
    tp, dp = c["tensor_parallel"], c["data_parallel"]
    alone = where((c["is_moe"] > 0) & (dp > 1), tp * dp, tp)
    too_large = (c["resident_bytes"] / tp + c["all_expert_bytes"] / alone) / c["pipeline_parallel"] >= c["usable_bytes"]
    return {"spread_spares": where((c["is_moe"] > 0) & too_large, c["spare_groups"], 1.0)}


def ranks(c: Columns, k: Constants) -> dict[str, Value]:
    """Groups that run attention apart, ranks that share the experts, and whole copies."""
    groups = c["data_parallel"] * c["spread_spares"]
    copies = c["replicas"] * c["spare_groups"] / c["spread_spares"]
    spread = where((c["is_moe"] > 0) & (groups > 1), 1.0, 0.0)
    return {
        "attention_groups": groups,
        "copies": copies,
        "groups": groups * copies,
        "is_spread": spread,
        "imbalance": 1.0 + spread * k.expert_imbalance_excess,
    }


def experts(c: Columns, k: Constants) -> dict[str, Value]:
    """Over how many ranks the experts of a mixture lie, and what share of a copy's ranks that is."""
    everyone = c["tensor_parallel"] * c["attention_groups"]
    implied = where(c["is_spread"] > 0, everyone, c["tensor_parallel"])
    own = where(c["expert_parallel"] > 0, c["expert_parallel"], implied)
    return {"expert_ranks": own, "expert_groups_share": own / everyone}


def layout(c: Columns, k: Constants) -> dict[str, Value]:
    """Bytes of weights on each chip, and KV bytes a sequence keeps and reads there."""
    tp, pp = c["tensor_parallel"], c["pipeline_parallel"]
    cache = (c["kv_elements"], c["kv_bits"] / 8.0, c["full_layers"], c["window_layers"], c["window_tokens"])
    share = memory.kv_share_per_rank(tp, c["kv_heads"], c["is_latent"])
    return {
        "dense_bytes": c["every_token_bytes"] / tp,
        "weight_bytes_per_chip": (c["resident_bytes"] / tp + c["all_expert_bytes"] / c["expert_ranks"]) / pp,
        "kv_bytes_per_sequence": share * memory.kv_bytes_read(c["isl"] + c["osl"] / 2.0, *cache, c["sparse_top_k"], c["state_bytes"]),
        "kv_bytes_kept": share / pp * memory.kv_bytes_stored(c["isl"] + c["osl"], *cache, c["state_bytes"]),
        "active_flop_parameters": c["attention_parameters"] + c["dense_parameters"],
    }


def room(c: Columns, k: Constants) -> dict[str, Value]:
    """How many sequences there is room for, in each group and in all."""
    one = memory.sequences_that_fit(c["usable_bytes"], c["weight_bytes_per_chip"], c["kv_bytes_kept"], c["kv_waste"])
    return {"room_for_one": one, "kv_capacity_sequences": one * c["groups"]}
