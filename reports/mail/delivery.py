"""Delivery: at most once to each recipient.

Belongs here: who is to get which message now, claiming and settling each one, trying again, and the report of
what was not delivered. Not here: the talk with the server (``mail``), what a message holds (``message``), who
wants it (``subscribers``), who has it already (``ledger``). No address enters a log, an error or a report:
recipients appear as the ledger's key.

A claim is made before the server hears of a recipient. What the server certainly did not take (a refusal, a
connection that died before the end of the message was sent) may be tried again; what it may have taken (the
connection died after the end was sent) is "unknown" and never sent again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from reports.facts import FactBook
from reports.inputs import Edition
from reports.mail.alerts import alerts
from reports.mail.ledger import Ledger, recipient_key
from reports.mail.mail import ATTEMPTS, Connection, DeliveryRefused, Refused, TryLater, Unknown, pause_s
from reports.mail.message import Body, MailSettings, compose, issue_of, prepare
from reports.mail.subscribers import AddressRefused, Subscriber, plain_address
from reports.writing.shown import clean

UNSERVED = "not served by an earlier run"
WAITING = {
    "claimed": "an earlier run died while sending, nobody knows whether it arrived: `deflation send --retry claimed`, or --settle",
    "unknown": "the connection died after the mail was handed over, it may have arrived: `deflation send --retry unknown`, or --settle",
    "refused": "the server refused it for good: mend the cause, then `deflation send --retry refused`",
}
"""What an earlier run left open, and the operator's choice; none of it is "already"."""
SUPPRESS_AFTER = 3
"""Permanent refusals of an address, issue after issue, before it is left alone."""


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
    waiting: list[str] = field(default_factory=list)
    """Recipients of this edition whom no run has served and none will by itself, each in a sentence."""
    refused_people: list[Subscriber] = field(default_factory=list, repr=False)

    @property
    def complete(self) -> bool:
        """Whether everyone who should have the edition has it."""
        return not self.problems and not self.waiting

    def __str__(self) -> str:
        names = ("sent", "already", "deferred", "refused", "unknown", "claimed", "elsewhere", "suppressed", "not tried")
        said = ", ".join(f"{self.counts[n]} {n}" for n in names if self.counts[n]) or "nobody to send to"
        return f"edition {self.edition_id}: {said}"


def outgoing(edition: Edition, subscribers: Iterable[Subscriber], ledger: Ledger | None, settings: MailSettings) -> list[Outgoing]:
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
            bodies[key] = prepare(edition, person.profile, settings, person.thresholds, fresh or None)
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
    plain_address(settings.sender_address)
    report = DeliveryReport(edition.edition_id)
    waiting = outgoing(edition, subscribers, ledger, settings)
    if not waiting:
        return report
    reached = 0
    with ledger.sending(), Connection(settings, sleep) as server:
        for attempt in range(ATTEMPTS):
            if attempt:
                sleep(pause_s(attempt))
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
    server: Connection,
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
        known = ledger.state(one.issue, who)
        return ("already", "") if known == "sent" else (known, "" if known == "elsewhere" else UNSERVED)
    state, reason = "sent", ""
    try:
        server.send(settings.sender_address, plain_address(one.person.address), raw)
    except TryLater as error:
        state, reason = "deferred", str(error)
    except Refused as error:
        state, reason = "refused", str(error)
    except Unknown as error:
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
    if reason == UNSERVED:
        report.waiting.append(f"recipient {recipient_key(one.person.address)}: {WAITING[state]}")
    elif state in ("deferred", "refused", "unknown"):
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
