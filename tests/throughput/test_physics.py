"""What any serving engine must obey: more hardware never hurts, batching trades speed for throughput, energy has a floor."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from throughput.engine import grid
from throughput.questions import readings, scenarios

MODELS = ["Llama-3.1-8B", "Llama-3.1-70B", "DeepSeek-V3", "Qwen3-30B-A3B", "gpt-oss-120b", "Qwen3.5-397B-A17B"]
CHIPS = ["H100-SXM", "B200-SXM", "MI300X", "L40S", "RTX-4090", "Trainium1", "Apple M2 Ultra (76-core GPU)"]
SETTINGS = settings(max_examples=25, deadline=None)


def _joined(tables, model, chip, batch, precision="fp8", **more):
    question = {
        "model": model,
        "accelerator": chip,
        "weight_precision": precision,
        "n_accelerators": 8,
        "tensor_parallel": 8,
        "isl": 1024,
        "osl": 512,
        "concurrency": batch,
        **more,
    }
    rows = readings.read_rows(pl.DataFrame([question]), *tables)
    assert rows["error"][0] is None
    return scenarios.join(rows, *tables)


@SETTINGS
@given(
    model=st.sampled_from(MODELS),
    chip=st.sampled_from(CHIPS),
    batch=st.integers(1, 512),
    column=st.sampled_from(["bandwidth_bytes_per_s", "bf16_flop_per_s", "memory_bytes", "link_bytes_per_s"]),
    factor=st.floats(1.01, 3.0),
)
def test_more_hardware_never_lowers_throughput(tables, constants, model, chip, batch, column, factor):
    base = _joined(tables, model, chip, batch)
    change = [pl.col(column) * factor]
    if column == "bf16_flop_per_s":
        change += [pl.col(c) * factor for c in ("fp8_flop_per_s", "fp4_flop_per_s")]
    both = grid.evaluate(pl.concat([base, base.with_columns(change)]), constants)
    before, after = both["output_tok_s"]
    assert after >= before * (1 - 1e-9)


@SETTINGS
@given(model=st.sampled_from(MODELS), chip=st.sampled_from(CHIPS[:4]), batch=st.integers(1, 400), pp=st.sampled_from([1, 2]))
def test_a_larger_batch_raises_throughput_and_lowers_speed_per_user(tables, constants, model, chip, batch, pp):
    shape = {"tensor_parallel": 8 // pp, "pipeline_parallel": pp}
    both = grid.evaluate(pl.concat([_joined(tables, model, chip, b, **shape) for b in (batch, 2 * batch)]), constants)
    assert both["output_tok_s"][1] >= both["output_tok_s"][0] * (1 - 1e-9)
    assert both["tok_s_per_user"][1] <= both["tok_s_per_user"][0] * (1 + 1e-9)


@SETTINGS
@given(model=st.sampled_from(MODELS), chip=st.sampled_from(CHIPS), batch=st.integers(1, 512))
def test_energy_is_never_below_the_bandwidth_energy_bound(tables, constants, model, chip, batch):
    row = grid.evaluate(_joined(tables, model, chip, batch), constants).to_dicts()[0]
    step_bound = row["step_bytes"] / row["bandwidth_bytes_per_s"] * row["tdp_w"] * constants["idle_power_share"] * row["accelerators"]
    assert row["j_per_output_token"] >= step_bound / row["batch"] * (1 - 1e-9)
    assert row["power_w"] <= row["tdp_w"] * row["accelerators"] * (1 + 1e-9)


@SETTINGS
@given(hourly=st.floats(0.1, 50.0), more=st.floats(1.01, 4.0), batch=st.integers(1, 256))
def test_cost_is_proportional_to_the_hourly_price(tables, constants, hourly, more, batch):
    rows = [_joined(tables, "Llama-3.1-70B", "H100-SXM", batch, usd_per_accelerator_hour=p) for p in (hourly, hourly * more)]
    cheap, dear = grid.evaluate(pl.concat(rows), constants)["usd_per_mtok_output"]
    assert dear == pytest.approx(cheap * more)


def test_cost_and_energy_split_between_input_and_output_add_up(ask):
    r = ask(usd_per_accelerator_hour=2.0, isl=3000, osl=300)
    assert r["usd_per_mtok_input"] * 10 + r["usd_per_mtok_output_decode"] == pytest.approx(r["usd_per_mtok_output"])
    assert r["j_per_input_token"] * 10 + r["j_per_output_token_decode"] == pytest.approx(r["j_per_output_token"])


def test_prefix_hits_quantized_caches_and_fewer_bits_all_help(ask):
    base = ask()["output_tok_s"]
    assert ask(prefix_hit_rate=0.5)["output_tok_s"] > base
    assert ask(kv_precision="bf16")["output_tok_s"] < base
    assert ask(weight_precision="bf16")["output_tok_s"] < base


def test_a_step_takes_at_least_its_longest_part_and_at_most_all_of_them(ask):
    r = ask()
    parts = [r["weights_s"], r["kv_s"], r["compute_s"], r["communication_s"], r["latency_s"]]
    assert max(parts) < r["step_s"] < sum(parts)


def test_nothing_reaches_more_than_the_datasheet(tables, constants):
    rows = [_joined(tables, m, c, b) for m in MODELS for c in CHIPS for b in (1, 64, 512)]
    done = grid.evaluate(pl.concat(rows), constants)
    assert done["mbu"].max() < 1.0 and done["mfu"].max() < 1.0
