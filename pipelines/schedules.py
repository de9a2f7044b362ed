"""When the daily job runs."""

from __future__ import annotations

import dagster as dg

from pipelines.jobs import daily
from pipelines.settings import load_settings


@dg.schedule(
    name="daily",
    job=daily,
    cron_schedule=load_settings().schedule,
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Once a day (DEFLATION_SCHEDULE); providers change prices at 16:00 UTC or at midnight, so early morning.",
)
def daily_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """One run of the partition of the day the tick was due."""
    day = f"{context.scheduled_execution_time:%Y-%m-%d}"
    return dg.RunRequest(run_key=day, partition_key=day)
