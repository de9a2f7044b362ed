"""List the sources: last success, age, rows, what broke."""

from __future__ import annotations

import sys

import click


@click.command(epilog="\b\nExamples:\n  deflation sources\n  deflation sources --kind prices\n  deflation sources --broken")
@click.option("--kind", type=click.Choice(["prices", "hardware", "rentals", "energy", "retirements"]), help="Only sources of this kind.")
@click.option("--broken", is_flag=True, help="Only sources that failed or are stale, with what broke.")
def command(kind: str | None, broken: bool) -> None:
    """List every source with its state in the latest published run (before the first run: the contracts).

    Exit status: 0 listed, 1 some source failed or is stale (with --broken).
    """
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
