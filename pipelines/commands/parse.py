"""Read one saved page with its source's parser and print the rows as CSV."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command(epilog="\b\nExamples:\n  deflation parse prices/anthropic page.md\n"
               "  deflation parse prices/openai page.html --long\n"
               "  deflation parse hardware/nvidia sheet.html\n"
               "  deflation parse --check ../shared/data/prices\n"
               "  deflation parse prices/anthropic --check ../shared/data/prices")
@click.argument("source", required=False, metavar="KIND/NAME")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--long", "long_form", is_flag=True, help="Every quote with evidence and locator.")
@click.option("--check", "check_dir", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Compare all captures below DIR (captures/, expected/) with their expected rows.")
def command(source: str | None, file: Path | None, long_form: bool, check_dir: Path | None) -> None:
    """Read FILE as a page of source KIND/NAME and print its rows as CSV.

    Prices print in the wide form, one row per (model, tier, condition), values as printed on the page.
    The page itself decides which of the source's layouts it is; its file name is never looked at.

    Exit status: 0 rows printed, 2 wrong usage, 3 the page cannot be trusted (nothing is printed).
    """
    from sources.catalogue import UNTRUSTED
    from sources.catalogue import source as find
    from sources.pages.wide import to_csv

    if check_dir is not None:
        from sources.exactness import check_folder, render

        results = check_folder(check_dir, only=source or "")
        click.echo(render(results))
        sys.exit(0 if all(r.exact for r in results) else 1)
    if source is None or file is None:
        raise click.UsageError("give KIND/NAME and FILE, or --check DIR; see deflation parse --help")
    try:
        found = find(source)
    except KeyError as error:
        raise click.UsageError(error.args[0]) from error
    try:
        text = to_csv(found.kind, found.read(file.read_bytes()), long=long_form)
    except UNTRUSTED as error:
        click.echo(f"deflation parse: {error}", err=True)
        sys.exit(3)
    sys.stdout.write(text)
