"""Old editions leave the shelf where the operator said how old they may get; the list keeps their line and stays whole."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import editions
import pytest

from pipelines.operation.retention import prune
from pipelines.settings import Settings
from reports.site import shelf, site
from reports.site.feeds import KEPT

FILES = {"index.html": b"<p>one</p>", "data/a.csv": b"a\n"}
DAYS = [date(2026, 1, 1) + timedelta(days=n) for n in range(KEPT + 45)]


@pytest.fixture
def lived(tmp_path: Path) -> Path:
    for day in DAYS:
        site.publish_edition(tmp_path / "site", editions.full_edition(as_of=day), FILES)
    return tmp_path


def settings(home: Path, days: int) -> Settings:
    return Settings(home=home, edition_days=days, now=datetime(2026, 6, 1, tzinfo=UTC))


def on_shelf(home: Path) -> set[str]:
    return {p.name[:10] for p in (home / "site" / "editions").iterdir()}


def test_what_is_older_than_the_setting_goes_but_the_last_of_each_month_and_what_the_feed_names(lived: Path) -> None:
    before = site.editions(lived / "site")
    [told] = prune(settings(lived, 60), 30, dry_run=True)
    assert on_shelf(lived) == {str(day) for day in DAYS} and told.things == 44 and told.bytes == 44 * 12
    assert prune(settings(lived, 60), 30, dry_run=False) == [told]
    assert on_shelf(lived) == {"2026-01-31", *(str(day) for day in DAYS[-KEPT:])}
    after = site.editions(lived / "site")
    assert [e.edition_id for e in after] == [e.edition_id for e in before] and site.verify(lived / "site") == []
    assert [e.removed_on for e in after if e.as_of == "2026-01-05"] == ["2026-06-01"]
    page = (lived / "site" / "index.html").read_text()
    assert "files removed on 2026-06-01" in page and 'href="editions/2026-01-05' not in page and 'href="editions/2026-01-31' in page
    assert prune(settings(lived, 60), 30, dry_run=False) == []
    site.publish_edition(lived / "site", editions.full_edition(as_of=date(2026, 6, 1)), FILES)
    assert site.newest(site.editions(lived / "site")).number == len(DAYS) + 1


def test_without_the_setting_no_edition_ever_goes(lived: Path) -> None:
    assert prune(settings(lived, 0), 1, dry_run=False) == [] and len(on_shelf(lived)) == len(DAYS)


def test_a_removal_that_dies_half_way_is_finished_by_the_next(lived: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(_: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(shelf.shutil, "rmtree", dies)
        prune(settings(lived, 60), 30, dry_run=False)
    assert site.verify(lived / "site") == [] and len(on_shelf(lived)) == len(DAYS)
    prune(settings(lived, 60), 30, dry_run=False)
    assert len(on_shelf(lived)) == KEPT + 1


def test_an_edition_of_a_day_that_has_not_come_hides_no_later_report(tmp_path: Path) -> None:
    wrong, today = date(2028, 1, 1), date(2026, 12, 1)
    site.publish_edition(tmp_path, editions.full_edition(as_of=wrong), {"index.html": b"wrong"})
    site.withdraw_ahead(tmp_path, today)
    site.publish_edition(tmp_path, editions.full_edition(as_of=today), {"index.html": b"right"})
    assert site.newest(site.editions(tmp_path)).as_of == str(today) and (tmp_path / "latest" / "index.html").read_bytes() == b"right"
    assert "withdrawn: a clock was wrong" in (tmp_path / "index.html").read_text() and site.verify(tmp_path) == []
    site.withdraw_ahead(tmp_path, today)
    assert [e.withdrawn_on for e in site.editions(tmp_path)] == [str(today), ""]
    site.withdraw_ahead(tmp_path, wrong)
    assert [e.withdrawn_on for e in site.editions(tmp_path)] == ["", ""], "the day came"


def test_a_clock_that_is_behind_withdraws_no_report(lived: Path) -> None:
    assert not site.is_ahead(lived / "site", DAYS[3]) and site.is_ahead(lived / "site", DAYS[-2])
    site.withdraw_ahead(lived / "site", DAYS[3])
    assert not any(e.withdrawn_on for e in site.editions(lived / "site"))
    site.withdraw_ahead(lived / "site", DAYS[-2])
    assert [e.as_of for e in site.editions(lived / "site") if e.withdrawn_on] == [str(DAYS[-1])]
    site.withdraw_ahead(lived / "site", DAYS[-1])
    assert not any(e.withdrawn_on for e in site.editions(lived / "site"))
