"""Forecasts of panels that no constant was chosen on: python -m benchmarks.unseen.panels [DATA]

The same three price lists as in the packaged panels, but the cheapest model that reaches quantiles of fourteen other
benchmarks (so other models set the price), rentals of accelerators by part, and single offers of OpenRouter's archived
catalogues. Quarterly origins from 2024; scores are used with hindsight, since the table of scores has no days, and the
packaged priors know the three lists. DATA is ``DEFLATION_DATA`` or ../shared/data; its tables are for study and are not
packaged. Printed: quantile loss of the model of record over that of no change and of the walk, and what its intervals held.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl

from forecasting.track_record import backtest, comparison
from forecasting.track_record.champion import INCUMBENT
from research import build_frontier_panel as packaged

BENCHMARKS, QUANTILES, MIN_ROWS = 14, (0.25, 0.45, 0.65, 0.85), 12
OFFERS_EVERY, MIN_OFFERS, MIN_MONTHS = 4, 3, 10
HORIZONS, EVERY_DAYS, FIRST = (90, 180, 365), 91, date(2024, 1, 1)


def other_qualities(data: Path) -> Iterator[tuple[str, pl.DataFrame]]:
    """One panel for each list: the frontier at quantiles of the benchmarks with most models, the packaged ones left out."""
    table = pl.read_csv(data / "forecast" / "quality.csv", infer_schema_length=None).drop_nulls("score")
    table = table.filter(~pl.col("benchmark").is_in([name for name, _ in packaged.HINDSIGHT.values()]))
    size = table.group_by("benchmark").agg(pl.col("price_join_key").n_unique().alias("models"))
    chosen = size.sort("models", "benchmark", descending=[True, False]).head(BENCHMARKS)["benchmark"].to_list()
    listed = packaged.prices(data)
    for name in ("first_parties", "hosts", "openrouter"):
        mine = listed.filter(pl.col("panel") == name)
        paths: dict[tuple[object, ...], pl.DataFrame] = {}
        for benchmark in chosen:
            known = _scores(table.filter(pl.col("benchmark") == benchmark))
            levels = [round(known["score"].quantile(q) or 0.0, 3) for q in QUANTILES]
            series = packaged.frontier(mine, known, benchmark.replace(" ", "_"), levels)  # type: ignore[arg-type]
            for _, one in series.group_by(["unique_id"], maintain_order=True) if series.height else ():
                if one.height >= MIN_ROWS:
                    paths.setdefault((*one["ds"], *one["y"]), one.select("unique_id", "ds", "y"))
        yield f"{name}, others", pl.concat(paths.values())


def _scores(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.group_by(pl.col("price_join_key").alias("key")).agg(
        pl.col("score").mean(), pl.lit(FIRST).alias("scored_on"), pl.lit("").alias("score_source"), pl.lit(False).alias("dated")
    )


def rentals(data: Path) -> pl.DataFrame:
    """The lower quartile of each part's on-demand offers, by month."""
    rows = pl.read_csv(data / "hardware" / "rental.csv", infer_schema_length=None, try_parse_dates=True)
    months = (
        rows.filter(pl.col("type") == "on_demand")
        .group_by(pl.col("accelerator").alias("unique_id"), pl.col("observed_date").dt.month_start().alias("ds"))
        .agg(pl.col("usd_per_accelerator_hour").quantile(0.25).alias("y"), pl.len())
        .filter(pl.col("len") >= MIN_OFFERS)
    )
    return months.filter(pl.len().over("unique_id") >= MIN_MONTHS).drop("len")


def offers(data: Path) -> pl.DataFrame:
    """Every fourth offer of the archived catalogues: one price each, which hardly moves."""
    rows = packaged.prices(data).filter(pl.col("panel") == "openrouter")
    rows = rows.filter(pl.len().over("model") >= MIN_MONTHS)
    names = rows["model"].unique().sort().gather_every(OFFERS_EVERY)
    return rows.filter(pl.col("model").is_in(names.implode())).select(pl.col("model").alias("unique_id"), "ds", "y")


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("DEFLATION_DATA", "../shared/data"))
    print("panel                   series  days  forecasts  / no change  / walk  cover 50  (r)   90")
    for name, panel in [*other_qualities(folder), ("rentals", rentals(folder)), ("single offers", offers(folder))]:
        origins = backtest.default_origins(panel, FIRST, EVERY_DAYS)
        scored = backtest.run(panel, origins, HORIZONS, (INCUMBENT, "no_change", "random_walk"))
        table = comparison.compare(scored).filter(pl.col("model") == INCUMBENT)
        for r in table.sort("horizon_days").iter_rows(named=True):
            print(
                f"{name:<24}{panel['unique_id'].n_unique():>6}{r['horizon_days']:>6}{r['forecasts_count']:>11}{r['no_change_ratio']:>13.2f}"
                f"{r['random_walk_ratio']:>8.2f}{r['coverage_50_share']:>10.2f}{r['randomised_coverage_50_share']:>5.2f}{r['coverage_90_share']:>5.2f}"
            )
