"""Build reference/replayed_forecasts.parquet: what today's code would have issued on earlier days.

    python -m research.build_replays WAREHOUSE.duckdb

For each month end the frontier is measured from prices and scores known on that day (the warehouse's bitemporal
tables, the same selection as ``run --as-of``), forecast with the prior of that day, and stored in the shape of issued
forecasts with code_version "replay". Floors are left out: the hardware tables are not known by day. A first run has a
track record from these, and says so; each vintage that is issued live counts for itself.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import polars as pl

from forecasting.forecast import issue
from forecasting.indices import frontier
from forecasting.panel.series import series_from_frontier
from forecasting.track_record.champion import INCUMBENT
from forecasting.track_record.replays import CODE
from warehouse.schema.frames import conform
from warehouse.store import Store

MODELS = (INCUMBENT, "combination", "no_change")
FIRST, LAST = date(2024, 6, 1), date(2026, 11, 1)
TARGET = Path(__file__).resolve().parent.parent / "reference" / "replayed_forecasts.parquet"


def build(store: Store) -> pl.DataFrame:
    """Rows of table core.issued_forecast, one vintage per month end."""
    prices, scores, models = (store.read(f"core.input_{name}") for name in ("price", "score", "model"))
    months = pl.date_range(FIRST, LAST, "1mo", eager=True).dt.month_end()
    made = []
    for vintage in months.filter(months < LAST):
        series = series_from_frontier(frontier.at(prices, scores, models, vintage))
        forecast = issue.forecasts(series, None, vintage).filter(pl.col("model").is_in(MODELS))
        print(vintage, series["unique_id"].n_unique() if series.height else 0, "series")
        made.append(forecast)
    rows = pl.concat(made).with_columns(
        pl.lit("").alias("build_id"),
        pl.lit(CODE).alias("code_version"),
        pl.col("value_usd_per_mtok").round_sig_figs(7),
    )
    return conform("core.issued_forecast", rows)


if __name__ == "__main__":
    table = build(Store(Path(sys.argv[1])))
    table.write_parquet(TARGET, compression="zstd", compression_level=19)
    print(f"{table.height:,} rows, {table['vintage'].n_unique()} vintages, {TARGET.stat().st_size:,} bytes")
