"""Build history from archived captures or the web archive, and read all captures again after a parser fix."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click


@click.group(
    epilog="\b\nExamples:\n  deflation backfill captures ../shared/data/prices\n"
    "  deflation backfill web-archive prices/anthropic --from 2025-01-01\n  deflation backfill web-archive prices/openai --archive commoncrawl\n  deflation backfill reparse prices/anthropic"
)
def command() -> None:
    """Extend the history; the next run builds intervals from what is added. Nothing kept is ever overwritten.

    Exit status: 0 done (what was skipped is said), 1 not possible (the reason is printed), 2 wrong usage.
    """


@command.command()
@click.argument("directory", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
def captures(directory: Path) -> None:
    """Put the captures listed in DIR/index.csv into the archive.

    The index has the columns file, provider or vendor (or source: KIND/NAME), official_url, capture_date or
    date, and perhaps kind. A date that is a range counts for its last day. Run twice, nothing is added twice.
    """
    from pipelines.context import now
    from sources import backfill
    from sources.catalogue import sources
    from sources.fetching.archive import ArchiveUnusable

    try:
        kept = list(backfill.captures(directory, sources(), _archive(), now()))
    except (backfill.IndexUnreadable, ArchiveUnusable) as error:
        _refuse(error)
    _tell(kept)


@command.command("web-archive")
@click.argument("source", metavar="KIND/NAME")
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), default="2020-01-01", show_default=True, help="First day.")
@click.option("--to", "until", type=click.DateTime(["%Y-%m-%d"]), help="Last day (default: today).")
@click.option(
    "--archive",
    "which",
    type=click.Choice(["wayback", "commoncrawl"]),
    default="wayback",
    show_default=True,
    help="Which archive is asked.",
)
def web_archive(source: str, since: datetime, until: datetime | None, which: str) -> None:
    """Fetch an archive's snapshots of KIND/NAME's present and former addresses, one a day at most, slowly.

    What the archive's robots.txt or a missing network refuses is said; what came before it stays, and the same command
    later goes on where it ended.
    """
    from pipelines.context import make_fetcher, now
    from pipelines.settings import load_settings
    from sources.archives import ARCHIVES, PATIENT, from_archive
    from sources.catalogue import source as find
    from sources.fetching.archive import ArchiveUnusable
    from sources.fetching.fetched import FetchFailed

    try:
        found = find(source)
    except KeyError as error:
        raise click.UsageError(error.args[0]) from error
    last = (until or now()).date()
    if since.date() > last:
        raise click.UsageError(f"--from {since.date()} is after --to {last}")
    kept = []
    try:
        public = ARCHIVES[which](make_fetcher(load_settings(), PATIENT))
        for one in from_archive(public, found, _archive(), since.date(), last):
            kept.append(one)
            click.echo(f"{one.day} {one.what} {one.reason}".rstrip())
    except (FetchFailed, ArchiveUnusable) as error:
        _tell(kept)
        _refuse(error)
    _tell(kept)


@command.command()
@click.argument("source", metavar="[KIND/NAME]", required=False)
def reparse(source: str | None) -> None:
    """Read every archived capture again (or one source's) and say how many rows each source gave before and now.

    Parsed rows are kept by the hash of capture and parser, so a run after a parser fix re-reads its own
    source by itself; this drops the kept rows and shows what the fix changed. The next run publishes it.
    """
    from pipelines.context import today
    from pipelines.settings import load_settings
    from sources.catalogue import source as find
    from sources.catalogue import sources
    from sources.reparse import reparsed

    try:
        chosen = [find(source)] if source else list(sources().values())
    except KeyError as error:
        raise click.UsageError(error.args[0]) from error
    changes = reparsed(chosen, _archive(), load_settings().home / "cache" / "parsed", today())
    for change in changes:
        click.echo(str(change))
    changed = sum(c.changed for c in changes)
    click.echo(f"{len(changes)} sources with captures, {changed} changed; `deflation run` publishes it")


def _archive() -> Any:
    from pipelines.settings import load_settings
    from sources.fetching.archive import Archive

    return Archive(load_settings().archive_path)


def _tell(kept: list[Any]) -> None:
    """Counts by outcome, and each skipped row with its reason."""
    for one in kept:
        if one.what == "skipped":
            click.echo(f"skipped {one.file}: {one.reason}")
    counts = {what: sum(k.what == what for k in kept) for what in ("added", "known", "skipped")}
    click.echo(", ".join(f"{n} {what}" for what, n in counts.items()))


def _refuse(error: Exception) -> None:
    click.echo(f"deflation backfill: {error}", err=True)
    sys.exit(1)
