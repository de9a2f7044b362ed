"""Alerts to a channel, over a real HTTP server: once each, escaped, remembered only when taken, the address never repeated."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import editions
import pytest

from reports.facts import FactBook
from reports.mail.alerts import alerts
from reports.mail.ledger import Ledger
from reports.mail.subscribers import Thresholds
from reports.mail.webhook import TOLD_AT_ONCE, WebhookFailed, payload, post_alerts

LOOSE = Thresholds(0.05, 3.0, 1)


@pytest.fixture
def channel():
    """A channel that answers with ``status`` and keeps what it was sent."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.received.append((self.headers["Content-Type"], json.loads(body)))
            self.send_response(self.server.status)
            if self.server.status in (301, 307):
                self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.received, server.status = [], 200
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def address(channel) -> str:
    return f"http://127.0.0.1:{channel.server_port}/services/T000/B000/secret"


def test_a_channel_hears_of_each_alert_once_and_of_a_new_one_alone(channel, tmp_path, full):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    count = post_alerts(full, address(channel), ledger, "https://deflation.example", LOOSE)
    assert count == len(alerts(FactBook(full), LOOSE)) == 7
    assert post_alerts(full, address(channel), ledger, "https://deflation.example", LOOSE) == 0
    ((kind, said),) = channel.received
    assert kind == "application/json" and {"text", "blocks"} == set(said)
    assert "cut atlas-70b" in json.dumps(said) and said["blocks"][-1]["elements"][0]["url"].endswith(
        f"/editions/{full.edition_id}/index.html"
    )
    assert post_alerts(full, address(channel), ledger, limits=Thresholds(0.05, 3.0, 0)) == 0


@pytest.mark.parametrize("status", [301, 307, 403, 404, 500])
def test_what_the_channel_did_not_take_is_told_again_and_its_address_is_not_repeated(channel, tmp_path, full, status):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    channel.status = status
    with pytest.raises(WebhookFailed) as failed:
        post_alerts(full, address(channel), ledger, limits=LOOSE)
    assert str(status) in str(failed.value) and "secret" not in str(failed.value) and len(channel.received) == 1
    channel.status = 200
    assert post_alerts(full, address(channel), ledger, limits=LOOSE) == 7


@pytest.mark.parametrize(
    "url", ["http://example.org/x", "ftp://example.org", "file:///etc/passwd", "nonsense", "http://127.0.0.1:1/secret"]
)
def test_an_address_that_is_unsafe_or_dead_is_a_sentence(tmp_path, full, url):
    with pytest.raises(WebhookFailed, match="webhook: ") as failed:
        post_alerts(full, url, Ledger(tmp_path / "l.sqlite"), limits=LOOSE)
    assert "secret" not in str(failed.value)


def test_names_are_text_and_no_mention(hostile):
    book = FactBook(hostile)
    made = payload(book, alerts(book, LOOSE))
    for block in made["blocks"]:
        text = block.get("text", {}).get("text", "")
        assert "<" not in text and len(text) <= 3000


def test_a_long_list_is_counted():
    rows = [
        {
            "event_date": editions.AS_OF,
            "kind": "cut",
            "provider": f"p{i}",
            "model": "m",
            "token_class": "output",
            "change_share": -0.5,
            "status": "confirmed",
        }
        for i in range(30)
    ]
    book = FactBook(editions.full_edition(marts={"price_events": editions.declared("marts.price_events", rows)}))
    said = json.dumps(payload(book, alerts(book, Thresholds())))
    assert f"and {30 - TOLD_AT_ONCE} more" in said


def test_an_unconfirmed_move_is_no_alert():
    rows = [
        {
            "event_date": editions.AS_OF,
            "kind": "rise",
            "provider": "p",
            "model": "m",
            "token_class": "output",
            "change_share": 39.0,
            "status": "held",
        }
    ]
    book = FactBook(editions.full_edition(marts={"price_events": editions.declared("marts.price_events", rows)}))
    assert alerts(book, Thresholds()) == []
