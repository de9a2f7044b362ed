"""The message: what a recipient of a profile reads, composed from an edition.

Belongs here: text, HTML, pictures, attached data, headers, and which issue a message belongs to. Not here:
the talk with a server (``mail``), who wants it (``subscribers``), who has it (``ledger``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cached_property
from typing import Any, Literal
from urllib.parse import quote

from markupsafe import Markup

from reports import narrative
from reports.facts import FactBook
from reports.inputs import Edition
from reports.mail.alerts import Alert, alerts
from reports.mail.subscribers import PROFILES, Subscriber, Thresholds, plain_address
from reports.page import drawing, tables
from reports.page.shown import Sentence, clean, join, safe_url, say
from reports.page.text import text_and_book
from reports.sections import sections

HTML_LIMIT = 80_000
"""Bytes; Gmail clips HTML at about 102 kB."""
SECTIONS = {
    "daily": ("outlook", "changed", "events", "decline", "decomposition", "health", "unknown"),
    "weekly": ("outlook", "changed", "events", "indices", "tasks", "decline", "decomposition", "hardware", "viability", "jevons", "claims", "record", "health", "unknown"),
    "alert": ("events", "health"),
}  # fmt: skip
PICTURES = {
    "daily": ("fan", "decline", "decomposition"),
    "weekly": ("fan", "ladder", "indices", "decline", "decomposition", "hardware"),
    "alert": (),
}
TITLES = {"daily": "Daily brief", "weekly": "Weekly digest", "alert": "Alert"}
_UNSUBSCRIBE = "mailto:unsubscribe-goes-here"


@dataclass(frozen=True)
class MailSettings:
    """How and as whom to send; ``user`` empty means no login. The password is not shown by ``repr``."""

    sender: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)
    tls: Literal["none", "starttls", "tls"] = "starttls"
    ca_file: str = ""
    base_url: str = ""
    timeout_s: float = 30.0

    @property
    def domain(self) -> str:
        """The sender's domain, for Message-ID and List-Id."""
        return self.sender.rsplit("@", 1)[-1]


@dataclass(frozen=True, eq=False)
class Body:
    """What all recipients of a profile share."""

    subject: str
    text: str
    html: str
    images: tuple[tuple[str, bytes], ...]
    files: tuple[tuple[str, bytes], ...]
    books: tuple[FactBook, ...] = ()

    @cached_property
    def image_parts(self) -> list[EmailMessage]:
        """The pictures as message parts, encoded once for all recipients."""
        parts = []
        for cid, png in self.images:
            part = EmailMessage(policy=SMTP)
            name = f"{cid.split('@')[0]}.png"
            part.set_content(png, "image", "png", cid=f"<{cid}>", disposition="inline", filename=name)
            del part["MIME-Version"]
            parts.append(part)
        return parts

    @cached_property
    def file_parts(self) -> list[EmailMessage]:
        """The attached tables as message parts, encoded once for all recipients."""
        parts = []
        for name, raw in self.files:
            part = EmailMessage(policy=SMTP)
            part.set_content(raw, "text", "csv", disposition="attachment", filename=name, params={"charset": "utf-8"})
            del part["MIME-Version"]
            parts.append(part)
        return parts


def compose(
    edition: Edition, profile: str, recipient: Subscriber | str, settings: MailSettings,
    sent_at: datetime | None = None, body: Body | None = None,
) -> EmailMessage:  # fmt: skip
    """One message to one recipient; the same arguments give the same bytes.

    ``sent_at`` (UTC) is the Date header, by default the edition's midnight. Raises ``AddressRefused`` for an
    address that is not one plain address (a line break would add headers).
    """
    person = recipient if isinstance(recipient, Subscriber) else Subscriber(recipient, profile)
    address, sender = plain_address(person.address), plain_address(settings.sender)
    made = body or prepare(edition, profile, settings.base_url, person.thresholds)
    stop = f"mailto:{quote(sender)}?subject={quote('unsubscribe ' + (person.token or address))}"
    message = EmailMessage(policy=SMTP)
    message["From"] = f"Deflation <{sender}>"
    message["To"] = address
    message["Subject"] = made.subject
    message["Date"] = format_datetime(sent_at or datetime.combine(edition.as_of, time(), UTC))
    seed = hashlib.sha256(f"{edition.edition_id} {profile} {made.subject} {address}".encode()).hexdigest()
    message["Message-ID"] = f"<{seed[:32]}@{settings.domain}>"
    message["List-Id"] = f"Deflation {TITLES[profile].lower()} <{profile}.deflation.{settings.domain}>"
    message["List-Unsubscribe"] = f"<{stop}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["X-Deflation-Edition"] = edition.edition_id
    message.set_content(made.text.replace(_UNSUBSCRIBE, stop), cte="quoted-printable")
    message.add_alternative(made.html.replace(_UNSUBSCRIBE, stop), subtype="html", cte="quoted-printable")
    if made.images:
        related: Any = list(message.iter_parts())[1]
        related.make_related()
        for picture in made.image_parts:
            related.attach(picture)
    message.make_mixed()
    for attached in made.file_parts:
        message.attach(attached)
    for n, part in enumerate(p for p in message.walk() if p.is_multipart()):
        part.set_boundary(f"=_{seed[32:56]}_{n}")
    return message


def prepare(
    edition: Edition,
    profile: str,
    base_url: str = "",
    limits: Thresholds = Thresholds(),
    raised: frozenset[str] | None = None,
) -> Body:
    """Render what a profile's recipients share. ``raised``: the keys of the alerts to tell of (None: all)."""
    if profile not in PROFILES:
        raise ValueError(f"profile: expected one of {', '.join(PROFILES)}, found {profile[:20]!r}")
    from reports.page.render import draw_all

    book = FactBook(edition)
    told = [a for a in alerts(book, limits) if raised is None or a.key in raised] if profile == "alert" else []
    drawn = draw_all(book) if PICTURES[profile] else {}
    charts = {name: drawn[name] for name in PICTURES[profile] if name in drawn}
    page = safe_url(f"{base_url.rstrip('/')}/editions/{edition.edition_id}/index.html") if base_url else ""
    subject = _subject(book, profile, told)
    context = _context(book, profile, told, charts) | {
        "subject": subject,
        "page_url": Markup.escape(page),
        "unsubscribe": Markup(_UNSUBSCRIBE),
    }
    html = _fit(context)
    text, text_book = text_and_book(edition, only=SECTIONS[profile])
    notices = "".join(f"* {a.said}\n" for a in told)
    footer = f"\nThe full report: {page}\n" if page else "\n"
    return Body(
        subject=clean(str(subject), 180),
        text=(f"ALERT\n{notices}\n" if notices else "") + text + footer + f"To unsubscribe: {_UNSUBSCRIBE}\n",
        html=html,
        images=tuple((_cid(edition, name), drawing.png(chart)) for name, chart in charts.items()),
        files=(("figures.csv", tables.csv_bytes(edition.facts.drop("sql", "inputs"))), ("price_events.csv", tables.csv_bytes(edition.mart("price_events")))),
        books=(book, text_book),
    )  # fmt: skip


def issue_of(edition: Edition, profile: str, raised: Iterable[str] = ()) -> str:
    """What a recipient must get once: the day's brief, the week's digest, these alerts, a correction that
    changes a headline figure. Another build of the same day is none of these and is not mailed again."""
    headline = edition.changes["fact_id"].drop_nulls().to_list()
    material = edition.corrects and any(f.startswith("headline.") and not f.endswith("_previous") for f in headline)
    correction = f" correction {edition.edition_id}" if material else ""
    if profile == "weekly":
        year, week, _day = edition.as_of.isocalendar()
        return f"weekly {year}-W{week:02d}{correction}"
    if profile == "alert":
        keys = hashlib.sha256("\n".join(sorted(raised)).encode()).hexdigest()[:16]
        return f"alert {edition.as_of.isoformat()} {keys}"
    return f"daily {edition.as_of.isoformat()}{correction}"


def _subject(book: FactBook, profile: str, told: list[Alert]) -> Sentence:
    if profile == "alert":
        more = say(" and more") if len(told) > 1 else Sentence(())
        lead = say("{s}{m}", s=told[0].said, m=more) if told else say("nothing to report")
        return say("Deflation alert {d}: {l}", d=book.meta("as_of"), l=lead)
    lead = say("Correction: ") if book.edition.corrects else Sentence(())
    week = say("weekly ") if profile == "weekly" else Sentence(())
    return say("{c}Deflation {w}{d}: {h}", c=lead, w=week, d=book.meta("as_of"), h=narrative.headline_short(book))


def _context(book: FactBook, profile: str, told: list[Alert], charts: dict[str, drawing.Chart]) -> dict[str, Any]:
    from reports.page.render import key_figures, standfirst

    views = []
    for section in sections(book):
        if section.key not in SECTIONS[profile]:
            continue
        images = [
            {"title": charts[c].title, "cid": Markup(_cid(book.edition, c)), "alt": charts[c].alt}
            for c in section.charts
            if c in charts
        ]
        made = [{"caption": t.caption, "table": t} for t in section.tables if not t.folded and len(t.columns) <= 9]
        views.append(
            {
                "title": section.title,
                "said": section.said,
                "missing": section.missing,
                "images": images,
                "notes": section.legend if images else (),
                "tables": made,
            }
        )
    return {
        "profile_title": TITLES[profile], "day": book.day(), "correction": narrative.correction(book), "headline": narrative.headline(book),
        "preview": join([narrative.frontier(book), narrative.forecast(book)]), "standfirst": standfirst(book) if profile != "alert" else Sentence(()),
        "alerts": [a.said for a in told], "key_figures": key_figures(book), "sections": views,
        "vintage": book.meta("vintage"), "edition_id": book.meta("edition_id"),
    }  # fmt: skip


def _fit(context: dict[str, Any]) -> str:
    """Render, with fewer table rows until the HTML is below ``HTML_LIMIT``."""
    from reports.page.render import environment

    template = environment().get_template("mail.html.j2")
    html = ""
    for limit in (12, 6, 3, 0):
        views = []
        for view in context["sections"]:
            made = (
                [{"caption": t["caption"], "html": tables.mail_html(t["table"], limit)} for t in view["tables"]]
                if limit
                else []
            )
            views.append(view | {"tables": made})
        html = template.render(context | {"sections": views})
        if len(html.encode()) < HTML_LIMIT:
            break
    return html


def _cid(edition: Edition, name: str) -> str:
    return f"{name}.{edition.edition_id}@deflation"
