"""List the sources: last success, age, rows, what broke."""

from __future__ import annotations

import sys

import click


@click.command(epilog="\b\nExamples:\n  deflation sources\n  deflation sources --kind prices\n  deflation sources --broken"
               "\n  deflation sources --set-aside 3fa9c1d2e4b5 --reason 'a test page of theirs'\n  deflation sources --restore 3fa9c1d2e4b5")
@click.option("--kind", type=click.Choice(["prices", "hardware", "rentals", "energy", "retirements"]), help="Only sources of this kind.")
@click.option("--broken", is_flag=True, help="Only sources that failed or are stale, with what broke.")
@click.option("--set-aside", "aside", metavar="SHA256", help="Read the archived page of this hash (6 digits or more) no more.")
@click.option("--restore", metavar="SHA256", help="Read a page that was set aside again.")
@click.option("--reason", default="", help="Why; kept with the decision.")
def command(kind: str | None, broken: bool, aside: str | None, restore: str | None, reason: str) -> None:
    """List every source with its state in the latest published run (before the first run: the contracts).

    A page set aside is read as if it had never been fetched, from the next run on; the archive keeps it.

    Exit status: 0 listed or decided, 1 some source failed or is stale (with --broken), or no one page has that hash, 2 wrong usage.
    """
    if aside or restore:
        _decide(str(aside or restore), reason, aside=bool(aside))
        return
    from pipelines.settings import load_settings
    from sources.catalogue import sources
    from warehouse.store import WarehouseUnusable, query

    try:
        rows = query(load_settings().published_path, "from core.source")
        states = {r["source"]: r for r in rows.iter_rows(named=True)}
    except (WarehouseUnusable, ValueError):
        states = {}
        click.echo("nothing is published yet (deflation run); listing the contracts", err=True)
    shown = 0
    for key, source in sources().items():
        state = states.get(key, {"status": "unread", "origin": "", "observed_at": None, "age_days": None, "rows": 0, "message": ""})
        bad = state["status"] in ("failed", "stale")
        if (kind and source.kind != kind) or (broken and not bad):
            continue
        shown += bad
        age = "" if state["age_days"] is None else f"{state['age_days']} d"
        day = str(state["observed_at"] or "")
        click.echo(f"{key:<26} {state['status']:<7} {state['origin']:<9} {day:<11} {age:>6} {state['rows']:>6} rows  {source.contract.title}")
        if state["message"]:
            click.echo(f"    {state['message']}")
    sys.exit(1 if broken and shown else 0)


def _decide(prefix: str, reason: str, *, aside: bool) -> None:
    """Set a page aside, or take that back, and say which sources it concerns."""
    from pipelines.context import now
    from pipelines.settings import load_settings
    from sources.fetching.archive import Archive
    from sources.set_aside import SetAside

    settings = load_settings()
    if aside and not reason:
        raise click.UsageError("--set-aside wants --reason: who reads the page list in a year will ask why")
    archive, found = Archive(settings.archive_path), Archive(settings.archive_path).bodies(prefix.lower())
    if len(found) != 1:
        click.echo(f"deflation sources: {len(found)} archived pages have a hash that begins with {prefix!r}; give one (deflation sources --broken names them)", err=True)
        sys.exit(1)
    SetAside(settings.set_aside_path).decide(found[0], reason, now(settings), aside=aside)
    whose = [f"{key} {c.url} of {c.fetched_at:%Y-%m-%d %H:%M}" for key in archive.keys() for c in archive.captures(key) if c.sha256 == found[0]]
    click.echo(f"{'set aside' if aside else 'read again'} from the next run on: {found[0][:12]} ({'; '.join(whose[:5])})")
