"""Build reference/frontier_panel.csv: monthly frontier prices at fixed quality, for the backtest.

    python -m research.build_frontier_panel ../shared/data

Six panels, each one history of price lists: ``openrouter`` (31 archived catalogues), ``first_parties`` and ``hosts``
(LiteLLM's lists split by who sells), ``registries`` and ``resellers`` (models.dev and genai-prices split the same way,
from 2025-07), ``price_tables`` (makers' prices as llm-prices and model-prices keep them). Prices are 3:1 blends. A
quote below a tenth of what the model's maker asks in the same list that day, or of the median of three quotes or more,
is not believed (prices per character were once listed as prices per token). Scales: GPQA, MMLU and ECI as Epoch AI publishes them (CC-BY-4.0), known only since
2026; and LMArena's rating as it stood in public copies of each day (MIT repositories, CC-BY-4.0), so that origins
exist at which price and quality were both known. ``scored_on`` is the day the setter's score was public.

A series has a row on a day only if a score below its threshold was known then, and a rating series ends two months
after the last public copy. Names are joined by a key (sorted words | version numbers); every setter is a row with
both names, so that a wrong join can be seen. Not used in production, where aliases are curated.
"""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from pathlib import Path

import polars as pl

from research import study

HINDSIGHT = {
    "gpqa_diamond": ("GPQA-Diamond", [30, 40, 50, 60, 70, 75, 80, 85]),
    "mmlu": ("MMLU", [50, 60, 70, 75, 80, 83]),
    "eci": ("Epoch-ECI", [105, 115, 120, 125, 130, 135, 140, 145]),
}
RATINGS = [1050, 1100, 1150, 1200, 1225, 1250, 1275, 1300, 1325, 1350, 1400]
MAKERS = (
    "openai anthropic gemini google mistral mistralai xai x-ai deepseek cohere cohere_chat moonshot moonshotai "
    "zai zhipuai alibaba ai21 minimax amazon perplexity"
).split()
PREFIX = re.compile(
    r"^((us|eu|apac|global|jp|au)\.)?(anthropic|meta|mistral|amazon|cohere|ai21|deepseek|qwen|openai|"
    r"google|minimax|moonshot|nvidia|writer)\."
)
LEAST_SHARE = 0.1
CENSUS_DAYS = 62
MIN_ROWS = 8


def prices(data: Path) -> pl.DataFrame:
    """panel, ds, model, key, y, price_source of every list used."""
    rows = pl.read_csv(data / "prices" / "tables" / "panel_monthly.csv.gz", infer_schema_length=None, try_parse_dates=True).filter(
        pl.col("input_usd_per_mtok") > 0,
        pl.col("output_usd_per_mtok") > 0,
        ~pl.col("model").str.contains(r":|^~"),
    )
    keys = {m: study.key(PREFIX.sub("", m.split("/")[-1])) for m in rows["model"].unique()}
    return (
        rows.select(
            _panel().alias("panel"),
            pl.col("observed_date").alias("ds"),
            "model",
            pl.col("provider").is_in(MAKERS).alias("maker"),
            pl.col("model").replace_strict(keys).alias("key"),
            ((3 * pl.col("input_usd_per_mtok") + pl.col("output_usd_per_mtok")) / 4).round(6).alias("y"),
            pl.col("source").alias("price_source"),
        )
        .filter(_believed())
        .drop_nulls("panel")
        .drop("maker")
    )


def _panel() -> pl.Expr:
    """Which history a row belongs to: by list, and by whether its seller makes models."""
    maker, source = pl.col("provider").is_in(MAKERS), pl.col("source")
    catalogues, listed = source.is_in(["models.dev", "genai-prices"]), source == "litellm"
    return (
        pl.when(source == "openrouter")
        .then(pl.lit("openrouter"))
        .when(listed & maker)
        .then(pl.lit("first_parties"))
        .when(listed & (pl.col("provider") != "openrouter"))
        .then(pl.lit("hosts"))
        .when(catalogues & maker)
        .then(pl.lit("registries"))
        .when(catalogues)
        .then(pl.lit("resellers"))
        .when(source.is_in(["llm-prices", "model-prices"]) & maker)
        .then(pl.lit("price_tables"))
    )


def _believed() -> pl.Expr:
    """Not below ``LEAST_SHARE`` of the maker's own price, or of the median where at least three quotes exist."""
    quotes = ["price_source", "ds", "key"]
    own = pl.when("maker").then("y").median().over(quotes)
    usual = pl.coalesce(own, pl.when(pl.len().over(quotes) >= 3).then(pl.col("y").median().over(quotes)))
    return usual.is_null() | (pl.col("y") >= LEAST_SHARE * usual)


def scores(data: Path) -> pl.DataFrame:
    """scale, key, score, scored_on, score_source, dated (true: only what was public on a day counts on that day)."""
    table = pl.read_csv(data / "forecast" / "quality.csv", infer_schema_length=None).filter(pl.col("licence") == "CC-BY-4.0")
    blocks = [
        table.filter(pl.col("benchmark") == name)
        .group_by(pl.col("price_join_key").alias("key"))
        .agg(
            pl.col("score").mean(),
            pl.col("as_of").min().str.pad_end(10, "-").str.replace("---", "-31").str.to_date(),
            pl.col("source").unique().sort().str.join(" + "),
        )
        .select(
            pl.lit(scale).alias("scale"),
            "key",
            "score",
            pl.col("as_of").alias("scored_on"),
            pl.col("source").alias("score_source"),
            pl.lit(False).alias("dated"),
        )
        for scale, (name, _) in HINDSIGHT.items()
    ]
    arena = pl.read_csv(data / "scores" / "scores.csv", infer_schema_length=None, try_parse_dates=True).filter(
        pl.col("benchmark") == "LMArena text",
        pl.col("benchmark_version").str.contains("raw"),
        pl.col("licence").str.contains("MIT"),
    )
    keys = {m: study.key(m) for m in arena["model_label"].unique()}
    blocks.append(
        arena.select(
            pl.lit("arena").alias("scale"),
            pl.col("model_label").replace_strict(keys).alias("key"),
            pl.col("score").cast(pl.Float64),
            pl.col("first_seen").cast(pl.Date).alias("scored_on"),
            pl.col("source_ref").str.extract(r"^([^@]+)").alias("score_source"),
            pl.lit(True).alias("dated"),
        )
    )
    return pl.concat(blocks)


def frontier(rows: pl.DataFrame, known: pl.DataFrame, scale: str, thresholds: list[int]) -> pl.DataFrame:
    """unique_id, ds, y and the setter of one panel on one scale."""
    dated = bool(known["dated"].any())
    end = known["scored_on"].max() + timedelta(days=CENSUS_DAYS)
    found = []
    for (day,), listed in rows.sort("ds").group_by(["ds"], maintain_order=True):
        if dated and day > end:
            break
        public = known.filter(pl.col("scored_on") <= day) if dated else known
        public = public.sort("scored_on", "score").group_by("key", maintain_order=True).last()
        joined = listed.join(public, on="key").sort("y", "model")
        found += [
            joined.filter(pl.col("score") >= q).head(1).with_columns(pl.lit(f"{scale}-{q}").alias("unique_id"))
            for q in thresholds
            if public.filter(pl.col("score") < q).height
        ]
    return pl.concat(found) if found else pl.DataFrame()


def build(data: Path) -> pl.DataFrame:
    """The packaged table; of series of one panel that are equal on every day one is kept."""
    listed, known, blocks = prices(data), scores(data), []
    for panel in listed["panel"].unique().sort():
        for scale, thresholds in {**{s: t for s, (_, t) in HINDSIGHT.items()}, "arena": RATINGS}.items():
            series = frontier(listed.filter(pl.col("panel") == panel), known.filter(pl.col("scale") == scale), scale, thresholds)
            seen: set[tuple] = set()
            for (_,), one in series.group_by(["unique_id"], maintain_order=True) if series.height else ():
                path = (*one["ds"], *one["y"])
                if one.height >= MIN_ROWS and path not in seen:
                    seen.add(path)
                    blocks.append(one)
    return (
        pl.concat(blocks)
        .select(
            "panel",
            "unique_id",
            "ds",
            "y",
            "model",
            pl.col("key").alias("score_key"),
            "scored_on",
            "price_source",
            "score_source",
        )
        .sort("panel", "unique_id", "ds")
    )


if __name__ == "__main__":
    target = Path(__file__).resolve().parent.parent / "reference" / "frontier_panel.csv"
    panel = build(Path(sys.argv[1]))
    panel.write_csv(target)
    print(
        panel.group_by("panel").agg(
            pl.len(), pl.col("unique_id").n_unique(), pl.col("ds").min().alias("from"), pl.col("ds").max().alias("to")
        )
    )
    for row in panel.group_by("model", "score_key").len().sort("len", descending=True).rows():
        print(*row)
