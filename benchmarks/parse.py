"""How fast pages become rows: megabytes per second over the real captures, by source.

    python -m benchmarks.parse [DIR]        DIR defaults to $DEFLATION_DATA/prices or ../shared/data/prices

Each capture is read ``ROUNDS`` times and the fastest counts (other work on the machine only slows). The target
is all captures in under five seconds on two cores.
"""

from __future__ import annotations

import os
import sys
import time
from collections import defaultdict
from pathlib import Path

from sources.trials.exactness import captures, read_rows

ROUNDS = 3


def measure(directory: Path) -> dict[str, tuple[int, int, float]]:
    """Source -> (captures, bytes, seconds), the seconds being the sum of each capture's fastest reading."""
    out: dict[str, list[float]] = defaultdict(lambda: [0, 0, 0.0])
    for source, path in captures(directory):
        if source is None:
            continue
        body = path.read_bytes()
        seconds = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            read_rows(source, body)
            seconds.append(time.perf_counter() - started)
        entry = out[source.key]
        entry[0] += 1
        entry[1] += len(body)
        entry[2] += min(seconds)
    return {key: (int(n), int(size), took) for key, (n, size, took) in sorted(out.items())}


def main(directory: Path) -> None:
    """Print one line per source: captures, megabytes, seconds and megabytes per second."""
    measured = measure(directory)
    print(f"{'source':<28}{'captures':>9}{'MB':>9}{'seconds':>9}{'MB/s':>8}")
    for key, (count, size, took) in measured.items():
        print(f"{key:<28}{count:>9}{size / 1e6:>9.2f}{took:>9.3f}{size / 1e6 / took:>8.1f}")
    count, size, took = (sum(column) for column in zip(*measured.values(), strict=True))
    print(f"{'all':<28}{count:>9}{size / 1e6:>9.2f}{took:>9.3f}{size / 1e6 / took:>8.1f}")


if __name__ == "__main__":
    default = Path(os.environ.get("DEFLATION_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")) / "prices"
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else default)
