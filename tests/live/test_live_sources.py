"""The real internet, asked politely once: only with ``pytest -m live``. What ``deflation sources check`` says must be good."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pipelines.context import make_fetcher, today
from pipelines.settings import load_settings
from sources.catalogue import source, sources
from sources.fetching.fetch import Limits
from sources.trials.check import check

LIVE = [s for s in sources().values() if s.contract.live and s.contract.urls]


@pytest.mark.live
@pytest.mark.parametrize("one", LIVE, ids=lambda s: s.key)
def test_every_address_of_a_source_gives_its_rows(one) -> None:
    results = check(make_fetcher(load_settings(), Limits(attempts=1)), [one], today())
    if all("no connection" in r.found for r in results):
        pytest.skip(f"no network: {results[0].found}")
    assert all(r.is_good for r in results), [f"{r.url}: {r.outcome}: {r.found}; {r.remedy}" for r in results if not r.is_good]


@pytest.mark.live
def test_the_newest_price_file_of_litellm_is_read_but_for_two_in_a_hundred_entries(tmp_path: Path) -> None:
    """The file as its publisher's package carries it, newer than any capture kept with the project."""
    got = subprocess.run(
        [sys.executable, "-m", "pip", "download", "--no-deps", "-q", "-d", str(tmp_path), "litellm"],
        capture_output=True,
        text=True,
        check=False,
    )
    wheels = list(tmp_path.glob("litellm-*.whl"))
    if got.returncode or not wheels:
        pytest.skip(f"no package to be had: {got.stderr[-200:]}")
    with zipfile.ZipFile(wheels[0]) as wheel:
        body = wheel.read("litellm/model_prices_and_context_window_backup.json")
    parsed = source("prices/litellm").parsed(body)
    named = {q.model_label for q in parsed.quotes}
    assert len(named) > 4000 and len(parsed.left_out) <= 0.02 * (len(named) + len(parsed.left_out)), [o.reason for o in parsed.left_out][:5]
