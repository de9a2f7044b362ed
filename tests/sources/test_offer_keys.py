"""One key per offer: sources that word conditions differently meet, lists and second names stay apart."""

from __future__ import annotations

from datetime import date

import polars as pl

from belief import history
from belief.names.aliases import split_at_moves
from belief.names.offer_keys import one_key


def stated(
    condition: str,
    *,
    source: str = "prices/acme",
    model: str = "m",
    label: str = "m",
    output: float = 8.0,
    tier: str = "standard",
    currency: str = "USD",
    rank: int = 0,
    origin: str = "archive",
    provider: str = "acme",
) -> dict[str, object]:
    return {c: None for c in history.INTERVAL_COLUMNS} | {
        "provider": provider,
        "model": model,
        "model_label": label,
        "tier": tier,
        "condition": condition,
        "currency": currency,
        "price_input_usd_per_mtok": output / 4,
        "price_output_usd_per_mtok": output,
        "valid_from": date(2026, 1, 1),
        "source": source,
        "witness": source,
        "rank": rank,
        "origin": origin,
    }


def conditions(*rows: dict[str, object]) -> list[str]:
    return one_key(pl.DataFrame(list(rows), schema=history.empty_intervals().schema))["condition"].to_list()


def test_a_page_and_a_feed_meet_at_one_threshold() -> None:
    assert conditions(stated("Prompt length (128, 256]K"), stated("prompts > 128k", rank=3, origin="packaged")) == ["prompts > 128k"] * 2


def test_the_comparison_is_the_one_the_best_ranked_witness_prints() -> None:
    assert conditions(stated("≥ 200k prompt tokens"), stated("prompts > 200k", rank=3, origin="packaged")) == ["prompts >= 200k"] * 2


def test_long_context_becomes_the_threshold_others_name_and_short_context_the_base() -> None:
    rows = [stated("long context", tier="batch"), stated("short context", tier="flex"), stated("prompts > 272k", rank=3, origin="packaged")]
    assert conditions(*rows) == ["prompts > 272k", "", "prompts > 272k"]


def test_long_context_without_any_known_threshold_stays_as_printed() -> None:
    assert conditions(stated("long context")) == ["long context"]


def test_two_hours_of_one_page_meet_the_two_rows_of_a_feed() -> None:
    assert conditions(stated("peak 01:00-04:00 and 06:00-10:00 UTC", tier="peak")) == ["01:00-04:00 UTC", "06:00-10:00 UTC"]


def test_a_list_in_yuan_beside_a_list_in_dollars_is_another_offer() -> None:
    assert conditions(stated("", currency="CNY"), stated("")) == ["list in CNY", ""]
    assert conditions(stated("", currency="CNY")) == [""]


def test_a_hosts_fast_endpoint_is_a_tier_of_the_model() -> None:
    got = one_key(pl.DataFrame([stated("", provider="moonshot", label="kimi-k2-turbo-preview")], schema=history.empty_intervals().schema))
    assert got["tier"].to_list() == ["fast"]


def test_a_second_name_at_another_price_is_a_condition_and_at_the_same_price_is_not() -> None:
    assert conditions(stated("", label="m"), stated("", label="m Turbo", output=9.0)) == ["", "sold as m Turbo"]
    assert conditions(stated("", label="m"), stated("", label="m Turbo")) == ["", ""]


def test_a_price_a_moved_name_carried_on_counts_only_where_the_new_model_is_said_to_cost_the_same() -> None:
    carried = stated("") | {"valid_from_basis": "alias"}
    assert conditions(carried) == [] and conditions(carried, stated("", output=2.0, rank=3)) == [""]
    assert len(conditions(carried, stated("", rank=3, source="feed"))) == 2


def test_an_interval_is_cut_on_the_day_its_name_began_to_mean_another_model() -> None:
    aliases = pl.DataFrame(
        {
            "alias": ["m", "m"],
            "provider": ["acme", "acme"],
            "model": ["m-1", "m-2"],
            "valid_from": [None, date(2026, 3, 1)],
            "valid_to": [date(2026, 3, 1), None],
        },
        schema_overrides={"valid_from": pl.Date, "valid_to": pl.Date},
    )
    rows = pl.DataFrame([stated("") | {"valid_from_basis": "observed"}], schema=history.empty_intervals().schema)
    cut = split_at_moves(rows, aliases, ["acme"])
    assert cut.select("valid_from", "valid_to", "valid_from_basis", "end_reason").rows() == [
        (date(2026, 1, 1), date(2026, 3, 1), "observed", "renamed"),
        (date(2026, 3, 1), None, "alias", None),
    ]
    assert split_at_moves(rows, aliases, ["else"]).equals(rows)
