"""The forecast verb: its exact output, its answers to bad series, and that nothing later than --as-of matters."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from pipelines.commands.forecast import command
from tests.forecasting.worlds import price_panel

COLUMNS = ["unique_id", "cutoff", "ds", "horizon_days", "quantile", "value", "model"]


@pytest.fixture
def panel_file(tmp_path: Path) -> Path:
    path = tmp_path / "series.csv"
    price_panel(np.random.default_rng(3), n=6, months=20).write_csv(path)
    return path


def run(*args: object) -> tuple[pl.DataFrame, str, int]:
    result = CliRunner().invoke(command, [str(a) for a in args])
    frame = pl.read_csv(result.stdout.encode(), try_parse_dates=True) if result.stdout else pl.DataFrame()
    return frame, result.stderr, result.exit_code


def test_output_has_the_declared_columns_and_the_champions_rows_only(panel_file: Path) -> None:
    frame, _, code = run(panel_file)
    assert code == 0
    assert frame.columns == COLUMNS
    assert frame["model"].n_unique() == 1
    assert sorted(frame["quantile"].unique().to_list()) == [round(0.05 * k, 2) for k in range(1, 20)]
    assert frame.height == 6 * 4 * 19
    days = (frame["ds"] - frame["cutoff"]).dt.total_days()
    assert (days == frame["horizon_days"]).all()


def test_quantiles_never_cross_and_prices_are_positive(panel_file: Path) -> None:
    frame, _, _ = run(panel_file, "--all-models")
    steps = frame.sort("unique_id", "model", "horizon_days", "quantile").with_columns(
        pl.col("value").diff().over("unique_id", "model", "horizon_days").alias("step")
    )
    assert (frame["value"] > 0).all()
    assert steps["step"].drop_nulls().min() >= -1e-12
    assert frame["model"].n_unique() >= 7


def test_rows_after_as_of_do_not_matter(panel_file: Path, tmp_path: Path) -> None:
    cut = date(2024, 6, 1)
    full = pl.read_csv(panel_file, try_parse_dates=True)
    wild = full.with_columns(pl.when(pl.col("ds") > cut).then(pl.col("y") * 1e4).otherwise(pl.col("y")).alias("y"))
    (tmp_path / "wild.csv").write_text(wild.write_csv())
    (tmp_path / "short.csv").write_text(full.filter(pl.col("ds") <= cut).write_csv())
    outputs = [run(tmp_path / n, "--as-of", cut)[0] for n in ("wild.csv", "short.csv")]
    outputs.append(run(panel_file, "--as-of", cut)[0])
    assert outputs[0].equals(outputs[1])
    assert outputs[0].equals(outputs[2])


def test_packaged_priors_after_as_of_do_not_matter(panel_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from forecasting.forecast import priors

    cut = date(2024, 6, 1)
    before, _, _ = run(panel_file, "--as-of", cut)
    table = priors.read()
    assert (table["vintage"] > cut).any(), "without a later vintage this test says nothing"
    later = table.with_columns(pl.when(pl.col("vintage") > cut).then(9.0).otherwise(pl.col("hazard_per_year")).alias("hazard_per_year"))
    monkeypatch.setattr(priors, "read", lambda: later)
    after, _, _ = run(panel_file, "--as-of", cut)
    assert before.equals(after)
    newest, _, _ = run(panel_file, "--as-of", date(2027, 1, 1))
    monkeypatch.setattr(priors, "read", lambda: table)
    assert not newest.equals(run(panel_file, "--as-of", date(2027, 1, 1))[0]), "the prior has no effect at all"


BAD = """unique_id,ds,y,floor
two,2025-01-01,3,
two,2025-03-01,2,
constant,2025-01-01,1,
constant,2025-02-01,1,
constant,2025-03-01,1,
gap,2022-01-01,5,
gap,2024-06-01,2,
gap,2025-03-01,1,
twice,2025-01-01,4,
twice,2025-01-01,5,
twice,2025-03-01,4,
zero,2025-01-01,0,
zero,2025-02-01,-1,
zero,2025-03-01,2,
dead,2025-01-01,0,
high,2025-01-01,2,5
high,2025-03-01,1,5
future,2025-01-01,2,
future,2999-01-01,1,
ended,2024-01-01,2,
ended,2024-02-01,1,
"""


def test_every_kind_of_bad_series_gets_a_sentence_and_the_others_an_answer(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(BAD)
    frame, said, code = run(path, "--horizons", "90")
    assert code == 0
    for name, word in {
        "two": "only 2",
        "constant": "never changed",
        "gap": "gap of",
        "twice": "several different",
        "zero": "zero, negative",
        "dead": "no positive",
        "high": "floor 5",
        "future": "future",
        "ended": "ends on",
    }.items():
        lines = [line for line in said.splitlines() if line.startswith(f"{name}:")]
        assert any(word in line for line in lines), (name, lines)
    assert set(frame["unique_id"]) == {"two", "constant", "gap", "twice", "zero", "high", "future", "ended"}
    assert frame["cutoff"].unique().to_list() == [date(2025, 3, 1)]


@pytest.mark.parametrize(
    ("text", "word"),
    [("a,b\n1,2\n", "no column"), ("unique_id,ds,y\n", "no rows"), ("unique_id,ds,y\na,2025-01-01,0\n", "no series"), ("", "empty")],
)
def test_a_file_that_cannot_be_read_is_one_sentence_and_no_traceback(tmp_path: Path, text: str, word: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text)
    result = CliRunner().invoke(command, [str(path)])
    assert result.exit_code != 0
    assert word in result.stderr
    assert "Traceback" not in result.stderr


def test_a_floor_bounds_the_quantiles(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    rows = "".join(f"a,2025-{m:02d}-01,{2 - 0.1 * m},0.7\n" for m in range(1, 12))
    path.write_text("unique_id,ds,y,floor\n" + rows)
    frame, _, _ = run(path)
    assert frame["value"].min() >= 0.7 - 1e-9


def test_an_answer_is_the_same_bytes_twice(panel_file: Path, tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        assert run(panel_file, "--out", tmp_path / name)[2] == 0
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_a_single_series_of_one_price_is_answered(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("unique_id,ds,y\na,2025-01-01,3\n")
    frame, said, code = run(path)
    assert code == 0 and frame.height == 76
    assert "only 1" in said
