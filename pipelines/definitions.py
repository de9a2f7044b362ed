"""The Dagster code location: all assets, their checks, the daily job, its schedule, the failure alert."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from typing import Any

import dagster as dg

import assets.collected
import assets.computed
import assets.models
import assets.published
from pipelines.alerts import failure_sensor
from pipelines.context import make_job
from pipelines.jobs import daily
from pipelines.schedules import daily_schedule
from pipelines.settings import load_settings
from sources.catalogue import sources
from sources.parsed import Confined
from warehouse.schema.tables import raw_name
from warehouse.store import Store

RESOURCE_CONFIG = {"as_of": dg.Field(str, default_value=""), "offline": dg.Field(bool, default_value=False)}


def raw_tables() -> tuple[str, ...]:
    """The raw tables of all sources."""
    return tuple(map(raw_name, sources()))


@dg.resource(config_schema=RESOURCE_CONFIG)
def job_resource(context: dg.InitResourceContext) -> Iterator[Any]:
    """The job of the day (``as_of`` empty: today), made from the settings."""
    from pipelines.delivery import deliver_with

    settings = load_settings()
    given: str = context.resource_config["as_of"]
    with closing(Confined()) as read:
        yield make_job(settings, date.fromisoformat(given) if given else None,
                       offline=context.resource_config["offline"], deliver=deliver_with(settings), read=read)


@dg.resource
def warehouse_resource(context: dg.InitResourceContext) -> Iterator[Store]:
    """The warehouse under construction, held by this run; a run of some steps only goes on from what the last one built."""
    settings, run = load_settings(), context.run
    whole = run is None or not (run.asset_selection or run.step_keys_to_execute)
    with Store(settings.warehouse_path, lock_timeout_s=settings.wait_s, on_wait=context.log.info if context.log else None).session(
            raw_tables(), whole=whole) as store:
        yield store


def build_definitions(**overrides: Any) -> dg.Definitions:
    """The definitions; ``overrides`` replace resources (the command line and tests pass their own)."""
    return dg.Definitions(
        assets=[*dg.load_assets_from_modules([assets.collected, assets.computed, assets.models, assets.published]),
                *assets.collected.source_assets, *assets.computed.STEPS, *assets.models.model_assets],
        asset_checks=[*assets.models.model_checks],
        jobs=[daily], schedules=[daily_schedule], sensors=[failure_sensor], executor=dg.in_process_executor,
        resources={"job": job_resource, "warehouse": warehouse_resource} | overrides,
    )


defs = build_definitions()
