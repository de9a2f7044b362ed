"""Published results, recomputed with this library's estimators and each paper's options.

One function per source; each returns rows (target, published, ours, tolerance, relative). ``targets.csv`` names
the targets; the data are study material and not packaged, because their repositories carry no licence.
Belongs here: a paper's options. Not here: an estimator (``decline``, ``regression``, ``selection``).
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from forecasting import decline, regression, selection

REASONING = ("DeepSeek-R1", "o1", "o1-mini", "o1-preview", "o3-mini")
EPOCH_BENCHMARKS = ("MMLU", "GPQA Diamond", "MATH-500", "MATH 5", "HumanEval", "LMSys Chatbot Arena ELO")
CHANCE = {"MMLU": 30.0, "GPQA Diamond": 30.0}


class Target(NamedTuple):
    """One published number: ``ours`` None means that its data are absent; tolerance relative or absolute."""

    target: str
    published: float
    ours: float | None
    tolerance: float
    relative: bool

    @property
    def verdict(self) -> str:
        """pass, fail or no data."""
        if self.ours is None:
            return "no data"
        allowed = self.tolerance * (abs(self.published) if self.relative else 1.0)
        return "pass" if abs(self.ours - self.published) <= allowed else "fail"


def epoch_rates(folder: Path) -> pl.DataFrame:
    """Epoch AI, LLM inference prices (2025-03): one row per benchmark and threshold.

    Columns bench, threshold_model, factor, low, high (90 %, classical t), sample_size. Thresholds: the score of each
    model that was best at some date; choice benchmarks below 30 % skipped; record lows by release date; at least
    four; log price on date with a year of 365 days.
    """
    files = ("aa_data_with_math5.csv", "epoch_ai_price_data_not_in_aa_with_benchmarks.csv")
    table = pl.concat(
        [pl.read_csv(folder / f, infer_schema_length=None).select(
            "Model Name", "Release Date", "USD per 1M Tokens", *(pl.col(b).cast(pl.Float64) for b in EPOCH_BENCHMARKS)
        ).with_columns(pl.col("USD per 1M Tokens").cast(pl.Float64)) for f in files]
    ).filter(~pl.col("Model Name").is_in(REASONING)).with_columns(pl.col("Release Date").str.to_date())
    rows = []
    for bench in EPOCH_BENCHMARKS:
        have = table.drop_nulls([bench, "USD per 1M Tokens"]).sort("Release Date", maintain_order=True)
        day = np.array([d.toordinal() for d in have["Release Date"]])
        score, price = have[bench].to_numpy(), have["USD per 1M Tokens"].to_numpy()
        best = -np.inf
        for i, name in enumerate(have["Model Name"]):
            if score[i] <= best:
                continue
            same_day = (day == day[i]) & (score > score[i])
            best = score[i]
            if same_day.any() or score[i] < CHANCE.get(bench, -np.inf):
                continue
            reach = np.flatnonzero(score >= score[i])
            kept = reach[selection.record_lows(day[reach], price[reach])]
            if len(kept) < 4:
                continue
            rate = decline.least_squares(day[kept] / 365, np.log(price[kept]))
            rows.append((bench, name, score[i], rate.factor, rate.factor_low, rate.factor_high, len(kept)))
    return pl.DataFrame(
        rows, schema=["bench", "threshold_model", "threshold", "factor", "low", "high", "sample_size"], orient="row"
    )


def gundlach_rate(folder: Path, benchmark: str, rows: str) -> tuple[float, float, float, int, float]:
    """Gundlach et al. (arXiv 2511.23455): factor, low, high (90 %), n, R squared.

    ``benchmark``: gpqa | aime | swe; ``rows``: all | pareto | open | open_pareto. log cost on years since the first
    row (365 days) and logit of the score clipped to [.005, .995]; Pareto to date.
    """
    column = {"gpqa": "epoch_gpqa", "aime": "oneshot_AIME", "swe": "epoch_swe"}[benchmark]
    table = pl.read_csv(folder / f"{benchmark}_price_reduction_models.csv", infer_schema=False).select(
        pl.col(column).str.replace("%", "").cast(pl.Float64, strict=False).alias("score"),
        pl.col("Benchmark Cost USD").cast(pl.Float64, strict=False).alias("cost"),
        pl.coalesce(pl.col("Release Date").str.to_date("%Y-%m-%d", strict=False),
                    pl.col("Release Date").str.to_date("%m/%d/%Y", strict=False)).alias("date"),
        pl.col("License").fill_null("").str.to_lowercase().alias("licence"),
    ).drop_nulls(["score", "cost", "date"]).filter(
        (pl.col("score") > 0) & (pl.col("score") <= 100) & (pl.col("cost") > 0)
    )
    if rows.startswith("open"):
        table = table.filter(pl.col("licence").str.contains("open"))
    day = np.array([d.toordinal() for d in table["date"]])
    score, cost = table["score"].to_numpy(), table["cost"].to_numpy()
    if rows.endswith("pareto"):
        keep = selection.pareto_to_date(day, score, cost)
        day, score, cost = day[keep], score[keep], cost[keep]
    design = np.column_stack([np.ones(len(day)), (day - day.min()) / 365, regression.logit(score / 100)])
    fit = regression.least_squares(np.log(cost), design)
    b, low, high = fit.interval(1)
    return float(np.exp(-b)), float(np.exp(-high)), float(np.exp(-low)), fit.observations, fit.r_squared


def technology_logs(folder: Path) -> dict[str, np.ndarray]:
    """Farmer & Lafond's 66 series as log cost by consecutive observation (stored as performance: sign flipped)."""
    table = pl.read_csv(folder / "time_series.csv", infer_schema_length=None)
    out = {}
    for name in table.columns[1:]:
        values = table[name].cast(pl.Float64, strict=False).drop_nulls().to_numpy()
        if len(values) > 2:
            out[name] = -np.log(values)
    return out
