"""From the network to raw tables: one asset asks all sources, one asset per source reads its captures.

The per-source assets, their checks and their freshness watch appear by discovery of the source folders.
"""

from __future__ import annotations

from datetime import timedelta

import dagster as dg
import polars as pl

from assets.job import Job
from assets.step import DAYS, described
from sources.catalogue import Source, sources
from sources.fetching.collect import fetch_all
from sources.health import capture_frame
from warehouse.bulkhead import read_source
from warehouse.schema.tables import raw_name
from warehouse.store import Store


@dg.asset(key=["raw", "capture"], partitions_def=DAYS, **(described("raw.capture") | {"group_name": "collect"}))
def capture(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """Ask every source that is due and keep what came; a source that is down is its own row, never an error."""
    asked = fetch_all(job.fetcher, sources().values(), job.archive, force=job.force, progress=job.progress) if job.fetcher else ()
    frame = capture_frame(asked)
    rows = warehouse.write("raw.capture", frame)
    return dg.MaterializeResult(metadata={"addresses": rows, "failed": frame.filter(pl.col("status") == "failed").height})


def source_asset(source: Source) -> dg.AssetsDefinition:
    """The asset that reads one source's captures into its raw table, with its contract as a check."""
    key = dg.AssetKey(raw_name(source.key).split("."))

    @dg.asset(
        key=key, deps=[dg.AssetKey(["raw", "capture"])], group_name="sources", kinds={"duckdb"}, owners=["team:sources"],
        description=f"{source.contract.title}: every good capture, read by its parser.",
        check_specs=[dg.AssetCheckSpec("contract", asset=key, description="The newest page was reached, read and believed.")],
        freshness_policy=dg.FreshnessPolicy.time_window(fail_window=timedelta(days=source.contract.cadence_days + 2)),
    )
    def read(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
        told = read_source(source, job.archive, job.as_of, warehouse, cache=job.parsed_cache, read=job.read, set_aside=job.set_aside)
        check = dg.AssetCheckResult(passed=told["status"] != "failed", severity=dg.AssetCheckSeverity.WARN, check_name="contract", metadata={"message": told["message"]})
        return dg.MaterializeResult(metadata={**told}, check_results=[check])

    return read


source_assets = tuple(map(source_asset, sources().values()))
