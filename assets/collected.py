"""From the network to raw tables: one asset asks all sources, one asset per source reads its captures.

The per-source assets and their checks appear by discovery of the source folders. Fresh means that the page was seen, not
that a step ran.
"""

from __future__ import annotations

from typing import Any

import dagster as dg
import polars as pl

from assets.job import Job
from assets.step import DAYS, described
from sources.catalogue import Source, sources
from sources.fetching.collect import fetch_all
from sources.health import capture_frame, is_seen
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


def checked(name: str, passed: bool, **metadata: Any) -> dg.AssetCheckResult:
    """A result that is shown and never stops the day."""
    return dg.AssetCheckResult(passed=passed, severity=dg.AssetCheckSeverity.WARN, check_name=name, metadata=metadata)


def source_asset(source: Source) -> dg.AssetsDefinition:
    """The asset that reads one source's captures into its raw table, with its contract as a check."""
    key = dg.AssetKey(raw_name(source.key).split("."))

    @dg.asset(
        key=key,
        deps=[dg.AssetKey(["raw", "capture"])],
        group_name="sources",
        kinds={"duckdb"},
        owners=["team:sources"],
        description=f"{source.contract.title}: every good capture, read by its parser.",
        check_specs=[
            dg.AssetCheckSpec("contract", asset=key, description="The newest page was reached, read and believed."),
            dg.AssetCheckSpec("seen", asset=key, description="The page itself was seen within the source's cadence and two days."),
        ],
    )
    def read(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
        told = read_source(source, job.archive, job.as_of, warehouse, cache=job.parsed_cache, read=job.read, set_aside=job.set_aside)
        seen = is_seen(source.contract.cadence_days, told["age_days"])
        checks = [
            checked("contract", told["status"] != "failed", message=told["message"]),
            checked("seen", seen, age_days=told["age_days"]),
        ]
        return dg.MaterializeResult(metadata={**told}, check_results=checks)

    return read


source_assets = tuple(map(source_asset, sources().values()))
