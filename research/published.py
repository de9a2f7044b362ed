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

from forecasting.estimators import decline, regression
from forecasting.panel import selection
from units.constants import COMMON_YEAR_DAYS

REASONING = ("DeepSeek-R1", "o1", "o1-mini", "o1-preview", "o3-mini")
EPOCH_BENCHMARKS = ("MMLU", "GPQA Diamond", "MATH-500", "MATH 5", "HumanEval", "LMSys Chatbot Arena ELO")
CHANCE = {"MMLU": 30.0, "GPQA Diamond": 30.0}


class Target(NamedTuple):
    """One published number: ``ours`` None means that its data are absent; tolerance relative or absolute. ``same_data``
    false: the study's data are not public and ours are others, so digits are not to be expected.
    """

    target: str
    published: float
    ours: float | None
    tolerance: float
    relative: bool
    same_data: bool = True

    @property
    def verdict(self) -> str:
        """Pass or fail on the study's own data, near or differs on others, or no data."""
        if self.ours is None:
            return "no data"
        allowed = self.tolerance * (abs(self.published) if self.relative else 1.0)
        close = abs(self.ours - self.published) <= allowed
        return ("pass" if close else "fail") if self.same_data else ("near" if close else "differs")


def epoch_table(folder: Path) -> pl.DataFrame:
    """Epoch's input without the five reasoning models: name, date, price (3:1, USD per Mtok), one column a benchmark."""
    files = ("aa_data_with_math5.csv", "epoch_ai_price_data_not_in_aa_with_benchmarks.csv")
    return (
        pl.concat(
            [
                pl.read_csv(folder / f, infer_schema_length=None)
                .select("Model Name", "Release Date", "USD per 1M Tokens", *(pl.col(b).cast(pl.Float64) for b in EPOCH_BENCHMARKS))
                .with_columns(pl.col("USD per 1M Tokens").cast(pl.Float64))
                for f in files
            ]
        )
        .filter(~pl.col("Model Name").is_in(REASONING))
        .with_columns(pl.col("Release Date").str.to_date())
    )


def epoch_rates(table: pl.DataFrame) -> pl.DataFrame:
    """Epoch AI, LLM inference prices (2025-03): one row per benchmark and threshold.

    ``table``: :func:`epoch_table`, or the same with simulated prices. Columns bench, threshold_model, threshold, factor,
    low, high (90 %, classical t), sample_size, span_days. Thresholds: the score of each model that was best at some
    date; choice benchmarks below 30 % skipped; record lows by release date; at least four; a year of 365 days.
    """
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
            rate = decline.least_squares(day[kept] / COMMON_YEAR_DAYS, np.log(price[kept]))
            rows.append((bench, name, score[i], rate.factor, rate.factor_low, rate.factor_high, len(kept), int(np.ptp(day[kept]))))
    return pl.DataFrame(
        rows,
        schema=["bench", "threshold_model", "threshold", "factor", "low", "high", "sample_size", "span_days"],
        orient="row",
        infer_schema_length=None,
    )


def gundlach_rate(folder: Path, benchmark: str, rows: str) -> tuple[float, float, float, int, float]:
    """Gundlach et al. (arXiv 2511.23455): factor, low, high (90 %), n, R squared.

    ``benchmark``: gpqa | aime | swe; ``rows``: all | pareto | open | open_pareto. log cost on years since the first
    row (365 days) and logit of the score clipped to [.005, .995]; Pareto to date.
    """
    column = {"gpqa": "epoch_gpqa", "aime": "oneshot_AIME", "swe": "epoch_swe"}[benchmark]
    table = (
        pl.read_csv(folder / f"{benchmark}_price_reduction_models.csv", infer_schema=False)
        .select(
            pl.col(column).str.replace("%", "").cast(pl.Float64, strict=False).alias("score"),
            pl.col("Benchmark Cost USD").cast(pl.Float64, strict=False).alias("cost"),
            pl.coalesce(
                pl.col("Release Date").str.to_date("%Y-%m-%d", strict=False), pl.col("Release Date").str.to_date("%m/%d/%Y", strict=False)
            ).alias("date"),
            pl.col("License").fill_null("").str.to_lowercase().alias("licence"),
        )
        .drop_nulls(["score", "cost", "date"])
        .filter((pl.col("score") > 0) & (pl.col("score") <= 100) & (pl.col("cost") > 0))
    )
    if rows.startswith("open"):
        table = table.filter(pl.col("licence").str.contains("open"))
    day = np.array([d.toordinal() for d in table["date"]])
    score, cost = table["score"].to_numpy(), table["cost"].to_numpy()
    if rows.endswith("pareto"):
        keep = selection.pareto_to_date(day, score, cost)
        day, score, cost = day[keep], score[keep], cost[keep]
    design = np.column_stack([np.ones(len(day)), (day - day.min()) / COMMON_YEAR_DAYS, regression.logit(score / 100)])
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


def farmer_lafond_targets(folder: Path) -> dict[str, float]:
    """Farmer & Lafond (2016): improving technologies, coverage of hindcasts, transistor parameters, K against mu."""
    from scipy import stats
    from statsmodels.tsa.arima.model import ARIMA

    names = pl.read_csv(folder / "time_series_metadata.csv").filter(pl.col("Source") == "Farmer_Lafond")["Name"]
    logs = {k: v for k, v in technology_logs(folder).items() if k in set(names)}
    out: dict[str, float] = {"series": len(logs)}
    improving, points = [], []
    for name in sorted(logs):
        d = np.diff(logs[name])
        mu, k = d.mean(), d.std(ddof=1)
        if stats.t.cdf(mu / (k / np.sqrt(len(d))), len(d) - 1) < 0.10:
            improving.append(name)
            points.append((mu, k))
    out["fl_53"] = len(improving)
    for theta, label in ((0.0, "0"), (0.25, "0.25"), (0.63, "0.63")):
        out[f"fl_coverage:theta={label}"] = _coverage([logs[n] for n in improving], theta, 5)
    d = np.diff(logs["Transistor"])
    out["fl_transistor:mu"], out["fl_transistor:K"] = float(d.mean()), float(d.std(ddof=1))
    out["fl_transistor:theta"] = float(ARIMA(logs["Transistor"], order=(0, 1, 1), trend="t").fit().params[1])
    slope, intercept = np.polyfit(np.log([-m for m, _ in points]), np.log([k for _, k in points]), 1)
    out["fl_Kmu:intercept"], out["fl_Kmu:slope"] = float(intercept), float(slope)
    return out


def _coverage(series: list[np.ndarray], theta: float, m: int, horizon: int = 20) -> float:
    """Share of hindcasts inside the 95 % band: every origin with ``m`` past steps, up to ``horizon`` steps ahead."""
    from scipy import stats

    inside: list[bool] = []
    for y in series:
        for i in range(m, len(y) - 1):
            tau = np.arange(1, min(horizon, len(y) - 1 - i) + 1, dtype=float)
            centre, scale = decline.farmer_lafond(y[: i + 1], tau, theta, m)
            inside += list(np.abs(y[i + 1 : i + 1 + len(tau)] - centre) <= stats.t.ppf(0.975, m - 1) * scale)
    return float(np.mean(inside))


def arithmetic_targets() -> list[Target]:
    """Rates that follow from two prices and two dates, as published; the AI Index with its erratum."""

    def per_year(ratio: float, years: float) -> float:
        return float(ratio ** (1 / years))

    ratio = 20 / 0.07
    return [
        Target("a16z_42", 10.17, per_year(1000, 2.98), 0.01, True),
        Target("a16z_83", 11.88, per_year(62, 1.67), 0.01, True),
        Target("aiindex_280:ratio", 285.7, ratio, 0.01, True),
        Target("aiindex_280:per_year", 21.5, per_year(ratio, 1.84), 0.01, True),
        Target("aiindex_280:per_year_if_18_months", 43.0, per_year(ratio, 1.5), 0.02, True),
        Target("gund_hw", 6.318, 9.026 * 0.7, 2e-3, False),
    ]
