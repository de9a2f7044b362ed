"""What the operator is told without asking: a failed run, sources that died, a mail nobody got; and a heartbeat.

By webhook (``DEFLATION_OPERATOR_WEBHOOK_URL``; the JSON a Slack-compatible hook takes), by mail (``DEFLATION_OPERATOR_MAIL``) and by
a ping after each good run (``DEFLATION_HEARTBEAT_URL``), whose absence somebody else notices. Telling never stops a run.
"""

from __future__ import annotations

import logging
from email.message import EmailMessage

from pipelines.operation.condition import Finding, status
from pipelines.settings import Settings

LOG = logging.getLogger(__name__)


def after_run(settings: Settings, reason: str = "") -> list[str]:
    """Tell the operator how a run ended (``reason`` of the failure, or empty) and what is not well; returns what was said.

    What cannot be told is logged and never raised.
    """
    if not (settings.operator_webhook_url.get_secret_value() or settings.operator_mail or settings.heartbeat_url.get_secret_value()):
        return []
    wrong = [f"the run failed: {reason}; yesterday's report stays"] if reason else []
    wrong += [_line(f) for f in _findings(settings) if not f.well and not (reason and f.topic in ("last run", "published"))]
    if wrong:
        _tell(settings, wrong)
    if not reason and settings.heartbeat_url.get_secret_value():
        _try(lambda: _post().ping(settings.heartbeat_url.get_secret_value()), "heartbeat")
    return wrong


def _findings(settings: Settings) -> list[Finding]:
    try:
        return status(settings)
    except Exception as error:  # a look at the state must not hide the failure that is to be told
        LOG.exception("the state could not be looked at")
        return [Finding("status", False, f"could not be looked at: {type(error).__name__}: {error}", "deflation status")]


def _line(finding: Finding) -> str:
    return f"{finding.topic}: {finding.found}" + (f" ({finding.remedy})" if finding.remedy else "")


def _tell(settings: Settings, lines: list[str]) -> None:
    text = "deflation needs you\n" + "\n".join(f"- {line}" for line in lines)
    if settings.operator_webhook_url.get_secret_value():
        _try(lambda: _post().post_json(settings.operator_webhook_url.get_secret_value(), {"text": text}), "webhook")
    if settings.operator_mail and settings.smtp_host:
        _try(lambda: _mail(settings, text), "operator mail")


def _mail(settings: Settings, text: str) -> None:
    import time

    from pipelines.delivery import mail_settings
    from reports.mail.mail import Connection
    from reports.mail.subscribers import plain_address

    mail = mail_settings(settings)
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "deflation needs you", mail.sender_address, plain_address(settings.operator_mail)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text + "\n")
    with Connection(mail, time.sleep) as server:
        server.ready()
        server.send(mail.sender_address, plain_address(settings.operator_mail), message.as_bytes())


def _post():  # type: ignore[no-untyped-def]
    from sources.fetching import post

    return post


def _try(tell, what: str) -> None:  # type: ignore[no-untyped-def]
    try:
        tell()
    except Exception as error:  # whatever the operator's own server does, the run is over and its result stands
        LOG.error("%s: %s", what, error)
