"""Print the chain of a fact down to source, date and the words on the page."""

from __future__ import annotations

import sys

import click


@click.command(epilog="\b\nExamples:\n  deflation trace headline.decline_factor\n  deflation trace --list")
@click.argument("fact", required=False)
@click.option("--list", "listing", is_flag=True, help="List the facts there are.")
def command(fact: str | None, listing: bool) -> None:
    """Print where FACT comes from: the query, the inputs, their sources, dates, and evidence.

    Exit status: 0 printed, 1 no such fact or nothing published yet, 2 wrong usage.
    """
    from pipelines.settings import load_settings
    from warehouse.ddl import quote
    from warehouse.store import WarehouseUnusable, query

    if not fact and not listing:
        raise click.UsageError("give FACT, or --list")
    published = load_settings().published
    try:
        if listing:
            for row in query(
                published, "select fact_id, coalesce(text_value, '') as words, value, unit from facts.fact order by fact_id"
            ).iter_rows():
                click.echo(f"{row[0]:<48} {'' if row[2] is None else f'{row[2]:.6g} {row[3] or str()}'} {row[1]}".rstrip())
            return
        steps = query(published, f"select * from marts.trace({quote(fact or '')})")
        known = query(published, f"select * from facts.fact where fact_id = {quote(fact or '')}")
    except (WarehouseUnusable, ValueError) as error:
        click.echo(f"deflation trace: {error}", err=True)
        sys.exit(1)
    if known.is_empty():
        click.echo(f"deflation trace: there is no fact {fact!r}; `deflation trace --list` lists them", err=True)
        sys.exit(1)
    row = known.row(0, named=True)
    interval = "" if row["lower"] is None else f"  [{row['lower']:.6g}, {row['upper']:.6g}] at {row['interval_level']:.0%}"
    click.echo(
        f"{fact}: {'' if row['value'] is None else format(row['value'], '.8g')} {row['unit'] or ''}{interval}  {row['text_value'] or ''}"
    )
    click.echo(f"  {row['quantity']}; as of {row['as_of']}; basis {row['basis']}; n = {row['n']}")
    for step in steps.iter_rows(named=True):
        click.echo(f"  {step['ordinal']:>3} {step['kind']:<9} {step['id'] or ''}")
        for name in ("text_value", "source", "source_url", "observed_at", "snapshot_sha256"):
            if step[name] not in (None, ""):
                click.echo(f"        {name.replace('text_value', 'what')}: {step[name]}")
        if step["evidence"]:
            click.echo(f"        words on the page: {step['evidence']}")
