"""Add, remove, list and import the people who get the mail.

Addresses live in ``subscribers.sqlite`` in the state folder alone; only ``list`` prints them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click


def _store() -> Any:
    from pipelines.delivery import subscribers_path
    from pipelines.settings import load_settings
    from reports.mail.subscribers import Store

    return Store(subscribers_path(load_settings()))


def _token() -> str:
    import secrets

    return secrets.token_urlsafe(18)


class _Group(click.Group):
    """Turns a refused address or value into a usage error with its sentence."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ValueError as error:
            raise click.UsageError(str(error)) from error


@click.group("subscribers", cls=_Group)
def command() -> None:
    """Who gets the mail, with which profile and thresholds.

    \b
    Examples:
      deflation subscribers add you@example.org
      deflation subscribers add cfo@example.org --profile alert --move 0.3
      deflation subscribers import team.csv       address[,profile[,move[,floor[,stale_days]]]]
    """


@command.command("add")
@click.argument("address")
@click.option("--profile", type=click.Choice(["daily", "weekly", "alert"]), default="daily", show_default=True)
@click.option("--move", default=0.2, show_default=True, help="Alert when a price moves by this share.")
@click.option("--floor", default=1.0, show_default=True, help="Alert when price / GPU-hour floor is at or below this.")
@click.option("--stale-days", default=3, show_default=True, help="Alert when a source has failed for this many days.")
def add(address: str, profile: str, move: float, floor: float, stale_days: int) -> None:
    """Add an address, or change its profile and thresholds."""
    from reports.mail.subscribers import Thresholds

    new = _store().add(address, _token, profile, Thresholds(move, floor, stale_days))
    click.echo("added" if new else "changed")


@command.command("remove")
@click.argument("address")
def remove(address: str) -> None:
    """Delete an address and all that is known of it."""
    if not _store().remove(address):
        raise click.ClickException("no such subscriber")
    click.echo("removed")


@command.command("unsubscribe")
@click.argument("token", required=False)
@click.option(
    "--mail",
    "mails",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A message or mbox with replies to the unsubscribe link.",
)
def unsubscribe(token: str | None, mails: Path | None) -> None:
    """Honour an unsubscribe: by the token of the mail's link, by address, or from the replies in a mailbox."""
    from reports.mail.subscribers import tokens_in_mail

    found = tokens_in_mail(mails.read_bytes()) if mails else []
    done = sum(_store().unsubscribe(t) for t in [*found, *([token] if token else [])])
    click.echo(f"{done} unsubscribed")
    if not done:
        raise SystemExit(1)


@command.command("restore")
@click.argument("address")
def restore(address: str) -> None:
    """Make an unsubscribed or suppressed address active again, on its owner's word."""
    from pipelines.delivery import ledger_path
    from pipelines.settings import load_settings
    from reports.mail.ledger import Ledger, recipient_key

    if not _store().restore(address):
        raise click.ClickException("no such subscriber")
    Ledger(ledger_path(load_settings())).forget_refusals(recipient_key(address))
    click.echo("active again")


@command.command("list")
def list_() -> None:
    """Print all subscribers, with the key by which delivery reports name them."""
    from reports.mail.ledger import recipient_key

    people = _store().all()
    if not people:
        click.echo("nobody gets the mail yet (deflation subscribers add ADDRESS)", err=True)
    for s in people:
        t = s.thresholds
        click.echo(
            f"{s.address}\t{s.profile}\t{s.state}\tmove {t.move_share:g}, floor {t.floor_ratio:g}, stale {t.stale_days} d\t{recipient_key(s.address)}\t{s.reason}"
        )


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(file: Path) -> None:
    """Add from a CSV file: address[,profile[,move[,floor[,stale_days]]]]. Good lines are kept, bad ones named."""
    new, refused = _store().import_csv(file.read_text(encoding="utf-8-sig"), _token)
    click.echo(f"{new} added, {len(refused)} refused")
    for sentence in refused:
        click.echo(f"  {sentence}", err=True)
    if refused:
        raise SystemExit(1)


@command.command("bounces")
@click.argument("mails", type=click.File("rb"))
def bounces(mails: Any) -> None:
    """Read mails that came back (one message or an mbox, - for standard input): their recipients count as refused.

    Whoever refuses three issues in a row is left alone until `restore`.
    """
    from pipelines.delivery import take_bounces
    from pipelines.settings import load_settings

    said = take_bounces(load_settings(), mails.read())
    for line in said:
        click.echo(line)
    if not said:
        click.echo("no permanent failure found in these mails")


@command.command(
    "listen",
    epilog="\b\nExample:\n  DEFLATION_UNSUBSCRIBE_URL=https://mail.example.org/unsubscribe in the settings of the run, and behind that address:\n  deflation subscribers listen --port 8025",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; a web server with https stands before it.")
@click.option("--port", default=8025, show_default=True, type=click.IntRange(1, 65535))
def listen(host: str, port: int) -> None:
    """Take one-click unsubscriptions (RFC 8058) until interrupted."""
    from reports.mail.oneclick import server

    store = _store()
    try:
        serving = server(host, port, store.unsubscribe)
    except OSError as error:
        raise click.ClickException(f"{host}:{port} cannot be listened on ({error.strerror}); choose another --port") from error
    click.echo(f"taking unsubscriptions on http://{host}:{port}; Ctrl-C ends it")
    try:
        serving.serve_forever()
    except KeyboardInterrupt:
        click.echo("stopped")
    finally:
        serving.server_close()
