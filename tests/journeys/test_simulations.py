"""The simulations run as documented, for a few days and points: real runs, a real mirror, a real mail server, real kills."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.world.simulated import FIGURE, World, moved, specimen
from sources.catalogue import sources
from tests.conftest import ROOT


def simulated(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=1800, check=False)


def test_two_days_are_lived_and_nothing_is_lost_or_sent_twice(tmp_path: Path) -> None:
    done = simulated("benchmarks.year", "--days", "2", "--home", str(tmp_path / "var"))
    told = re.search(r"2 of 2 days published.*; (\d+) moved figures looked for, 0 things wrong; (\d+) mails, 0 twice", done.stdout)
    assert done.returncode == 0 and told, done.stdout[-2000:] + done.stderr[-2000:]
    assert int(told[1]) > 0 and int(told[2]) == 6


def test_a_run_killed_at_its_start_and_in_its_middle_is_healed_by_the_next() -> None:
    done = simulated("benchmarks.kill_points", "--points", "2")
    assert done.returncode == 0 and "2 of 2 runs killed under way, 0 not healed" in done.stdout, done.stdout[-2000:] + done.stderr[-2000:]


@pytest.fixture
def world():
    made = World(3)
    yield made
    made.close()


def test_a_world_moves_one_digit_of_a_page_and_brings_the_dead_back(world: World) -> None:
    page = specimen("prices/anthropic")
    other = moved(page, random.Random(1))
    assert sum(a != b for a, b in zip(page, other, strict=True)) == 1 and FIGURE.search(page)
    seen = set()
    for _ in range(60):
        world.wake()
        seen |= set(world.dead)
    assert seen and len(world.dead) < len(seen) < len([s for s in sources().values() if s.contract.live])
    assert all(days <= 20 for days in world.dead.values())
