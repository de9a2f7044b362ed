"""History and belief: intervals never overwritten, first-party over feeds, jumps held back, the past unchanged."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from belief import history
from belief.judgement.evidence import Belief, weigh
from belief.judgement.intervals import disagreements
from sources.reading.parsed import quote_schema
from sources.reading.stretches import MOMENTS, Seen, extended

RATES = pl.DataFrame({"month": [date(2026, 1, 1)], "currency": ["CNY"], "units_per_usd": [7.0]})


def quote(day: int, model: str, component: str, value: float, **given: object) -> dict[str, object]:
    moment = datetime(2026, 3, day, 6, tzinfo=UTC)
    row: dict[str, object] = {name: "" for name, kind in quote_schema("prices").items() if kind == pl.String}
    return (
        row
        | {
            "quote_id": f"{day}{model}{component}{given}",
            "source": "prices/acme",
            "provider": "acme",
            "source_url": "https://acme/p",
            "snapshot_sha256": str(day),
            "fetched_at": moment,
            "observed_at": moment.date(),
            "model_label": model,
            "component": component,
            "value": value,
            "unit": "1M tokens",
            "currency": "USD",
            "tier": "standard",
            "status": "in_force",
            "wide_row": 0,
            "evidence": f"{model} {value}",
        }
        | given
    )


def frame(*rows: dict[str, object]) -> pl.DataFrame:
    """The rows of several pages, folded as a reading folds them."""
    schema = quote_schema("prices")
    folded = pl.DataFrame(schema=schema)
    for moment in sorted({row["fetched_at"] for row in rows}):
        for url in sorted({str(row["source_url"]) for row in rows if row["fetched_at"] == moment}):
            page = pl.DataFrame([r for r in rows if (r["fetched_at"], r["source_url"]) == (moment, url)], schema=schema).drop(MOMENTS)
            folded = extended(folded, page, Seen(f"{moment}", url, moment, moment.date()))
    return folded


def observed(quotes: pl.DataFrame, **given: object) -> pl.DataFrame:
    options: dict[str, object] = {"rank": "first_party", "witness": "", "origin": "archive"} | given
    return history.observed_intervals(quotes, RATES, **options)  # type: ignore[arg-type]


def packaged(
    model: str, output: float, *, since: date = date(2025, 1, 1), rank: int = 3, source: str = "feed", seen: date | None = None
) -> pl.DataFrame:
    row = (
        {c: None for c in history.INTERVAL_COLUMNS}
        | {
            "provider": "acme",
            "model": model,
            "model_label": model,
            "tier": "standard",
            "condition": "",
            "currency": "USD",
            "price_input_usd_per_mtok": output / 4,
            "price_output_usd_per_mtok": output,
            "valid_from": since,
            "observed_at": since,
            "confirmed_at": since,
            "source": source,
            "witness": source,
            "rank": rank,
            "origin": "packaged",
            "end_reason": "",
            "valid_from_basis": "observed",
            "price_kind": "",
        }
        | ({} if seen is None else {"confirmed_at": seen})
    )
    return pl.DataFrame([row], schema=history.empty_intervals().schema)


DAY = date(2026, 4, 20)


def weighed(*parts: pl.DataFrame, as_of: date = DAY) -> Belief:
    return weigh(pl.concat(parts), as_of)


def outputs(*parts: pl.DataFrame, as_of: date = DAY) -> list[tuple[object, ...]]:
    return weighed(*parts, as_of=as_of).intervals.select("valid_from", "valid_to", "price_output_usd_per_mtok").rows()


def test_a_change_begins_a_new_interval_and_keeps_the_old_one() -> None:
    got = observed(frame(quote(1, "m", "output", 4.0), quote(2, "m", "output", 4.0), quote(3, "m", "output", 3.0)))
    assert got.select("valid_from", "valid_to", "price_output_usd_per_mtok", "end_reason").rows() == [
        (date(2026, 3, 1), date(2026, 3, 3), 4.0, "changed"),
        (date(2026, 3, 3), None, 3.0, ""),
    ]


def test_a_model_that_leaves_the_page_ends_and_says_so() -> None:
    got = observed(frame(quote(1, "m", "output", 4.0), quote(1, "n", "output", 1.0), quote(2, "n", "output", 1.0)))
    gone = got.filter(pl.col("model_label") == "m").row(0, named=True)
    assert (gone["valid_to"], gone["end_reason"]) == (date(2026, 3, 2), "removed")


def test_announced_and_struck_prices_make_no_interval() -> None:
    rows = frame(quote(1, "m", "output", 4.0, status="struck"), quote(1, "m", "output", 3.0, effective_from="2026-04-01"))
    assert observed(rows).is_empty()


def test_prices_per_thousand_and_in_yuan_become_dollars_per_million() -> None:
    got = observed(frame(quote(1, "m", "output", 0.014, unit="1K tokens", currency="CNY")))
    assert got["price_output_usd_per_mtok"].to_list() == [pytest.approx(2.0)]


def test_a_first_party_page_outranks_a_feed_from_its_first_reading_on() -> None:
    got = weighed(packaged("m", 8.0, seen=DAY), observed(frame(quote(1, "m", "output", 6.0)))).intervals
    assert got.select("valid_from", "valid_to", "price_output_usd_per_mtok", "source", "status").rows() == [
        (date(2025, 1, 1), date(2026, 3, 1), 8.0, "feed", "single"),
        (date(2026, 3, 1), None, 6.0, "prices/acme", "first_party"),
    ]


def test_a_witness_that_says_something_else_is_written_down() -> None:
    both = weighed(packaged("m", 8.0, seen=DAY), observed(frame(quote(1, "m", "output", 6.0))))
    got = disagreements(both.intervals, both.terms, DAY).filter(pl.col("token_class") == "output").row(0, named=True)
    assert (got["believed_usd_per_mtok"], got["other_usd_per_mtok"], got["other_source"]) == (6.0, 8.0, "feed")


def test_a_page_that_jumps_far_is_held_back_for_a_second_look_and_the_old_price_stays() -> None:
    jumped = observed(frame(quote(1, "m", "output", 8.0), quote(9, "m", "output", 0.08)))
    both = weighed(jumped, as_of=date(2026, 3, 9))
    assert both.held.select("kept_output", "price_output_usd_per_mtok").rows() == [(8.0, 0.08)]
    assert both.intervals["price_output_usd_per_mtok"].to_list() == [8.0]
    stayed = observed(frame(quote(1, "m", "output", 8.0), quote(9, "m", "output", 0.08)), confirmed_at=date(2026, 3, 12))
    assert weighed(stayed, as_of=date(2026, 3, 12)).intervals["price_output_usd_per_mtok"].to_list() == [8.0, 0.08]


def test_a_jump_is_believed_when_an_independent_witness_agrees() -> None:
    jumped = observed(frame(quote(1, "m", "output", 8.0), quote(9, "m", "output", 0.08)))
    other = packaged("m", 0.08, since=date(2026, 3, 8), source="other", seen=date(2026, 3, 9))
    other = other.with_columns(price_input_usd_per_mtok=pl.lit(None, dtype=pl.Float64))
    assert weighed(jumped, other, as_of=date(2026, 3, 9)).held.is_empty()


def test_a_feeds_output_price_below_its_input_price_is_held_back() -> None:
    swapped = observed(frame(quote(1, "m", "input", 4.0), quote(1, "m", "output", 1.0)), rank="feed")
    assert weighed(swapped).held["reason"].str.contains("output below input").all() and weighed(swapped).intervals.is_empty()


def test_belief_does_not_depend_on_the_order_of_witnesses() -> None:
    both = pl.concat(
        [packaged("m", 8.0), packaged("m", 7.0, since=date(2025, 6, 1), source="z"), observed(frame(quote(1, "m", "output", 6.0)))]
    )
    assert weighed(both).intervals.equals(weighed(both.reverse()).intervals)


def test_a_page_last_seen_long_ago_is_overtaken_when_a_feed_that_agreed_with_it_cuts_since_or_dates_a_rise() -> None:
    page, before = observed(frame(quote(1, "m", "output", 6.0))), packaged("m", 6.0, since=date(2026, 1, 1), seen=date(2026, 3, 19))
    before = before.with_columns(
        valid_to=pl.lit(date(2026, 3, 20)), end_reason=pl.lit("changed"), price_input_usd_per_mtok=pl.lit(None, dtype=pl.Float64)
    )
    after = packaged("m", 4.0, since=date(2026, 3, 20), seen=DAY).with_columns(price_input_usd_per_mtok=pl.lit(None, dtype=pl.Float64))
    dearer = after.with_columns(price_output_usd_per_mtok=pl.lit(7.5))
    assert [r[2] for r in outputs(page, before, dearer)] == [6.0]
    assert [r[2] for r in outputs(page, before, dearer.with_columns(valid_from_basis=pl.lit("declared")))] == [6.0, 7.5]
    assert outputs(page, before, after) == [(date(2026, 1, 1), date(2026, 3, 20), 6.0), (date(2026, 3, 20), None, 4.0)]


def test_a_feed_that_never_said_the_pages_price_does_not_overtake_it_alone_but_two_families_do() -> None:
    page = observed(frame(quote(1, "m", "output", 6.0)))
    one, two = packaged("m", 4.0, since=date(2026, 3, 20), seen=DAY), packaged("m", 4.0, since=date(2026, 3, 25), seen=DAY, source="other")
    assert [r[2] for r in outputs(page, one)] == [6.0]
    assert [r[2] for r in outputs(page, one, two)][-1] == 4.0


def test_a_page_still_seen_today_is_not_overtaken() -> None:
    seen = observed(frame(quote(1, "m", "output", 6.0)), confirmed_at=date(2026, 3, 20))
    got = weighed(
        seen,
        packaged("m", 4.0, since=date(2026, 3, 20)),
        packaged("m", 4.0, since=date(2026, 3, 20), source="other"),
        as_of=date(2026, 3, 20),
    ).intervals
    assert got.select("price_output_usd_per_mtok", "valid_to").rows() == [(6.0, None)]


def test_a_feed_that_slips_by_ten_does_not_overtake_an_old_page() -> None:
    assert [r[2] for r in outputs(observed(frame(quote(1, "m", "output", 6.0))), packaged("m", 60.0, since=date(2026, 3, 20)))] == [6.0]


def test_what_an_abandoned_address_said_ends_with_the_next_page_and_at_the_latest_after_half_a_year() -> None:
    old = quote(1, "m", "output", 6.0, source_url="https://acme/old")
    alone = observed(frame(old), asked=["https://acme/p"], as_of=date(2027, 1, 1)).row(0, named=True)
    assert (alone["valid_to"], alone["end_reason"]) == (date(2026, 8, 31), "unobserved")
    moved = observed(frame(old, quote(9, "m", "output", 6.0)), asked=["https://acme/p"], as_of=date(2027, 1, 1))
    assert moved.sort("valid_from")["valid_to"].to_list() == [date(2026, 3, 9), None]
    assert observed(frame(old), asked=["https://acme/p"], as_of=date(2026, 4, 1))["valid_to"].to_list() == [None]


def test_a_promotion_ends_with_its_last_day_though_no_page_was_read_then() -> None:
    rows = frame(quote(1, "m", "output", 4.0, status="promotional", effective_to="2026-03-10"), quote(20, "m", "output", 8.0))
    assert observed(rows, as_of=date(2026, 3, 20)).select("valid_from", "valid_to", "end_reason").rows()[0] == (
        date(2026, 3, 1),
        date(2026, 3, 11),
        "ended",
    )


def test_a_new_months_exchange_rate_is_no_price_change() -> None:
    rates = pl.DataFrame({"month": [date(2026, 3, 1), date(2026, 4, 1)], "currency": ["CNY", "CNY"], "units_per_usd": [7.0, 6.5]})
    april = {"observed_at": date(2026, 4, 5), "fetched_at": datetime(2026, 4, 5, tzinfo=UTC)}
    rows = frame(quote(1, "m", "output", 14.0, currency="CNY"), quote(2, "m", "output", 14.0, currency="CNY", **april))
    assert history.observed_intervals(rows, rates, rank="first_party", witness="", origin="archive")[
        "price_output_usd_per_mtok"
    ].to_list() == [2.0]


def test_a_feeds_slip_by_a_thousand_is_not_believed_for_being_repeated_some_days() -> None:
    stayed = observed(frame(quote(1, "m", "output", 80.0)), rank="feed", confirmed_at=date(2026, 3, 9))
    assert weighed(packaged("m", 0.08, seen=date(2026, 2, 20)), stayed).held["price_output_usd_per_mtok"].to_list() == [80.0]


def test_a_feeds_new_chat_model_at_hundreds_of_dollars_is_a_unit_error_until_somebody_else_says_so() -> None:
    dear = observed(frame(quote(1, "m", "output", 900.0)), rank="feed", confirmed_at=DAY)
    assert weighed(dear).held.height == 1 and weighed(dear).intervals.is_empty()
    page = packaged("m", 900.0, source="page", rank=0, seen=DAY).with_columns(price_input_usd_per_mtok=pl.lit(None, dtype=pl.Float64))
    assert weighed(dear, page).held.is_empty()
    assert weighed(observed(frame(quote(1, "m", "output", 900.0)))).held.is_empty()


def test_a_name_that_its_seller_ended_has_no_price_from_that_day_though_a_tracker_still_carries_it() -> None:
    ends = pl.DataFrame({"provider": ["acme"], "model_label": ["M"], "retired_on": [date(2026, 3, 15)], "replacement": ["n"]})
    carried, other = packaged("m", 8.0, seen=DAY), packaged("m-mini", 1.0, since=date(2026, 1, 1), seen=DAY)
    got = weigh(pl.concat([carried, other]), DAY, retirements=ends)
    assert got.intervals.select("model", "valid_to", "end_reason").sort("model").rows() == [
        ("m", date(2026, 3, 15), "retired"),
        ("m-mini", None, ""),
    ]
    assert got.stretches.filter(pl.col("line").is_null())["why"].to_list() == ["retired by its seller on 2026-03-15, replaced by n"]


def test_a_page_that_still_lists_a_name_after_its_announced_end_wins() -> None:
    ends = pl.DataFrame({"provider": ["acme"], "model_label": ["m"], "retired_on": [date(2026, 3, 15)], "replacement": [""]})
    page = observed(frame(quote(1, "m", "output", 6.0)), confirmed_at=DAY)
    assert weigh(page, DAY, retirements=ends).intervals["valid_to"].to_list() == [None]


def test_a_factor_that_a_page_states_prices_its_condition_and_follows_the_plain_price() -> None:
    def page(day: int, price: float) -> list[dict[str, object]]:
        rows = [quote(day, "m", c, v) for c, v in (("input", price), ("output", 5 * price))]
        factor = quote(day, "m", "multiplier", 1.1, condition="US-only inference", unit="", wide_row=None, evidence="1.1 times in the US")
        return [*rows, factor]

    made = observed(frame(*page(1, 5.0), *page(10, 4.0)))
    there = made.filter(pl.col("condition") == "US-only inference").sort("valid_from")
    assert there["price_input_usd_per_mtok"].to_list() == [5.5, 4.4]
    assert there["price_output_usd_per_mtok"].to_list() == [27.5, 22.0]
    assert there["valid_from"].to_list() == [date(2026, 3, 1), date(2026, 3, 10)]
    assert set(there["evidence"]) == {"1.1 times in the US"}
    assert made.filter(pl.col("condition") == "")["price_input_usd_per_mtok"].sort().to_list() == [4.0, 5.0]


def test_a_condition_that_the_page_prices_itself_is_not_priced_by_a_factor_again() -> None:
    rows = [quote(1, "m", "input", 5.0), quote(1, "m", "output", 25.0)]
    printed = [quote(1, "m", c, v, condition="US", wide_row=1) for c, v in (("input", 6.0), ("output", 26.0))]
    factor = quote(1, "m", "multiplier", 1.1, condition="US", unit="", wide_row=None)
    made = observed(frame(*rows, *printed, factor)).filter(pl.col("condition") == "US")
    assert made["price_input_usd_per_mtok"].to_list() == [6.0]


@pytest.mark.parametrize(("names", "conditions"), [(3, {"list 1 on the page", "list 2 on the page"}), (2, {""})])
def test_several_names_printed_twice_are_two_lists_and_few_are_a_contradiction(names: int, conditions: set[str]) -> None:
    def table(first: int, price: float) -> list[dict[str, object]]:
        return [
            quote(1, f"m{n}", c, v, wide_row=first + n) for n in range(names) for c, v in (("input", price + n), ("output", 4 * price + n))
        ]

    made = observed(frame(*table(0, 1.0), *table(10, 2.0)))
    assert set(made["condition"]) == conditions
    by_list = made.sort("condition", "model_label", "price_input_usd_per_mtok")["price_input_usd_per_mtok"].to_list()
    assert by_list == ([1.0, 2.0, 3.0, 2.0, 3.0, 4.0] if names == 3 else [1.0, 2.0, 2.0, 3.0])


def test_an_open_statement_speaks_for_half_a_year_after_its_last_sighting_and_no_longer() -> None:
    said = packaged("m", 4.0, since=date(2025, 9, 1), seen=date(2026, 1, 1))
    assert outputs(said, as_of=date(2026, 7, 2)) == [(date(2025, 9, 1), None, 4.0)]
    assert outputs(said, as_of=date(2026, 8, 1)) == [(date(2025, 9, 1), date(2026, 7, 3), 4.0)]


@pytest.mark.parametrize(("said_on", "begins"), [(date(2026, 3, 5), date(2026, 3, 8)), (date(2026, 3, 10), date(2026, 3, 10))])
def test_two_families_overtake_a_page_a_week_after_it_was_last_seen(said_on: date, begins: date) -> None:
    page = observed(frame(quote(1, "m", "output", 6.0)))
    others = [packaged("m", 4.0, since=said_on, seen=DAY, source=s) for s in ("feed", "other")]
    assert outputs(page, *others)[-1] == (begins, None, 4.0)
