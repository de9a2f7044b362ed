"""Build reference/frontier_panel.csv: monthly frontier prices at fixed quality, for the backtest.

    python -m benchmarks.build_frontier_panel ../shared/data

Prices: 31 archived OpenRouter catalogues (facts from model-price-radar-mcp 0.1.0, MIT), 3:1 blend. Scores: only
those whose licence allows (Epoch AI CC-BY-4.0; Artificial Analysis with attribution from an MIT repository; the
MIT copy of LMArena). Names are joined by a key (sorted words | version numbers); every model that sets a frontier
is a row with both names, so that a wrong join can be seen. Not used in production, where aliases are curated.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from research import study

THRESHOLDS = {
    "gpqa_diamond": ("GPQA-Diamond", [30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90]),
    "mmlu": ("MMLU", [50, 60, 65, 70, 75, 80, 83]),
    "eci": ("Epoch-ECI", [100, 105, 110, 115, 120, 125, 130, 135, 140, 145, 150]),
    "elo": ("LMArena-Elo", [1250, 1300, 1350, 1400, 1430]),
}
LICENSED = ("CC-BY-4.0", "MIT repo; AA attribution required", "MIT repo")
def build(data: Path) -> pl.DataFrame:
    """Columns unique_id, ds, y, model, score_key, scored_on, score_source, score_licence."""
    quality = pl.read_csv(data / "forecast" / "quality.csv", infer_schema_length=None).filter(
        pl.col("licence").is_in(LICENSED)
    )
    prices = study.catalogue(data / "prices" / "tables" / "openrouter_monthly.csv").rename(
        {"score_key": "price_join_key", "price": "y"}
    )
    blocks = []
    for scale, (benchmark, thresholds) in THRESHOLDS.items():
        scores = quality.filter(pl.col("benchmark") == benchmark).group_by("price_join_key").agg(
            pl.col("score").mean(), pl.col("as_of").min().str.pad_end(10, "-").str.replace("---", "-31"),
            pl.col("source").unique().sort().str.join(" + "), pl.col("licence").unique().sort().str.join(" + "),
        )
        joined = prices.join(scores, on="price_join_key", suffix="_score")
        for q in thresholds:
            reach = joined.filter(pl.col("score") >= q).sort("observed_date", "y", "model")
            first = reach.group_by("observed_date", maintain_order=True).first()
            if first.height < 8:
                continue
            blocks.append(first.select(
                pl.lit(f"{scale}-{q}").alias("unique_id"), pl.col("observed_date").alias("ds"), "y", "model",
                pl.col("price_join_key").alias("score_key"), pl.col("as_of").alias("scored_on"),
                pl.col("source_score").alias("score_source"), pl.col("licence").alias("score_licence"),
            ))
    return pl.concat(blocks).sort("unique_id", "ds")


if __name__ == "__main__":
    target = Path(__file__).resolve().parent.parent / "reference" / "frontier_panel.csv"
    panel = build(Path(sys.argv[1]))
    panel.write_csv(target)
    print(f"{panel.height} rows, {panel['unique_id'].n_unique()} series -> {target.name}")
    for row in panel.group_by("model", "score_key").len().sort("len", descending=True).rows():
        print(*row)
