"""The steps of a day that rewrite prices, each to be run in a process of its own."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.scale.world import lay_down, lay_marts
from warehouse.models import models
from warehouse.opened import Published, connect
from warehouse.publish import publish
from warehouse.store import Store

MARTS = ("price_history", "price_now", "price_events")
CHECKS = ("one_price_per_offer", "last_sighting_after_start", "nothing_known_later", "prices_within_bounds")


def lay(home: Path, rows: int) -> None:
    """The tables a run begins with, and the believed intervals."""
    with Store(home / "build.duckdb").session() as store, store.connection() as con:
        lay_down(con, rows)


def rewrite(home: Path, rows: int) -> None:
    """The day's beliefs written whole into a new file, as a run does: out of the frame that belief returns."""
    frame, path = Store(home / "build.duckdb").read("core.price_interval"), home / "believed.duckdb"
    with Store(path).session() as store:
        assert store.write("core.price_interval", frame) == frame.height <= rows
    path.unlink()


def lay_asked(home: Path, rows: int) -> None:
    """The marts that are asked, straight into the published file."""
    with closing(connect(home / "published.duckdb", read_only=False)) as con:
        lay_marts(con, rows)


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


def measured(step: Callable[..., None], arguments: tuple[Any, ...]) -> tuple[float, float, float]:
    """Wall and CPU seconds of a step, and the peak memory of this process in MB."""
    began, cpu = time.perf_counter(), time.process_time()
    step(*arguments)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return time.perf_counter() - began, time.process_time() - cpu, peak
