"""List printed model names that no alias maps to a model, with proposals for review."""

from __future__ import annotations

import sys

import click


@click.command(
    epilog="\b\nExamples:\n  deflation aliases\n  deflation aliases --propose\n  deflation aliases --propose --provider venice > review.csv"
)
@click.option(
    "--propose", is_flag=True, help="Print a CSV with proposed models: for a person to accept row by row, never joined by itself."
)
@click.option("--provider", default="", help="Only labels of this provider.")
def command(propose: bool, provider: str) -> None:
    """List the labels of the latest published run that mean no canonical model yet, most frequent first.

    An accepted proposal becomes a row of research/builders/curated_aliases.csv with its reason.

    Exit status: 0 listed, 1 nothing is published yet, 2 wrong usage.
    """
    import polars as pl

    from belief.names.aliases import normalise
    from belief.names.aliases import propose as candidates
    from pipelines.settings import load_settings
    from warehouse.store import WarehouseUnusable, query

    published = load_settings().published
    try:
        labels = query(
            published,
            "select provider, model_label, string_agg(distinct source, ' ' order by source) as sources, sum(n)::bigint as intervals "
            "from core.unmapped_label group by all order by intervals desc, provider, model_label",
        )
        models = query(published, "select distinct model from core.model order by model")["model"].to_list()
    except (WarehouseUnusable, ValueError) as error:
        click.echo(f"deflation aliases: {error}", err=True)
        sys.exit(1)
    labels = labels.filter(pl.col("provider") == provider) if provider else labels
    found = candidates(labels["model_label"], models)
    if propose:
        rows = labels.join(found, on="model_label", how="left", maintain_order="left")
        forms = pl.Series("alias", [normalise(label) for label in rows["model_label"]], dtype=pl.String)
        click.echo(rows.select(forms, "provider", "model_label", "model", "likeness", "sources", "intervals").write_csv(), nl=False)
        return
    for row in labels.iter_rows(named=True):
        click.echo(f"{row['provider']:<14} {row['intervals']:>4}  {row['model_label']:<52} {row['sources']}")
    with_one = found["model_label"].n_unique()
    click.echo(f"{labels.height} labels mean no model yet; {with_one} have a proposal (deflation aliases --propose)")
