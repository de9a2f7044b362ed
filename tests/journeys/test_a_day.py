"""A day in the life: pages served through the mirror, one price changed overnight, a bad page among good ones."""

from __future__ import annotations

import gzip
from pathlib import Path

import duckdb
import pytest

from sources.address import Mirror
from sources.catalog import source
from tests.journeys.conftest import Run


def place(mirror: Path, key: str, body: bytes) -> None:
    """Put a body where the mirror serves the source's first address."""
    url = source(key).contract.urls[0]
    path = mirror / url.removeprefix("https://")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)


def rows(home: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(home / "published.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory, shared_data: Path, deflation: Run) -> tuple[Path, Path]:
    """State after two runs: first the captures as they are, then with one Anthropic price changed and one page blocked."""
    home, mirror = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("mirror")
    captures = shared_data / "prices" / "captures"
    page = (captures / "anthropic" / "2025-11-22.md").read_text()
    place(mirror, "prices/anthropic", page.encode())
    place(mirror, "prices/openrouter", gzip.decompress((captures / "openrouter" / "2026-08-22.full.json.gz").read_bytes()))
    sheet = (shared_data / "hardware" / "captures" / "google" / "v6e.md.txt").read_bytes()
    for url in source("hardware/google").contract.urls:
        path = mirror / url.removeprefix("https://")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sheet)
    hardware = shared_data / "hardware"
    place(mirror, "hardware/epoch", (hardware / "epoch" / "ml_hardware_2026-07-06.csv").read_bytes())
    place(mirror, "rentals/coreweave", (hardware / "captures" / "rental_pages" / "coreweave_blocks_2026-09-16.html").read_bytes())
    tariffs = hardware / "captures" / "electricity" / "eurostat_nrg_pc_205_jsonstat_HANDMADE_ENVELOPE_real_values.json"
    answer = Mirror(str(mirror)).file(source("energy/eurostat").contract.urls[0])
    answer.parent.mkdir(parents=True, exist_ok=True)
    answer.write_bytes(tariffs.read_bytes())
    first = deflation(home, "run", DEFLATION_MIRROR=str(mirror))
    assert first.returncode == 0, first.stdout[-2000:] + first.stderr[-2000:]
    row = next(line for line in page.splitlines() if line.startswith("| Claude Haiku 4.5 ") and "$1.25" in line)
    changed = page.replace(row, row.replace("$5 /", "$4 /"))
    assert changed != page
    place(mirror, "prices/anthropic", changed.encode())
    place(mirror, "prices/openrouter", b"<html><title>Just a moment...</title></html>")
    second = deflation(home, "run", DEFLATION_MIRROR=str(mirror))
    assert second.returncode == 0, second.stdout[-2000:] + second.stderr[-2000:]
    (home / "second.log").write_text(second.stdout)
    return home, mirror


def test_live_pages_become_quotes_with_their_words(lived: tuple[Path, Path]) -> None:
    home, _ = lived
    found = rows(home, "select provider, origin, evidence from marts.price_now where source = 'prices/anthropic'")
    assert len(found) >= 8 and all(origin == "live" and "MTok" in words for _, origin, words in found)


def test_the_price_that_changed_overnight_is_an_event_with_its_evidence(lived: tuple[Path, Path]) -> None:
    home, _ = lived
    found = rows(home, "select price_before_usd_per_mtok, price_after_usd_per_mtok, evidence, length(snapshot_sha256) from marts.price_events "
                       "where provider = 'anthropic' and token_class = 'output' and kind = 'cut' and model like '%haiku-4-5%' and tier = 'standard'")
    assert (5.0, 4.0) in {(b, a) for b, a, *_ in found}
    assert any("$4 / MTok" in words and length == 64 for _, _, words, length in found)


def test_the_change_stands_in_the_report(lived: tuple[Path, Path]) -> None:
    home, _ = lived
    assert "haiku-4-5" in (home / "site" / "latest" / "index.html").read_text().lower()


def test_a_blocked_page_fails_alone_and_its_last_good_rows_stay(lived: tuple[Path, Path]) -> None:
    home, _ = lived
    health = dict(rows(home, "select source, status from marts.data_health"))
    assert health["prices/openrouter"] == "failed" and health["prices/anthropic"] == "ok"
    message = rows(home, "select message from marts.data_health where source = 'prices/openrouter'")[0][0]
    assert "prices/openrouter" in message and "expected" in message and "found" in message
    kept = rows(home, "select count(*) from core.price_witness where source = 'prices/openrouter' and valid_to is null")
    assert kept[0][0] > 300


def test_live_offers_tariffs_and_sheets_reach_the_tables_that_are_computed_with(lived: tuple[Path, Path]) -> None:
    home, _ = lived
    offers = rows(home, "select accelerator, usd_per_accelerator_hour from core.rental_believed where source = 'rentals/coreweave'")
    assert {a for a, _ in offers} >= {"H100-SXM"}
    now = rows(home, "select status, age_days, providers_count from marts.rental_now where accelerator = 'H100-SXM' and term = 'on_demand'")
    assert [(s, n) for s, _, n in now] == [("current", 1)] and now[0][1] <= 1
    assert rows(home, "select count(*) > 0 from core.hourly where accelerator = 'H100-SXM' and rental_date >= (select as_of from core.vintage) - 1") == [(True,)]
    assert rows(home, "select count(*) from marts.electricity where source = 'energy/eurostat' and eur_per_kwh > 0")[0][0] >= 4
    unmapped = rows(home, "select message from marts.data_health where source = 'hardware/epoch'")
    assert "printed accelerators are not mapped" in unmapped[0][0], "what a database prints and nobody mapped is said"
    assert rows(home, "select count(*) from core.spec_history where source = 'hardware/epoch' and observed_at >= (select as_of from core.vintage) - 1") == [(0,)], (
        "a table read again with the same figures adds nothing")


def test_floors_carry_boundary_interval_and_shares(lived: tuple[Path, Path]) -> None:
    home, _ = lived
    assert rows(home, "select distinct boundary from marts.model_floors order by 1") == [("gpu_only",), ("rented hour",), ("system",), ("wall",)]
    assert rows(home, "select count(*) from marts.model_floors where not low_usd_per_mtok < mode_usd_per_mtok or not mode_usd_per_mtok < high_usd_per_mtok") == [(0,)]
    page = (home / "site" / "latest" / "index.html").read_text()
    assert "electricity at the wall" in page and rows(home, "select statement from marts.floor_assumptions where quantity = 'together'")[0][0] in page


def test_the_run_names_live_and_failed_inputs(lived: tuple[Path, Path]) -> None:
    said = (lived[0] / "second.log").read_text()
    assert "live" in said and "failed" in said


def test_offline_afterwards_reads_the_archive(lived: tuple[Path, Path], deflation: Run) -> None:
    home, _ = lived
    done = deflation(home, "run", "--offline")
    assert done.returncode == 0 and "archive" in done.stdout
