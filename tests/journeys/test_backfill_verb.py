"""The verbs ``backfill`` and ``aliases`` from the command line: exit codes and sentences."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import ROOT
from tests.journeys.conftest import Run

SPECIMEN = ROOT / "sources" / "providers" / "anthropic" / "specimens" / "tables.md"


def test_captures_are_added_once_and_read_again_on_demand(deflation: Run, tmp_path: Path) -> None:
    given = tmp_path / "given"
    (given / "captures" / "anthropic").mkdir(parents=True)
    (given / "captures" / "anthropic" / "a.md").write_bytes(SPECIMEN.read_bytes())
    (given / "index.csv").write_text(
        "file,provider,official_url,capture_date\nanthropic/a.md,anthropic,https://claude.com/pricing,2025-10-20\nno/b.md,no,,2025-01\n"
    )
    first = deflation(tmp_path, "backfill", "captures", str(given))
    again = deflation(tmp_path, "backfill", "captures", str(given))
    assert (first.returncode, again.returncode) == (0, 0)
    assert "1 added, 0 known, 1 skipped" in first.stdout and "0 added, 1 known" in again.stdout and "no source of that name" in first.stdout
    read = deflation(tmp_path, "backfill", "reparse", "prices/anthropic")
    assert read.returncode == 0 and "1 sources with captures" in read.stdout and "prices/anthropic" in read.stdout


def test_what_cannot_be_done_is_said_with_its_exit_status(deflation: Run, tmp_path: Path) -> None:
    no_index = deflation(tmp_path, "backfill", "captures", str(tmp_path))
    nobody = deflation(tmp_path, "backfill", "web-archive", "prices/nobody")
    backwards = deflation(tmp_path, "backfill", "web-archive", "prices/xai", "--from", "2026-01-01", "--to", "2025-01-01")
    no_network = deflation(tmp_path, "backfill", "web-archive", "prices/xai", "--to", "2025-01-01", DEFLATION_MIRROR="http://127.0.0.1:9")
    assert [no_index.returncode, nobody.returncode, backwards.returncode, no_network.returncode] == [1, 2, 2, 1]
    assert "index.csv" in no_index.stderr and "there is no source" in nobody.stderr and "web.archive.org" in no_network.stderr
    assert "Traceback" not in no_index.stderr + nobody.stderr + no_network.stderr


def test_unmapped_labels_are_listed_and_proposals_are_a_table_for_review(deflation: Run, offline_home: Path, tmp_path: Path) -> None:
    listed = deflation(offline_home, "aliases")
    proposed = deflation(offline_home, "aliases", "--propose")
    assert listed.returncode == 0 and "labels mean no model yet" in listed.stdout
    assert proposed.returncode == 0 and proposed.stdout.startswith("alias,provider,model_label,model,likeness")
    assert deflation(tmp_path, "aliases").returncode == 1
