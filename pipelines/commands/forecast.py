"""Forecast price series in any unit: quantiles at each horizon, from a CSV file or standard input."""

from __future__ import annotations

import click


def horizons_option(_ctx: click.Context, _param: click.Parameter, text: str) -> tuple[int, ...]:
    """Whole days ahead, each once, from 1 to 3660; anything else is wrong usage."""
    try:
        days = tuple(dict.fromkeys(int(part) for part in text.split(",") if part.strip()))
    except ValueError:
        raise click.BadParameter(f"expected whole days separated by commas, as 30,90,180,365; found {text!r}") from None
    if not days or min(days) < 1 or max(days) > 3660:
        raise click.BadParameter(f"horizons lie between 1 and 3660 days; found {text!r}")
    return days


@click.command()
@click.argument("series", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--horizons", default="30,90,180,365", callback=horizons_option, help="Days ahead, separated by commas.")
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Forecast as if it were this day; later rows are dropped and nothing later is used."
)
@click.option("--out", type=click.Path(dir_okay=False), help="Write here instead of standard output.")
@click.option("--all-models", is_flag=True, help="The rivals' rows too, not the champion's alone.")
def command(series: str, horizons: tuple[int, ...], as_of: object, out: str | None, all_models: bool) -> None:
    """Forecast the prices in SERIES, a CSV file with columns unique_id,ds,y[,floor] (y and floor in one unit, whatever
    it is; dates as YYYY-MM-DD, any spacing). All series are fitted together. A price is drawn to the lowest its panel
    has seen; a floor bounds it, and how many series have none is said.

    Output: unique_id,cutoff,ds,horizon_days,quantile,value,model with quantiles .05 to .95 by .05. What was
    found wrong with a series is said on standard error, one sentence each, and the others are answered.

    \b
    deflation forecast prices.csv
    deflation forecast prices.csv --as-of 2025-06-30 --horizons 90,365 --out forecast.csv
    """
    import sys
    from datetime import datetime

    import polars as pl

    from forecasting.forecast import issue
    from forecasting.forecast.candidates import CANDIDATES
    from forecasting.panel.series import BadSeries, prepare, without_floor
    from forecasting.track_record.champion import INCUMBENT
    from pipelines.context import today

    source = sys.stdin.buffer.read() if series == "-" else series
    try:
        frame = pl.read_csv(source, infer_schema=False)
        frame = frame.rename({c: c.strip().lstrip("\ufeff") for c in frame.columns})
        cut = as_of.date() if isinstance(as_of, datetime) else None
        panel = prepare(frame, cut, today())
    except (BadSeries, pl.exceptions.PolarsError) as problem:
        raise click.ClickException(f"{series}: {problem}") from None
    for message in (*panel.messages, *without_floor(panel)):
        click.echo(message, err=True)
    result = issue.long_forecast(panel, horizons, list(CANDIDATES) if all_models else [INCUMBENT])
    if out:
        result.write_csv(out)
    else:
        click.echo(result.write_csv(), nl=False)
