"""Send the latest edition by mail, or write it to the outbox.

The sender, server and login come from ``DEFLATION_MAIL_FROM`` and ``DEFLATION_SMTP_HOST, _PORT, _USER, _PASSWORD,
_TLS=none|starttls|tls, _CA_FILE``. Exit status: 0 everyone has it; 1 somebody has not, with the reason.
"""

from __future__ import annotations

import click


@click.command("send")
@click.option(
    "--to",
    "to",
    multiple=True,
    metavar="ADDRESS",
    help="Send to this address instead of the subscribers; may be repeated.",
)
@click.option("--dry-run", is_flag=True, help="Write the messages to the outbox and send nothing.")
@click.option(
    "--profile",
    type=click.Choice(["daily", "weekly", "alert"]),
    default="daily",
    show_default=True,
    help="What an address that is no subscriber gets.",
)
@click.option(
    "--retry",
    "retry",
    multiple=True,
    type=click.Choice(["claimed", "refused", "unknown"]),
    help="Try again those whom an earlier run left in this state; claimed and unknown may have it already. May be repeated.",
)
@click.option(
    "--settle",
    "settled",
    multiple=True,
    metavar="RECIPIENT=sent|refused",
    help="Say what became of a delivery (the recipient as this command names it); sends nothing.",
)
@click.option("--accept-state", is_flag=True, help="Take the ledger and the subscriber file as they are now, after one was replaced.")
def command(to: tuple[str, ...], dry_run: bool, profile: str, retry: tuple[str, ...], settled: tuple[str, ...], accept_state: bool) -> None:
    """Send the latest published edition to the subscribers; nobody gets it twice.

    Exit status: 0 everyone has it; 1 somebody has not, each named with the reason and the remedy; 2 wrong usage.

    \b
    Examples:
      deflation send --to you@example.org --dry-run     write the message to var/outbox and look at it
      deflation send                                    to every subscriber who does not have it yet
      deflation send --retry refused                    and again to those the server refused
      deflation send --settle 3f2a...=sent              an unknown one wrote that it arrived
    """
    from pipelines.delivery import accept_files, send_latest, settle
    from pipelines.settings import load_settings
    from reports.inputs import InvalidEdition
    from reports.mail.ledger import LedgerUnusable
    from reports.mail.mail import DeliveryRefused
    from reports.mail.subscribers import AddressRefused, SubscribersUnusable
    from reports.site.site import EditionChanged

    settings = load_settings()
    try:
        if accept_state:
            accept_files(settings)
        if settled:
            for said in settled:
                click.echo(settle(settings, said))
            return
        report, written = send_latest(settings, to, dry_run, profile, retry=retry)
    except AddressRefused as error:
        raise click.UsageError(str(error)) from error
    except (DeliveryRefused, EditionChanged, InvalidEdition, LedgerUnusable, SubscribersUnusable, OSError) as error:
        raise click.ClickException(str(error)) from error
    if dry_run or not settings.smtp_host:
        why = "dry run" if dry_run else "no mail server is set (DEFLATION_SMTP_HOST)"
        click.echo(f"{why}: {len(written)} message(s) written, none sent")
        for path in written:
            click.echo(f"  {path}")
        return
    click.echo(str(report))
    for problem in (*report.problems, *report.waiting):
        click.echo(f"  {problem}", err=True)
    if not report.complete:
        raise SystemExit(1)
