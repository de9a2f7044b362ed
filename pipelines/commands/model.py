"""Run one SQL model on its own: against a warehouse, or on its cases."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command(
    epilog="\b\nExamples:\n  deflation model marts.price_now\n  deflation model marts.floor_gap --database var/published.duckdb --limit 5\n"
    "  deflation model marts.floor_gap --cases"
)
@click.argument("name")
@click.option(
    "--database",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read the inputs from this warehouse (default: the published one).",
)
@click.option("--limit", type=click.IntRange(min=1), help="Print at most so many rows.")
@click.option("--cases", "on_cases", is_flag=True, help="Run the cases beside the model instead and say which hold.")
def command(name: str, database: Path | None, limit: int | None, on_cases: bool) -> None:
    """Run the SQL model NAME (core.X, marts.X, facts.X or checks.X) as it stands in warehouse/sql and print its rows.

    Nothing is written: what comes out is what the next run would store, so a model is written as code is, with the
    file open in one window and this command in another. A check that holds prints no row.

    Exit status: 0 rows printed or all cases hold, 1 a case fails or the model cannot run, 2 wrong usage.
    """
    from warehouse.models import models

    found = {m.name: m for folder in ("core", "marts", "facts", "checks") for m in models(folder)}
    if name not in found:
        import difflib

        near = difflib.get_close_matches(name, found, n=3)
        raise click.UsageError(
            f"there is no model {name!r}" + (f"; did you mean {', '.join(near)}?" if near else "; known: " + ", ".join(found))
        )
    if on_cases:
        sys.exit(_cases(found[name]))
    from pipelines.settings import load_settings
    from warehouse.store import WarehouseUnusable, query

    published = database or load_settings().published
    try:
        rows = query(published, found[name].sql.rstrip().rstrip(";"))
    except (WarehouseUnusable, ValueError) as error:
        click.echo(f"deflation model: {name}: {error}", err=True)
        sys.exit(1)
    click.echo((rows.head(limit) if limit else rows).write_csv(), nl=False)
    click.echo(f"{rows.height} rows", err=True)


def _cases(model) -> int:  # type: ignore[no-untyped-def]
    from warehouse.cases import case_path, cases, differences

    known = cases(model)
    if not known:
        click.echo(f"deflation model: {model.name} has no case; write {case_path(model)}", err=True)
        return 1
    wrong = [(case.name, text) for case in known if (text := differences(model, case))]
    for case in known:
        told = dict(wrong).get(case.name, "")
        click.echo(f"{'fails' if told else 'holds'}  {case.name}" + (f": {told}" if told else ""))
    return 1 if wrong else 0
