"""Condition texts as pages print them: bounds with their comparison, hours with weekdays and zone, one spelling."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belief.names.conditions import canonical, parse

CASES = [
    ("prompts > 200k", "prompts > 200k"),
    ("prompt > 200K input tokens", "prompts > 200k"),
    ("prompts <= 200k", ""),
    ("≤256K", ""),
    ("256K~1M", "prompts > 256k"),
    ("<272K context length", ""),
    (">272K context length", "prompts > 272k"),
    ("Prompt length [0, 128]K", ""),
    ("Prompt length (128, 256]K", "prompts > 128k"),
    ("context 512K - 1M", "prompts > 512k"),
    ("context <= 512K", ""),
    ("prompts longer than 128K", "prompts > 128k"),
    ("prompts up to 128K tokens", ""),
    ("< 200k prompt tokens", ""),
    ("≥ 200k prompt tokens", "prompts >= 200k"),
    ("0 ≤ 输入长度 ＜ 32k", ""),
    ("输入长度 ≥ 32k", "prompts >= 32k"),
    ("输入长度 512k+", "prompts > 512k"),
    ("输入长度（0, 512k]", ""),
    ("输入长度 [32, 128)K", "prompts >= 32k"),
    ("输入长度 [32+)K", "prompts >= 32k"),
    ("prompt < 272K", ""),
    ("prompts > 272k, region us", "prompts > 272k, region us"),
    ("region us", "region us"),
    ("above_200k_tokens", "prompts > 200k"),
    ("thinking", "thinking"),
    ("prompts > 256k, thinking", "prompts > 256k, thinking"),
    ("extended context", "extended context"),
    ("long context", "long context"),
    ("context > 200K", "prompts > 200k"),
    ("", ""),
    ("prompts >= 1.5k", "prompts >= 1500"),
    ("01:00-04:00 UTC", "01:00-04:00 UTC"),
    ("UTC 16:30-00:30", "16:30-00:30 UTC"),
    ("peak 01:00-04:00 and 06:00-10:00 UTC", "01:00-04:00 UTC and 06:00-10:00 UTC"),
    (
        "peak 09:00-12:00 Beijing time, Monday through Friday, excluding Chinese public holidays",
        "09:00-12:00 Beijing time, monday-friday, not on public holidays",
    ),
    ("region ap-southeast-1", "region ap-southeast-1"),
    ("输入长度 [0, 32)k 输出长度 [0.2+)k", "output >= 200"),
    ("输入长度 [0, 32)k 输出长度 [0, 0.2)k", ""),
    ("prompts > 200k, output > 1k", "prompts > 200k, output > 1k"),
    ("up to 0.2k output tokens", ""),
]


@pytest.mark.parametrize(("text", "spelling"), CASES)
def test_each_printed_condition_has_one_spelling(text: str, spelling: str) -> None:
    assert canonical(text) == spelling


@pytest.mark.parametrize("text", [t for t, _ in CASES])
def test_the_spelling_is_its_own_spelling(text: str) -> None:
    assert canonical(canonical(text)) == canonical(text)


@pytest.mark.parametrize(
    ("text", "at_bound"),
    [("prompts > 200k", False), ("≥ 200k prompt tokens", True), ("prompts <= 200k", True), ("< 200k prompt tokens", False)],
)
def test_the_comparison_decides_the_prompt_that_is_exactly_at_the_threshold(text: str, at_bound: bool) -> None:
    assert parse(text).admits(200_000) is at_bound


@pytest.mark.parametrize(
    ("low", "high"),
    [
        ("prompts <= 200k", "prompts > 200k"),
        ("< 200k prompt tokens", "≥ 200k prompt tokens"),
        ("输入长度 [0, 32)K", "输入长度 [32, 200000)K"),
        ("≤256K", "256K~100M"),
    ],
)
@given(tokens=st.integers(0, 10_000_000))
def test_two_halves_of_a_price_list_share_every_prompt_between_them(low: str, high: str, tokens: int) -> None:
    assert parse(low).admits(tokens) + parse(high).admits(tokens) == 1


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at", "holds"),
    [
        ("01:00-04:00 UTC", "2026-09-01T01:00", True),
        ("01:00-04:00 UTC", "2026-09-01T04:00", False),
        ("UTC 16:30-00:30", "2025-07-01T23:59", True),
        ("UTC 16:30-00:30", "2025-07-02T00:29", True),
        ("UTC 16:30-00:30", "2025-07-02T00:30", False),
        ("UTC 00:30-16:30", "2025-07-02T00:30", True),
        ("peak 09:00-12:00 Beijing time", "2026-09-01T01:30", True),
        ("peak 09:00-12:00 Beijing time", "2026-09-01T09:30", False),
        ("peak 01:00-04:00 and 06:00-10:00 UTC", "2026-09-01T07:00", True),
        ("peak 01:00-04:00 and 06:00-10:00 UTC", "2026-09-01T05:00", False),
        ("peak 01:00-04:00 UTC, Monday through Friday", "2026-09-05T02:00", False),  # a Saturday
        ("peak 01:00-04:00 UTC, Monday through Friday", "2026-09-04T02:00", True),
        ("peak 22:00-02:00 UTC, Monday through Friday", "2026-09-05T01:00", True),  # Friday's window, past midnight
        ("peak 22:00-02:00 UTC, Monday through Friday", "2026-09-07T01:00", False),  # Sunday's does not exist
    ],
)
def test_hours_hold_by_clock_zone_and_weekday(text: str, at: str, holds: bool) -> None:
    assert parse(text).in_hours(moment(at)) is holds


def test_hours_without_a_zone_are_not_guessed() -> None:
    assert parse("01:00-04:00").windows == () and "01:00-04:00" in parse("01:00-04:00").rest


@given(st.text(max_size=80))
def test_any_text_is_taken_apart_without_an_error(text: str) -> None:
    assert canonical(canonical(text)) == canonical(text) or parse(text).rest
