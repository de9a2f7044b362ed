"""Four days on which everything goes wrong, run for real: python -m benchmarks.hostile_days [--wheels DIR]

Day 1: the newest price files of LiteLLM, genai-prices and model-prices (from their newest wheels, fetched with pip into
DIR) answer through a mirror. Day 2: every other source answers something hostile. Day 3: before the run, each file of the
state folder that can be damaged is. Day 4: no network at all. Each day must publish; exit status 1 where one does not.
"""

from __future__ import annotations

import argparse
import gzip
import os
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from sources.catalogue import sources
from tests.journeys.mirror_server import MirrorServer
from warehouse.store import query

FEEDS = {
    "prices/litellm": ("litellm", "litellm/model_prices_and_context_window_backup.json"),
    "prices/model_prices": ("model-prices", "model_prices/snapshot.json"),
    "prices/genai_prices": ("genai-prices", ""),
}
DUMP = """
import sys; sys.path.insert(0, sys.argv[1])
from genai_prices import data, types
sys.stdout.buffer.write(types._providers_schema.dump_json(data.providers, by_alias=True, exclude_none=True, fallback=lambda o: {k: v for k, v in vars(o).items() if v is not None}))
"""
"""genai-prices ships its file as Python objects; its own schema writes them as JSON again."""


def damaged_gzip() -> bytes:
    """A gzip body whose deflate data is broken."""
    body = bytearray(gzip.compress(b"hello world " * 1000))
    body[12] ^= 0xFF
    body[15] ^= 0xFF
    return bytes(body)


HOSTILE = (
    damaged_gzip(),
    b'{"data": [{"id": "\\ud800", "name": "\\ud800"}]}',
    b'Hardware name,Maker\n"' + b"x" * 200_000 + b'",y\n',
    b'{"value": NaN, "x": [NaN]}',
    b"[" * 100_000,
    b"<table><tr><td colspan=1000000000>$1</td></tr></table>",
    b"\x00\xff" * 5000,
    b"",
    b"<p>" + b"9" * 1_000_000,
    gzip.compress(b"\x00" * 80_000_000),
)


def feeds(folder: Path) -> dict[str, bytes]:
    """The three files, from the newest wheels."""
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "download",
            "-q",
            "--no-deps",
            "--only-binary",
            ":all:",
            "-d",
            str(folder),
            *(name for name, _ in FEEDS.values()),
        ],
        check=True,
    )
    found = {}
    for key, (name, member) in FEEDS.items():
        wheel = max(folder.glob(f"{name.replace('-', '_')}-*.whl"), key=lambda p: p.stat().st_mtime)
        found[key] = (
            zipfile.ZipFile(wheel).read(member)
            if member
            else subprocess.run([sys.executable, "-c", DUMP, str(wheel)], capture_output=True, check=True).stdout
        )
    return found


def damage(home: Path, rng: random.Random) -> list[str]:
    """Flip bits in, or cut, one file of every kind that a state folder holds; returns which."""
    done = []
    for pattern in (
        "build.duckdb",
        "published.duckdb",
        "cache/**/*.*",
        "archive/captures/prices/litellm.jsonl",
        "archive/bodies/*/*.gz",
        "issued/forecast-*.parquet",
        "set_aside.jsonl",
    ):
        for path in sorted(home.glob(pattern))[:40]:
            content = bytearray(path.read_bytes())
            if content and rng.random() < 0.8:
                content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
            path.write_bytes(content if rng.random() < 0.8 else content[: len(content) // 2])
            done.append(str(path.relative_to(home)))
    return done


def day(home: Path, number: int, what: str, *arguments: str, **setting: str) -> bool:
    """Run one day and print what came of it."""
    moment = datetime.now(UTC) + timedelta(days=number)
    env = (
        {k: v for k, v in os.environ.items() if not k.startswith("DEFLATION_")}
        | {"DEFLATION_HOME": str(home), "DEFLATION_NOW": moment.isoformat()}
        | setting
    )
    began = time.monotonic()
    done = subprocess.run(
        [Path(sys.executable).with_name("deflation"), "run", *arguments], env=env, capture_output=True, text=True, check=False
    )
    print(f"day {number} {what}: exit {done.returncode} in {time.monotonic() - began:.0f} s", flush=True)
    if done.returncode:
        print(done.stderr[-2000:])
        return False
    for status, n in query(home / "published.duckdb", "select status, count(*) from marts.data_health group by 1 order by 1").rows():
        print(f"   {n:>3} sources {status}")
    print("   " + "\n   ".join(line for line in done.stdout.splitlines() if line.startswith(("measured", "damaged", "clock"))))
    return True


def main() -> int:
    """All four days; 0 where each published."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wheels", type=Path, help="folder for the wheels (default: a temporary one)")
    wheels = parser.parse_args().wheels
    with tempfile.TemporaryDirectory() as scratch:
        home, server = Path(scratch) / "var", MirrorServer()
        (wheels or Path(scratch) / "wheels").mkdir(exist_ok=True)
        for key, body in feeds(wheels or Path(scratch) / "wheels").items():
            server.place(key, body)
        good = set(FEEDS)
        published = [day(home, 1, "newest feeds", DEFLATION_MIRROR=server.base)]
        for n, (key, source) in enumerate(sources().items()):
            if key not in good:
                for url in source.contract.urls:
                    server.answers[f"/{urlsplit(url).netloc}{urlsplit(url).path}"] = lambda _, n=n: (200, HOSTILE[n % len(HOSTILE)])
        published.append(day(home, 2, "every other source hostile", DEFLATION_MIRROR=server.base))
        print(f"   damaged {len(damage(home, random.Random(5)))} files")
        published.append(day(home, 3, "state damaged", DEFLATION_MIRROR=server.base))
        published.append(day(home, 4, "offline", "--offline"))
        server.close()
    return 0 if all(published) else 1


if __name__ == "__main__":
    sys.exit(main())
