"""The real internet, asked politely once: only with ``pytest -m live``. A drifted page fails here first."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.settings import load_settings
from sources.catalogue import sources
from sources.fetching.fetch import Fetcher, FetchFailed

LIVE = [s for s in sources().values() if s.contract.live and s.contract.urls]


@pytest.mark.live
@pytest.mark.parametrize("one", LIVE, ids=lambda s: s.key)
def test_todays_page_is_read(one) -> None:
    fetcher = Fetcher(load_settings().contact, clock=lambda: datetime.now(UTC))
    try:
        page = fetcher.fetch(one)
    except FetchFailed as error:
        if error.unreachable:
            pytest.skip(f"no network: {error}")
        raise
    assert len(one.read(page.body)) >= one.contract.minimum_rows
