"""The whole job: `python -m benchmarks.run_job` times an offline run from nothing and a second one, per stage.

Each run is a process of its own with its own state folder, as a user would start it; the figures are wall
seconds, CPU seconds and the peak resident memory of that process (getrusage). Not a test: nothing fails here.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("deflation")


def once(home: Path) -> tuple[float, float, float, dict[str, float]]:
    """Run the offline job: wall seconds, CPU seconds, peak megabytes so far, and seconds between finished steps."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = last = time.perf_counter()
    stages: dict[str, float] = {}
    env = os.environ | {"DEFLATION_HOME": str(home)}
    with subprocess.Popen([PROGRAM, "run", "--offline"], env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            step = re.match(r"done (\S+)", line)
            if step:
                now = time.perf_counter()
                stages[step[1]], last = now - last, now
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, after.ru_maxrss / 1024, stages


def main() -> None:
    """Print both runs and the slowest stages of the first."""
    start = time.perf_counter()
    subprocess.run([PROGRAM, "--help"], stdout=subprocess.DEVNULL, check=True)
    print(f"deflation --help      {time.perf_counter() - start:6.2f} s")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for name in ("from nothing", "second run"):
            wall, cpu, peak, stages = once(home)
            print(f"run --offline, {name:<13}{wall:6.1f} s wall, {cpu:5.1f} s CPU, peak {peak:5.0f} MB")
            if name == "from nothing":
                for stage, seconds in sorted(stages.items(), key=lambda s: -s[1])[:12]:
                    print(f"    {stage:<36}{seconds:6.2f} s")


if __name__ == "__main__":
    main()
