"""CSV that no spreadsheet runs, tables that fit, and messages with the headers that mail needs."""

from __future__ import annotations

import csv
import io
from email import message_from_bytes, policy

import editions
import polars as pl
import pytest

from reports.facts import FactBook
from reports.mail.mail import redact
from reports.mail.message import MailSettings, compose, prepare
from reports.mail.subscribers import AddressRefused, Subscriber, Thresholds
from reports.sections import sections
from reports.tables import csv_bytes, plain_text
from reports.writing.shown import clean, safe_url

HOW = MailSettings("reports@deflation.example", base_url="https://deflation.example")


@pytest.mark.parametrize("name", editions.HOSTILE_NAMES)
def test_a_csv_cell_never_starts_a_formula_and_numbers_stay_numbers(name):
    rows = list(csv.reader(io.StringIO(csv_bytes(pl.DataFrame({"model": [name], "change": [-0.25]})).decode())))
    assert len(rows) == 2 and rows[1][1] == "-0.25"
    assert not rows[1][0].lstrip().startswith(("=", "+", "-", "@", "|", "\t", "\r"))


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "https://a.example/ x",
        "https://\n",
        "//a.example",
        "",
        None,
        "http:///x",
    ],
)
def test_only_plain_web_addresses_become_links(url):
    assert safe_url(url) == ""


def test_a_name_is_one_line_and_short():
    assert clean("a\r\nb\u202e\x00c") == "a bc" and len(clean("x" * 500)) == 90


def test_tables_of_text_keep_days_and_figures_whole(full):
    for section in sections(FactBook(full)):
        for made in section.tables:
            lines = plain_text(made).splitlines()
            whole = "\n".join(lines)
            assert all(str(cell) in whole for row in made.rows for column, cell in zip(made.columns, row, strict=True) if column.figures)
            assert max(map(len, lines)) <= 160


def test_the_message_has_the_headers_of_a_list_and_is_the_same_every_time(full):
    body = prepare(full, "daily", HOW)
    person = Subscriber("ann@example.org", token="tok_" + "x" * 20)
    made = compose(full, "daily", person, HOW, body=body)
    again = compose(full, "daily", person, HOW, body=prepare(full, "daily", HOW))
    assert made.as_bytes() == again.as_bytes()
    assert made["Message-ID"] != compose(full, "daily", "bob@example.org", HOW, body=body)["Message-ID"]
    assert made["List-Id"] == "Deflation daily brief <daily.deflation.deflation.example>"
    assert made["List-Unsubscribe"] == f"<mailto:reports%40deflation.example?subject=unsubscribe%20{person.token}>"
    assert made["Auto-Submitted"] == "auto-generated"
    assert made["Subject"] == "Deflation 2026-11-22: the price of a fixed quality fell 62 % in the year to 1 November 2026"
    got = message_from_bytes(made.as_bytes(), policy=policy.default)
    for kind in ("html", "plain"):
        assert person.token in got.get_body((kind,)).get_content()
    assert max(map(len, made.as_bytes().split(b"\r\n"))) <= 998


@pytest.mark.parametrize("profile", ["daily", "weekly", "alert"])
@pytest.mark.parametrize("which", ["full", "hostile"])
def test_the_html_stays_below_the_clip_and_asks_for_nothing_remote(request, profile, which):
    body = prepare(request.getfixturevalue(which), profile, HOW)
    assert len(body.html.encode()) < 80_000
    assert (
        'src="http' not in body.html
        and "<script" not in body.html
        and "url(" not in body.html
        and "onerror=" not in body.html.replace("onerror=alert(1)&gt;", "")
    )
    assert "\n" not in body.subject and len(body.subject) <= 180
    assert all(f"cid:{cid}" in body.html for cid, _png in body.images)


@pytest.mark.parametrize("missing", ["frontier", "champion_forecasts", "hedonic_rates", "decomposition", "price_events"])
def test_a_missing_chart_leaves_a_whole_mail(missing):
    edition = editions.full_edition(
        marts={k: v for k, v in editions.marts().items() if k in ("data_health", "series_floor_gap", "revision") and k != missing}
    )
    made = compose(edition, "daily", "ann@example.org", HOW)
    assert "cid:" not in made.get_body(("html",)).get_content() and "not known" in made.get_body(("plain",)).get_content()


@pytest.mark.parametrize(
    "address",
    [
        "a@b.org\nBcc: c@d.org",
        "a@b.org, c@d.org",
        "Ann <a@b.org>",
        "a b@c.org",
        "@b.org",
        "a@",
        "a",
        "",
        " a@b.org",
        "ä@b.org",
        "a@b.org\r",
        ".a@b.org",
        "a..b@c.org",
        "x" * 65 + "@b.org",
        "a@" + "b" * 260 + ".org",
    ],
)
def test_what_is_not_one_plain_address_is_refused_without_repeating_it(full, address):
    with pytest.raises(AddressRefused) as refused:
        compose(full, "daily", address, HOW, body=prepare(editions.Edition(editions.AS_OF, "v"), "daily", HOW))
    assert not address.strip() or len(address) < 3 or address not in str(refused.value)


def test_a_hostile_vintage_adds_no_header(hostile):
    raw = compose(hostile, "daily", "ann@example.org", HOW, body=prepare(hostile, "alert", HOW)).as_bytes()
    head = raw.split(b"\r\n\r\n", 1)[0]
    assert b"\r\nBcc:" not in head and b"\r\nX-Evil" not in head


def test_an_alert_tells_what_is_above_the_subscribers_thresholds(full):
    strict, loose = (
        prepare(full, "alert", HOW, limits=Thresholds(0.9, 0.1, 30)),
        prepare(full, "alert", HOW, limits=Thresholds(0.05, 3.0, 1)),
    )
    assert "nothing to report" in strict.subject and strict.text.startswith("DEFLATION")
    told = [line for line in loose.text.splitlines() if line.startswith("* ")]
    assert len(told) == 7  # three moves within a week at five percent, three floors, one dead source
    assert "rented hardware" in " ".join(loose.text.split()) and any("openai failed" in t for t in told)


def test_a_servers_words_lose_their_addresses():
    assert redact(b"550 <bob@example.org>: unknown\r\nuser bob@example.org") == "550 <<address>>: unknown user <address>"
