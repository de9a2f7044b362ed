"""Which share of a model's tokens is fresh prompt, cached prompt and completion, as measured, and on what evidence.

Order of evidence: measured for the model; its measured completion share with its maker's cache share (a maker with
three measured models); the router's average. Belongs here: choosing a profile. Not here: prices.
"""

from __future__ import annotations

import polars as pl

MAKER_MODELS = 3
NEAR_DAYS = 28
"""Measurements this much further away than the nearest one count with it: a month smooths single weeks."""
SHARES = ("fresh_share", "cached_share", "completion_share")


def measured(volumes: pl.DataFrame) -> pl.DataFrame:
    """Weekly shares from prompt, cached and completion tokens: model, day (first of the period), completion_share,
    cache_share (cached over prompt, null where not metered), tokens. Rows whose parts do not make the total are left out.

    ``volumes``: model, day, total_tokens, prompt_tokens, completion_tokens, cached_tokens.
    """
    split = volumes.filter(pl.col("prompt_tokens") > 0, pl.col("completion_tokens") >= 0)
    summed = split.group_by("model", "day").agg(
        pl.col("prompt_tokens", "completion_tokens", "total_tokens").sum(),
        pl.when(pl.col("cached_tokens").is_not_null().all()).then(pl.col("cached_tokens").sum()).alias("cached_tokens"),
    )
    parts = pl.col("prompt_tokens") + pl.col("completion_tokens")
    return (
        summed.filter(parts.is_between(0.8 * pl.col("total_tokens"), 1.25 * pl.col("total_tokens")))
        .select(
            "model",
            "day",
            (pl.col("completion_tokens") / parts).alias("completion_share"),
            (pl.col("cached_tokens") / pl.col("prompt_tokens")).clip(0, 1).alias("cache_share"),
            parts.alias("tokens"),
        )
        .sort("model", "day")
    )


def profile(use: pl.DataFrame, measurements: pl.DataFrame, models: pl.DataFrame) -> pl.DataFrame:
    """Shares of every (model, day) of ``use``: model, day, the three shares (sum 1; null without any measurement),
    profile_basis (measured, maker_cache, router_average). A share is that of the measurements nearest in time.

    ``measurements``: :func:`measured`. ``models``: model, developer.
    """
    makers = models.select("model", "developer").unique("model")
    wanted = use.select("model", "day").unique().join(makers, on="model", how="left")
    rows = measurements.join(makers, on="model", how="left")
    metered = rows.drop_nulls("cache_share")
    known = metered.filter(pl.col("model").n_unique().over("developer") >= MAKER_MODELS)
    out = wanted
    for source, name, by, as_name in (
        (rows, "completion_share", ["model"], "done"),
        (metered, "cache_share", ["model"], "hit"),
        (known, "cache_share", ["developer"], "maker_hit"),
        (rows, "completion_share", [], "all_done"),
        (metered, "cache_share", [], "all_hit"),
    ):
        out = out.join(_nearest(wanted, source, name, by).rename({name: as_name}), on=[*by, "day"], how="left")
    own, maker = (
        pl.col("done").is_not_null() & pl.col("hit").is_not_null(),
        pl.col("done").is_not_null() & pl.col("maker_hit").is_not_null(),
    )
    basis = pl.when(own).then(pl.lit("measured")).when(maker).then(pl.lit("maker_cache")).otherwise(pl.lit("router_average"))
    done, hit = pl.coalesce("done", "all_done"), pl.coalesce("hit", "maker_hit", "all_hit")
    return out.select(
        "model",
        "day",
        ((1 - done) * (1 - hit)).alias("fresh_share"),
        ((1 - done) * hit).alias("cached_share"),
        done.alias("completion_share"),
        basis.alias("profile_basis"),
    ).sort("model", "day")


def fixed(own: pl.DataFrame) -> pl.DataFrame:
    """One profile per model for the whole panel, the mean of :func:`profile` over its days, on every day."""
    mean = own.group_by("model").agg(pl.col(SHARES).mean())
    return own.select("model", "day", "profile_basis").join(mean, on="model").sort("model", "day")


def _nearest(wanted: pl.DataFrame, rows: pl.DataFrame, name: str, by: list[str]) -> pl.DataFrame:
    """Token-weighted mean of ``name`` within ``NEAR_DAYS`` of the measurement nearest to each day: by, day, name."""
    asked = wanted.select(*by, "day").unique()
    seen = rows.select(*by, pl.col("day").alias("seen"), name, "tokens")
    pairs = (asked.join(seen, on=by) if by else asked.join(seen, how="cross")).with_columns(
        distance=(pl.col("day") - pl.col("seen")).dt.total_days().abs()
    )
    near = pairs.filter(pl.col("distance") <= pl.col("distance").min().over(*by, "day") + NEAR_DAYS)
    return near.group_by(*by, "day").agg(((pl.col(name) * pl.col("tokens")).sum() / pl.col("tokens").sum()).alias(name))
