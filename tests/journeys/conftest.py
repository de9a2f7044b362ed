"""Journeys run the real command line in a process of its own, against a state folder of the test's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from filelock import FileLock

from tests.conftest import ROOT

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def deflation() -> Run:
    """``deflation(home, *arguments, days_later=0, **environment)`` -> the completed process."""

    def run(home: Path, *arguments: str, timeout: float = 900, days_later: int = 0, **environment: str) -> subprocess.CompletedProcess[str]:
        env = {k: v for k, v in os.environ.items() if not k.startswith("DEFLATION_")} | {"DEFLATION_HOME": str(home)} | environment
        if days_later:
            env["DEFLATION_NOW"] = (datetime.now(UTC) + timedelta(days=days_later)).isoformat()
        return subprocess.run(
            [Path(sys.executable).with_name("deflation"), *arguments],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def offline_home(tmp_path_factory: pytest.TempPathFactory, deflation: Run, worker_id: str) -> Path:
    """The state folder after one offline run; shared by the tests that only read it.

    Several workers make the run once: the first that needs it holds the lock, each works on a copy of its own.
    """
    home = tmp_path_factory.mktemp("offline")
    if worker_id == "master":
        return _after_a_run(home, deflation)
    shared = tmp_path_factory.getbasetemp().parent / "offline-run"
    with FileLock(shared.with_suffix(".lock")):
        if not (shared / "run.log").exists():
            _after_a_run(shared, deflation)
    shutil.copytree(shared, home, dirs_exist_ok=True)
    (home / "run.log").write_text((shared / "run.log").read_text().replace(str(shared), str(home)))
    return home


def _after_a_run(home: Path, deflation: Run) -> Path:
    done = deflation(home, "run", "--offline")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    (home / "run.log").write_text(done.stdout)
    return home


@pytest.fixture
def warm_home(offline_home: Path, tmp_path: Path) -> Path:
    """A state folder without a run that remembers what the packaged facts give: for tests of what a run does with them."""
    shutil.copytree(offline_home / "cache", tmp_path / "cache")
    return tmp_path
