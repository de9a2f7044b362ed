"""Price intervals and scores, cut at a vintage, in the shapes every index uses.

Belongs here: bitemporal cuts, the blend, monthly listings with age and quality. Not here: any index.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl

from forecasting.estimators.regression import logit
from forecasting.panel.sellers import at_constant_sellers
from reference import definitions
from units.constants import DAYS_PER_YEAR


def input_share(blend: str | None = None) -> float:
    """Share of input tokens in a mix: the project's own (None), ``NtoM`` (input to output) or ``output``."""
    if blend is None:
        return definitions.blend_input_share()
    if blend == "output":
        return 0.0
    into, out = map(float, blend.split("to"))
    return into / (into + out)


def _day(frame: pl.DataFrame, *names: str) -> pl.DataFrame:
    parts = []
    for name in names:
        if frame.schema[name] == pl.String:
            parts.append(pl.col(name).str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False))
        else:
            parts.append(pl.col(name).cast(pl.Date))
    return frame.with_columns(parts)


def usable_prices(prices: pl.DataFrame, as_of: date, blend: str | None = None) -> pl.DataFrame:
    """Intervals usable at ``as_of`` with column ``price`` (USD per Mtok, blended), still open ones ending at as_of.

    Usable: valid_from <= as_of and observed_at <= as_of. Free and unpriced offers are left out: a price of zero
    is another service. An interval is never used before it was in force, so nothing is back-dated.
    """
    share = input_share(blend)
    rows = _day(prices, "valid_from", "valid_to", "observed_at").filter(
        (pl.col("valid_from") <= as_of)
        & (pl.col("observed_at") <= as_of)
        & (pl.col("price_input_usd_per_mtok") > 0)
        & (pl.col("price_output_usd_per_mtok") > 0)
    )
    last = pl.min_horizontal(pl.col("valid_to").fill_null(as_of), pl.lit(as_of))
    return (
        rows.select(
            "offer_id",
            "model",
            "provider",
            "provider_tier",
            "valid_from",
            last.alias("last_day"),
            pl.col("price_output_usd_per_mtok").cast(pl.Float64).alias("price_output"),
            (
                share * pl.col("price_input_usd_per_mtok").cast(pl.Float64)
                + (1 - share) * pl.col("price_output_usd_per_mtok").cast(pl.Float64)
            ).alias("price"),
        )
        .filter(pl.col("last_day") >= pl.col("valid_from"))
        .sort("offer_id", "valid_from")
    )


TRUSTED = ("first_party", "confirmed")
"""Statuses of a price that may set a frontier: the maker's own list, or a price that an independent witness confirms."""


def trusted(prices: pl.DataFrame) -> pl.DataFrame:
    """The prices that may set a frontier; all of them where no status is known (a panel without a belief)."""
    return prices.filter(pl.col("status").is_in(TRUSTED)) if "status" in prices.columns else prices


def usable_scores(scores: pl.DataFrame, as_of: date, hindsight: bool = False) -> pl.DataFrame:
    """One score per model, benchmark and version, of those published by ``as_of``.

    The median over sources; of several variants (reasoning effort, column ``variant`` if present) the best: it is what
    the model can be bought for. That effort costs more tokens shows in the per-task index, not here.
    """
    rows = _day(scores, "as_of").with_columns(pl.col("benchmark_version").cast(pl.String).fill_null(""))
    if not hindsight:
        rows = rows.filter(pl.col("as_of") <= as_of)
    variant = pl.col("variant").cast(pl.String).fill_null("") if "variant" in rows.columns else pl.lit("")
    key = ["model", "benchmark", "benchmark_version"]
    per_variant = (
        rows.drop_nulls(["model", "score"])
        .with_columns(variant.alias("variant"))
        .group_by(*key, "variant")
        .agg(pl.col("score").cast(pl.Float64).median(), pl.col("as_of").min())
    )
    return (
        per_variant.group_by(key)
        .agg(pl.col("score").max(), pl.col("as_of").min().alias("scored_on"))
        .sort("benchmark", "benchmark_version", "model")
    )


def _plain(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())


def scale_scores(scores: pl.DataFrame, scale: dict[str, Any]) -> pl.DataFrame:
    """Model, score, scale_version of one scale of thresholds.toml; of several versions the one with most models.

    ``scores`` from :func:`usable_scores`. Versions are never mixed: a re-based index is another scale.
    """
    wanted = {_plain(b) for b in scale["benchmark"]}
    names = [b for b in scores["benchmark"].unique().to_list() if _plain(b) in wanted]
    rows = scores.filter(pl.col("benchmark").is_in(names))
    if rows.is_empty():
        return pl.DataFrame(schema={"model": pl.String, "score": pl.Float64, "scale_version": pl.String})
    counts = rows.group_by("benchmark_version").len().sort(["len", "benchmark_version"], descending=[True, True])
    version = counts["benchmark_version"][0]
    return (
        rows.filter(pl.col("benchmark_version") == version)
        .group_by("model")
        .agg(pl.col("score").median())
        .with_columns(pl.lit(version).alias("scale_version"))
        .sort("model")
    )


def each_month(prices: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Intervals repeated for each month they are in force on the 15th (or as_of): columns month and probe added."""
    start = min(prices["valid_from"].to_list(), default=as_of).replace(day=1)
    probe = pl.DataFrame({"month": pl.date_range(start, as_of, "1mo", eager=True)}).with_columns(
        pl.min_horizontal(pl.col("month").dt.offset_by("14d"), pl.lit(as_of)).alias("probe")
    )
    return prices.join_where(probe, pl.col("valid_from") <= pl.col("probe"), pl.col("last_day") >= pl.col("probe"))


def monthly(prices: pl.DataFrame, quality: pl.DataFrame, models: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row per model and month: the listings every hedonic index is fitted to.

    ``prices`` from :func:`usable_prices`; ``quality``: model, quality (unbounded: logit or index). Columns model,
    month, years (mid-month or as_of, since 2000), log_price (median offer in force on the 15th, or as_of, at
    constant sellers: see ``sellers``),
    quality, age_years (since release, else since first listed), open, cluster (family, else model), launch (the
    first month).
    """
    if prices.is_empty() or quality.is_empty():
        return _empty_monthly()
    on_sale = at_constant_sellers(each_month(prices.join(quality, on="model"), as_of))
    first = prices.group_by("model").agg(pl.col("valid_from").min().alias("first_listed"))
    known = (
        _day(models, "release_date")
        .unique("model", keep="first", maintain_order=True)
        .select("model", "release_date", "open_weights", pl.col("family").fill_null(pl.col("model")).alias("cluster"))
    )
    rows = (
        on_sale.group_by("model", "month", "probe")
        .agg(pl.col("log_price").median(), pl.col("quality").first())
        .join(first, on="model")
        .join(known, on="model", how="left")
    )
    born = pl.min_horizontal(pl.col("release_date"), pl.col("first_listed"))
    return (
        rows.with_columns(
            ((pl.col("probe") - date(2000, 1, 1)).dt.total_days() / DAYS_PER_YEAR).alias("years"),
            ((pl.col("probe") - born).dt.total_days() / DAYS_PER_YEAR).alias("age_years"),
            pl.col("open_weights").fill_null(False).cast(pl.Float64).alias("open"),
            pl.col("cluster").fill_null(pl.col("model")),
            (pl.col("month") == pl.col("month").min().over("model")).alias("launch"),
        )
        .select("model", "month", "years", "log_price", "quality", "age_years", "open", "cluster", "launch")
        .sort("month", "model")
    )


def monthly_offers(prices: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row per offer and month it is in force on the 15th: offer_id, model, month, log_price. For matched indices:
    the same offer in two months, never two variants of a model.
    """
    if prices.is_empty():
        return pl.DataFrame(schema={"offer_id": pl.String, "model": pl.String, "month": pl.Date, "log_price": pl.Float64})
    return (
        each_month(prices, as_of)
        .group_by("offer_id", "model", "month")
        .agg(pl.col("price").last().log().alias("log_price"))
        .sort("offer_id", "month")
    )


def _empty_monthly() -> pl.DataFrame:
    return pl.DataFrame(
        schema={
            "model": pl.String,
            "month": pl.Date,
            "years": pl.Float64,
            "log_price": pl.Float64,
            "quality": pl.Float64,
            "age_years": pl.Float64,
            "open": pl.Float64,
            "cluster": pl.String,
            "launch": pl.Boolean,
        }
    )


def as_quality(scores: pl.DataFrame, kind: str) -> pl.DataFrame:
    """model, quality: logit of a share in per cent, an index as it is, divided by its standard deviation."""
    if scores.is_empty():
        return pl.DataFrame(schema={"model": pl.String, "quality": pl.Float64})
    value = scores["score"].to_numpy()
    quality = logit(value / 100) if kind == "share" else (value - value.mean()) / (np.std(value) or 1.0)
    return scores.select("model").with_columns(pl.Series("quality", quality))
