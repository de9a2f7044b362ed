"""State of a newer release is refused in a sentence and left as it is; state without a mark is taken and marked."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from pipelines.operation.state_format import FILE, FORMAT, StateTooNew, hold
from pipelines.settings import Settings
from reports.mail.identity import FORMAT as MAIL_FORMAT
from reports.mail.ledger import Ledger, LedgerUnusable
from reports.mail.subscribers import Store, SubscribersUnusable
from tests.journeys.conftest import Run


def test_a_run_leaves_a_folder_of_a_newer_release_alone_and_says_what_to_do(tmp_path: Path, deflation: Run) -> None:
    (tmp_path / FILE).write_text(json.dumps({"format": FORMAT + 1, "written_by": "deflation 9.9"}))
    done = deflation(tmp_path, "run", "--offline")
    assert done.returncode == 1 and "format 2, written by deflation 9.9; use that release or a newer one" in done.stderr
    assert "Traceback" not in done.stderr and [p.name for p in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize(
    "found", [None, b"", b"{}", b"[1]", b"\xff", b'{"format": 0, "written_by": "x"}', b'{"format": "?", "written_by": 1}']
)
def test_a_folder_without_a_readable_mark_is_taken_and_marked_with_release_and_format(tmp_path: Path, found: bytes | None) -> None:
    if found is not None:
        (tmp_path / FILE).write_bytes(found)
    hold(Settings(home=tmp_path))
    told = json.loads((tmp_path / FILE).read_text())
    assert told["format"] == FORMAT and told["written_by"].startswith("deflation 0.")
    before = (tmp_path / FILE).stat().st_mtime_ns
    hold(Settings(home=tmp_path))
    assert (tmp_path / FILE).stat().st_mtime_ns == before and len(list(tmp_path.iterdir())) == 1


def test_the_format_alone_decides_and_not_the_name_of_the_release(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(json.dumps({"format": FORMAT, "written_by": "deflation 9.9"}))
    hold(Settings(home=tmp_path))
    (tmp_path / FILE).write_text(json.dumps({"format": 99, "written_by": "deflation 0.0"}))
    with pytest.raises(StateTooNew, match="format 99"):
        hold(Settings(home=tmp_path))


def test_a_mark_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    hold(Settings(home=tmp_path / "file"))


@pytest.mark.parametrize(("kind", "name", "refused"), [(Ledger, "l.sqlite", LedgerUnusable), (Store, "s.sqlite", SubscribersUnusable)])
def test_the_mails_files_carry_their_layout_and_a_later_one_is_refused(tmp_path: Path, kind: type, name: str, refused: type) -> None:
    kind(tmp_path / name)
    with sqlite3.connect(tmp_path / name) as db:
        assert db.execute("pragma user_version").fetchone() == (MAIL_FORMAT,)
        db.execute(f"pragma user_version = {MAIL_FORMAT + 1}")
    with pytest.raises(refused, match="newer release"):
        kind(tmp_path / name)
