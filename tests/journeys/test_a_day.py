"""A day in the life: pages served through the mirror, prices changed overnight, bad and missing pages among good ones.

All rental and energy sources run live from their captures to the marts; the next day some prices change, a period of
electricity is revised, one page is blocked and one gone; days later, offline, everything is as old as it is.
"""

from __future__ import annotations

import gzip
import html
import io
import json
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from sources.catalogue import source
from sources.fetching.archive import Archive
from tests.journeys.conftest import Run
from tests.journeys.mirror_server import MirrorServer, eia

KEY = "Sekret/Key+0123456789abcdef"
RENTALS = {
    "aws": "aws_public_feed_2026-09-10.json",
    "azure": "azure_retail_prices_ND96isr_H100_v5_2026-09-16.json",
    "coreweave": "coreweave_blocks_2026-09-16.html",
    "lambda": "lambda_rows_2026-09-16.html",
}


def rows(home: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(home / "published.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()


def of_today(catalogue: bytes) -> bytes:
    """The catalogue with the day it states of itself moved to today: old content would be stale."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(catalogue)) as old, zipfile.ZipFile(made, "w") as new:
        for member in old.namelist():
            new.writestr(member, f"{datetime.now(UTC):%Y%m%d}" if member == "version" else old.read(member))
    return made.getvalue()


def place_hardware(server: MirrorServer, hardware: Path) -> list[dict[str, object]]:
    """Serve every rental and energy source and two sheets; returns EIA's rows, to be revised."""
    for name, capture in RENTALS.items():
        server.place(f"rentals/{name}", (hardware / "captures" / "rental_pages" / capture).read_bytes())
    for name in ("gpuhunt", "hyperstack", "nebius"):  # no capture of theirs may be carried: the specimens
        body = next(p for p in sorted((source(f"rentals/{name}").folder / "specimens").iterdir()) if p.suffix in (".html", ".zip"))
        # one part of the page is one that nobody has heard of
        server.place(
            f"rentals/{name}",
            of_today(body.read_bytes()) if body.suffix == ".zip" else body.read_bytes().replace(b"RTX A4000", b"RTX A4900"),
        )
    server.place("hardware/google", (hardware / "captures" / "google" / "v6e.md.txt").read_bytes())
    server.place("hardware/epoch", (hardware / "epoch" / "ml_hardware_2026-07-06.csv").read_bytes())
    tariffs = hardware / "captures" / "electricity"
    server.place("energy/eurostat", next(tariffs.glob("eurostat*")).read_bytes())
    found = json.loads(next(tariffs.glob("eia_v2*")).read_text())["response"]["data"]
    country = next(r for r in found if r["stateid"] == "AL" and r["sectorid"] == "IND") | {
        "stateid": "US",
        "period": "2026-08",
        "price": "9.99",
    }
    server.answer("energy/eia", eia([country, *found], 7, KEY))
    return [country, *found]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory, shared_data: Path, deflation: Run) -> Path:
    """State after two days: first the captures as they are, then with prices changed, one page blocked and one gone."""
    home, server = tmp_path_factory.mktemp("home"), MirrorServer()
    captures = shared_data / "prices" / "captures"
    page = (captures / "anthropic" / "2025-11-22.md").read_text()
    server.place("prices/anthropic", page.encode())
    server.place("prices/openrouter", gzip.decompress((captures / "openrouter" / "2026-08-22.full.json.gz").read_bytes()))
    tariffs = place_hardware(server, shared_data / "hardware")
    given = {"DEFLATION_MIRROR": server.base, "DEFLATION_EIA_API_KEY": KEY}
    first = deflation(home, "run", **given)
    assert first.returncode == 0, first.stdout[-2000:] + first.stderr[-2000:]
    (home / "first.json").write_text(json.dumps({name: rows(home, sql) for name, sql in FIRST_DAY.items()}, default=str))
    row = next(line for line in page.splitlines() if line.startswith("| Claude Haiku 4.5 ") and "$1.25" in line)
    changed = page.replace(row, row.replace("$5 /", "$4 /"))
    assert changed != page
    server.place("prices/anthropic", changed.encode())
    server.place("prices/openrouter", b"<html><title>Just a moment...</title></html>")
    machines = (shared_data / "hardware" / "captures" / "rental_pages" / RENTALS["azure"]).read_text()
    server.place("rentals/azure", machines.replace("98.32", "80.0").encode())
    server.place("rentals/lambda", b"gone", 410)
    nebius = (source("rentals/nebius").folder / "specimens" / "2026-08.html").read_text()
    server.place("rentals/nebius", nebius.replace("$3.85", "$30.80").encode())  # the node's price in the column of one GPU
    bands = next((shared_data / "hardware" / "captures" / "electricity").glob("eurostat*")).read_text()
    server.place("energy/eurostat", bands.replace("0.1297", "0").encode())
    server.answer("energy/eia", eia([tariffs[0] | {"price": "10.49"}, *tariffs[1:]], 7, KEY))
    second = deflation(home, "run", days_later=1, **given)
    server.close()
    assert second.returncode == 0, second.stdout[-2000:] + second.stderr[-2000:]
    (home / "second.log").write_text(first.stdout + first.stderr + second.stdout + second.stderr)
    assert KEY not in (home / "second.log").read_text()
    return home


FIRST_DAY = {
    "offers": "select source, provider, accelerator, term, round(usd_per_accelerator_hour, 4) from core.rental_believed where source like 'rentals/%' order by all",
    "health": "select source, status, origin, message from marts.data_health where source like 'rentals/%' or source like 'energy/%' order by all",
    "tariff": "select usd_per_kwh from core.energy_price",
    "floor": "select sum(mode_usd_per_mtok) from marts.model_floors where boundary = 'wall'",
    "owned": "select round(sum(usd_per_accelerator_hour), 9) from marts.ownership_cost where cost_component = 'power'",
    "hour": "select usd_per_accelerator_hour from core.hourly where accelerator = 'H100-SXM'",
}


def first_day(home: Path, name: str) -> list[list]:
    return json.loads((home / "first.json").read_text())[name]


@pytest.fixture(scope="module")
def later(lived: Path, deflation: Run) -> tuple[Path, str]:
    """The same state five days on, without a network."""
    done = deflation(lived, "run", "--offline", days_later=6)
    assert done.returncode == 0, done.stderr[-2000:]
    return lived, done.stdout


def test_live_pages_become_quotes_with_their_words(lived: Path) -> None:
    found = rows(lived, "select provider, origin, evidence from marts.price_now where source = 'prices/anthropic' and origin = 'live'")
    assert len(found) >= 8 and all("MTok" in words for _, _, words in found)


def test_the_price_that_changed_overnight_is_an_event_with_its_evidence(lived: Path) -> None:
    found = rows(
        lived,
        "select price_before_usd_per_mtok, price_after_usd_per_mtok, evidence, length(snapshot_sha256) from marts.price_events "
        "where provider = 'anthropic' and token_class = 'output' and kind = 'cut' and model like '%haiku-4-5%' and tier = 'standard'",
    )
    assert (5.0, 4.0) in {(b, a) for b, a, *_ in found}
    assert any("$4 / MTok" in words and length == 64 for _, _, words, length in found)


def test_the_change_stands_in_the_report(lived: Path) -> None:
    assert "haiku-4-5" in (lived / "site" / "latest" / "events.html").read_text().lower()


def test_a_blocked_page_fails_alone_and_its_last_good_rows_stay(lived: Path) -> None:
    health = dict(rows(lived, "select source, status from marts.data_health"))
    assert health["prices/openrouter"] == "failed" and health["prices/anthropic"] == "ok"
    message = rows(lived, "select message from marts.data_health where source = 'prices/openrouter'")[0][0]
    assert "prices/openrouter" in message and "expected" in message and "found" in message
    kept = rows(lived, "select count(*) from core.price_witness where source = 'prices/openrouter' and valid_to is null")
    assert kept[0][0] > 300


def test_every_rental_and_energy_source_is_read_live_to_the_marts(lived: Path) -> None:
    assert {s: (status, origin) for s, status, origin, _ in first_day(lived, "health")} == {
        f"rentals/{n}": ("ok", "live") for n in (*RENTALS, "gpuhunt", "hyperstack", "nebius")
    } | {"energy/eia": ("ok", "live"), "energy/eurostat": ("ok", "live")}
    offers = {(s, p, a, t): usd for s, p, a, t, usd in first_day(lived, "offers")}
    assert (
        offers["rentals/aws", "aws", "H100-SXM", "on_demand"] == 6.88 and offers["rentals/azure", "azure", "H100-SXM", "on_demand"] == 12.29
    )
    assert (
        offers["rentals/coreweave", "coreweave", "B200-SXM", "on_demand"] == 8.6
        and offers["rentals/gpuhunt", "oci", "H100-SXM", "on_demand"] == 10
    )
    assert (
        offers["rentals/lambda", "lambda", "H100-SXM", "on_demand"] in (3.99, 4.29)
        and offers["rentals/nebius", "nebius", "H100-SXM", "spot"] == 2.15
    )
    assert first_day(lived, "tariff") == [[0.0999]], "the newest month of the country is what power costs"
    now = rows(
        lived, "select status, age_days, providers_count from marts.rental_now where accelerator = 'H100-SXM' and term = 'on_demand'"
    )
    assert now[0][0] == "current" and now[0][1] <= 1 and now[0][2] >= 6
    assert rows(
        lived, "select count(*) > 0 from core.hourly where accelerator = 'H100-SXM' and rental_date >= (select as_of from core.vintage) - 1"
    ) == [(True,)]
    unmapped = rows(lived, "select message from marts.data_health where source = 'hardware/epoch'")
    assert "printed accelerators are not mapped" in unmapped[0][0], "what a database prints and nobody mapped is said"
    left = rows(lived, "select accelerator_label, reason from core.unmapped_accelerator where source = 'rentals/hyperstack'")
    assert [(n, r.endswith("(1 offers)")) for n, r in left] == [("NVIDIA RTX A4900", True)]
    assert rows(
        lived,
        "select count(*) from core.spec_history where source = 'hardware/epoch' and observed_at >= (select as_of from core.vintage) - 1",
    ) == [(0,)], "a table read again with the same figures adds nothing"


def test_a_rental_price_that_changed_is_believed_and_the_old_one_stays_dated(lived: Path) -> None:
    seen = rows(
        lived,
        "select usd_per_accelerator_hour, observed_at - (select as_of from core.vintage) from core.rental_believed "
        "where source = 'rentals/azure' and term = 'on_demand' order by observed_at",
    )
    assert seen == [(12.29, -1), (10.0, 0)]
    unchanged = rows(
        lived,
        "select count(*), max(observed_at) = (select as_of from core.vintage) from core.rental_believed where source = 'rentals/coreweave'",
    )
    assert unchanged == [(4, True)], "an equal price seen again is two looks of two offers"


def test_a_revised_period_of_electricity_is_a_vintage_and_power_and_floors_follow(lived: Path) -> None:
    month = "where source = 'energy/eia' and region = 'US' and sector = 'IND' and period = '2026-08'"
    kept = rows(
        lived, f"select usd_per_kwh, observed_at - (select as_of from core.vintage) from core.electricity {month} order by observed_at"
    )
    assert kept == [(0.0999, -1), (0.1049, 0)]
    ((count, share),) = rows(lived, f"select vintages_count, revision_share from marts.electricity {month}")
    assert count == 2 and share == pytest.approx(0.1049 / 0.0999 - 1)
    assert rows(lived, FIRST_DAY["tariff"]) == [(0.1049,)]
    for name in ("floor", "owned"):
        assert rows(lived, FIRST_DAY[name])[0][0] > first_day(lived, name)[0][0] > 0, name
    assert (
        rows(lived, "select count(*) from core.electricity where source = 'energy/eia'")[0][0]
        == 1 + rows(lived, "select count(distinct (region, sector, period)) from core.electricity where source = 'energy/eia'")[0][0]
    )
    assert rows(lived, "select count(*) from marts.electricity where source = 'energy/eurostat' and eur_per_kwh > 0")[0][0] >= 4


def test_a_source_that_fails_says_so_and_its_offers_keep_their_day(lived: Path) -> None:
    ((status, origin, age, message),) = rows(
        lived, "select status, origin, age_days, message from marts.data_health where source = 'rentals/lambda'"
    )
    assert (status, origin, age) == ("failed", "archive", 1) and "410" in message
    assert rows(
        lived, "select distinct observed_at - (select as_of from core.vintage) from core.rental_believed where source = 'rentals/lambda'"
    ) == [(-1,)]


def test_figures_that_cannot_be_right_are_refused_with_the_reason_and_yesterdays_stay(lived: Path) -> None:
    for key, state, reason in (
        ("rentals/nebius", "partial", "a node's price for one accelerator"),
        ("energy/eurostat", "failed", "0 EUR/kWh is outside"),
    ):
        ((status, message),) = rows(lived, f"select status, message from marts.data_health where source = '{key}'")
        assert status == state and reason in message
    assert rows(
        lived,
        "select usd_per_accelerator_hour from core.rental_believed where source = 'rentals/nebius' and accelerator = 'H100-SXM' and term = 'on_demand'",
    ) == [(3.85,)]
    assert rows(lived, "select min(eur_per_kwh) from marts.electricity where source = 'energy/eurostat'") == [(0.1297,)]


def test_the_key_of_an_interface_is_nowhere_in_the_state_folder(lived: Path) -> None:
    """Also not inside compressed captures, cached rows and tables, whose bytes would not show it."""
    from urllib.parse import quote, quote_plus

    forms = [f.encode() for f in (KEY, quote(KEY, safe=""), quote_plus(KEY))]
    holders = [str(p) for p in lived.rglob("*") if p.is_file() and any(f in p.read_bytes() for f in forms)]
    archive = Archive(lived / "archive")
    bodies = {s.sha256: archive.read(s.sha256) for s in archive.captures("energy/eia")}
    assert len(bodies) == 2 and all(b"REDACTED" in b and not any(f in b for f in forms) for b in bodies.values())
    holders += [str(p) for p in lived.rglob("*.parquet") if KEY in pl.read_parquet(p).write_json()]
    with duckdb.connect(str(lived / "published.duckdb"), read_only=True) as con:
        for schema, table in con.execute("select schema_name, table_name from duckdb_tables()").fetchall():
            if con.execute(f'select count(*) from "{schema}"."{table}" as t where t::varchar like $1', [f"%{KEY}%"]).fetchone() != (0,):
                holders.append(f"{schema}.{table}")
    assert holders == []


def test_floors_carry_boundary_interval_and_shares(lived: Path) -> None:
    assert rows(lived, "select distinct boundary from marts.model_floors order by 1") == [
        ("gpu_only",),
        ("rented hour",),
        ("system",),
        ("wall",),
    ]
    assert rows(
        lived,
        "select count(*) from marts.model_floors where not low_usd_per_mtok < mode_usd_per_mtok or not mode_usd_per_mtok < high_usd_per_mtok",
    ) == [(0,)]
    shown = re.sub(r"<[^>]+>", "", (lived / "site" / "latest" / "outlook.html").read_text())
    page = " ".join(html.unescape(shown).split())
    assert (
        "electricity at the wall" in page
        and rows(lived, "select statement from marts.floor_assumptions where quantity = 'together'")[0][0] in page
    )


def test_the_run_names_live_and_failed_inputs(lived: Path) -> None:
    said = (lived / "second.log").read_text()
    assert "live" in said and "failed" in said


def test_days_later_without_a_network_everything_is_as_old_as_it_is(later: tuple[Path, str]) -> None:
    home, said = later
    assert "archive" in said
    health = {
        s: (status, origin, age)
        for s, status, origin, age in rows(
            home, "select source, status, origin, age_days from marts.data_health where source like 'rentals/%' or source like 'energy/%'"
        )
    }
    assert health["rentals/lambda"] == ("stale", "archive", 6) and health["rentals/azure"] == ("stale", "archive", 5)
    assert health["energy/eia"] == ("ok", "archive", 5), "a source asked once a week is not stale after five days"
    assert rows(
        home,
        "select max(observed_at) = (select edition_day from core.edition_day) - 5 from core.rental_believed where source like 'rentals/%'",
    ) == [(True,)]
