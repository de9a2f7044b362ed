"""What happens when a run of the daily job ends in Dagster: the operator is told, as after a run of the command line."""

from __future__ import annotations

import dagster as dg

from pipelines.jobs import daily
from pipelines.operation.notices import after_run
from pipelines.settings import load_settings

BY_HAND = "deflation/started_by"
"""Runs of the command line carry this tag and tell by themselves."""


@dg.run_failure_sensor(
    monitored_jobs=[daily],
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tells the operator which run failed and why; the published file of yesterday stays.",
)
def failure_sensor(context: dg.RunFailureSensorContext) -> None:
    """Write the failure where the operator looks, and tell him."""
    if BY_HAND in context.dagster_run.tags:
        return
    reason = context.failure_event.message or "no step named a reason"
    context.log.error(f"the daily run {context.dagster_run.run_id} failed: {reason}; yesterday's published file and report are untouched")
    after_run(load_settings(), reason)


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    monitored_jobs=[daily],
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="After a good run: the heartbeat, and what is not well all the same.",
)
def success_sensor(context: dg.RunStatusSensorContext) -> None:
    """Ping the heartbeat and tell what is not well."""
    if BY_HAND not in context.dagster_run.tags:
        after_run(load_settings())
