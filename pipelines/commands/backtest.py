"""Forecast from past days with what was known then, and score every model at every horizon."""

from __future__ import annotations

from datetime import datetime

import click


@click.command()
@click.argument("series", required=False, type=click.Path(exists=True, dir_okay=False))
@click.option("--horizons", default="30,90,180,365", show_default=True, help="Days ahead, separated by commas.")
@click.option("--first", type=click.DateTime(["%Y-%m-%d"]), default="2024-03-01", show_default=True,
              help="First origin.")
@click.option("--every", default=28, show_default=True, help="Least number of days between origins.")
@click.option("--format", "form", type=click.Choice(["text", "csv"]), default="text", show_default=True)
def command(series: str | None, horizons: str, first: datetime, every: int, form: str) -> None:
    """Rolling-origin evaluation of every model on SERIES (unique_id,ds,y[,floor][,known_from]) or, without it, on
    the packaged panel of frontier prices.

    At each origin the models are refitted on rows of that day or earlier. Prices of the packaged panel come from
    archives of their own day; its scores were published later and are used throughout ("quality hindsight"). A
    file with known_from is cut by it. MASE and CRPS ratio are against no change on the same rows; the test is
    Diebold-Mariano with origins as units.
    """
    import polars as pl

    from forecasting.forecast.champion import INCUMBENT, review
    from forecasting.panel import reference
    from forecasting.panel.series import BadSeries
    from forecasting.track_record import backtest, event_backtest, scoring

    panel = pl.read_csv(series, try_parse_dates=True) if series else reference.frontier_panel().drop("known_from")
    label = "as known" if "known_from" in panel.columns else "quality hindsight"
    days = tuple(int(part) for part in horizons.split(","))
    try:
        origins = backtest.default_origins(panel, first.date(), every)
        scored = backtest.run(panel, origins, days)
    except (BadSeries, pl.exceptions.PolarsError) as problem:
        raise click.ClickException(str(problem)) from None
    groups = [("all", scored)]
    scales = scored.with_columns(pl.col("series_id").str.extract(r"^([a-z_]+)-").alias("scale"))
    groups += [(str(k[0]), g) for k, g in scales.sort("scale").group_by(["scale"], maintain_order=True) if k[0]]
    table = pl.concat([
        scoring.summarise(g, INCUMBENT, label).insert_column(0, pl.lit(name).alias("scale")) for name, g in groups
    ])
    if form == "csv":
        click.echo(table.write_csv(), nl=False)
        return
    click.echo(f"{panel['unique_id'].n_unique()} series, {len(origins)} origins {origins[0]} .. {origins[-1]}, {label}")
    click.echo("scale         days model            origins rows   MAE  MASE  CRPS ratio  cov50 cov80 cov90  DM p")
    for r in table.sort("scale", "horizon_days", "crps_log").iter_rows(named=True):
        p = "     " if r["p_value"] is None else f"{r['p_value']:.3f}"
        star = "*" if r["is_champion"] else " "
        click.echo(
            f"{r['scale']:<13}{r['horizon_days']:>5} {r['model']:<16}{star}{r['origins_count']:>7}"
            f"{r['forecasts_count']:>6}{r['mae_log']:>6.2f}{r['mase_ratio']:>6.2f}{r['crps_log']:>6.2f}"
            f"{r['crps_ratio']:>6.2f}  {r['coverage_50_share']:>5.2f}{r['coverage_80_share']:>6.2f}"
            f"{r['coverage_90_share']:>6.2f}  {p}"
        )
    click.echo("PIT of the champion, share in each tenth (.10 each if calibrated):")
    histogram = scoring.pit_histogram(scored.filter(pl.col("model") == INCUMBENT))
    for key, g in histogram.group_by(["horizon_days"], maintain_order=True):
        click.echo(f"{key[0]:>5} days  " + " ".join(f"{v:.2f}" for v in g["bin_share"]))
    click.echo("Events: Brier score, and that of the past frequency (lower is better)")
    for r in event_backtest.run(panel, origins, days).iter_rows(named=True):
        click.echo(f"{r['horizon_days']:>5} days  {r['event']:<8} happened {r['frequency_share']:.2f}  "
                   f"Brier {r['brier']:.3f}  frequency {r['brier_base_rate']:.3f}")
    click.echo(f"Champion by rule: {review(scored)[1]}")
