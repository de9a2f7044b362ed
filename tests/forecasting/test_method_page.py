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


def test_the_pages_backtest_rows_are_what_the_backtest_prints() -> None:
    from datetime import date

    from forecasting.forecast.champion import INCUMBENT
    from forecasting.panel import reference
    from forecasting.track_record import backtest, scoring

    panel = reference.frontier_panel().drop("known_from")
    origins = backtest.default_origins(panel, date(2024, 3, 1), 28)
    table = scoring.summarise(backtest.run(panel, origins, (90, 365), [INCUMBENT]), INCUMBENT, "x")
    for row in table.iter_rows(named=True):
        line = next(x for x in PAGE.splitlines() if x.startswith(f"| {row['horizon_days']} |"))
        cells = [c.strip() for c in line.strip("|").split("|")]
        assert cells[1] == str(row["origins_count"])
        assert float(cells[4]) == pytest.approx(row["crps_ratio"], abs=0.011)
        assert float(cells[7]) == pytest.approx(row["coverage_90_share"], abs=0.011)
