"""All indices of one vintage, in the order they need each other.

Belongs here: the order of calls and the shaping into tables. Not here: an estimator.
"""

from __future__ import annotations

import zlib
from datetime import date

import numpy as np
import polars as pl

from forecasting.indices import frontier, hedonic
from forecasting.panel import latent, listings, reference, selection
from reference import definitions
from units.constants import DAYS_PER_YEAR
from warehouse.schema import frames

AUDIT_SIMULATIONS = 60
TABLES = ("frontier_price", "index_level", "latent_quality", "selection_audit", "cost_per_task")


def qualities(prices_scores: pl.DataFrame, joint: pl.DataFrame | None = None) -> dict[str, pl.DataFrame]:
    """model, quality for each hedonic scale from usable scores."""
    scales = {s["scale"]: s for s in reference.thresholds()}
    joint = latent.fit(prices_scores) if joint is None else joint
    headline = definitions.text("headline.scale")
    return {
        headline: listings.as_quality(listings.scale_scores(prices_scores, scales[headline]), str(scales[headline]["kind"])),
        "latent": joint.select("model", pl.col("ability_logit").alias("quality")),
    }


def panels(
    prices: pl.DataFrame, scores: pl.DataFrame, models: pl.DataFrame, as_of: date, *, hindsight: bool = False
) -> dict[str, pl.DataFrame]:
    """``listings.monthly`` on each hedonic scale."""
    usable = listings.usable_prices(prices, as_of)
    known = listings.usable_scores(scores, as_of, hindsight)
    return {name: listings.monthly(usable, q, models, as_of) for name, q in qualities(known).items()}


def build(
    prices: pl.DataFrame, scores: pl.DataFrame, models: pl.DataFrame, tokens: pl.DataFrame | None, as_of: date, *, hindsight: bool = False
) -> dict[str, pl.DataFrame]:
    """All price indices at ``as_of``: frontier_price, index_level, latent_quality, selection_audit, cost_per_task.

    ``prices``, ``scores``, ``models``, ``tokens``: the tables core.input_price, input_score, input_model and
    input_tokens; a price is usable if valid_from and observed_at allow it, a score if its day does (``hindsight``
    lifts that). Without ``tokens`` the per-task table is empty. Thresholds are fixed in reference/thresholds.toml.
    """
    usable = listings.usable_prices(prices, as_of)
    known = listings.usable_scores(scores, as_of, hindsight)
    joint = latent.fit(known)
    reach = [(s, listings.scale_scores(known, s)) for s in reference.thresholds()]
    rows = {name: listings.monthly(usable, q, models, as_of) for name, q in qualities(known, joint).items()}
    return {
        "frontier_price": frontier.frontier(
            listings.usable_prices(listings.trusted(prices), as_of), models, [r for r in reach if not r[1].is_empty()]
        ),
        "index_level": index_levels(rows, listings.monthly_offers(usable, as_of)),
        "latent_quality": joint,
        "selection_audit": audit(rows[definitions.text("headline.scale")], as_of),
        "cost_per_task": cost_per_task(usable, known, tokens, as_of),
    }


def index_levels(rows: dict[str, pl.DataFrame], offers: pl.DataFrame) -> pl.DataFrame:
    """Table index_level: hedonic by sample and scale, rolling, matched, conditional quantile."""
    blocks = []

    def add(table: pl.DataFrame, method: str, sample: str, scale: str) -> None:
        if table.height:
            blocks.append(
                table.with_columns(
                    pl.lit(f"{method}-{sample}-{scale}").alias("index_id"),
                    pl.lit(method).alias("method"),
                    pl.lit(sample).alias("sample"),
                    pl.lit(scale).alias("scale"),
                    pl.col("index_log").exp().alias("index_ratio"),
                )
            )

    for scale, panel in rows.items():
        for sample in hedonic.SAMPLES:
            add(hedonic.time_dummy(hedonic.sample(panel, sample)), "hedonic", sample, scale)
        add(hedonic.rolling(panel), "hedonic_rolling", "all", scale)
        add(hedonic.conditional_quantile(panel), "quantile_10", "all", scale)
    if offers.height:
        add(hedonic.matched_jevons(offers), "matched_jevons", "all", "none")
    return frames.conform("stats.index_level", pl.concat(blocks, how="diagonal_relaxed")) if blocks else frames.empty("stats.index_level")


def audit(rows: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Table selection_audit on the launch prices of the primary scale: record-low lines, Pareto, hedonic."""
    launch = hedonic.sample(rows, "launch")
    if launch.height < 20:
        return frames.empty("stats.selection_audit")
    day = launch["years"].to_numpy() * DAYS_PER_YEAR
    price, quality = np.exp(launch["log_price"].to_numpy()), launch["quality"].to_numpy()
    slope, spread = _quality_slope(day, price, quality)
    rng = np.random.default_rng(zlib.crc32(as_of.isoformat().encode()))
    out = []
    for name, estimate in ESTIMATORS.items():
        null = selection.no_trend_audit(estimate, day, quality, spread, slope, rng, AUDIT_SIMULATIONS)
        if len(null):
            out.append(
                (
                    name,
                    definitions.text("headline.scale"),
                    estimate(day, price, quality),
                    float(np.median(null)),
                    float(np.quantile(null, 0.05)),
                    float(np.quantile(null, 0.95)),
                    len(null),
                )
            )
    names = list(frames.polars_schema("stats.selection_audit"))
    return frames.conform("stats.selection_audit", pl.DataFrame(out, schema=names, orient="row", infer_schema_length=None))


def _quality_slope(day: np.ndarray, price: np.ndarray, quality: np.ndarray) -> tuple[float, float]:
    """Log price per standard deviation of quality and residual spread, time held fixed: the null's two numbers."""
    z = (quality - quality.mean()) / (quality.std() or 1.0)
    design = np.column_stack([np.ones(len(day)), day - day.mean(), z])
    beta, *_ = np.linalg.lstsq(design, np.log(price), rcond=None)
    return float(beta[2]), float(np.std(np.log(price) - design @ beta))


def _epoch(day: np.ndarray, price: np.ndarray, score: np.ndarray) -> float:
    factors = selection.record_low_factors(day, price, score, selection.top_scores(day, score))
    return float(np.median(factors)) if factors else float("nan")


def _line(day: np.ndarray, price: np.ndarray, score: np.ndarray, keep: np.ndarray) -> float:
    if keep.sum() < 5 or np.ptp(day[keep]) == 0:
        return float("nan")
    design = np.column_stack([np.ones(keep.sum()), day[keep] / DAYS_PER_YEAR, score[keep]])
    return float(np.exp(-np.linalg.lstsq(design, np.log(price[keep]), rcond=None)[0][1]))


ESTIMATORS = {
    "record_lows": _epoch,
    "pareto_line": lambda d, p, s: _line(d, p, s, selection.pareto_to_date(d, s, p)),
    "hedonic_launch": lambda d, p, s: _line(d, p, s, np.ones(len(d), bool)),
}


def cost_per_task(prices: pl.DataFrame, scores: pl.DataFrame, tokens: pl.DataFrame | None, as_of: date) -> pl.DataFrame:
    """Table cost_per_task: month by month the cheapest run of a benchmark by a model that reaches half its top score.

    The bar is fixed once (half of the best score of models whose tokens are known), so that growing token use at a
    fixed score shows. Cost = output price x output tokens per task.
    """
    if tokens is None or tokens.is_empty() or prices.is_empty():
        return frames.empty("stats.cost_per_task")
    used = tokens.group_by("model", "benchmark").agg(pl.col("tokens_output_per_task").cast(pl.Float64).median())
    known = used.join(scores.group_by("model", "benchmark").agg(pl.col("score").median()), on=["model", "benchmark"])
    able = known.filter(pl.col("score") >= 0.5 * pl.col("score").max().over("benchmark"))
    rows = listings.each_month(prices.join(able, on="model"), as_of).with_columns(
        (pl.col("price_output") * pl.col("tokens_output_per_task") / 1e6).alias("cost_usd_per_task")
    )
    best = (
        rows.sort("cost_usd_per_task", "offer_id")
        .group_by("benchmark", "month", maintain_order=True)
        .agg(
            pl.col("cost_usd_per_task").first(),
            pl.col("tokens_output_per_task").first().alias("tokens_per_task"),
            pl.col("price_output").first().alias("price_output_usd_per_mtok"),
            pl.col("model").first(),
            pl.col("model").n_unique().alias("models_count"),
        )
    )
    return frames.conform(
        "stats.cost_per_task", best.with_columns(pl.format("{}-half-top-task", "benchmark").alias("series_id")).drop("benchmark")
    )
