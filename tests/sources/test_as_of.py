"""The past stays as it was known: facts and captures of a later day change nothing at an earlier vintage."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import reference
from belief import packaged, prices
from reference.specs import history as specs
from sources.captures import read_captures
from sources.catalogue import source, sources
from sources.fetching.archive import Archive
from sources.reading.parsed import quote_schema
from warehouse.schema import frames

DAYS = [date(2024, 3, 1), date(2025, 6, 1), date(2026, 5, 1)]
NO_QUOTES, NO_READINGS = pl.DataFrame(schema=quote_schema("prices")), frames.empty("raw.reading")


def without_later(frame: pl.DataFrame, day: date) -> pl.DataFrame:
    """The frame as it would have been packaged on ``day``: later rows gone, ends learned later unknown."""
    return reference.as_known(frame, day) if "observed_at" in frame.columns else frame


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_later_packaged_prices_change_no_earlier_belief(day: date, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = prices.build(NO_QUOTES, NO_READINGS, sources(), day)
    load = reference.load
    monkeypatch.setattr(reference, "load", lambda name: without_later(load(name), day))
    for name, frame in prices.build(NO_QUOTES, NO_READINGS, sources(), day).items():
        assert_frame_equal(frame, whole[name])
    assert whole["core.price_interval"].height > 50


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_later_packaged_facts_change_no_earlier_table(day: date, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = packaged.tables(day)
    load = reference.load

    def cut(name: str) -> pl.DataFrame:
        """As packaged on the day; a part's own figures are public from its launch, whenever its sheet was read."""
        public = packaged.PUBLIC_FROM.get(name)
        return load(name).filter(pl.col(public) <= day) if public else without_later(load(name), day)

    monkeypatch.setattr(reference, "load", cut)
    for name, frame in packaged.tables(day).items():
        assert_frame_equal(frame, whole[name])


def test_a_later_reading_of_a_sheet_changes_no_earlier_chip(monkeypatch: pytest.MonkeyPatch) -> None:
    day = date(2025, 6, 1)
    before = packaged.tables(day)["core.accelerators"]
    rows = specs.read_history()
    known = rows.filter((pl.col("accelerator") == "H100-SXM") & (pl.col("field") == "memory_bandwidth_gb_s"))
    later = known.head(1).with_columns(pl.lit("9999").alias("value"), pl.lit(date(2026, 12, 1)).alias("observed_at"))
    monkeypatch.setattr(packaged, "read_history", lambda: pl.concat([rows, later]))
    assert_frame_equal(packaged.tables(day)["core.accelerators"], before)


def test_a_later_capture_changes_no_earlier_reading(tmp_path_factory: pytest.TempPathFactory) -> None:
    archive, anthropic = Archive(tmp_path_factory.mktemp("archive")), source("prices/anthropic")
    page = next(iter(sorted((anthropic.folder / "specimens").glob("*.md")))).read_bytes()
    url = anthropic.contract.urls[0]
    archive.put(anthropic.key, url, page, datetime(2026, 3, 1, 6, tzinfo=UTC))
    before = read_captures(anthropic, archive, date(2026, 3, 10))
    archive.put(anthropic.key, url, page.replace(b"15", b"14"), datetime(2026, 3, 11, 6, tzinfo=UTC))
    after = read_captures(anthropic, archive, date(2026, 3, 10))
    assert_frame_equal(before.quotes, after.quotes)
    assert before.problems == after.problems and before.last_good == after.last_good


def live(kind: str, *rows: dict[str, object]) -> pl.DataFrame:
    schema = quote_schema(kind)
    blank = {c: ("" if t == pl.String else None) for c, t in schema.items()}
    return pl.DataFrame(
        [
            blank
            | {"quote_id": f"q{i}", "source_url": "https://x.example", "basis": "official", "currency": "USD", "accelerators_in_offer": 8}
            | r
            for i, r in enumerate(rows)
        ],
        schema_overrides=schema,
    ).select(list(schema))


def test_later_readings_of_sheets_offers_and_tariffs_change_no_earlier_day() -> None:
    day, later = date(2026, 10, 1), date(2026, 11, 1)
    sheet = {"source": "hardware/nvidia", "accelerator": "H100 SXM", "field": "tdp_w", "value": 720.0, "unit": "W", "evidence": "e"}
    offer = {"source": "rentals/lambda", "provider": "lambda", "accelerator": "H100-SXM", "term": "on_demand", "sku": "x", "value": 3.99}
    tariff = {
        "source": "energy/eia",
        "quantity": "electricity_price",
        "subject": "US-VA",
        "period": "2026-07",
        "qualifier": "IND",
        "unit": "cents per kilowatt-hour",
        "value": 9.5,
    }

    def read(*days: date) -> dict[str, pl.DataFrame]:
        return {
            "hardware": live("hardware", *({**sheet, "observed_at": d, "value": 720.0 + i} for i, d in enumerate(days))),
            "rentals": live("rentals", *({**offer, "observed_at": d, "confirmed_at": d, "value": 3.99 + i} for i, d in enumerate(days))),
            "energy": live("energy", *({**tariff, "observed_at": d, "value": 9.5 + i} for i, d in enumerate(days))),
        }

    before, after = packaged.tables(day, read(date(2026, 9, 1))), packaged.tables(day, read(date(2026, 9, 1), later))
    for name, frame in before.items():
        assert_frame_equal(frame, after[name])
    now = packaged.tables(later, read(date(2026, 9, 1), later))
    assert now["core.rental_price"].filter(pl.col("source") == "rentals/lambda")["usd_per_accelerator_hour"].to_list() == [3.99, 4.99]
    assert now["core.electricity"].filter(pl.col("source") == "energy/eia").height == 2
    assert now["core.spec_history"].filter(pl.col("evidence") == "e").height == 2
    h100 = {
        name: t["core.accelerators"].filter(pl.col("accelerator") == "H100-SXM")["tdp_w"].item()
        for name, t in (("then", before), ("now", now))
    }
    assert h100 == {"then": 720.0, "now": 721.0}


def test_no_believed_price_was_observed_after_the_vintage() -> None:
    day = date(2025, 6, 1)
    believed = prices.build(NO_QUOTES, NO_READINGS, sources(), day)["core.price_interval"]
    assert believed.filter(pl.col("observed_at") > day).is_empty()
    assert believed.filter(pl.col("closed_observed_at") > day).is_empty()
