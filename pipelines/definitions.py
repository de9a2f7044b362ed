"""The Dagster code location: all assets, their checks, the daily job, its schedule, the failure alert."""

from __future__ import annotations

from typing import Any

import dagster as dg

import assets.collected
import assets.computed
import assets.models
import assets.published
from pipelines.jobs import daily
from pipelines.operation.alerts import failure_sensor, success_sensor
from pipelines.resources import DayJob, Warehouse
from pipelines.schedules import daily_schedule


def build_definitions(**overrides: Any) -> dg.Definitions:
    """The definitions; ``overrides`` replace resources (the command line and tests pass their own)."""
    return dg.Definitions(
        assets=[
            *dg.load_assets_from_modules([assets.collected, assets.computed, assets.models, assets.published]),
            *assets.collected.source_assets,
            *assets.computed.STEPS,
            *assets.models.model_assets,
        ],
        asset_checks=[*assets.models.model_checks],
        jobs=[daily],
        schedules=[daily_schedule],
        sensors=[failure_sensor, success_sensor],
        executor=dg.in_process_executor,
        resources={"job": DayJob(), "warehouse": Warehouse()} | overrides,
    )


defs = build_definitions()
