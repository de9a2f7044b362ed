"""The main job: collect, measure, forecast, check, publish, report."""

from __future__ import annotations

import sys
from datetime import datetime

import click


@click.command(
    epilog="\b\nExamples:\n  deflation run\n  deflation run --offline\n  deflation run --as-of 2025-06-01\n"
    "\b\nEnvironment: DEFLATION_HOME (state folder, default ./var), DEFLATION_MIRROR, DEFLATION_CONTACT."
)
@click.option("--offline", is_flag=True, help="Use no network: archived captures and packaged facts only.")
@click.option("--as-of", "as_of", type=click.DateTime(["%Y-%m-%d"]), help="Use only what was known on that day (UTC).")
def command(offline: bool, as_of: datetime | None) -> None:
    """Measure the day: read every source, compute, forecast, check, publish and write the report.

    A source that is down falls back to its last good page and then to packaged facts; that never fails the
    run. A past --as-of day uses no network and sends no mail.

    Exit status: 0 published; 1 not published (the reason is printed, the previous publication stays);
    2 wrong usage.
    """
    from pipelines.main_job import NotPublished, run_day

    try:
        run_day(as_of.date() if as_of else None, offline=offline, tell=click.echo)
    except NotPublished as error:
        click.echo(f"deflation run: not published: {error}", err=True)
        sys.exit(1)
