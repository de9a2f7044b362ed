"""The method page names tests that exist and numbers that are printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from research import replication

HERE = Path(__file__).resolve().parent
PAGE = (HERE.parents[1] / "docs" / "method" / "forecasting.md").read_text(encoding="utf-8")


def test_every_test_named_on_the_page_exists() -> None:
    named = set(re.findall(r"`(test_[a-z0-9_]+)`", PAGE))
    defined = set(re.findall(r"^def (test_[a-z0-9_]+)", "\n".join(p.read_text() for p in HERE.glob("test_*.py")), re.M))
    assert len(named) > 15
    assert named <= defined, named - defined


def test_the_number_of_replicated_results_is_the_pages(shared_data: Path) -> None:
    passed = sum(t.verdict == "pass" for t in replication.run(shared_data))
    assert f"compares {passed} published numbers" in PAGE


@pytest.mark.parametrize("hindsight", [True, False])
def test_the_pages_backtest_rows_are_what_the_backtest_prints(hindsight: bool) -> None:
    from datetime import date

    import polars as pl

    from forecasting.forecast import priors
    from forecasting.panel import reference
    from forecasting.track_record import backtest, comparison
    from forecasting.track_record.champion import INCUMBENT

    panels = reference.frontier_panel()
    panel, label = backtest.knowledge(panels.filter(pl.col("panel") == "first_parties"), hindsight)
    others = panels.filter(pl.col("panel") != "first_parties")
    scored = backtest.run(
        panel,
        backtest.default_origins(panel, date(2024, 1, 1), 91),
        (90, 180, 365),
        [INCUMBENT, "no_change", "random_walk"],
        lambda day: priors.estimate(others, day),
    )
    for row in comparison.compare(scored).filter(pl.col("model") == INCUMBENT).iter_rows(named=True):
        start = f"| first_parties | {label.split(':')[0]} | {row['horizon_days']} |"
        cells = [c.strip() for c in next(x for x in PAGE.splitlines() if x.startswith(start)).strip("|").split("|")]
        assert cells[3] == str(row["origins_count"])
        assert float(cells[6]) == pytest.approx(row["no_change_ratio"], abs=0.006)
        assert float(cells[7]) == pytest.approx(row["random_walk_ratio"], abs=0.006)
        assert float(cells[11]) == pytest.approx(row["coverage_90_share"], abs=0.006)
