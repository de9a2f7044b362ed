"""Estimate the dated rows of forecasting/priors.csv from the packaged panel: python -m benchmarks.fit_priors.

Each vintage uses only prices and scores published by its day; run it when the panel grows and append, never edit.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from forecasting.panel import priors, reference

VINTAGES = (date(2026, 1, 31), date(2026, 4, 30), date(2026, 7, 31), date(2026, 10, 31))

if __name__ == "__main__":
    panel = reference.frontier_panel()
    declared = priors.read().filter(pl.col("basis").str.starts_with("declared"))
    rows = pl.DataFrame([priors.fit_vintage(panel, v) for v in VINTAGES])
    table = pl.concat([declared, rows.select(declared.columns)], how="vertical_relaxed")
    table.write_csv(Path(priors.__file__).with_name("priors.csv"))
    print(table)
