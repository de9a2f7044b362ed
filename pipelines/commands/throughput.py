"""Predict tokens per second, dollars and joules of serving a model, for one question or a file of scenarios.

``deflation throughput SCENARIOS.csv --out FILE`` answers every row; ``deflation throughput --model M
--accelerator A`` answers one question in prose. Only reading, asking the engine and writing happen here.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import polars as pl


UNANSWERED = 3
"""Exit status when a question has no answer; its reason stands in the answer."""


def _price(_: click.Context, __: click.Parameter, value: float) -> float:
    if not 0.0 <= value <= 100.0:
        raise click.BadParameter(f"{value} is not between 0 and 100")
    return value


@click.command(
    epilog="""\b
Examples:
  deflation throughput scenarios.csv --out answers.csv
  deflation throughput --model llama-3.1-70b --accelerator h100-sxm --weight-precision fp8 -n 2 --concurrency 64
  deflation throughput scenarios.csv --definitions mine.toml --out answers.csv
  deflation throughput --list
"""
)
@click.argument("scenarios", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="CSV to write (default: standard output).")
@click.option("--model", help="Model name or alias, e.g. llama-3.1-70b.")
@click.option("--accelerator", help="Accelerator name or alias, e.g. h100-sxm.")
@click.option("--weight-precision", default="", help="bf16, fp8, nvfp4, int4_awq_g128, q4_k_m, ... (default: the model's).")
@click.option("--kv-precision", default="", help="bf16, fp8, ... (default: 16 bits).")
@click.option("-n", "--n-accelerators", type=int, help="Accelerators (default: fewest that hold the model).")
@click.option("--tensor-parallel", type=int)
@click.option("--data-parallel", type=int)
@click.option("--pipeline-parallel", type=int)
@click.option("--expert-parallel", type=int, help="Ranks the experts of a mixture lie on (default: as the layout implies).")
@click.option("--replicas", type=int, help="Whole copies among the accelerators.")
@click.option("--prefill-accelerators", type=int, help="Further accelerators that only read prompts (disaggregated serving).")
@click.option("--software-date", default="", help="Day of the serving software, as 2025-01-31 (default: the newest).")
@click.option("--stack", default="", help="Serving software: vllm, sglang, tensorrt-llm, llama.cpp, ...")
@click.option("--isl", type=int, default=1024, show_default=True, help="Input tokens per request.")
@click.option("--osl", type=int, default=1024, show_default=True, help="Output tokens per request.")
@click.option("--concurrency", type=float, help="Requests in flight (default: as many as memory holds).")
@click.option("--usd-per-hour", type=float, default=0.0, help="Dollars per accelerator-hour, for $/Mtok.")
@click.option("--usd-per-kwh", type=float, default=0.0866, show_default=True, callback=_price, help="Dollars per kWh of electricity.")
@click.option(
    "--definitions",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML file with [[accelerator]] and [[model]] tables of your own; may be repeated.",
)
@click.option("--list", "listing", is_flag=True, help="Print every accelerator, model and format that can be named.")
def command(
    scenarios: Path | None,
    out: Path | None,
    definitions: tuple[Path, ...],
    listing: bool,
    model: str | None,
    accelerator: str | None,
    **question: object,
) -> None:
    """Predict what serving a model costs in time, money and energy, with 80 % intervals.

    SCENARIOS is a CSV with the columns accelerator, model, weight_precision, kv_precision, n_accelerators,
    tensor_parallel, data_parallel, pipeline_parallel, isl, osl, concurrency, metric (and optionally expert_parallel,
    replicas, prefill_accelerators for a pool of its own for prompts or disaggregated = 1 for one of matching rate, stack and software_date for the serving software,
    boundary, usd_per_accelerator_hour, utilisation, prefix_hit_rate, draft_tokens, draft_acceptance, draft_cost, kv_waste). Metrics:
    output_tok_s, output_tok_s_per_accelerator, tok_s_per_user, tpot_ms, itl_ms, e2e_s, ttft_ms, j_per_output_token
    (boundary gpu_only, system or wall; default gpu_only), usd_per_mtok_output. A row that cannot be answered says why
    in its column error; the others are answered.

    A chip or model of your own goes into a TOML file (--definitions) with the columns of the reference tables:

    \b
      [[accelerator]]
      accelerator = "My chip"
      memory_bytes = 96e9
      bandwidth_bytes_per_s = 4.0e12
      bf16_flop_per_s = 500e12
      tdp_w = 400
      [[model]]
      model = "My model"
      layers = 32
      hidden_size = 4096
      heads = 32
      kv_heads = 8
      head_dim = 128
      intermediate_size = 14336
      vocabulary_size = 128256

    Exit code: 0 all answered, 1 a file cannot be read, 2 a wrong option, 3 at least one question without an answer.
    """
    from importlib import resources

    if scenarios and (model or accelerator):
        raise click.UsageError("give a scenario file or --model and --accelerator, not both")
    given = [o for o in question if _is_given(o)]
    if scenarios and given:
        raise click.UsageError(
            f"{', '.join('--' + o.replace('_', '-') for o in given)} would be ignored: with a scenario file these are columns of the file"
        )
    if out and not scenarios:
        raise click.UsageError("--out goes with a scenario file; one question is answered on standard output")
    from throughput.engine.efficiency import load_constants
    from throughput.products import catalogue
    from throughput.products.definitions import BadDefinition
    from throughput.questions import prose
    from throughput.questions import scenarios as engine

    try:
        accelerators, models = catalogue.load(resources.files("reference"), definitions)
    except BadDefinition as problem:
        raise click.ClickException(str(problem)) from None
    if listing:
        click.echo(prose.listing(accelerators, models))
    elif scenarios is not None:
        table, misread = _read(scenarios)
        answers = _refuse(engine.answer(table, accelerators, models, load_constants()), misread)
        refused = int(answers["error"].is_not_null().sum())
        if out is None:
            sys.stdout.write(answers.write_csv())
        else:
            try:
                out.parent.mkdir(parents=True, exist_ok=True)
                answers.write_csv(out)
            except OSError as problem:
                raise click.ClickException(f"{out} cannot be written: {problem}") from None
            click.echo(f"{answers.height - refused} of {answers.height} rows answered, written to {out}", err=True)
        _warn_of_quality(answers)
        sys.exit(UNANSWERED if refused else 0)
    elif model and accelerator:
        text, good = prose.explain({"model": model, "accelerator": accelerator, **question}, accelerators, models, load_constants())
        click.echo(text)
        sys.exit(0 if good else UNANSWERED)
    else:
        raise click.UsageError("give a scenario file, or --model and --accelerator, or --list")


def _warn_of_quality(answers: pl.DataFrame) -> None:
    """Say on standard error what weights of less than 5 bits cost, once per format of the file."""
    from throughput.engine.formats import UnknownFormat, quality_note, read_weight_format

    for text in answers["weight_precision"].drop_nulls().unique().sort() if "weight_precision" in answers.columns else ():
        try:
            note = quality_note(read_weight_format(text).weight_bits)
        except UnknownFormat:
            continue
        if note:
            click.echo(f"{text}: {note}", err=True)


def _is_given(option: str) -> bool:
    source = click.get_current_context().get_parameter_source(option)
    return source is click.core.ParameterSource.COMMANDLINE


def _refuse(answers: pl.DataFrame, reasons: dict[int, str]) -> pl.DataFrame:
    """The answers without those of the rows (by number) that could not be read, which say why instead."""
    import polars as pl

    if not reasons:
        return answers
    why = pl.Series([reasons.get(i) for i in range(answers.height)], dtype=pl.String)
    kept = [pl.when(why.is_null()).then(c).alias(c) for c in ("predicted", "lower_80", "upper_80", "bound")]
    return answers.with_columns(*kept, error=pl.coalesce(why, pl.col("error")))


def _read(path: Path) -> tuple[pl.DataFrame, dict[int, str]]:
    """The scenario table with every value as text, and why some rows (by number) must not be answered.

    One bad cell or row cannot stop the file: a byte that is no UTF-8 becomes a replacement character, and a row with
    more cells than the header, whose values may stand in the wrong columns, is kept as far as there are columns.
    """
    import csv

    import polars as pl

    misread = {}
    try:
        try:
            table = pl.read_csv(path, infer_schema_length=0, encoding="utf8-lossy")
        except pl.exceptions.ComputeError:
            table = pl.read_csv(path, infer_schema_length=0, encoding="utf8-lossy", truncate_ragged_lines=True)
            with path.open(encoding="utf-8-sig", errors="replace", newline="") as text:
                lines = [r or [""] for r in csv.reader(text)][1:]
            if len(lines) != table.height:
                raise
            misread = {
                i: f"the row has {len(r)} cells, the header {table.width}: quote cells that contain a comma"
                for i, r in enumerate(lines)
                if len(r) > table.width
            }
    except (pl.exceptions.PolarsError, UnicodeDecodeError, csv.Error) as problem:
        raise click.ClickException(f"{path} cannot be read as CSV: {str(problem).strip().splitlines()[0]}") from None
    twice = [c.removesuffix("_duplicated_0") for c in table.columns if c.endswith("_duplicated_0")]
    if twice:
        raise click.ClickException(f"{path} has more than one column {', '.join(twice)}")
    missing = [c for c in ("accelerator", "model") if c not in table.columns]
    if missing:
        raise click.ClickException(f"{path} has no column {', '.join(missing)}; it has {', '.join(table.columns)[:300]!r}")
    return table, misread
