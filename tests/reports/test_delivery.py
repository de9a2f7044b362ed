"""Delivery against a real SMTP server: TLS, login, refusals, deaths, two schedulers, a thousand recipients."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import editions
import polars as pl
import pytest
import smtp_server
from smtp_server import PASSWORD, USER, Inbox

from reports.inputs import Edition
from reports.mail import identity, mail
from reports.mail.bounces import bounces
from reports.mail.delivery import deliver
from reports.mail.ledger import Ledger, LedgerUnusable, recipient_key
from reports.mail.mail import DeliveryRefused
from reports.mail.message import MailSettings
from reports.mail.subscribers import Store, Subscriber, SubscribersUnusable

SENDER = "reports@deflation.example"


def clock() -> datetime:
    return datetime(2026, 11, 22, 6, 30, tzinfo=UTC)


def small_edition() -> Edition:
    return Edition(editions.AS_OF, "v-small", editions.facts().head(3), {})


def people(*names: str) -> list[Subscriber]:
    return [Subscriber(f"{n}@example.org", token="t" * 20) for n in names]


@pytest.fixture
def served(request):
    """Start servers that stop by themselves."""
    running = []

    def start(inbox: Inbox, **options):
        controller = smtp_server.start(inbox, **options)
        running.append(controller)
        return controller

    yield start
    for controller in running:
        controller.stop(no_assert=True)


def settings(controller, tmp_path: Path, ca=None, **more) -> MailSettings:
    given = {"tls": "none"}
    if ca is not None:
        pem = tmp_path / "ca.pem"
        ca.cert_pem.write_to_path(str(pem))
        given = {"tls": "starttls", "ca_file": str(pem)}
    return MailSettings(SENDER, "localhost", smtp_server.port_of(controller), **({"timeout_s": 5.0} | given | more))


def send(edition, whom, ledger, how, slept=None, **more):
    return deliver(edition, whom, ledger, how, clock=clock, sleep=(slept if slept is not None else []).append, **more)


def test_a_message_arrives_whole_through_starttls_and_login(served, tmp_path, full):
    ca, inbox = smtp_server.authority(), Inbox()
    how = settings(
        served(inbox, ca=ca, login=True),
        tmp_path,
        ca,
        user=USER,
        password=PASSWORD,
        base_url="https://deflation.example",
    )
    report = send(full, people("ann"), Ledger(tmp_path / "l"), how)
    assert report.complete and report.counts == {"sent": 1}
    ((to, raw),) = inbox.received
    got = message_from_bytes(raw, policy=policy.default)
    assert to == got["To"] == "ann@example.org" and got["Auto-Submitted"] == "auto-generated"
    assert got["Date"] == "Sun, 22 Nov 2026 06:30:00 +0000"
    kinds = [part.get_content_type() for part in got.walk()]
    assert kinds == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
    ]
    html = got.get_body(("html",)).get_content()
    pictures = {p["Content-ID"].strip("<>"): p.get_content() for p in got.walk() if p.get_content_type() == "image/png"}
    assert len(html.encode()) < 80_000 and all(f"cid:{cid}" in html and png.startswith(b"\x89PNG") for cid, png in pictures.items())
    assert "fell 62" in got.get_body(("plain",)).get_content()


def test_no_login_is_tried_where_no_user_is_set(served, tmp_path):
    inbox = Inbox()
    assert send(small_edition(), people("ann"), Ledger(tmp_path / "l"), settings(served(inbox), tmp_path)).counts == {"sent": 1}


@pytest.mark.parametrize("wrong", ["password", "authority", "no tls", "name"])
def test_a_server_that_cannot_be_trusted_or_used_claims_nobody_and_leaks_nothing(served, tmp_path, wrong, caplog):
    caplog.set_level(logging.DEBUG)
    ca, other, inbox, ledger = smtp_server.authority(), smtp_server.authority(), Inbox(), Ledger(tmp_path / "l")
    controller = served(
        inbox,
        ca=None if wrong == "no tls" else ca,
        login=wrong != "no tls",
        host_name="elsewhere.example" if wrong == "name" else "localhost",
    )
    how = settings(
        controller,
        tmp_path,
        other if wrong == "authority" else ca,
        user=USER,
        password="wrong " + PASSWORD if wrong == "password" else PASSWORD,
    )
    with pytest.raises(DeliveryRefused) as refused:
        send(small_edition(), people("ann"), ledger, how)
    assert ledger.outcomes("daily 2026-11-22") == [] and inbox.received == []
    spoken = str(refused.value) + caplog.text + repr(how)
    assert PASSWORD not in spoken and "ann@" not in spoken


def test_a_password_never_crosses_a_foreign_line_in_the_clear(tmp_path):
    how = MailSettings(SENDER, "mail.example.org", 25, user=USER, password=PASSWORD, tls="none")
    with pytest.raises(DeliveryRefused, match="without TLS"):
        send(small_edition(), people("ann"), Ledger(tmp_path / "l"), how)


def test_a_temporary_refusal_is_tried_again_with_longer_and_longer_waits(served, tmp_path):
    inbox, slept = Inbox(rcpt=lambda a, n: "450 greylisted, come back" if "grey" in a and n < 3 else None), []
    report = send(small_edition(), people("ann", "grey", "zoe"), Ledger(tmp_path / "l"), settings(served(inbox), tmp_path), slept)
    assert report.complete and report.counts == {"sent": 3} and slept == [5.0, 20.0]
    assert Counter(a for a, _ in inbox.received) == {"ann@example.org": 1, "grey@example.org": 1, "zoe@example.org": 1}


def test_what_stays_refused_for_now_is_reported_and_sent_on_the_next_run(served, tmp_path):
    down, ledger = (
        Inbox(rcpt=lambda a, n: "451 <full@example.org> mailbox busy" if "full" in a else None),
        Ledger(tmp_path / "l"),
    )
    report = send(small_edition(), people("ann", "full"), ledger, settings(served(down), tmp_path))
    assert report.counts == {"sent": 1, "deferred": 1} and not report.complete
    assert "@example.org" not in str(report.problems) and recipient_key("full@example.org") in report.problems[0]
    up = Inbox()
    assert send(small_edition(), people("ann", "full"), ledger, settings(served(up), tmp_path)).counts == {
        "already": 1,
        "sent": 1,
    }
    assert [a for a, _ in up.received] == ["full@example.org"]


def test_a_permanent_refusal_is_recorded_and_suppressed_after_three_issues(served, tmp_path):
    inbox, ledger, stopped = (
        Inbox(rcpt=lambda a, n: "550 no such user" if "gone" in a else None),
        Ledger(tmp_path / "l"),
        [],
    )
    how = settings(served(inbox), tmp_path)
    for day in (20, 21, 22):
        edition = Edition(editions.AS_OF.replace(day=day), f"v{day}", editions.facts().head(3), {})
        report = send(edition, people("ann", "gone"), ledger, how, suppress=lambda a, why: stopped.append(a))
        assert report.counts["refused"] == 1
        again = send(edition, people("gone"), ledger, how)
        assert again.counts == {"refused": 1} and not again.complete and "--retry refused" in again.waiting[0]
        assert stopped == (["gone@example.org"] if day == 22 else [])
    assert inbox.tries["gone@example.org"] == 3


def test_nobody_is_suppressed_when_the_server_refuses_everybody(served, tmp_path):
    inbox, ledger, stopped = Inbox(rcpt=lambda a, n: "554 relay denied"), Ledger(tmp_path / "l"), []
    for day in (19, 20, 21, 22):
        edition = Edition(editions.AS_OF.replace(day=day), f"v{day}", editions.facts().head(3), {})
        send(
            edition,
            people("ann", "bob"),
            ledger,
            settings(served(inbox), tmp_path),
            suppress=lambda a, why: stopped.append(a),
        )
    assert stopped == []


def test_a_connection_that_dies_before_the_message_is_complete_is_known_not_to_have_it(served, tmp_path):
    # Larger than what the sockets hold, so that the death is noticed before the end of the message is sent.
    raw = b"Subject: long\r\n\r\n" + (b"y" * 76 + b"\r\n") * 250_000
    with mail.Connection(settings(served(Inbox()), tmp_path), sleep=lambda s: None) as server:
        server.ready()
        with pytest.raises(mail.TryLater, match="before the message was complete"):
            server.send(SENDER, "diesmid@example.org", raw)


def test_a_server_that_dies_in_mid_message_gets_it_at_most_once(served, tmp_path, full):
    inbox, ledger = Inbox(), Ledger(tmp_path / "l")
    how = settings(served(inbox), tmp_path)
    for _ in range(2):
        send(full, people("ann", "diesmid", "zoe"), ledger, how)
    got = Counter(a for a, _ in inbox.received)
    assert got["ann@example.org"] == got["zoe@example.org"] == 1 and got["diesmid@example.org"] <= 1


def test_a_slow_server_is_waited_for_and_a_silent_one_is_not(served, tmp_path):
    inbox = Inbox(data=lambda a, n: "wait 0.4" if "slow" in a else "wait 30" if "silent" in a else None)
    report = send(
        small_edition(),
        people("slow", "silent"),
        Ledger(tmp_path / "l"),
        settings(served(inbox), tmp_path, timeout_s=1.5),
    )
    assert report.counts == {"sent": 1, "unknown": 1}


def test_a_server_that_dies_after_the_message_never_gets_it_again(served, tmp_path):
    inbox, ledger = Inbox(data=lambda a, n: "drop before the answer" if "lost" in a else None), Ledger(tmp_path / "l")
    how = settings(served(inbox), tmp_path)
    report = send(small_edition(), people("ann", "lost", "zoe"), ledger, how)
    assert report.counts == {"sent": 2, "unknown": 1} and "will not be sent again" in report.problems[0]
    again = send(small_edition(), people("ann", "lost", "zoe"), ledger, how)
    assert again.counts == {"already": 2, "unknown": 1} and not again.complete and "may have arrived" in again.waiting[0]
    assert len(inbox.received) == 3


def test_a_crash_between_claim_and_send_never_leads_to_a_second_mail(served, tmp_path, monkeypatch):
    inbox, ledger = Inbox(), Ledger(tmp_path / "l")
    how = settings(served(inbox), tmp_path)

    class Killed(BaseException):
        pass

    real = mail.Connection.send

    def die(self, sender, recipient, raw):
        if "bob" in recipient:
            raise Killed
        real(self, sender, recipient, raw)

    monkeypatch.setattr(mail.Connection, "send", die)
    with pytest.raises(Killed):
        send(small_edition(), people("ann", "bob", "cyd"), ledger, how)
    monkeypatch.undo()
    again = send(small_edition(), people("ann", "bob", "cyd"), Ledger(tmp_path / "l"), how)
    assert again.counts == {"already": 1, "claimed": 1, "sent": 1} and "--retry claimed" in again.waiting[0]
    assert [a for a, _ in inbox.received] == ["ann@example.org", "cyd@example.org"]
    assert {o.recipient: o.state for o in ledger.outcomes("daily 2026-11-22")}[recipient_key("bob@example.org")] == "claimed"


def test_whom_an_earlier_run_left_open_can_be_tried_again_or_settled(served, tmp_path):
    inbox, ledger = Inbox(rcpt=lambda a, n: "550 relay denied" if n == 1 else None), Ledger(tmp_path / "l")
    how = settings(served(inbox), tmp_path)
    assert send(small_edition(), people("ann", "bob"), ledger, how).counts == {"refused": 2}
    assert not send(small_edition(), people("ann", "bob"), ledger, how).complete
    assert ledger.decide(small_edition().edition_id, recipient_key("bob@example.org"), "sent", "2026-11-22T00:00:00+00:00")
    assert ledger.reopen(small_edition().edition_id, ["refused"]) == 1
    served_now = send(small_edition(), people("ann", "bob"), ledger, how)
    assert served_now.counts == {"sent": 1, "already": 1} and served_now.complete
    assert not ledger.decide("another edition", recipient_key("bob@example.org"), "sent", "2026-11-22T00:00:00+00:00")


@pytest.mark.parametrize("size", [0, 100, 4096])
def test_an_emptied_or_cut_ledger_stops_the_mail_until_it_is_accepted(served, tmp_path, size):
    path, inbox = tmp_path / "l", Inbox()
    how = settings(served(inbox), tmp_path)
    assert send(small_edition(), people("ann"), Ledger(path), how).counts == {"sent": 1}
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(LedgerUnusable, match="backup"):
        Ledger(path)
    assert len(inbox.received) == 1


def test_an_emptied_subscriber_file_is_noticed_and_rubbish_is_a_sentence(tmp_path):
    path = tmp_path / "subscribers.sqlite"
    Store(path).add("ann@example.org", lambda: "t" * 20)
    assert len(Store(path).active()) == 1
    path.write_bytes(b"")
    with pytest.raises(SubscribersUnusable, match="expected the file with 1 rows"):
        Store(path)
    path.write_bytes(b"rubbish" * 1000)
    with pytest.raises(SubscribersUnusable, match="expected the subscriber file"):
        Store(path)
    identity.accept(path)
    path.unlink()
    assert Store(path).all() == []


def test_the_outcome_of_an_accepted_mail_is_kept_on_a_full_disk(served, tmp_path, monkeypatch):
    inbox, ledger = Inbox(), Ledger(tmp_path / "l")
    real, full = Ledger._settle, []

    def on_a_full_disk(self, row):
        if self.reserve.exists():
            full.append(row)
            raise LedgerUnusable("database or disk is full")
        real(self, row)

    monkeypatch.setattr(Ledger, "_settle", on_a_full_disk)
    report = send(small_edition(), people("ann"), ledger, settings(served(inbox), tmp_path))
    assert report.counts == {"sent": 1} and full and not ledger.reserve.exists()
    assert ledger.state("daily 2026-11-22", recipient_key("ann@example.org")) == "sent"


def test_a_sender_may_have_a_display_name(served, tmp_path):
    inbox, how = Inbox(), None
    how = replace(settings(served(inbox), tmp_path), sender="Price desk <desk@example.org>")
    send(small_edition(), people("ann"), Ledger(tmp_path / "l"), how)
    assert b"From: Price desk <desk@example.org>" in inbox.received[0][1]


def test_a_mail_that_comes_back_is_refused_after_all(tmp_path):
    notification = (
        b"From: mailer@example.net\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\nno such user\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        b"Reporting-MTA: dns; example.net\r\n\r\nFinal-Recipient: rfc822; ann@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        b"Final-Recipient: rfc822; bob@example.org\r\nAction: delayed\r\nStatus: 4.2.1\r\n\r\n--b--\r\n"
    )
    assert bounces(notification) == [("ann@example.org", "5.1.1")]
    assert bounces(b"From mailer Mon Nov 23 00:00:00 2026\n" + notification.replace(b"\r\n", b"\n")) == [("ann@example.org", "5.1.1")]
    assert bounces(b"") == bounces(b"rubbish\x00") == []
    ledger, who = Ledger(tmp_path / "l"), recipient_key("ann@example.org")
    ledger.claim("daily 1", who, "e", "2026-11-22")
    ledger.settle("daily 1", who, "sent", "2026-11-22")
    assert ledger.bounced(who, "2026-11-23", "bounced 5.1.1") == 1 and ledger.refusals(who) == 1


def test_two_schedulers_at_once_send_each_mail_once(served, tmp_path):
    inbox = Inbox()
    how, whom = settings(served(inbox), tmp_path), people(*(f"p{i}" for i in range(30)))
    reports = []
    threads = [threading.Thread(target=lambda: reports.append(send(small_edition(), whom, Ledger(tmp_path / "l"), how))) for _ in range(2)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert (
        sum(r.counts["sent"] for r in reports) == 30
        and sum(r.counts["already"] + r.counts["elsewhere"] for r in reports) == 30
        and all(r.complete for r in reports)
    )
    assert max(Counter(a for a, _ in inbox.received).values()) == 1


def test_another_build_of_the_same_day_is_not_mailed_again_but_a_corrected_headline_is(served, tmp_path):
    inbox, ledger = Inbox(), Ledger(tmp_path / "l")
    how = settings(served(inbox), tmp_path)
    first = small_edition()
    rebuilt = Edition(editions.AS_OF, "v-other", editions.facts().head(4), {})
    assert send(first, people("ann"), ledger, how).counts == {"sent": 1}
    assert send(rebuilt, people("ann"), ledger, how).counts == {"already": 1}
    minor = rebuilt.correcting(first.edition_id, "", pl.DataFrame({"fact_id": ["coverage.models"], "before": [1.0], "after": [2.0]}))
    assert send(minor, people("ann"), ledger, how).counts == {"already": 1}
    major = rebuilt.correcting(
        first.edition_id, "", pl.DataFrame({"fact_id": ["headline.decline_factor"], "before": [2.0], "after": [3.0]})
    )
    assert send(major, people("ann"), ledger, how).counts == {"sent": 1}
    assert send(major, people("ann"), ledger, how).counts == {"already": 1}
    assert b"Correction:" in inbox.received[-1][1]


def test_a_digest_goes_out_once_a_week_and_an_alert_once_for_what_holds(served, tmp_path):
    inbox, ledger = Inbox(), Ledger(tmp_path / "l")
    how = settings(served(inbox), tmp_path)
    digest, alert = Subscriber("week@example.org", "weekly"), Subscriber("alarm@example.org", "alert")
    days = [
        Edition(d, "v", editions.facts(), {"price_events": editions.marts()["price_events"]})
        for d in (editions.AS_OF, editions.AS_OF.replace(day=23), editions.AS_OF.replace(day=24))
    ]
    sent = [send(d, [digest, alert], ledger, how).counts["sent"] for d in days]
    # Sunday: digest and alert; Monday: a new week's digest; Tuesday: nothing new.
    assert sent == [2, 1, 0]


def test_an_address_or_subject_with_a_line_break_is_refused_alone(served, tmp_path):
    inbox = Inbox()
    whom = [Subscriber("eve@example.org\r\nBcc: all@example.org"), *people("ann")]
    report = send(editions.hostile_edition(), whom, Ledger(tmp_path / "l"), settings(served(inbox), tmp_path))
    assert report.counts == {"refused": 1, "sent": 1}
    got = message_from_bytes(inbox.received[0][1], policy=policy.default)
    assert got["Bcc"] is None and got["X-Evil"] is None and [a for a, _ in inbox.received] == ["ann@example.org"]


def test_a_damaged_ledger_stops_everything(tmp_path):
    (tmp_path / "l").write_bytes(b"this is no database, but long enough to be looked at" * 40)
    with pytest.raises(LedgerUnusable, match="go out twice"):
        Ledger(tmp_path / "l")


def test_the_ledger_holds_no_address(served, tmp_path):
    send(
        small_edition(),
        people("ann"),
        Ledger(tmp_path / "l"),
        settings(served(Inbox(rcpt=lambda a, n: f"550 <{a}> unknown")), tmp_path),
    )
    assert b"example.org" not in (tmp_path / "l").read_bytes()
    with sqlite3.connect(tmp_path / "l") as db:
        assert db.execute("select count(*) from delivery").fetchone() == (1,)


def test_forty_recipients_get_one_mail_each(served, tmp_path):
    inbox = Inbox()
    report = send(
        small_edition(),
        people(*(f"p{i}" for i in range(40))),
        Ledger(tmp_path / "l"),
        settings(served(inbox), tmp_path),
    )
    assert report.counts == {"sent": 40} and len({a for a, _ in inbox.received}) == len(inbox.received) == 40
