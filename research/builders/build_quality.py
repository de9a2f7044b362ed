"""Rebuild reference/quality_scores.csv.gz, benchmarks.csv and task_tokens.csv.

    .venv/bin/python -m research.builders.build_quality DEFLATION_DATA

Only rows whose licence allows packaging enter: Epoch AI's Benchmarking Hub (CC BY 4.0), Artificial Analysis
and LMArena as copied by MIT repositories (attribution to Artificial Analysis). Versions of an index are kept
apart; Epoch's own runs carry the day of the run, copies the day of the copy.
"""

from __future__ import annotations

import csv
import gzip
import io
import math
import sys
from datetime import date
from pathlib import Path

import polars as pl

from belief.names.aliases import resolve
from reference import FOLDER
from reference.schema import SCHEMAS
from research.builders import score_history
from research.builders.quality_labels import split, usable

N_ITEMS = {
    "GPQA-Diamond": 198,
    "MMLU": 14042,
    "MATH-Level5": 1324,
    "GSM8K": 1319,
    "HellaSwag": 10042,
    "WinoGrande": 1267,
    "ARC-Challenge": 1172,
    "BBH": 6511,
    "OTIS-Mock-AIME": 45,
    "FrontierMath": 290,
    "HLE": 2158,
    "SciCode": 338,
    "SWE-bench-Verified": 500,
    "SWE-bench-Bash": 500,
    "SimpleQA-Verified": 1000,
    "Aider-Polyglot": 225,
    "AA-LCR": 100,
    "IFBench": 294,
    "TerminalBench-Hard": 47,
    "ARC-AGI": 400,
    "TriviaQA": 17944,
}
"""Questions per benchmark: the benchmark papers; AA-LCR, HLE subset, Terminal-Bench Hard as Artificial Analysis states them."""
GUESS = {"GPQA-Diamond": 0.25, "MMLU": 0.25, "HellaSwag": 0.25, "WinoGrande": 0.5, "ARC-Challenge": 0.25}
HISTORY_NAMED_ON = date(2026, 11, 22)
"""The day whose alias table names the labels of the dated score history."""
URL = {
    "Epoch AI Benchmarking Hub": "https://epoch.ai/benchmarks",
    "Artificial Analysis": "https://artificialanalysis.ai/leaderboards/models",
    "LMArena": "https://lmarena.ai/leaderboard/text",
}
LICENCE = {
    "CC-BY-4.0": "CC-BY-4.0",
    "MIT repo": "MIT",
    "MIT repo; AA attribution required": "MIT; attribution to Artificial Analysis",
}
REBASED = date(2026, 6, 1)
"""Artificial Analysis re-based its indices in June 2026: scores before and after are not comparable."""
COPY_DAY = {"2026-01": date(2026, 1, 31)}
RUNS = {
    "GPQA-Diamond": "gpqa_diamond",
    "MATH-Level5": "math_level_5",
    "OTIS-Mock-AIME": "otis_mock_aime_2024_2025",
    "FrontierMath": "frontiermath",
    "SWE-bench-Verified": "swe_bench_verified",
    "SimpleQA-Verified": "simpleqa_verified",
}
TASKS = {
    "GPQA Diamond": "GPQA-Diamond",
    "MATH level 5": "MATH-Level5",
    "OTIS Mock AIME 2024-2025": "OTIS-Mock-AIME",
}
MOVING = ("deepseek-chat", "deepseek-reasoner")
"""Names that mean a model only together with their maker's price list and a date."""


def version_of(benchmark: str, source: str, as_of: date) -> str:
    """Version of the benchmark: what may be compared with what."""
    if source == "Artificial Analysis":
        if "Index" in benchmark:
            return "AA since 2026-06" if as_of >= REBASED else "AA before 2026-06"
        return "AA"
    if source == "LMArena":
        return f"text {as_of:%Y-%m}"
    return "Epoch run" if benchmark in RUNS else "Epoch ECI 2026-01" if benchmark == "Epoch-ECI" else "Epoch collection"


def epoch_runs(data: Path) -> dict[tuple[str, str], tuple[date, float | None]]:
    """(benchmark, model version) -> (day of Epoch's run, standard error in percent)."""
    found: dict[tuple[str, str], tuple[date, float | None]] = {}
    for benchmark, stem in RUNS.items():
        with (data / "forecast" / "gundlach" / "benchmark_data_7" / f"{stem}.csv").open(newline="", encoding="utf-8-sig") as file:
            for r in csv.DictReader(file):
                if r["Started at"]:
                    se = float(r["stderr"]) * 100 if r["stderr"] else None
                    found[benchmark, r["Model version"]] = (date.fromisoformat(r["Started at"][:10]), se)
    return found


def scores(data: Path) -> pl.DataFrame:
    """All packaged scores, resolved to canonical models; labels without a canonical model are an error."""
    runs, rows = epoch_runs(data), []
    for r in usable(data):
        base, variant = split(r["model"], r["source"])
        copied = COPY_DAY.get(r["as_of"]) or date.fromisoformat(r["as_of"])
        ran, se = runs.get((r["benchmark"], r["model"]), (None, None))
        n, score = N_ITEMS.get(r["benchmark"]), float(r["score"])
        if se is None and n and r["unit"] == "percent" and 0 < score < 100:
            se = 100 * math.sqrt(score / 100 * (1 - score / 100) / n)
        rows.append(
            {
                "provider": "deepseek" if base in MOVING else "*",
                "variant": variant,
                "model_label": r["model"],
                "base": base,
                "benchmark": r["benchmark"],
                "benchmark_version": version_of(r["benchmark"], r["source"], copied),
                "score": score,
                "unit": r["unit"],
                "se": None if se is None else round(se, 4),
                "n_items": n,
                "as_of": copied,
                "first_seen": ran or copied,
                "valid_from": date.fromisoformat(r["release_date"]) if len(r["release_date"]) == 10 else copied,
                "source": r["source"],
                "source_ref": r["source_ref"],
                "source_url": URL[r["source"]],
                "licence": LICENCE[r["licence"]],
                "observed_at": ran or copied,
                "basis": "quoted",
            }
        )
    frame = pl.DataFrame(rows, infer_schema_length=None).rename({"model_label": "printed", "base": "model_label"})
    table = pl.read_csv(FOLDER / "model_aliases.csv", schema_overrides=SCHEMAS["model_aliases"])
    frame = resolve(frame, table)  # a moving name means the model of the release date its source prints
    lost = frame.filter(pl.col("model").is_null())["model_label"].unique().sort().to_list()
    if lost:
        raise LookupError(f"benchmark labels without a canonical model: {lost}; run build_models.py or curate them")
    frame = frame.drop("model_label").rename({"printed": "model_label"})
    first = pl.col("first_seen").min().over("model", "variant", "benchmark", "benchmark_version", "source")
    out = frame.with_columns(first.alias("first_seen")).select(SCHEMAS["quality_scores"].keys())
    return (
        pl.concat([out.cast(SCHEMAS["quality_scores"]), score_history.rows(data, HISTORY_NAMED_ON, N_ITEMS)])
        .unique()
        .sort("model", "benchmark", "benchmark_version", "variant", "as_of", "source", "model_label", "score")
    )


def benchmarks(frame: pl.DataFrame) -> pl.DataFrame:
    """One row per benchmark: items, guess rate, unit."""
    rows = []
    for name, unit in sorted(set(frame.select("benchmark", "unit").rows())):
        kind = "index" if "Index" in name or "ECI" in name else "elo" if unit == "elo" or "Arena" in name else "accuracy"
        rows.append(
            {
                "benchmark": name,
                "kind": kind,
                "n_items": N_ITEMS.get(name),
                "guess_rate": GUESS.get(name, 0.0 if kind == "accuracy" else None),
                "unit": unit,
                "reason": "number of questions: benchmark paper or the evaluator's method page",
                "source": "benchmark papers",
                "source_ref": "research/builders/build_quality.py",
                "source_url": "",
                "licence": "facts",
                "observed_at": date(2020, 1, 1),
                "basis": "quoted",
            }
        )
    return pl.DataFrame(rows, schema=SCHEMAS["benchmarks"])


def task_tokens(data: Path) -> pl.DataFrame:
    """Output tokens of one pass through a benchmark, or dollars of it, where Epoch AI published them."""
    rows, folder = [], data / "forecast" / "gundlach" / "benchmark_data_7"
    for stem, benchmark, column in (
        ("aider_polyglot_external", "Aider-Polyglot", "Cost"),
        ("swe_bench_bash", "SWE-bench-Bash", "Avg. Cost ($)"),
    ):
        with (folder / f"{stem}.csv").open(newline="", encoding="utf-8-sig") as file:
            for r in csv.DictReader(file):
                if r[column] and float(r[column]) > 0:
                    whole = round(float(r[column]) * N_ITEMS[benchmark], 4)  # printed per item
                    rows.append(
                        (
                            r["Model version"],
                            benchmark,
                            None,
                            whole,
                            f"benchmark_data_7/{stem}.csv",
                            date(2026, 1, 31),
                            r["Release date"],
                        )
                    )
    with (data / "forecast" / "epoch_price_trends" / "epoch_ai_eval_data.csv").open(newline="", encoding="utf-8-sig") as file:
        for r in csv.DictReader(file):
            runs = float(r["epochs"] or 0)
            if runs and float(r["output_tokens"] or 0) > 0:
                tokens = float(r["output_tokens"]) / runs / 1e6
                rows.append(
                    (
                        r["Model"],
                        TASKS.get(r["Task"], r["Task"]),
                        tokens,
                        None,
                        "epoch_ai_eval_data.csv",
                        date(2025, 3, 12),
                        "",
                    )
                )
    records = []
    for label, benchmark, tokens, dollars, ref, seen, released in rows:
        base, variant = split(label, "Epoch")
        records.append(
            {
                "provider": "deepseek" if base in MOVING else "*",
                "model_label": base,
                "printed": label,
                "variant": variant,
                "benchmark": benchmark,
                "benchmark_version": "",
                "output_mtok_per_run": tokens,
                "usd_per_run": dollars,
                "source": "Epoch AI Benchmarking Hub",
                "source_ref": ref,
                "source_url": "https://epoch.ai/benchmarks",
                "licence": "CC-BY-4.0",
                "observed_at": seen,
                "basis": "derived",
                "valid_from": date.fromisoformat(released) if len(released) == 10 else seen,
            }
        )
    table = pl.read_csv(FOLDER / "model_aliases.csv", schema_overrides=SCHEMAS["model_aliases"])
    frame = resolve(pl.DataFrame(records, infer_schema_length=None), table).filter(pl.col("model").is_not_null())
    frame = frame.drop("model_label").rename({"printed": "model_label"}).select(SCHEMAS["task_tokens"].keys())
    return frame.cast(SCHEMAS["task_tokens"]).unique().sort("model", "benchmark", "variant", "model_label", "source_ref")


def write_gz(frame: pl.DataFrame, path: Path) -> None:
    """CSV in gzip with no time stamp, so that the same rows give the same bytes."""
    text = io.BytesIO()
    frame.write_csv(text)
    with (
        path.open("wb") as raw,
        gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="", compresslevel=9) as out,
    ):
        out.write(text.getvalue())


def main() -> None:
    """Write scores, benchmarks and tokens per task."""
    data = Path(sys.argv[1])
    frame = scores(data)
    write_gz(frame, FOLDER / "quality_scores.csv.gz")
    task_tokens(data).write_csv(FOLDER / "task_tokens.csv")
    benchmarks(frame).write_csv(FOLDER / "benchmarks.csv")
    priced = pl.read_parquet(FOLDER / "price_history.parquet")
    table = pl.read_csv(FOLDER / "model_aliases.csv", schema_overrides=SCHEMAS["model_aliases"])
    named = set(resolve(priced, table)["model"].drop_nulls())
    both = frame.filter(pl.col("model").is_in(list(named)))
    print(f"{frame.height} scores of {frame['model'].n_unique()} models; priced: {both.height} scores of {both['model'].n_unique()} models")
    for name in ("GPQA-Diamond", "MMLU", "LMArena-Elo", "Epoch-ECI"):
        print(name, both.filter(pl.col("benchmark") == name)["model"].n_unique())


if __name__ == "__main__":
    main()
