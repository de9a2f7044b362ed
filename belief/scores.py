"""Scores read since packaging, joined with the packaged ones: models by name, scales told apart, one row per change.

A scale is benchmark, version and measurer (and effort, where a list shows only the best one); two scales are never one
series. A list that tells no version is cut where it is re-based: when more than half of the models of two readings
moved at once by more than a small part of its range, the later reading begins a new version. Belongs here: that join.
Not here: how scores become a quality (``forecasting.panel``).
"""

from __future__ import annotations

from datetime import date

import polars as pl

from belief.names.score_labels import resolve_labels
from reference.schema import SCHEMAS

REBASE_MODELS, REBASE_SHARE, REBASE_MOVE = 8, 0.5, 0.02
"""A re-basing needs this many models in both readings, moves this share of them by this share of the list's range."""
_SCALE = ["source", "benchmark", "benchmark_version", "measurer", "effort"]


def joined(packaged: pl.DataFrame, quotes: pl.DataFrame | None, aliases: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """``core.score`` rows: the packaged ones and those read up to ``as_of``, in the columns of ``quality_scores``.

    ``quotes``: rows of ``raw.scores_*`` known on the day. A label nobody maps is left out (``unmapped`` shows it).
    """
    if quotes is None or quotes.is_empty():
        return packaged
    rows = changes(versioned(quotes))
    named = rows.join(
        resolve_labels(rows["model_label"], aliases, as_of).rename({"effort": "_in_name"}), on="model_label", how="left"
    ).drop_nulls("model")
    spelled = _spelling(packaged)
    plain = pl.col("benchmark").str.to_lowercase().str.replace_all(r"[^a-z0-9]", "")
    percent = pl.col("unit") == "share"
    lower, upper = (pl.col(c).cast(pl.Float64, strict=False) for c in ("lower_text", "upper_text"))
    shown = pl.when(pl.col("effort") != "").then(pl.format("{} ", "effort")).otherwise(pl.lit(""))
    live = named.select(
        "model",
        pl.col("_in_name").alias("variant"),
        "model_label",
        plain.replace_strict(spelled, default=pl.col("benchmark")).alias("benchmark"),
        pl.concat_str(
            shown,
            pl.col("benchmark_version"),
            pl.when(pl.col("benchmark_version") != "").then(pl.lit(" ")).otherwise(pl.lit("")),
            pl.format("[{}]", "measurer"),
        ).alias("benchmark_version"),
        pl.when(percent).then(pl.col("value") * 100).otherwise("value").alias("score"),
        pl.when(percent).then(pl.lit("percent")).otherwise("unit").alias("unit"),
        ((upper - lower) / (2 * 1.96)).alias("se"),
        pl.col("count_text").cast(pl.Int64, strict=False).alias("n_items"),
        pl.col("observed_at").alias("as_of"),
        pl.col("observed_at").alias("first_seen"),
        "source",
        pl.col("quote_id").alias("source_ref"),
        "source_url",
        pl.lit("facts, see the source's contract").alias("licence"),
        "observed_at",
        pl.lit("quoted").alias("basis"),
    )
    return pl.concat([packaged, live.cast(pl.Schema(SCHEMAS["quality_scores"]))])


def versioned(quotes: pl.DataFrame) -> pl.DataFrame:
    """``quotes`` with a version where none is printed: empty up to the first re-basing, then ``since DAY``."""
    told = quotes.filter(pl.col("benchmark_version") != "")
    blocks = [told]
    for _, board in quotes.filter(pl.col("benchmark_version") == "").group_by(
        "source", "benchmark", "measurer", "effort", maintain_order=True
    ):
        days = board["observed_at"].unique().sort().to_list()
        version = ""
        for before, day in zip([None, *days], days, strict=False):
            if before is not None and _rebased(board.filter(pl.col("observed_at") == before), board.filter(pl.col("observed_at") == day)):
                version = f"since {day}"
            blocks.append(board.filter(pl.col("observed_at") == day).with_columns(pl.lit(version).alias("benchmark_version")))
    return pl.concat(blocks)


def _rebased(before: pl.DataFrame, after: pl.DataFrame) -> bool:
    pairs = before.join(after, on="model_label", suffix="_after")
    if pairs.height < REBASE_MODELS:
        return False
    span = float(pairs["value"].quantile(0.95) or 0) - float(pairs["value"].quantile(0.05) or 0)
    moved = ((pairs["value_after"] - pairs["value"]).abs() > REBASE_MOVE * span).sum()
    return span > 0 and moved > REBASE_SHARE * pairs.height


def changes(quotes: pl.DataFrame) -> pl.DataFrame:
    """The first reading of every score and each later one that differs: a daily list does not grow the table."""
    key = [*_SCALE, "model_label"]
    ordered = quotes.sort(*key, "observed_at", maintain_order=True)
    return ordered.filter((pl.col("value") != pl.col("value").shift().over(key)).fill_null(True))


def _spelling(packaged: pl.DataFrame) -> dict[str, str]:
    """Bare name -> the name the packaged table uses; the most frequent where several reduce to one."""
    names = packaged.group_by("benchmark").len().sort("len", "benchmark")
    bare = names["benchmark"].str.to_lowercase().str.replace_all(r"[^a-z0-9]", "")
    return dict(zip(bare, names["benchmark"], strict=True))


def volumes(packaged: pl.DataFrame, quotes: pl.DataFrame | None) -> pl.DataFrame:
    """``core.token_volume`` rows: the packaged figures and those read since; the newest reading of a figure stands."""
    if quotes is None or quotes.is_empty():
        return packaged
    live = quotes.select(
        pl.col("source").str.split("/").list.last().alias("gateway"),
        pl.col("period").str.to_date("%Y-%m-%d", strict=False).alias("period_start"),
        "period_days",
        "model_label",
        "measure",
        "value",
        "unit",
        "source",
        pl.col("quote_id").alias("source_ref"),
        "source_url",
        pl.lit("CC-BY-4.0").alias("licence"),
        "observed_at",
        pl.lit("quoted").alias("basis"),
    ).drop_nulls("period_start")
    key = ["gateway", "period_start", "period_days", "model_label", "measure"]
    both = pl.concat([packaged, live.cast(pl.Schema(SCHEMAS["token_volumes"]))])
    return both.sort(*key, "observed_at", maintain_order=True).unique(key, keep="last", maintain_order=True)
