"""Delivery: at most once to each recipient, over SMTP.

Belongs here: the talk with the server (the only user of ``smtplib``), back-off, and the report of what was
not delivered. Not here: what a message holds (``message``), who wants it (``subscribers``), who has it already
(``ledger``). No address and no secret enters a log, an error or a report: recipients appear as the ledger's
key, and a server's words are stripped of addresses.

A claim is made before the server hears of a recipient. What the server certainly did not take (a refusal, a
connection that died before the end of the message was sent) may be tried again; what it may have taken (the
connection died after the end was sent) is "unknown" and never sent again.
"""

from __future__ import annotations

import re
import select
import smtplib
import ssl
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from reports.alerts import alerts
from reports.facts import FactBook
from reports.inputs import Edition
from reports.ledger import Ledger, recipient_key
from reports.message import Body, MailSettings, compose, issue_of, prepare
from reports.shown import clean
from reports.subscribers import AddressRefused, Subscriber, plain_address

__all__ = [
    "Body",
    "DeliveryRefused",
    "DeliveryReport",
    "MailSettings",
    "Outgoing",
    "compose",
    "deliver",
    "outgoing",
    "prepare",
]

ATTEMPTS = 4
"""Tries per run for what is refused for now: at once, then after 5, 20 and 80 seconds."""
SUPPRESS_AFTER = 3
"""Permanent refusals of an address, issue after issue, before it is left alone."""
MESSAGES_PER_CONNECTION = 200


class DeliveryRefused(RuntimeError):
    """The server cannot be used at all (not found, no TLS, wrong password, sender refused)."""


class _TryLater(RuntimeError):
    """The server did not take this message, certainly, and might later."""


class _Refused(RuntimeError):
    """The server will not take this message."""


class _Unknown(RuntimeError):
    """The server may have taken this message."""


@dataclass(frozen=True)
class Outgoing:
    """One message to be sent: to whom, as which issue, with which shared body."""

    person: Subscriber
    issue: str
    body: Body
    alert_keys: frozenset[str] = frozenset()
    """All alerts that hold for this person now, told before or not."""


@dataclass
class DeliveryReport:
    """What became of each recipient: counts by state, and a sentence for everything not delivered."""

    edition_id: str
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    refused_people: list[Subscriber] = field(default_factory=list, repr=False)

    @property
    def complete(self) -> bool:
        """Whether everyone who should have the edition has it."""
        return not self.problems

    def __str__(self) -> str:
        names = ("sent", "already", "deferred", "refused", "unknown", "suppressed", "not tried")
        said = ", ".join(f"{self.counts[n]} {n}" for n in names if self.counts[n]) or "nobody to send to"
        return f"edition {self.edition_id}: {said}"


def outgoing(
    edition: Edition, subscribers: Iterable[Subscriber], ledger: Ledger | None, base_url: str = ""
) -> list[Outgoing]:
    """Who is to get which message now; bodies are rendered once per profile (and set of alerts)."""
    bodies: dict[tuple[str, frozenset[str]], Body] = {}
    book, chosen = FactBook(edition), []
    for person in subscribers:
        holding: frozenset[str] = frozenset()
        fresh: frozenset[str] = frozenset()
        if person.profile == "alert":
            holding = frozenset(a.key for a in alerts(book, person.thresholds))
            fresh = holding - (ledger.alerted(recipient_key(person.address)) if ledger else set())
            if not fresh:
                if ledger:
                    ledger.remember_alerts(recipient_key(person.address), set(holding), str(edition.as_of))
                continue
        key = (person.profile, fresh)
        if key not in bodies:
            bodies[key] = prepare(edition, person.profile, base_url, person.thresholds, fresh or None)
        chosen.append(Outgoing(person, issue_of(edition, person.profile, fresh), bodies[key], holding))
    return chosen


def deliver(
    edition: Edition, subscribers: Iterable[Subscriber], ledger: Ledger, settings: MailSettings, *,
    clock: Callable[[], datetime], sleep: Callable[[float], None], suppress: Callable[[str, str], None] = lambda _address, _reason: None,
) -> DeliveryReport:  # fmt: skip
    """Send the edition to everyone who does not have it.

    ``clock`` gives UTC-aware times, ``sleep`` waits seconds between tries, ``suppress(address, reason)`` is
    told of addresses that refuse for good (``subscribers.Store.suppress``). Raises ``DeliveryRefused`` where
    the server cannot be used; whoever was not reached then has no claim and gets it on the next run.
    """
    plain_address(settings.sender)
    report = DeliveryReport(edition.edition_id)
    waiting = outgoing(edition, subscribers, ledger, settings.base_url)
    if not waiting:
        return report
    reached = 0
    with _Connection(settings, sleep) as server:
        for attempt in range(ATTEMPTS):
            if attempt:
                sleep(5.0 * 4.0 ** (attempt - 1))
            later: list[Outgoing] = []
            for n, one in enumerate(waiting):
                try:
                    state, reason = _send_one(edition, one, ledger, settings, server, clock)
                except DeliveryRefused as error:
                    if not reached:
                        raise
                    later = []
                    report.counts["not tried"] += len(waiting) - n
                    report.problems.append(f"{len(waiting) - n} recipients not tried, will be on the next run: {error}")
                    break
                reached += state == "sent"
                if state == "deferred" and attempt < ATTEMPTS - 1:
                    later.append(one)
                    continue
                _record(report, one, state, reason)
            waiting = later
            if not waiting:
                break
    _suppress(report, ledger, suppress, reached)
    return report


def _send_one(
    edition: Edition,
    one: Outgoing,
    ledger: Ledger,
    settings: MailSettings,
    server: _Connection,
    clock: Callable[[], datetime],
) -> tuple[str, str]:
    """Claim, send, settle; returns the state and the server's reason."""
    who = recipient_key(one.person.address)
    try:
        message = compose(edition, one.person.profile, one.person, settings, clock(), one.body)
        raw = message.as_bytes()
    except (AddressRefused, ValueError) as error:
        return "refused", f"message: {clean(str(error), 160)}"
    server.ready()
    if not ledger.claim(one.issue, who, edition.edition_id, clock().isoformat()):
        return "already", ""
    state, reason = "sent", ""
    try:
        server.send(settings.sender, plain_address(one.person.address), raw)
    except _TryLater as error:
        state, reason = "deferred", str(error)
    except _Refused as error:
        state, reason = "refused", str(error)
    except _Unknown as error:
        state, reason = "unknown", str(error)
    except DeliveryRefused as error:
        ledger.settle(one.issue, who, "deferred", clock().isoformat(), str(error))
        raise
    ledger.settle(one.issue, who, state, clock().isoformat(), reason)
    if state == "sent" and one.person.profile == "alert":
        ledger.remember_alerts(who, set(one.alert_keys), one.issue)
    return state, reason


def _record(report: DeliveryReport, one: Outgoing, state: str, reason: str) -> None:
    report.counts[state] += 1
    if state in ("deferred", "refused", "unknown"):
        words = {
            "deferred": "not delivered, will be tried on the next run",
            "refused": "refused for good",
            "unknown": "outcome unknown, will not be sent again",
        }
        report.problems.append(f"recipient {recipient_key(one.person.address)}: {words[state]}: {reason}")
        if state == "refused" and reason.startswith("recipient"):
            report.refused_people.append(one.person)


def _suppress(report: DeliveryReport, ledger: Ledger, suppress: Callable[[str, str], None], reached: int) -> None:
    """Leave addresses alone that refused too often; not when nobody at all was accepted: then it is us."""
    people = report.refused_people
    if not reached and len(people) > 1:
        return
    for person in people:
        if ledger.refusals(recipient_key(person.address)) >= SUPPRESS_AFTER:
            suppress(person.address, f"refused {SUPPRESS_AFTER} times")
            report.counts["suppressed"] += 1


class _Connection:
    """One SMTP session that is opened when needed, renewed now and then, and always closed."""

    def __init__(self, settings: MailSettings, sleep: Callable[[float], None]) -> None:
        self._settings, self._sleep = settings, sleep
        self._server: smtplib.SMTP | None = None
        self._sent = 0

    def __enter__(self) -> _Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def ready(self) -> None:
        """Have a session, before anything is claimed. Raises ``DeliveryRefused``."""
        if self._server is not None and self._sent >= MESSAGES_PER_CONNECTION:
            self._close()
        if self._server is None:
            self._server, self._sent = self._connect(), 0

    def send(self, sender: str, recipient: str, raw: bytes) -> None:
        """Hand over one message, or say exactly how far it got."""
        assert self._server is not None
        self._sent += 1
        try:
            self._envelope(sender, recipient)
            self._server.send(_dotted(raw))
            if self._server.sock and select.select([self._server.sock], [], [], 0)[0]:
                # A server that speaks before the end has given up on the message, or is gone.
                code, words = self._server.getreply()
                self._close()
                raise _TryLater(f"message: {code} {redact(words)} before its end")
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self._close()
            raise _TryLater(f"connection: lost before the message was complete ({type(error).__name__})") from error
        try:
            self._server.send(b".\r\n")
            code, words = self._server.getreply()
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self._close()
            raise _Unknown(f"connection: lost after the message was complete ({type(error).__name__})") from error
        _check(code, words, "message")

    def _envelope(self, sender: str, recipient: str) -> None:
        assert self._server is not None
        code, words = self._server.mail(sender)
        if code >= 500:
            self._server.rset()
            raise DeliveryRefused(
                f"SMTP server: expected to accept the sender, answered {code} {redact(words)}; check DEFLATION_MAIL_FROM and the login"
            )
        self._accept(code, words, "sender")
        self._accept(*self._server.rcpt(recipient), "recipient")
        code, words = self._server.docmd("DATA")
        if code != 354:
            self._accept(code if code >= 400 else 451, words, "message")

    def _accept(self, code: int, words: bytes, stage: str) -> None:
        try:
            _check(code, words, stage)
        except (_TryLater, _Refused):
            if code == 421:
                self._close()
            elif self._server is not None:
                self._server.rset()
            raise

    def _connect(self) -> smtplib.SMTP:
        for attempt in range(ATTEMPTS):
            if attempt:
                self._sleep(5.0 * 4.0 ** (attempt - 1))
            try:
                return _open(self._settings)
            except smtplib.SMTPConnectError as error:
                failure = f"answered {error.smtp_code} {redact(error.smtp_error)}"
                if error.smtp_code >= 500:
                    break
            except ssl.SSLCertVerificationError as error:
                failure = f"its certificate is not trusted ({error.verify_message}); set DEFLATION_SMTP_CA_FILE for a private authority"
                break
            except smtplib.SMTPAuthenticationError as error:
                failure = f"refused the login with {error.smtp_code} {redact(error.smtp_error)}"
                if error.smtp_code >= 500:
                    break
            except smtplib.SMTPNotSupportedError as error:
                failure = f"does not offer what the settings ask for ({error})"
                break
            except (smtplib.SMTPException, OSError) as error:
                failure = f"{type(error).__name__}: {redact(str(error))}"
        raise DeliveryRefused(
            f"SMTP server {self._settings.host}:{_port(self._settings)}: expected a session, but it {failure}. "
            "Nothing was sent to those who have no mail yet; check the DEFLATION_SMTP_ settings"
        )

    def _close(self) -> None:
        if self._server is not None:
            try:
                self._server.quit()
            except (smtplib.SMTPException, OSError):
                self._server.close()
            self._server = None


def _open(settings: MailSettings) -> smtplib.SMTP:
    """Connect, secure, log in. A login never crosses a line in the clear, but for this machine itself."""
    if settings.user and settings.tls == "none" and settings.host not in ("127.0.0.1", "::1", "localhost"):
        raise smtplib.SMTPNotSupportedError("a password without TLS; set DEFLATION_SMTP_TLS to starttls or tls")
    # create_default_context verifies the certificate and the name; starttls() without one accepts anything.
    context = ssl.create_default_context(cafile=settings.ca_file or None)
    port, wait = _port(settings), settings.timeout_s
    server = (
        smtplib.SMTP_SSL(settings.host, port, timeout=wait, context=context)
        if settings.tls == "tls"
        else smtplib.SMTP(settings.host, port, timeout=wait)
    )
    try:
        if settings.tls == "starttls":
            server.starttls(context=context)
        server.ehlo_or_helo_if_needed()
        if settings.user:
            server.login(settings.user, settings.password)
    except BaseException:
        server.close()
        raise
    return server


def _port(settings: MailSettings) -> int:
    return settings.port or {"tls": 465, "starttls": 587, "none": 25}[settings.tls]


def _check(code: int, words: bytes, stage: str) -> None:
    if 200 <= code < 400:
        return
    said = f"{stage}: {code} {redact(words)}"
    raise _Refused(said) if code >= 500 else _TryLater(said)


def _dotted(raw: bytes) -> bytes:
    """The message with CRLF line ends and leading dots doubled (RFC 5321, 4.5.2), without the final dot."""
    lines = re.sub(rb"\r?\n", b"\r\n", raw)
    lines = re.sub(rb"(?m)^\.", b"..", lines)
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def redact(words: bytes | str) -> str:
    """A server's words without addresses, on one line."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return clean(re.sub(r"[^\s<>()\[\],;:\"']+@[^\s<>()\[\],;:\"']+", "<address>", text), 160)
