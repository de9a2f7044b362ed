"""On simulated worlds with known truth the estimators return it, within stated coverage. Each trap has its test."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from forecasting.estimators import decline, regression
from forecasting.forecast import fitting, repricing
from forecasting.indices import hedonic, index_set
from forecasting.panel import latent, selection
from forecasting.panel.series import prepare
from forecasting.rates import acceleration
from research import published
from tests.forecasting.worlds import listings_world, repriced_panel


@pytest.mark.parametrize("factor", [1.0, 4.4])
def test_the_hedonic_rate_covers_the_truth_about_as_often_as_it_says(factor: float) -> None:
    inside, found = [], []
    for seed in range(60):
        rate = hedonic.rate(listings_world(np.random.default_rng(seed), factor, families=30))
        assert rate is not None
        inside.append(rate.factor_low <= factor <= rate.factor_high)
        found.append(np.log(rate.factor))
    assert np.mean(inside) >= 0.80
    assert np.exp(np.mean(found)) == pytest.approx(factor, rel=0.1)


def test_errors_that_ignore_families_are_far_too_small() -> None:
    inside = []
    for seed in range(60):
        rows = listings_world(np.random.default_rng(seed), 4.4, families=30)
        design = np.column_stack([np.ones(rows.height), rows["years"], rows["quality"]])
        _, low, high = regression.least_squares(rows["log_price"].to_numpy(), design).interval(1)
        inside.append(low <= -np.log(4.4) <= high)
    assert np.mean(inside) < 0.6


def test_no_trend_reads_as_no_trend_here_and_as_a_decline_with_record_lows() -> None:
    rng = np.random.default_rng(11)
    day = np.sort(rng.uniform(0, 900, 90))
    score = 20 + 0.06 * day + 12 * rng.standard_normal(90)
    honest = selection.no_trend_audit(index_set.ESTIMATORS["hedonic_launch"], day, score, 1.1, 0.9, rng, 60)
    lows = selection.no_trend_audit(index_set.ESTIMATORS["record_lows"], day, score, 1.1, 0.9, rng, 60)
    assert np.median(honest) == pytest.approx(1.0, abs=0.1)
    assert np.median(lows) > 2.0


def test_epochs_method_finds_a_decline_on_its_own_dates_and_scores_without_trend(shared_data) -> None:
    """Price depends on the score alone; the spread is that of the residuals of their prices given score and date."""
    table = published.epoch_table(shared_data / "forecast" / "epoch_price_trends").drop_nulls("USD per 1M Tokens")
    standard = [(table[b] - table[b].mean()) / table[b].std() for b in published.EPOCH_BENCHMARKS]
    score = (
        table.with_columns(s.alias(f"z{i}") for i, s in enumerate(standard))
        .select(pl.mean_horizontal(f"z{i}" for i in range(len(standard))).fill_null(0.0))
        .to_series()
        .to_numpy()
    )
    day = np.array([d.toordinal() for d in table["Release Date"]], float)
    slope, spread = index_set._quality_slope(day, table["USD per 1M Tokens"].to_numpy(), score)

    def epoch(day: np.ndarray, price: np.ndarray, score: np.ndarray) -> float:
        rates = published.epoch_rates(table.with_columns(pl.Series("USD per 1M Tokens", price)))
        return float(np.median(rates["factor"])) if rates.height else float("nan")

    rng = np.random.default_rng(20260922)
    theirs = selection.no_trend_audit(epoch, day, score, spread, slope, rng, 40)
    ours = selection.no_trend_audit(index_set.ESTIMATORS["hedonic_launch"], day, score, spread, slope, rng, 200)
    assert np.median(theirs) > 4.0
    assert np.median(ours) == pytest.approx(1.0, abs=0.1)


def test_a_pareto_set_before_the_line_inflates_a_true_rate() -> None:
    rng, pareto, honest = np.random.default_rng(12), [], []
    for _ in range(40):
        day = np.sort(rng.uniform(0, 900, 150))
        score = 0.002 * day + rng.standard_normal(150)
        price = np.exp(-np.log(4.4) * day / 365.25 + 0.8 * score + 1.2 * rng.standard_normal(150))
        pareto.append(index_set.ESTIMATORS["pareto_line"](day, price, score))
        honest.append(index_set.ESTIMATORS["hedonic_launch"](day, price, score))
    assert np.median(honest) == pytest.approx(4.4, rel=0.15)
    assert np.median(pareto) > 1.5 * 4.4


def test_acceleration_is_not_seen_where_there_is_none_and_seen_where_it_is() -> None:
    def directions(seed: int, after: float) -> set[str]:
        rng = np.random.default_rng(seed)
        rows = acceleration.scale_tests(listings_world(rng, 4.0, after, families=50), "x", rng)
        return {str(r["direction"]) for r in rows if r["test"] in ("quadratic", "one_break")}

    false_alarms = sum(directions(s, 4.0) in ({"accelerating"}, {"decelerating"}) for s in range(12))
    assert false_alarms <= 2
    assert sum(directions(s, 1.1) == {"decelerating"} for s in range(5)) >= 4
    assert sum(directions(s, 40.0) == {"accelerating"} for s in range(5)) >= 4


def test_the_rule_needs_both_tests_on_both_scales() -> None:
    def rows(*directions: str) -> list[dict]:
        keys = [("a", "quadratic"), ("a", "one_break"), ("b", "quadratic"), ("b", "one_break")]
        return [{"scale": s, "test": t, "p_value": 0.01, "direction": d} for (s, t), d in zip(keys, directions, strict=True)]

    assert acceleration.decide(rows(*["decelerating"] * 4))[0] == "decelerating"
    assert acceleration.decide(rows("decelerating", "decelerating", "no evidence", "decelerating"))[0] == "no evidence"
    assert acceleration.decide(rows("accelerating", "decelerating", "accelerating", "accelerating"))[0] == "no evidence"
    assert acceleration.decide(rows(*["accelerating"] * 4)[:2])[0] == "no evidence"


def test_the_break_date_is_found() -> None:
    t = np.arange(48) / 12
    rng = np.random.default_rng(2)
    y = -2.0 * t + 1.6 * np.maximum(t - 2.0, 0) + 0.05 * rng.standard_normal(48)
    _, p, k, before, after = acceleration.one_break(t, y, rng)
    assert abs(t[k] - 2.0) < 0.3
    assert p < 0.01
    assert (before, after) == (pytest.approx(-2.0, abs=0.15), pytest.approx(-0.4, abs=0.15))
    assert acceleration.bic_breaks(t, y)[0] == 1
    assert acceleration.bic_breaks(t, -2.0 * t + 0.05 * rng.standard_normal(48))[0] == 0


def test_the_repricing_model_finds_the_hazard_it_was_simulated_with() -> None:
    for true_hazard in (1.0, 5.0):
        found = [
            fitting.fit(prepare(repriced_panel(np.random.default_rng(seed), true_hazard)).series, repricing.Prior()).main.hazard
            for seed in range(6)
        ]
        assert np.log(np.median(found)) == pytest.approx(np.log(true_hazard), abs=0.5)
    series = prepare(repriced_panel(np.random.default_rng(0), 5.0)).series
    shrunk = fitting.fit(series, repricing.Prior(weight=1e4)).main
    assert (shrunk.closing, shrunk.spread) == (0.35, 0.6), "an infinitely strong prior is not obeyed"
    assert fitting.fit(series, repricing.Prior(closing=2.0, spread=0.1, weight=1e-6)).main.closing < 2.0


def test_ability_is_recovered_from_incomplete_benchmarks() -> None:
    rng = np.random.default_rng(4)
    ability, rows = rng.standard_normal(80), []
    for j in range(10):
        slope, hard = rng.uniform(0.7, 1.8), rng.uniform(-1.5, 1.5)
        for i in np.flatnonzero(rng.random(80) < 0.5):
            share = 1 / (1 + np.exp(-slope * (ability[i] - hard)))
            rows.append((f"m{i:02d}", f"b{j}", "", float(rng.binomial(200, share) / 2)))
    table = latent.fit(pl.DataFrame(rows, schema=["model", "benchmark", "benchmark_version", "score"], orient="row"))
    true = np.array([ability[int(m[1:])] for m in table["model"]])
    assert np.corrcoef(true, table["ability_logit"].to_numpy())[0, 1] > 0.95


def test_two_versions_of_a_benchmark_are_two_items() -> None:
    rng = np.random.default_rng(5)
    rows = []
    for i in range(20):
        base = 20 + 3 * i
        rows += [(f"m{i:02d}", "A", "1", float(base)), (f"m{i:02d}", "B", "1", float(base + rng.normal()))]
        if i % 2:
            rows.append((f"m{i:02d}", "A", "2", float(base / 3)))
    frame = pl.DataFrame(rows, schema=["model", "benchmark", "benchmark_version", "score"], orient="row")
    table = latent.fit(frame).sort("model")
    assert (np.diff(table["ability_logit"].to_numpy()) > 0).all(), "a re-based index moved models"
    assert table["benchmarks_count"].max() == 3


def test_a_random_walk_with_drift_covers_at_its_nominal_level() -> None:
    rng = np.random.default_rng(6)
    inside = []
    for _ in range(400):
        t = np.cumsum(rng.uniform(0.02, 0.3, 25))
        y = np.concatenate([[0], np.cumsum(-1.0 * np.diff(t) + 0.4 * np.sqrt(np.diff(t)) * rng.standard_normal(24))])
        r = decline.random_walk_drift(t, y)
        inside.append(r.low <= -1.0 <= r.high)
    assert np.mean(inside) == pytest.approx(0.9, abs=0.04)


def test_hac_intervals_of_an_autocorrelated_index_are_wider_than_classical_ones() -> None:
    rng = np.random.default_rng(8)
    t, hac, classical = np.arange(48) / 12, [], []
    for _ in range(200):
        u = np.zeros(48)
        for i in range(1, 48):
            u[i] = 0.8 * u[i - 1] + 0.2 * rng.standard_normal()
        a, b = decline.log_linear_hac(t, -t + u), decline.least_squares(t, -t + u)
        hac.append(a.low <= -1 <= a.high)
        classical.append(b.low <= -1 <= b.high)
    assert np.mean(classical) < 0.6
    assert np.mean(hac) > 0.8


def test_regression_errors_equal_statsmodels() -> None:
    import statsmodels.api as sm

    rows = listings_world(np.random.default_rng(3), 4.0, families=15)
    design = np.column_stack([np.ones(rows.height), rows["years"], rows["quality"]])
    y, cluster = rows["log_price"].to_numpy(), rows["cluster"].to_numpy()
    ours = regression.least_squares(y, design, cluster)
    _, codes = np.unique(cluster, return_inverse=True)
    theirs = sm.OLS(y, design).fit(cov_type="cluster", cov_kwds={"groups": codes})
    assert ours.beta == pytest.approx(theirs.params, rel=1e-8)
    assert np.sqrt(np.diag(ours.covariance)) == pytest.approx(theirs.bse, rel=1e-6)


def test_the_smooth_trend_follows_a_slope_that_changes_and_equals_statsmodels() -> None:
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    rng = np.random.default_rng(10)
    slope = np.concatenate([np.full(24, -0.2), np.full(24, -0.02)])
    y = np.cumsum(slope) + 0.05 * rng.standard_normal(48)
    ours = decline.smooth_trend(y, 1 / 12)
    assert ours.low <= -0.24 <= ours.high
    theirs = UnobservedComponents(y, "smooth trend").fit(disp=False)
    assert ours.slope / 12 == pytest.approx(float(theirs.states.filtered[-1, 1]), abs=0.01)
