"""Journeys run the real command line in a process of its own, against a state folder of the test's own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import ROOT

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def deflation() -> Run:
    """``deflation(home, *arguments, days_later=0, **environment)`` -> the completed process."""

    def run(home: Path, *arguments: str, timeout: float = 300, days_later: int = 0, **environment: str) -> subprocess.CompletedProcess[str]:
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
def offline_home(tmp_path_factory: pytest.TempPathFactory, deflation: Run) -> Path:
    """The state folder after one offline run; shared by the tests that only read it."""
    home = tmp_path_factory.mktemp("offline")
    done = deflation(home, "run", "--offline")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    (home / "run.log").write_text(done.stdout)
    return home
