"""Alerts to a chat channel: one POST of Slack-compatible JSON, once for each thing that holds.

Belongs here: the message, and remembering what the channel was told (in the mail's ledger, under a hash of the address).
Not here: what is worth an alert (``alerts``), how an address is told (``sources.fetching.post``).
"""

from __future__ import annotations

import hashlib
from typing import Any

from reports.facts import FactBook
from reports.inputs import Edition
from reports.mail.alerts import Alert, alerts
from reports.mail.ledger import Ledger
from reports.mail.subscribers import Thresholds
from reports.writing.shown import clean, say
from sources.fetching.post import NotTold, post_json

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
        try:
            post_json(url, payload(book, fresh, base_url))
        except NotTold as error:
            raise WebhookFailed(f"webhook: {error}; check DEFLATION_WEBHOOK_URL, the next run tells it again") from None
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
