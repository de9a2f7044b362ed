"""Go back to an earlier publication of the warehouse."""

from __future__ import annotations

import sys

import click


@click.command(
    epilog="\b\nExamples:\n  deflation rollback --list\n  deflation rollback\n  deflation rollback --to published-2026-11-26-0f3a..."
)
@click.option("--list", "show", is_flag=True, help="Print the publications that are kept, newest first, and change nothing.")
@click.option("--to", "name", help="The publication to go back to, by its name or the beginning of it (default: the one before).")
def command(show: bool, name: str | None) -> None:
    """Make an earlier publication the published warehouse again; the one it replaces is kept, so this can be undone.

    Of a file the last three publications are kept, of a shared warehouse those of DEFLATION_RETENTION_DAYS. The next run publishes anew. Exit status: 0 done, 1 there is none, 2 wrong usage.
    """
    from pipelines.settings import load_settings
    from warehouse.publish import publications, rollback
    from warehouse.store import WarehouseUnusable

    published = load_settings().published
    try:
        kept = publications(published)
    except WarehouseUnusable as error:
        click.echo(f"deflation rollback: {error}", err=True)
        sys.exit(1)
    if show:
        for earlier in kept:
            click.echo(earlier.name)
        if not kept:
            click.echo("no earlier publication is kept", err=True)
        return
    chosen = next((earlier for earlier in kept if earlier.name.startswith(name or "")), None)
    if chosen is None:
        click.echo(
            f"deflation rollback: no publication {'named ' + name if name else 'before this one'} is kept"
            + (f"; kept: {', '.join(p.name for p in kept)}" if kept else ""),
            err=True,
        )
        sys.exit(1)
    try:
        rollback(published, chosen)
    except WarehouseUnusable as error:
        click.echo(f"deflation rollback: {error}", err=True)
        sys.exit(1)
    click.echo(f"published again: {chosen.name}")
