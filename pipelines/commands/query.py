"""Ask the published warehouse a question in SQL."""

from __future__ import annotations

import sys
from pathlib import Path

import click

FORMATS = ("table", "csv", "json", "parquet")


@click.command(
    epilog='\b\nExamples:\n  deflation query "from marts.start_here"\n'
    '  deflation query "select provider, model, price_output_usd_per_mtok from marts.price_now where price_output_usd_per_mtok > 0 order by 3 limit 10"\n'
    '  deflation query "from marts.decline_rates" --format csv --out rates.csv'
)
@click.argument("sql")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="How the rows are printed.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to FILE instead of standard output.")
def command(sql: str, form: str, out: Path | None) -> None:
    """Run one read-only SQL query (DuckDB's dialect) on the published warehouse.

    Exit status: 0 rows printed, 1 nothing is published yet or the query is wrong, 2 wrong usage.
    """
    import polars as pl

    from pipelines.settings import load_settings
    from warehouse.store import WarehouseUnusable, query

    published = load_settings().published
    try:
        rows = query(published, sql)
    except (WarehouseUnusable, ValueError) as error:
        click.echo(f"deflation query: {error}", err=True)
        sys.exit(1)
    if form == "parquet":
        rows.write_parquet(out or sys.stdout.buffer)
        return
    if form == "table":
        with pl.Config(
            tbl_rows=-1,
            tbl_cols=-1,
            tbl_hide_dataframe_shape=True,
            tbl_hide_column_data_types=True,
            fmt_str_lengths=60,
            tbl_width_chars=-1,
            tbl_formatting="ASCII_MARKDOWN",
            float_precision=None,
        ):
            text = f"{rows}\n"
    else:
        text = rows.write_csv() if form == "csv" else rows.write_json() + "\n"
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8")
