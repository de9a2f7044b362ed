"""One question answered in sentences: how fast, what binds, what each lever would give, what it costs.

Only words and choice of levers; numbers come from ``scenarios.one``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import polars as pl

from throughput.engine.efficiency import Constants
from throughput.engine.formats import FORMATS, quality_note
from throughput.questions import scenarios
from units.constants import GIB, JOULES_PER_KWH, TOKENS_PER_MTOK

Question = Mapping[str, Any]
DOUBLINGS = 10
"""How many tensor parallel degrees, from 1 on, are tried where nobody says how many accelerators."""


def explain(question: Question, accelerators: pl.DataFrame, architectures: pl.DataFrame, constants: Constants) -> tuple[str, bool]:
    """(text, whether it could be answered) for one model on one accelerator.

    ``question`` has the scenario columns, and ``usd_per_hour`` and ``usd_per_kwh`` for money.
    """
    asked = {k: v for k, v in question.items() if v not in (None, "")}
    asked["usd_per_accelerator_hour"] = asked.pop("usd_per_hour", 0.0)
    usd_per_kwh = float(asked.pop("usd_per_kwh", 0.0))
    searched = "n_accelerators" not in asked and "tensor_parallel" not in asked
    if searched:
        asked["tensor_parallel"] = fewest(asked, accelerators, architectures, constants)

    def ask(**change: object) -> dict[str, Any]:
        return scenarios.one({**asked, **change}, accelerators, architectures, constants)

    base = ask()
    if base["error"]:
        tried = (
            (
                f"; no tensor parallel degree up to {2 ** (DOUBLINGS - 1)} holds it, so give a layout with --tensor-parallel "
                "and --pipeline-parallel"
            )
            if searched and base["error"].startswith("does not fit")
            else ""
        )
        return f"This cannot be answered: {base['error']}{tried}", False
    lines = _headline(base, usd_per_kwh)
    note = quality_note(float(base["weight_bits"]))
    lines += [f"  {note}"] if note else []
    lines += ["", "Levers, one at a time (output tokens per second and accelerator):"]
    for name, change in _levers(base, asked):
        other = ask(**change)
        if not other["error"]:
            gain = other["output_tok_s_per_accelerator"] / base["output_tok_s_per_accelerator"]
            lines.append(
                f"  {name:<52} x{gain:5.2f}   ({other['tok_s_per_user']:.0f} tok/s per user, "
                f"bound: {other['bound']})"
                + (", at a cost in quality" if float(other["weight_bits"]) < min(5.0, float(base["weight_bits"])) else "")
            )
    return "\n".join(lines), True


def fewest(asked: Question, accelerators: pl.DataFrame, architectures: pl.DataFrame, constants: Constants) -> int:
    """The least tensor parallel degree (1, 2, 4, ... 512) that holds the model and one sequence; 1 when none does."""
    for power in range(DOUBLINGS):
        count = 2**power
        trial = {**asked, "tensor_parallel": count}
        if not scenarios.one(trial, accelerators, architectures, constants)["error"]:
            return count
    return 1


def _headline(r: Mapping[str, Any], usd_per_kwh: float) -> list[str]:
    spread = math.exp(float(r["log_half_width"]))
    total, user = float(r["output_tok_s"]), float(r["tok_s_per_user"])
    layout = f"tensor {r['tensor_parallel']:.0f} x data {r['data_parallel']:.0f} x pipeline {r['pipeline_parallel']:.0f}"
    parts = {
        "weights": r["weights_s"],
        "KV cache": r["kv_s"],
        "compute": r["compute_s"],
        "latencies": r["latency_s"],
        "links": r["communication_s"],
    }
    shares = ", ".join(f"{n} {1e3 * float(s):.2f}" for n, s in parts.items())
    lines = [
        f"{r['model']} on {r['accelerators']:.0f} x {r['accelerator']} ({layout}), {r['weight_bits']:g}-bit weights, "
        f"{r['kv_bits']:g}-bit cache, {r['isl']:.0f} tokens in, {r['osl']:.0f} out, {r['batch']:.0f} requests at once:",
        f"  {total:,.0f} output tok/s (80 %: {total / spread:,.0f} to {total * spread:,.0f}), "
        f"{float(r['output_tok_s_per_accelerator']):,.0f} per accelerator",
        f"  {user:,.1f} tok/s per user, {float(r['tpot_ms']):.2f} ms per token, first token after {float(r['ttft_ms']):,.0f} ms",
        f"  bound by {r['bound']}; one step is {1e3 * float(r['step_s']):.2f} ms ({shares}; parts overlap)",
        f"  {100 * float(r['mbu']):.0f} % of memory bandwidth, {100 * float(r['mfu']):.0f} % of arithmetic in use; "
        f"{float(r['weight_bytes_per_chip']) / GIB:.1f} GiB of weights per accelerator, room for "
        f"{max(float(r['kv_capacity_sequences']), 0):,.0f} sequences",
        _power(r, usd_per_kwh),
    ]
    if float(r["usd_per_accelerator_hour"]) > 0:
        lines.append(
            f"  {float(r['usd_per_mtok_output']):.3f} $ per million output tokens all told; split: "
            f"{float(r['usd_per_mtok_input']):.4f} in, {float(r['usd_per_mtok_output_decode']):.4f} out"
        )
    return lines


def _power(r: Mapping[str, Any], usd_per_kwh: float) -> str:
    joules = float(r["j_per_output_token"])
    if not joules > 0:
        return "  power and joules unknown: no document prints the power of this accelerator"
    energy = f", {joules / JOULES_PER_KWH * TOKENS_PER_MTOK * usd_per_kwh:.4f} $/Mtok of energy" if usd_per_kwh else ""
    return f"  {float(r['power_w']):,.0f} W, {joules:.3f} J per output token (accelerators only){energy}"


def _levers(r: Mapping[str, Any], asked: Question) -> list[tuple[str, dict[str, Any]]]:
    levers: list[tuple[str, dict[str, Any]]] = []
    if float(r["weight_bits"]) > 8:
        levers.append(("FP8 weights", {"weight_precision": "fp8"}))
    if float(r["weight_bits"]) > 5:
        levers.append(("4-bit weights (nvfp4)", {"weight_precision": "nvfp4"}))
        levers.append(("4-bit weights only (int4_awq)", {"weight_precision": "int4_awq"}))
    if float(r["kv_bits"]) > 8:
        levers.append(("FP8 cache", {"kv_precision": "fp8"}))
    levers.append(("speculation: 3 drafts, 70 % accepted", {"draft_tokens": 3, "draft_acceptance": 0.7, "draft_cost": 0.05}))
    levers.append(("half of every prompt found in a prefix cache", {"prefix_hit_rate": 0.5}))
    n = int(float(r["accelerators"]))
    if asked.get("concurrency"):
        levers.append(("twice the requests in flight", {"concurrency": 2 * float(r["batch"])}))
        levers.append(("as many requests as memory holds", {"concurrency": None}))
    levers.append(
        ("twice the accelerators (tensor parallel)", {"n_accelerators": 2 * n, "tensor_parallel": 2 * int(float(r["tensor_parallel"]))})
    )
    return levers


def listing(accelerators: pl.DataFrame, architectures: pl.DataFrame) -> str:
    """Everything that can be named, one a line, by kind."""
    lines = ["accelerators:"]
    lines += [f"  {r['accelerator']}" for r in accelerators.sort("accelerator").iter_rows(named=True)]
    lines += ["models:"] + [f"  {r['model']}" for r in architectures.sort("model").iter_rows(named=True)]
    return "\n".join([*lines, "weight formats:", *(f"  {n}" for n in FORMATS), "  and int4_<method>_gN, q<bits>_<kind>"])
