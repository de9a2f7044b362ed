"""Which share of a model's tokens is fresh prompt, cached prompt and completion, as measured, and on what evidence.

Order of evidence: measured for the model; its measured completion share with its maker's cache share (a maker with
three measured models); the router's average. Belongs here: choosing a profile. Not here: prices.
"""

from __future__ import annotations

import polars as pl

MAKER_MODELS = 3
SHARES = ("fresh_share", "cached_share", "completion_share")


def measured(volumes: pl.DataFrame) -> pl.DataFrame:
    """Weekly shares from prompt, cached and completion tokens: model, day (first of the period), completion_share,
    cache_share (cached over prompt, null where not metered), tokens. Rows whose parts do not make the total are left out.

    ``volumes``: model, day, total_tokens, prompt_tokens, completion_tokens, cached_tokens.
    """
    split = volumes.filter(pl.col("prompt_tokens") > 0, pl.col("completion_tokens") >= 0)
    summed = split.group_by("model", "day").agg(
        pl.col("prompt_tokens", "completion_tokens", "total_tokens").sum(),
        pl.when(pl.col("cached_tokens").is_not_null().all()).then(pl.col("cached_tokens").sum()).alias("cached_tokens"))
    parts = pl.col("prompt_tokens") + pl.col("completion_tokens")
    return summed.filter(parts.is_between(0.8 * pl.col("total_tokens"), 1.25 * pl.col("total_tokens"))).select(
        "model", "day", (pl.col("completion_tokens") / parts).alias("completion_share"),
        (pl.col("cached_tokens") / pl.col("prompt_tokens")).clip(0, 1).alias("cache_share"), parts.alias("tokens"),
    ).sort("model", "day")


def profile(use: pl.DataFrame, measurements: pl.DataFrame, models: pl.DataFrame, *, fixed: bool) -> pl.DataFrame:
    """Shares of every (model, day) of ``use``: model, day, the three shares (sum 1), profile_basis.

    ``fixed``: one profile per model for the whole panel, the token-weighted mean of all its measurements; else the
    measurement nearest in time (of equal distance the earlier). ``measurements``: :func:`measured`.
    """
    wanted = use.select("model", "day").unique().join(
        models.select("model", "developer").unique("model"), on="model", how="left")
    rows = measurements.join(models.select("model", "developer").unique("model"), on="model", how="left")
    completion = _pick(wanted, rows.drop_nulls("completion_share"), "completion_share", fixed)
    cache = _pick(wanted, rows.drop_nulls("cache_share"), "cache_share", fixed)
    makers = rows.drop_nulls("cache_share").group_by("developer").agg(
        _mean("cache_share").alias("maker_cache"), pl.col("model").n_unique().alias("n")).filter(pl.col("n") >= MAKER_MODELS)
    average = rows.select(_mean("completion_share").alias("completion"), _mean("cache_share").alias("cache"))
    overall = average.row(0) if rows.height else (None, None)
    out = wanted.join(completion, on=["model", "day"], how="left").join(cache, on=["model", "day"], how="left").join(
        makers, on="developer", how="left")
    basis = (pl.when(pl.col("completion_share").is_not_null() & pl.col("cache_share").is_not_null()).then(pl.lit("measured"))
             .when(pl.col("completion_share").is_not_null() & pl.col("maker_cache").is_not_null()).then(pl.lit("maker_cache"))
             .otherwise(pl.lit("router_average")))
    done = pl.coalesce("completion_share", pl.lit(overall[0], pl.Float64))
    hit = pl.coalesce("cache_share", "maker_cache", pl.lit(overall[1], pl.Float64))
    return out.select("model", "day", ((1 - done) * (1 - hit)).alias("fresh_share"), ((1 - done) * hit).alias("cached_share"),
                      done.alias("completion_share"), basis.alias("profile_basis")).sort("model", "day")


def _mean(name: str) -> pl.Expr:
    weight = pl.when(pl.col(name).is_not_null()).then("tokens")
    return (pl.col(name) * weight).sum() / weight.sum()


def _pick(wanted: pl.DataFrame, rows: pl.DataFrame, name: str, fixed: bool) -> pl.DataFrame:
    if fixed:
        return wanted.join(rows.group_by("model").agg(_mean(name).alias(name)), on="model").select("model", "day", name)
    pairs = wanted.select("model", "day").join(rows.select("model", pl.col("day").alias("seen"), name), on="model")
    distance = (pl.col("day") - pl.col("seen")).dt.total_days().abs()
    return pairs.sort("model", "day", distance, "seen").group_by("model", "day", maintain_order=True).first().select("model", "day", name)
