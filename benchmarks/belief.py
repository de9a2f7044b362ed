"""How long belief takes: the packaged history, and a million statements of many offers by five sources.

Run: ``python -m benchmarks.belief [--statements 1000000]``. Nothing here is a test: times depend on the machine.
"""

from __future__ import annotations

import argparse
import time
from datetime import date, timedelta

import numpy as np
import polars as pl

from belief import prices
from belief.history import empty_intervals
from belief.judgement import evidence
from sources.captures import quote_schema
from sources.catalogue import sources
from warehouse.schema import frames

DAY = date(2026, 11, 27)
SOURCES, PERIODS = 5, 4


def statements(count: int, seed: int = 1) -> pl.DataFrame:
    """Offers that five sources list over four periods each; prices fall, now and then one slips."""
    rng = np.random.default_rng(seed)
    offers = count // (SOURCES * PERIODS)
    grid = np.stack(np.meshgrid(np.arange(offers), np.arange(SOURCES), np.arange(PERIODS), indexing="ij"), -1).reshape(-1, 3)
    base = rng.lognormal(0, 1, offers)[grid[:, 0]] * 0.7 ** grid[:, 2] * np.where(rng.random(len(grid)) < 0.02, 10, 1)
    starts = 180 * grid[:, 2] + rng.integers(0, 40, len(grid))
    days = pl.Series([date(2024, 11, 1) + timedelta(int(k)) for k in range(1000)], dtype=pl.Date)
    names = pl.Series("model", grid[:, 0]).cast(pl.String)
    made = pl.DataFrame(
        {
            "provider": pl.select(pl.lit("p") + pl.lit(pl.Series(grid[:, 0] % 97)).cast(pl.String)).to_series(),
            "model": names,
            "model_label": names,
            "price_input_usd_per_mtok": base,
            "price_output_usd_per_mtok": base * 4,
            "valid_from": days[starts],
            "observed_at": days[starts],
            "source": pl.Series(grid[:, 1]).cast(pl.String),
            "witness": pl.Series(grid[:, 1]).cast(pl.String),
            "rank": pl.Series(np.where(grid[:, 1] == 0, 1, 3)),
            "confirmed_at": days[np.minimum(starts + 175, 750)],
        }
    ).with_columns(
        pl.lit("standard").alias("tier"),
        pl.lit("").alias("condition"),
        pl.lit("").alias("end_reason"),
        pl.lit("observed").alias("valid_from_basis"),
        pl.lit("USD").alias("currency"),
        pl.lit("").alias("price_kind"),
        pl.lit("stated").alias("origin"),
    )
    return pl.concat([empty_intervals(), made], how="diagonal_relaxed")


def main() -> None:
    """Time both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--statements", type=int, default=1_000_000)
    args = parser.parse_args()
    began = time.perf_counter()
    built = prices.build(pl.DataFrame(schema=quote_schema("prices")), frames.empty("raw.reading"), sources(), DAY)
    print(f"packaged history, {built['core.price_witness'].height:,} statements, all price tables: {time.perf_counter() - began:.1f} s")
    made = statements(args.statements)
    began = time.perf_counter()
    belief = evidence.weigh(made, DAY)
    print(
        f"{made.height:,} statements: {belief.intervals.height:,} intervals, {belief.held.height:,} held, {time.perf_counter() - began:.1f} s"
    )


if __name__ == "__main__":
    main()
