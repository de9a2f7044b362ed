"""A step is made once of the same inputs, by the same code, and never from a damaged file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from sources.reading.cache import Cache
from warehouse.memo import KEPT, Memo, fingerprint

FRAME = pl.DataFrame({"name": ["a", None, "b"], "value": [1.0, 2.0, None], "day": [date(2026, 1, 1)] * 3})


@pytest.fixture
def made(tmp_path: Path) -> tuple[list[pl.DataFrame], Memo]:
    return [], Memo(Cache(tmp_path / "made"), "v")


def test_the_same_inputs_are_made_once_and_give_the_same_tables(made: tuple[list[pl.DataFrame], Memo]) -> None:
    calls, memo = made

    def make(frame: pl.DataFrame, as_of: date) -> dict[str, pl.DataFrame]:
        calls.append(frame)
        return {"stats.a": frame.with_columns(as_of=pl.lit(as_of)), "stats.empty": frame.clear()}

    day = {"as_of": date(2026, 1, 2)}
    first, again = (memo.made("a", make, [FRAME], day) for _ in range(2))
    assert len(calls) == 1 and list(first) == list(again)
    for name in first:
        assert_frame_equal(first[name], again[name])
    for frames, given, version in (
        ([FRAME.reverse()], day, "v"),
        ([FRAME], {"as_of": date(2026, 1, 3)}, "v"),
        ([FRAME], day, "w"),
        ([FRAME.rename({"value": "price"})], day, "v"),
        ([FRAME.with_columns(value=pl.lit(1.0))], day, "v"),
    ):
        Memo(memo.cache, version).made("a", make, frames, given)
    assert len(calls) == 6


def test_a_damaged_result_is_made_anew_and_few_are_kept(made: tuple[list[pl.DataFrame], Memo]) -> None:
    calls, memo = made
    for n in range(5):
        memo.made("a", lambda f: calls.append(f) or {"a": f}, [FRAME.with_columns(value=pl.lit(float(n)))], {})
    kept = sorted(memo.cache.folder.iterdir())  # type: ignore[union-attr]
    assert len(kept) == KEPT and len(calls) == 5
    for path in kept:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    got = memo.made("a", lambda f: calls.append(f) or {"a": f}, [FRAME.with_columns(value=pl.lit(4.0))], {})
    assert len(calls) == 6 and got["a"]["value"].to_list() == [4.0] * 3


def test_a_fingerprint_tells_types_names_order_and_nulls_apart() -> None:
    others = [
        FRAME,
        FRAME.reverse(),
        FRAME.rename({"name": "n"}),
        FRAME.fill_null(0.0),
        FRAME.cast({"value": pl.Float32}),
        FRAME.head(2),
        FRAME.clear(),
        pl.DataFrame(),
    ]
    assert len({fingerprint(f) for f in others}) == len(others)
    assert fingerprint(FRAME) == fingerprint(FRAME.clone())
