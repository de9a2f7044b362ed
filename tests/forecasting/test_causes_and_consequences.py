"""Decomposition, floors, claims, what it means, revisions: sums that must be exact and inputs that must matter."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.consequences import claims, facts, meaning
from forecasting.floors import floor
from forecasting.forecast import issue
from forecasting.indices import index_set
from forecasting.panel import reference
from forecasting.panel.series import series_from_frontier
from forecasting.rates import decompose
from forecasting.track_record import revisions
from tests.forecasting.worlds import market, price_panel
from warehouse.schema import frames

AS_OF = date(2026, 9, 1)
POSITIVE = st.floats(1e-6, 1e6)


@given(st.lists(st.tuples(POSITIVE, POSITIVE), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_lmdi_contributions_sum_to_the_change(pairs: list[tuple[float, float]]) -> None:
    before = {str(i): a for i, (a, _) in enumerate(pairs)}
    after = {str(i): b for i, (_, b) in enumerate(pairs)}
    change = np.prod(list(after.values())) - np.prod(list(before.values()))
    scale = max(np.prod(list(after.values())), np.prod(list(before.values())))
    assert sum(decompose.lmdi(before, after).values()) == pytest.approx(change, rel=1e-9, abs=1e-9 * scale)


def test_the_logarithmic_mean_at_equal_and_zero_values() -> None:
    assert decompose.logarithmic_mean(3.0, 3.0) == 3.0
    assert decompose.logarithmic_mean(4.0, 1.0) == pytest.approx(3 / np.log(4))
    assert sum(decompose.lmdi({"a": 0.0, "b": 2.0}, {"a": 3.0, "b": 2.0}).values()) == pytest.approx(6.0, abs=1e-12)
    with pytest.raises(ValueError, match=">= 0"):
        decompose.logarithmic_mean(-1.0, 2.0)


def test_shapley_is_efficient_symmetric_and_gives_a_dummy_nothing() -> None:
    def throughput(s: frozenset[str]) -> float:
        compute = 100.0 * (2.0 if "quant" in s else 1.0)
        memory = 60.0 * (1.8 if "quant" in s else 1.0) * (3.0 if "batch" in s else 1.0)
        return float(np.log(min(compute, memory)))

    players = ["quant", "batch", "dummy"]
    got = decompose.shapley(throughput, players)
    everyone = throughput(frozenset(players)) - throughput(frozenset())
    assert sum(got.values()) == pytest.approx(everyone, abs=1e-12)
    assert got["dummy"] == pytest.approx(0.0, abs=1e-12)
    first, last = decompose.first_and_last_in(throughput, players)["quant"]
    assert min(first, last) - 1e-12 <= got["quant"] <= max(first, last) + 1e-12
    twins = decompose.shapley(lambda s: float(len(s) ** 2), ["a", "b", "c"])
    assert twins["a"] == pytest.approx(twins["b"])


def _cost_row(**change: object) -> dict[str, object]:
    row = {
        "series_id": "s",
        "period_day": date(2025, 1, 1),
        "model": "m",
        "price_usd_per_mtok": 10.0,
        "rental_usd_per_hour": 3.0,
        "throughput_tok_per_s": 1000.0,
        "utilisation_share": 0.4,
        "energy_usd_per_mtok": 0.02,
    }
    return {**row, **change}


def test_the_price_identity_sums_in_logs_and_dollars_and_names_each_cause() -> None:
    after = _cost_row(
        price_usd_per_mtok=2.0, rental_usd_per_hour=2.0, throughput_tok_per_s=2500.0, utilisation_share=0.6, energy_usd_per_mtok=0.01
    )
    parts = decompose.price_change(_cost_row(), after)
    assert sum(v[0] for v in parts.values()) == pytest.approx(np.log(0.2), abs=1e-12)
    assert sum(v[1] for v in parts.values()) == pytest.approx(-8.0, abs=1e-9)
    assert all(parts[k][0] < 0 for k in ("rental", "throughput", "utilisation", "energy"))
    only_markup = decompose.price_change(_cost_row(), _cost_row(price_usd_per_mtok=5.0))
    assert only_markup["markup"][0] == pytest.approx(np.log(0.5))
    assert only_markup["not_attributed"][0] == pytest.approx(0.0, abs=1e-12)


def test_what_is_not_known_is_its_own_bar_and_another_model_is_substitution() -> None:
    unknown = decompose.price_change(_cost_row(throughput_tok_per_s=None), _cost_row(price_usd_per_mtok=1.0))
    assert unknown["not_attributed"][0] == pytest.approx(np.log(0.1))
    assert all(v[0] == 0 for k, v in unknown.items() if k != "not_attributed")
    other = decompose.price_change(_cost_row(), _cost_row(model="n", throughput_tok_per_s=4000.0))
    assert other["model_substitution"][0] < 0 and other["throughput"][0] == 0


def test_the_decomposition_table_has_lmdi_shapley_and_the_range_of_orders() -> None:
    cost = pl.DataFrame([_cost_row(), _cost_row(period_day=date(2026, 1, 1), price_usd_per_mtok=4.0, rental_usd_per_hour=2.0)])
    names = ("a", "b")
    worth = {frozenset(s): 10.0 * 2 ** len(s) for r in range(3) for s in combinations(names, r)}
    table = decompose.build(cost, AS_OF, levers={"naive": worth})
    assert set(table["method"]) == {"lmdi", "shapley", "first_in", "last_in"}
    shapley = table.filter(pl.col("method") == "shapley")
    assert np.prod(shapley["factor"].to_numpy()) == pytest.approx(4.0)


FLOORS = pl.DataFrame(
    {
        "series_id": ["s00", "s00"],
        "floor_kind": ["energy", "gpu_hour"],
        "model": ["m", "m"],
        "low_usd_per_mtok": [0.001, 0.02],
        "mode_usd_per_mtok": [0.002, 0.03],
        "high_usd_per_mtok": [0.004, 0.05],
        "cost_factor_low_per_year": [1.0, 0.9],
        "cost_factor_mode_per_year": [1.3, 1.25],
        "cost_factor_high_per_year": [1.7, 1.8],
    }
)


def test_a_price_within_a_tenth_above_its_floor_has_met_it() -> None:
    flat = pl.DataFrame({"unique_id": ["s00"] * 14, "ds": [date(2025, 8, 1).replace(day=k) for k in range(1, 15)], "y": [5.0] * 14})
    near = FLOORS.with_columns(pl.lit(5.0 / 1.05).alias(f"{p}_usd_per_mtok") for p in ("low", "mode", "high"))
    table = floor.meeting_dates(flat, near, AS_OF).filter(pl.col("deadline").is_not_null())
    assert set(table["probability_share"]) == {1.0}


def test_a_price_that_falls_no_faster_than_its_floor_never_meets_it() -> None:
    flat = pl.DataFrame({"unique_id": ["s00"] * 14, "ds": [date(2025, 8, 1).replace(day=k) for k in range(1, 15)], "y": [5.0] * 14})
    fast = FLOORS.with_columns(pl.lit(10.0).alias(f"cost_factor_{p}_per_year") for p in ("low", "mode", "high"))
    table = floor.meeting_dates(flat, fast, AS_OF).filter((pl.col("scenario") == "recent") & (pl.col("outcome") == "never"))
    assert table["probability_share"].min() > 0.95
    ten = floor.meeting_dates(flat, FLOORS, AS_OF).filter(pl.col("scenario") == "ten_times_rule")
    by_year = ten.filter(pl.col("deadline").is_not_null()).sort("floor_kind", "deadline")
    assert (
        by_year.group_by("floor_kind", maintain_order=True)
        .agg(pl.col("probability_share").diff().drop_nulls().min())["probability_share"]
        .min()
        >= 0
    )
    assert ten.filter(pl.col("outcome") == "never")["probability_share"].max() < 0.05


def test_the_floor_nearest_to_the_price_binds_and_halving_it_halves_its_share() -> None:
    series = pl.DataFrame({"unique_id": ["s00"], "ds": [AS_OF], "y": [0.06]})
    table = floor.binding_constraints(series, FLOORS, AS_OF)
    assert table.filter("binds")["constraint"].to_list() == ["gpu_hour"]
    half = floor.binding_constraints(series, FLOORS.with_columns(pl.col("mode_usd_per_mtok") / 2), AS_OF)
    assert half["share_of_price_share"].to_list() == pytest.approx((table["share_of_price_share"] / 2).to_list(), rel=1e-12)


@pytest.mark.parametrize(
    ("value", "low", "high", "expected"),
    [
        (2.0, 1.8, 2.2, "supported"),
        (2.0, 1.0, 2.5, "partly"),
        (1.2, 1.1, 1.3, "contradicted"),
        (None, None, None, "not measurable"),
        (2.0, None, None, "supported"),
        (float("nan"), None, None, "not measurable"),
    ],
)
def test_a_verdict_follows_from_the_interval(value: float, low: float, high: float, expected: str) -> None:
    assert claims.verdict(value, low, high, 1.7, 2.3) == expected


def test_every_claim_is_a_row_and_the_unmeasured_say_so() -> None:
    table = claims.held_against(reference.table("claims"), frames.empty("core.input_claim"), AS_OF)
    assert table["claim_id"].to_list() == sorted(f"C{k}" for k in range(1, 21))
    assert set(table["verdict"]) == {"not measurable"}
    one = pl.DataFrame([("C4", 2.6, 1.45, 3.26, "measured")], schema=frames.polars_schema("core.input_claim"), orient="row")
    again = claims.held_against(reference.table("claims"), one, AS_OF)
    assert again.filter(pl.col("claim_id") == "C4")["verdict"][0] == "partly"


def test_assumptions_are_sourced_or_argued_and_ordered() -> None:
    for name in ("applications", "assumptions"):
        table = reference.table(name)
        assert table["assumption_id"].is_unique().all()
        assert (table["low"] <= table["mode"]).all() and (table["mode"] <= table["high"]).all()
        assert (table["reasoning"].str.len_chars() > 15).all()
        quoted = table.filter(pl.col("basis") == "quoted")
        assert quoted["source_url"].str.starts_with("https://").all()
        assert set(table["basis"]) <= {"quoted", "derived", "assumed"}


@pytest.fixture(scope="module")
def world() -> dict:
    prices, scores, models = market(AS_OF)
    index = index_set.build(prices, scores, models, None, AS_OF)
    engine = pl.DataFrame(
        {
            "model": ["m0", "m3"],
            "accelerator": ["H100", "H100"],
            "rental_usd_per_hour": [2.5, 2.5],
            "accelerators_count": [1, 2],
            "throughput_tok_per_s": [8000.0, 3000.0],
            "price_usd_per_mtok": [3.0, 0.2],
        }
    )
    return {
        "prices": prices,
        "scores": scores,
        "models": models,
        "index": index,
        "engine": engine,
        "series": series_from_frontier(index["frontier_price"]),
    }


def _meaning(world: dict, applications: pl.DataFrame, assumptions: pl.DataFrame) -> dict[str, pl.DataFrame]:
    return meaning.build(
        applications,
        assumptions,
        world["index"]["frontier_price"],
        world["prices"],
        world["scores"],
        world["models"],
        world["engine"],
        AS_OF,
    )


def test_every_section_is_computed_or_says_not_yet_measured(world: dict) -> None:
    got = _meaning(world, reference.table("applications"), reference.table("assumptions"))
    assert set(got["what_it_means"]["section"]) == set(facts.WORDS)
    assert not got["viability"].is_empty() and not got["break_even"].is_empty()
    none = _meaning(world | {"engine": world["engine"].head(0)}, reference.table("applications"), reference.table("assumptions").head(0))
    silent = none["what_it_means"].filter(pl.col("statement") == "not yet measured")["section"].to_list()
    assert {"break_even", "wrapper_margin", "jevons"} <= set(silent)


def test_perturbing_any_assumption_of_a_fact_moves_that_fact(world: dict) -> None:
    applications, assumptions = reference.table("applications"), reference.table("assumptions")
    base = _meaning(world, applications, assumptions)
    app = base["viability"]["application"][0]
    for identifier in applications.filter((pl.col("application") == app) & (pl.col("quantity") != "quality_threshold_gpqa"))[
        "assumption_id"
    ]:
        changed = meaning.viability(_scaled(applications, identifier), world["series"], AS_OF)
        old, new = (t.filter(pl.col("application") == app).drop("inputs") for t in (base["viability"], changed))
        assert not old.equals(new), identifier
        assert identifier in base["viability"]["inputs"][0]
    for identifier in ("self_host.utilisation", "self_host.operations_usd_per_month", "self_host.overhead", "self_host.replicas"):
        changed = meaning.break_even(_scaled(assumptions, identifier), world["engine"], {}, AS_OF)
        assert not changed.equals(base["break_even"]), identifier
    cheaper = meaning.break_even(assumptions, world["engine"].with_columns(pl.col("rental_usd_per_hour") / 2), {}, AS_OF)
    assert (cheaper["self_host_usd_per_mtok"] < base["break_even"]["self_host_usd_per_mtok"]).all()


def test_break_even_is_where_the_two_bills_cross() -> None:
    replica, operations, served, api = np.array([2000.0]), np.array([6000.0]), np.array([5000.0]), 1.0
    volume = float(meaning.break_even_volume(api, replica, operations, served, replica / served)[0])
    assert volume * api == pytest.approx(max(2000.0, volume * 0.4) + 6000.0)
    small = float(meaning.break_even_volume(4.0, replica, operations, served, replica / served)[0])
    assert small * 4.0 == pytest.approx(8000.0) and small <= 5000.0
    assert np.isinf(meaning.break_even_volume(0.3, replica, operations, served, replica / served)[0])


def _scaled(table: pl.DataFrame, identifier: str) -> pl.DataFrame:
    hit = pl.col("assumption_id") == identifier
    return table.with_columns(pl.when(hit).then(pl.col(c) * 1.3).otherwise(pl.col(c)).alias(c) for c in ("low", "mode", "high"))


def test_elasticity_minus_one_keeps_spend_and_takes_the_whole_saving_back() -> None:
    rows = pl.DataFrame(
        {
            "assumption_id": ["e"],
            "section": ["jevons"],
            "subject": ["unit"],
            "quantity": ["elasticity"],
            "low": [-1.0],
            "mode": [-1.0],
            "high": [-1.0 + 1e-9],
        }
    )
    got = meaning.jevons(rows, 3.0, AS_OF).row(0, named=True)
    assert got["spend_factor_per_year"] == pytest.approx(1.0, abs=1e-6)
    assert got["rebound_share"] == pytest.approx(1.0)


def test_a_revision_sums_exactly_and_zero_causes_are_zero() -> None:
    old = price_panel(np.random.default_rng(2), n=4, months=20)
    day0, day1 = old["ds"].unique().sort()[-2], old["ds"].unique().sort()[-1]
    previous = issue.forecasts(old, None, day0)
    cheaper = old.with_columns(
        pl.when((pl.col("ds") == day1) & (pl.col("unique_id") == "s00")).then(pl.col("y") / 2).otherwise("y").alias("y")
    )
    carried = old.filter(pl.col("ds") <= day0)
    stages = [
        ("passage_of_time", lambda: issue.forecasts(carried, None, day1)),
        ("new_prices", lambda: issue.forecasts(cheaper, None, day1)),
        ("code", lambda: issue.forecasts(cheaper, None, day1)),
    ]
    table = revisions.build(previous, stages, day1)
    for (series, days), g in table.group_by(["series_id", "horizon_days"]):
        parts = g.filter(pl.col("cause") != "total")["contribution_log"].sum()
        assert parts == pytest.approx(g.filter(pl.col("cause") == "total")["contribution_log"][0], abs=1e-12), (series, days)
    assert table.filter(pl.col("cause") == "code")["contribution_log"].abs().max() == 0.0
    assert revisions.build(previous.head(0), stages, day1).is_empty()
