"""The world of the simulations changes as they say it does."""

from __future__ import annotations

import random

import pytest

from benchmarks.world.simulated import FIGURE, World, moved, specimen
from sources.catalogue import sources


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
