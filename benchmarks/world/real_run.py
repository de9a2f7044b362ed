"""One real `deflation run` in a process of its own, at a moment, perhaps killed with SIGKILL; what it cost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("deflation")


@dataclass(frozen=True)
class Cost:
    """One run: exit status (negative: the signal that ended it), what it said, CPU and wall seconds, peak memory."""

    status: int
    said: str
    cpu_s: float
    wall_s: float
    peak_mb: float

    @property
    def was_killed(self) -> bool:
        """Whether the kill came before the run's own end."""
        return self.status == -signal.SIGKILL


@dataclass(frozen=True)
class Kill:
    """When to kill: so many seconds after the run printed its ``line``-th line (0: after its start)."""

    line: int = 0
    after_s: float = 0.0


def verb(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Another verb on the same state folder."""
    return subprocess.run([PROGRAM, *arguments], env=_environment({}, home), capture_output=True, text=True, check=False)


def run(home: Path, env: dict[str, str], moment: datetime, kill: Kill | None = None) -> Cost:
    """One run at ``moment`` with settings ``env``, killed with all its children where ``kill`` says so."""
    began, lines = time.monotonic(), []
    given = _environment(env | {"DEFLATION_NOW": moment.isoformat(), "PYTHONUNBUFFERED": "1"}, home)
    process = subprocess.Popen(
        [PROGRAM, "run"], env=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True, text=True, errors="replace"
    )
    timer = threading.Timer(kill.after_s if kill else 0.0, os.killpg, (process.pid, signal.SIGKILL))
    if kill and kill.line == 0:
        timer.start()
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line)
        if kill and kill.line == len(lines):
            timer.start()
    timer.cancel()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(process.returncode, "".join(lines), used.ru_utime + used.ru_stime, time.monotonic() - began, used.ru_maxrss / 1024)


def _environment(env: dict[str, str], home: Path) -> dict[str, str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("DEFLATION_")}
    return clean | env | {"DEFLATION_HOME": str(home)}
