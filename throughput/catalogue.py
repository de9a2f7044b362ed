"""What can be asked about: the reference tables, a user's own definitions, and the grid of all that fits.

Tables are read from a folder the caller names. Custom accelerators and models come as TOML with the same column
names. The physics is in ``grid``; marts call ``grid_of``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import polars as pl

from throughput import readings

DEFAULTS = {
    "accelerator": {"family": "other", "bf16_flop_per_s": None, "fp8_flop_per_s": 0.0, "fp4_flop_per_s": 0.0,
                    "link_bytes_per_s": 0.0, "link_kind": "pcie", "tdp_w": 0.0, "aliases": ""},
    "model": {"query_matrices": 1, "mlp_matrices": 3, "tied_embeddings": 0, "experts": 0, "experts_per_token": 0,
              "expert_intermediate_size": 0, "shared_intermediate_size": 0, "moe_layers": 0, "window_layers": 0,
              "window_tokens": 0, "linear_layers": 0, "linear_key_dim": 0, "linear_value_dim": 0, "kv_lora_rank": 0,
              "q_lora_rank": 0, "qk_nope_dim": 0, "qk_rope_dim": 0, "sparse_top_k": 0, "intermediate_size": 0,
              "aliases": "", "native_weight_precision": "bf16"},
}


class BadDefinition(ValueError):
    """A custom accelerator or model file that cannot be used; the message names file, place and remedy."""


def load(folder: Traversable, definitions: Iterable[Path] = ()) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(accelerators, architectures) from a folder of reference tables, a user's TOML definitions in front."""
    tables = {}
    for kind, name in (("accelerator", "accelerators.csv"), ("model", "architectures.csv")):
        with resources.as_file(folder.joinpath(name)) as path:
            tables[kind] = pl.read_csv(path, infer_schema_length=None)
    for path in definitions:
        for kind, rows in read_definitions(path).items():
            own = pl.DataFrame(rows).with_columns(pl.col(kind).cast(pl.String))
            rest = tables[kind].filter(~pl.col(kind).is_in(own[kind].to_list()))
            tables[kind] = pl.concat([own, rest], how="diagonal_relaxed")
    return tables["accelerator"], tables["model"]


def read_definitions(path: Path) -> dict[str, list[dict[str, object]]]:
    """``[[accelerator]]`` and ``[[model]]`` tables of a TOML file, completed; raises ``BadDefinition``."""
    try:
        content = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise BadDefinition(f"{path} is not TOML: {problem}") from None
    found: dict[str, list[dict[str, object]]] = {}
    for kind, columns in (("accelerator", readings.ACCELERATOR_COLUMNS), ("model", readings.ARCHITECTURE_COLUMNS)):
        rows = content.get(kind, [])
        for row in rows if isinstance(rows, list) else [rows]:
            found.setdefault(kind, []).append(_complete(row, kind, columns, path))
    if not found:
        raise BadDefinition(f"{path} defines nothing: expected a table [[accelerator]] or [[model]]")
    return found


def _complete(row: dict[str, object], kind: str, columns: list[str], path: Path) -> dict[str, object]:
    full = {**DEFAULTS[kind], **row}
    if kind == "model":
        full.setdefault("value_head_dim", full.get("head_dim"))
        full.setdefault("dense_layers", int(full.get("layers") or 0) - int(full["moe_layers"] or 0))
        full.setdefault("full_layers", int(full.get("layers") or 0) - int(full["window_layers"] or 0)
                        - int(full["linear_layers"] or 0))
    missing = [c for c in columns if full.get(c) is None]
    if missing:
        raise BadDefinition(f"{path}: [[{kind}]] {row.get(kind, '(unnamed)')!r} lacks {', '.join(missing)}")
    for column in columns:
        if column in readings.TEXT:
            continue
        value = full[column]
        if not isinstance(value, (int, float)) or isinstance(value, bool) or value < 0 or value != value:
            raise BadDefinition(f"{path}: {kind} {row.get(kind)!r}: {column} is {value!r}, expected a number >= 0")
    needed = ("bandwidth_bytes_per_s", "memory_bytes", "bf16_flop_per_s") if kind == "accelerator" else (
        "layers", "hidden_size", "heads", "kv_heads", "vocabulary_size")
    for column in needed:
        if not float(full[column]) > 0:  # type: ignore[arg-type]
            raise BadDefinition(f"{path}: {kind} {row.get(kind)!r}: {column} must be above 0")
    full["basis"] = "assumed"
    return full
