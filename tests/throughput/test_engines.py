"""One formula, four engines: polars, DuckDB, Spark and plain Python floats agree to 1e-9; the macro answers alone."""

from __future__ import annotations

import math
import os
import random
import subprocess
import sys

import duckdb
import polars as pl
import pytest

from throughput.calibration.measurements import run_numpy
from throughput.engine import grid, stages
from throughput.products import catalogue
from throughput.questions import readings, scenarios
from warehouse.macros import throughput_macro_sql

CHECKED = [
    "output_tok_s",
    "tpot_ms",
    "ttft_ms",
    "tok_s_per_user",
    "power_w",
    "j_per_output_token",
    "mbu",
    "mfu",
    "batch",
    "kv_capacity_sequences",
    "usd_per_mtok_output",
    "bound_code",
    "log_half_width",
]

SERVED = CHECKED[:4] + ["batch", "kv_capacity_sequences"]
"""The columns of ``stages.SERVE``: enough for Spark, whose planner is slow on a laptop."""


@pytest.fixture(scope="module")
def questions(tables) -> pl.DataFrame:
    """400 random configurations across models, accelerators, formats, layouts and loads."""
    draw = random.Random(7)
    rows = []
    for _ in range(400):
        tp, pp, dp = draw.choice([1, 2, 4, 8]), draw.choice([1, 1, 2]), draw.choice([1, 1, 2])
        rows.append(
            {
                "model": draw.choice(tables[1]["model"].to_list()),
                "accelerator": draw.choice(tables[0]["accelerator"].to_list()),
                "weight_precision": draw.choice(["bf16", "fp8", "nvfp4", "int4_awq", "q4_k_m", "int8"]),
                "kv_precision": draw.choice(["bf16", "fp8"]),
                "n_accelerators": tp * pp * dp,
                "tensor_parallel": tp,
                "pipeline_parallel": pp,
                "data_parallel": dp,
                "isl": draw.choice([0, 128, 2048, 20000]),
                "osl": draw.choice([1, 128, 2048]),
                "concurrency": draw.choice([1, 7, 64, 1000, None]),
                "metric": draw.choice(["output_tok_s", "itl_ms"]),
                "usd_per_accelerator_hour": 2.0,
                "prefix_hit_rate": draw.choice([0.0, 0.3]),
                "draft_tokens": draw.choice([0, 3]),
                "draft_acceptance": 0.7,
                "draft_cost": 0.05,
            }
        )
    read = readings.read_rows(pl.DataFrame(rows, infer_schema_length=None), *tables)
    good = read.filter(pl.col("error").is_null())
    assert good.height > 300
    return scenarios.join(good, *tables)


@pytest.fixture(scope="module")
def by_polars(questions, constants) -> pl.DataFrame:
    return grid.evaluate(questions.lazy(), constants).collect().sort("row")


def _same(one: pl.DataFrame, other: pl.DataFrame, columns: list[str] = CHECKED) -> None:
    for column in columns:
        for a, b in zip(one[column].to_list(), other[column].to_list(), strict=True):
            assert math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-15), column


def test_duckdb_gives_what_polars_gives(questions, constants, by_polars):
    con = duckdb.connect()
    relation = con.from_arrow(questions.to_arrow())
    _same(by_polars, grid.evaluate(relation, constants).pl().sort("row"))


def test_plain_floats_give_what_polars_gives(questions, constants, by_polars):
    for row, expected in zip(questions.sort("row").to_dicts()[:60], by_polars.to_dicts()[:60], strict=True):
        values = run_numpy(row, constants)
        for column in CHECKED:
            assert math.isclose(values[column], expected[column], rel_tol=1e-9, abs_tol=1e-15), column


@pytest.mark.skipif(not os.path.exists("/usr/bin/java") and "JAVA_HOME" not in os.environ, reason="Spark needs Java 17")
def test_spark_gives_what_polars_gives(questions, constants, by_polars):
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    from pyspark.sql import SparkSession

    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        .config(
            "spark.sql.optimizer.excludedRules",  # inlining every stage into the next explodes the plan
            "org.apache.spark.sql.catalyst.optimizer.CollapseProject",
        )
        .getOrCreate()
    )
    try:
        part = grid.prepare_architectures(questions.sort("row").head(40).drop("error"), constants)
        answers = grid.run(spark.createDataFrame(part.to_dicts()), stages.SERVE, constants)
        got = pl.DataFrame([r.asDict() for r in answers.select("row", *SERVED).collect()]).sort("row")
        _same(by_polars.join(part.select("row"), on="row", how="semi").sort("row"), got, SERVED)
    finally:
        spark.stop()


@pytest.fixture(scope="module")
def published(tmp_path_factory, tables) -> str:
    """A database file with the two reference tables and the macro, as the build publishes it."""
    path = str(tmp_path_factory.mktemp("published") / "published.duckdb")
    con = duckdb.connect(path)
    con.execute("CREATE SCHEMA core")
    for name, table in zip(("accelerators", "architectures"), tables, strict=True):
        con.register("arrow_table", table.to_arrow())
        con.execute(f"CREATE TABLE core.{name} AS FROM arrow_table")
        con.unregister("arrow_table")
    for statement in throughput_macro_sql():
        con.execute(statement)
    con.close()
    return path


def test_the_macro_answers_read_only_and_as_the_engine_does(published, ask):
    con = duckdb.connect(published, read_only=True)
    row = con.execute(
        "SELECT output_tok_s, tpot_ms, j_per_output_token, bound, output_tok_s_lower_80 FROM throughput(model := 'llama-3.1-70b', "
        "accelerator := 'h100-sxm', weight_precision := 'fp8', kv_precision := 'fp8', tensor_parallel := 4, "
        "concurrency := 64)"
    ).fetchone()
    want = ask()
    assert row[0] == pytest.approx(want["output_tok_s"], rel=1e-9)
    assert row[1] == pytest.approx(want["tpot_ms"], rel=1e-9)
    assert row[2] == pytest.approx(want["j_per_output_token"], rel=1e-9)
    assert row[3] == want["bound"] and row[4] < row[0]


def test_the_macro_knows_aliases_defaults_and_refusals(published):
    con = duckdb.connect(published, read_only=True)
    plain = con.execute(
        "SELECT accelerators, error FROM throughput(model := 'meta-llama/Llama-3.1-70B-Instruct', "
        "accelerator := 'NVIDIA H100 80GB HBM3', concurrency := 64)"
    ).fetchall()
    assert len(plain) == 1 and plain[0][0] >= 2 and plain[0][1] is None
    for arguments, word in (
        ("weight_precision := 'fp7'", "format"),
        ("tensor_parallel := 3", "divide"),
        ("tensor_parallel := 1, weight_precision := 'bf16'", "memory"),
        ("osl := 0", "number"),
    ):
        rows = con.execute(
            f"SELECT output_tok_s, error FROM throughput(model := 'llama-3.1-70b', accelerator := 'h100-sxm', {arguments})"
        ).fetchall()
        assert len(rows) == 1 and rows[0][0] is None and word in rows[0][1]
    for arguments in (
        "tensor_parallel := 0",
        "n_accelerators := 0",
        "isl := -5",
        "concurrency := -1",
        "utilisation := 0",
        "pipeline_parallel := 0",
        "data_parallel := -2",
        "n_accelerators := 3, tensor_parallel := 2",
        "concurrency := 'nan'::DOUBLE",
        "concurrency := 1e300",
        "isl := 100000000",
        "draft_acceptance := 2",
        "prefix_hit_rate := -0.5",
        "usd_per_accelerator_hour := 'inf'::DOUBLE",
        "concurrency := 0",
        "n_accelerators := 'nan'::DOUBLE",
        "n_accelerators := 1e300",
        "tensor_parallel := 'inf'::DOUBLE",
        "n_accelerators := 2.5",
        "pipeline_parallel := 200, tensor_parallel := 1",
    ):
        rows = con.execute(
            f"SELECT output_tok_s, error FROM throughput(model := 'llama-3.1-70b', accelerator := 'h100-sxm', {arguments})"
        ).fetchall()
        assert len(rows) == 1 and rows[0][0] is None and rows[0][1], arguments
    for words, listed in (("int4 awq-g128", "int4_awq_g128"), ("Q4_K_M", "q4_k_m"), ("w4a4", "nvfp4"), ("bfloat16", "bf16")):
        both = [
            con.execute(
                f"SELECT output_tok_s FROM throughput(model := 'llama-3.1-8b', accelerator := 'h100-sxm', "
                f"weight_precision := '{w}', concurrency := 8)"
            ).fetchone()[0]
            for w in (words, listed)
        ]
        assert both[0] == both[1] > 0
    plain = "model := 'gpt-oss-120b', accelerator := 'h100-sxm', concurrency := 8"
    unsaid = [
        con.execute(f"SELECT output_tok_s FROM throughput({plain}{more})").fetchone()[0]
        for more in (
            "",
            ", weight_precision := 'unstated'",
            ", weight_precision := '', kv_precision := ''",
            ", isl := NULL, data_parallel := NULL",
            ", draft_tokens := NULL, utilisation := NULL, pipeline_parallel := NULL",
        )
    ]
    assert len(set(unsaid)) == 1 and unsaid[0] > 0
    for name in ("RedHatAI/Meta-Llama-3.1-70B-Instruct-FP8-dynamic", "Qwen/Qwen3-235B-A22B-Instruct-2507-FP8"):
        rows = con.execute(f"SELECT error FROM throughput(model := '{name}', accelerator := 'b200')").fetchall()
        assert rows == [(None,)], name
    every = con.execute("SELECT count(*), count(DISTINCT model) FROM throughput(accelerator := 'b200')").fetchone()
    assert every[0] == every[1] >= 40


def test_the_engine_streams_a_large_grid_in_little_memory(tables):
    # measured in a process of its own: peak memory of this one belongs to the other tests
    code = (
        "import resource, polars as pl\n"
        "from importlib import resources\n"
        "from throughput.engine import efficiency\n"
        "from throughput.engine import grid, stages\n"
        "from throughput.products import catalogue\n"
        "a, m = catalogue.load(resources.files('reference'))\n"
        "q = catalogue.questions(m.head(8), a.filter(pl.col('accelerator') == 'H100-SXM'), ['fp8'], 1024, 1024, 8, 'fp8')\n"
        "load = pl.LazyFrame({'i': range(20_000)}).select(concurrency=pl.col('i') + 1.0)\n"
        "wide = q.drop('concurrency').unique(maintain_order=True).head(50).lazy().join(load, how='cross')\n"
        "done = grid.run(wide, stages.SERVE, efficiency.load_constants())\n"
        "print(done.select(pl.len(), pl.col('output_tok_s').max()).collect(engine='streaming').row(0))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()
    assert int(out[0].strip("(").split(",")[0]) >= 300_000
    assert int(out[1]) * 1024 < 2e9


def test_every_engine_needs_the_same_columns(tables, constants):
    with pytest.raises(KeyError, match="the engine needs a column"):
        grid.run(pl.DataFrame({"x": [1.0]}), (stages.layout,), constants)
    assert catalogue.questions(tables[1].head(1), tables[0].head(1), ["fp8"], 1, 1, 1, "fp8").height > 0
