"""What a model's configuration says: parameters by part, cache geometry, and how many sublayers a token passes.

Stages of ``engine.stages`` that look at the model alone; computed once per architecture.
"""

from __future__ import annotations

from collections.abc import Mapping

from throughput.engine.efficiency import Constants
from throughput.physics import memory
from throughput.physics.ops import Value, maximum, where

Columns = Mapping[str, Value]


def architecture(c: Columns, k: Constants) -> dict[str, Value]:
    """Parameter counts by part and cache geometry, from a model's configuration.

    Layers are counted by what they hold: attention (full or windowed), linear attention or state space, a dense MLP,
    a mixture; a hybrid in which each layer holds only one of them (Nemotron-H) and a usual transformer read alike.
    """
    hidden, heads, linear = c["hidden_size"], c["heads"], c["linear_layers"]
    latent, rope, nope = c["kv_lora_rank"], c["qk_rope_dim"], c["qk_nope_dim"]
    attention_layers = c["full_layers"] + c["window_layers"]
    query = where(c["q_lora_rank"] > 0, c["q_lora_rank"] * (hidden + heads * (nope + rope)), hidden * heads * (nope + rope))
    mla = query + hidden * (latent + rope) + latent * heads * (nope + c["value_head_dim"])
    plain = hidden * heads * c["head_dim"] * c["query_matrices"] + hidden * c["kv_heads"] * (c["head_dim"] + c["value_head_dim"])
    full = where(latent > 0, mla, plain) + heads * c["value_head_dim"] * hidden
    score, value = where(latent > 0, nope + rope, c["head_dim"]), c["value_head_dim"]
    return {
        "attention_parameters": full * attention_layers + linear * hidden * (2.0 * c["linear_key_dim"] + 3.0 * c["linear_value_dim"]),
        "dense_parameters": c["dense_layers"] * c["mlp_matrices"] * hidden * c["intermediate_size"]
        + c["moe_layers"] * (c["expert_matrices"] * hidden * c["shared_intermediate_size"] + hidden * c["experts"]),
        "expert_parameters": c["expert_matrices"] * hidden * c["expert_intermediate_size"],
        "head_parameters": hidden * c["vocabulary_size"],
        "embedding_parameters": hidden * c["vocabulary_size"] * (1.0 - c["tied_embeddings"]),
        "routed_experts": maximum(c["experts"], 1.0),
        "is_moe": where(c["moe_layers"] > 0, 1.0, 0.0),
        "is_latent": where(latent > 0, 1.0, 0.0),
        "kv_elements": memory.kv_elements_per_layer(c["kv_heads"], c["head_dim"], value, latent, rope),
        "state_bytes": memory.linear_state_bytes(linear, c["linear_value_dim"], c["linear_state_rows"]),
        "sublayers": attention_layers + linear + c["dense_layers"] + c["moe_layers"],
        "score_dim": score,
        "decode_attention_dims": where(latent > 0, 2.0 * latent + rope, score + value),
    }
