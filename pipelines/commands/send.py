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
def command(to: tuple[str, ...], dry_run: bool, profile: str) -> None:
    """Send the latest published edition to the subscribers; nobody gets it twice.

    \b
    Examples:
      deflation send --to you@example.org --dry-run     write the message to var/outbox and look at it
      deflation send                                    to every subscriber who does not have it yet
    """
    from pipelines.delivery import send_latest
    from pipelines.settings import load_settings
    from reports.inputs import InvalidEdition
    from reports.mail.ledger import LedgerUnusable
    from reports.mail.mail import DeliveryRefused
    from reports.mail.subscribers import AddressRefused
    from reports.site.site import EditionChanged

    settings = load_settings()
    try:
        report, written = send_latest(settings, to, dry_run, profile)
    except AddressRefused as error:
        raise click.UsageError(str(error)) from error
    except (DeliveryRefused, EditionChanged, InvalidEdition, LedgerUnusable, OSError) as error:
        raise click.ClickException(str(error)) from error
    if dry_run or not settings.smtp_host:
        why = "dry run" if dry_run else "no mail server is set (DEFLATION_SMTP_HOST)"
        click.echo(f"{why}: {len(written)} message(s) written, none sent")
        for path in written:
            click.echo(f"  {path}")
        return
    click.echo(str(report))
    for problem in report.problems:
        click.echo(f"  {problem}", err=True)
    if not report.complete:
        raise SystemExit(1)
