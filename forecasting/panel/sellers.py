"""Prices at a constant mix of sellers: who sells must not move an index of what is sold.

Clouds resell at list price plus, hosts undercut, and the set of both that is observed grows every month. The seller
effect is read only where several sellers offer one model in one month (two-way fit: model-month and seller), and
subtracted. Measured on the data of 2026-11: without it the yearly factor over all listings reads .94, with it 1.03;
with seller dummies in the hedonic regression 1.11; first parties alone 1.10. Belongs here: that adjustment.
"""

from __future__ import annotations

import numpy as np
import polars as pl

SWEEPS = 60
RIDGE_OFFERS = 10.0
"""A seller seen in few shared model-months is drawn to no effect, as if it had this many offers at the average."""


def seller_effects(cell: np.ndarray, seller: np.ndarray, log_price: np.ndarray) -> np.ndarray:
    """Effect of each row's seller in logs: how much dearer it sells the same model in the same month.

    ``cell`` labels model and month, ``seller`` the provider. Alternating projections with a ridge; sellers that share no
    cell with another get 0.
    """
    _, i = np.unique(cell, return_inverse=True)
    names, j = np.unique(seller, return_inverse=True)
    size = np.bincount(i)
    shared = (size[i] > 1).astype(float)
    effect = np.zeros(len(names))
    for _ in range(SWEEPS):
        level = np.bincount(i, log_price - effect[j]) / size
        effect = np.bincount(j, shared * (log_price - level[i]), len(names)) / (np.bincount(j, shared, len(names)) + RIDGE_OFFERS)
    return effect[j]


def at_constant_sellers(on_sale: pl.DataFrame) -> pl.DataFrame:
    """``on_sale`` (model, month, provider, price) with column ``log_price``: log price less its seller's effect."""
    rows = on_sale.sort("model", "month", "provider", "price")
    cell = rows.select(pl.concat_str("model", pl.col("month").cast(pl.String), separator="@")).to_series()
    log_price = np.log(rows["price"].to_numpy())
    effect = seller_effects(cell.to_numpy().astype(str), rows["provider"].to_numpy().astype(str), log_price)
    return rows.with_columns(pl.Series("log_price", log_price - effect))
