"""Estimate the dated rows of forecasting/forecast/priors.csv from the packaged panels: python -m research.fit_priors.

Each vintage uses only prices and scores published by its day; run it when the panels grow and append, never edit.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from forecasting.forecast import priors
from forecasting.panel import reference

VINTAGES = [date(year, month, 28) for year in (2024, 2025, 2026) for month in (1, 4, 7, 10)]

if __name__ == "__main__":
    panels = reference.frontier_panel()
    declared = priors.read().filter(pl.col("basis").str.starts_with("declared"))
    rows = []
    for vintage in VINTAGES:
        found = priors.fitted(panels, vintage)
        if found:
            p = priors.estimate(panels, vintage)
            rows.append(
                {
                    "vintage": vintage,
                    "hazard_per_year": round(p.hazard, 4),
                    "closing_log": round(p.closing, 4),
                    "spread_log": round(p.spread, 4),
                    "weight": p.weight,
                    "evidence_months": round(p.months, 1),
                    "basis": f"mean of logs over {', '.join(found)} and {priors.DECLARED_PANELS:g} times the declared row",
                }
            )
    table = pl.concat([declared, pl.DataFrame(rows).select(declared.columns)], how="vertical_relaxed")
    table.write_csv(Path(priors.__file__).with_name("priors.csv"))
    print(table)
