"""Say whether everything that is kept for ever is as it was written."""

from __future__ import annotations

import sys

import click


@click.command(epilog="\b\nExamples:\n  deflation verify\n  deflation verify --accept")
@click.option("--accept", is_flag=True, help="Take damaged capture indexes as far as they can be read; the damaged files stay beside them.")
def command(accept: bool) -> None:
    """Check the archive (index lines and bodies), the issued forecasts, the decisions on captures and the mail's files.

    Each finding names the file, what is lost and what to do. Nothing is changed without --accept.

    Exit status: 0 all is as it was written, 1 something is not.
    """
    from pipelines.settings import load_settings
    from sources.fetching.archive import Archive, SnapshotCorrupt
    from warehouse.kept import damages

    settings = load_settings()
    archive, found = Archive(settings.archive_path), 0
    for key in archive.keys():
        sentences = archive.damages(key)
        for sentence in sentences:
            click.echo(f"archive/{sentence}")
        kept = archive.accept(key) if accept else None
        if kept is not None:
            click.echo(f"accepted: {key} goes on with what can be read; the damaged index is {kept}")
        else:
            found += len(sentences)
        for sha256 in sorted({capture.sha256 for capture in archive.captures(key)}):
            try:
                archive.read(sha256)
            except SnapshotCorrupt as error:
                click.echo(f"{key}: {error}")
                found += 1
    for name, said in damages(settings.home).rows():
        click.echo(f"{name}: {said}")
        found += 1
    click.echo("everything kept is as it was written" if not found else f"{found} damaged", err=bool(found))
    sys.exit(1 if found else 0)
