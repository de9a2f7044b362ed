"""One file of definitions: what is changed there moves the numbers that rest on it together, and nothing else.

Whole offline runs of one past day: with the project's file, and with a file in which one definition has another value.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

from reference import definitions
from tests.conftest import ROOT
from warehouse.store import query

DAY = "2025-09-01"
WITH_ANOTHER_FILE = (
    "import sys; from pathlib import Path; from reference import definitions; definitions.PATH = Path(sys.argv.pop(1));"
    "from pipelines.cli import main; main()"
)
Facts = dict[str, tuple[object, ...]]


def facts_with(home: Path, **values: str) -> Facts:
    """Every fact of a run in which definitions (``group__name``) have other values."""
    text = definitions.PATH.read_text(encoding="utf-8")
    for name, value in values.items():
        text, found = re.subn(rf"(\[{re.escape(name.replace('__', '.'))}\]\nvalue = )\S+", rf"\g<1>{value}", text)
        assert found == 1, name
    home.mkdir()
    (home / "definitions.toml").write_text(text, encoding="utf-8")
    env = {k: v for k, v in os.environ.items() if not k.startswith("DEFLATION_")} | {"DEFLATION_HOME": str(home)}
    command = [sys.executable, "-c", WITH_ANOTHER_FILE, str(home / "definitions.toml"), "run", "--offline", "--as-of", DAY]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    told = query(home / "published.duckdb", "select fact_id, value, lower, upper, unit, text_value from facts.fact")
    return {row[0]: row[1:] for row in told.rows()}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Facts]:
    """The facts of four runs. Open models reach a score of 70 on that day and not the project's 80, so the floors of 70 are compared."""
    home = tmp_path_factory.mktemp("definitions")
    return {
        "as they are": facts_with(home / "base"),
        "threshold": facts_with(home / "threshold", headline__threshold="70"),
        "blend": facts_with(home / "blend", blend__input_per_output="2"),
        "threshold and utilisation": facts_with(home / "utilisation", headline__threshold="70", serving__utilisation="0.5"),
    }


def moved(before: Facts, after: Facts) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def resting(facts: set[str], on: tuple[str, ...], but: tuple[str, ...] = ()) -> set[str]:
    return {name for name in facts if any(fnmatch(name, p) for p in on) and not any(fnmatch(name, p) for p in but)}


def test_another_threshold_moves_its_price_its_floors_and_its_forecast_and_nothing_else(runs: dict[str, Facts]) -> None:
    before, after = runs["as they are"], runs["threshold"]
    rest = ("headline.frontier_price", "headline.forecast_*", "headline.*floor", "revision.*")
    assert moved(before, after) == resting(before.keys() | after.keys(), rest)
    assert {"headline.frontier_price", "headline.energy_floor", "headline.forecast_365d"} <= moved(before, after)


def test_another_blend_moves_every_blended_number_and_nothing_else(runs: dict[str, Facts]) -> None:
    before, after = runs["as they are"], runs["blend"]
    rest = ("headline.*", "rate.*", "decomposition.*", "jevons.*", "revision.*")
    of_tokens_as_used = ("headline.cost_per_task_factor", "jevons.elasticity")
    assert moved(before, after) == resting(before.keys() | after.keys(), rest, of_tokens_as_used)
    assert len(moved(before, after)) > 25


def test_another_utilisation_moves_what_rented_hours_cost_and_nothing_else(runs: dict[str, Facts]) -> None:
    before, after = runs["threshold"], runs["threshold and utilisation"]
    rest = (
        "headline.gpu_hour_floor",
        "headline.price_to_gpu_hour_floor",
        "headline.forecast_*",
        "revision.total_log",
    )  # a forecast knows its floor
    assert moved(before, after) == resting(before.keys() | after.keys(), rest)
    assert "headline.gpu_hour_floor" in moved(before, after)
