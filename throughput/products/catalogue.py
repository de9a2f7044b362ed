"""What can be asked about: the reference tables, a user's own definitions, and the grid of all that fits.

Tables are read from a folder the caller names. Custom accelerators and models come as TOML with the same column
names. The physics is in ``grid``; marts call ``grid_of``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import polars as pl

from throughput.engine.efficiency import Constants
from throughput.engine.formats import READERS, read_kv_bits, read_weight_format
from throughput.engine.hardware import UNSWITCHED
from throughput.engine.stages import BOUNDS
from throughput.products.definitions import read_definitions
from throughput.questions import readings


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


SERVICE_LEVELS = (20.0, 50.0, 100.0)
"""Interactivity targets in tokens per second and user."""
NODE = 8
SCALE_OUT = 32
"""Accelerators beyond a link domain that the grid still joins over the network."""
RACK = 72
NATIVE = "native"
"""Cache format: FP8 where the chip multiplies FP8, else 16 bits."""
PUBLISHED_FORMATS = {
    "bf16": ("bf16", "fp8", "int4", "nvfp4"),
    "fp16": ("bf16", "fp8", "int4", "nvfp4"),
    "fp8": ("fp8", "int4", "nvfp4"),
    "mxfp4": ("mxfp4",),
    "nvfp4": ("nvfp4",),
    "int4_wo": ("int4", "nvfp4"),
}
"""A model's own format -> the formats its checkpoints are published in."""
COMBINATION = ["model", "accelerator", "weight_precision"]
LEVEL = "service_level_tok_s_per_user"
BATCHES = tuple(float(2**p) for p in range(14))
"""Loads that bracket the largest one at a service level."""
LADDER = tuple(float(b) for b in sorted({round(1.05**i) for i in range(157)}))
"""Loads in steps of one request or 5 %, 1 to 2,019."""


def grid_of(
    architectures: pl.DataFrame,
    accelerators: pl.DataFrame,
    precisions: Sequence[str],
    constants: Constants | None = None,
    hourly: pl.DataFrame | None = None,
    service_levels: Sequence[float] = SERVICE_LEVELS,
    isl: int = 1024,
    osl: int = 1024,
    most_accelerators: int = 72,
    kv_precision: str = NATIVE,
) -> pl.DataFrame:
    """The best way to serve every model on every accelerator in every precision at each interactivity target.

    For each combination the layouts that fit (tensor parallel inside a node, pipeline beyond it, expert parallel
    for mixtures) are loaded with as many requests as still leave each user ``service_level`` tokens per second
    (at most 2048); the one with the most output tokens per accelerator-second is kept. ``hourly`` has columns
    accelerator and usd_per_accelerator_hour; without it the dollar columns are null. Rows sorted by model,
    accelerator, precision, service level; combinations that do not fit or cannot be fast enough are left out.
    """
    from throughput.engine import grid
    from throughput.engine.efficiency import load_constants

    known = constants or load_constants()
    fixed = that_exist(configurations(architectures, accelerators, precisions, isl, osl, most_accelerators, kv_precision), architectures)
    ready = grid.prepare(fixed, known).filter(pl.col("room_for_one") >= 1.0).with_row_index("configuration")
    done = pl.concat(
        [
            grid.serve(
                ready.filter(pl.col("kv_capacity_sequences") >= load).with_columns(concurrency=pl.lit(load)),
                known,
                keep=("configuration", *COMBINATION, "concurrency", "tok_s_per_user", "output_tok_s_per_accelerator"),
            )
            for load in BATCHES
        ]
    )
    loaded = _largest_loads(ready, done, service_levels, known)
    kept = loaded.sort(["output_tok_s_per_accelerator", "accelerators", "concurrency"], descending=[True, False, False]).unique(
        [*COMBINATION, LEVEL], keep="first", maintain_order=True
    )
    best = grid.evaluate(kept.select(*fixed.columns, "concurrency", LEVEL), known)
    money = hourly if hourly is not None else pl.DataFrame(schema={"accelerator": pl.String, "usd_per_accelerator_hour": pl.Float64})
    money = money.select("accelerator", pl.col("usd_per_accelerator_hour").cast(pl.Float64)).unique("accelerator")
    best = best.drop("usd_per_accelerator_hour", strict=False).join(money, on="accelerator", how="left")
    return _mart(best).sort("model", "accelerator", "precision", "service_level_tok_s_per_user")


def _largest_loads(ready: pl.DataFrame, done: pl.DataFrame, levels: Sequence[float], constants: Constants) -> pl.DataFrame:
    """The largest whole number of requests at which each user still gets each of ``levels``, by bisection.

    ``done``: the configurations at the loads of ``BATCHES``. Twice a load makes at most twice the tokens, so a
    configuration with less than half the tokens of its combination's best cannot win and is left out.
    """
    from throughput.engine import grid

    fast = done.join(pl.DataFrame({LEVEL: [float(v) for v in levels]}), how="cross").filter(pl.col("tok_s_per_user") >= pl.col(LEVEL))
    speed = pl.col("output_tok_s_per_accelerator")
    found = (
        fast.sort("concurrency")
        .unique(["configuration", LEVEL], keep="last", maintain_order=True)
        .filter(2.0 * speed >= speed.max().over([*COMBINATION, LEVEL]))
    )
    table = (
        ready.join(found.select("configuration", LEVEL, low="concurrency"), on="configuration")
        .with_row_index("place")
        .with_columns(high=pl.min_horizontal(2.0 * pl.col("low") - 1.0, pl.col("kv_capacity_sequences").floor(), pl.lit(BATCHES[-1])))
    )
    step = BATCHES[-1] / 4.0
    while step >= 1.0:
        tried = table.with_columns(concurrency=pl.col("low") + step).filter(pl.col("concurrency") <= pl.col("high"))
        good = grid.serve(tried, constants, keep=("place", "tok_s_per_user", LEVEL)).filter(pl.col("tok_s_per_user") >= pl.col(LEVEL))
        table = table.with_columns(low=pl.col("low") + step * pl.col("place").is_in(good["place"].implode()))
        step /= 2.0
    return grid.serve(table.rename({"low": "concurrency"}), constants)


def that_exist(table: pl.DataFrame, architectures: pl.DataFrame) -> pl.DataFrame:
    """Of ``configurations``, those somebody runs: formats that are published for a model (its own, and for 16-bit and 8-bit
    checkpoints the usual narrower ones), FP4 only where the model or the chip has it, more than a node only over an
    accelerator fabric and more than ``SCALE_OUT`` only inside one link domain.
    """
    own = architectures.select("model", native=pl.col("native_weight_precision").fill_null("bf16"))
    pairs = pl.DataFrame(
        [(n, f) for n, formats in PUBLISHED_FORMATS.items() for f in formats], ["native", "weight_precision"], orient="row"
    )
    published = own.join(pairs, on="native").select("model", "weight_precision", "native")
    n, fabric = pl.col("accelerators"), ~pl.col("link_kind").is_in(UNSWITCHED)
    return (
        table.join(published, on=["model", "weight_precision"], maintain_order="left")
        .filter(
            ((pl.col("activation_bits") > 4) | (pl.col("fp4_flop_per_s") > 0) | (pl.col("native") == pl.col("weight_precision")))
            & ((n <= NODE) | (fabric & (n <= SCALE_OUT)) | (n <= pl.col("link_domain")))
        )
        .drop("native")
    )


def questions(
    architectures: pl.DataFrame, accelerators: pl.DataFrame, precisions: Sequence[str], isl: int, osl: int, most: int, kv_precision: str
) -> pl.DataFrame:
    """``configurations`` at every load of ``LADDER`` (some do not fit)."""
    fixed = configurations(architectures, accelerators, precisions, isl, osl, most, kv_precision)
    return fixed.join(pl.DataFrame({"concurrency": LADDER}), how="cross")


def configurations(
    architectures: pl.DataFrame,
    accelerators: pl.DataFrame,
    precisions: Sequence[str],
    isl: int,
    osl: int,
    most: int,
    kv_precision: str,
    pipelines: Sequence[int] = (),
) -> pl.DataFrame:
    """Every layout of every model, accelerator and format, joined and ready for ``grid``.

    Up to ``most`` chips (tensor parallel in a node, pipeline or expert parallel beyond it), or, with ``pipelines``,
    every tensor parallel degree of a node at every given depth of pipeline.
    """
    from throughput.engine import grid

    formats = pl.DataFrame([{"weight_precision": p, **_format_columns(p)} for p in precisions])
    layouts = pl.DataFrame(
        [_layout(tp * pp, tp, pp) for pp in pipelines for tp in (1, 2, 4, NODE)]
        or [
            _layout(n, tp, pp, pool)
            for n in (1, 2, 4, NODE, 2 * NODE, SCALE_OUT, RACK)
            if n <= most
            for tp, pp in sorted({(min(n, NODE), max(n // NODE, 1)), (1, 1)})
            for pool in (False, True)
            if not (pool and (tp > 1 or n < NODE))
        ]
    )
    facts = readings.figures(accelerators, readings.ACCELERATOR_COLUMNS)
    models = grid.prepare_architectures(readings.figures(architectures, readings.ARCHITECTURE_COLUMNS), Constants({}))
    table = (
        models.join(facts, how="cross")
        .join(formats, how="cross")
        .join(layouts, how="cross")
        .filter(
            (pl.col("heads") % pl.col("tensor_parallel") == 0)
            & ((pl.col("data_parallel") == 1) | (pl.col("moe_layers") > 0))
            & (pl.col("layers") >= pl.col("pipeline_parallel"))
        )
    )
    return table.with_columns(
        isl=pl.lit(float(isl)),
        osl=pl.lit(float(osl)),
        kv_bits=pl.when(pl.col("fp8_flop_per_s") > 0).then(8.0).otherwise(16.0)
        if kv_precision == NATIVE
        else pl.lit(read_kv_bits(kv_precision)),
    )


def _layout(n: int, tp: int, pp: int, disaggregated: bool = False) -> dict[str, float]:
    return {
        "accelerators": float(n),
        "tensor_parallel": float(tp),
        "data_parallel": float(n // tp // pp),
        "pipeline_parallel": float(pp),
        "disaggregated": float(disaggregated),
    }


def _format_columns(precision: str) -> dict[str, float]:
    f = read_weight_format(precision)
    return {
        "weight_bits": f.weight_bits,
        "activation_bits": f.activation_bits,
        "head_bits": f.head_bits,
        "moe_attention_bits": f.moe_attention_bits,
        "reader": READERS[f.reader],
    }


def _mart(best: pl.DataFrame) -> pl.DataFrame:
    def powered(name: str) -> pl.Expr:
        """Null where no document prints the accelerator's power: a missing watt is not zero joules."""
        return pl.when(pl.col("power_w") > 0).then(pl.col(name))

    hours = pl.col("usd_per_accelerator_hour")
    whole = hours / 3600.0 / pl.col("output_tok_s_per_accelerator") * 1e6
    share = pl.col("prefill_share")
    bound = pl.col("bound_code").replace_strict(BOUNDS, return_dtype=pl.String)
    counts = {n: pl.col(n).cast(pl.Int64) for n in ("tensor_parallel", "data_parallel", "pipeline_parallel", "isl", "osl")}
    counts |= {
        "accelerators": pl.col("chips").ceil().cast(pl.Int64),
        "prefill_accelerators": pl.col("pool_accelerators").ceil().cast(pl.Int64),
    }
    return best.select(
        "model",
        "accelerator",
        pl.col("weight_precision").alias("precision"),
        "service_level_tok_s_per_user",
        **counts,
        batch=pl.col("concurrency").cast(pl.Int64),
        throughput_tok_per_s=pl.col("output_tok_s_per_accelerator"),
        throughput_lower_tok_per_s=pl.col("output_tok_s_per_accelerator") * (-pl.col("log_half_width")).exp(),
        throughput_upper_tok_per_s=pl.col("output_tok_s_per_accelerator") * pl.col("log_half_width").exp(),
        user_tok_per_s=pl.col("tok_s_per_user"),
        ttft_ms=pl.col("ttft_ms"),
        tpot_ms=pl.col("tpot_ms"),
        cost_usd_per_mtok=whole,
        cost_input_usd_per_mtok=whole * share * pl.col("osl") / pl.col("isl"),
        cost_output_usd_per_mtok=whole * (1.0 - share),
        energy_j_per_token=powered("j_per_output_token"),
        energy_j_per_input_token=powered("j_per_input_token"),
        energy_j_per_output_token=powered("j_per_output_token_decode"),
        power_w=powered("power_w"),
        bound=bound,
        mbu_share=pl.col("mbu"),
        mfu_share=pl.col("mfu"),
    )
