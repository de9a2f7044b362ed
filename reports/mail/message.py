"""The message: what a recipient of a profile reads, composed from an edition.

Belongs here: text, HTML, pictures, attached data, headers, and which issue a message belongs to. Not here:
the talk with a server (``mail``), who wants it (``subscribers``), who has it (``ledger``).
"""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, parseaddr
from functools import cached_property
from typing import Any, Literal
from urllib.parse import quote

from markupsafe import Markup

from reports import charts, narrative, questions
from reports.facts import FactBook
from reports.inputs import Edition
from reports.mail.alerts import Alert, alerts
from reports.mail.subscribers import PROFILES, Subscriber, Thresholds, plain_address
from reports.page.render import environment
from reports.page.render import page as rendered_page
from reports.page.text import WIDTH
from reports.writing import drawing
from reports.writing.shown import Sentence, clean, safe_url, say

TOLD = {
    "daily": ("outlook", "floors", "who"),
    "weekly": ("outlook", "floors", "changed", "who", "record"),
    "alert": (),
}
"""The answers of the edition page whose first sentence a profile tells; the page has the rest."""
CHART = "fan"
"""The one picture of a brief or a digest."""
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
    unsubscribe_url: str = ""
    """An https address that takes RFC 8058 one-click posts (`deflation subscribers listen` behind a web server)."""
    timeout_s: float = 30.0

    @property
    def sender_address(self) -> str:
        """The address alone of ``Name <address>``."""
        return parseaddr(self.sender)[1] or self.sender

    @property
    def sender_name(self) -> str:
        """The display name, ``Deflation`` where none is set."""
        return parseaddr(self.sender)[0] or "Deflation"

    @property
    def domain(self) -> str:
        """The sender's domain, for Message-ID and List-Id."""
        return self.sender_address.rsplit("@", 1)[-1]


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
        """The attached report as message parts, encoded once for all recipients."""
        parts = []
        for name, raw in self.files:
            part = EmailMessage(policy=SMTP)
            part.set_content(raw, "text", "html", disposition="attachment", filename=name, params={"charset": "utf-8"})
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
    address, sender = plain_address(person.address), plain_address(settings.sender_address)
    made = body or prepare(edition, profile, settings, person.thresholds)
    by_mail = f"mailto:{quote(sender)}?subject={quote('unsubscribe ' + (person.token or address))}"
    one_click = safe_url(f"{settings.unsubscribe_url}?token={quote(person.token)}") if settings.unsubscribe_url and person.token else ""
    stop = one_click or by_mail
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((settings.sender_name, sender))
    message["To"] = address
    message["Subject"] = made.subject
    message["Date"] = format_datetime(sent_at or datetime.combine(edition.as_of, time(), UTC))
    seed = hashlib.sha256(f"{edition.edition_id} {profile} {made.subject} {address}".encode()).hexdigest()
    message["Message-ID"] = f"<{seed[:32]}@{settings.domain}>"
    message["List-Id"] = f"Deflation {TITLES[profile].lower()} <{profile}.deflation.{settings.domain}>"
    message["List-Unsubscribe"] = f"<{one_click}>, <{by_mail}>" if one_click else f"<{by_mail}>"
    if one_click:  # RFC 8058: the mail program posts this to the address above, without asking the reader anything else
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
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
    settings: MailSettings,
    limits: Thresholds = Thresholds(),
    raised: frozenset[str] | None = None,
) -> Body:
    """Render what a profile's recipients share. ``raised``: the keys of the alerts to tell of (None: all)."""
    if profile not in PROFILES:
        raise ValueError(f"profile: expected one of {', '.join(PROFILES)}, found {profile[:20]!r}")
    book = FactBook(edition)
    told = [a for a in alerts(book, limits) if raised is None or a.key in raised] if profile == "alert" else []
    chart = None if profile == "alert" else charts.ALL[CHART](book)
    page = safe_url(f"{settings.base_url.rstrip('/')}/editions/{edition.edition_id}/index.html") if settings.base_url else ""
    subject = _subject(book, profile, told)
    answers = [a for a in questions.answers(book) if a.key in TOLD[profile]]
    pace = questions.answers(book)[0].figures if profile != "alert" else ()
    shared: dict[str, Any] = {
        "subject": subject, "profile_title": TITLES[profile], "day": book.day(), "correction": narrative.correction(book), "headline": questions.headline(book),
        "seen": questions.seen(book), "alerts": [a.said for a in told], "figures": pace, "said": [*_because(book), *(a.said[0] for a in answers if a.said)],
    }  # fmt: skip
    html = environment().get_template("mail.html.j2").render(
        shared, preview=questions.seen(book), page_url=Markup.escape(page), unsubscribe=Markup(_UNSUBSCRIBE),
        image={"title": chart.title, "cid": Markup(_cid(edition, CHART)), "alt": chart.alt} if chart else None,
    )  # fmt: skip
    return Body(
        subject=clean(str(subject), 180),
        text=_text(shared, chart, page),
        html=html,
        images=((_cid(edition, CHART), drawing.png(chart)),) if chart else (),
        files=() if page else (("report.html", rendered_page(edition).encode()),),
        books=(book,),
    )


def _because(book: FactBook) -> list[Sentence]:
    """Why measures point in opposite directions, where they do: never one without the other."""
    ways = set(questions.pace.directions(book).values())
    return [questions.pace.because(book)] if {"fell", "rose"} <= ways else []


def _text(shared: dict[str, Any], chart: drawing.Chart | None, page: str) -> str:
    """The same words as the HTML part, with what the picture shows."""
    lines = [
        f"DEFLATION   {shared['profile_title']}, {shared['day']}",
        "",
        *filter(None, [str(shared["correction"])]),
        str(shared["headline"]),
        str(shared["seen"]),
        "",
    ]
    lines += [f"* {alert}" for alert in shared["alerts"]]
    lines += [f"  {f.label:<34} {f.said}  ({f.detail})" for f in shared["figures"]]
    lines += ["", *map(str, shared["said"])]
    if chart:
        lines += ["", f"[{chart.alt}]"]
    lines += ["", f"Open the report: {page}" if page else "The report is attached.", f"Unsubscribe: {_UNSUBSCRIBE}"]
    return "\n".join(textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False, subsequent_indent="  " if line[:1] in " *" else "")
                     for line in lines) + "\n"  # fmt: skip


def issue_of(edition: Edition, profile: str, raised: Iterable[str] = ()) -> str:
    """What a recipient must get once: the day's brief, the week's digest, these alerts, a correction that
    changes a headline figure. Another build of the same day is none of these and is not mailed again.
    """
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
    return say("{c}Deflation {w}{d}: {h}", c=lead, w=week, d=book.meta("as_of"), h=questions.short(book))


def _cid(edition: Edition, name: str) -> str:
    return f"{name}.{edition.edition_id}@deflation"
