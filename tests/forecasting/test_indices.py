"""Vintage cuts, the robust frontier, matched and hedonic indices on small worlds where the answer is known."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from forecasting.forecast import issue
from forecasting.indices import frontier, hedonic, index_set
from forecasting.panel import listings
from forecasting.panel.series import series_from_frontier
from forecasting.rates import acceleration, rates
from tests.forecasting.worlds import listings_world, market
from warehouse.schema import frames

AS_OF = date(2026, 9, 1)


def offers(*rows: tuple) -> pl.DataFrame:
    """(offer, model, provider, price, from, to, observed) with input = output, so that every blend is the price."""
    return pl.DataFrame(
        [(o, m, p, "host", x, x, None, f, t, s, "test") for o, m, p, x, f, t, s in rows],
        orient="row",
        schema={
            "offer_id": pl.String,
            "model": pl.String,
            "provider": pl.String,
            "provider_tier": pl.String,
            "price_input_usd_per_mtok": pl.Float64,
            "price_output_usd_per_mtok": pl.Float64,
            "price_cached_usd_per_mtok": pl.Float64,
            "valid_from": pl.Date,
            "valid_to": pl.Date,
            "observed_at": pl.Date,
            "source": pl.String,
        },
    )


JAN = date(2026, 1, 1)
MODELS = pl.DataFrame(
    {"model": ["a", "b", "c"], "developer": ["d"] * 3, "family": ["f"] * 3, "release_date": [JAN] * 3, "open_weights": [True, False, False]}
)
SCALE = {"scale": "gpqa_diamond", "benchmark": ["GPQA-Diamond"], "kind": "share", "thresholds": [50]}
SCORES = pl.DataFrame({"model": ["a", "b", "c"], "score": [60.0, 55.0, 40.0], "scale_version": ["v"] * 3})


def test_a_price_is_not_used_before_it_was_in_force_or_known() -> None:
    prices = offers(("o", "a", "p", 1.0, JAN, None, date(2026, 3, 1)))
    assert listings.usable_prices(prices, date(2026, 2, 1)).is_empty()
    assert listings.usable_prices(prices, date(2026, 3, 1)).height == 1
    announced = offers(("o", "a", "p", 1.0, date(2026, 5, 1), None, JAN))
    assert listings.usable_prices(announced, date(2026, 4, 1)).is_empty()


def test_a_score_published_later_is_not_used_unless_hindsight_is_asked_for() -> None:
    scores = pl.DataFrame(
        {
            "model": ["a"],
            "benchmark": ["GPQA-Diamond"],
            "benchmark_version": ["v"],
            "score": [60.0],
            "as_of": [date(2026, 6, 1)],
            "source": ["s"],
        }
    )
    assert listings.usable_scores(scores, JAN).is_empty()
    assert listings.usable_scores(scores, JAN, hindsight=True).height == 1


def test_versions_of_a_benchmark_are_never_mixed() -> None:
    scores = pl.DataFrame(
        {
            "model": ["a", "b", "c", "a"],
            "benchmark": ["GPQA-Diamond"] * 4,
            "benchmark_version": ["new", "new", "new", "old"],
            "score": [50.0, 51.0, 52.0, 90.0],
            "as_of": [JAN] * 4,
            "source": ["s"] * 4,
        }
    )
    got = listings.scale_scores(listings.usable_scores(scores, AS_OF), SCALE)
    assert dict(got.select("model", "score").iter_rows())["a"] == 50.0


def _minima(prices: pl.DataFrame, as_of: date) -> pl.DataFrame:
    weaker = offers(("weaker", "c", "elsewhere", 9.0, JAN, None, JAN))  # a model below the threshold, so that it measures something
    return frontier.frontier(listings.usable_prices(pl.concat([prices, weaker]), as_of), MODELS, [(SCALE, SCORES)]).filter(
        pl.col("provider_tier") == "all"
    )


def test_one_hosts_promotion_moves_the_raw_minimum_and_not_the_robust_one() -> None:
    prices = offers(
        ("x", "a", "p", 2.0, JAN, None, JAN),
        ("y", "b", "q", 3.0, JAN, None, JAN),
        ("z", "a", "r", 0.1, date(2026, 3, 1), date(2026, 3, 5), date(2026, 3, 1)),
    )
    day = _minima(prices, date(2026, 3, 20)).filter(pl.col("day") == date(2026, 3, 3)).row(0, named=True)
    assert day["price_raw_minimum_usd_per_mtok"] == pytest.approx(0.1)
    assert day["price_usd_per_mtok"] == pytest.approx(2.0)


def test_a_low_that_lasts_a_fortnight_counts_and_a_second_provider_makes_it_count_at_once() -> None:
    low = ("z", "a", "r", 0.1, date(2026, 3, 1), None, date(2026, 3, 1))
    base = [("x", "a", "p", 2.0, JAN, None, JAN)]
    table = _minima(offers(*base, low), date(2026, 4, 1))
    price = dict(table.select("day", "price_usd_per_mtok").iter_rows())
    assert price[date(2026, 3, 13)] == pytest.approx(2.0)
    assert price[date(2026, 3, 14)] == pytest.approx(0.1)
    second = ("w", "b", "s", 0.12, date(2026, 3, 2), None, date(2026, 3, 2))
    table = _minima(offers(*base, low, second), date(2026, 4, 1))
    assert dict(table.select("day", "price_usd_per_mtok").iter_rows())[date(2026, 3, 3)] == pytest.approx(0.12)


def test_a_model_below_the_threshold_is_not_on_the_frontier_and_a_price_that_ends_lets_it_rise() -> None:
    prices = offers(
        ("x", "a", "p", 2.0, JAN, None, JAN), ("y", "b", "q", 0.5, JAN, date(2026, 2, 28), JAN), ("z", "c", "r", 0.01, JAN, None, JAN)
    )
    price = dict(_minima(prices, date(2026, 4, 1)).select("day", "price_usd_per_mtok").iter_rows())
    assert price[date(2026, 2, 20)] == pytest.approx(0.5)
    assert price[date(2026, 3, 10)] == pytest.approx(2.0)


def test_matched_jevons_ignores_entry_and_the_frontier_does_not() -> None:
    rows = [(f"o{i}", "a", f"p{i}", 1.0, JAN, None, JAN) for i in range(4)]
    rows += [(f"n{i}", "b", f"q{i}", 0.01, date(2026, 4, 1), None, date(2026, 4, 1)) for i in range(4)]
    usable = listings.usable_prices(offers(*rows), date(2026, 8, 1))
    index = hedonic.matched_jevons(listings.monthly_offers(usable, date(2026, 8, 1)))
    assert index["index_log"].to_list() == pytest.approx([0.0] * index.height)


def test_matched_jevons_measures_the_mean_log_change_of_what_stays() -> None:
    cut = date(2026, 4, 1)
    rows = []
    for i, factor in enumerate((0.5, 1.0, 0.8)):
        rows.append((f"o{i}", "a", f"p{i}", 2.0, JAN, cut - timedelta(days=1), JAN))
        rows.append((f"o{i}", "a", f"p{i}", 2.0 * factor, cut, None, cut))
    index = hedonic.matched_jevons(listings.monthly_offers(listings.usable_prices(offers(*rows), AS_OF), AS_OF))
    assert index["index_log"][-1] == pytest.approx(np.mean(np.log([0.5, 1.0, 0.8])))


def test_the_time_dummy_index_falls_by_the_true_rate_and_starts_at_zero() -> None:
    rows = listings_world(np.random.default_rng(1), 4.0, families=60)
    index = hedonic.time_dummy(rows)
    assert index["index_log"][0] == 0.0
    span = rows["years"].max() - rows["years"].min()
    assert -index["index_log"][-1] / span == pytest.approx(np.log(4.0), rel=0.15)
    rolled = hedonic.rolling(rows)
    assert -rolled["index_log"][-1] / span == pytest.approx(np.log(4.0), rel=0.25)


def test_quantile_regression_equals_statsmodels() -> None:
    from statsmodels.regression.quantile_regression import QuantReg

    rows = listings_world(np.random.default_rng(0), 4.0, families=20)
    design = np.column_stack([np.ones(rows.height), rows["years"] - 24, rows["quality"]])
    y = rows["log_price"].to_numpy()
    assert hedonic.quantile_regression(y, design, 0.1) == pytest.approx(QuantReg(y, design).fit(q=0.1).params, abs=2e-3)


def test_a_dear_reseller_that_enters_does_not_make_the_index_rise() -> None:
    rng = np.random.default_rng(3)
    rows = []
    for i in range(30):
        price = float(np.exp(rng.standard_normal()))
        rows.append((f"a{i}", f"m{i}", "maker" if i % 2 else "host", price, JAN, None, JAN))
        rows.append((f"r{i}", f"m{i}", "reseller", 3 * price, date(2026, 5, 1), None, date(2026, 5, 1)))
    quality = pl.DataFrame({"model": [f"m{i}" for i in range(30)], "quality": [0.0] * 30})
    models = pl.DataFrame(
        {
            "model": quality["model"],
            "developer": "d",
            "family": [f"f{i}" for i in range(30)],
            "release_date": [JAN] * 30,
            "open_weights": [False] * 30,
        }
    )
    panel = listings.monthly(listings.usable_prices(offers(*rows), AS_OF), quality, models, AS_OF)
    levels = panel.group_by("month").agg(pl.col("log_price").mean()).sort("month")["log_price"].to_numpy()
    naive = np.log(3) / 2
    assert np.ptp(levels) < 0.25 * naive


@pytest.fixture(scope="module")
def index() -> dict[str, pl.DataFrame]:
    return index_set.build(*market(AS_OF), None, AS_OF)


def test_every_index_table_is_declared_and_sorted_by_its_key(index: dict[str, pl.DataFrame]) -> None:
    for name, table in index.items():
        assert table.equals(frames.conform(f"stats.{name}", table)), name
    assert not index["frontier_price"].is_empty() and not index["index_level"].is_empty()
    assert {"hedonic", "hedonic_rolling", "matched_jevons", "quantile_10"} <= set(index["index_level"]["method"])


def test_the_same_inputs_in_another_order_give_the_same_tables(index: dict[str, pl.DataFrame]) -> None:
    shuffled = [t.sample(fraction=1.0, shuffle=True, seed=5) for t in market(AS_OF)]
    again = index_set.build(*shuffled, None, AS_OF)
    for name, table in index.items():
        if name != "latent_quality" and name != "index_level":
            assert again[name].equals(table), name
    assert again["index_level"]["index_log"].to_list() == pytest.approx(index["index_level"]["index_log"].to_list(), abs=1e-6)


def test_later_prices_and_scores_do_not_move_an_earlier_vintage() -> None:
    prices, scores, models = market(AS_OF)
    early = date(2025, 9, 1)
    known_p = prices.filter(pl.col("observed_at") <= early).with_columns(
        pl.when(pl.col("valid_to") > early).then(None).otherwise(pl.col("valid_to")).alias("valid_to")
    )
    a = index_set.build(prices, scores, models, None, early)["frontier_price"]
    b = index_set.build(known_p, scores.filter(pl.col("as_of") <= early), models, None, early)["frontier_price"]
    assert a.equals(b)
    assert a["day"].max() <= early


def test_the_days_other_tables_follow_from_the_indices(index: dict[str, pl.DataFrame]) -> None:
    prices, scores, models = market(AS_OF)
    yearly = rates.build(index["index_level"], index["frontier_price"], index["cost_per_task"], prices, scores, models, AS_OF)
    assert yearly["is_headline"].sum() == 1
    assert (yearly["factor_low_per_year"] <= yearly["factor_high_per_year"]).all()
    rule = acceleration.build(prices, scores, models, AS_OF).filter(pl.col("test") == "rule")
    assert rule["direction"][0] in {"accelerating", "decelerating", "no evidence"}
    series = series_from_frontier(index["frontier_price"])
    forecast = issue.forecasts(series, None, AS_OF)
    assert forecast.filter("is_champion")["series_id"].n_unique() == series["unique_id"].n_unique()
    events = issue.events(series, None, AS_OF)
    assert events["probability_share"].is_between(0, 1).all()
    wide = events.pivot("event", index=["series_id", "horizon_days"], values="probability_share")
    assert (wide["halves"] <= wide["new_low"] + 1e-9).all()


def test_cost_per_task_rises_with_tokens_at_a_falling_price() -> None:
    prices = offers(("x", "a", "p", 2.0, JAN, date(2026, 3, 31), JAN), ("y", "b", "q", 1.0, date(2026, 4, 1), None, JAN))
    scores = pl.DataFrame(
        {
            "model": ["a", "b"],
            "benchmark": ["X"] * 2,
            "benchmark_version": ["v"] * 2,
            "score": [60.0, 70.0],
            "as_of": [JAN] * 2,
            "source": ["s"] * 2,
        }
    )
    tokens = pl.DataFrame({"model": ["a", "b"], "benchmark": ["X"] * 2, "tokens_output_per_task": [1000.0, 4000.0]})
    table = index_set.build(prices, scores, MODELS, tokens, AS_OF)["cost_per_task"]
    assert table["cost_usd_per_task"][0] == pytest.approx(0.002)
    assert table["cost_usd_per_task"][-1] == pytest.approx(0.004)


def test_conform_refuses_what_is_not_declared_and_repeated_keys() -> None:
    row = pl.DataFrame({"model": ["a"], "ability_logit": [0.0], "standard_error_logit": [0.1], "benchmarks_count": [3]})
    with pytest.raises(ValueError, match=r"not declared \['surprise'\]"):
        frames.conform("stats.latent_quality", row.with_columns(surprise=1))
    with pytest.raises(ValueError, match=r"missing \['ability_logit'\]"):
        frames.conform("stats.latent_quality", row.drop("ability_logit"))
    with pytest.raises(ValueError, match="share one key"):
        frames.conform("stats.latent_quality", pl.concat([row, row]))
