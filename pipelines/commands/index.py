"""Price indices of any panel of prices and quantities: price, mix, entry and quality told apart, with intervals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click


class PanelGroup(click.Group):
    """A group whose first word may be a file: then the verb is the one that reads panels."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Insert the panel reader where no subcommand is named."""
        if args and args[0] not in (*self.commands, *ctx.help_option_names):
            args = ["panel", *args]
        return super().parse_args(ctx, args)


@click.group(cls=PanelGroup, no_args_is_help=True)
def command() -> None:
    """Indices of PANEL, a CSV file with columns item,day,price,quantity[,quality]; each day is a period.

    \b
    Output, columns index,day,value,lower,upper (CSV on standard output):
      spend      spend over quantity, free items included, in the panel's unit
      price      pure price, chained Tornqvist over the items of both days
      fisher, laspeyres, paasche, geks, tpd    the same by other formulae
      mix        effect of quantities moving between items of both days
      entry      effect of items that appear or leave
      quality    price at equal quality, ln price = day + b x quality
    All but spend are 1 on the first day. For what is paid: change of spend =
    price x mix x entry, exactly. What was wrong with the panel is said on
    standard error, a sentence each.

    lower, upper: 90 % interval of sampling items (delete-a-group jackknife in
    logs, up to 20 groups of items, Student's t); empty under three items. The
    difference between price, fisher, geks and tpd shows what the choice of
    formula is worth.

    With --volumes FILE (date,model_permaslug,total_tokens, as OpenRouter's
    rankings dataset has them) the warehouse prices the tokens and the token
    family is printed, see docs/benchmark.md: tok.list, tok.spend and their
    .paid forms in USD per million tokens; tok.price (also .fisher, .laspeyres,
    .paasche, .geks, .tpd), tok.profile, tok.mix, tok.entry, tok.quality;
    coverage, the share of tokens mapped and priced or free.

    \b
    deflation index panel.csv
    deflation index --volumes rankings.csv --by week
    deflation index panel.csv --window 25 --out indices.csv
    deflation index panel --help      the options
    """


@command.command(hidden=True)
@click.argument("panel", required=False, type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option(
    "--volumes",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    help="Token volumes (date,model_permaslug,total_tokens) to price by the warehouse instead of a panel.",
)
@click.option(
    "--by",
    type=click.Choice(["day", "week"]),
    default="day",
    show_default=True,
    help="With --volumes: trailing seven days each day, or weeks from Monday.",
)
@click.option(
    "--window",
    type=click.IntRange(min=2),
    help="Periods of the rolling window of geks, tpd and quality; a shorter panel is one window.  [default: 366, with --volumes 25 weeks]",
)
@click.option("--out", type=click.Path(dir_okay=False), help="Write here instead of standard output.")
def panel(panel: str | None, volumes: str | None, by: str, window: int | None, out: str | None) -> None:
    """Indices of one panel, or of token volumes; see ``deflation index --help``."""
    import polars as pl

    from forecasting.indices.item_panel import BadPanel
    from forecasting.tokens.volumes import BadVolumes
    from warehouse.store import WarehouseUnusable

    if (panel is None) == (volumes is None):
        raise click.UsageError("give one of PANEL and --volumes FILE")
    name = str(panel or volumes)
    try:
        frame = _frame(name)
        table, said = _of_panel(frame, window) if panel else _of_volumes(frame, by, window)
    except (BadPanel, BadVolumes, WarehouseUnusable, pl.exceptions.PolarsError, UnicodeDecodeError) as problem:
        raise click.ClickException(f"{name}: {problem}") from None
    for message in said:
        click.echo(message, err=True)
    if out:
        table.write_csv(out)
    else:
        click.echo(table.write_csv(), nl=False)


def _frame(name: str) -> Any:
    """A CSV file, or standard input for ``-``, all columns as text."""
    import sys

    import polars as pl

    frame = pl.read_csv(sys.stdin.buffer.read() if name == "-" else name, infer_schema=False)
    return frame.rename({c: c.strip().lstrip("\ufeff") for c in frame.columns})


def _of_panel(frame: Any, window: int | None) -> tuple[Any, list[str]]:
    from forecasting.indices import family, item_panel

    items = item_panel.read(frame)
    table, said = family.compute(items, window or family.WINDOW)
    return table, [*items.messages, *said]


def _of_volumes(frame: Any, by: str, window: int | None) -> tuple[Any, list[str]]:
    """The token family of volumes, priced by the published warehouse or, where there is none, by the packaged history."""
    from pipelines.token_prices import price_volumes

    return price_volumes(frame, by, window)


@command.command()
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
def verify(day: datetime) -> None:
    """Recompute the published token indices of the week that holds DAY from the published weights alone.

    \b
    Prints index_id, published, recomputed and whether the hash of the inputs is
    the published one. Exit status: 0 everything agrees to 1e-9, 1 something does
    not, or nothing is published for that week.

    \b
    deflation index verify 2026-07-27
    """
    from forecasting.tokens import publication
    from pipelines.settings import load_settings
    from warehouse.store import WarehouseUnusable, query

    published = load_settings().published
    try:
        found = publication.verified(query(published, "from stats.token_index"), query(published, "from stats.token_weight"), day.date())
    except (WarehouseUnusable, ValueError) as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(found.write_csv(), nl=False)
    wrong = found.filter(~(found["agrees"] & found["inputs_match"]))["index_id"].to_list()
    if wrong:
        raise click.ClickException(f"{len(wrong)} of {found.height} values do not follow from the published inputs: {', '.join(wrong)}")
    click.echo(f"{found.height} values of the week of {found['period_start'][0]} follow from the published inputs.", err=True)
