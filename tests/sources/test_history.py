"""History and belief: intervals never overwritten, first-party over feeds, jumps held back, the past unchanged."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from belief import history, quarantine
from sources.parsed import quote_schema
from sources.stretches import MOMENTS, Seen, extended

RATES = pl.DataFrame({"month": [date(2026, 1, 1)], "currency": ["CNY"], "units_per_usd": [7.0]})


def quote(day: int, model: str, component: str, value: float, **given: object) -> dict[str, object]:
    moment = datetime(2026, 3, day, 6, tzinfo=UTC)
    row: dict[str, object] = {name: "" for name, kind in quote_schema("prices").items() if kind == pl.String}
    return row | {
        "quote_id": f"{day}{model}{component}{given}", "source": "prices/acme", "provider": "acme", "source_url": "https://acme/p",
        "snapshot_sha256": str(day), "fetched_at": moment, "observed_at": moment.date(), "model_label": model,
        "component": component, "value": value, "unit": "1M tokens", "currency": "USD", "tier": "standard",
        "status": "in_force", "wide_row": 0, "evidence": f"{model} {value}",
    } | given


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


def packaged(model: str, output: float, *, since: date = date(2025, 1, 1), rank: int = 3, source: str = "feed") -> pl.DataFrame:
    row = {c: None for c in history.INTERVAL_COLUMNS} | {
        "provider": "acme", "model": model, "model_label": model, "tier": "standard", "condition": "", "currency": "USD",
        "price_input_usd_per_mtok": output / 4, "price_output_usd_per_mtok": output, "valid_from": since, "observed_at": since,
        "confirmed_at": since, "source": source, "witness": source, "rank": rank, "origin": "packaged", "end_reason": "",
    }
    return pl.DataFrame([row], schema=history.empty_intervals().schema)


def test_a_change_begins_a_new_interval_and_keeps_the_old_one() -> None:
    got = observed(frame(quote(1, "m", "output", 4.0), quote(2, "m", "output", 4.0), quote(3, "m", "output", 3.0)))
    assert got.select("valid_from", "valid_to", "price_output_usd_per_mtok", "end_reason").rows() == [
        (date(2026, 3, 1), date(2026, 3, 3), 4.0, "changed"), (date(2026, 3, 3), None, 3.0, "")]


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
    both = pl.concat([packaged("m", 8.0), observed(frame(quote(1, "m", "output", 6.0)))])
    got = history.believe(both).select("valid_from", "valid_to", "price_output_usd_per_mtok", "source").rows()
    assert got == [(date(2025, 1, 1), date(2026, 3, 1), 8.0, "feed"), (date(2026, 3, 1), None, 6.0, "prices/acme")]


def test_a_witness_that_says_something_else_is_written_down() -> None:
    both = pl.concat([packaged("m", 8.0), observed(frame(quote(1, "m", "output", 6.0)))])
    got = quarantine.disagreements(both, history.believe(both)).filter(pl.col("token_class") == "output").row(0, named=True)
    assert (got["believed_usd_per_mtok"], got["other_usd_per_mtok"], got["other_source"]) == (6.0, 8.0, "feed")


def test_a_jump_that_nobody_confirms_is_held_back_and_the_old_price_stays() -> None:
    both = pl.concat([packaged("m", 8.0), observed(frame(quote(1, "m", "output", 0.08)))])
    kept, held = quarantine.quarantine(both, 5.0)
    assert held.select("price_kept_usd_per_mtok", "price_refused_usd_per_mtok").rows() == [(8.0, 0.08)]
    assert history.believe(kept)["price_output_usd_per_mtok"].to_list() == [8.0]


def test_a_jump_is_believed_when_an_independent_witness_agrees() -> None:
    other = packaged("m", 0.08, since=date(2026, 2, 1), source="other")
    _, held = quarantine.quarantine(pl.concat([packaged("m", 8.0), other, observed(frame(quote(1, "m", "output", 0.08)))]), 5.0)
    assert held.is_empty()


def test_a_jump_is_believed_when_it_is_still_there_days_later() -> None:
    stayed = observed(frame(quote(1, "m", "output", 0.08)), confirmed_at=date(2026, 3, 4))
    _, held = quarantine.quarantine(pl.concat([packaged("m", 8.0), stayed]), 5.0)
    assert held.is_empty()


def test_an_output_price_below_the_input_price_is_held_back() -> None:
    _, held = quarantine.quarantine(observed(frame(quote(1, "m", "input", 4.0), quote(1, "m", "output", 1.0))), 5.0)
    assert held["token_class"].to_list() == ["output"]


def test_belief_does_not_depend_on_the_order_of_witnesses() -> None:
    both = pl.concat([packaged("m", 8.0), packaged("m", 7.0, since=date(2025, 6, 1), source="z"), observed(frame(quote(1, "m", "output", 6.0)))])
    assert history.believe(both).equals(history.believe(both.reverse()))


def test_a_page_last_seen_long_ago_is_overtaken_by_what_a_feed_began_to_say_since() -> None:
    both = pl.concat([observed(frame(quote(1, "m", "output", 6.0))), packaged("m", 4.0, since=date(2026, 3, 20))])
    got = history.believe(both).select("valid_from", "valid_to", "price_output_usd_per_mtok").rows()
    assert got == [(date(2026, 3, 1), date(2026, 3, 20), 6.0), (date(2026, 3, 20), None, 4.0)]


def test_a_page_still_seen_today_is_not_overtaken() -> None:
    seen = observed(frame(quote(1, "m", "output", 6.0)), confirmed_at=date(2026, 3, 20))
    got = history.believe(pl.concat([seen, packaged("m", 4.0, since=date(2026, 3, 20))]), as_of=date(2026, 3, 20))
    assert got.select("price_output_usd_per_mtok", "valid_to").rows() == [(6.0, None)]
    assert history.believe(pl.concat([seen, packaged("m", 4.0, since=date(2026, 3, 10))]))["price_output_usd_per_mtok"].to_list() == [6.0]


def test_a_feed_that_slips_by_ten_does_not_overtake_an_old_page() -> None:
    both = pl.concat([observed(frame(quote(1, "m", "output", 6.0))), packaged("m", 60.0, since=date(2026, 3, 20))])
    assert history.believe(both)["price_output_usd_per_mtok"].to_list() == [6.0]


def test_what_an_abandoned_address_said_ends_with_the_next_page_and_at_the_latest_after_half_a_year() -> None:
    old = quote(1, "m", "output", 6.0, source_url="https://acme/old")
    alone = observed(frame(old), asked=["https://acme/p"], as_of=date(2027, 1, 1)).row(0, named=True)
    assert (alone["valid_to"], alone["end_reason"]) == (date(2026, 8, 31), "unobserved")
    moved = observed(frame(old, quote(9, "m", "output", 6.0)), asked=["https://acme/p"], as_of=date(2027, 1, 1))
    assert moved.sort("valid_from")["valid_to"].to_list() == [date(2026, 3, 9), None]
    assert observed(frame(old), asked=["https://acme/p"], as_of=date(2026, 4, 1))["valid_to"].to_list() == [None]


def test_a_promotion_ends_with_its_last_day_though_no_page_was_read_then() -> None:
    rows = frame(quote(1, "m", "output", 4.0, status="promotional", effective_to="2026-03-10"), quote(20, "m", "output", 8.0))
    assert observed(rows, as_of=date(2026, 3, 20)).select("valid_from", "valid_to", "end_reason").rows()[0] == (date(2026, 3, 1), date(2026, 3, 11), "ended")


def test_a_new_months_exchange_rate_is_no_price_change() -> None:
    rates = pl.DataFrame({"month": [date(2026, 3, 1), date(2026, 4, 1)], "currency": ["CNY", "CNY"], "units_per_usd": [7.0, 6.5]})
    april = {"observed_at": date(2026, 4, 5), "fetched_at": datetime(2026, 4, 5, tzinfo=UTC)}
    rows = frame(quote(1, "m", "output", 14.0, currency="CNY"), quote(2, "m", "output", 14.0, currency="CNY", **april))
    assert history.observed_intervals(rows, rates, rank="first_party", witness="", origin="archive")["price_output_usd_per_mtok"].to_list() == [2.0]


def test_a_feeds_slip_by_a_thousand_is_not_believed_for_being_repeated_some_days() -> None:
    stayed = observed(frame(quote(1, "m", "output", 80.0)), rank="feed", confirmed_at=date(2026, 3, 9))
    _, held = quarantine.quarantine(pl.concat([packaged("m", 0.08), stayed]), 5.0)
    assert held["price_refused_usd_per_mtok"].to_list() == [80.0]


def test_a_feeds_new_chat_model_at_hundreds_of_dollars_is_a_unit_error_until_somebody_else_says_so() -> None:
    dear = observed(frame(quote(1, "m", "output", 900.0)), rank="feed", confirmed_at=date(2026, 9, 1))
    assert quarantine.quarantine(dear, 5.0)[1].height == 1
    assert quarantine.quarantine(pl.concat([dear, packaged("m", 900.0, source="page", rank=0)]), 5.0)[1].is_empty()
    assert quarantine.quarantine(observed(frame(quote(1, "m", "output", 900.0))), 5.0)[1].is_empty()
