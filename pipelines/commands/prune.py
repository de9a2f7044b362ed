"""Remove run logs, caches and rebuilt vintages older than the retention setting."""

from __future__ import annotations

import sys

import click


@click.command(epilog="\b\nExamples:\n  deflation prune --dry-run\n  deflation prune\n  deflation prune --days 30")
@click.option("--days", type=click.IntRange(min=1), help="Keep what is at most so old (default: DEFLATION_RETENTION_DAYS, 90).")
@click.option("--dry-run", is_flag=True, help="Say what would go and remove nothing.")
def command(days: int | None, dry_run: bool) -> None:
    """Free space: Dagster's run logs, cached readings, written mails and past vintages that are older than DAYS.

    What cannot be made again stays whatever its age: captures, issued forecasts, ledger, subscribers. Editions stay too, unless
    DEFLATION_EDITION_DAYS says how old they may get (--days does not touch them); the last of each month stays then.
    Of a shared warehouse the publications older than DAYS go, never the newest.
    Exit status: 0 done, 1 the shared warehouse cannot be reached.
    """
    from pipelines.operation.retention import prune
    from pipelines.settings import load_settings
    from warehouse.store import WarehouseUnusable

    settings = load_settings()
    try:
        found = prune(settings, days or settings.retention_days, dry_run=dry_run)
    except WarehouseUnusable as error:
        click.echo(f"deflation prune: {error}", err=True)
        sys.exit(1)
    for one in found:
        click.echo(f"{'would remove' if dry_run else 'removed'} {one.things} {one.kind}, {one.bytes / 1e6:.1f} MB")
    if not found:
        click.echo(f"nothing is older than {days or settings.retention_days} days")
