"""Published results come out of the library's own estimators; absent data say so; a wrong number fails."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from forecasting.estimators import decline
from research import published, replication
from research.published import Target


@pytest.fixture(scope="module")
def targets(shared_data: Path) -> list[Target]:
    return replication.run(shared_data)


def test_no_published_target_with_data_fails(targets: list[Target]) -> None:
    assert [t.target for t in targets if t.verdict == "fail"] == []
    assert [t.target for t in targets if t.verdict == "no data"] == ["demirer_elasticity_between_hosts"]


def test_every_id_of_the_target_list_is_answered(shared_data: Path, targets: list[Target]) -> None:
    with (shared_data / "forecast" / "targets.csv").open() as f:
        wanted = {row["id"] for row in csv.DictReader(f)}
    assert wanted - {t.target.split(":")[0] for t in targets} == set()


def test_all_21_factors_of_epoch_are_compared_one_by_one(targets: list[Target]) -> None:
    epoch = [t for t in targets if t.target.startswith("epoch_all21:")]
    assert len(epoch) == 21
    assert all(t.ours == pytest.approx(t.published, rel=1e-6) for t in epoch)


def test_without_the_study_data_nothing_fails_and_the_absent_are_named() -> None:
    targets = replication.run(None)
    assert {t.verdict for t in targets} == {"pass", "no data"}
    assert {t.target for t in targets if t.verdict == "pass"} == {t.target for t in published.arithmetic_targets()}


def test_a_number_outside_its_tolerance_fails() -> None:
    assert Target("x", 10.0, 10.2, 0.01, True).verdict == "fail"
    assert Target("x", 10.0, 10.05, 0.01, True).verdict == "pass"
    assert Target("x", 53.0, 54.0, 0.0, False).verdict == "fail"
    assert Target("x", 10.0, 12.0, 0.25, True, same_data=False).verdict == "near"
    assert Target("x", 10.0, 14.0, 0.25, True, same_data=False).verdict == "differs"


def test_the_verb_prints_csv_and_exits_1_when_a_target_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from pipelines.commands.replicate import command

    monkeypatch.setenv("DEFLATION_DATA", str(tmp_path))
    good = CliRunner().invoke(command, ["--format", "csv"])
    assert good.exit_code == 0
    rows = list(csv.DictReader(io.StringIO(good.stdout)))
    assert list(rows[0]) == ["target", "published", "ours", "tolerance", "verdict"]
    monkeypatch.setattr(published, "arithmetic_targets", lambda: [Target("a16z_42", 10.17, 9.0, 0.01, True)])
    assert CliRunner().invoke(command, ["--format", "csv"]).exit_code == 1


def test_the_published_18_months_of_the_ai_index_is_an_error_of_arithmetic() -> None:
    ours = {t.target: t.ours for t in published.arithmetic_targets()}
    assert ours["aiindex_280:per_year"] == pytest.approx(21.6, abs=0.1)
    assert ours["aiindex_280:per_year_if_18_months"] > 2 * ours["aiindex_280:per_year"]


@pytest.mark.parametrize("theta", [0.0, 0.63])
def test_farmer_lafond_error_variance_agrees_with_simulation(theta: float) -> None:
    rng, m, n = np.random.default_rng(5), 8, 120_000
    tau = np.array([1.0, 5.0])
    shocks = rng.standard_normal((n, m + 1 + 5))
    steps = -0.3 + shocks[:, 1:] + theta * shocks[:, :-1]
    drift = steps[:, :m].mean(axis=1)
    ahead = np.cumsum(steps[:, m:], axis=1)[:, (tau - 1).astype(int)]
    measured = np.mean((ahead - drift[:, None] * tau) ** 2, axis=0)
    assert measured == pytest.approx(decline.farmer_lafond_a(theta, m, tau), rel=0.015)


def test_a_half_life_a_break_and_a_concentration_are_recovered() -> None:
    from datetime import date

    from research import market

    rng = np.random.default_rng(2)
    x = rng.uniform(-1.5, 1.8, 400)
    line = pl.DataFrame({"years": x, "log_price": 1.0 - np.log(2) / 1.3 * x + 0.05 * rng.standard_normal(400)})
    half, r_squared = market.half_life_years(line)
    assert half == pytest.approx(1.3, rel=0.02) and r_squared > 0.97
    assert market.chow(line)[1] > 0.01
    bent = line.with_columns(pl.col("log_price") - pl.when(pl.col("years") > 0).then(0.5 * pl.col("years")).otherwise(0.0))
    assert market.chow(bent)[1] < 1e-6
    weeks = pl.DataFrame(
        {
            "week": [date(2026, 1, 4)] * 3 + [date(2026, 2, 1)] * 2,
            "permaslug": ["a/x", "a/y", "b/z", "a/x", "b/z"],
            "total_tokens": [3, 3, 2, 1, 1],
        }
    )
    assert market.concentration(weeks, date(2026, 1, 20)) == pytest.approx(1e4 * (0.75**2 + 0.25**2))
    assert market.concentration(weeks, date(2026, 3, 1)) == pytest.approx(5000)


def test_the_mean_list_price_of_a_token_counts_free_ones_at_nothing_and_leaves_unlisted_ones_out() -> None:
    from datetime import date

    from research import market, study

    catalogue = pl.DataFrame(
        {"observed_date": [date(2026, 5, 1), date(2026, 6, 15)], "model": ["a/one-1", "a/one-1"], "price": [2.0, 9.0]}
    ).with_columns(pl.col("model").map_elements(study.key, return_dtype=pl.String).alias("score_key"))
    daily = pl.DataFrame(
        {
            "date": [date(2026, 5, 30)] * 3 + [date(2026, 5, 20)],
            "model_permaslug": ["a/one-1", "a/one-1:free", "b/other-2", "a/one-1"],
            "total_tokens": [3, 1, 50, 99],
        }
    )
    assert market.list_price_of_a_token(daily, catalogue, date(2026, 5, 31)) == pytest.approx(2.0 * 3 / 4)
