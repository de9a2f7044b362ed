"""Forecast from past days with what was known then, and score every model at every horizon."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from pipelines.commands.forecast import horizons_option

if TYPE_CHECKING:
    import polars as pl

LEFT_OUT_HEAD = "panel            days  origins   rows   loss  / no change / walk / drift  cover 50  (r)   80   90"
FIRST = date(2024, 1, 1)
HEAD = "origins of   days model             origins   rows  loss  / no change / walk / drift  cover 50  (r)   80   90  apart     p"


def _share(value: float | None, width: int) -> str:
    return f"{'-':>{width}}" if value is None else f"{value:>{width}.2f}"


def _lines(table: pl.DataFrame, champion: str) -> list[str]:
    out = []
    for r in table.iter_rows(named=True):
        star = "*" if r["model"] == champion else " "
        out.append(
            f"{r['origin_year'] or 'all years':<10}{r['horizon_days']:>7} {r['model']:<17}{star}"
            f"{r['origins_count']:>7}{r['forecasts_count']:>7}{r['loss_log']:>6.3f}{_share(r['no_change_ratio'], 13)}"
            f"{_share(r['random_walk_ratio'], 7)}{_share(r['drift_ratio'], 8)}"
            f"{_share(r['coverage_50_share'], 10)}{_share(r['randomised_coverage_50_share'], 5)}"
            f"{_share(r['coverage_80_share'], 5)}{_share(r['coverage_90_share'], 5)}{r['origins_apart_count']:>7}{_share(r['p_value'], 6)}"
        )
    return out


def _print(name: str, panel: pl.DataFrame, label: str, origins: list, scored: pl.DataFrame, days: tuple[int, ...]) -> None:
    from forecasting.track_record import comparison, event_backtest, scoring
    from forecasting.track_record.champion import INCUMBENT, review

    click.echo(
        f"{name}: {panel['unique_id'].n_unique()} series, {panel.height:,} rows, {len(origins)} origins "
        f"{origins[0]} .. {origins[-1]}\n{label}\n{HEAD}"
    )
    for line in _lines(comparison.compare(scored), INCUMBENT):
        click.echo(line)
    yearly = comparison.compare(scored, by_year=True)
    for line in _lines(yearly.filter(yearly["model"].is_in([INCUMBENT, "combination", *comparison.BARS])), INCUMBENT):
        click.echo(line)
    won = comparison.wins(scored, INCUMBENT).iter_rows()
    click.echo("Series on which the model of record beats no change: " + ", ".join(f"{w} of {n} at {d} days" for d, w, n in won))
    click.echo("PIT of the model of record, share in each tenth (.10 each if calibrated):")
    histogram = scoring.pit_histogram(scored.filter(scored["model"] == INCUMBENT))
    for key, g in histogram.group_by(["horizon_days"], maintain_order=True):
        click.echo(f"{key[0]:>5} days  " + " ".join(f"{v:.2f}" for v in g["bin_share"]))
    click.echo("Events: Brier score, and that of the past frequency (lower is better)")
    for r in event_backtest.run(panel, origins, days).iter_rows(named=True):
        click.echo(
            f"{r['horizon_days']:>5} days  {r['event']:<8} happened {r['frequency_share']:.2f}  "
            f"Brier {r['brier']:.3f}  frequency {r['brier_base_rate']:.3f}"
        )
    click.echo(f"Champion by rule: {review(scored)[1]}\n")


def _left_out(tables: list[pl.DataFrame], champion: str) -> None:
    """Every panel in one table, each forecast with what the others had taught: how far the model of record travels."""
    import polars as pl

    click.echo(f"Left out, panel by panel: {champion} with a prior from the other panels alone\n{LEFT_OUT_HEAD}")
    rows = pl.concat(tables).filter(pl.col("origin_year").is_null(), pl.col("model") == champion)
    for r in rows.sort("panel", "horizon_days").iter_rows(named=True):
        click.echo(
            f"{r['panel']:<16}{r['horizon_days']:>5}{r['origins_count']:>9}{r['forecasts_count']:>7}{r['loss_log']:>7.3f}"
            f"{_share(r['no_change_ratio'], 13)}{_share(r['random_walk_ratio'], 7)}{_share(r['drift_ratio'], 8)}"
            f"{_share(r['coverage_50_share'], 10)}{_share(r['randomised_coverage_50_share'], 5)}"
            f"{_share(r['coverage_80_share'], 5)}{_share(r['coverage_90_share'], 5)}"
        )


@click.command()
@click.argument("series", required=False, type=click.Path(exists=True, dir_okay=False))
@click.option("--panel", "only", help="One packaged panel by name; without SERIES all of them are scored.")
@click.option("--horizons", default="90,180,365", show_default=True, callback=horizons_option, help="Days ahead, separated by commas.")
@click.option(
    "--first",
    type=click.DateTime(["%Y-%m-%d"]),
    help="First origin [default: 2024-01-01, for a SERIES that ends before then its first day with five series].",
)
@click.option("--every", default=28, show_default=True, help="Least number of days between origins.")
@click.option("--hindsight", is_flag=True, help="Use rows from their own day on, even those that became known later.")
@click.option("--format", "form", type=click.Choice(["text", "csv"]), default="text", show_default=True)
def command(
    series: str | None, only: str | None, horizons: tuple[int, ...], first: datetime | None, every: int, hindsight: bool, form: str
) -> None:
    """Rolling-origin evaluation of every model on SERIES (unique_id,ds,y[,floor][,known_from], any unit) or, without
    it, on the packaged panels of frontier prices.

    At each origin every model is refitted on rows of that day or earlier, and a row with known_from counts from that
    day on; the label above each table says what the data allow. A packaged panel is forecast with a prior estimated
    from the other panels alone, and a last table sets all of them side by side. Losses are quantile losses in logs,
    averaged inside an origin first; (r) counts an outcome that meets a point mass of the forecast, as an unchanged price
    does, by the part of the mass that lies inside, so .50 is calibrated; "apart" counts origins whose outcomes do not overlap, and p is one-sided against
    no change on those.

    \b
    deflation backtest
    deflation backtest --panel first_parties --hindsight
    deflation backtest prices.csv --every 91 --horizons 90,365 --format csv
    """
    from functools import partial

    import polars as pl

    from forecasting.forecast import priors
    from forecasting.panel import reference
    from forecasting.panel.series import BadSeries
    from forecasting.track_record import backtest, comparison
    from forecasting.track_record.champion import INCUMBENT

    packaged = reference.frontier_panel() if not series else None
    left_out = priors.LeftOut(packaged) if packaged is not None else None
    names = packaged["panel"].unique().sort().to_list() if packaged is not None else [str(series)]
    if only is not None and only not in names:
        raise click.BadParameter(f"no packaged panel {only!r}; there are {', '.join(names)}", param_hint="--panel")
    tables: list[pl.DataFrame] = []
    start = first.date() if first else None
    for name in names if only is None else [only]:
        try:
            rows = (
                packaged.filter(pl.col("panel") == name)
                if packaged is not None
                else backtest.read_panel(name, partial(click.echo, err=True))
            )
            panel, label = backtest.knowledge(rows, hindsight)
            late = start is None and max(panel["ds"].to_list(), default=FIRST) < FIRST
            origins = backtest.default_origins(panel, None if late else (start or FIRST), every)
            prior_at = priors.at if left_out is None else partial(left_out.without, name)
            scored = backtest.run(panel, origins, horizons, prior_at=prior_at)
        except (BadSeries, pl.exceptions.PolarsError) as problem:
            raise click.ClickException(f"{name}: {problem}") from None
        if form == "text":
            _print(name, panel, label, origins, scored, horizons)
        for by_year in (False, True):
            tables.append(
                comparison.compare(scored, by_year).insert_column(0, pl.lit(name).alias("panel")).with_columns(pl.lit(label).alias("label"))
            )
    if form == "text" and len(names if only is None else [only]) > 1:
        _left_out(tables, INCUMBENT)
    if form == "csv":
        click.echo(pl.concat(tables).write_csv(), nl=False)
