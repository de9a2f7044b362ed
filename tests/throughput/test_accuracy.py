"""The accuracy bars on the visible measurements, through the public entry point, as a user would run it."""

from __future__ import annotations

import polars as pl
import pytest

from throughput import calibration, scenarios

UNPREDICTABLE = {"InferenceX experimental token_position_decode_slo"}
"""A work-in-progress test bench whose own repeats disagree by a factor of two (docs/method/engine.md)."""


@pytest.fixture(scope="module")
def measured(shared_data) -> pl.DataFrame:
    return pl.read_csv(shared_data / "throughput" / "scenarios_measured.csv", infer_schema_length=0)


@pytest.fixture(scope="module")
def scored(measured, tables, constants) -> pl.DataFrame:
    answers = scenarios.answer(measured.drop("measured"), *tables, constants)
    return answers.with_columns(measured=measured["measured"].cast(pl.Float64)).with_columns(
        error_pct=(pl.col("predicted") / pl.col("measured") - 1.0).abs() * 100.0)


def test_median_error_is_at_most_ten_percent(scored):
    assert scored["error_pct"].median() <= 10.0


def test_four_fifths_of_rows_are_within_a_quarter(scored):
    assert (scored["error_pct"].drop_nulls() <= 25.0).mean() >= 0.80


def test_every_large_source_is_within_twenty_percent_but_the_named_one(scored):
    table = scored.group_by("source").agg(pl.len(), pl.col("error_pct").median()).filter(pl.col("len") >= 20)
    bad = set(table.filter(pl.col("error_pct") > 20.0)["source"])
    assert bad <= UNPREDICTABLE


def test_the_interval_covers_about_four_fifths(scored):
    inside = (scored["measured"] >= scored["lower_80"]) & (scored["measured"] <= scored["upper_80"])
    assert 0.72 <= inside.drop_nulls().mean() <= 0.88


def test_almost_every_row_is_answered_or_says_why(scored):
    assert scored["predicted"].is_null().mean() <= 0.02
    assert scored.filter(pl.col("predicted").is_null())["error"].is_null().sum() == 0
    assert scored.filter(pl.col("predicted").is_not_null())["error"].is_not_null().sum() == 0


def test_predictions_stay_good_without_the_source_column(measured, tables, constants):
    answers = scenarios.answer(measured.drop("measured", "source"), *tables, constants)
    error = (answers["predicted"] / measured["measured"].cast(pl.Float64) - 1.0).abs() * 100.0
    assert error.median() <= 10.0 and (error.drop_nulls() <= 25.0).mean() >= 0.80


def test_prediction_ignores_the_measured_column(measured, tables, constants):
    part = measured.head(50)
    wrong = part.with_columns(measured=pl.lit("1"))
    one, two = (scenarios.answer(t, *tables, constants)["predicted"].to_list() for t in (part, wrong))
    assert one == two


def test_joules_are_within_fifteen_percent_in_the_median(shared_data, tables, constants):
    runs = calibration.energy_scenarios(
        pl.read_csv(shared_data / "throughput" / "measured" / "ml_energy_v3.csv", infer_schema_length=0))
    answers = scenarios.answer(runs.drop("measured", "power_w"), *tables, constants)
    error = (answers["predicted"] / runs["measured"] - 1.0).abs() * 100.0
    assert error.median() <= 15.0


def test_the_engine_beats_a_bare_roofline_by_far(measured, tables, constants):
    data = calibration.Measurements(measured, *tables)
    values = calibration.run_numpy(data.columns, constants)
    bare = values["step_bytes"] / data.columns["bandwidth_bytes_per_s"]
    engine = abs(calibration.log_predicted(data, constants) - data.log_measured)
    rate = data.columns["metric"] == "output_tok_s"
    roofline = abs(pl.Series(values["batch"][rate] / bare[rate]).log().to_numpy() - data.log_measured[rate])
    assert pl.Series(roofline).median() > 4 * pl.Series(engine[rate]).median()
