"""All published targets in one list: what was published, what our estimators give, whether that is close enough.

Belongs here: which number of which source is compared with which of ours, and the tolerance. Not here: methods
(``published`` and what it calls). A target whose data are not at hand says so; nothing is skipped in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import polars as pl

from forecasting.estimators.regression import logit
from forecasting.indices import hedonic
from research import market, published, study
from research.published import Target

GUNDLACH = {
    "gund_gpqa_pareto": ("gpqa", "pareto", (9.026, 3.907, 20.854, 57, 0.8152)),
    "gund_gpqa_all": ("gpqa", "all", (4.415, 2.578, 7.561, 163, None)),
    "gund_gpqa_open": ("gpqa", "open_pareto", (3.968, 2.187, 7.202, 43, None)),
    "gund_aime_pareto": ("aime", "pareto", (12.240, 5.368, 27.908, 49, None)),
    "gund_aime_all": ("aime", "all", (5.692, 3.102, 10.443, 132, None)),
    "gund_swe_pareto": ("swe", "pareto", (5.926, 0.887, 39.611, 16, None)),
    "gund_rest:gpqa_open_all": ("gpqa", "open", (1.368, None, None, None, None)),
    "gund_rest:aime_open_pareto": ("aime", "open_pareto", (6.993, None, None, None, None)),
    "gund_rest:aime_open_all": ("aime", "open", (3.165, None, None, None, None)),
    "gund_rest:swe_all": ("swe", "all", (1.290, None, None, None, None)),
    "gund_rest:swe_open_all": ("swe", "open", (0.248, None, None, None, None)),
}
GUNDLACH_PARTS = ("factor", "low", "high", "n", "r_squared")
FARMER_LAFOND = {
    "fl_53": (53.0, 0.0),
    "fl_coverage:theta=0": (0.855, 1e-3),
    "fl_coverage:theta=0.25": (0.888, 1e-3),
    "fl_coverage:theta=0.63": (0.917, 1e-3),
    "fl_transistor:mu": (-0.498, 0.01),
    "fl_transistor:K": (0.240, 0.01),
    "fl_transistor:theta": (0.192, 0.01),
    "fl_Kmu:intercept": (-0.68, 0.05),
    "fl_Kmu:slope": (0.72, 0.05),
}
EPOCH = {"epoch_min": 9.240250, "epoch_median": 46.246022, "epoch_max": 851.162204, "epoch_gpqa_gpt4": 42.018999}
MARKET = {
    "tsm_halflife:economy": 1.10,
    "tsm_halflife:mid": 1.55,
    "tsm_flagship_r2": 0.031,
    "tsm_break_may_2024:F": 5.74,
    "tsm_break_may_2024:p": 0.005,
    "tsm_hhi:2026": 2086.0,
    "sdllmtk_level:2026-05-31": 2.03,
    "sdllmtk_level:2026-07-04": 1.62,
    "sdllmtk_fall:may_to_july": 0.80,
    "sdllmtk_rise:december_to_may": 2.0,
}
"""Du (arXiv 2603.28576) and Silicon Data's LLM token index as quoted in the press; within a quarter counts as near."""
SPAN = {"epoch_span365:min": 9.24, "epoch_span365:median": 35.79, "epoch_span365:max": 172.26}


def run(data: Path | None) -> list[Target]:
    """Every target, in the order of targets.csv. ``data``: the study folder, or None."""
    folder = data / "forecast" if data is not None else None
    parts: list[tuple[Callable[[Path], list[Target]], Callable[[], list[Target]]]] = [
        (lambda f: _epoch(f / "epoch_price_trends"), lambda: [Target(k, v, None, 1e-6, True) for k, v in EPOCH.items()]),
        (lambda f: _gundlach(f / "gundlach"), _gundlach_absent),
    ]
    out: list[Target] = []
    for compute, absent in parts:
        out += _or_absent(compute, absent, folder)
    out += published.arithmetic_targets()
    out += _or_absent(lambda f: _price_of_intelligence(f.parent), _price_of_intelligence_absent, folder)
    out += _or_absent(lambda f: _farmer_lafond(f / "technologytimeseries"), _farmer_lafond_absent, folder)
    out += _or_absent(lambda f: _market(market.estimates(f.parent)), lambda: _market({}), folder)
    out.append(Target("demirer_elasticity_between_hosts", -1.11, None, 0.3, False, same_data=False))
    return out


def _market(ours: Mapping[str, float]) -> list[Target]:
    return [Target(name, value, ours.get(name), 0.25, True, same_data=False) for name, value in MARKET.items()]


def _or_absent(compute: Callable[[Path], list[Target]], absent: Callable[[], list[Target]], folder: Path | None) -> list[Target]:
    if folder is None:
        return absent()
    try:
        return compute(folder)
    except FileNotFoundError:
        return absent()


def _epoch(folder: Path) -> list[Target]:
    ours = published.epoch_rates(published.epoch_table(folder))
    factor = ours["factor"].to_numpy()
    values = {"epoch_min": factor.min(), "epoch_median": np.median(factor), "epoch_max": factor.max()}
    gpt4 = ours.filter((pl.col("bench") == "GPQA Diamond") & pl.col("threshold_model").str.starts_with("GPT-4-0314"))
    values["epoch_gpqa_gpt4"] = gpt4["factor"][0]
    out = [Target(k, EPOCH[k], float(v), 1e-6, True) for k, v in values.items()]
    theirs = pl.read_csv(folder / "lowest_price_models_results.csv")
    for row, factor_ours in _pair(theirs, ours):
        name = f"epoch_all21:{row['bench']}/{row['threshold_model']}"
        out.append(Target(name, float(row["price_reduction_factor_per_year"]), factor_ours, 1e-6, True))
    long = ours.filter(pl.col("span_days") >= 365)["factor"].to_numpy()
    for (name, value), ours_value in zip(SPAN.items(), (long.min(), np.median(long), long.max()), strict=True):
        out.append(Target(name, value, float(ours_value), 5e-3, False))
    return out


def _pair(theirs: pl.DataFrame, ours: pl.DataFrame) -> list[tuple[dict, float | None]]:
    """Published rows with our factor of the same benchmark and threshold score (names differ for GPT-3)."""
    out = []
    for row in theirs.iter_rows(named=True):
        threshold = float(row["performance_range"].strip("[]").split(",")[0])
        match = ours.filter((pl.col("bench") == row["bench"]) & ((pl.col("threshold") - threshold).abs() < 0.051))
        out.append((row, float(match["factor"][0]) if match.height else None))
    return out


def _gundlach(folder: Path) -> list[Target]:
    out = []
    for name, (benchmark, rows, values) in GUNDLACH.items():
        ours = published.gundlach_rate(folder, benchmark, rows)
        for part, value, mine in zip(GUNDLACH_PARTS, values, ours, strict=True):
            if value is not None:
                out.append(Target(f"{name}:{part}", float(value), float(mine), 0.0 if part == "n" else 1e-3, False))
    return out


def _gundlach_absent() -> list[Target]:
    return [Target(f"{name}:factor", values[0], None, 1e-3, False) for name, (_, _, values) in GUNDLACH.items()]


def _farmer_lafond(folder: Path) -> list[Target]:
    ours = published.farmer_lafond_targets(folder)
    return [Target(k, value, ours[k], tolerance, False) for k, (value, tolerance) in FARMER_LAFOND.items()]


def _farmer_lafond_absent() -> list[Target]:
    return [Target(k, value, None, tolerance, False) for k, (value, tolerance) in FARMER_LAFOND.items()]


def _price_of_intelligence(data: Path) -> list[Target]:
    """Other data than the paper's: the same kind of index on archived catalogues, hence the wide tolerance."""
    catalogues = study.catalogue(data / "prices" / "tables" / "openrouter_monthly.csv")
    scores = (
        pl.read_csv(data / "forecast" / "quality.csv", infer_schema_length=None)
        .filter(pl.col("benchmark") == "GPQA-Diamond")
        .group_by(pl.col("price_join_key").alias("score_key"))
        .agg(pl.col("score").mean())
        .sort("score_key")
    )
    quality = scores.with_columns(pl.Series("quality", logit(scores["score"].to_numpy() / 100)))
    rate = hedonic.rate(study.hedonic_rows(catalogues, quality.select("score_key", "quality")))
    return [
        Target("poi_matched", -0.10, study.matched_rate(catalogues), 0.25, False, same_data=False),
        Target("poi_hedonic", -0.73, None if rate is None else rate.slope, 0.25, False, same_data=False),
    ]


def _price_of_intelligence_absent() -> list[Target]:
    return [
        Target("poi_matched", -0.10, None, 0.25, False, same_data=False),
        Target("poi_hedonic", -0.73, None, 0.25, False, same_data=False),
    ]
