"""Fit the engine's constants on measured scenarios, hold out sources, accelerators and models, print the errors.

Reads the study data (``DEFLATION_DATA``), fits once on everything visible, repeats the fit without each source, each
accelerator, each model and all newer software, and prints the error tables with the coverage of the interval. ``--write``
stores the constants.
"""

from __future__ import annotations

from pathlib import Path

import click

REMARK = """Efficiency constants of the throughput engine: value, 80 % interval, prior, unit, meaning.
Written by `deflation calibrate --write` from {rows} measured scenarios; held-out errors in docs/method/engine.md.
layer_latency_s, step_latency_s and collective_latency_s trade off against each other: only their sum is identified."""


@click.command(
    epilog="""\b
Examples:
  deflation calibrate                      score the packaged constants, no fit
  deflation calibrate --fit                fit, leave out, print the error tables
  deflation calibrate --fit --write        and store throughput/calibration/constants.toml
"""
)
@click.option(
    "--data", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Folder of the study data (default: DEFLATION_DATA)."
)
@click.option("--fit/--score", "refit", default=False, help="Fit the constants anew, or only score the packaged ones.")
@click.option("--write", is_flag=True, help="Store the fitted constants in the package.")
@click.option("--table", type=click.Path(dir_okay=False, path_type=Path), help="Also write the tables as Markdown.")
def command(data: Path | None, refit: bool, write: bool, table: Path | None) -> None:
    """Fit and judge the one global set of efficiency constants."""
    from importlib import resources

    import polars as pl

    import reference
    from pipelines.settings import load_settings
    from throughput.calibration import calibration, joules, report
    from throughput.calibration.measurements import Measurements
    from throughput.engine import efficiency
    from throughput.products import catalogue

    folder = data or load_settings().data
    first, second = folder / "throughput", folder / "throughput2"
    inputs = first / "scenarios_measured.csv", second / "scenarios_measured.csv"
    for path in inputs:
        if not path.is_file():
            raise click.ClickException(
                f"{path} is not there: the measured scenarios carry no licence and are not packaged; set DEFLATION_DATA "
                "or --data to the folder of the study data. The errors of the packaged constants: docs/method/engine_errors.md"
            )
    accelerators, models = catalogue.load(resources.files("reference"))
    scenarios = pl.concat([pl.read_csv(p, infer_schema_length=0) for p in inputs])
    published = reference.load("energy_measured")
    measured = Measurements(scenarios, accelerators, models)
    energy = Measurements(joules.measured_joules(published, scenarios), accelerators, models, joules=True)
    packaged = efficiency.load_constants()
    result = report.judge(measured, energy, packaged, click.echo) if refit else report.score(measured, energy, packaged)
    text = report.markdown(result)
    click.echo(text)
    if table is not None:
        table.write_text(text + "\n", encoding="utf-8")
    if write and result.fit is not None:
        path = Path(calibration.__file__).with_name("constants.toml")
        calibration.write_constants(path, result.fit, result.spread, result.power, REMARK.format(rows=len(measured)))
        click.echo(f"written: {path.name}")
