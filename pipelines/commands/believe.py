"""Weigh a table of statements about prices as the daily job weighs its own, and print what is believed."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command(
    epilog="\b\nExamples:\n  deflation believe witnesses.csv --at 2026-11-27\n"
    "  deflation believe witnesses.csv --at 2026-11-21T02:30Z --input-tokens 250000\n"
    "  deflation believe witnesses.csv --at 2026-11-27 --events-since 2026-10-27"
)
@click.argument("witnesses", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--at", "at", required=True, help="Moment of the request, ISO 8601, UTC unless it names its zone.")
@click.option("--input-tokens", type=click.IntRange(min=0), default=1000, show_default=True, help="Tokens of the prompt.")
@click.option(
    "--output-tokens",
    type=click.IntRange(min=0),
    help="Tokens of the answer, where prices step by its length (default: one row per step).",
)
@click.option("--events-since", help="Print the events since this day instead of the prices.")
def command(witnesses: Path, at: str, input_tokens: int, output_tokens: int | None, events_since: str | None) -> None:
    """Weigh the statements in WITNESSES and print, as CSV, what a request at that moment would be charged.

    \b
    Input columns (USD per 1M tokens; days are ISO 8601, a moment may carry its time):
      source         'page' is the provider's own page; other names are trackers,
                     and names that differ only in a last number are one family
      model_label    as printed, with or without its seller (azure/gpt-5.6-sol)
      tier condition as printed; an empty tier is standard
      input output cached
      valid_from valid_to end_reason observed_at confirmed_at
      kind           optional: list, sale, or multiplier (then the figures are factors: 1.1, 1.1x or +10%)

    One row per offer and tier is the answer; empty figures mean that no price is in force, and why. Rows with the
    status stale or held follow and are never the answer. Rules and examples: docs/method/prices.md.

    Exit status: 0 printed, 2 the file or an option cannot be read (what was expected is said).
    """
    from datetime import timedelta

    from belief import answers, witness_table
    from belief.judgement import evidence
    from pipelines.context import now

    moment = _moment(at, "--at")
    since = _moment(events_since, "--events-since") if events_since else None
    try:
        stated, unread = witness_table.read(witnesses)
    except witness_table.Unusable as error:
        click.echo(f"deflation believe: {error}", err=True)
        sys.exit(2)
    today = now() + timedelta(days=1)
    belief = evidence.weigh(stated, max(moment, today.replace(microsecond=0)))
    made = answers.moves(belief, since, moment) if since else answers.answers(belief, unread, moment, input_tokens, output_tokens)
    click.echo(made.write_csv(float_scientific=False), nl=False)


def _moment(text: str, option: str):  # noqa: ANN202
    """The moment in UTC; a usage error that says what is expected otherwise."""
    from datetime import UTC, datetime

    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise click.UsageError(f"{option} {text!r} is no ISO 8601 moment, for example 2026-11-27 or 2026-11-21T02:30Z") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
