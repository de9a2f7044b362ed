"""What a request costs: thresholds, hours, tiers and components as the intervals say, and nothing beyond them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reference
from belief import history
from belief.request_cost import NoPrice, Request, announced, canonical_models, costs, near_names

AT = datetime(2026, 9, 1, 12, tzinfo=UTC)  # a Tuesday


def offer(
    price_in: float,
    price_out: float,
    *,
    condition: str = "",
    tier: str = "standard",
    provider: str = "acme",
    cached: float | None = None,
    since: date = date(2026, 1, 1),
    until: date | None = None,
    evidence: str = "",
) -> dict[str, object]:
    return {c: None for c in history.INTERVAL_COLUMNS} | {
        "interval_id": f"{provider}{tier}{condition}{since}",
        "provider": provider,
        "model": "m",
        "model_label": "m",
        "tier": tier,
        "condition": condition,
        "currency": "USD",
        "price_input_usd_per_mtok": price_in,
        "price_output_usd_per_mtok": price_out,
        "price_cached_input_usd_per_mtok": cached,
        "valid_from": since,
        "valid_to": until,
        "source": "feed",
        "evidence": evidence,
    }


def table(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema={"interval_id": pl.String} | dict(history.empty_intervals().schema))


def one(rows: pl.DataFrame, **request: object):
    defaults: dict[str, object] = {"input_tokens": 1000, "output_tokens": 1000, "at": AT}
    found = costs(rows, Request(**(defaults | request)))  # type: ignore[arg-type]
    assert len(found) == 1
    return found[0]


def test_tokens_times_prices_are_exact_to_the_last_digit() -> None:
    got = one(table(offer(0.15, 0.6, cached=0.075)), input_tokens=1_234_567, cached_tokens=234_567, output_tokens=7)
    assert (
        got.usd
        == Decimal("1000000") * Decimal("0.15") / 10**6 + Decimal(234_567) * Decimal("0.075") / 10**6 + Decimal(7) * Decimal("0.6") / 10**6
    )


def test_on_the_day_of_its_end_a_price_no_longer_holds() -> None:
    rows = table(offer(1, 2, until=AT.date()))
    with pytest.raises(NoPrice, match="no price is in force"):
        one(rows)
    assert one(table(offer(1, 2, until=AT.date() + timedelta(days=1)))).usd == Decimal("0.003")


def test_a_cached_price_that_is_not_known_is_said_and_makes_the_total_unknown() -> None:
    got = one(table(offer(2, 8)), cached_tokens=10)
    assert got.usd is None and got.missing == ("cached input",) and "no price of cached input" in got.notes[-1]
    assert one(table(offer(2, 8))).usd == Decimal("0.01")


@pytest.mark.parametrize(
    ("condition", "tokens", "price"),
    [("prompts > 200k", 200_000, 1), ("prompts > 200k", 200_001, 2), ("prompts >= 200k", 200_000, 2), ("prompts >= 200k", 199_999, 1)],
)
def test_a_prompt_at_the_threshold_pays_what_its_comparison_says(condition: str, tokens: int, price: int) -> None:
    got = one(table(offer(1, 10), offer(2, 20, condition=condition)), input_tokens=tokens, output_tokens=0)
    assert got.usd == Decimal(tokens) * price / 10**6


def test_the_whole_request_pays_the_long_price_output_too() -> None:
    got = one(table(offer(1, 10), offer(2, 20, condition="prompts > 200k")), input_tokens=300_000, output_tokens=1000)
    assert got.usd == Decimal("0.62") and "the whole request" in got.notes[-1]


def test_only_the_excess_is_billed_where_the_page_says_so() -> None:
    rows = table(offer(1, 10), offer(2, 20, condition="prompts > 200k", evidence="$2 for tokens above 200k"))
    got = one(rows, input_tokens=300_000, output_tokens=1000)
    assert got.usd == Decimal("0.2") + Decimal("0.2") + Decimal("0.02")


def test_of_three_steps_the_highest_reached_counts() -> None:
    rows = table(offer(1, 1), offer(2, 2, condition="prompts > 32k"), offer(3, 3, condition="prompts > 128k"))
    assert [one(rows, input_tokens=t, output_tokens=0).interval["price_input_usd_per_mtok"] for t in (32_000, 32_001, 128_001)] == [1, 2, 3]


@pytest.mark.parametrize(("hour", "tier"), [(2, "peak"), (4, "off-peak"), (7, "peak"), (23, "off-peak")])
def test_the_clock_chooses_between_peak_and_off_peak_and_a_feeds_one_price_does_not_win(hour: int, tier: str) -> None:
    rows = table(
        offer(9, 9),
        offer(1, 1, tier="off-peak"),
        offer(2, 2, tier="peak", condition="01:00-04:00 UTC"),
        offer(2, 2, tier="peak", condition="06:00-10:00 UTC"),
    )
    assert one(rows, at=AT.replace(hour=hour)).interval["tier"] == tier


def test_weekend_nights_are_not_peak_when_the_page_says_weekdays() -> None:
    rows = table(offer(1, 1, tier="off-peak"), offer(2, 2, tier="peak", condition="09:00-12:00 Beijing time, monday-friday"))
    moments = [datetime(2026, 9, 4, 2, tzinfo=UTC), datetime(2026, 9, 5, 2, tzinfo=UTC)]
    assert [one(rows, at=m).interval["tier"] for m in moments] == ["peak", "off-peak"]


def test_a_discount_block_and_a_standard_block_share_the_day() -> None:
    rows = table(offer(9, 9), offer(1, 1, tier="off-peak", condition="16:30-00:30 UTC"), offer(2, 2, condition="00:30-16:30 UTC"))
    assert [one(rows, at=AT.replace(hour=h)).interval["price_input_usd_per_mtok"] for h in (0, 12, 17)] == [1, 2, 1]


def test_a_tier_that_is_not_sold_is_an_answer_and_not_another_tier() -> None:
    with pytest.raises(NoPrice, match="no price in the tier batch.*there is: standard"):
        costs(table(offer(1, 1)), Request(1, 1, tier="batch", at=AT))


def test_a_regional_price_is_used_only_when_asked_for_or_alone() -> None:
    rows = table(offer(1, 1), offer(2, 2, condition="region eu"))
    assert one(rows).interval["condition"] == "" and one(rows, condition="region eu").interval["price_input_usd_per_mtok"] == 2
    assert one(table(offer(2, 2, condition="region eu"))).interval["condition"] == "region eu"


def test_yesterdays_interval_is_used_for_yesterday_and_a_day_without_one_has_no_price() -> None:
    rows = table(offer(4, 4, since=date(2026, 1, 1), until=date(2026, 9, 1)), offer(1, 1, since=date(2026, 9, 1)))
    assert one(rows, at=datetime(2026, 8, 31, 23, 59, tzinfo=UTC)).interval["price_input_usd_per_mtok"] == 4
    assert one(rows, at=datetime(2026, 9, 1, tzinfo=UTC)).interval["price_input_usd_per_mtok"] == 1
    with pytest.raises(NoPrice, match="the first is of 2026-01-01"):
        costs(rows, Request(1, 1, at=datetime(2025, 1, 1, tzinfo=UTC)))


def test_providers_come_cheapest_first_and_unknown_totals_last() -> None:
    rows = table(offer(3, 3, provider="c", cached=1), offer(1, 1, provider="b"), offer(2, 2, provider="a", cached=1))
    assert [c.interval["provider"] for c in costs(rows, Request(1000, 1000, 500, at=AT))] == ["a", "c", "b"]


@pytest.mark.parametrize("wrong", [{"input_tokens": -1}, {"cached_tokens": 2000}, {"at": datetime(2026, 9, 1)}])
def test_a_request_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        Request(**({"input_tokens": 1000, "output_tokens": 1, "at": AT} | wrong))  # type: ignore[arg-type]


@given(a=st.integers(0, 10**6), b=st.integers(0, 10**6), out=st.integers(0, 10**5))
def test_more_tokens_never_cost_less(a: int, b: int, out: int) -> None:
    rows = table(offer(1, 10), offer(2, 20, condition="prompts > 200k"))
    low, high = sorted((a, b))
    assert one(rows, input_tokens=low, output_tokens=out).usd <= one(rows, input_tokens=high, output_tokens=out).usd


def test_a_printed_name_is_resolved_through_the_alias_table_and_a_wrong_one_gets_near_names() -> None:
    aliases = reference.at("model_aliases", date(2026, 9, 1))
    assert canonical_models("Claude 3.7 Sonnet", ["anthropic"], date(2026, 9, 1), aliases)["anthropic"] == "claude-3-7-sonnet"
    assert canonical_models("no such model", ["anthropic"], date(2026, 9, 1), aliases) == {}
    assert near_names("gpt-4o-mini", ["gpt-4o-mini-2024", "claude-3", "gpt-4o"])[0] == "gpt-4o-mini-2024"


def test_the_name_of_an_alias_that_moved_means_the_model_of_its_day() -> None:
    aliases = reference.at("model_aliases", date(2026, 9, 1))
    meant = [
        canonical_models("deepseek-chat", ["deepseek"], d, aliases)["deepseek"]
        for d in (date(2024, 6, 1), date(2025, 2, 1), date(2025, 8, 25))
    ]
    assert len(set(meant)) == 3


def test_an_announcement_is_told_until_a_page_of_its_day_settles_it() -> None:
    rows = pl.DataFrame(
        {
            "provider": "deepseek",
            "model_label": "deepseek-v4-pro",
            "tier": "peak",
            "condition": "",
            "component": ["input", "output"],
            "value": [1.32, 3.96],
            "currency": "USD",
            "unit": "1M tokens",
            "effective_from": "2026-08-16T16:00Z",
            "observed_at": date(2026, 8, 13),
            "source": "prices/deepseek",
        }
    )
    aliases = reference.at("model_aliases", date(2026, 9, 1))
    model = canonical_models("deepseek-v4-pro", ["deepseek"], date(2026, 9, 1), aliases)["deepseek"]

    def said(read: date) -> list[str]:
        return announced(rows, "deepseek", model, aliases, AT, pl.DataFrame({"source": "prices/deepseek", "observed_at": [read]}))

    assert len(said(date(2026, 8, 13))) == 1 and "input 1.32, output 3.96 USD" in said(date(2026, 8, 13))[0]
    assert said(date(2026, 8, 20)) == []
