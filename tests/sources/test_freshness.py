"""What only the content can tell: its own day, its currency, its language."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sources.captures import read_captures
from sources.catalogue import Source, source, sources
from sources.contract import Contract, foreign, language_of
from sources.fetching.archive import Archive
from sources.freshness import day_of, modified_day, stated_day
from sources.health import capture_frame, reading_frame

DAY = date(2026, 11, 27)
CONTRACT = source("prices/openrouter").contract


def catalogue(version: str, price: str = "16.8") -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("version", version)
        for provider in ("gcp", "oci", "verda"):
            archive.writestr(
                f"{provider}.csv",
                "instance_name,location,price,gpu_count,gpu_name,gpu_memory,spot\n"
                f"a,us-east5,{price},8,H100,80,False\nb,us-east5,{price},8,H200,141,False\n",
            )
    return body.getvalue()


@pytest.mark.parametrize(
    ("how", "body", "day"),
    [
        ("json updated_at", {"updated_at": "2026-10-26T18:46:35Z"}, date(2026, 10, 26)),
        ("json a.b", {"a": {"b": 1760000000}}, date(2025, 10, 9)),
        ("json updated_at", {"other": 1}, None),
        ("json updated_at", {"updated_at": "yesterday"}, None),
        ("json updated_at", [], None),
        (r'text "Updated": "([^"]+)"', {"Updated": "2026-11-01"}, date(2026, 11, 1)),
    ],
)
def test_content_states_its_day_where_its_contract_says(how: str, body: object, day: date | None) -> None:
    assert stated_day(CONTRACT.model_copy(update={"stated_by": how}), json.dumps(body).encode()) == day


def test_days_are_read_as_feeds_write_them_and_no_figure_is_taken_for_one() -> None:
    assert [day_of(v) for v in ("20260818-1", "2026-08-18\n", 17, "12345678901", None, "2026-13-40")] == [date(2026, 8, 18)] * 2 + [
        None
    ] * 4
    assert modified_day(CONTRACT.model_copy(update={"stated_by": "header"}), "Tue, 18 Aug 2026 10:00:00 GMT") == date(2026, 8, 18)
    assert modified_day(CONTRACT, "Tue, 18 Aug 2026 10:00:00 GMT") is None


def test_old_content_behind_a_fresh_answer_is_stale_and_was_seen_on_its_own_day(tmp_path: Path) -> None:
    one, archive = source("rentals/gpuhunt"), Archive(tmp_path)
    for day in (26, 27):  # the same frozen object answers every day
        archive.put(one.key, one.contract.urls[0], catalogue("20260818-1"), datetime(2026, 11, day, 6, tzinfo=UTC))
    reading = read_captures(one, archive, DAY)
    assert set(reading.quotes["observed_at"]) == set(reading.quotes["confirmed_at"]) == {date(2026, 8, 18)}
    state = reading_frame(one, reading, DAY, capture_frame([])).row(0, named=True)
    assert state["status"] == "stale" and state["age_days"] == 101 and "2026-08-18" in state["message"]
    archive.put(one.key, one.contract.urls[0], catalogue("20261127-1", "15.2"), datetime(2026, 11, 27, 7, tzinfo=UTC))
    fresh = read_captures(one, archive, DAY)
    assert (
        fresh.quotes["observed_at"].max() == DAY and reading_frame(one, fresh, DAY, capture_frame([])).row(0, named=True)["status"] == "ok"
    )


def test_a_source_that_states_its_day_does_so_in_its_specimens_or_by_header() -> None:
    stating = [s for s in sources().values() if s.contract.stated_by and not s.contract.stated_by.startswith("header")]
    assert stating
    for one in stating:
        bodies = [p.read_bytes() for p in (one.folder / "specimens").iterdir() if not p.name.endswith(".golden.csv")]
        assert any(stated_day(one.contract, body) for body in bodies), one.key


def test_the_edition_of_another_country_at_this_address_is_refused(tmp_path: Path) -> None:
    one = source("prices/deepseek")
    english, chinese = one.contract.urls
    bodies = {p.name: p.read_bytes() for p in (one.folder / "specimens").iterdir() if not p.name.endswith(".golden.csv")}
    cny = next(b for b in bodies.values() if {q.currency for q in _read(one, b)} == {"CNY"})
    for url, refused in ((chinese, False), (english, True)):
        archive = Archive(tmp_path / ("b" if refused else "a"))
        archive.put(one.key, url, cny, datetime(2026, 11, 27, 6, tzinfo=UTC))
        reading = read_captures(one, archive, DAY)
        assert reading.failed is refused
        assert not refused or "found CNY" in reading.problems[0]


def _read(one: Source, body: bytes) -> list:
    try:
        return one.read(body)
    except Exception:
        return []


def test_the_language_of_rows_is_told_by_their_letters_and_a_few_names_do_not_make_it() -> None:
    assert [language_of(t) for t in ("Input $2.50 per 1M tokens", "输入 2 元 / 百万 tokens", "入力トークン", "입력 토큰 가격", "")] == [
        "en",
        "zh",
        "ja",
        "ko",
        "en",
    ]
    assert language_of("deepseek-chat (深度) Input price Output price Cached input price per million tokens") == "en"
    contract = Contract(title="t", publisher="p", rank="host", urls=["u"], format="html", robots="", terms="")
    assert foreign(contract, ["USD"], ["Input $1"]) == [] and len(foreign(contract, ["CNY"], ["输入 2 元 百万"])) == 2


def test_one_address_may_promise_another_currency_than_the_rest() -> None:
    contract = source("prices/deepseek").contract
    assert [contract.at(u).currencies for u in contract.urls] == [["USD"], ["CNY"]] and contract.at("elsewhere") is contract


def test_an_interface_whose_key_is_not_set_is_not_broken() -> None:
    from sources.fetching.collect import Outcome
    from sources.fetching.fetch import KeyMissing

    one = source("energy/eia")
    asked = capture_frame([Outcome(one.key, one.contract.urls[0], "no_key", None, KeyMissing(one.key, "u", "a key", "none", "set it"))])
    reading = replace(read_captures(one, Archive(Path("/nonexistent")), DAY))
    assert reading_frame(one, reading, DAY, asked).row(0, named=True)["status"] == "absent"
