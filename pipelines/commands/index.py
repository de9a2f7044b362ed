"""Price indices of any panel of prices and quantities: price, mix, entry and quality told apart, with intervals."""

from __future__ import annotations

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

    \b
    deflation index panel.csv
    deflation index panel.csv --window 25 --out indices.csv
    deflation index panel --help      the options
    """


@command.command(hidden=True)
@click.argument("panel", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--window", default=366, show_default=True, type=click.IntRange(min=2),
              help="Periods of the rolling window of geks, tpd and quality; a shorter panel is one window.")
@click.option("--out", type=click.Path(dir_okay=False), help="Write here instead of standard output.")
def panel(panel: str, window: int, out: str | None) -> None:
    """Indices of one panel, see ``deflation index --help``."""
    import sys

    import polars as pl

    from forecasting.indices import family, item_panel

    source = sys.stdin.buffer.read() if panel == "-" else panel
    try:
        frame = pl.read_csv(source, infer_schema=False)
        frame = frame.rename({c: c.strip().lstrip("\ufeff") for c in frame.columns})
        items = item_panel.read(frame)
    except (item_panel.BadPanel, pl.exceptions.PolarsError, UnicodeDecodeError) as problem:
        raise click.ClickException(f"{panel}: {problem}") from None
    table, said = family.compute(items, window)
    for message in (*items.messages, *said):
        click.echo(message, err=True)
    if out:
        table.write_csv(out)
    else:
        click.echo(table.write_csv(), nl=False)
