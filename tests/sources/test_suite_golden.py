"""Every source reads its specimens to the golden rows, and every capture to the rows read by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from readable import name, pages, read, reading, specimens

from sources.catalogue import sources
from sources.pages.wide import to_csv
from sources.trials.exactness import check_folder

SPECIMENS = pages(real=False)


@pytest.mark.parametrize("key", sources())
def test_a_source_has_a_specimen_with_golden_rows(key: str) -> None:
    found = specimens(sources()[key])
    assert found, f"{key} has no specimens/NAME.ext"
    assert all((p.parent / f"{p.stem}.golden.csv").exists() for p in found)


@pytest.mark.parametrize("page", SPECIMENS, ids=name)
def test_a_specimen_reads_to_its_golden_rows(page: tuple[str, Path]) -> None:
    key, path = page
    got = reading(key, path)
    assert not got.refusal
    golden = (path.parent / f"{path.stem}.golden.csv").read_text(encoding="utf-8")
    assert to_csv(got.source.kind, got.quotes, long=True) == golden


@pytest.mark.parametrize("page", SPECIMENS, ids=name)
def test_reading_twice_gives_the_same_bytes(page: tuple[str, Path]) -> None:
    key, path = page
    again = read(key, path, path.read_bytes())
    assert to_csv(again.source.kind, again.quotes, long=True) == to_csv(again.source.kind, reading(key, path).quotes, long=True)


@pytest.mark.parametrize("kind", ["prices"])
def test_every_capture_reads_to_the_rows_read_by_hand(shared_data: Path, kind: str) -> None:
    results = check_folder(shared_data / kind)
    inexact = [f"{r.capture}: {r.refusal or '; '.join(r.differences[:3])}" for r in results if not r.exact]
    assert not inexact, "\n".join(inexact)
    assert sum(r.expected or 0 for r in results) > 500
