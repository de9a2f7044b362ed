"""What was measured of use: tokens and spend on one router, their growth, and how use follows a model's own price.

The elasticity is that of one model's tokens to its own price against the week's other models (substitution between models
of one router): the change over ``SPAN_WEEKS`` of ln tokens on that of ln price with an effect for every week, errors
clustered by model. It is not the demand of a market for tokens, which no public series identifies. Belongs here: these
measurements. Not here: what would follow if they held elsewhere (``consequences``).
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from units.constants import DAYS_PER_YEAR
from warehouse.schema import frames

SPAN_WEEKS = 4
MIN_ROWS, MIN_MODELS, MIN_MOVED = 30, 10, 3
MOVED_LOG = 0.02
"""A price that moved by less over the span did not move."""


def build(weights: pl.DataFrame, volume: pl.DataFrame) -> pl.DataFrame:
    """Table ``stats.measured_usage``, from stats.token_weight and core.token_volume (both of the router)."""
    rows = [*_growth(weights), *_tokens_since(volume)]
    found = elasticity(weights)
    if found is not None:
        rows.append(found)
    return frames.from_rows("stats.measured_usage", rows)


def _growth(weights: pl.DataFrame) -> list[dict[str, object]]:
    """Weekly tokens of named models, effective spend and the price of an average paid token, first against last week."""
    if weights.is_empty():
        return []
    spend = pl.col("effective_usd_per_mtok") * pl.col("volume_tokens") / 1e6
    named = pl.col("volume_kind") != "other"
    weekly = (
        weights.group_by("period_start")
        .agg(
            pl.col("volume_tokens").filter(named).sum().alias("tokens"),
            spend.sum().alias("spend"),
            pl.col("volume_tokens").filter(pl.col("effective_usd_per_mtok") > 0).sum().alias("paid"),
        )
        .sort("period_start")
    )
    first, last = weekly.row(0, named=True), weekly.row(-1, named=True)
    said = {
        "weekly tokens of named models": ("tokens", first["tokens"], last["tokens"]),
        "weekly spend at effective prices": ("USD", first["spend"], last["spend"]),
        "effective price of a paid token": ("USD/Mtok", first["spend"] / first["paid"] * 1e6, last["spend"] / last["paid"] * 1e6),
    }
    return [_row(name, unit, first["period_start"], last["period_start"], a, b, weekly.height) for name, (unit, a, b) in said.items()]


def _tokens_since(volume: pl.DataFrame) -> list[dict[str, object]]:
    """Daily tokens of the whole list: the first single day held against the mean of the last seven."""
    daily = (
        volume.filter(pl.col("gateway") == "openrouter", pl.col("period_days") == 1, pl.col("measure") == "total_tokens")
        .group_by("period_start")
        .agg(pl.col("value").sum())
        .sort("period_start")
    )
    if daily.height < 8:
        return []
    first, last = daily.row(0, named=True), daily.tail(7)
    return [
        _row(
            "daily tokens of the whole list",
            "tokens",
            first["period_start"],
            last["period_start"].max(),  # type: ignore[arg-type]
            first["value"],
            float(last["value"].cast(pl.Float64).to_numpy().mean()),
            daily.height,
        )
    ]


def _row(measure: str, unit: str, start: date, end: date, a: float, b: float, n: int) -> dict[str, object]:
    years = (end - start).days / DAYS_PER_YEAR
    return {
        "measure": measure,
        "unit": unit,
        "period_from": start,
        "period_to": end,
        "first_value": a,
        "last_value": b,
        "growth_factor": b / a,
        "growth_per_year": (b / a) ** (1 / years) - 1 if years > 0.4 else None,
        "n": n,
    }


def elasticity(weights: pl.DataFrame) -> dict[str, object] | None:
    """Elasticity of a model's tokens to its own price with its 90 % interval, or None where too few prices moved."""
    from forecasting.estimators.regression import least_squares

    rows = (
        weights.filter(pl.col("fixed_profile_usd_per_mtok") > 0, pl.col("volume_tokens") > 0)
        .group_by("model", "period_start")
        .agg(
            pl.col("volume_tokens").sum().log().alias("q"),
            ((pl.col("fixed_profile_usd_per_mtok") * pl.col("volume_tokens")).sum() / pl.col("volume_tokens").sum()).log().alias("p"),
        )
        .drop_nulls("model")
    )
    later = rows.with_columns((pl.col("period_start") - timedelta(weeks=SPAN_WEEKS)).alias("before"))
    pairs = (
        later.join(rows, left_on=["model", "before"], right_on=["model", "period_start"], suffix="_before")
        .with_columns(dq=pl.col("q") - pl.col("q_before"), dp=pl.col("p") - pl.col("p_before"))
        .sort("period_start", "model")
    )
    moved = pairs.filter(pl.col("dp").abs() > MOVED_LOG)["model"].n_unique() if pairs.height else 0
    if pairs.height < MIN_ROWS or pairs["model"].n_unique() < MIN_MODELS or moved < MIN_MOVED:
        return None
    weeks = pairs.select(pl.col("period_start").cast(pl.String)).to_dummies().to_numpy().astype(float)
    fit = least_squares(pairs["dq"].to_numpy(), np.column_stack([pairs["dp"].to_numpy(), weeks]), pairs["model"].to_numpy())
    value, low, high = fit.interval(0)
    return {
        "measure": "elasticity of a model's tokens to its own price",
        "unit": "elasticity",
        "period_from": pairs["period_start"].min(),
        "period_to": pairs["period_start"].max(),
        "elasticity": value,
        "elasticity_low": low,
        "elasticity_high": high,
        "n": pairs.height,
    }
