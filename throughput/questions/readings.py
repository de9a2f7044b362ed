"""Scenario rows as written, read into numbers: names, formats, layouts, defaults and refusals; whole columns at a time.

Every refusal is one sentence for the row's ``error`` column and never stops the other rows. Physics and
prediction are elsewhere; this module only decides what is being asked and whether it can be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from throughput.engine.formats import READERS, UNSTATED, read_kv_bits, read_weight_format
from throughput.questions import names
from units.constants import DAYS_PER_YEAR

ACCELERATOR_COLUMNS = [
    "accelerator",
    "family",
    "bandwidth_bytes_per_s",
    "memory_bytes",
    "bf16_flop_per_s",
    "fp8_flop_per_s",
    "fp4_flop_per_s",
    "link_bytes_per_s",
    "link_kind",
    "link_domain",
    "tdp_w",
]
ARCHITECTURE_COLUMNS = [
    "model",
    "layers",
    "hidden_size",
    "heads",
    "kv_heads",
    "head_dim",
    "value_head_dim",
    "query_matrices",
    "intermediate_size",
    "mlp_matrices",
    "vocabulary_size",
    "tied_embeddings",
    "experts",
    "experts_per_token",
    "expert_intermediate_size",
    "shared_intermediate_size",
    "dense_layers",
    "moe_layers",
    "full_layers",
    "window_layers",
    "window_tokens",
    "linear_layers",
    "linear_key_dim",
    "linear_value_dim",
    "linear_state_rows",
    "kv_lora_rank",
    "q_lora_rank",
    "qk_nope_dim",
    "qk_rope_dim",
    "sparse_top_k",
    "expert_matrices",
]
TEXT = {"accelerator", "family", "link_kind", "model"}


@dataclass(frozen=True)
class Limits:
    """What a number may be: its value when nothing is written, least and largest sensible value, whole or not."""

    default: float
    least: float
    most: float
    whole: bool = False


_COUNT = Limits(0.0, 1.0, 100_000.0, True)
COUNTS = ("n_accelerators", "tensor_parallel", "data_parallel", "pipeline_parallel", "expert_parallel", "replicas", "prefill_accelerators")
OPTIONS = {
    "usd_per_accelerator_hour": Limits(0.0, 0.0, 1e6),
    "utilisation": Limits(1.0, 1e-6, 1.0),
    "prefix_hit_rate": Limits(0.0, 0.0, 1.0),
    "draft_tokens": Limits(0.0, 0.0, 64.0),
    "draft_acceptance": Limits(0.0, 0.0, 1.0),
    "draft_cost": Limits(0.0, 0.0, 10.0),
    "kv_waste": Limits(0.0, 0.0, 0.95),
    "disaggregated": Limits(0.0, 0.0, 1.0, True),
}
"""Optional columns."""
NUMBERS = {
    "isl": Limits(1024.0, 0.0, 1e7),
    "osl": Limits(1024.0, 1.0, 1e7),
    "concurrency": Limits(0.0, 0.0, 1e7),
    **dict.fromkeys(COUNTS, _COUNT),
    **OPTIONS,
}
METRICS = (
    "output_tok_s",
    "output_tok_s_per_accelerator",
    "tok_s_per_user",
    "tpot_ms",
    "itl_ms",
    "e2e_s",
    "ttft_ms",
    "j_per_output_token",
    "usd_per_mtok_output",
)
BOUNDARIES = ("gpu_only", "system", "wall")
PYTHON, COMPILED = 1.0, -1.0
STACKS: dict[str, tuple[float, float]] = {
    "": (0.0, 0.0),
    "vllm": (PYTHON, 0.0),
    "sglang": (PYTHON, 0.0),
    "jetstream": (PYTHON, 0.0),
    "tgi": (PYTHON, 0.0),
    "tensorrt-llm": (COMPILED, 0.0),
    "nim": (COMPILED, 0.0),
    "neuronx": (0.0, 0.0),
    "pytorch": (0.0, 0.0),
    "mixed": (0.0, 0.0),
    "llama.cpp": (COMPILED, 1.0),
    "ollama": (COMPILED, 1.0),
    "exllamav2": (COMPILED, 1.0),
    "mlx": (COMPILED, 1.0),
}
"""Serving software -> (what its request loop is written in, whether it is a runtime for one user). Empty: not stated."""
NEWEST_SOFTWARE = date(2026, 7, 1)
"""The newest serving generation among the measurements; a scenario without a date means this one."""
WORDS = ("accelerator", "model", "weight_precision", "kv_precision", "metric", "boundary", "stack", "software_date")

ASKED = (
    "weight_bits",
    "activation_bits",
    "head_bits",
    "moe_attention_bits",
    "reader",
    "kv_bits",
    "accelerators",
    "tensor_parallel",
    "data_parallel",
    "pipeline_parallel",
    "expert_parallel",
    "replicas",
    "spare_groups",
    "prefill_accelerators",
    "isl",
    "osl",
    "concurrency",
    "local_runtime",
    "python_host",
    "software_years",
    "is_energy",
    "is_first_token",
    *OPTIONS,
)
"""Numeric columns of a read row."""
BLANK = {"linear_state_rows": 128.0, "expert_matrices": 3.0, "link_domain": 8.0}
"""Figures a reference table or definition may leave blank."""


def figures(table: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """``columns`` of a reference table, all that is not a name as a float (blanks are zero, or as in ``BLANK``)."""
    full = table.with_columns(pl.lit(None, pl.Float64).alias(c) for c in BLANK if c not in table.columns)
    return full.select(pl.col(c) if c in TEXT else pl.col(c).cast(pl.Float64, strict=False).fill_null(BLANK.get(c, 0.0)) for c in columns)


def read_rows(scenarios: pl.DataFrame, accelerators: pl.DataFrame, architectures: pl.DataFrame) -> pl.DataFrame:
    """One row per scenario with everything the engine needs, or the reason in ``error``.

    Result: row, error, accelerator, model, metric, boundary and the columns of ``ASKED``, in input order.
    """
    cells = scenarios.with_columns(_cell(scenarios, w) for w in (*WORDS, *NUMBERS))
    words, figures = cells.select(WORDS), cells.select(NUMBERS.keys())
    stated = figures.select(
        *(
            pl.when(pl.col(n) == "").then(pl.lit(limits.default)).otherwise(pl.col(n).cast(pl.Float64, strict=False)).alias(n)
            for n, limits in NUMBERS.items()
        ),
        *((pl.col(n) == "").alias(f"{n}_blank") for n in COUNTS),
        concurrency_stated=pl.col("concurrency") != "",
    )
    named = _named(words, accelerators, architectures)
    table = named.hstack(stated).with_columns(_layout())
    table = table.with_columns(
        is_energy=_flag(pl.col("metric") == "j_per_output_token"),
        is_first_token=_flag(pl.col("metric") == "ttft_ms"),
        local_runtime=pl.max_horizontal("local_runtime", _flag(pl.col("reader").is_between(READERS["gguf_block"], READERS["gguf_wide"]))),
    )
    answers = table.with_row_index("row")
    # sentences are written for the rows that need one: most files have few
    doubtful = pl.any_horizontal(*(~_sensible(n, limits) for n, limits in NUMBERS.items()), "_named_badly", *_layout_faults(), _refused())
    why = _reasons(answers, figures.with_row_index("row"), doubtful)
    return answers.join(why, on="row", how="left", maintain_order="left").select(
        pl.col("row").cast(pl.Int64), "error", "accelerator", "model", "metric", "boundary", *(pl.col(c).cast(pl.Float64) for c in ASKED)
    )


def _sensible(name: str, limits: Limits) -> pl.Expr:
    """Whether a parsed number is one, or was left out (its default may lie outside of what may be written)."""
    value = pl.col(name)
    inside = value.is_between(limits.least, limits.most)
    if limits.whole:
        inside = inside & (value == value.floor())
    if name == "concurrency":
        return inside & ((value > 0) | ~pl.col("concurrency_stated"))
    return (inside | pl.col(f"{name}_blank")).fill_null(False) if limits.default < limits.least else inside.fill_null(False)


def _reasons(table: pl.DataFrame, figures: pl.DataFrame, doubtful: pl.Expr) -> pl.DataFrame:
    """Row and error of the rows that cannot be answered."""
    rows = table.filter(doubtful.fill_null(True)).rechunk()
    if rows.is_empty():
        return pl.DataFrame(schema={"row": table.schema["row"], "error": pl.String})
    texts = figures.join(rows.select("row"), on="row", how="semi", maintain_order="left")
    bad = texts.select(_bad_number(n, limits) for n, limits in NUMBERS.items())
    error = pl.coalesce(
        "accelerator_error",
        "model_error",
        "format_error",
        "kv_error",
        *(f"{n}_error" for n in NUMBERS),
        _layout_error(),
        "word_error",
        _refusal(),
    )
    return rows.hstack(bad).rechunk().select("row", error=error)


def _flag(condition: pl.Expr) -> pl.Expr:
    return condition.fill_null(False).cast(pl.Float64)


def _cell(table: pl.DataFrame, name: str) -> pl.Expr:
    """A column as trimmed text; empty where it or its value is missing."""
    if name not in table.columns:
        return pl.lit("").alias(name)
    return pl.col(name).cast(pl.String).fill_null("").str.strip_chars().alias(name)


def _bad_number(name: str, limits: Limits) -> pl.Expr:
    """The sentence for a value that is no sensible number; null where it is one or is left out."""
    text, value = pl.col(name), pl.col(name).cast(pl.Float64, strict=False)
    outside = f"{name} is {{}}, expected between {limits.least:g} and {limits.most:g}"
    above = f"{name} must be above 0 (leave it empty for as many as memory holds)"
    return (
        pl.when(text == "")
        .then(None)
        .when(value.is_null())
        .then(pl.format(f"{name} is '{{}}', expected a number", text.str.head(60)))
        .when(~value.is_finite())
        .then(pl.format(f"{name} is {{}}, expected a finite number", text))
        .when((value == 0) & (name == "concurrency"))
        .then(pl.lit(above))
        .when((value < limits.least) | (value > limits.most))
        .then(pl.format(outside, text))
        .when((value != value.floor()) & limits.whole)
        .then(pl.format(f"{name} is {{}}, expected a whole number", text))
        .alias(f"{name}_error")
    )


def _looked_up(
    words: pl.DataFrame, column: str, read: Callable[[str], dict[str, object]], error: str, schema: Mapping[str, Any]
) -> pl.DataFrame:
    """``read`` of each different value of a text column, once, beside every row; its refusal in the column ``error``."""
    found = []
    for text in words[column].unique().to_list():
        try:
            found.append({"_text": text, error: None, **read(text)})
        except ValueError as problem:
            found.append({"_text": text, error: str(problem)})
    known = pl.DataFrame(found, schema={"_text": pl.String, error: pl.String, **schema})
    return words.select(_text=column).join(known, on="_text", how="left", maintain_order="left").drop("_text")


FORMAT = dict.fromkeys(("weight_bits", "activation_bits", "head_bits", "moe_attention_bits", "reader"), pl.Float64)


def _named(words: pl.DataFrame, accelerators: pl.DataFrame, architectures: pl.DataFrame) -> pl.DataFrame:
    """Names, formats and words of every row as the tables know them."""

    def resolver(table: pl.DataFrame, kind: str) -> Callable[[str], dict[str, object]]:
        known = names.index(table.iter_rows(named=True), kind)
        return lambda text: {kind: names.resolve(text, known, kind)}

    chip = _looked_up(words, "accelerator", resolver(accelerators, "accelerator"), "accelerator_error", {"accelerator": pl.String})
    model = _looked_up(words, "model", resolver(architectures, "model"), "model_error", {"model": pl.String})
    facts = architectures.select(
        "model",
        _heads=pl.col("heads").cast(pl.Float64),
        _layers=pl.col("layers").cast(pl.Float64),
        _native=pl.col("native_weight_precision").cast(pl.String) if "native_weight_precision" in architectures.columns else pl.lit("bf16"),
    )
    chips = accelerators.select("accelerator", _family="family", _tdp=pl.col("tdp_w").cast(pl.Float64, strict=False))
    table = (
        chip.hstack(model)
        .join(facts, on="model", how="left", maintain_order="left")
        .join(chips, on="accelerator", how="left", maintain_order="left")
    )
    precision = (
        table.select("_native")
        .hstack(words.select("weight_precision"))
        .select(
            weight_precision=pl.when(pl.col("weight_precision").str.to_lowercase().is_in(UNSTATED))
            .then(pl.col("_native").fill_null("bf16"))
            .otherwise("weight_precision")
        )
    )
    weights = _looked_up(precision, "weight_precision", _weights, "format_error", FORMAT)
    cache = _looked_up(words, "kv_precision", lambda text: {"kv_bits": read_kv_bits(text or None)}, "kv_error", {"kv_bits": pl.Float64})
    full = table.hstack(weights).hstack(cache).hstack(_words(words))
    errors = ("accelerator_error", "model_error", "format_error", "kv_error", "word_error")
    return full.with_columns(_named_badly=pl.any_horizontal(pl.col(e).is_not_null() for e in errors))


def _weights(text: str) -> dict[str, object]:
    f = read_weight_format(text or "bf16")
    return {
        "weight_bits": float(f.weight_bits),
        "activation_bits": float(f.activation_bits),
        "head_bits": float(f.head_bits),
        "moe_attention_bits": float(f.moe_attention_bits),
        "reader": READERS[f.reader],
    }


def _words(words: pl.DataFrame) -> pl.DataFrame:
    """Metric, boundary, serving software and its date, and the sentence for one that is unknown."""
    lower = words.select(pl.col(c).str.to_lowercase() for c in ("metric", "boundary", "stack", "software_date")).with_columns(
        metric=pl.when(pl.col("metric") == "").then(pl.lit("output_tok_s")).otherwise("metric"),
        boundary=pl.when(pl.col("boundary") == "").then(pl.lit("gpu_only")).otherwise("boundary"),
        _day=pl.col("software_date").str.to_date("%Y-%m-%d", strict=False),
    )
    one_of = [
        (c, allowed, f"{c} '{{}}' is not one of {', '.join(a for a in allowed if a)}")
        for c, allowed in (("metric", METRICS), ("boundary", BOUNDARIES), ("stack", tuple(STACKS)))
    ]
    errors = [pl.when(~pl.col(c).is_in(allowed)).then(pl.format(sentence, c)) for c, allowed, sentence in one_of]
    errors.append(
        pl.when((pl.col("software_date") != "") & pl.col("_day").is_null()).then(
            pl.format("software_date is '{}', expected a day as 2026-07-01", "software_date")
        )
    )
    years = (pl.lit(NEWEST_SOFTWARE) - pl.col("_day")).dt.total_days() / DAYS_PER_YEAR
    return lower.select(
        "metric",
        "boundary",
        word_error=pl.coalesce(errors),
        software_years=years.clip(0.0).fill_null(0.0),
        python_host=pl.col("stack").replace_strict({s: v[0] for s, v in STACKS.items()}, default=0.0, return_dtype=pl.Float64),
        local_runtime=pl.col("stack").replace_strict({s: v[1] for s, v in STACKS.items()}, default=0.0, return_dtype=pl.Float64),
    )


def _layout() -> list[pl.Expr]:
    """Ranks of each kind from the counts of a row."""
    n, one = pl.col("n_accelerators"), pl.lit(1.0)
    dp, pp, copies = (pl.max_horizontal(c, one) for c in ("data_parallel", "pipeline_parallel", "replicas"))
    tp = (
        pl.when(pl.col("tensor_parallel") > 0)
        .then(pl.col("tensor_parallel"))
        .otherwise(pl.max_horizontal((n / (dp * pp * copies)).floor(), one))
    )
    used = tp * dp * pp * copies
    # some tables count the accelerators of one pipeline stage
    total = pl.when(n == 0).then(used).when((pp > 1) & (n == tp * dp)).then(n * pp).otherwise(n)
    return [
        tp.alias("tensor_parallel"),
        dp.alias("data_parallel"),
        pp.alias("pipeline_parallel"),
        copies.alias("replicas"),
        total.alias("accelerators"),
        used.alias("_used"),
        (total / used).alias("spare_groups"),
    ]


def _layout_faults() -> list[pl.Expr]:
    """What can be wrong with a layout, in the order of ``_layout_error``."""
    tp, used, total = pl.col("tensor_parallel"), pl.col("_used"), pl.col("accelerators")
    ep, pool, whole = pl.col("expert_parallel"), pl.col("prefill_accelerators"), pl.col("tensor_parallel") * pl.col("data_parallel")
    return [
        used > total,
        total % used != 0,
        (pl.col("_heads") % tp != 0) & (pl.col("_family") != "neuron") & (tp > 1),
        pl.col("pipeline_parallel") > pl.col("_layers"),
        (ep > 0) & (whole % ep != 0),
        (pool > 0) & (pool % tp != 0),
    ]


def _layout_error() -> pl.Expr:
    """The sentence for counts that do not go together; null where they do."""
    names = (
        "tensor_parallel",
        "data_parallel",
        "pipeline_parallel",
        "_used",
        "n_accelerators",
        "accelerators",
        "_heads",
        "_layers",
        "expert_parallel",
        "prefill_accelerators",
    )
    tp, dp, pp, used, n, total, heads, layers, ep, pool = (pl.col(c).cast(pl.Int64, strict=False) for c in names)
    sentences = [
        pl.format("tensor {} x data {} x pipeline {} parallel need {} accelerators, n_accelerators says {}", tp, dp, pp, used, n),
        pl.format("{} accelerators cannot be split into groups of {} (tensor x data x pipeline)", total, used),
        pl.format("tensor_parallel {} does not divide the {} attention heads of {}", tp, heads, "model"),
        pl.format("pipeline_parallel {} exceeds the {} layers of {}", pp, layers, "model"),
        pl.format("expert_parallel {} does not divide the {} tensor x data ranks", ep, tp * dp),
        pl.format("prefill_accelerators {} cannot be split into groups of {} (tensor_parallel)", pool, tp),
    ]
    chosen: Any = pl
    for fault, words in zip(_layout_faults(), sentences, strict=True):
        chosen = chosen.when(fault.fill_null(False)).then(words)
    return chosen.otherwise(None)


def _refused() -> pl.Expr:
    """Whether the metric needs a figure nobody gave."""
    return ((pl.col("metric") == "usd_per_mtok_output") & ~(pl.col("usd_per_accelerator_hour") > 0)) | (
        (pl.col("metric") == "j_per_output_token") & ~(pl.col("_tdp").fill_null(0.0) > 0)
    )


def _refusal() -> pl.Expr:
    """The sentence for a metric that needs a figure nobody gave."""
    return (
        pl.when((pl.col("metric") == "usd_per_mtok_output") & ~(pl.col("usd_per_accelerator_hour") > 0))
        .then(pl.lit("usd_per_mtok_output needs a column usd_per_accelerator_hour above 0"))
        .when((pl.col("metric") == "j_per_output_token") & ~(pl.col("_tdp").fill_null(0.0) > 0))
        .then(
            pl.format(
                "j_per_output_token needs the power of {}, which no document prints; give it as tdp_w in a definition of your own",
                "accelerator",
            )
        )
    )


def misfit() -> pl.Expr:
    """The sentence for rows whose weights, or whose weights and one sequence, do not fit; null where they do."""
    gib = 1024.0**3
    need, have = pl.col("weight_bytes_per_chip"), pl.col("usable_bytes")
    return (
        pl.when(need > have)
        .then(
            pl.format(
                "does not fit: {} GiB of weights per accelerator, {} GiB of memory; use more accelerators or fewer bits",
                (need / gib).round(1),
                (pl.col("memory_bytes") / gib).round(1),
            )
        )
        .when(pl.col("room_for_one") < 1)
        .then(
            pl.format(
                "does not fit: one sequence of {} tokens needs more memory than the weights leave",
                (pl.col("isl") + pl.col("osl")).cast(pl.Int64),
            )
        )
    )
