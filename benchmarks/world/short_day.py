"""A short day: the steps of a day that know the past, and no other, in one process that may be killed.

They are the product's own assets, called as the job calls them: every source is asked and read (archive, index, folded captures,
raw tables), the day of the edition is told, what was issued is read and scored, forecasts and facts are issued, the edition is
published and mailed. What has no memory (belief, engine, indices, the forecasts themselves, marts, the published file, the
pages of the offers, Dagster) is left out: facts and forecasts are those of the whole day before it, dated anew, one fact moved.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import time
import traceback
from datetime import date, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl

from assets.collected import capture, source_assets
from assets.computed import damage, day, issued_earlier, track_record
from assets.published import delivery, edition, issued_forecast
from assets.step import as_of
from benchmarks.world.real_run import Cost, Kill
from pipelines.context import make_job
from pipelines.delivery import deliver_with
from pipelines.operation.state_format import hold
from pipelines.resources import raw_tables
from pipelines.settings import load_settings
from warehouse.store import Store

CARRIED = ("stats.frontier_price", "stats.forecast", "facts.fact", "core.vintage")
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload([__name__, "pandas", "pyarrow.dataset", "reports.page.render", "reports.mail.delivery"])


def carry(home: Path) -> None:
    """Keep what a whole day made of the tables that a short one does not make."""
    built = Store(home / "build.duckdb")
    for name in CARRIED:
        built.read(name).write_parquet(home / f"{name}.carried")


def short_run(home: Path, env: dict[str, str], moment: datetime, kill: Kill | None = None) -> Cost:
    """A short day at ``moment``, killed after ``kill.after_s`` seconds; exit status 0, 1 (with its traceback said) or a signal's."""
    ours, theirs = CONTEXT.Pipe()
    began = time.monotonic()
    process = CONTEXT.Process(target=_in_a_process, args=(theirs, home, env, moment))
    process.start()
    theirs.close()
    if kill:
        process.join(kill.after_s)
        if process.is_alive() and process.pid:
            os.kill(process.pid, signal.SIGKILL)
    said, cpu_s, peak_mb = _heard(ours)
    process.join()
    status = process.exitcode if process.exitcode else int(bool(said))
    return Cost(status or 0, said, cpu_s, time.monotonic() - began, peak_mb)


def _heard(end: Connection) -> tuple[str, float, float]:
    try:
        said: tuple[str, float, float] = end.recv()
    except EOFError:
        return "", 0.0, 0.0
    return said


def _in_a_process(told: Connection, home: Path, env: dict[str, str], moment: datetime) -> None:
    for name in [n for n in os.environ if n.startswith("DEFLATION_")]:
        del os.environ[name]
    os.environ.update(env | {"DEFLATION_HOME": str(home), "DEFLATION_NOW": moment.isoformat()})
    said = ""
    try:
        _steps()
    except Exception:
        said = traceback.format_exc()
    used = resource.getrusage(resource.RUSAGE_SELF)
    told.send((said, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024))


def _steps() -> None:
    settings = load_settings()
    hold(settings)
    job = make_job(settings, deliver=deliver_with(settings))
    with Store(settings.warehouse_path, lock_timeout_s=settings.wait_s).session(raw_tables()) as warehouse:
        given: dict[str, Any] = {"job": job, "warehouse": warehouse}
        for step in (capture, *source_assets, day, damage):
            _taken(step, given)
        for name in CARRIED:
            warehouse.write(name, _dated(pl.read_parquet(settings.home / f"{name}.carried"), name, as_of(warehouse)))
        for step in (issued_earlier, track_record):
            tuple(_taken(step, given))
        for step in (issued_forecast, edition):
            _taken(step, given)
        _taken(delivery, {"job": job})


def _taken(step: dg.AssetsDefinition, given: dict[str, Any]) -> Any:
    """What the asset's own function gives: Dagster makes an instance with two databases for every asset that is called directly."""
    compute: Any = step.op.compute_fn
    return compute.decorated_fn(**given)


def _dated(frame: pl.DataFrame, name: str, today: date) -> pl.DataFrame:
    """A table of the whole day under the day of today; the first fact has another value every day."""
    if name == "core.vintage":
        return frame.with_columns(pl.lit(today).alias("as_of"), pl.lit(f"short-{today}").alias("build_id"))
    if name == "stats.forecast":
        named = pl.col("forecast_id").str.replace(r"^[^/]*", str(today))
        return frame.with_columns(
            named, pl.lit(today).alias("vintage"), (pl.col("target_date") + (today - pl.col("vintage"))).alias("target_date")
        )
    if name == "facts.fact":
        moved = pl.int_range(pl.len()) == pl.arg_where(pl.col("value").is_not_null()).first()
        return frame.with_columns(pl.when(moved).then(float(today.toordinal())).otherwise("value").alias("value"))
    return frame
