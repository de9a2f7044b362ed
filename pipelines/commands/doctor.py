"""Can it work on this machine: settings, versions, disk, permissions, clock, network, mail, browser, import names."""

from __future__ import annotations

import json
import sys

import click


@click.command(epilog="\b\nExamples:\n  deflation doctor\n  deflation doctor --json")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def command(as_json: bool) -> None:
    """Check what a daily run needs on this machine and say what to mend. Changes nothing, asks no source.

    Exit status: 0 it can work, 1 something is in the way (each with what to do).
    """
    from pipelines.operation.condition import doctor
    from pipelines.operation.packages import import_names
    from pipelines.settings import environment, load_settings

    findings = [*doctor(load_settings(), environment()), import_names()]
    click.echo(json.dumps([f._asdict() for f in findings]) if as_json else "\n".join(map(str, findings)))
    sys.exit(0 if all(f.well for f in findings) else 1)
