"""The average price that a gateway's shares of spend and of tokens reveal: the only public figure near a transaction.

A model with share s of the spend and t of the tokens, bought at price p, implies that the average token cost p t / s. The
published value is the spend-weighted geometric mean over the named models that are priced; its interval, delete-one-model
jackknife. Belongs here: that inference. Not here: the token index of the router.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from forecasting.indices.family import interval
from forecasting.tokens import token_index, volumes
from forecasting.tokens.publication import ROUTER
from warehouse.schema import frames

GATEWAY = "vercel"


def build(volume: pl.DataFrame, names: pl.DataFrame, prices: pl.DataFrame, models: pl.DataFrame) -> pl.DataFrame:
    """Table ``stats.revealed_price``: period_start, revealed_usd_per_mtok with its interval, models, spend_share covered.

    Reads core.token_volume, core.token_name, core.input_price and core.input_model.
    """
    known = names.rename({"model_label": "slug", "volume_kind": "kind"})
    shares = volume.filter(pl.col("gateway") == GATEWAY, pl.col("measure").is_in(["spend_share", "token_share"])).pivot(
        on="measure", index=["period_start", "model_label"], values="value"
    )
    if shares.is_empty() or not {"spend_share", "token_share"} <= set(shares.columns):
        return frames.empty("stats.revealed_price")
    used = shares.select(
        pl.col("period_start").alias("day"), pl.col("model_label").alias("slug"), pl.col("token_share").alias("tokens"), "spend_share"
    )
    split = volumes.measurements(volume.filter(pl.col("gateway") == ROUTER), known)
    priced = (
        token_index.priced_volumes(used, known, prices, models, split, ROUTER)
        .filter(pl.col("own") > 0, pl.col("tokens") > 0, pl.col("spend_share") > 0)
        .sort("day", "slug")
    )
    rows = []
    for (day,), part in priced.group_by(["day"], maintain_order=True):
        implied = np.log((part["own"] * part["tokens"] / part["spend_share"]).to_numpy())
        weight = part["spend_share"].to_numpy()
        without = [np.average(np.delete(implied, k), weights=np.delete(weight, k)) for k in range(len(weight))] if len(weight) > 1 else []
        logs = np.array([[np.average(implied, weights=weight)], *([w] for w in without)])
        low, high = interval(logs)
        rows.append(
            {
                "period_start": day,
                "revealed_usd_per_mtok": float(np.exp(logs[0, 0])),
                "revealed_low_usd_per_mtok": _price(low),
                "revealed_high_usd_per_mtok": _price(high),
                "models_count": part.height,
                "spend_share": float(weight.sum()) / 100,
            }
        )
    return frames.from_rows("stats.revealed_price", rows)


def _price(logs: np.ndarray) -> float | None:
    return float(np.exp(logs[0])) if np.isfinite(logs[0]) else None
