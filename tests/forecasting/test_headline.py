"""The headline: a fixed quality at the second-cheapest confirmed seller, closed thresholds, coverage, the range of methods."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from forecasting.estimators.decline import Rate
from forecasting.indices import fixed_quality, frontier, headline
from forecasting.panel import reference

TODAY = date(2026, 11, 27)
START = TODAY - timedelta(weeks=60)
REFERENCE = reference.basket()[1]


def offers(*rows: tuple) -> pl.DataFrame:
    """core.input_price from (model, provider, price, from, to, status)."""
    return pl.DataFrame(
        [
            {
                "offer_id": f"{r[1]}|{r[0]}",
                "model": r[0],
                "provider": r[1],
                "provider_tier": "host",
                "price_input_usd_per_mtok": r[2],
                "price_output_usd_per_mtok": r[2],
                "price_cached_usd_per_mtok": None,
                "valid_from": r[3],
                "valid_to": r[4],
                "observed_at": r[3],
                "source": "s",
                "interval_id": f"{r}",
                "status": r[5],
            }
            for r in rows
        ],
        schema_overrides={"valid_from": pl.Date, "valid_to": pl.Date, "observed_at": pl.Date, "price_cached_usd_per_mtok": pl.Float64},
        infer_schema_length=None,
    )


JOINT = pl.DataFrame({"model": [REFERENCE, "able", "abler", "weak"], "ability_logit": [0.0, 0.1, 1.0, -1.0]})
WEAK = ("weak", "w", 0.01, START, None, "confirmed")


def price_of(table: pl.DataFrame, day: date = TODAY) -> list[float]:
    """Prices of the test's reference ability on a day."""
    return table.filter(pl.col("reference_model") == REFERENCE, pl.col("day") == day)["price_usd_per_mtok"].to_list()


def test_the_second_cheapest_confirmed_seller_sets_the_price() -> None:
    table = offers(
        WEAK,
        ("able", "a", 1.0, START, None, "confirmed"),
        ("able", "b", 2.0, START, None, "first_party"),
        ("abler", "c", 3.0, START, None, "confirmed"),
        ("able", "d", 0.1, START, None, "single"),
        ("able", "e", 0.2, START, None, "stale"),
    )
    assert price_of(fixed_quality.prices(table, JOINT, TODAY)) == [2.0]


def test_two_offers_of_one_seller_are_one_seller() -> None:
    table = offers(WEAK, ("able", "a", 1.0, START, None, "confirmed"), ("abler", "a", 1.1, START, None, "confirmed"))
    assert price_of(fixed_quality.prices(table, JOINT, TODAY)) == []


def test_an_ability_below_which_nothing_is_on_sale_is_not_live() -> None:
    table = offers(
        ("able", "a", 1.0, START, None, "confirmed"),
        ("able", "b", 2.0, START, None, "confirmed"),
        ("weak", "w", 0.01, START, TODAY - timedelta(days=8), "confirmed"),
    )
    found = fixed_quality.prices(table, JOINT, TODAY).filter(pl.col("reference_model") == REFERENCE).sort("day")
    assert found["is_live"].to_list()[-3:] == [True, False, False] or found["is_live"].to_list()[-2:] == [True, False]


def test_a_price_that_halves_in_a_year_is_a_factor_of_two_and_the_interval_holds_it() -> None:
    rows = [WEAK]
    for seller in ("a", "b"):
        for week in range(60):
            day = START + timedelta(weeks=week)
            rows.append(("able", seller, float(0.5 ** (week / 52)), day, day + timedelta(days=6), "confirmed"))
    rows += [("able", s, float(0.5 ** (60 / 52)), TODAY, None, "confirmed") for s in ("a", "b")]
    rate = fixed_quality.rate(fixed_quality.prices(offers(*rows), JOINT, TODAY), TODAY)
    assert rate is not None
    assert rate.factor == pytest.approx(2, rel=0.02)
    assert rate.factor_low == pytest.approx(rate.factor_high, rel=1e-6)
    assert rate.observations == 1


def test_less_than_a_year_gives_no_rate() -> None:
    late = TODAY - timedelta(weeks=20)
    table = offers(WEAK, ("able", "a", 1.0, late, None, "confirmed"), ("able", "b", 2.0, late, None, "confirmed"))
    assert fixed_quality.rate(fixed_quality.prices(table, JOINT, TODAY), TODAY) is None


@pytest.mark.parametrize(("correlation", "least", "most"), [(0.0, 0.86, 0.98), (0.5, 0.81, 0.96), (0.8, 0.70, 0.92)])
def test_the_moving_block_interval_covers_a_known_drift(correlation: float, least: float, most: float) -> None:
    rng = np.random.default_rng(3)
    hits, draws = 0, 200
    for k in range(draws):
        noise = np.zeros(90)
        for t in range(1, 90):
            noise[t] = correlation * noise[t - 1] + rng.normal(0, 0.02)
        logs = np.concatenate([[0.0], np.cumsum(-np.log(2) / 52 + noise[-52:])])
        end = TODAY - timedelta(days=k)
        table = pl.DataFrame(
            {
                "reference_model": [REFERENCE] * 53,
                "day": [end - timedelta(weeks=52 - t) for t in range(53)],
                "price_usd_per_mtok": np.exp(logs),
                "is_live": [True] * 53,
            }
        )
        rate = fixed_quality.rate(table, end)
        assert rate is not None
        truth = -np.log(2) / 52 * 365.25 / 7
        hits += rate.low <= truth <= rate.high
    assert least <= hits / draws <= most, hits / draws


def test_a_threshold_below_which_nobody_is_on_sale_is_closed_on_its_day() -> None:
    gone = TODAY - timedelta(days=30)
    table = offers(
        ("able", "a", 1.0, START, None, "confirmed"),
        ("abler", "b", 2.0, START, None, "confirmed"),
        ("weak", "w", 0.01, START, gone, "confirmed"),
    )
    scores = pl.DataFrame({"model": ["able", "abler", "weak"], "score": [60.0, 70.0, 20.0], "scale_version": ["v"] * 3})
    models = pl.DataFrame({"model": ["able", "abler", "weak"], "open_weights": [False] * 3})
    from forecasting.panel.listings import usable_prices

    scale = {"scale": "gpqa_diamond", "thresholds": [10, 50]}
    found = frontier.frontier(usable_prices(table, TODAY), models, [(scale, scores)], tiers=("all",))
    assert found.filter(pl.col("threshold_score") == 50)["day"].max() == gone
    assert found.filter(pl.col("threshold_score") == 10).is_empty()


def test_coverage_counts_models_first_listed_in_the_last_ninety_days() -> None:
    fresh = TODAY - timedelta(days=10)
    table = offers(
        ("able", "a", 1.0, START, None, "single"), ("abler", "a", 1.0, fresh, None, "single"), ("nobody", "a", 1.0, fresh, None, "single")
    )
    last = fixed_quality.coverage(table, JOINT, TODAY).filter(pl.col("day") == TODAY).row(0, named=True)
    assert (last["entrants_count"], last["scored_count"], last["scored_share"]) == (2, 1, 0.5)
    assert fixed_quality.supported_until(fixed_quality.coverage(table, JOINT, TODAY)) == TODAY


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("frontier_mmlu_83", "one threshold of one benchmark"),
        ("hedonic_fresh_mmlu", "one benchmark"),
        ("hedonic_fresh_latent", "joint scale"),
        ("hedonic_all_latent", "ageing sample"),
        ("hedonic_launch_mmlu", "launch prices"),
    ],
)
def test_every_method_of_the_range_says_why_it_does_not_lead(method: str, words: str) -> None:
    """Three rows of the table were published without a reason."""
    row = headline._row(method, "q", (date(2025, 1, 1), date(2026, 1, 1)), Rate(0.1, 0.0, 0.2, 9))
    assert words in str(row["why"])
    with pytest.raises(ValueError, match="empty"):
        headline._row("nobody_named_this", "q", (date(2025, 1, 1), date(2026, 1, 1)), Rate(0.1, 0.0, 0.2, 9))
