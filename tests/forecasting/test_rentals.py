"""Rental prices: matched changes only, breaks that are real, made-up series kept out, ownership by arithmetic."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from forecasting.floors.rentals import believed, breaks, current, ownership_cost, series_breaks
from reference import load

TODAY = date(2026, 11, 22)


def rows(
    provider: str,
    prices: dict[date, float],
    *,
    source: str = "observer",
    note: str = "",
    term: str = "on_demand",
    kind: str = "cloud",
    basis: str = "quoted",
) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "provider": provider,
            "accelerator": "H100-SXM",
            "region": "",
            "term": term,
            "usd_per_accelerator_hour": list(prices.values()),
            "accelerators_in_offer": 8,
            "provider_kind": kind,
            "note": note,
            "source": source,
            "observed_at": list(prices),
            "basis": basis,
        }
    )


def test_a_price_not_seen_for_long_stops_counting() -> None:
    assert current(rows("a", {date(2025, 1, 1): 4.0}), date(2026, 1, 15)).is_empty()


@pytest.mark.parametrize(
    "bad", [{"note": "estimate"}, {"source": "random seed generator"}, {"source": ""}, {"basis": "assumed"}, {"note": "synthetic fill"}]
)
def test_rows_nobody_was_offered_are_kept_out(bad: dict[str, str]) -> None:
    assert believed(rows("a", {date(2026, 1, 1): 3.0}, **bad), TODAY).is_empty()


def test_a_list_price_that_wanders_every_day_is_a_generated_series() -> None:
    rng = np.random.default_rng(42)
    days = [date(2026, 1, 1) + timedelta(days=i) for i in range(60)]
    walk = dict(zip(days, 2.5 * np.exp(np.cumsum(rng.normal(0, 0.01, 60))), strict=True))
    assert believed(rows("a", walk), TODAY).is_empty()
    assert believed(rows("a", walk, kind="marketplace"), TODAY).height == 60  # a marketplace's median does wander
    steps = {d: 3.0 if i < 30 else 2.5 for i, d in enumerate(days)}
    assert believed(rows("a", steps), TODAY).height == 60


def test_later_observations_are_not_known_earlier() -> None:
    data = rows("a", {date(2026, 1, 1): 4.0, date(2026, 3, 1): 2.0})
    assert current(believed(data, date(2026, 2, 1)), date(2026, 2, 1))["median_usd_per_hour"].item() == 4.0


def test_the_cut_of_june_2025_is_found_and_dated() -> None:
    days = [date(2025, m, d) for m in range(1, 12) for d in (5, 20)]
    price = [12.29 if d < date(2025, 6, 5) else 6.88 for d in days]
    found = breaks(days, price)
    assert [(b["date"], round(float(b["from_usd"]), 2), round(float(b["to_usd"]), 2)) for b in found] == [(date(2025, 6, 5), 12.29, 6.88)]


def test_breaks_are_not_invented_in_noise_and_rises_are_found_too() -> None:
    rng = np.random.default_rng(7)
    days = [date(2025, 1, 1) + timedelta(days=7 * i) for i in range(60)]
    false_alarms = sum(bool(breaks(days, list(2 * np.exp(rng.normal(0, 0.03, 60))))) for _ in range(50))
    assert false_alarms <= 3
    spot = list(np.concatenate([np.full(30, 1.2), np.full(30, 2.4)]) * np.exp(rng.normal(0, 0.03, 60)))
    found = breaks(days, spot)
    assert len(found) == 1 and found[0]["date"] == days[30] and float(found[0]["change_log"]) == pytest.approx(np.log(2), abs=0.05)


def test_the_packaged_panel_gives_breaks() -> None:
    panel = believed(load("rental_prices"), TODAY)
    found = series_breaks(panel)
    assert found.height > 0 and (found["change_log"] > 0).any(), "rental prices have also risen"
    now = current(panel, date(2026, 9, 30))
    assert (now["low_usd_per_hour"] <= now["median_usd_per_hour"]).all()


def test_owning_costs_are_an_annuity_plus_power_and_within_a_quarter_of_published_ones() -> None:
    """InferenceX (2026-04): an owned H100 at 1.73 kW all-in costs a hyperscaler 1.30 USD per hour."""
    cost = ownership_cost(
        capex_usd=32_000, life_years=4, cost_of_capital=0.09, power_kw_all_in=1.73, usd_per_kwh=0.08, overhead_share=0.05, salvage_share=0.1
    )
    assert cost["total_usd_per_hour"] == pytest.approx(1.30, rel=0.25)
    assert 0.08 < cost["energy_share"] < 0.14
    paid = sum(
        (
            ownership_cost(capex_usd=8766, life_years=2, cost_of_capital=0.1, power_kw_all_in=0, usd_per_kwh=0, overhead_share=0)[
                "capital_usd_per_hour"
            ]
        )
        * 8766
        / 1.1**year
        for year in (1, 2)
    )
    assert paid == pytest.approx(8766)  # the annuity repays the capital exactly
    with pytest.raises(ValueError, match="utilisation"):
        ownership_cost(capex_usd=1, life_years=1, cost_of_capital=0, power_kw_all_in=0, usd_per_kwh=0, overhead_share=0, utilisation=0)


def test_a_machine_sold_for_what_it_cost_costs_its_interest_alone() -> None:
    cost = ownership_cost(
        capex_usd=30_000, life_years=4, cost_of_capital=0.09, power_kw_all_in=0, usd_per_kwh=0, overhead_share=0, salvage_share=1.0
    )
    assert cost["capital_usd_per_hour"] == pytest.approx(30_000 * 0.09 / 8766)
