"""Read one saved page with its source's parser and print the rows as CSV."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click


@click.command(
    epilog="\b\nExamples:\n  deflation parse prices/anthropic page.md\n"
    "  deflation parse prices/openai page.html --long\n"
    "  deflation parse hardware/nvidia sheet.html\n"
    "  deflation parse --check ../shared/data/prices\n"
    "  deflation parse prices/anthropic --check ../shared/data/prices\n"
    "  deflation parse --leave-one-layout-out ../shared/data/prices --leave-one-layout-out ../shared/data/prices2\n"
    "  deflation parse --leave-one-sheet-out ../shared/data/hardware"
)
@click.argument("source", required=False, metavar="KIND/NAME")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--long", "long_form", is_flag=True, help="Every quote with evidence and locator.")
@click.option(
    "--check",
    "check_dir",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Compare all captures below DIR (captures/, expected/) with their expected rows.",
)
@click.option(
    "--leave-one-layout-out",
    "trial_dirs",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="How much of every dated layout below DIR is read by a declaration made without it (repeatable).",
)
@click.option(
    "--leave-one-sheet-out",
    "sheet_dirs",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="How much of every spec sheet below DIR is read by its maker's declaration made without it (repeatable).",
)
def command(
    source: str | None,
    file: Path | None,
    long_form: bool,
    check_dir: Path | None,
    trial_dirs: tuple[Path, ...],
    sheet_dirs: tuple[Path, ...],
) -> None:
    """Read FILE as a page of source KIND/NAME and print its rows as CSV.

    The page of a provider, maker or cloud that is no source (prices/ANY_NAME, hardware/ANY_NAME, rentals/ANY_NAME) is read by the
    words all pages share. What was not understood and left out is named on standard error.

    Prices print in the wide form, one row per (model, tier, condition), values as printed on the page.
    The page itself decides which of the source's layouts it is; its file name is never looked at.

    Exit status: 0 rows printed, 2 wrong usage, 3 the page cannot be trusted (nothing is printed).
    """
    from sources.catalogue import STRANGERS, UNTRUSTED, stranger
    from sources.catalogue import source as find
    from sources.pages.wide import to_csv

    if trial_dirs:
        from sources.trials.layout_trials import render as rendered
        from sources.trials.layout_trials import trials

        click.echo(rendered(trials(trial_dirs)))
        return
    if sheet_dirs:
        from sources.trials.sheet_trials import render as rendered_sheets
        from sources.trials.sheet_trials import sheet_trials

        click.echo(rendered_sheets(sheet_trials(sheet_dirs)))
        return
    if check_dir is not None:
        from sources.trials.exactness import check_folder, render

        results = check_folder(check_dir, only=source or "")
        click.echo(render(results))
        sys.exit(0 if all(r.exact for r in results) else 1)
    if source is None or file is None:
        raise click.UsageError("give KIND/NAME and FILE, or --check DIR; see deflation parse --help")
    try:
        found = find(source)
    except KeyError as error:
        kind, _, name = source.partition("/")
        if kind not in STRANGERS or not re.fullmatch(r"[a-z0-9_]{1,40}", name):
            raise click.UsageError(error.args[0]) from error
        found = stranger(name, kind)
        click.echo(f"deflation parse: there is no source {source}; the page is read by the words all pages share", err=True)
    try:
        parsed = found.parsed(file.read_bytes())
    except UNTRUSTED as error:
        click.echo(f"deflation parse: {_one_line(str(error))}", err=True)
        sys.exit(3)
    sys.stdout.write(to_csv(found.kind, list(parsed.quotes), long=long_form))
    for out in (o for o in parsed.left_out if o.extent != "amount"):
        click.echo(_one_line(f"left out: {out.subject}: {out.reason} ({out.locator})"), err=True)


def _one_line(text: str) -> str:
    """A page's words for a terminal: one line, no control characters."""
    return "".join(c if c.isprintable() else " " for c in text)[:400]
