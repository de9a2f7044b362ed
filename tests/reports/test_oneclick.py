"""The unsubscribe button end to end: the header of a mail, the post that a mail program makes, the subscriber gone."""

from __future__ import annotations

import re
import threading
import urllib.error
import urllib.request

import pytest

from reports.mail.message import MailSettings, compose, prepare
from reports.mail.oneclick import server
from reports.mail.subscribers import Store


@pytest.fixture
def store(tmp_path) -> Store:
    made = Store(tmp_path / "subscribers.sqlite")
    made.add("ann@example.org", lambda: "tok_" + "a" * 20)
    return made


@pytest.fixture
def listening(store):
    made = server("127.0.0.1", 0, store.unsubscribe)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{made.server_port}/unsubscribe"
    made.shutdown()
    made.server_close()


def state(store: Store) -> str:
    return store.all()[0].state


def post(address: str, body: bytes = b"List-Unsubscribe=One-Click") -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, body, method="POST"), timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_the_button_of_a_mail_unsubscribes_its_reader_and_nobody_else(full, store, listening):
    store.add("bob@example.org", lambda: "tok_" + "b" * 20)
    how = MailSettings("reports@deflation.example", base_url="https://deflation.example", unsubscribe_url=listening)
    mail = compose(full, "daily", store.all()[0], how, body=prepare(full, "daily", how))
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    (address,) = re.findall(r"<(http[^>]+)>", mail["List-Unsubscribe"])
    assert post(address) == 200
    assert [s.state for s in store.all()] == ["unsubscribed", "active"]


def test_looking_changes_nothing(store, listening):
    with urllib.request.urlopen(listening + "?token=tok_" + "a" * 20, timeout=5) as answer:
        assert "<button>" in answer.read().decode()
    assert state(store) == "active"


@pytest.mark.parametrize(("body", "status"), [(b"hello", 400), (b"", 400), (b"x" * 5000, 413)])
def test_a_post_that_is_no_one_click_changes_nothing(store, listening, body, status):
    assert post(listening + "?token=tok_" + "a" * 20, body) == status and state(store) == "active"


def test_a_known_and_an_unknown_token_get_the_same_answer(store, listening):
    assert post(listening + "?token=nonsense") == post(listening) == 200 and state(store) == "active"


def test_without_an_address_the_mail_offers_the_reply_alone(full, store):
    how = MailSettings("reports@deflation.example", base_url="https://deflation.example")
    mail = compose(full, "daily", store.all()[0], how, body=prepare(full, "daily", how))
    assert mail["List-Unsubscribe-Post"] is None and mail["List-Unsubscribe"].startswith("<mailto:")


def test_without_a_report_address_the_page_is_attached(full, store):
    how = MailSettings("reports@deflation.example")
    mail = compose(full, "daily", store.all()[0], how, body=prepare(full, "daily", how))
    (page,) = [p for p in mail.iter_attachments()]
    assert page.get_filename() == "report.html" and "How fast does the price move?" in page.get_content()
    assert "attached" in mail.get_body(("plain",)).get_content()
