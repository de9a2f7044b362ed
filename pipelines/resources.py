"""What the steps of a run are given: the job of its day and the warehouse under construction.

Configurable in the launchpad; the day of a run is its partition.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date

import dagster as dg

from assets.job import Job
from pipelines.context import make_job
from pipelines.operation.logs import logged
from pipelines.operation.state_format import hold
from pipelines.settings import load_settings
from sources.catalogue import sources
from sources.reading.parsed import Confined
from warehouse.schema.tables import raw_name
from warehouse.store import Store

PARTITION = "dagster/partition"


def raw_tables() -> tuple[str, ...]:
    """The raw tables of all sources."""
    return tuple(map(raw_name, sources()))


class DayJob(dg.ConfigurableResource):
    """The job of the run's partition; a run without one is about today."""

    offline: bool = False
    """Ask no source: rest on what is archived and packaged."""

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Job]:
        """Made from the settings; its confined reader is closed with the run."""
        from pipelines.delivery import deliver_with

        settings, run = load_settings(), context.run
        hold(settings)
        day = run.tags.get(PARTITION) if run is not None else None
        with closing(Confined()) as read, logged(settings, run.run_id if run is not None else ""):
            yield make_job(
                settings, date.fromisoformat(day) if day else None, offline=self.offline, deliver=deliver_with(settings), read=read
            )


class Warehouse(dg.ConfigurableResource):
    """The warehouse under construction, held by this run; a run of some steps only goes on from what the last one built."""

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Store]:
        """Waits its stated time for another run to end."""
        settings, run = load_settings(), context.run
        whole = run is None or not (run.asset_selection or run.step_keys_to_execute)
        told = context.log.info if context.log else None
        with Store(settings.warehouse_path, lock_timeout_s=settings.wait_s, on_wait=told).session(raw_tables(), whole=whole) as store:
            yield store
