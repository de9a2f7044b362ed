"""The last steps: the published warehouse, the edition of the report, its delivery. Only after the checks."""

from __future__ import annotations

from datetime import timedelta

import dagster as dg

from assets.job import Job
from assets.step import DAY, DAYS, as_of, asset_key
from reports.inputs import SHOWN, Edition
from reports.site import site
from warehouse.issued import issue, with_build
from warehouse.publish import publish, target
from warehouse.schema.tables import TABLES
from warehouse.store import Store

SEEN_DAILY = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=30), warn_window=timedelta(hours=26))
"""A person waits for these three every morning: late after 26 hours, failed after 30."""
READERS_TABLES = tuple(name for name in TABLES if name.startswith(("marts.", "facts.")))


@dg.asset(
    key=["published", "warehouse"],
    deps=[*map(asset_key, (*READERS_TABLES, DAY))],
    kinds={"duckdb"},
    owners=["team:operations"],
    freshness_policy=SEEN_DAILY,
    partitions_def=DAYS,
    group_name="publish",
)
def published_warehouse(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """Replace what readers open, atomically; a failed blocking check skips this and all that follows."""
    wrong_clock = job.issues and site.is_ahead(job.site_path, job.as_of)
    place = target(job.published, as_of(warehouse), job.home, job.as_of if wrong_clock else None)
    size = publish(warehouse, place)
    return dg.MaterializeResult(metadata={"bytes": size, "path": str(place)})


@dg.asset(
    key=["issued", "forecast"],
    deps=[*map(asset_key, ("published.warehouse", "stats.forecast", "core.vintage", "facts.fact", DAY))],
    kinds={"parquet"},
    owners=["team:forecasting"],
    partitions_def=DAYS,
    group_name="publish",
)
def issued_forecast(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """The vintage's forecasts and facts, kept for ever as issued; a vintage is issued once, a past day never."""
    forecasts = with_build(warehouse.read("stats.forecast"), warehouse.read("core.vintage"))
    new = job.issues and issue(job.issued_path, as_of(warehouse), forecasts, warehouse.read("facts.fact"))
    return dg.MaterializeResult(metadata={"issued": bool(new)})


@dg.asset(
    key=["site", "edition"],
    deps=[*map(asset_key, ("issued.forecast", "core.vintage", "facts.fact", *(f"marts.{name}" for name in SHOWN)))],
    kinds={"html"},
    owners=["team:reports"],
    freshness_policy=SEEN_DAILY,
    partitions_def=DAYS,
    group_name="publish",
)
def edition(job: dg.ResourceParam[Job], warehouse: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """The report of the day as page, text and data; earlier editions are never changed."""
    build_id = warehouse.read("core.vintage").row(0, named=True)["build_id"]
    made = Edition(job.as_of, build_id, warehouse.read("facts.fact"), warehouse.frames("marts", tuple(SHOWN)))
    if job.issues:
        site.withdraw_ahead(job.site_path, job.as_of)
    path = site.publish(job.site_path, made, job.base_url)
    return dg.MaterializeResult(metadata={"path": str(path), "edition": path.name})


@dg.asset(
    key=["mail", "delivery"],
    deps=[asset_key("site.edition")],
    kinds={"email"},
    owners=["team:operations"],
    freshness_policy=SEEN_DAILY,
    partitions_def=DAYS,
    group_name="publish",
    retry_policy=dg.RetryPolicy(max_retries=2, delay=60),
)
def delivery(job: dg.ResourceParam[Job]) -> dg.MaterializeResult:
    """Send the edition to its subscribers, once delivery is configured; a person never gets it twice."""
    return dg.MaterializeResult(metadata=job.deliver() if job.deliver else {"configured": False})
