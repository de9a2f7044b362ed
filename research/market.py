"""Published statements about the market as a whole, tried on other data than theirs: tiers, concentration, listed indices.

Tiered Super-Moore (Du, arXiv 2603.28576, 2026-03) fits launch prices by tier, tests a break in May 2024 and measures
concentration by maker. Silicon Data's LLM token index is an average price per token weighted by use. Our inputs are the
archived OpenRouter catalogues and OpenRouter's public token counts, so agreement is of kind, not of digits. Belongs
here: those estimates. Not here: what is compared with what (``replication``).
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from scipy import stats

from research import study
from units.constants import DAYS_PER_YEAR

TIERS = {
    "economy": r"flash|mini|nano|haiku|lite|small|micro|tiny|instant|turbo|-[1-9]b|-1[0-4]b",
    "flagship": r"opus|-pro|o1|o3|ultra|large|405b|gpt-4-|gpt-4$|gpt-4\.5|grok-[234]|max",
}
"""Words in a model's name that say its tier, tried in this order; the rest is mid."""
BREAK = date(2024, 5, 1)
INDEX_WEEKS = (date(2025, 12, 7), date(2026, 5, 31), date(2026, 7, 4))
"""Ends of the weeks of the listed index's inception (of which one day of token counts is public), peak and last quote."""


def launches(catalogue: pl.DataFrame, until: date) -> pl.DataFrame:
    """tier, years, log_price at the first archive that lists a model; what the first archive lists is left out."""
    first = (
        catalogue.sort("observed_date")
        .group_by("model", maintain_order=True)
        .first()
        .filter(pl.col("observed_date") > catalogue["observed_date"].min(), pl.col("observed_date") <= until)
    )
    tier = pl.lit("mid")
    for name, words in reversed(TIERS.items()):
        tier = pl.when(pl.col("model").str.to_lowercase().str.contains(words)).then(pl.lit(name)).otherwise(tier)
    return first.select(
        tier.alias("tier"),
        ((pl.col("observed_date") - BREAK).dt.total_days() / DAYS_PER_YEAR).alias("years"),
        pl.col("price").log().alias("log_price"),
    )


def half_life_years(rows: pl.DataFrame) -> tuple[float, float]:
    """Half-life of the fitted exponential in years and its R squared."""
    x, y = rows["years"].to_numpy(), rows["log_price"].to_numpy()
    slope, level = np.polyfit(x, y, 1)
    return float(-np.log(2.0) / slope), float(1 - np.var(y - level - slope * x) / np.var(y))


def chow(rows: pl.DataFrame) -> tuple[float, float]:
    """F and p of a break of level and slope at ``BREAK`` (Chow 1960)."""
    x, y = rows["years"].to_numpy(), rows["log_price"].to_numpy()

    def squares(keep: np.ndarray) -> float:
        return float(np.sum((y[keep] - np.polyval(np.polyfit(x[keep], y[keep], 1), x[keep])) ** 2))

    split = squares(x < 0) + squares(x >= 0)
    f = (squares(np.ones(len(x), bool)) - split) / 2 / (split / (len(y) - 4))
    return f, float(stats.f.sf(f, 2, len(y) - 4))


def concentration(weekly: pl.DataFrame, week: date) -> float:
    """Herfindahl-Hirschman index (0 to 10,000) of tokens by maker in the last counted week up to ``week``."""
    rows = weekly.filter(pl.col("week") == weekly.filter(pl.col("week") <= week)["week"].max())
    tokens = rows.group_by(pl.col("permaslug").str.split("/").list.first()).agg(pl.col("total_tokens").sum())["total_tokens"]
    share = tokens.to_numpy().astype(float) / float(tokens.sum())
    return float(1e4 * np.sum(share**2))


def list_price_of_a_token(daily: pl.DataFrame, catalogue: pl.DataFrame, end: date) -> float:
    """Mean list price (3:1, USD per Mtok) over the tokens of the week that ends on ``end``, free ones at 0; tokens whose
    model the last archive before does not list are left out.
    """
    week = daily.filter(pl.col("date") > end - timedelta(days=7), pl.col("date") <= end)
    keys = {m: study.key(m) for m in week["model_permaslug"].unique()}
    archive = catalogue.filter(pl.col("observed_date") <= end)
    listed = archive.sort("observed_date").group_by("score_key").agg(pl.col("price").last())
    priced = (
        week.with_columns(pl.col("model_permaslug").replace_strict(keys).alias("score_key"))
        .join(listed, on="score_key")
        .with_columns(pl.when(pl.col("model_permaslug").str.ends_with(":free")).then(0.0).otherwise("price").alias("price"))
    )
    tokens = priced["total_tokens"].to_numpy().astype(float)
    return float(np.sum(priced["price"].to_numpy() * tokens) / tokens.sum())


def estimates(data: Path) -> dict[str, float]:
    """Every estimate by the name of its target; raises ``FileNotFoundError`` where the data are not at hand."""
    catalogue = study.catalogue(data / "prices" / "tables" / "openrouter_monthly.csv")
    rows = launches(catalogue, date(2026, 3, 30))
    by_tier = {str(k[0]): half_life_years(g) for k, g in rows.group_by("tier")}
    f, p = chow(rows)
    weekly = pl.read_csv(data / "usage" / "openrouter_weekly_top.csv", infer_schema_length=None, try_parse_dates=True)
    daily = pl.read_csv(data / "usage" / "openrouter_rankings_daily.csv", try_parse_dates=True)
    single = pl.read_csv(data / "usage" / "openrouter_top50_single_days.csv", try_parse_dates=True)
    days = pl.concat([single.filter(pl.col("date") < daily["date"].min()).select(daily.columns), daily])
    first_week, peak, july = (list_price_of_a_token(days, catalogue, d) for d in INDEX_WEEKS)
    return {
        "tsm_halflife:economy": by_tier["economy"][0],
        "tsm_halflife:mid": by_tier["mid"][0],
        "tsm_flagship_r2": by_tier["flagship"][1],
        "tsm_break_may_2024:F": f,
        "tsm_break_may_2024:p": p,
        "tsm_hhi:2026": concentration(weekly, date(2026, 3, 30)),
        "sdllmtk_level:2026-05-31": peak,
        "sdllmtk_level:2026-07-04": july,
        "sdllmtk_fall:may_to_july": july / peak,
        "sdllmtk_rise:december_to_may": peak / first_week,
    }
