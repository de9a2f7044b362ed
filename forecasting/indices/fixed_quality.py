"""What a fixed quality costs: the second-cheapest confirmed seller of a model at least as able as a reference model.

The headline's basket: one price per reference ability and week, their geometric mean over the abilities that are live, and
the change over a year with a moving-block interval. An ability is live in a week while a less able model is on sale
(else the threshold measures nothing) and two sellers are confirmed. Belongs here: the basket, its rate and its
coverage. Not here: the joint scale (``panel.latent``), other indices.
"""

from __future__ import annotations

import zlib
from datetime import date, timedelta

import numpy as np
import polars as pl

from forecasting.estimators.decline import Rate
from forecasting.panel import listings, reference
from units.constants import DAYS_PER_YEAR
from warehouse.schema import frames

SELLER_RANK = 2
ENTRANT_DAYS = 90
SUPPORT_SHARE = 0.5
"""Share of the models listed in the last 90 days that must be scored for a day to be supported."""
BLOCK_WEEKS, DRAWS, CONFIDENCE = 8, 2000, 0.90
WEEKS_PER_YEAR = 52


def prices(input_price: pl.DataFrame, joint: pl.DataFrame, as_of: date, years: float = 3.0) -> pl.DataFrame:
    """Table ``stats.fixed_quality``: the price of each reference ability in each week that ends at ``as_of``.

    ``input_price``: core.input_price; ``joint``: stats.latent_quality. Columns reference_model, day, price_usd_per_mtok,
    model, provider, offer_id, sellers_count, is_live, ability_logit.
    """
    usable = listings.usable_prices(input_price, as_of)
    trusted = listings.usable_prices(listings.trusted(input_price), as_of)
    ability = dict(joint.select("model", "ability_logit").rows())
    weeks = [as_of - timedelta(weeks=k) for k in range(int(years * WEEKS_PER_YEAR), -1, -1)]
    grid = pl.DataFrame({"day": weeks})
    scored = joint.select("model", pl.col("ability_logit").alias("ability"))
    on_sale = _in_force(usable, scored, grid).select("day", "model", "ability").unique()
    offers = _in_force(trusted, scored, grid)
    blocks = []
    for name in reference.basket():
        if name not in ability:
            continue
        level = ability[name]
        below = on_sale.filter(pl.col("ability") < level).select("day").unique().with_columns(below=pl.lit(True))
        sellers = (
            offers.filter(pl.col("ability") >= level).sort("price", "offer_id").group_by("day", "provider", maintain_order=True).first()
        )
        ranked = sellers.sort("day", "price", "offer_id").with_columns(
            rank=pl.int_range(1, pl.len() + 1).over("day"), sellers_count=pl.len().over("day")
        )
        blocks.append(
            ranked.filter(pl.col("rank") == SELLER_RANK)
            .join(below, on="day", how="left")
            .select(
                pl.lit(name).alias("reference_model"),
                "day",
                pl.col("price").alias("price_usd_per_mtok"),
                "model",
                "provider",
                "offer_id",
                pl.col("sellers_count").cast(pl.Int64),
                pl.col("below").fill_null(False).alias("is_live"),
                pl.lit(level).alias("ability_logit"),
            )
        )
    return frames.conform("stats.fixed_quality", pl.concat(blocks)) if blocks else frames.empty("stats.fixed_quality")


def _in_force(rows: pl.DataFrame, scored: pl.DataFrame, grid: pl.DataFrame) -> pl.DataFrame:
    return rows.join(scored, on="model").join_where(grid, pl.col("valid_from") <= pl.col("day"), pl.col("last_day") >= pl.col("day"))


def rate(table: pl.DataFrame, end: date, weeks: int = WEEKS_PER_YEAR) -> Rate | None:
    """Change of the basket over the year that ends in the last week up to ``end``: slope in logs per year, 90 % interval.

    Only abilities live in the whole window count, each with the same weight. Interval: moving blocks of
    ``BLOCK_WEEKS`` weekly changes of the basket (Kunsch 1989) with a correction for few blocks, seeded by ``end``; on
    simulated years it holds the truth 92, 88 and 79 % of the time when weekly changes correlate by 0, .5 and .8 (a
    test). None with less than a year.
    """
    live = table.filter(pl.col("is_live"), pl.col("day") <= end)
    days = live["day"].unique().sort().to_list()[-(weeks + 1) :]
    if len(days) < weeks + 1:
        return None
    wide = (
        live.filter(pl.col("day").is_in(days)).pivot(on="reference_model", index="day", values="price_usd_per_mtok").sort("day").drop("day")
    )
    whole = [c for c in wide.columns if wide[c].null_count() == 0]
    if not whole:
        return None
    basket = np.log(wide.select(whole).to_numpy()).mean(axis=1)
    steps = np.diff(basket)
    rng = np.random.default_rng(zlib.crc32(end.isoformat().encode()))
    starts = rng.integers(0, len(steps) - BLOCK_WEEKS + 1, (DRAWS, -(-len(steps) // BLOCK_WEEKS)))
    drawn = steps[(starts[:, :, None] + np.arange(BLOCK_WEEKS)).reshape(DRAWS, -1)[:, : len(steps)]].sum(axis=1)
    scale = DAYS_PER_YEAR / 7 / len(steps)
    low, high = np.quantile(drawn - drawn.mean(), [0.5 - CONFIDENCE / 2, 0.5 + CONFIDENCE / 2]) * _few_blocks(len(steps))
    total = float(steps.sum())
    return Rate(total * scale, (total + float(low)) * scale, (total + float(high)) * scale, len(whole))


def _few_blocks(steps: int) -> float:
    """How much wider than the bootstrap's limits the interval must be: a window has few blocks, so the sum about its mean is
    sqrt(n / (n - b)) too narrow, and Student's t with blocks - 1 degrees of freedom takes the place of the normal.
    """
    from scipy import stats

    quantile = 0.5 + CONFIDENCE / 2
    return float(np.sqrt(steps / (steps - BLOCK_WEEKS)) * stats.t.ppf(quantile, steps / BLOCK_WEEKS - 1) / stats.norm.ppf(quantile))


def coverage(input_price: pl.DataFrame, joint: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Table ``stats.score_coverage``: at each month's end and at ``as_of``, the share of models first listed in the 90 days
    before that have an ability on the joint scale today.
    """
    first = listings.usable_prices(input_price, as_of).group_by("model").agg(pl.col("valid_from").min().alias("first_listed"))
    scored = first.join(joint.select("model", scored=pl.lit(True)), on="model", how="left").with_columns(pl.col("scored").fill_null(False))
    start = as_of.replace(day=1)
    days = [as_of] + [(pl.select(pl.lit(start).dt.offset_by(f"-{k}mo")).item() - timedelta(days=1)) for k in range(36)]
    rows = scored.join_where(
        pl.DataFrame({"day": days}),
        pl.col("first_listed") <= pl.col("day"),
        pl.col("first_listed") > pl.col("day").dt.offset_by(f"-{ENTRANT_DAYS}d"),
    )
    table = rows.group_by("day").agg(
        pl.len().cast(pl.Int64).alias("entrants_count"), pl.col("scored").sum().cast(pl.Int64).alias("scored_count")
    )
    return frames.conform("stats.score_coverage", table.with_columns(scored_share=pl.col("scored_count") / pl.col("entrants_count")))


def supported_until(table: pl.DataFrame) -> date | None:
    """The last day on which at least half of the entrants of the 90 days before are scored, or None."""
    good = table.filter(pl.col("scored_share") >= SUPPORT_SHARE)["day"]
    return good.max() if len(good) else None  # type: ignore[return-value]
