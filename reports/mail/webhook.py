"""Alerts to a chat channel: one POST of Slack-compatible JSON, once for each thing that holds.

Belongs here: the message, the request, and remembering what the channel was told (in the mail's ledger, under a hash of
the address). Not here: what is worth an alert (``alerts``). The address is a secret: no error repeats it. Only https is
spoken, except to this very machine; redirects are refused, so that alerts go where the operator said.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from reports.facts import FactBook
from reports.inputs import Edition
from reports.mail.alerts import Alert, alerts
from reports.mail.ledger import Ledger
from reports.mail.subscribers import Thresholds
from reports.page.shown import clean, say

TIMEOUT_S = 15.0
TOLD_AT_ONCE = 20
"""Alerts in one message; a longer list is counted, never dropped in silence."""


class WebhookFailed(RuntimeError):
    """The channel did not take the message; nothing is remembered, so the next run tells it again."""


def post_alerts(edition: Edition, url: str, ledger: Ledger, base_url: str = "", limits: Thresholds = Thresholds()) -> int:
    """Tell the channel of the alerts that it does not know; returns how many. Raises ``WebhookFailed``."""
    book, who = FactBook(edition), "webhook-" + hashlib.sha256(url.encode()).hexdigest()[:24]
    holding = alerts(book, limits)
    known = ledger.alerted(who)
    fresh = [a for a in holding if a.key not in known]
    if fresh:
        _post(url, payload(book, fresh, base_url))
    ledger.remember_alerts(who, {a.key for a in holding}, edition.edition_id)
    return len(fresh)


def payload(book: FactBook, told: list[Alert], base_url: str = "") -> dict[str, Any]:
    """The message: ``text`` for notifications, ``blocks`` for the channel, in Slack's mark-up with names escaped."""
    lines = [f"• {_escaped(str(a.said))}" for a in told[:TOLD_AT_ONCE]]
    if len(told) > TOLD_AT_ONCE:
        lines.append(f"… and {len(told) - TOLD_AT_ONCE} more")
    title = str(say("Deflation alert, {d}", d=book.day()))
    blocks: list[dict[str, Any]] = [{"type": "header", "text": {"type": "plain_text", "text": title}}]
    blocks += [{"type": "section", "text": {"type": "mrkdwn", "text": chunk}} for chunk in _chunks(lines)]
    if base_url:
        link = f"{base_url.rstrip('/')}/editions/{book.edition.edition_id}/index.html"
        blocks.append(
            {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Open the report"}, "url": link}]}
        )
    return {"text": f"{title}: {clean(str(told[0].said), 240)}" if told else title, "blocks": blocks}


def _chunks(lines: list[str], limit: int = 2900) -> list[str]:
    """Lines joined into texts that a block may hold (Slack: 3,000 signs)."""
    out = [""]
    for line in lines:
        if len(out[-1]) + len(line) + 1 > limit:
            out.append("")
        out[-1] = f"{out[-1]}\n{line}" if out[-1] else line[:limit]
    return out


def _escaped(text: str) -> str:
    """Names stay text: no link, mention or broadcast (``<!channel>``) comes from them."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """No redirect is followed."""
        return None


def _post(url: str, message: dict[str, Any]) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_here(parts.hostname or "")):
        raise WebhookFailed("webhook: expected an https address in DEFLATION_WEBHOOK_URL, found another; set it again")
    request = urllib.request.Request(
        url, json.dumps(message).encode(), {"Content-Type": "application/json", "User-Agent": "deflation"}, method="POST"
    )
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=TIMEOUT_S) as answer:
            answer.read(4096)
    except urllib.error.HTTPError as error:
        raise WebhookFailed(
            f"webhook: the channel answered {error.code}; check that the address is still valid, the next run tells it again"
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise WebhookFailed(f"webhook: not reached ({type(reason).__name__}); the next run tells it again") from None


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
