"""Rebuild reference/token_volumes.csv.gz: dated token volumes and spend shares per model of two gateways.

    .venv/bin/python -m research.builders.build_token_volumes DEFLATION_DATA

Both publishers license their figures CC BY 4.0. One row is one figure as published: tokens of a model in a period, or
its share of a gateway's spend or tokens. A week view repeated by several vintages keeps one row per period end.
"""

from __future__ import annotations

import gzip
import io
import sys
from datetime import timedelta
from pathlib import Path

import polars as pl

from reference import FOLDER
from reference.schema import SCHEMAS

OPENROUTER = {"source": "OpenRouter rankings", "source_url": "https://openrouter.ai/rankings", "licence": "CC-BY-4.0"}
VERCEL = {"source": "Vercel AI Gateway leaderboard", "source_url": "https://vercel.com/ai-gateway/leaderboards", "licence": "CC-BY-4.0"}
PARTS = ("total_tokens", "prompt_tokens", "completion_tokens", "reasoning_tokens", "cached_tokens", "requests")


def _long(frame: pl.DataFrame, gateway: str, days: int, measures: tuple[str, ...], origin: dict[str, str]) -> pl.DataFrame:
    held = [m for m in measures if m in frame.columns]
    rows = (
        frame.select("period_start", "model_label", "source_ref", *(pl.col(m).cast(pl.Float64) for m in held))
        .unpivot(on=held, index=["period_start", "model_label", "source_ref"], variable_name="measure", value_name="value")
        .drop_nulls("value")
    )
    unit = (
        pl.when(pl.col("measure") == "requests")
        .then(pl.lit("requests"))
        .when(pl.col("measure").str.ends_with("share"))
        .then(pl.lit("percent"))
        .otherwise(pl.lit("tokens"))
    )
    return rows.with_columns(
        gateway=pl.lit(gateway),
        period_days=pl.lit(days, pl.Int64),
        unit=unit,
        basis=pl.lit("quoted"),
        observed_at=pl.col("period_start") + timedelta(days=days),
        **{k: pl.lit(v) for k, v in origin.items()},
    )


def volumes(data: Path) -> pl.DataFrame:
    """Every figure of the usage files, long."""
    folder = data / "usage"
    day = (
        pl.read_csv(folder / "openrouter_rankings_daily.csv", try_parse_dates=True)
        .rename({"date": "period_start", "model_permaslug": "model_label"})
        .with_columns(source_ref=pl.lit("CasualStudy/casualstudy-portfolio@48879ae:data/openrouter-usage.json"))
    )
    single = pl.read_csv(folder / "openrouter_top50_single_days.csv", try_parse_dates=True).rename(
        {"date": "period_start", "model_permaslug": "model_label", "source": "source_ref"}
    )
    week = pl.read_csv(folder / "openrouter_weekly_top.csv", try_parse_dates=True, infer_schema_length=None).rename(
        {"week": "period_start", "permaslug": "model_label", "source": "source_ref"}
    )
    view = (
        pl.read_csv(folder / "openrouter_week_view_split.csv", try_parse_dates=True)
        .rename({"model": "model_label", "source": "source_ref"})
        .with_columns(period_start=pl.col("date") - timedelta(days=7))
    )
    gateway = (
        pl.read_csv(folder / "vercel_gateway_single_days.csv", try_parse_dates=True)
        .rename({"date": "period_start", "name": "model_label", "source": "source_ref"})
        .pivot(on="metric", index=["period_start", "model_label", "source_ref"], values="share_percent")
        .rename({"spend": "spend_share", "tokens": "token_share"})
    )
    blocks = [
        _long(day, "openrouter", 1, PARTS, OPENROUTER),
        _long(single, "openrouter", 1, PARTS, OPENROUTER),
        _long(week, "openrouter", 7, PARTS, OPENROUTER),
        _long(view, "openrouter", 7, PARTS, OPENROUTER),
        _long(gateway, "vercel", 1, ("spend_share", "token_share"), VERCEL),
    ]
    table = pl.concat([b.select(SCHEMAS["token_volumes"].keys()) for b in blocks])
    key = ["gateway", "period_start", "period_days", "model_label", "measure"]
    return table.cast(SCHEMAS["token_volumes"]).sort(*key, "source_ref").unique(key, keep="first", maintain_order=True)


def main() -> None:
    """Write the table, compressed without a time stamp."""
    text = io.BytesIO()
    volumes(Path(sys.argv[1])).write_csv(text)
    with (
        (FOLDER / "token_volumes.csv.gz").open("wb") as raw,
        gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="", compresslevel=9) as out,
    ):
        out.write(text.getvalue())


if __name__ == "__main__":
    main()
