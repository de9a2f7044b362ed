"""What N price intervals cost: python -m benchmarks.scale [--rows 1000000] [--draws 20] [--lake] [--keep DIR]

Synthetic intervals in the warehouse's own schema go through the product's own steps (the tables a day rewrites, its SQL
models and checks, the publication); then 25 questions are asked with drawn parameters, of the published warehouse and of
plain Parquet with the same rows (`--questions`: that alone). Printed: wall and CPU seconds and the peak memory of each step in a process of its own;
milliseconds of the questions. `--lake` publishes to the lake of DEFLATION_WAREHOUSE too.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.scale import steps
from benchmarks.scale.questions import QUESTIONS
from benchmarks.scale.world import DAY, FIRST
from warehouse.opened import Published, open_published
from warehouse.schema.tables import table


def told(label: str, step: Callable[..., None], *arguments: Any) -> None:
    """Run a step in a process of its own and print what it took."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        wall, cpu, peak = pool.apply(steps.measured, (step, arguments))
    print(f"{label:<34} {wall:>8.1f} {cpu:>8.1f} {peak:>8.0f}", flush=True)


def parameters(con: duckdb.DuckDBPyConnection, draw: random.Random, draws: int) -> list[dict[str, Any]]:
    """Offers that there are, each with a day in the history."""
    [(count,)] = con.execute("SELECT count(*) FROM marts.price_now").fetchall()
    offsets = [draw.randrange(count) for _ in range(draws)]
    rows = [
        con.execute(f"SELECT model, provider, developer, interval_id FROM marts.price_now LIMIT 1 OFFSET {n}").fetchall()[0]
        for n in offsets
    ]
    span = (DAY - FIRST).days
    return [
        dict(zip(("model", "provider", "developer", "interval"), row, strict=True)) | {"day": FIRST + timedelta(days=draw.randrange(span))}
        for row in rows
    ]


Taken = dict[str, list[tuple[float, float]]]
"""Wall and CPU milliseconds of every question, for every drawn parameter."""


def ask(con: duckdb.DuckDBPyConnection, asked: list[dict[str, Any]], places: dict[str, str]) -> Taken:
    """Ask every question with every drawn parameter."""
    taken: Taken = {}
    for name, sql in QUESTIONS.items():
        for values in asked:
            began, cpu = time.perf_counter(), time.process_time()
            con.execute(sql.format(**places), {k: v for k, v in values.items() if f"${k}" in sql}).fetchall()
            taken.setdefault(name, []).append((1000 * (time.perf_counter() - began), 1000 * (time.process_time() - cpu)))
    return taken


def p95(values: list[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]


def compare(home: Path, targets: dict[str, Published], draws: int) -> None:
    """Print the questions' times on each target and on Parquet."""
    with open_published(targets["file"]) as con:
        asked = parameters(con, random.Random(7), draws)
    places = {"history": "marts.price_history", "now": "marts.price_now"}
    taken = {}
    for name, published in targets.items():
        with open_published(published) as con:
            taken[name] = ask(con, asked, places)
    with duckdb.connect(config={"threads": 1}) as con:
        taken["parquet"] = ask(con, asked, {p: f"'{home / places[p].partition('.')[2]}.parquet'" for p in places})
    print(f"\n{'question (wall ms, p50 / p95)':<34} " + " ".join(f"{name:>17}" for name in taken))
    for question in QUESTIONS:
        print(f"{question:<34} " + " ".join(_cell([wall for wall, _ in t[question]]) for t in taken.values()))
    for label, which in (("all 25, wall ms", 0), ("all 25, CPU ms", 1)):
        print(f"{label:<34} " + " ".join(_cell([v[which] for values in t.values() for v in values]) for t in taken.values()))


def _cell(values: list[float]) -> str:
    return f"{statistics.median(values):>8.1f} /{p95(values):>7.1f}"


def main() -> None:
    """Lay down the rows, take the steps of a day, publish, ask."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--draws", type=int, default=20, help="How often each question is asked, with other parameters.")
    options.add_argument("--questions", action="store_true", help="Lay down the marts that are asked and ask; no step of a day.")
    options.add_argument("--without-frame", action="store_true", help="Do not write the intervals from a frame (1 GB a million rows).")
    options.add_argument("--lake", action="store_true", help="Publish to the lake of DEFLATION_WAREHOUSE too.")
    options.add_argument("--keep", type=Path, help="Work in this folder and keep it.")
    given = options.parse_args()
    home = given.keep or Path(tempfile.mkdtemp(prefix="deflation-scale-"))
    home.mkdir(parents=True, exist_ok=True)
    try:
        _day(home, given)
    finally:
        if not given.keep:
            shutil.rmtree(home)


def _day(home: Path, given: argparse.Namespace) -> None:
    targets: dict[str, Published] = {"file": home / "published.duckdb"}
    if given.lake:
        from pipelines.settings import load_settings

        targets["lake"] = load_settings().published
    print(f"{given.rows:,} price intervals, sorted by {', '.join(table('marts.price_history').order)}")
    print(f"{'step':<34} {'wall s':>8} {'CPU s':>8} {'peak MB':>8}")
    if given.questions:
        told("lay down the marts that are asked", steps.lay_asked, home, given.rows)
    else:
        _steps(home, given, targets)
    told("plain Parquet", steps.parquet, home, targets["file"])
    for path in sorted(p for p in home.iterdir() if p.suffix in (".duckdb", ".parquet")):
        print(f"{path.name:<34} {path.stat().st_size / 1e6:>8.0f} MB")
    compare(home, targets, given.draws)


def _steps(home: Path, given: argparse.Namespace, targets: dict[str, Published]) -> None:
    told("lay down core.price_interval", steps.lay, home, given.rows)
    if not given.without_frame:
        told("write core.price_interval anew", steps.rewrite, home, given.rows)
    for name in steps.MARTS:
        told(f"marts.{name}", steps.marts, home, name)
    told("checks of prices", steps.checks, home, steps.CHECKS)
    for name, published in targets.items():
        told(f"publish to the {name}", steps.put_out, home, published)
        told(f"publish again to the {name}", steps.put_out, home, published)


if __name__ == "__main__":
    main()
