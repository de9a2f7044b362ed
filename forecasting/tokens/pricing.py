"""The price of each model on each day it was used, by a fixed order of evidence, with the basis of every price.

Closed weights: the maker's list, then the router's price. Open weights: the router's price on that day, the maker's,
the median of the hosts. A price that was not in force that day is used only within ``NEAR_DAYS`` and flagged. A
cached price nobody states is the model's own ratio of cached to input elsewhere, else its maker's, else the input price.
Belongs here: choosing a price. Not here: token profiles, or any index.
"""

from __future__ import annotations

import polars as pl

NEAR_DAYS = 7
LEAK_RATIO = 0.5
LEAK_TOLERANCE = 0.005
"""A reseller of closed weights at exactly half of the maker's input and output price shows the batch variant."""
ORDER = {
    False: {"maker": 0, "router": 1, "hosts": 2},
    True: {"router": 0, "maker": 1, "hosts": 2},
}
"""Order of evidence by open weights."""
_PRICES = ("price_input", "price_output", "price_cached")


def priced(use: pl.DataFrame, prices: pl.DataFrame, models: pl.DataFrame, router: str) -> pl.DataFrame:
    """The list price of every (model, day) of ``use``.

    ``use``: model, day. ``prices``: ``core.input_price`` (USD per Mtok). ``models``: model, developer, open_weights.
    Returns model, day, price_input, price_output, price_cached (USD per Mtok), basis (maker, router, hosts),
    near_days (0: in force), cached_basis (stated, model_ratio, maker_ratio, input), sorted; only priced rows.
    """
    wanted = use.select("model", "day").unique()
    rows = _intervals(prices, models, router).join(wanted, on="model")
    before, after = (pl.col("valid_from") - pl.col("day")).dt.total_days(), (pl.col("day") - pl.col("valid_to")).dt.total_days()
    near = pl.max_horizontal(before, after.fill_null(0), pl.lit(0))
    rows = rows.with_columns(near_days=near).filter(pl.col("near_days") <= NEAR_DAYS)
    in_force = rows.filter(pl.col("near_days") == pl.col("near_days").min().over("model", "day", "provider"))
    newest = in_force.sort("valid_from", "offer_id").group_by("model", "day", "provider", maintain_order=True).last()
    by_kind = newest.group_by("model", "day", "evidence", "near_days").agg(
        pl.col(_PRICES).median(), pl.col("open").first(), pl.col("developer").first()
    )
    rank = (
        pl.when("open")
        .then(pl.col("evidence").replace_strict(ORDER[True], return_dtype=pl.Int64))
        .otherwise(pl.col("evidence").replace_strict(ORDER[False], return_dtype=pl.Int64))
    )
    ranked = by_kind.with_columns(rank=rank)
    best = ranked.sort("model", "day", pl.col("near_days") > 0, "rank", "near_days").group_by("model", "day", maintain_order=True).first()
    return (
        _with_cached(best, _intervals(prices, models, router))
        .select("model", "day", *_PRICES, pl.col("evidence").alias("basis"), "near_days", "cached_basis")
        .sort("model", "day")
    )


def _intervals(prices: pl.DataFrame, models: pl.DataFrame, router: str) -> pl.DataFrame:
    """Prices with ``open``, ``developer`` and ``evidence`` (maker, router, hosts) of each provider."""
    known = models.select("model", "developer", pl.col("open_weights").fill_null(False).alias("open")).unique("model")
    evidence = (
        pl.when(pl.col("provider_tier") == "first_party")
        .then(pl.lit("maker"))
        .when(pl.col("provider") == router)
        .then(pl.lit("router"))
        .otherwise(pl.lit("hosts"))
    )
    rows = prices.select(
        "offer_id",
        "model",
        "provider",
        "valid_from",
        "valid_to",
        evidence.alias("evidence"),
        pl.col("price_input_usd_per_mtok").cast(pl.Float64).alias("price_input"),
        pl.col("price_output_usd_per_mtok").cast(pl.Float64).alias("price_output"),
        pl.col("price_cached_usd_per_mtok").cast(pl.Float64).alias("price_cached"),
        (pl.col("provider_tier") == "open_weights").alias("served_open"),
    ).join(known, on="model", how="left")
    return rows.with_columns(pl.col("open").fill_null(False) | pl.col("served_open").any().over("model"))


def _with_cached(best: pl.DataFrame, intervals: pl.DataFrame) -> pl.DataFrame:
    ratio = pl.col("price_cached") / pl.col("price_input")
    stated = intervals.filter(pl.col("price_cached") > 0, pl.col("price_input") > 0).with_columns(ratio=ratio)
    own = stated.group_by("model").agg(pl.col("ratio").median().alias("model_ratio"))
    maker = stated.filter(pl.col("evidence") == "maker").group_by("developer").agg(pl.col("ratio").median().alias("maker_ratio"))
    joined = best.join(own, on="model", how="left").join(maker, on="developer", how="left")
    basis = (
        pl.when(pl.col("price_cached").is_not_null())
        .then(pl.lit("stated"))
        .when(pl.col("model_ratio").is_not_null())
        .then(pl.lit("model_ratio"))
        .when(pl.col("maker_ratio").is_not_null())
        .then(pl.lit("maker_ratio"))
        .otherwise(pl.lit("input"))
    )
    share = pl.coalesce("model_ratio", "maker_ratio", pl.lit(1.0)).clip(0, 1)
    return joined.with_columns(cached_basis=basis, price_cached=pl.coalesce("price_cached", share * pl.col("price_input")))


def leaks(use: pl.DataFrame, prices: pl.DataFrame, models: pl.DataFrame, router: str) -> pl.DataFrame:
    """Days on which the router shows exactly half of the maker's price of closed weights: model, day, router_input,
    maker_input (USD per Mtok). Such a price is a variant that leaked, and the maker's is used.
    """
    rows = (
        _intervals(prices, models, router)
        .filter(~pl.col("open"))
        .join(use.select("model", "day").unique(), on="model")
        .filter((pl.col("valid_from") <= pl.col("day")) & ((pl.col("valid_to") >= pl.col("day")) | pl.col("valid_to").is_null()))
    )
    newest = rows.sort("valid_from", "offer_id").group_by("model", "day", "evidence", maintain_order=True).last()
    maker, reseller = (newest.filter(pl.col("evidence") == name) for name in ("maker", "router"))
    pairs = maker.join(reseller, on=["model", "day"], suffix="_router")
    half = pl.all_horizontal(
        ((pl.col(f"{c}_router") / pl.col(c)) - LEAK_RATIO).abs() < LEAK_TOLERANCE for c in ("price_input", "price_output")
    )
    return (
        pairs.filter(half)
        .select("model", "day", pl.col("price_input_router").alias("router_input"), pl.col("price_input").alias("maker_input"))
        .sort("model", "day")
    )


def said(found: pl.DataFrame) -> list[str]:
    """A sentence for :func:`leaks`."""
    if found.is_empty():
        return []
    names = found["model"].unique().sort().to_list()
    return [
        f"the router shows exactly half of the maker's price for {', '.join(names)} on {found['day'].n_unique()} days (a variant that "
        "leaked): the maker's price is used."
    ]
