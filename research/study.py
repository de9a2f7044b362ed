"""The study panel: archived catalogues joined with scores by name, as the published studies do.

Production never joins by name (aliases are curated); this join exists to replicate indices on the study data and to
build the packaged backtest panel, where every joined pair is a visible row. Belongs here: the key and the join.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import polars as pl

from units.constants import DAYS_PER_YEAR

DROPPED = {
    "instruct",
    "chat",
    "preview",
    "it",
    "beta",
    "exp",
    "experimental",
    "latest",
    "hf",
    "online",
    "non",
    "high",
    "low",
    "minimal",
    "xhigh",
}
DATES = re.compile(
    r"\d{4}-\d{2}-\d{2}|20\d{6}|\b\d{2}-\d{2}\b|(?<![\d.])-(0[1-9]|1[0-2])\d{2}(?!\d)|-2[3-6](0[1-9]|1[0-2])(?!\d)"
    r"|-\d{2}-20\d\d|-00\d(?!\d)"
)
TOKEN = re.compile(r"\d+x\d+b|\d+(?:\.\d+)?[bk](?![a-z])|\d+(?:\.\d+)?|[a-z]+")


def key(name: str) -> str:
    """'anthropic/claude-3.5-haiku-20241022' -> 'claude-haiku|3.5': sorted words, then version numbers."""
    text = re.sub(r"\(.*?\)|:.*$", "", name.lower().split("/", 1)[-1])
    words, version = [], []
    for token in TOKEN.findall(DATES.sub("", text)):
        if re.fullmatch(r"\d+x\d+b|\d+(?:\.\d+)?[bk]", token):
            words.append(token)
        elif token[0].isdigit():
            version.append(token)
        elif token not in DROPPED:
            words.append(token)
    return "-".join(sorted(words)) + "|" + ".".join(version)


def catalogue(path: Path) -> pl.DataFrame:
    """Archived OpenRouter catalogues: observed_date, model, score_key, input, output, price (3:1 blend)."""
    return (
        pl.read_csv(path, try_parse_dates=True)
        .filter(
            ~pl.col("model").str.contains(":"),
            ~pl.col("model").str.starts_with("~"),
            pl.col("input") > 0,
            pl.col("output") > 0,
        )
        .with_columns(
            pl.col("model").map_elements(key, return_dtype=pl.String).alias("score_key"),
            ((3 * pl.col("input") + pl.col("output")) / 4).round(6).alias("price"),
        )
        .sort("observed_date", "model")
    )


def hedonic_rows(catalogues: pl.DataFrame, quality: pl.DataFrame) -> pl.DataFrame:
    """Rows in the shape of ``listings.monthly`` from catalogues and (score_key, quality): one per model and archive."""
    rows = (
        catalogues.join(quality, on="score_key")
        .group_by("observed_date", "score_key")
        .agg(pl.col("price").median().log().alias("log_price"), pl.col("quality").first())
    )
    first = pl.col("observed_date").min().over("score_key")
    return rows.select(
        pl.col("score_key").alias("model"),
        pl.col("observed_date").alias("month"),
        ((pl.col("observed_date") - date(2000, 1, 1)).dt.total_days() / DAYS_PER_YEAR).alias("years"),
        "log_price",
        "quality",
        ((pl.col("observed_date") - first).dt.total_days() / DAYS_PER_YEAR).alias("age_years"),
        pl.lit(0.0).alias("open"),
        pl.col("score_key").alias("cluster"),
        (pl.col("observed_date") == first).alias("launch"),
    ).sort("month", "model")


def matched_rate(catalogues: pl.DataFrame) -> float:
    """Chained Jevons of models listed in consecutive archives, log points per year over the whole span."""
    days = catalogues["observed_date"].unique().sort()
    nxt = pl.DataFrame({"observed_date": days[:-1], "next": days[1:]})
    logs = catalogues.select("observed_date", "model", pl.col("price").log().alias("log_price"))
    pairs = logs.join(nxt, on="observed_date").join(
        logs.select(pl.col("observed_date").alias("next"), "model", pl.col("log_price").alias("after")),
        on=["next", "model"],
    )
    steps = pairs.group_by("next").agg((pl.col("after") - pl.col("log_price")).mean().alias("step"))
    return float(steps["step"].sum()) / ((days[-1] - days[0]).days / DAYS_PER_YEAR)
