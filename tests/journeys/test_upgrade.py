"""State of earlier releases opens with this one: nothing kept is lost, nobody is served twice, and the day publishes."""

from __future__ import annotations

import json
import shutil
import tarfile
from collections import Counter
from datetime import date
from email import message_from_bytes
from pathlib import Path

import duckdb
import pytest

from pipelines.operation.state_format import FILE, FORMAT
from reports.mail.ledger import Ledger
from reports.mail.subscribers import Store
from reports.site import site
from sources.fetching.archive import Archive
from tests.journeys.conftest import Run
from tests.reports import editions, smtp_server
from warehouse import issued

RELEASES = sorted((Path(__file__).parent / "releases").glob("*.tar.xz"))


@pytest.fixture(params=RELEASES, ids=lambda p: p.name.partition(".")[0])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A state folder as an earlier release left it."""
    with tarfile.open(request.param) as packed:
        packed.extractall(tmp_path, filter="data")
    return tmp_path


def test_what_an_earlier_release_kept_is_read_and_the_next_day_is_published_and_mailed_once(
    home: Path, offline_home: Path, deflation: Run
) -> None:
    shutil.copytree(offline_home / "cache", home / "cache")  # what this release made of the same inputs: seconds, not another result
    archive, [before] = Archive(home / "archive"), site.editions(home / "site")
    captures = {key: len(archive.captures(key)) for key in archive.keys()}
    forecasts = {p.name: p.read_bytes() for p in (home / "issued").glob("*.parquet")}
    assert sum(captures.values()) > 5 and forecasts
    inbox = smtp_server.Inbox()
    server = smtp_server.start(inbox)
    try:
        done = deflation(
            home,
            "run",
            "--offline",
            DEFLATION_NOW="2026-11-29T06:00:00Z",
            DEFLATION_SMTP_HOST="localhost",
            DEFLATION_SMTP_PORT=str(smtp_server.port_of(server)),
            DEFLATION_SMTP_TLS="none",
            DEFLATION_MAIL_FROM="desk@example.org",
        )
    finally:
        server.stop()
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-2000:]
    assert {key: len(archive.captures(key)) for key in archive.keys()} == captures and not any(map(archive.damages, captures))
    assert {name: (home / "issued" / name).read_bytes() for name in forecasts} == forecasts and not issued.damages(home / "issued")
    assert issued.issued_before(home / "issued", date(2027, 1, 1))[issued.FORECAST].height > 100
    with duckdb.connect(str(home / "published.duckdb"), read_only=True) as con:
        health = con.execute("SELECT origin FROM marts.data_health WHERE source = 'hardware/google'").fetchall()
    assert health == [("archive",)]
    listed = site.editions(home / "site")
    assert [e.edition_id for e in listed][:1] == [before.edition_id] and len(listed) == 2 and listed[1].as_of == "2026-11-29"
    people = [s.address for s in Store(home / "subscribers.sqlite").active()]
    told = Counter((who, message_from_bytes(raw)["X-Deflation-Edition"]) for who, raw in inbox.received)
    assert len(people) == 2 and ("a@example.org", listed[1].edition_id) in told and max(told.values()) == 1
    assert before.edition_id not in {edition for _, edition in told}
    assert json.loads((home / FILE).read_text())["format"] == FORMAT


def test_an_edition_of_an_earlier_release_can_be_corrected_on_its_own_day(home: Path) -> None:
    [before] = site.editions(home / "site")
    made = site.with_correction(home / "site", editions.full_edition(as_of=date.fromisoformat(before.as_of)))
    assert made.corrects == before.edition_id and made.correction_note


def test_the_ledger_and_the_subscribers_of_an_earlier_release_keep_their_rows(home: Path) -> None:
    ledger, [before] = Ledger(home / "ledger.sqlite"), site.editions(home / "site")
    assert {s.profile for s in Store(home / "subscribers.sqlite").active()} == {"daily", "alert"}
    with ledger._open() as db:
        sent = db.execute("select count(*) from delivery where state = 'sent' and edition_id = ?", (before.edition_id,)).fetchone()
    assert sent[0] >= 1
