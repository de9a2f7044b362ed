"""What no constant may break: the datasheet, the memory, replicas, definitions of metrics, and the edges of domains.

Ten thousand random questions over the whole catalogue, asked of the packaged constants and of constants drawn at random.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from throughput.calibration.calibration import meanings
from throughput.engine import formats, grid
from throughput.engine.efficiency import Constants
from throughput.questions import readings, scenarios

COUNT = 10_000
SLACK = 1.0 + 1e-9


@pytest.fixture(scope="module")
def asked(tables) -> pl.DataFrame:
    """Random questions as people write them, read and joined; those that cannot be asked are left out."""
    rng = np.random.default_rng(7)
    accelerators, models = tables
    table = pl.DataFrame(
        {
            "accelerator": rng.choice(accelerators["accelerator"].to_numpy(), COUNT),
            "model": rng.choice(models["model"].to_numpy(), COUNT),
            "weight_precision": rng.choice(list(formats.FORMATS), COUNT),
            "kv_precision": rng.choice(["bf16", "fp8", "fp4"], COUNT),
            "tensor_parallel": rng.choice([1, 2, 4, 8, 16, 64], COUNT),
            "data_parallel": rng.choice([1, 1, 2, 8, 72], COUNT),
            "pipeline_parallel": rng.choice([1, 1, 1, 2, 4], COUNT),
            "replicas": rng.choice([1, 1, 3], COUNT),
            "isl": np.rint(10.0 ** rng.uniform(0, 6, COUNT)).astype(int),
            "osl": np.rint(10.0 ** rng.uniform(0, 4.5, COUNT)).astype(int),
            "concurrency": np.rint(10.0 ** rng.uniform(0, 5, COUNT)),
            "draft_tokens": rng.choice([0, 0, 3], COUNT),
            "draft_acceptance": rng.uniform(0, 1, COUNT),
            "software_date": rng.choice(["", "2024-01-15"], COUNT),
            "stack": rng.choice(["", "vllm", "tensorrt-llm", "llama.cpp"], COUNT),
        }
    )
    read = readings.read_rows(table, *tables).filter(pl.col("error").is_null())
    assert read.height > COUNT // 2
    return scenarios.join(read, *tables)


@pytest.fixture(scope="module", params=["packaged", "drawn 1", "drawn 2", "drawn 3"])
def known(request, constants) -> Constants:
    """The packaged constants, and sets in which each constant is up to e^3 from its prior."""
    if request.param == "packaged":
        return constants
    rng = np.random.default_rng(int(request.param[-1]))
    return Constants({**constants, **{n: m.prior * float(np.exp(rng.uniform(-3, 3))) for n, m in meanings().items()}})


@pytest.fixture(scope="module")
def done(asked, known) -> pl.DataFrame:
    answers = grid.evaluate(asked, known).filter(readings.misfit().is_null() & pl.col("output_tok_s").is_finite())
    assert answers.height > 1_000
    return answers


def _never(done: pl.DataFrame, broken: pl.Expr) -> None:
    bad = done.filter(broken)
    assert bad.is_empty(), bad.select("accelerator", "model", "tensor_parallel", "isl", "concurrency").head(3)


def test_no_stage_is_faster_than_bytes_over_the_datasheets_bandwidth(done):
    bandwidth = pl.col("bandwidth_bytes_per_s")
    for bytes_, seconds in (
        ("dense_bytes", "dense_weights_s"),
        ("touched_expert_bytes", "touched_expert_s"),
        ("kv_bytes_per_sequence", "sequence_kv_s"),
        ("step_bytes", "step_s"),
    ):
        _never(done, pl.col(bytes_) > pl.col(seconds) * bandwidth * SLACK)
    _never(done, pl.col("mbu") > SLACK)


def test_no_stage_is_faster_than_operations_over_the_datasheets_peak(done):
    peak = pl.col("peak_flop_per_s")
    for flop, seconds in (
        ("row_flop", "row_compute_s"),
        ("copy_flop", "copy_compute_s"),
        ("prefill_flop", "prefill_s"),
        ("step_flop", "step_s"),
    ):
        _never(done, pl.col(flop) > pl.col(seconds) * peak * SLACK)
    _never(done, pl.col("attention_row_flop") > pl.col("attention_row_s") * pl.col("bf16_flop_per_s") * SLACK)
    _never(done, pl.col("mfu") > SLACK)


def test_nothing_runs_that_does_not_fit(done):
    sequences = pl.col("batch") / pl.col("groups")
    room = (pl.col("usable_bytes") - pl.col("weight_bytes_per_chip")) / pl.col("room_for_one")
    _never(done, pl.col("weight_bytes_per_chip") + sequences * room > pl.col("usable_bytes") * SLACK + room)
    _never(done, pl.col("usable_bytes") > pl.col("memory_bytes"))
    _never(done, pl.col("batch") > pl.max_horizontal(pl.col("kv_capacity_sequences"), 1.0) * SLACK)


def test_power_is_at_least_idle_and_at_most_the_rated_power(done, known):
    rated = pl.col("tdp_w") * (pl.col("accelerators") + pl.col("prefill_accelerators"))
    _never(done, pl.col("power_w") > rated * SLACK)
    _never(done, pl.col("power_w") * SLACK < rated * min(known["idle_power_share"], 1.0))


def test_three_replicas_make_three_times_the_tokens_of_one(done, known):
    one = done.filter((pl.col("replicas") == 1) & (pl.col("spare_groups") == 1))
    three = one.select(scenario_columns(one)).with_columns(
        replicas=pl.lit(3.0), accelerators=3.0 * pl.col("accelerators"), concurrency=3.0 * pl.col("concurrency")
    )
    many = grid.evaluate(three, known)
    for column in ("output_tok_s", "power_w"):
        assert many[column].to_numpy() == pytest.approx(3.0 * one[column].to_numpy(), rel=1e-9)
    assert many["tpot_ms"].to_numpy() == pytest.approx(one["tpot_ms"].to_numpy(), rel=1e-9)


def scenario_columns(frame: pl.DataFrame) -> list[str]:
    """The columns of a question, without those the engine added."""
    return [c for c in ("row", *readings.ASKED, *readings.ACCELERATOR_COLUMNS, *readings.ARCHITECTURE_COLUMNS) if c in frame.columns]


def test_the_time_between_chunks_is_the_time_per_token_times_the_tokens_of_a_chunk(done):
    plain = done.filter(pl.col("draft_tokens") == 0)
    assert plain["itl_ms"].to_numpy() == pytest.approx(plain["tpot_ms"].to_numpy(), rel=1e-12)
    drafted = done.filter((pl.col("draft_tokens") > 0) & (pl.col("draft_acceptance") > 0.1))
    assert (drafted["itl_ms"] > drafted["tpot_ms"]).all()


def test_prompts_of_no_and_of_one_token_agree(asked, constants):
    base = asked.with_columns(osl=pl.lit(256.0), concurrency=pl.lit(1.0))
    none, one = (grid.evaluate(base.with_columns(isl=pl.lit(v)), constants).filter(pl.col("room_for_one") > 1.1) for v in (0.0, 1.0))
    both = none.select("row", a="output_tok_s").join(one.select("row", b="output_tok_s"), on="row")
    assert both.height > 1_000
    assert both["a"].to_numpy() == pytest.approx(both["b"].to_numpy(), rel=0.02)


@pytest.mark.parametrize(
    ("column", "hardware"),
    [("memory_bytes", True), ("link_bytes_per_s", True), ("bandwidth_bytes_per_s", True), ("concurrency", False), ("link_domain", True)],
)
def test_more_of_anything_never_lowers_output(asked, constants, column, hardware):
    """Pipelines too, but those whose stages spread experts over several attention groups."""
    spread = (pl.col("moe_layers") > 0) & (pl.col("data_parallel") > 1)
    base = asked.filter(((pl.col("pipeline_parallel") == 1) | ~spread) & (pl.col("spare_groups") == 1))
    less, more = (
        grid.evaluate(base.with_columns(pl.col(column) * f), constants).select("row", "room_for_one", "output_tok_s") for f in (1.0, 1.7)
    )
    both = less.filter(pl.col("room_for_one") >= 1.0).join(more, on="row", suffix="_more")
    assert both.height > 500
    assert (both["output_tok_s_more"] >= both["output_tok_s"] * (1 - 1e-9)).all()


def test_nothing_falls_off_a_cliff_at_the_edge_of_a_link_domain(ask):
    """DeepSeek-R1 in NVFP4 on GB200, 800 in and 3,760 out, the same load per chip: 72 fill a rack, 80 do not."""

    def per_chip(n: int) -> float:
        return ask(
            model="DeepSeek-R1",
            accelerator="GB200",
            weight_precision="nvfp4",
            n_accelerators=n,
            tensor_parallel=1,
            data_parallel=n,
            isl=800,
            osl=3760,
            concurrency=64 * n,
        )["output_tok_s_per_accelerator"]

    speeds = [per_chip(n) for n in (64, 72, 80, 144)]
    assert max(speeds) / min(speeds) < 1.3


def test_twice_the_machines_and_users_make_twice_the_tokens(ask):
    shape = {"model": "DeepSeek-R1", "accelerator": "H200-SXM", "tensor_parallel": 8}
    one, two = (ask(**shape, n_accelerators=8 * n, concurrency=64 * n)["output_tok_s"] for n in (1, 2))
    assert two == pytest.approx(2.0 * one)


def test_requests_that_do_not_fit_wait_as_long_as_littles_law_says(ask):
    small, large = (ask(n_accelerators=2, tensor_parallel=2, isl=5000, osl=500, concurrency=c) for c in (1, 400))
    assert large["batch"] < 400
    waiting = (400 - large["batch"]) / large["requests_per_s"]
    assert large["ttft_ms"] > 1e3 * waiting > 5 * small["ttft_ms"]
    assert large["e2e_s"] * large["requests_per_s"] == pytest.approx(400)
