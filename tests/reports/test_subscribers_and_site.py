"""Who gets mail, what is kept, and what the command line does with both."""

from __future__ import annotations

import itertools
import stat
from pathlib import Path
from xml.etree import ElementTree

import editions
import polars as pl
import pytest
from click.testing import CliRunner

from pipelines.commands.send import command as send_command
from pipelines.commands.subscribers import command as subscribers_command
from reports.inputs import InvalidEdition
from reports.mail.subscribers import Store, Thresholds, tokens_in_mail
from reports.site import site

ATOM = "{http://www.w3.org/2005/Atom}"
FILES = {"index.html": b"<p>one</p>", "data/a.csv": b"a\n"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "subscribers.sqlite")


def tokens():
    numbers = itertools.count()
    return lambda: f"token-number-{next(numbers):08d}"


def test_an_address_is_kept_once_whatever_its_case_and_is_private(store):
    token = tokens()
    assert store.add("Ann@Example.org", token) and not store.add("ann@example.ORG", token, "alert", Thresholds(0.5, 2.0, 7))
    (ann,) = store.all()
    assert ann.address == "Ann@example.org" and ann.profile == "alert" and ann.thresholds == Thresholds(0.5, 2.0, 7)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600 and "example" not in repr(ann)


def test_an_unsubscribed_address_stays_so_when_added_again(store):
    store.add("ann@example.org", tokens())
    assert store.unsubscribe(store.all()[0].token) and not store.unsubscribe("no-such-token")
    store.add("ann@example.org", tokens())
    assert store.active() == [] and store.restore("ann@example.org") and len(store.active()) == 1
    assert store.remove("ann@example.org") and not store.remove("ann@example.org") and store.all() == []


def test_an_import_keeps_good_lines_and_names_bad_ones_without_addresses(store):
    text = "address,profile,move\nann@example.org\nbob@example.org,weekly\ncyd@example.org,alert,0.5\nBad <dan@example.org>\neve@example.org,hourly\n=cmd|x\n\nann@example.org\n"
    new, refused = store.import_csv(text, tokens())
    assert new == 3 and [r.split(":")[0] for r in refused] == ["line 5", "line 6", "line 7"]
    assert "dan@" not in " ".join(refused) and store.all()[2].thresholds.move_share == 0.5


def test_a_reply_to_the_unsubscribe_link_is_honoured_by_its_token_alone():
    raw = b"From: someone@else.example\r\nSubject: Re: unsubscribe token-number-00000001\r\n\r\nbye\r\n"
    assert tokens_in_mail(raw) == ["token-number-00000001"]
    assert tokens_in_mail(b"Subject: unsubscribe me please\r\n\r\n") == []


def small(day: int = 22, value: float = 2.634, **more):
    facts = (
        editions.facts()
        .head(3)
        .with_columns(pl.when(pl.col("fact_id") == "headline.decline_factor").then(value).otherwise(pl.col("value")).alias("value"))
    )
    return editions.Edition(editions.AS_OF.replace(day=day), "v", facts, {}, **more)


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_same_content_again_changes_no_byte(tmp_path):
    first = site.publish(tmp_path, small())
    before = tree(tmp_path)
    assert site.publish(tmp_path, small()) == first and tree(tmp_path) == before
    assert site.publish_edition(tmp_path, small(), {"index.html": b"other bytes"}) == first and tree(tmp_path) == before


def test_a_changed_day_is_a_correction_that_says_what_it_corrects_and_the_old_edition_stays(tmp_path):
    first = site.publish(tmp_path, small())
    kept = tree(first)
    second = site.publish(tmp_path, small(value=3.3))
    assert second != first and tree(first) == kept
    page = (second / "index.html").read_text()
    assert first.name in page and "Correction: this edition replaces" in page and "headline.decline_factor" in page
    assert (tmp_path / "latest" / "index.html").read_text() == page
    third = site.publish(tmp_path, small())  # back to the first content: a new edition again, not the old one
    assert third not in (first, second) and second.name in (third / "index.html").read_text()
    assert site.verify(tmp_path) == []
    entries = ElementTree.fromstring((tmp_path / "feed.xml").read_bytes()).findall(f"{ATOM}entry")
    assert [e.findtext(f"{ATOM}title").startswith("Correction") for e in entries] == [True, True, False]
    assert len({e.findtext(f"{ATOM}id") for e in entries}) == 3
    assert f"replaced by {second.name}" in (tmp_path / "index.html").read_text()


def test_a_report_for_an_earlier_day_never_becomes_the_latest(tmp_path):
    today = site.publish(tmp_path, small(22))
    site.publish(tmp_path, small(20))
    assert tree(tmp_path / "latest") == tree(today)
    assert site.load(tmp_path).as_of.day == 22


def test_a_touched_edition_is_noticed(tmp_path):
    folder = site.publish_edition(tmp_path, small(), FILES)
    (folder / "index.html").write_bytes(b"<p>two</p>")
    assert folder.name in site.verify(tmp_path)[0]


def test_a_run_that_died_before_listing_can_be_repeated_and_foreign_files_are_refused(tmp_path):
    edition = small()
    folder = site.publish_edition(tmp_path, edition, FILES)
    (tmp_path / site.LIST).unlink()
    assert site.publish_edition(tmp_path, edition, FILES) == folder
    (tmp_path / site.LIST).unlink()
    (folder / "index.html").write_bytes(b"else")
    with pytest.raises(site.EditionChanged):
        site.publish_edition(tmp_path, edition, FILES)


@pytest.mark.parametrize("name", ["../escape.html", "/etc/escape", "a/../../b"])
def test_a_file_cannot_leave_its_edition(tmp_path, name):
    with pytest.raises(ValueError, match="inside the edition"):
        site.publish_edition(tmp_path, small(), {name: b"x"})


def test_files_that_a_later_edition_lacks_leave_latest(tmp_path):
    site.publish_edition(tmp_path, small(20), FILES)
    site.publish_edition(tmp_path, small(22), {"index.html": b"<p>new</p>"})
    assert tree(tmp_path / "latest") == {"index.html": b"<p>new</p>"}


def test_an_edition_holds_the_data_and_every_printed_figure(tmp_path, full):
    files = site.edition_files(full)
    assert {
        "index.html",
        "report.txt",
        "edition.json",
        "figures.csv",
        "data/price_now.csv",
        "data/past_forecasts.csv",
        "data/track_record.csv",
    } <= set(files)
    assert b"change:headline.decline_factor.value" in files["figures.csv"]


@pytest.fixture
def home(tmp_path, monkeypatch):
    for name in ("SMTP_HOST", "MAIL_FROM", "SMTP_USER"):
        monkeypatch.delenv(f"DEFLATION_{name}", raising=False)
    monkeypatch.setenv("DEFLATION_HOME", str(tmp_path))
    return tmp_path


def test_send_without_an_edition_says_what_to_run(home):
    result = CliRunner().invoke(send_command, ["--to", "you@example.org", "--dry-run"])
    assert result.exit_code == 1 and "deflation run" in result.output


def test_a_dry_run_writes_what_would_go_out_and_claims_nothing(home):
    site.publish_edition(home / "site", small(), {"edition.json": small().to_json(), "index.html": b"x"})
    result = CliRunner().invoke(send_command, ["--to", "you@example.org", "--to", "b@example.org", "--to", "YOU@example.org", "--dry-run"])
    written = sorted((home / "outbox").glob("*.eml"))
    assert result.exit_code == 0 and len(written) == 2 and "example.org" not in result.output
    assert any(b"To: you@example.org" in p.read_bytes() for p in written) and not (home / "ledger.sqlite").exists()


def test_send_refuses_a_wrong_address_as_wrong_usage_and_a_host_without_a_sender(home, monkeypatch):
    site.publish_edition(home / "site", small(), {"edition.json": small().to_json(), "index.html": b"x"})
    assert CliRunner().invoke(send_command, ["--to", "x\nBcc: y@z.org"]).exit_code == 2
    monkeypatch.setenv("DEFLATION_SMTP_HOST", "localhost")
    result = CliRunner().invoke(send_command, ["--to", "you@example.org"])
    assert result.exit_code == 1 and "DEFLATION_MAIL_FROM" in result.output


def test_subscribers_are_kept_by_the_command_line(home, tmp_path):
    run = CliRunner()
    assert "nobody gets the mail yet" in run.invoke(subscribers_command, ["list"]).output
    assert run.invoke(subscribers_command, ["add", "ann@example.org", "--profile", "weekly"]).output == "added\n"
    assert run.invoke(subscribers_command, ["add", "not an address"]).exit_code == 2
    (tmp_path / "team.csv").write_text("bob@example.org\nbroken\n")
    imported = run.invoke(subscribers_command, ["import", str(tmp_path / "team.csv")])
    assert imported.exit_code == 1 and "1 added, 1 refused" in imported.output and "line 2" in imported.output
    listed = run.invoke(subscribers_command, ["list"]).output
    assert "ann@example.org\tweekly\tactive" in listed and "bob@example.org" in listed
    assert run.invoke(subscribers_command, ["unsubscribe", "bob@example.org"]).output == "1 unsubscribed\n"
    assert run.invoke(subscribers_command, ["restore", "bob@example.org"]).exit_code == 0
    assert run.invoke(subscribers_command, ["remove", "bob@example.org"]).exit_code == 0
    assert run.invoke(subscribers_command, ["remove", "bob@example.org"]).exit_code == 1


def test_an_unsubscribed_person_gets_nothing_even_when_named(home):
    site.publish_edition(home / "site", small(), {"edition.json": small().to_json(), "index.html": b"x"})
    run = CliRunner()
    run.invoke(subscribers_command, ["add", "ann@example.org"])
    run.invoke(subscribers_command, ["unsubscribe", "ann@example.org"])
    assert "0 message(s)" in run.invoke(send_command, ["--to", "ann@example.org", "--dry-run"]).output


def test_there_is_nothing_to_load_from_an_empty_site(tmp_path):
    with pytest.raises(InvalidEdition):
        site.load(tmp_path)
