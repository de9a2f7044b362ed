"""What N price intervals cost: python -m benchmarks.scale [--rows 1000000] [--draws 20] [--lake] [--keep DIR]

Synthetic intervals in the warehouse's own schema go through the product's own steps (the tables a day rewrites, its SQL
models and checks, the publication); then 25 questions are asked with drawn parameters, of the published warehouse and of
plain Parquet with the same rows. Printed: wall and CPU seconds and the peak memory of each step in a process of its own;
milliseconds of the questions. `--lake` publishes to the lake of DEFLATION_WAREHOUSE too.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.scale.questions import QUESTIONS
from benchmarks.scale.world import DAY, FIRST, lay_down
from warehouse.models import models
from warehouse.opened import Published, open_published
from warehouse.publish import publish
from warehouse.schema.tables import table
from warehouse.store import Store

MARTS = ("price_history", "price_now", "price_events")
CHECKS = ("one_price_per_offer", "last_sighting_after_start", "nothing_known_later", "prices_within_bounds")


def lay(home: Path, rows: int) -> None:
    """The tables a run begins with, and the believed intervals."""
    with Store(home / "build.duckdb").session() as store, store.connection() as con:
        lay_down(con, rows)


def rewrite(home: Path, rows: int) -> None:
    """The day's beliefs written whole, as a run does: out of the frame that belief returns."""
    store = Store(home / "build.duckdb")
    frame = store.read("core.price_interval")
    assert store.write("core.price_interval", frame) == frame.height <= rows


def marts(home: Path, name: str) -> None:
    """One mart by its own SQL."""
    model = next(m for m in models("marts") if m.name == f"marts.{name}")
    Store(home / "build.duckdb").fill(model.name, [model.sql])


def checks(home: Path, names: tuple[str, ...]) -> None:
    """The checks that read prices."""
    store = Store(home / "build.duckdb")
    for model in models("checks"):
        if model.name.partition(".")[2] in names:
            store.read(model.sql.rstrip().rstrip(";"))


def put_out(home: Path, published: Published) -> None:
    """Publish the build."""
    publish(Store(home / "build.duckdb"), published)


def parquet(home: Path, published: Path) -> None:
    """The same rows in the same order as plain Parquet."""
    with duckdb.connect(str(published), read_only=True) as con:
        for name in ("price_history", "price_now"):
            con.execute(f"COPY marts.{name} TO '{home / name}.parquet' (FORMAT parquet, COMPRESSION zstd)")


def _measured(step: Callable[..., None], arguments: tuple[Any, ...]) -> tuple[float, float, float]:
    began, cpu = time.perf_counter(), time.process_time()
    step(*arguments)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return time.perf_counter() - began, time.process_time() - cpu, peak


def told(label: str, step: Callable[..., None], *arguments: Any) -> None:
    """Run a step in a process of its own and print what it took."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        wall, cpu, peak = pool.apply(_measured, (step, arguments))
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


def ask(con: duckdb.DuckDBPyConnection, asked: list[dict[str, Any]], places: dict[str, str]) -> dict[str, list[float]]:
    """Milliseconds of every question, for every drawn parameter."""
    taken: dict[str, list[float]] = {}
    for name, sql in QUESTIONS.items():
        for values in asked:
            began = time.perf_counter()
            con.execute(sql.format(**places), {k: v for k, v in values.items() if f"${k}" in sql}).fetchall()
            taken.setdefault(name, []).append(1000 * (time.perf_counter() - began))
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
    print(f"\n{'question (ms, p50 / p95)':<34} " + " ".join(f"{name:>17}" for name in taken))
    for question in QUESTIONS:
        cells = (f"{statistics.median(t[question]):>8.1f} /{p95(t[question]):>7.1f}" for t in taken.values())
        print(f"{question:<34} " + " ".join(cells))
    whole = {name: [v for values in t.values() for v in values] for name, t in taken.items()}
    print(f"{'all 25':<34} " + " ".join(f"{statistics.median(v):>8.1f} /{p95(v):>7.1f}" for v in whole.values()))


def main() -> None:
    """Lay down the rows, take the steps of a day, publish, ask."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--draws", type=int, default=20, help="How often each question is asked, with other parameters.")
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
    told("lay down core.price_interval", lay, home, given.rows)
    told("rewrite core.price_interval", rewrite, home, given.rows)
    for name in MARTS:
        told(f"marts.{name}", marts, home, name)
    told("checks of prices", checks, home, CHECKS)
    for name, published in targets.items():
        told(f"publish to the {name}", put_out, home, published)
        told(f"publish again to the {name}", put_out, home, published)
    told("plain Parquet", parquet, home, targets["file"])
    for path in (home / "build.duckdb", home / "published.duckdb", home / "price_history.parquet"):
        print(f"{path.name:<34} {path.stat().st_size / 1e6:>8.0f} MB")
    compare(home, targets, given.draws)


if __name__ == "__main__":
    main()
