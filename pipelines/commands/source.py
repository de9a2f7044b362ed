"""Add a source: write its first files, or the golden rows of its specimens."""

from __future__ import annotations

import sys

import click


@click.group(
    epilog="\b\nExamples:\n  deflation source new prices/acme --url https://acme.example/pricing\n"
    "  deflation source golden prices/acme\n\nThe whole way in half an hour: docs/adding-a-source.md"
)
def command() -> None:
    """Scaffold a new source folder and keep its golden rows."""


@command.command("new")
@click.argument("key", metavar="KIND/NAME")
@click.option("--url", required=True, help="The page with the prices, the one a person would be sent to.")
def new(key: str, url: str) -> None:
    """Write contract, parser and specimen of a new source."""
    from pipelines.context import today
    from sources.scaffold import new_source

    try:
        written = new_source(key, url, day=today())
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    for path in written:
        click.echo(path)
    click.echo(f"Next: save the page, then: deflation parse {key} FILE")


@command.command("golden")
@click.argument("key", metavar="KIND/NAME")
def golden(key: str) -> None:
    """Write the rows the parser reads from each specimen beside it; compare them with the page before committing."""
    from sources.catalogue import UNTRUSTED, source
    from sources.scaffold import write_golden

    try:
        written = write_golden(source(key))
    except KeyError as error:
        raise click.UsageError(error.args[0]) from error
    except UNTRUSTED as error:
        click.echo(f"deflation source golden: {error}", err=True)
        sys.exit(3)
    for path in written:
        click.echo(path)
