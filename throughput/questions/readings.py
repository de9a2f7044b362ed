"""Scenario rows as written, read into numbers: names, formats, layouts, defaults and refusals.

Every refusal is one sentence for the row's ``error`` column and never stops the other rows. Physics and
prediction are elsewhere; this module only decides what is being asked and whether it can be.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import polars as pl

from throughput.questions import names
from throughput.questions.formats import READERS, UNSTATED, UnknownFormat, read_kv_bits, read_weight_format

ACCELERATOR_COLUMNS = [
    "accelerator", "family", "bandwidth_bytes_per_s", "memory_bytes", "bf16_flop_per_s", "fp8_flop_per_s",
    "fp4_flop_per_s", "link_bytes_per_s", "link_kind", "tdp_w",
]
ARCHITECTURE_COLUMNS = [
    "model", "layers", "hidden_size", "heads", "kv_heads", "head_dim", "value_head_dim", "query_matrices",
    "intermediate_size", "mlp_matrices", "vocabulary_size", "tied_embeddings", "experts", "experts_per_token",
    "expert_intermediate_size", "shared_intermediate_size", "dense_layers", "moe_layers", "full_layers",
    "window_layers", "window_tokens", "linear_layers", "linear_key_dim", "linear_value_dim", "kv_lora_rank",
    "q_lora_rank", "qk_nope_dim", "qk_rope_dim", "sparse_top_k",
]
TEXT = {"accelerator", "family", "link_kind", "model"}
COUNTS = ("n_accelerators", "tensor_parallel", "data_parallel", "pipeline_parallel")
LIMITS = {"isl": 10_000_000, "osl": 10_000_000, "concurrency": 10_000_000, "n_accelerators": 100_000}
OPTIONS = {
    "usd_per_accelerator_hour": (0.0, 0.0, 1e6), "utilisation": (1.0, 1e-6, 1.0), "prefix_hit_rate": (0.0, 0.0, 1.0),
    "draft_tokens": (0.0, 0.0, 64.0), "draft_acceptance": (0.0, 0.0, 1.0), "draft_cost": (0.0, 0.0, 10.0),
    "kv_waste": (0.0, 0.0, 0.95),
}
"""Optional columns: default, least and largest sensible value."""
METRICS = ("output_tok_s", "output_tok_s_per_accelerator", "tok_s_per_user", "tpot_ms", "itl_ms", "e2e_s",
           "ttft_ms", "j_per_output_token", "usd_per_mtok_output")
STREAMED = ("itl_ms", "j_per_output_token")
"""Metrics that are measured on a live server which streams tokens to clients."""
BOUNDARIES = ("gpu_only", "system", "wall")
NODE = 8
"""Accelerators of one submission node (MLPerf)."""


def numbers(table: pl.DataFrame) -> pl.DataFrame:
    """The table with every column that is not a name as a float (blanks are zero)."""
    return table.with_columns(pl.col(c).cast(pl.Float64, strict=False).fill_null(0.0)
                              for c in table.columns if c not in TEXT)


def read_rows(scenarios: pl.DataFrame, accelerators: pl.DataFrame, architectures: pl.DataFrame) -> pl.DataFrame:
    """One row per scenario with everything the engine needs, or the reason in ``error``."""
    chips = {r["accelerator"]: r for r in accelerators.iter_rows(named=True)}
    models = {r["model"]: r for r in architectures.iter_rows(named=True)}
    known = (names.index(chips.values(), "accelerator"), names.index(models.values(), "model"))
    cache: dict[tuple[str, str], str | Exception] = {}
    read = []
    for number, row in enumerate(scenarios.iter_rows(named=True)):
        try:
            read.append({"row": number, "error": None, **_read(row, chips, models, known, cache)})
        except ValueError as problem:
            read.append({"row": number, "error": str(problem)})
    return pl.DataFrame(read, schema=SCHEMA)


SCHEMA = {
    "row": pl.Int64, "error": pl.String, "accelerator": pl.String, "model": pl.String, "metric": pl.String,
    "boundary": pl.String,
    **dict.fromkeys(("weight_bits", "activation_bits", "head_bits", "moe_attention_bits", "reader", "kv_bits",
                     "accelerators", "tensor_parallel", "data_parallel", "pipeline_parallel", "replicas", "isl",
                     "osl", "concurrency", "streaming", "local_runtime", "is_energy", "is_first_token", *OPTIONS), pl.Float64),
}


def _read(row: Mapping[str, object], chips: Mapping, models: Mapping, known: tuple, cache: dict) -> dict[str, object]:
    chip = _resolve(row.get("accelerator"), known[0], "accelerator", cache)
    model = _resolve(row.get("model"), known[1], "model", cache)
    try:
        stated = _text(row.get("weight_precision"))
        weights = read_weight_format(
            (stated if stated.lower() not in UNSTATED else _text(models[model].get("native_weight_precision"))) or "bf16")
        kv_bits = read_kv_bits(_text(row.get("kv_precision")) or None)
    except UnknownFormat as problem:
        raise ValueError(str(problem)) from None
    layout = _layout(row, chips[chip], models[model])
    load = {name: _number(row.get(name), name, default, least, LIMITS[name])
            for name, default, least in (("isl", 1024.0, 0.0), ("osl", 1024.0, 1.0), ("concurrency", 0.0, 0.0))}
    if _text(row.get("concurrency")) and load["concurrency"] <= 0:
        raise ValueError("concurrency must be above 0 (leave it empty for as many as memory holds)")
    options = {n: _number(row.get(n), n, *spec) for n, spec in OPTIONS.items()}
    metric = _text(row.get("metric")).lower() or "output_tok_s"
    boundary = _text(row.get("boundary")).lower() or "gpu_only"
    if metric not in METRICS:
        raise ValueError(f"metric {metric!r} is not one of {', '.join(METRICS)}")
    if boundary not in BOUNDARIES:
        raise ValueError(f"boundary {boundary!r} is not one of {', '.join(BOUNDARIES)}")
    if metric == "usd_per_mtok_output" and options["usd_per_accelerator_hour"] <= 0:
        raise ValueError("usd_per_mtok_output needs a column usd_per_accelerator_hour above 0")
    if metric == "j_per_output_token" and not float(chips[chip].get("tdp_w") or 0) > 0:
        raise ValueError(f"j_per_output_token needs the power of {chip}, which no document prints; "
                         "give it as tdp_w in a definition of your own")
    gguf = weights.reader.startswith("gguf")
    return {
        "accelerator": chip, "model": model, "metric": metric, "boundary": boundary,
        "weight_bits": weights.weight_bits, "activation_bits": weights.activation_bits,
        "head_bits": weights.head_bits, "moe_attention_bits": weights.moe_attention_bits,
        "reader": READERS[weights.reader], "kv_bits": kv_bits, **layout, **load, **options,
        "streaming": 1.0 if metric in STREAMED and load["concurrency"] > 0 and chips[chip]["family"] != "neuron" else 0.0,
        "is_first_token": 1.0 if metric == "ttft_ms" else 0.0,
        "is_energy": 1.0 if metric == "j_per_output_token" else 0.0,
        "local_runtime": 1.0 if gguf or (load["isl"] == 0 and load["concurrency"] == 1) else 0.0,
    }


def _resolve(name: object, known: names.Known, kind: str, cache: dict) -> str:
    key = (kind, _text(name))
    if key not in cache:
        try:
            cache[key] = names.resolve(key[1], known, kind)
        except names.UnknownName as problem:
            cache[key] = problem
    found = cache[key]
    if isinstance(found, Exception):
        raise ValueError(str(found))
    return found


def _layout(row: Mapping[str, object], chip: Mapping, model: Mapping) -> dict[str, float]:
    n, tp, dp, pp = (_count(row.get(c), c) for c in COUNTS)
    tp = tp or (n // ((dp or 1) * (pp or 1)) if n else 1) or 1
    pp = pp or 1
    used = tp * pp * (dp or 1)
    if n and pp > 1 and n == tp * (dp or 1):
        n *= pp  # some tables count the accelerators of one pipeline stage
    n = n or used
    if used > n:
        raise ValueError(f"tensor {tp} x data {dp or 1} x pipeline {pp} parallel need {used} accelerators, "
                         f"n_accelerators says {n}")
    if n % used:
        raise ValueError(f"{n} accelerators cannot be split into groups of {used} (tensor x data x pipeline)")
    dp = (dp or 1) * (n // used)
    heads, layers = int(model["heads"]), int(model["layers"])
    if heads % tp and chip["family"] != "neuron" and tp > 1:
        raise ValueError(f"tensor_parallel {tp} does not divide the {heads} attention heads of {model['model']}")
    if pp > layers:
        raise ValueError(f"pipeline_parallel {pp} exceeds the {layers} layers of {model['model']}")
    replicas = 1
    if _text(row.get("source")).lower().startswith("mlperf") and n < NODE and not _text(row.get("concurrency")):
        replicas = NODE // n
    return {"accelerators": float(n * replicas), "tensor_parallel": float(tp), "data_parallel": float(dp),
            "pipeline_parallel": float(pp), "replicas": float(replicas)}


def _text(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return str(value).strip()


def _number(value: object, name: str, default: float, least: float, most: float) -> float:
    text = _text(value)
    if isinstance(value, float) and math.isnan(value):
        raise ValueError(f"{name} is not a number (NaN)")
    if not text:
        return default
    try:
        number = float(text)
    except ValueError:
        raise ValueError(f"{name} is {text!r}, expected a number") from None
    if not math.isfinite(number):
        raise ValueError(f"{name} is {text}, expected a finite number")
    if number < least or number > most:
        raise ValueError(f"{name} is {number:g}, expected between {least:g} and {most:g}")
    return number


def _count(value: object, name: str) -> int:
    if not _text(value) and not (isinstance(value, float) and math.isnan(value)):
        return 0
    number = _number(value, name, 0.0, 1.0, LIMITS["n_accelerators"])
    if number != int(number):
        raise ValueError(f"{name} is {number:g}, expected a whole number")
    return int(number)


def misfit() -> pl.Expr:
    """The sentence for rows whose weights, or whose weights and one sequence, do not fit; null where they do."""
    gib = 1024.0**3
    need, have = pl.col("weight_bytes_per_chip"), pl.col("memory_bytes")
    return pl.when(need > have).then(pl.format(
        "does not fit: {} GiB of weights per accelerator, {} GiB of memory; use more accelerators or fewer bits",
        (need / gib).round(1), (have / gib).round(1),
    )).when((pl.col("room_for_one") < 1) & (need > 0.97 * have)).then(pl.format(
        "does not fit: {} GiB of weights leave no memory for one sequence on {} GiB", (need / gib).round(1),
        (have / gib).round(1),
    )).when(pl.col("room_for_one") < 1).then(
        pl.format("does not fit: one sequence of {} tokens needs more memory than the weights leave",
                  (pl.col("isl") + pl.col("osl")).cast(pl.Int64)))
