"""Whole runs killed at many points, each healed by the next run: python -m benchmarks.kill_points [--points 50] [--home DIR]

Every source answers through a mirror on loopback and three subscribers are served by a real SMTP server. A first run says
which facts are published. Then, for each point, a run is killed (SIGKILL, with its children) just after a line of its
progress, the points spread evenly over all lines of a run; the next run must publish the same facts, and nobody may get the
edition again. With --home a later call goes on with other points. In the end `deflation verify` must find nothing. Exit status 1 where anything did not hold.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from benchmarks.world.real_run import Kill, run, verb
from benchmarks.world.simulated import World

MOMENT = datetime(2026, 12, 1, 6, tzinfo=UTC)
READERS = ("a@example.org", "b@example.org", "c@example.org")


def facts(home: Path) -> list[tuple[object, ...]]:
    """What the published file says."""
    with duckdb.connect(str(home / "published.duckdb"), read_only=True) as con:
        return con.execute("FROM facts.fact ORDER BY fact_id").fetchall()


def whole_run(home: Path, world: World) -> int:
    """The lines of progress of a run that is not killed; remembered in a folder that is kept."""
    counted = home / "lines_of_a_run"
    if not counted.exists():
        for reader in READERS:
            verb(home, "subscribers", "add", reader).check_returncode()
        whole = run(home, world.settings(), MOMENT)
        if whole.status:
            raise SystemExit(whole.said)
        counted.write_text(str(len(whole.said.splitlines())))
    return int(counted.read_text())


def killed_and_healed(home: Path, world: World, point: Kill, wanted: list[tuple[object, ...]]) -> tuple[bool, str]:
    """Whether the kill met a run under way, and what is wrong after the next run (empty when nothing is)."""
    stopped = run(home, world.settings(), MOMENT, point)
    healed = run(home, world.settings(), MOMENT)
    if healed.status:
        return stopped.was_killed, f"the next run ended with {healed.status}: {healed.said.strip().splitlines()[-1]}"
    if facts(home) != wanted:
        return stopped.was_killed, "the next run published other facts"
    twice = [who for who, n in world.mails().items() if n > 1]
    return stopped.was_killed, f"sent twice: {twice}" if twice else ""


def main() -> int:
    """Kill at every point; 0 where all were healed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=50, help="how many points a run is cut into (default: 50)")
    parser.add_argument("--first", type=int, default=0, help="the first point to try (default: 0)")
    parser.add_argument("--last", type=int, help="the last point to try (default: all)")
    parser.add_argument("--home", type=Path, help="state folder to keep and to go on with (default: a temporary one)")
    asked = parser.parse_args()
    rng, world, wrong, met = random.Random(asked.points), World(asked.points), 0, 0
    with tempfile.TemporaryDirectory() as scratch:
        home = asked.home or Path(scratch) / "var"
        lines = whole_run(home, world)
        wanted = facts(home)
        tried = range(asked.first, asked.points if asked.last is None else asked.last + 1)
        for n in tried:
            point = Kill(round(n * lines / asked.points), rng.uniform(0, 0.2))
            killed, said = killed_and_healed(home, world, point, wanted)
            met, wrong = met + killed, wrong + bool(said)
            print(f"point {n}: line {point.line} of {lines}, {'killed' if killed else 'already over'}: {said or 'healed'}", flush=True)
        verified = verb(home, "verify")
        wrong += verified.returncode != 0
        print(f"{met} of {len(tried)} runs killed under way, {wrong} not healed; verify: {verified.stdout.strip().splitlines()[-1:]}")
    world.close()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
