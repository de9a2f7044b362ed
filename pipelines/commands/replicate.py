"""Recompute published results with our estimators: published, ours, tolerance, verdict."""

from __future__ import annotations

import click


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "csv"]), default="text", show_default=True)
def command(form: str) -> None:
    """Every target with data: Epoch AI's 21 factors, Gundlach et al., Farmer & Lafond, a16z, the AI Index, The Price
    of Intelligence. Columns target,published,ours,tolerance (absolute),verdict (pass | fail | no data). The exit
    code is 0 only if nothing fails.

    The studies' data carry no licence and are not packaged: they are read from DEFLATION_DATA (default
    ../shared/data). Where they are absent the verdict is "no data".
    """
    import csv
    import sys

    from pipelines.settings import load_settings
    from research import replication

    data = load_settings().data
    targets = replication.run(data if (data / "forecast").is_dir() else None)
    rows = [
        (
            t.target,
            f"{t.published:.9g}",
            "" if t.ours is None else f"{t.ours:.9g}",
            f"{t.tolerance * (abs(t.published) if t.relative else 1.0):.3g}",
            t.verdict,
        )
        for t in targets
    ]
    header = ("target", "published", "ours", "tolerance", "verdict")
    if form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    else:
        for row in (header, *rows):
            click.echo(f"{row[0]:<52}{row[1]:>11}{row[2]:>14}{row[3]:>11}  {row[4]}")
        absent = sum(t.verdict == "no data" for t in targets)
        click.echo(
            f"{sum(t.verdict == 'pass' for t in targets)} pass, {sum(t.verdict == 'fail' for t in targets)} fail, "
            f"{sum(t.verdict == 'near' for t in targets)} near and {sum(t.verdict == 'differs' for t in targets)} different on "
            f"other data, {absent} no data. The AI Index says 280 times in 18 months: its own dates are 1.84 years apart, which "
            "is 21.5 times a year, not 43."
        )
    if any(t.verdict == "fail" for t in targets):
        sys.exit(1)
