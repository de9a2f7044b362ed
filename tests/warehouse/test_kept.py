"""What is kept for ever says when it is not as it was written, and stops nothing: issued forecasts, decisions, the mail's files."""

from __future__ import annotations

import os
import random
import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from forecasting.forecast.quantiles import QUANTILES
from forecasting.track_record import scoring
from sources.reading.set_aside import SetAside
from warehouse.issued import FACT, FORECAST, damages, due, issue, issued_before
from warehouse.kept import damages as all_damages
from warehouse.schema.frames import polars_schema

DAY = date(2026, 1, 1)


def forecasts(vintage: date, horizons: tuple[int, ...] = (30, 90), models: tuple[str, ...] = ("record", "other")) -> pl.DataFrame:
    rows = [
        {
            "forecast_id": f"{vintage}/{m}/{h}",
            "vintage": vintage,
            "series_id": "s",
            "model": m,
            "is_champion": m == "record",
            "horizon_days": h,
            "target_date": vintage + timedelta(days=h),
            "quantile": q,
            "value_usd_per_mtok": 1.0 + q,
            "build_id": "b",
            "code_version": "c",
        }
        for m in models
        for h in horizons
        for q in QUANTILES
    ]
    return pl.DataFrame(rows, schema=polars_schema(FORECAST))


def facts(vintage: date) -> pl.DataFrame:
    return pl.DataFrame([{"fact_id": "headline.x", "value": 1.0, "unit": "ratio", "as_of": vintage}])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for days in range(5):
        issue(tmp_path / "issued", DAY + timedelta(days=days), forecasts(DAY + timedelta(days=days)), facts(DAY + timedelta(days=days)))
    return tmp_path / "issued"


def test_a_day_reads_the_last_vintage_whole_and_of_the_others_the_medians_of_record(folder: Path) -> None:
    got = issued_before(folder, DAY + timedelta(days=4))
    by = got[FORECAST].group_by("vintage").len().sort("vintage").rows()
    assert by == [*((DAY + timedelta(days=n), 2) for n in range(3)), (DAY + timedelta(days=3), 2 * 2 * len(QUANTILES))]
    assert got[FACT]["as_of"].to_list() == [DAY + timedelta(days=3)]
    assert issued_before(folder, DAY)[FORECAST].is_empty()


def test_only_forecasts_whose_day_has_come_are_scored_and_each_once(folder: Path) -> None:
    assert due(folder, DAY + timedelta(days=29), scoring.widened).is_empty()
    came = due(folder, DAY + timedelta(days=32), scoring.widened)
    assert sorted(came["forecast_id"]) == sorted(f"{DAY + timedelta(days=n)}/{m}/30" for n in range(3) for m in ("record", "other"))
    whole = pl.concat([pl.read_parquet(p) for p in folder.glob("forecast-*.parquet")])
    assert came.sort("forecast_id").equals(scoring.widened(whole, DAY + timedelta(days=32)).sort("forecast_id"))


def test_an_issued_file_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    real_sync, real_link = os.fsync, os.link
    monkeypatch.setattr(os, "fsync", lambda descriptor: (order.append("sync"), real_sync(descriptor))[1])
    monkeypatch.setattr(os, "link", lambda a, b: (order.append("named"), real_link(a, b))[1])
    issue(tmp_path, DAY, forecasts(DAY), facts(DAY))
    assert order.count("named") == 2 and all(order[n - 1] == "sync" for n, what in enumerate(order) if what == "named")


def test_a_vintage_is_issued_once(folder: Path) -> None:
    before = (folder / f"forecast-{DAY}.parquet").read_bytes()
    assert (
        not issue(folder, DAY, forecasts(DAY, models=("record",)), facts(DAY))
        and (folder / f"forecast-{DAY}.parquet").read_bytes() == before
    )
    assert not damages(folder)


def test_one_hundred_and_fifty_bit_flips_and_cuts_of_an_issued_forecast_are_all_told_and_stop_nothing(folder: Path) -> None:
    path, rng = folder / f"forecast-{DAY}.parquet", random.Random(5)
    whole = path.read_bytes()
    for n in range(150):
        bad = bytearray(whole[: (0, 200)[n]] if n < 2 else whole)
        if n >= 2:
            bad[rng.randrange(len(bad))] ^= 1 << rng.randrange(8)
        path.write_bytes(bad)
        assert DAY not in issued_before(folder, DAY + timedelta(days=9))[FORECAST]["vintage"].to_list(), "nothing is read past a damage"
        assert list(damages(folder)) == [path.name] and "restore the file from a backup" in damages(folder)[path.name]
    path.unlink()
    assert "missing" in damages(folder)[path.name]


def test_a_forecast_of_before_there_were_hashes_is_read_and_gets_one(folder: Path) -> None:
    hashed = folder / f"forecast-{DAY}.parquet.sha256"
    hashed.unlink()
    assert DAY in issued_before(folder, DAY + timedelta(days=9))[FORECAST]["vintage"].to_list() and not damages(folder)
    issue(folder, DAY, forecasts(DAY), facts(DAY))
    assert hashed.exists()


def test_the_hash_beside_a_file_is_what_sha256sum_checks(folder: Path) -> None:
    import subprocess

    done = subprocess.run(
        ["sha256sum", "-c", *(p.name for p in folder.glob("*.sha256"))], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0 and done.stdout.count(": OK") == 10


def test_the_newest_decision_on_a_capture_counts_and_a_line_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    decisions, now = SetAside(tmp_path / "set_aside.jsonl"), datetime(2026, 1, 1, tzinfo=UTC)
    assert decisions.reasons() == {} and not decisions.damages()
    decisions.decide("aa", "a test page", now, aside=True)
    decisions.decide("bb", "absurd", now, aside=True)
    decisions.decide("aa", "it was right", now, aside=False)
    assert decisions.reasons() == {"bb": "absurd"}
    raw = decisions.path.read_bytes()
    decisions.path.write_bytes(raw[:50] + b"\xff" + raw[51:])
    assert decisions.reasons() == {"bb": "absurd"} and "lines 1 cannot be read" in decisions.damages()["set_aside.jsonl"]


def test_damaged_mail_files_are_named_with_what_they_hold(tmp_path: Path) -> None:
    assert all_damages(tmp_path).is_empty()
    with sqlite3.connect(tmp_path / "ledger.sqlite") as con:
        con.execute("create table t (x)")
    con.close()
    assert all_damages(tmp_path).is_empty()
    (tmp_path / "subscribers.sqlite").write_bytes(b"rubbish" * 1000)
    whole = (tmp_path / "ledger.sqlite").read_bytes()
    for left in (b"", whole[:100]):
        (tmp_path / "ledger.sqlite").write_bytes(left)
        told = dict(all_damages(tmp_path).rows())
        assert (
            set(told) == {"ledger.sqlite", "subscribers.sqlite"}
            and "goes out twice" in told["ledger.sqlite"]
            and "who wants" in told["subscribers.sqlite"]
        )
