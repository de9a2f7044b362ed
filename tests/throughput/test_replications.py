"""Published results the engine must reproduce without having been fitted to them: curves, crossovers, waste."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import reference
from throughput.calibration import joules
from throughput.calibration.measurements import Measurements
from throughput.physics import techniques
from throughput.products import frontier


def test_marlins_gain_fades_between_batch_16_and_64(ask):
    """Frantar et al. 2024: near-ideal INT4 gain on an A10 up to batch 16-32, gone by about 128."""

    def gain(batch):
        shape = {
            "model": "Llama-3-8B",
            "accelerator": "A10",
            "n_accelerators": 1,
            "tensor_parallel": 1,
            "isl": 16,
            "osl": 64,
            "kv_precision": "bf16",
            "concurrency": batch,
        }
        return ask(**shape, weight_precision="int4_g128")["output_tok_s"] / ask(**shape, weight_precision="bf16")["output_tok_s"]

    small, middle, large = gain(1), gain(16), gain(256)
    assert 1.9 < small < 3.5 and large < middle < small and large < 1.3


def test_speculation_gains_at_low_load_and_loses_at_high_load(ask):
    """vLLM blog 2024-10-17, Llama-3-70B on 4 H100: 1.5x at one request a second, 1.4-1.8x slower at high rates."""

    def gain(batch):
        levers = {"draft_tokens": 4, "draft_acceptance": 0.7, "draft_cost": 0.05}
        shape = {"model": "Llama-3-70B", "weight_precision": "bf16", "isl": 256, "osl": 256, "concurrency": batch}
        return ask(**shape, **levers)["output_tok_s"] / ask(**shape)["output_tok_s"] / techniques.CHAIN_OVERHEAD

    gains = [gain(b) for b in (1, 8, 64, 256)]
    assert 1.3 < gains[0] < 2.6
    assert gains == sorted(gains, reverse=True)
    assert 1 / 2.2 < gains[-1] < 1.0


def test_paging_recovers_the_memory_that_earlier_systems_wasted(ask):
    """Kwon et al. 2023: 60-80 % of KV memory wasted before, under 4 % after: 2-4x the throughput at full load."""
    shape = {
        "model": "Llama-2-13B",
        "accelerator": "A100-SXM-40GB",
        "n_accelerators": 1,
        "tensor_parallel": 1,
        "weight_precision": "fp16",
        "kv_precision": "fp16",
        "isl": 161,
        "osl": 338,
        "concurrency": None,
    }
    paged, low, high = (ask(**shape, kv_waste=w) for w in (0.04, 0.6, 0.8))
    assert 2.3 < paged["batch"] / low["batch"] < 2.5 and 4.7 < paged["batch"] / high["batch"] < 4.9
    assert 1.4 < paged["output_tok_s"] / high["output_tok_s"] < 4.5


@pytest.mark.parametrize(("model", "chips"), [("meta-llama/Llama-3.1-8B-Instruct", 1), ("Qwen/Qwen3-235B-A22B-Instruct-2507", 8)])
def test_joules_fall_with_batch_as_ml_energy_measured(tables, constants, model, chips):
    """ML.ENERGY v3 at the speed it measured: the log-log slope of joules per token against batch, and the curve's level."""
    published = reference.load("energy_measured").filter(pl.col("task") == "lm-arena-chat", pl.col("observed_at").dt.year() == 2026)
    published = published.filter((pl.col("model") == model) & (pl.col("n_accelerators") == chips))
    none = pl.DataFrame(schema=dict.fromkeys(("source", "metric", "measured", "isl"), pl.String))
    runs = joules.measured_joules(published, none)
    data = Measurements(runs, *tables, joules=True)
    assert len(data) >= 6
    batch = np.log(data.columns["concurrency"])
    predicted = np.log(joules.watts(data, constants) / data.columns["tokens_per_s"].astype(float))
    ours, theirs = (np.polyfit(batch, y, 1)[0] for y in (predicted, data.log_measured))
    assert -0.9 < theirs < -0.3 and abs(ours - theirs) < 0.15
    assert np.median(abs(predicted - data.log_measured)) < 0.3


def test_epochs_frontier_of_llama_70b_on_h100(ask):
    """Epoch AI, inference economics (2025): Llama-3-70B in 8 bits on H100 nodes tops out near 90-130 tok/s per user
    before speculation, and its cost at a tenth of that speed is several times lower."""
    rows = []
    for n in (1, 2, 4, 8):
        for batch in (1, 2, 4, 8, 16, 32, 64, 128, 256):
            r = ask(n_accelerators=n, tensor_parallel=n, concurrency=batch, isl=500, osl=500)
            if r["error"] is None:
                rows.append({k: r[k] for k in ("tok_s_per_user", "output_tok_s_per_accelerator")})
    line = frontier.pareto(pl.DataFrame(rows))
    fastest = line["tok_s_per_user"].max()
    assert 80 < fastest < 160
    slow, fast = np.interp([20.0, 0.95 * fastest], line["tok_s_per_user"], line["output_tok_s_per_accelerator"])
    assert slow / fast > 10


def test_fp8_gains_more_than_its_bits_when_16_bit_weights_leave_no_cache(ask):
    """TensorRT-LLM 0.14 on H100: FP8 over FP16 at full load, median 1.95, far more where FP16 leaves no KV memory."""

    def gain(n):
        shape = {"n_accelerators": n, "tensor_parallel": n, "isl": 500, "osl": 2000, "concurrency": None}
        return ask(**shape)["output_tok_s"] / ask(**shape, weight_precision="fp16", kv_precision="fp16")["output_tok_s"]

    assert gain(2) > 2.5 and 1.4 < gain(8) < 3.0
