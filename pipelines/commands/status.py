"""Is all well, since when not, and what to do: ten lines about the last run and its outputs."""

from __future__ import annotations

import json
import sys

import click


@click.command(
    epilog="\b\nExamples:\n  deflation status\n  deflation status --json\n  deflation status --quiet || notify-send 'deflation needs you'"
)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON for a monitor.")
@click.option("--quiet", is_flag=True, help="Print only what is not well.")
def command(as_json: bool, quiet: bool) -> None:
    """Say how the installation is: publication, last run, sources, prices, quarantine, mail, disk.

    Exit status: 0 all is well, 1 something is not (each with what to do).
    """
    from pipelines.operation.condition import status
    from pipelines.settings import load_settings

    findings = status(load_settings())
    shown = [f for f in findings if not quiet or not f.well]
    click.echo(json.dumps([f._asdict() for f in shown]) if as_json else "\n".join(map(str, shown)), nl=bool(shown) or as_json)
    sys.exit(0 if all(f.well for f in findings) else 1)
