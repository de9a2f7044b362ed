"""A canary for a live source: a body of the shape that is served goes through fetch, archive, reader and belief.

A source without one is unproven, and says so. Canaries are small, so what a contract owes of a whole page is not asked of them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

import reference
from belief import prices
from belief.live_facts import rental_prices, spec_history
from reference.specs.engine import project_names
from reference.specs.history import read_history
from sources.captures import Reading, read_captures
from sources.catalogue import Source, sources
from sources.fetching.archive import Archive
from sources.fetching.collect import fetch_all
from sources.fetching.fetch import Fetcher, Limits
from sources.health import capture_frame, reading_frame
from sources.reading.parsed import quote_schema
from tests.journeys.mirror_server import MirrorServer

NOW = datetime(2026, 11, 27, 6, tzinfo=UTC)
CANARIES = [s for s in sources().values() if s.contract.canary]


def lenient(one: Source) -> Source:
    """The source, owing of a page no more than a canary has: one row, whatever its names, its day or its language."""
    made = Source(one.kind, one.folder)
    made.__dict__["contract"] = one.contract.model_copy(
        update={"minimum_rows": 1, "must_see": [], "places": {}, "stated_days": 4000, "paging": "", "key_setting": ""}
    )
    return made


@pytest.fixture(scope="module")
def flown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Reading, pl.DataFrame]]:
    """Every canary served at its source's own addresses, fetched, archived and read; with what is said of the source."""
    server, archive = MirrorServer(), Archive(tmp_path_factory.mktemp("archive"))
    for one in CANARIES:
        server.place(one.key, (one.folder / "specimens" / one.contract.canary).read_bytes())
    fetcher = Fetcher("ops@example.org", clock=lambda: NOW, mirror=server.base, limits=Limits(host_delay_s=0))
    outcomes = capture_frame(fetch_all(fetcher, map(lenient, CANARIES), archive))
    server.close()
    found = {}
    for one in CANARIES:
        reading = read_captures(lenient(one), archive, NOW.date())
        found[one.key] = reading, reading_frame(lenient(one), reading, NOW.date(), outcomes)
    return found


@pytest.mark.parametrize("one", CANARIES, ids=lambda s: s.key)
def test_a_canary_comes_through_fetch_archive_and_reader(one: Source, flown: dict[str, tuple[Reading, pl.DataFrame]]) -> None:
    reading, state = flown[one.key]
    told = state.row(0, named=True)
    assert told["origin"] == "live" and told["status"] in ("ok", "partial"), told["message"]
    assert (
        reading.quotes.height
        == len(lenient(one).read((one.folder / "specimens" / one.contract.canary).read_bytes())) * len(one.contract.urls)
        > 0
    )


def test_the_canaries_of_prices_are_among_the_witnesses_that_belief_weighs(flown: dict[str, tuple[Reading, pl.DataFrame]]) -> None:
    keys = [one.key for one in CANARIES if one.kind == "prices"]
    quotes = pl.concat([flown[key][0].quotes for key in keys])
    built = prices.build(
        quotes, pl.concat([flown[key][1] for key in keys]), {k: lenient(s) for k, s in sources().items() if k in keys}, NOW.date()
    )
    assert set(keys) - set(built["core.price_witness"]["source"]) == set()


def test_the_canaries_of_rentals_and_sheets_are_among_the_dated_facts(flown: dict[str, tuple[Reading, pl.DataFrame]]) -> None:
    def of(kind: str) -> pl.DataFrame:
        return pl.concat([pl.DataFrame(schema=quote_schema(kind)), *(flown[o.key][0].quotes for o in CANARIES if o.kind == kind)])

    table = rental_prices(reference.load("rental_prices").head(0), of("rentals"), project_names())
    assert {o.key for o in CANARIES if o.kind == "rentals"} - set(table["source"]) == set()
    history, unmapped = spec_history(read_history(), of("hardware"), reference.load("accelerator_labels"))
    assert history.height and (history.filter(pl.col("source") == "hardware/epoch").height or unmapped)


def test_a_source_without_a_canary_is_unproven_and_a_canary_is_a_specimen_with_golden_rows() -> None:
    for one in sources().values():
        assert one.is_unproven == (one.contract.live and not one.contract.canary)
        if one.contract.canary:
            path = Path(one.folder / "specimens" / one.contract.canary)
            assert path.exists() and path.with_name(f"{path.stem}.golden.csv").exists(), one.key
