"""Sending the published edition: settings, site, subscribers and ledger brought together.

Used by ``deflation send`` and by the daily job after publishing. Belongs here: which files and settings are
meant. Not here: composing and delivering (``reports.mail.delivery``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.context import now
from pipelines.settings import Settings

if TYPE_CHECKING:
    from reports.inputs import Edition
    from reports.mail.delivery import DeliveryReport
    from reports.mail.message import MailSettings
    from reports.mail.subscribers import Subscriber

NOBODY = "reports@deflation.invalid"
"""The sender of messages that are only written to files because none is configured."""


def ledger_path(settings: Settings) -> Path:
    """Who got what; kept when the warehouse is rebuilt."""
    return settings.home / "ledger.sqlite"


def subscribers_path(settings: Settings) -> Path:
    """Who wants it."""
    return settings.home / "subscribers.sqlite"


def mail_settings(settings: Settings) -> MailSettings:
    """The mail's part of the settings."""
    from reports.mail.message import MailSettings

    return MailSettings(
        sender=settings.mail_from or NOBODY,
        host=settings.smtp_host,
        port=settings.smtp_port,
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value(),
        tls=settings.smtp_tls,
        ca_file=settings.smtp_ca_file,
        base_url=settings.base_url,
        unsubscribe_url=settings.unsubscribe_url,
    )


def send_latest(
    settings: Settings,
    to: Sequence[str] = (),
    dry_run: bool = False,
    profile: str = "daily",
    clock: Callable[[], datetime] | None = None,
    sleep: Callable[[float], None] = time.sleep,
    retry: Sequence[str] = (),
) -> tuple[DeliveryReport, list[Path]]:
    """Send the latest published edition to ``to``, or to all active subscribers.

    Without a mail server, or with ``dry_run``, write the messages to the outbox and claim nothing. Returns the
    report and the files written. Raises ``InvalidEdition`` (nothing published), ``DeliveryRefused``,
    ``AddressRefused``, ``LedgerUnusable``.
    """
    from reports.mail.delivery import DeliveryReport, deliver
    from reports.mail.ledger import Ledger
    from reports.mail.mail import DeliveryRefused
    from reports.mail.subscribers import Store, Subscriber, plain_address
    from reports.site import site

    edition = site.load(settings.site_path)
    store = Store(subscribers_path(settings))
    known = {s.address.lower(): s for s in store.all()}
    people = [known.get(plain_address(a).lower()) or Subscriber(plain_address(a), profile) for a in to] if to else store.active()
    wanted: list[Subscriber] = []
    for person in people:  # named twice is still one mail
        if person.state == "active" and person.address.lower() not in {w.address.lower() for w in wanted}:
            wanted.append(person)
    mail = mail_settings(settings)
    if dry_run or not settings.smtp_host:
        written = write_outbox(settings.outbox_path, edition, wanted, mail)
        return DeliveryReport(edition.edition_id), written
    if not settings.mail_from:
        raise DeliveryRefused("mail: expected a sender address in DEFLATION_MAIL_FROM, found none; set it, or use --dry-run")
    ledger = Ledger(ledger_path(settings))
    if retry:
        ledger.reopen(edition.edition_id, retry)
    report = deliver(edition, wanted, ledger, mail, clock=clock or (lambda: now(settings)), sleep=sleep, suppress=store.suppress)
    return report, []


def settle(settings: Settings, said: str) -> str:
    """Write what the operator knows of a delivery (``RECIPIENT=sent|refused``); returns a sentence. Raises ``ValueError``."""
    from reports.mail.delivery import DeliveryRefused
    from reports.mail.ledger import Ledger
    from reports.site import site

    recipient, _, state = said.partition("=")
    if state not in ("sent", "refused"):
        raise DeliveryRefused(f"--settle: expected RECIPIENT=sent or RECIPIENT=refused, found {said[:60]!r}")
    edition = site.load(settings.site_path)
    if not Ledger(ledger_path(settings)).decide(edition.edition_id, recipient, state, now(settings).isoformat()):
        raise DeliveryRefused(f"--settle: the ledger knows no delivery of edition {edition.edition_id} to {recipient[:40]!r}")
    return f"recipient {recipient}: {state}"


def accept_files(settings: Settings) -> None:
    """Take the ledger and the subscriber file as they are, after one was replaced or lost."""
    from reports.mail import identity

    identity.accept(ledger_path(settings))
    identity.accept(subscribers_path(settings))


def take_bounces(settings: Settings, raw: bytes) -> list[str]:
    """Feed mails that came back to the ledger and the subscribers; returns a sentence for each recipient."""
    from reports.mail.bounces import bounces
    from reports.mail.delivery import SUPPRESS_AFTER
    from reports.mail.ledger import Ledger, recipient_key
    from reports.mail.subscribers import Store

    ledger, store, said = Ledger(ledger_path(settings)), Store(subscribers_path(settings)), []
    for bounce in bounces(raw):
        who = recipient_key(bounce.address)
        known = ledger.bounced(who, now(settings).isoformat(), f"bounced {bounce.status}")
        gone = bool(known) and ledger.refusals(who) >= SUPPRESS_AFTER
        if gone:
            store.suppress(bounce.address, f"bounced {bounce.status}, {SUPPRESS_AFTER} issues in a row")
        said.append(
            f"recipient {who}: "
            + ("no delivery known" if not known else f"refused after all ({bounce.status})" + (", left alone from now on" if gone else ""))
        )
    return said


def write_outbox(folder: Path, edition: Edition, people: Sequence[Subscriber], mail: MailSettings) -> list[Path]:
    """Write one ``.eml`` file per message; the names hold no address."""
    from reports.mail.delivery import outgoing
    from reports.mail.ledger import recipient_key
    from reports.mail.message import compose

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    written = []
    for one in outgoing(edition, people, None, mail):
        message = compose(edition, one.person.profile, one.person, mail, body=one.body)
        name = f"{edition.edition_id}-{one.person.profile}-{recipient_key(one.person.address)[:12]}.eml"
        path = folder / name
        path.touch(mode=0o600)
        path.write_bytes(message.as_bytes())
        written.append(path)
    return written


def tell_channel(settings: Settings) -> dict[str, int]:
    """Post new alerts to the webhook, if one is set; raises ``WebhookFailed`` after the mails have gone out."""
    from reports.mail.ledger import Ledger
    from reports.mail.webhook import post_alerts
    from reports.site import site

    url = settings.webhook_url.get_secret_value()
    if not url:
        return {}
    return {"alerts_posted": post_alerts(site.load(settings.site_path), url, Ledger(ledger_path(settings)), settings.base_url)}


def deliver_with(settings: Settings) -> Callable[[], dict[str, int]] | None:
    """What the daily job's last asset calls: mails the edition and tells the channel; None where neither is set."""
    if not settings.smtp_host and not settings.webhook_url.get_secret_value():
        return None

    def deliver() -> dict[str, int]:
        counts: dict[str, int] = {}
        if settings.smtp_host:
            report, _ = send_latest(settings)
            counts = {**report.counts, "problems": len(report.problems), "unserved": len(report.waiting)}
        return counts | tell_channel(settings)

    return deliver
