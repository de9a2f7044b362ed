"""Day one is quiet: what the packaged history was made from, read again by the live path, moves nothing and makes nothing new."""

from __future__ import annotations

import importlib.util
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from belief import prices
from sources.captures import read_captures
from sources.catalogue import source, sources
from sources.fetching.archive import Archive
from sources.health import capture_frame, reading_frame
from sources.reading.parsed import quote_schema
from warehouse.schema import frames

DAY = date(2026, 11, 27)
MOVES = ["cut", "rise", "new"]


def body_of(package: str, file: str) -> bytes:
    """A file of an installed package, read without running the package."""
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        pytest.skip(f"the package {package} is a development dependency and is not installed")
    return (Path(found.submodule_search_locations[0]) / file).read_bytes()


def built(tmp_path: Path, key: str, body: bytes) -> dict[str, pl.DataFrame]:
    """The price tables of a first run that reads ``body`` on ``DAY`` at the source's own address."""
    one, archive = source(key), Archive(tmp_path / "archive")
    archive.put(one.key, one.contract.urls[0], body, datetime(2026, 11, 27, 6, tzinfo=UTC))
    reading = read_captures(one, archive, DAY)
    assert not reading.failed and reading.quotes.height
    return prices.build(reading.quotes, reading_frame(one, reading, DAY, capture_frame([])), sources(), DAY)


def test_the_packaged_trackers_own_body_read_live_gives_no_event(tmp_path: Path) -> None:
    live = built(tmp_path, "prices/model_prices", body_of("model_prices", "snapshot.json"))
    quiet = prices.build(pl.DataFrame(schema=quote_schema("prices")), frames.empty("raw.reading"), sources(), DAY)
    key = ["provider", "model", "tier", "condition", "token_class", "kind", "price_after_usd_per_mtok"]

    def told(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
        return tables["core.price_event"].filter(pl.col("kind").is_in(MOVES)).select(key)

    assert told(live).join(told(quiet), on=key, how="anti", nulls_equal=True).rows() == []
    assert live["core.price_witness"].filter(pl.col("source") == "prices/model_prices").height > 300
