"""Write tables of the published warehouse as a workbook, Parquet, CSV or a data package with its citation."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

FORMS = ("xlsx", "parquet", "csv", "datapackage")


@click.command(
    epilog="\b\nExamples:\n  deflation export --format xlsx --out prices.xlsx marts.price_now\n"
    "  deflation export --format parquet --out tables marts.price_history marts.frontier\n"
    "  deflation export --format datapackage --out release        (the yearly data release, with CITATION.cff)"
)
@click.argument("tables", nargs=-1, metavar="[TABLE]...")
@click.option("--format", "form", type=click.Choice(FORMS), default="xlsx", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="File for xlsx, else folder (default: deflation-DAY below the current one).")
def command(tables: tuple[str, ...], form: str, out: Path | None) -> None:
    """Export TABLEs (schema.table; default: those of the site's data files) from the published warehouse.

    A folder that exists gets its files replaced one by one. Exit status: 0 written, 1 nothing is published yet, a table does
    not fit or cannot be written, 2 a table is not known.
    """
    import difflib

    from pipelines.settings import load_settings
    from reports.site import release
    from warehouse.schema.tables import TABLES
    from warehouse.store import WarehouseUnusable, query

    for name in tables:
        if name not in TABLES:
            near = difflib.get_close_matches(name, TABLES, n=3) or difflib.get_close_matches(f"marts.{name}", TABLES, n=3)
            raise click.UsageError(f"there is no table {name[:60]!r}; near names: {', '.join(near) or 'see marts.start_here'}")
    published = load_settings().published
    try:
        vintage = query(published, "select as_of, build_id from core.vintage").row(0, named=True)
        frames = {name: query(published, f"from {name} order by all") for name in (tables or release.DEFAULT)}
        made = release.files(frames, form, vintage["as_of"], vintage["build_id"])
        target = out or Path(f"deflation-{vintage['as_of']}" + (".xlsx" if form == "xlsx" else ""))
        single = form == "xlsx"
        for name, raw in made.items():
            _write(target if single else target / name, raw)
    except (WarehouseUnusable, ValueError) as error:
        click.echo(f"deflation export: {error}", err=True)
        sys.exit(1)
    except OSError as error:
        click.echo(f"deflation export: {error.filename}: cannot be written ({error.strerror}); name another place with --out", err=True)
        sys.exit(1)
    rows = sum(frame.height for frame in frames.values())
    click.echo(f"{len(frames)} tables, {rows:,} rows of the vintage {vintage['as_of']} written to {target}")


def _write(path: Path, raw: bytes) -> None:
    """Beside, then renamed: a reader sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(raw)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
