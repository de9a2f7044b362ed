"""A user's own chips and models: TOML tables with the columns of the reference tables, completed or refused by name.

What belongs here: defaults of what may be left out, and the physics no chip or model can break. Not here: any speed.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from throughput.engine.efficiency import FAMILIES
from throughput.questions import readings

DEFAULTS: dict[str, dict[str, Any]] = {
    "accelerator": {
        "family": "other",
        "bf16_flop_per_s": None,
        "fp8_flop_per_s": 0.0,
        "fp4_flop_per_s": 0.0,
        "link_bytes_per_s": 0.0,
        "link_kind": "pcie",
        "link_domain": 8,
        "tdp_w": 0.0,
        "aliases": "",
    },
    "model": {
        "query_matrices": 1,
        "mlp_matrices": 3,
        "tied_embeddings": 0,
        "experts": 0,
        "experts_per_token": 0,
        "expert_intermediate_size": 0,
        "shared_intermediate_size": 0,
        "moe_layers": 0,
        "window_layers": 0,
        "window_tokens": 0,
        "linear_layers": 0,
        "linear_key_dim": 0,
        "linear_value_dim": 0,
        "linear_state_rows": 128,
        "expert_matrices": 3,
        "kv_lora_rank": 0,
        "q_lora_rank": 0,
        "qk_nope_dim": 0,
        "qk_rope_dim": 0,
        "sparse_top_k": 0,
        "intermediate_size": 0,
        "aliases": "",
        "native_weight_precision": "bf16",
    },
}


LARGEST_BYTES = 1_000_000
LARGEST_FIGURE = 1e20
"""Beyond any chip or model there will be; keeps ratios finite."""


class BadDefinition(ValueError):
    """A custom accelerator or model file that cannot be used; the message names file, place and remedy."""


def read_definitions(path: Path) -> dict[str, list[dict[str, object]]]:
    """``[[accelerator]]`` and ``[[model]]`` tables of a TOML file, completed; raises ``BadDefinition``."""
    if path.stat().st_size > LARGEST_BYTES:
        raise BadDefinition(f"{path} has {path.stat().st_size:,} bytes, expected at most {LARGEST_BYTES:,}")
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise BadDefinition(f"{path} is not TOML: {problem}") from None
    found: dict[str, list[dict[str, object]]] = {}
    for kind, columns in (("accelerator", readings.ACCELERATOR_COLUMNS), ("model", readings.ARCHITECTURE_COLUMNS)):
        rows = content.get(kind, [])
        for row in rows if isinstance(rows, list) else [rows]:
            if not isinstance(row, dict):
                raise BadDefinition(f"{path}: expected a table [[{kind}]], found {kind} = {row!r:.40}")
            found.setdefault(kind, []).append(_complete(row, kind, columns, path))
    if not found:
        raise BadDefinition(f"{path} defines nothing: expected a table [[accelerator]] or [[model]]")
    return found


def _complete(row: dict[str, Any], kind: str, columns: list[str], path: Path) -> dict[str, Any]:
    full = {**DEFAULTS[kind], **row}
    place = f"{path}: {kind} {row.get(kind)!r:.60}"
    for column in sorted(set(columns) & set(row)):
        value = row[column]
        if column in readings.TEXT:
            if not isinstance(value, str) or not value.strip():
                raise BadDefinition(f"{place}: {column} is {value!r:.40}, expected a word")
        elif not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value <= LARGEST_FIGURE:
            raise BadDefinition(f"{place}: {column} is {value!r:.40}, expected a number >= 0, at most {LARGEST_FIGURE:g}")
    if kind == "accelerator" and full["family"] not in FAMILIES:
        raise BadDefinition(f"{place}: family is {full['family']!r}, expected one of {', '.join(FAMILIES)}")
    if kind == "model":
        full.setdefault("value_head_dim", full.get("head_dim"))
        full.setdefault("dense_layers", int(full.get("layers") or 0) - int(full["moe_layers"] or 0))
        full.setdefault("full_layers", int(full.get("layers") or 0) - int(full["window_layers"] or 0) - int(full["linear_layers"] or 0))
    missing = [c for c in columns if full.get(c) is None]
    if missing:
        raise BadDefinition(f"{path}: [[{kind}]] {row.get(kind, '(unnamed)')!r} lacks {', '.join(missing)}")
    needed = (
        ("bandwidth_bytes_per_s", "memory_bytes", "bf16_flop_per_s")
        if kind == "accelerator"
        else ("layers", "hidden_size", "heads", "kv_heads", "vocabulary_size")
    )
    for column in needed:
        if not float(full[column]) > 0:
            raise BadDefinition(f"{place}: {column} must be above 0")
    problem = _impossible_model(full) if kind == "model" else _impossible_chip(full)
    if problem:
        raise BadDefinition(f"{place}: {problem}")
    full["basis"] = "assumed"
    return full


BYTES_PER_FLOP = 64.0
"""A chip that moves more bytes than this per operation has its units mixed up."""


def _impossible_chip(c: dict[str, Any]) -> str | None:
    """Why no chip can have these figures; None where one can."""
    if float(c["bandwidth_bytes_per_s"]) > BYTES_PER_FLOP * float(c["bf16_flop_per_s"]):
        return (
            f"bandwidth_bytes_per_s {float(c['bandwidth_bytes_per_s']):g} is more than {BYTES_PER_FLOP:g} bytes for each of "
            f"bf16_flop_per_s {float(c['bf16_flop_per_s']):g}; both are per second, in bytes and operations"
        )
    if float(c["memory_bytes"]) < 1e6 or float(c["bandwidth_bytes_per_s"]) < 1e6 or float(c["bf16_flop_per_s"]) < 1e6:
        return "memory_bytes, bandwidth_bytes_per_s and bf16_flop_per_s are in bytes and operations, not in GB or TFLOPS"
    for wide, narrow in (("bf16", "fp8"), ("fp8", "fp4")):
        low, high = float(c[f"{wide}_flop_per_s"]), float(c[f"{narrow}_flop_per_s"])
        if 0 < high < low:
            return (
                f"{narrow}_flop_per_s {high:g} is below {wide}_flop_per_s {low:g}; leave it out where the chip has no {narrow} arithmetic"
            )
    return None


def _impossible_model(m: dict[str, Any]) -> str | None:
    """Why no model can have this shape; None where one can."""
    layers = float(m["layers"])
    if float(m["heads"]) % float(m["kv_heads"]):
        return f"{m['heads']} heads cannot share {m['kv_heads']} kv_heads evenly"
    if float(m["experts_per_token"]) > float(m["experts"]):
        return f"experts_per_token {m['experts_per_token']} is more than experts {m['experts']}: more active than total parameters"
    if float(m["moe_layers"]) > 0 and not (float(m["experts_per_token"]) > 0 and float(m["expert_intermediate_size"]) > 0):
        return "moe_layers need experts, experts_per_token and expert_intermediate_size"
    active, total = m.get("published_active_parameters"), m.get("published_parameters")
    if active and total and float(active) > float(total):
        return f"published_active_parameters {active} is more than published_parameters {total}"
    for names in (("full_layers", "window_layers", "linear_layers"), ("dense_layers", "moe_layers")):
        if min(float(m[n]) for n in names) < 0 or sum(float(m[n]) for n in names) > layers:
            return f"{' + '.join(names)} are {' + '.join(str(m[n]) for n in names)}, more than {m['layers']} layers"
    if float(m["window_layers"]) > 0 and not float(m["window_tokens"]) > 0:
        return "window_layers need window_tokens above 0"
    return None
