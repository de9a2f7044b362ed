"""Days lived one after the other, by real runs: python -m benchmarks.year [--days 365] [--short] [--seed 1] [--home DIR]

Every source answers through a mirror on loopback; figures move, sources die and return, the clock steps back and forth, and
runs are killed (SIGKILL) at random moments and started again. Three subscribers are served by a real SMTP server. Each day
is one `deflation run` with DEFLATION_NOW. Held each day: the run publishes or refuses in a sentence; the edition's facts are
the published file's; every figure of a page that moved today stands in the warehouse; nobody got an edition twice. Printed
for each day: CPU seconds, peak memory and the size of the state. With --home a later call goes on where this one ended.
A whole day costs some 45 CPU seconds; with --short the first and the last are whole and the days between are those of
``benchmarks.world.short_day``: the product's steps that know the past, and no other. In the end `deflation verify` must find
nothing. Exit status 1 where anything did not hold.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl

from benchmarks.world.real_run import Cost, Kill, run, verb
from benchmarks.world.short_day import carry, short_run
from benchmarks.world.simulated import World
from reports.site import site
from sources.catalogue import source
from sources.pages.quote import PageChanged
from sources.reading.parsed import in_process, unpacked
from sources.reading.stretches import MOMENTS, WHEREABOUTS
from warehouse.schema.tables import raw_name

START = datetime(2026, 12, 1, 6, tzinfo=UTC)
READERS = ("a@example.org", "b@example.org", "c@example.org")
KILLED, STEPPED = 0.15, 0.05
"""Shares of days on which the first run is killed, and on which a run with a wrong clock comes first."""


@dataclass
class Kept:
    """What the days showed so far."""

    wrong: list[str] = field(default_factory=list)
    published: int = 0
    killed: int = 0
    refused: int = 0
    figures: int = 0
    """Figures looked for in the warehouse."""


def lost(home: Path, key: str, body: bytes) -> tuple[int, int]:
    """Figures of a page that the warehouse should hold as shown now, and how many of them it does not; none of a page refused."""
    one, url = source(key), source(key).contract.urls[0]
    try:
        page = unpacked(in_process(one, body)).rows
    except PageChanged:
        return 0, 0
    with duckdb.connect(str(home / "build.duckdb"), read_only=True) as con:
        held = con.execute(f"FROM {raw_name(key)} WHERE source_url = ? AND gone_at IS NULL", [url]).pl()
        answered = con.sql(f"FROM raw.capture WHERE source = '{key}' AND status IN ('fetched', 'unchanged')").pl().height
        [(told,)] = con.sql(f"SELECT status FROM raw.reading WHERE source = '{key}'").fetchall() or [("",)]
    if not answered or told not in ("ok", "partial"):
        return 0, 0
    figures = [c for c in page.columns if c not in (*MOMENTS, *WHEREABOUTS)]
    gone = _counted(page, figures) - _counted(held, figures)
    return page.height, gone.total()


def _counted(frame: pl.DataFrame, columns: list[str]) -> Counter[tuple[object, ...]]:
    return Counter(frame.select(columns).rows())


def told_alike(home: Path, day: str, file: str) -> str:
    """What is wrong with the newest edition of a published day, held against the facts of ``file``; empty when nothing is."""
    with duckdb.connect(str(home / file), read_only=True) as con:
        [(run_day, speaks_of)] = con.execute("SELECT edition_day::VARCHAR, as_of::VARCHAR FROM core.edition_day").fetchall()
        facts = con.execute("SELECT fact_id, value FROM facts.fact").fetchall()
    if run_day != day or speaks_of > day:
        return f"published for {run_day}, of {speaks_of}, on {day}"
    listed = [e for e in json.loads((home / "site" / "editions.json").read_text()) if e["as_of"] == day]
    if not listed:
        return f"no edition of {day}"
    printed = site.load(home / "site", listed[-1]["edition_id"]).facts.select("fact_id", "value").rows()
    return "" if set(printed) == set(facts) else f"{len(set(printed) ^ set(facts))} facts of the edition are not the published ones"


def megabytes(path: Path) -> float:
    """Size of a file or folder on the disk (hard links once)."""
    files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    return sum({(s.st_dev, s.st_ino): s.st_size for s in map(os.stat, files)}.values()) / 1e6


def live(home: Path, world: World, n: int, last_s: float, kept: Kept, *, short: bool) -> Cost:
    """One day: perhaps a run with a wrong clock, perhaps a killed one, then the run of the day, and what must hold of it."""
    env, moment, moved = world.settings(), START + timedelta(days=n), world.wake()
    lives = short_run if short else run
    if world.rng.random() < STEPPED:
        stepped = lives(home, env, moment + timedelta(days=world.rng.choice((-400, -2, 3))))
        kept.refused += stepped.status == 1
    killed_before = kept.killed
    if world.rng.random() < KILLED:
        kept.killed += lives(home, env, moment, Kill(after_s=world.rng.uniform(0.2, last_s))).was_killed
    done = lives(home, env, moment)
    if done.status or "Traceback" in done.said:
        kept.wrong.append(f"day {n + 1}: exit {done.status}: {done.said.strip().splitlines()[-1:]}")
        return done
    kept.published += 1
    if wrong := told_alike(home, str(moment.date()), "build.duckdb" if short else "published.duckdb"):
        kept.wrong.append(f"day {n + 1}: {wrong}")
    for key in moved:
        looked_for, gone = lost(home, key, world.bodies[key])
        kept.figures += looked_for
        kept.wrong += [f"day {n + 1}: {gone} of {looked_for} figures of {key} are not in the warehouse"] if gone else []
    kept.wrong += [f"{who} got edition {what} {times} times" for (who, what), times in world.mails().items() if times > 1]
    if kept.killed == killed_before:  # whom a killed run was sending to is named and waits for a decision
        kept.wrong += [f"day {n + 1}: {who} was not served" for who in unserved(home, world)]
    return done


def unserved(home: Path, world: World) -> list[str]:
    """Who has not got the newest edition."""
    newest = json.loads((home / "site" / "editions.json").read_text())[-1]["edition_id"]
    return [who for who in READERS if (who, newest) not in world.mails()]


def main() -> int:
    """Live the days and print what each cost; 0 where everything held."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument(
        "--short", action="store_true", help="only the first and the last day whole, the others their steps that know the past"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--home", type=Path, help="state folder to keep and to go on with (default: a temporary one)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home = asked.home or Path(scratch) / "var"
        home.mkdir(parents=True, exist_ok=True)
        lived = home / "days_lived"
        first = int(lived.read_text()) if lived.exists() else 0
        world, kept, last_s = World(asked.seed + first), Kept(), 5.0
        for reader in READERS:
            verb(home, "subscribers", "add", reader).check_returncode()
        parts = ("archive", "issued", "site", "dagster", "cache", "publications", "build.duckdb")
        print(f"day    kind   CPU s  wall s  peak MB  {'  '.join(f'{p:>12}' for p in parts)} MB   mails", flush=True)
        for n in range(first, first + asked.days):
            lived.write_text(str(n + 1))  # a later call goes on with the next day, also where this one was interrupted
            short = asked.short and n not in (0, first + asked.days - 1)
            cost = live(home, world, n, last_s, kept, short=short)
            last_s = cost.wall_s if short == asked.short else last_s
            if asked.short and not short and not kept.wrong:
                carry(home)
            sizes = "  ".join(f"{megabytes(home / part):>12.1f}" for part in parts)
            print(
                f"{n + 1:>3}  {'short' if short else 'whole'}  {cost.cpu_s:>6.1f}  {cost.wall_s:>6.1f}  {cost.peak_mb:>7.0f}  {sizes}      {len(world.inbox.received):>5}",
                flush=True,
            )
            for wrong in kept.wrong:
                print(f"WRONG {wrong}", flush=True)
            if kept.wrong:
                break
        world.close()
        verified = verb(home, "verify")
        kept.wrong += [f"deflation verify: {verified.stdout.strip()}"] if verified.returncode else []
        print(f"deflation verify: exit {verified.returncode}")
    print(
        f"{kept.published} of {asked.days} days published, {kept.killed} runs killed, {kept.refused} refused for their clock; "
        f"{kept.figures} moved figures looked for, {len(kept.wrong)} things wrong; {len(world.inbox.received)} mails, "
        f"{sum(n - 1 for n in world.mails().values())} twice"
    )
    return 1 if kept.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
