"""Number formats of weights and caches: true bits per weight, what arithmetic they run in, how they are read.

A format is read by family and bits (``int4_<method>_gN``, ``q4_0``, ``nvfp4``, ``w4a16``, ...), so one that is
not listed still gets its bits. Speeds are not here: the efficiency of each reading family is calibrated.

Bits per weight include scales: a group of N weights with one 16-bit scale costs 16/N more; mxfp4 has an 8-bit
scale per 32 (OCP MX specification 1.0), nvfp4 an 8-bit scale per 16 (NVIDIA), GGUF block sizes as in llama.cpp's
``ggml-common.h``; K-quant mixes from published file sizes over parameter counts.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from throughput.physics.ops import Value, choose


class UnknownFormat(ValueError):
    """A weight or KV format that cannot be read; the message says what was expected."""


@dataclass(frozen=True)
class Format:
    """One weight format. ``activation_bits`` 16/8/4 names the arithmetic; ``reader`` the kernel family."""

    weight_bits: float
    activation_bits: float = 16.0
    reader: str = "plain"
    head_bits: float = 16.0
    moe_attention_bits: float = 0.0
    """Bits of the attention weights in mixture-of-experts checkpoints of this format (0: as the rest)."""


READERS = {"plain": 0.0, "gguf_block": 1.0, "gguf_k": 2.0, "gguf_wide": 3.0, "int4": 4.0, "int8": 5.0, "fp4": 6.0}
"""Kernel families as numbers, so that a column of them is numeric on every engine."""

FORMATS: dict[str, Format] = {
    "fp32": Format(32, 16),
    "bf16": Format(16),
    "fp16": Format(16),
    "fp8": Format(8, 8),
    "fp8_block": Format(8, 8),
    "mxfp8": Format(8.25, 8),
    "int8": Format(8, 16, "int8"),
    "int8_wo": Format(8, 16, "int8"),
    "int8_sq": Format(8, 8),
    "w8a8": Format(8, 8),
    "int4_wo": Format(4.25, 16, "int4", 16, 16),
    "int4_g32": Format(4.5, 16, "int4", 16, 16),
    "int4_g64": Format(4.25, 16, "int4", 16, 16),
    "int4_g128": Format(4.125, 16, "int4", 16, 16),
    "int4_awq": Format(4.25, 16, "int4", 16, 16),
    "int4_gptq": Format(4.25, 16, "int4", 16, 16),
    "w4a16": Format(4.25, 16, "int4", 16, 16),
    "w4a8": Format(4.25, 8, "int4", 16, 16),
    "nf4": Format(4.5, 16, "int4", 16, 16),
    "fp4": Format(4.5, 4, "fp4", 16, 9.6),
    "nvfp4": Format(4.5, 4, "fp4", 16, 9.6),
    "mxfp4": Format(4.25, 4, "fp4", 16, 16),
    "mxfp4_moe": Format(4.25, 16, "gguf_block", 8.5, 8.5),  # llama.cpp's file type: experts in MXFP4, the rest in Q8_0
    "mxfp6": Format(6.25, 8, "fp4", 16, 16),
    "q8_0": Format(8.5, 16, "gguf_wide", 8.5),
    "q6_k": Format(6.5625, 16, "gguf_k", 6.5625),
    "q5_0": Format(5.5, 16, "gguf_block", 6.5625),
    "q5_k_m": Format(5.7, 16, "gguf_k", 6.5625),
    "q4_0": Format(4.5, 16, "gguf_block", 6.5625),
    "q4_1": Format(5.0, 16, "gguf_block", 6.5625),
    "q4_k_m": Format(4.89, 16, "gguf_k", 6.5625),
    "q4_k_s": Format(4.58, 16, "gguf_k", 6.5625),
    "q3_k_m": Format(3.91, 16, "gguf_k", 6.5625),
    "q2_k": Format(3.35, 16, "gguf_k", 6.5625),
    "iq4_xs": Format(4.25, 16, "gguf_k", 6.5625),
}

QUALITY_COST = ((3.6, "x1.09 to x1.56"), (4.2, "about x1.05"), (5.0, "x1.01 to x1.04"))
"""Most bits per weight -> perplexity against 16 bits, of Llama-2 and Llama-3 models (llama.cpp's scorecards, 2023-08 to 2024,
packaged as ``quantization_quality``)."""


def quality_note(weight_bits: float) -> str | None:
    """What few bits cost in quality, to stand beside every speed they give; None from 5 bits on."""
    cost = next((words for most, words in QUALITY_COST if weight_bits <= most), None)
    return cost and (
        f"{weight_bits:g}-bit weights cost quality: perplexity {cost} of 16 bits where it was measured "
        "(from marts.quantization_quality); trained-in 4-bit formats such as MXFP4 lose less"
    )


KV_BITS = {
    "bf16": 16.0,
    "fp16": 16.0,
    "auto": 16.0,
    "fp8": 8.0,
    "fp8_e4m3": 8.0,
    "fp8_e5m2": 8.0,
    "int8": 8.0,
    "fp4": 4.5,
    "nvfp4": 4.5,
    "int4": 4.25,
    "q8_0": 8.5,
    "q4_0": 4.5,
}
"""Bits per cached number."""

ALIASES = {
    "bfloat16": "bf16",
    "float16": "fp16",
    "half": "fp16",
    "float32": "fp32",
    "float8": "fp8",
    "e4m3": "fp8",
    "fp8_e4m3": "fp8",
    "fp8_e5m2": "fp8",
    "fp8_dynamic": "fp8",
    "f16": "fp16",
    "awq": "int4_awq",
    "gptq": "int4_gptq",
    "int4": "int4_wo",
    "w8a16": "int8_wo",
    "smoothquant": "int8_sq",
    "fp6": "mxfp6",
    "tf32": "fp32",
    "w8a8_int8": "int8_sq",
}
LISTED = (
    *FORMATS,
    *ALIASES,
    *(f"int4_{m}_g{g}" for m in ("awq", "gptq", "wo") for g in (32, 64, 128)),
    "int3",
    "int2",
    "w4a4",
    "w8a8_fp8",
    "q2_k_s",
    "q3_k_s",
    "q3_k_l",
    "q5_1",
    "q5_k_s",
    "iq2_xxs",
    "iq3_xxs",
    "iq4_nl",
)
"""Names that engines without Python know."""
UNSTATED = ("", "unstated", "unknown", "auto", "none", "null", "n/a", "default", "native", "-", "?")
"""Words for a format that nobody stated: the model's own stands in."""


def read_weight_format(text: str | None) -> Format:
    """The format a scenario's ``weight_precision`` names; raises ``UnknownFormat`` with what would be read."""
    name = re.sub(r"[\s\-]+", "_", (text or "").strip().lower())
    name = ALIASES.get(name, name)
    if name in FORMATS:
        return FORMATS[name]
    read = _by_bits(name)
    if read:
        return read
    # a family's name ends where a word does: fp8_e4m3fn and fp8e4m3 are FP8, fp80 and bf16banana are nothing
    family = max((f for f in FORMATS if re.match(re.escape(f) + r"(?:[^a-z0-9]|e\d)", name)), key=len, default=None)
    if family:
        return FORMATS[family]
    near = difflib.get_close_matches(name, LISTED, n=3, cutoff=0.4)
    nearest = f"nearest: {', '.join(near)}; " if near else ""
    raise UnknownFormat(
        f"weight_precision {text!r:.60} is not a format I can read; {nearest}known families: {', '.join(sorted(FORMATS))}; "
        "or say its bits, as in int4_g128, 3.5bpw or w4a8"
    )


def _by_bits(name: str) -> Format | None:
    """A format that says its bits: ``int3``, ``int4_gptq_g32``, ``w4a8``, ``4bit``, ``iq2_xxs``, ``3.5bpw``; None where it does not."""
    group = re.search(r"_?g(\d+)(?:_|$)", name)
    scales = 16.0 / int(group[1]) if group and int(group[1]) > 0 else None
    gguf = re.match(r"(?:ud_)?(i)?q([2-8])(_k)?(?:_|$)", name)
    if gguf:
        bits = int(gguf[2]) + 0.5
        return Format(bits, 16, "gguf_k" if gguf[1] or gguf[3] else "gguf_block", max(bits, 6.5625))
    per_weight = re.search(r"(?:^|_)(\d(?:\.\d+)?)_?bpw", name)
    if per_weight and float(per_weight[1]) >= 1:
        return Format(float(per_weight[1]), 16, "int4", 16, 16)
    found = re.match(r"(?:w([2-8])a(4|8|16)|int([2-8])|([2-8])_?bits?)(?:_|$)", name)
    if not found:
        return None
    bits, activations = int(found[1] or found[3] or found[4]), float(found[2] or 16)
    if activations < 16 and bits == 8:
        return FORMATS["fp8"]
    if activations == 4 and bits == 4:
        return FORMATS["nvfp4"]
    if bits >= 5:
        return Format(bits + (scales or 0.0), activations, "int8")
    return Format(bits + (scales or 0.25), activations, "int4", 16, 16)


def read_kv_bits(text: str | None) -> float:
    """Bits per cached number of a ``kv_precision`` (empty: 16); raises ``UnknownFormat``."""
    name = re.sub(r"[\s\-]+", "_", (text or "auto").strip().lower())
    name = "auto" if name in UNSTATED else {"bfloat16": "bf16", "float16": "fp16", "f16": "fp16"}.get(name, name)
    if name not in KV_BITS:
        raise UnknownFormat(f"kv_precision {text!r} is not one of {', '.join(sorted(KV_BITS))}")
    return KV_BITS[name]


def read_columns(weight_precision: Value, kv_precision: Value) -> dict[str, Value]:
    """The numeric format columns from two text columns of listed names (weight_bits is 0 where unknown).

    For engines without Python: only ``LISTED`` formats and ``KV_BITS`` are known there.
    """
    read = {name: read_weight_format(name) for name in LISTED}
    fields = {
        "weight_bits": {n: f.weight_bits for n, f in read.items()},
        "activation_bits": {n: f.activation_bits for n, f in read.items()},
        "head_bits": {n: f.head_bits for n, f in read.items()},
        "moe_attention_bits": {n: f.moe_attention_bits for n, f in read.items()},
        "reader": {n: READERS[f.reader] for n, f in read.items()},
    }
    columns = {name: choose(weight_precision, table, 0.0) for name, table in fields.items()}
    return {**columns, "kv_bits": choose(kv_precision, KV_BITS, 0.0)}
