"""The dated scores of the study's score file that may be packaged, in the columns of ``quality_scores``.

Kept: publishers under CC BY or Apache licences and boards that may be quoted with attribution. Left out: Artificial
Analysis (no redistribution of the bulk), what a model's maker states of itself, copies of unknown origin, and labels
that no rule maps to a model.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import polars as pl

from belief.names.score_labels import resolve_labels
from reference import FOLDER
from reference.schema import SCHEMAS

LICENCES = {
    "CC-BY-4.0": "CC-BY-4.0",
    "CC-BY-4.0 (LMArena dataset)": "CC-BY-4.0",
    "MIT (repository); CC-BY-4.0 (LMArena dataset)": "CC-BY-4.0",
    "Apache-2.0 (LiveBench code); scores quoted with attribution": "Apache-2.0",
    "Apache-2.0": "Apache-2.0",
    "facts quoted with attribution": "facts",
}
"""Licence as the study file prints it -> as the packaged table does."""
PUBLISHERS = (
    ("LMArena", "LMArena", "https://lmarena.ai/leaderboard/text"),
    ("LiveBench", "LiveBench", "https://livebench.ai"),
    ("Aider", "Aider", "https://aider.chat/docs/leaderboards/"),
    ("[Epoch AI]", "Epoch AI Benchmarking Hub", "https://epoch.ai/benchmarks"),
    ("[ARC Prize]", "ARC Prize", "https://arcprize.org/leaderboard"),
    ("[Vals AI]", "Vals AI", "https://www.vals.ai/benchmarks"),
)
"""What names the publisher in benchmark or version -> source and address; a row of another publisher is left out."""
_REPEATED = re.compile(r"^Diamond\b\s*")


def rows(data: Path, day: date, items: dict[str, int]) -> pl.DataFrame:
    """Scores by canonical model; ``day`` is the day whose alias table names them, ``items`` the questions per benchmark."""
    frame = pl.read_csv(data / "scores" / "scores.csv", infer_schema_length=None)
    stated = pl.col("benchmark_version").str.contains(r"provider-stated|secondary|unverified")
    frame = frame.filter(pl.col("licence").is_in(list(LICENCES)) & ~stated.fill_null(False)).with_columns(
        pl.col("benchmark_version").fill_null("")
    )
    where = pl.concat_str("benchmark", pl.lit(" "), "benchmark_version")
    source = address = pl.lit(None, pl.String)
    for words, name, url in reversed(PUBLISHERS):
        source = pl.when(where.str.contains(words, literal=True)).then(pl.lit(name)).otherwise(source)
        address = pl.when(where.str.contains(words, literal=True)).then(pl.lit(url)).otherwise(address)
    table = pl.read_csv(FOLDER / "model_aliases.csv", schema_overrides=SCHEMAS["model_aliases"])
    named = resolve_labels(frame["model_label"], table, day)
    joined = frame.with_columns(source=source, source_url=address).drop_nulls("source").join(named, on="model_label").drop_nulls("model")
    version = pl.col("benchmark_version").str.replace(_REPEATED.pattern, "")
    whole = (
        pl.when(version.str.contains("[", literal=True))
        .then(version)
        .otherwise(pl.concat_str(version, pl.format(" [{}]", "source")))
        .str.strip_chars()
    )
    seen = pl.col("first_seen").str.to_date()
    return joined.select(
        "model",
        pl.col("effort").alias("variant"),
        "model_label",
        "benchmark",
        whole.alias("benchmark_version"),
        pl.col("score").cast(pl.Float64),
        pl.col("score_unit").alias("unit"),
        ((pl.col("ci_high").cast(pl.Float64, strict=False) - pl.col("ci_low").cast(pl.Float64, strict=False)) / 3.92).round(4).alias("se"),
        pl.coalesce(
            pl.col("n_or_votes").cast(pl.Float64, strict=False).cast(pl.Int64),
            pl.col("benchmark").replace_strict(items, default=None, return_dtype=pl.Int64),
        ).alias("n_items"),
        seen.alias("as_of"),
        seen.alias("first_seen"),
        "source",
        pl.col("source_ref"),
        "source_url",
        pl.col("licence").replace(LICENCES),
        seen.alias("observed_at"),
        pl.lit("quoted").alias("basis"),
    ).cast(pl.Schema(SCHEMAS["quality_scores"]))
