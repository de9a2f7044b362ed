"""The one daily job: every asset and every check, in one process."""

from __future__ import annotations

import logging

import dagster as dg

log = logging.getLogger(__name__)


@dg.success_hook(required_resource_keys={"job"})
def tell_progress(context: dg.HookContext) -> None:
    """Tell whoever watches (the command line's progress display) that a step is done."""
    log.info("done", extra={"step": context.op.name})
    told = context.resources.job.on_step
    if told is not None:
        told(context.op.name)


daily = dg.define_asset_job(
    "daily",
    selection=dg.AssetSelection.all(),
    hooks={tell_progress},
    description="collect, read, believe, compute, check, publish, report, deliver",
)
