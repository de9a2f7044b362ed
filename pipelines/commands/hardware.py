"""Show, for every accelerator and field, the maker's value, what two databases say, and which is used."""

from __future__ import annotations

from datetime import datetime

import click


@click.command(
    epilog="\b\nExamples:\n  deflation hardware\n  deflation hardware H100-SXM B300-SXM --history\n"
    "  deflation hardware --disagree\n  deflation hardware --field memory_bandwidth_gb_s --csv"
)
@click.argument("accelerators", nargs=-1, metavar="[ACCELERATOR]...")
@click.option("--field", "only", default="", help="One field, e.g. tdp_w or bf16_dense_tflops.")
@click.option("--disagree", is_flag=True, help="Only fields where a database differs from the used value by more than 5 %.")
@click.option("--history", is_flag=True, help="Every version of the maker's value with the day it was seen.")
@click.option("--rejected", is_flag=True, help="The values that are ruled out, with the reason.")
@click.option("--as-of", "as_of", type=click.DateTime(["%Y-%m-%d"]), help="The value to use at a day (default: today).")
@click.option("--csv", "as_csv", is_flag=True, help="All columns as CSV.")
def command(
    accelerators: tuple[str, ...], only: str, disagree: bool, history: bool, rejected: bool, as_of: datetime | None, as_csv: bool
) -> None:
    """Official value, Epoch's, evokernel's and gpuhunt's, and the one used, for every accelerator and field.

    The rule: a maker's own figure per accelerator, then its board or rack figure divided, then found documents,
    then databases in a fixed order; a figure without a document is missing. Every value is traceable in
    reference/spec_history.csv.

    Exit status: 0 rows printed, 2 wrong usage (no such accelerator).
    """
    import polars as pl

    from pipelines.context import today
    from reference.specs.history import comparison, read_history

    day = as_of.date() if as_of else today()
    known = read_history()
    names = _resolve(accelerators, known["accelerator"].unique().to_list())
    if rejected:
        table = known.filter(pl.col("rejected_because") != "").select(
            "accelerator", "field", "value", "source", "observed_at", "rejected_because"
        )
    else:
        table = comparison(known, day)
        table = table.filter(pl.col("disagree")) if disagree else table
        table = table.filter(pl.col("field") == only) if only else table
        table = table if history or as_csv else table.drop("history", "versions")
    table = table.filter(pl.col("accelerator").is_in(names)) if names else table
    if as_csv:
        click.echo(table.write_csv(), nl=False)
        return
    click.echo(_render(table))
    if not rejected:
        click.echo(_summary(comparison(known, day)))


def _resolve(asked: tuple[str, ...], known: list[str]) -> list[str]:
    """Names as the table has them, found without regard to case, blanks and hyphens."""
    plain = {k.lower().replace("-", "").replace(" ", ""): k for k in known}
    found = []
    for name in asked:
        key = name.lower().replace("-", "").replace(" ", "")
        hits = [plain[key]] if key in plain else sorted(v for k, v in plain.items() if k.startswith(key))
        if not hits:
            raise click.UsageError(f"there is no accelerator {name!r}; deflation hardware lists all of them")
        found += hits
    return found


def _render(table) -> str:  # noqa: ANN001 - polars is imported when needed
    rows = [table.columns] + [["-" if v is None else "yes" if v is True else "" if v is False else str(v) for v in r] for r in table.rows()]
    widths = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))]
    return "\n".join("  ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)).rstrip() for r in rows)


def _summary(table) -> str:  # noqa: ANN001
    import polars as pl

    used = table["used_basis"].fill_null("with every value ruled out").value_counts().sort("used_basis")
    counts = ", ".join(f"{n} {b}" for b, n in used.rows())
    both = table.filter(pl.col("official").is_not_null() & (pl.col("field") != "launch_date"))
    parts = []
    for witness in ("epoch", "evokernel", "gpuhunt"):
        said = both.filter(pl.col(witness).is_not_null()).with_columns(
            r=pl.col(witness).cast(pl.Float64) / pl.col("official").cast(pl.Float64)
        )
        right = said.filter((pl.col("r") > 1 / 1.05) & (pl.col("r") < 1.05)).height
        parts.append(f"{witness} {right} of {said.height}")
    return (
        f"\n{table['accelerator'].n_unique()} accelerators of {table['vendor'].n_unique()} vendors, {table.height} fields: "
        f"{counts}.\nWithin 5 % of the maker's value where both exist: {'; '.join(parts)}."
    )
