"""Published results come out of the library's own estimators; absent data say so; a wrong number fails."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from forecasting.rates import decline
from research import published, replication
from research.published import Target


@pytest.fixture(scope="module")
def targets(shared_data: Path) -> list[Target]:
    return replication.run(shared_data)


def test_no_published_target_with_data_fails(targets: list[Target]) -> None:
    assert [t.target for t in targets if t.verdict == "fail"] == []
    assert [t.target for t in targets if t.verdict == "no data"] == ["tsm_halflife"]


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
