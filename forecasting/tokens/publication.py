"""The published token index: weekly, from complete weeks only, with its weights and the hash of its inputs.

Every published value can be computed again from the weights table alone (``recomputed``), and the hash says whether the
rows are those it was computed from. Belongs here: what is published and how it is checked. Not here: the formulae.
"""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import polars as pl

from forecasting.tokens import token_index, volumes
from warehouse.schema.frames import conform, empty

ROUTER = "openrouter"
METHOD_VERSION = "tok-2"
FINAL_AFTER_DAYS = 7
"""A value is preliminary for a week after its period: prices and volumes of the last days still arrive."""
TOLERANCE = 1e-9
_LEVELS = ("list", "own", "fixed")
_PUBLISHED = {"list": "list_usd_per_mtok", "own": "effective_usd_per_mtok", "fixed": "fixed_profile_usd_per_mtok"}


def build(
    volume: pl.DataFrame, names: pl.DataFrame, prices: pl.DataFrame, models: pl.DataFrame, latent: pl.DataFrame, as_of: date
) -> dict[str, pl.DataFrame]:
    """Tables ``stats.token_weight`` and ``stats.token_index`` at ``as_of``.

    ``volume``: core.token_volume; ``names``: core.token_name; ``prices``, ``models``: core.input_price and
    core.input_model; ``latent``: stats.latent_quality (model, ability_logit).
    """
    known = names.rename({"model_label": "slug", "volume_kind": "kind"})
    history = volume.filter(pl.col("gateway") == ROUTER)
    daily = history.filter(pl.col("period_days") == 1, pl.col("measure") == "total_tokens").select(
        pl.col("period_start").alias("day"), pl.col("model_label").alias("slug"), pl.col("value").alias("tokens")
    )
    whole = complete_weeks(daily)
    if whole.is_empty():
        return {"stats.token_weight": empty("stats.token_weight"), "stats.token_index": empty("stats.token_index")}
    priced = token_index.priced_volumes(whole, known, prices, models, volumes.measurements(history, known), ROUTER)
    table = weights(priced, latent)
    return {"stats.token_weight": table, "stats.token_index": recomputed(table, as_of)}


def complete_weeks(daily: pl.DataFrame) -> pl.DataFrame:
    """The rows of the last unbroken run of weeks (Monday to Sunday) whose seven days are all there."""
    week = pl.col("day").dt.truncate("1w")
    full = daily.group_by(week.alias("week")).agg(pl.col("day").n_unique().alias("days")).filter(pl.col("days") == 7)["week"].sort()
    if full.is_empty():
        return daily.clear()
    gaps = full.diff().dt.total_days().fill_null(7) > 7
    first = full.filter(gaps).max() if gaps.any() else full[0]
    return daily.filter(week.is_in(full.filter(full >= first).implode()))


def weights(priced: pl.DataFrame, latent: pl.DataFrame) -> pl.DataFrame:
    """Table ``stats.token_weight``: one model label in one week with its tokens, prices and their bases."""
    rows = token_index.periods(priced, "week")
    tokens = pl.col("tokens")
    summed = rows.group_by("day", "slug").agg(
        pl.col("model", "kind", "basis", "cached_basis", "profile_basis").drop_nulls().last(),
        tokens.sum().alias("volume_tokens"),
        pl.col("near_days").max(),
        *(((pl.col(c) * tokens).sum() / tokens.filter(pl.col(c).is_not_null()).sum()).alias(name) for c, name in _PUBLISHED.items()),
        *(pl.col(c).is_null().any().alias(f"_{c}") for c in _LEVELS),
    )
    summed = summed.sort("day", "slug")  # a sum of shares depends on the order of its terms in the last digit
    known = summed.with_columns(pl.when(~pl.col(f"_{c}")).then(name).alias(name) for c, name in _PUBLISHED.items())
    spend = pl.col("effective_usd_per_mtok") * pl.col("volume_tokens")
    return conform(
        "stats.token_weight",
        known.join(latent.select("model", "ability_logit"), on="model", how="left", maintain_order="left").select(
            pl.col("day").alias("period_start"),
            pl.col("slug").alias("model_label"),
            "model",
            pl.col("kind").alias("volume_kind"),
            "volume_tokens",
            *_PUBLISHED.values(),
            (spend / spend.sum().over("day")).alias("spend_share"),
            pl.col("basis").alias("price_basis"),
            "near_days",
            "cached_basis",
            "profile_basis",
            "ability_logit",
        ),
    )


def recomputed(table: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Table ``stats.token_index`` from the weights alone: every index and level of every week, its status and inputs."""
    rows = table.select(
        pl.col("period_start").alias("day"),
        pl.col("model_label").alias("slug"),
        "model",
        pl.col("volume_kind").alias("kind"),
        pl.col("volume_tokens").alias("tokens"),
        *(pl.col(name).alias(c) for c, name in _PUBLISHED.items()),
    )
    quality = table.select("model", pl.col("ability_logit").alias("quality")).drop_nulls().unique("model")
    family = _as_published(rows, quality)
    late = token_index.provisional(family)
    settled = pl.col("day") + timedelta(days=7 + FINAL_AFTER_DAYS) <= as_of
    status = (
        pl.when(pl.col("day").is_in(late)).then(pl.lit("provisional")).when(settled).then(pl.lit("final")).otherwise(pl.lit("preliminary"))
    )
    level = pl.col("index").str.starts_with("tok.list") | pl.col("index").str.starts_with("tok.spend")
    unit = (
        pl.when(level)
        .then(pl.lit("USD/Mtok"))
        .when(pl.col("index").str.starts_with("coverage"))
        .then(pl.lit("share"))
        .otherwise(pl.lit("ratio"))
    )
    hashes = input_hashes(table)
    return conform(
        "stats.token_index",
        family.with_columns(status=status, unit=unit, method_version=pl.lit(METHOD_VERSION))
        .join(hashes, left_on="day", right_on="period_start")
        .rename({"index": "index_id", "day": "period_start"}),
    )


def _as_published(rows: pl.DataFrame, quality: pl.DataFrame) -> pl.DataFrame:
    """The family with each week's value from the weeks up to it: a multilateral index would otherwise revise the weeks of its
    first window whenever one is added, and no published value could be computed again. Later windows are spliced on.
    """
    weeks = rows["day"].unique().sort()
    whole, _ = token_index.build(rows, "week", quality)
    early = weeks.slice(0, token_index.WINDOW["week"] - 1)
    ends = [token_index.build(rows.filter(pl.col("day") <= w), "week", quality)[0].filter(pl.col("day") == w) for w in early]
    return pl.concat([*ends, whole.filter(~pl.col("day").is_in(early.implode()))]).sort("index", "day")


def input_hashes(table: pl.DataFrame) -> pl.DataFrame:
    """period_start, inputs_sha256: the hash of all weights up to and including each week, as sorted CSV."""
    ordered = table.sort("period_start", "model_label")
    digest, rows = hashlib.sha256(), []
    for (week,), part in ordered.group_by(["period_start"], maintain_order=True):
        digest.update(part.write_csv(float_precision=12).encode())
        rows.append((week, digest.hexdigest()))
    return pl.DataFrame(rows, schema={"period_start": pl.Date, "inputs_sha256": pl.String}, orient="row")


def verified(published: pl.DataFrame, table: pl.DataFrame, day: date) -> pl.DataFrame:
    """Published and recomputed values of the week that holds ``day``: index_id, published, recomputed, inputs_match, agrees.

    Only weights of that week and earlier are used. Raises ``ValueError`` naming the weeks there are.
    """
    week = day - timedelta(days=day.weekday())
    mine = published.filter(pl.col("period_start") == week)
    if mine.is_empty():
        held = published["period_start"].unique().sort()
        span = f"there are {held[0]} to {held[-1]}" if len(held) else "none is published"
        raise ValueError(f"no value is published for the week of {week}; {span}")
    again = recomputed(table.filter(pl.col("period_start") <= week), day).filter(pl.col("period_start") == week)
    both = mine.join(
        again.select("index_id", pl.col("value").alias("recomputed"), pl.col("inputs_sha256").alias("inputs_now")),
        on="index_id",
        how="left",
    )
    close = (
        ((pl.col("recomputed") / pl.col("value") - 1).abs() <= TOLERANCE)
        | (pl.col("value").is_null() & pl.col("recomputed").is_null())
        | ((pl.col("value") == 0) & (pl.col("recomputed") == 0))
    )
    return both.select(
        "index_id",
        "period_start",
        pl.col("value").alias("published"),
        "recomputed",
        (pl.col("inputs_sha256") == pl.col("inputs_now")).alias("inputs_match"),
        close.fill_null(False).alias("agrees"),
    ).sort("index_id")
