"""The built wheel in an environment of its own, far from any checkout: every verb answers, prices need no run, the UI opens.

Asks the package registry for the dependencies, so it is deselected by default (``-m live``).
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.live
UV = Path(sys.executable).with_name("uv")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([UV, "build", "--wheel", "-q", "--out-dir", folder, ROOT], check=True)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Path:
    """The ``bin`` of a fresh environment that holds the wheel and its dependencies alone."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([UV, "venv", "-q", folder / "env", "--python", sys.executable], check=True)
    subprocess.run([UV, "pip", "install", "-q", "--python", folder / "env/bin/python", wheel], check=True)
    return folder / "env" / "bin"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def ask(installed: Path, home: Path, *arguments: str, timeout: float = 400) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "DEFLATION_HOME": str(home / "var")}
    return subprocess.run(
        [installed / "deflation", *arguments], cwd=home, env=env, capture_output=True, text=True, timeout=timeout, check=False
    )


def test_a_price_needs_no_checkout_and_no_run(installed: Path, home: Path) -> None:
    done = ask(installed, home, "price", "gpt-4o", "--provider", "openai", "--input", "300M", "--output", "50M")
    assert done.returncode == 0 and "1250.000000 USD" in done.stdout
    assert "packaged" in done.stderr


def test_uvx_answers_from_the_wheel_alone(wheel: Path, home: Path) -> None:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("DEFLATION_", "PYTHON", "VIRTUAL_ENV"))}
    asked = [
        UV.with_name("uvx"),
        "--python",
        sys.executable,
        "--from",
        wheel,
        "deflation",
        "price",
        "gpt-4o",
        "--input",
        "300M",
        "--output",
        "50M",
    ]
    done = subprocess.run(asked, cwd=home, env=env, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0 and "1250.000000 USD" in done.stdout, done.stderr[-1500:]


def test_every_verb_of_the_wheel_explains_itself(installed: Path, home: Path) -> None:
    verbs = sorted(p.stem.replace("_", "-") for p in (ROOT / "pipelines" / "commands").glob("[a-z]*.py"))
    for verb in verbs:
        done = ask(installed, home, verb, "--help")
        assert done.returncode == 0 and "Traceback" not in done.stderr, f"{verb}: {done.stderr[-400:]}"


def test_the_whole_job_runs_and_exports_from_the_wheel(installed: Path, home: Path) -> None:
    done = ask(installed, home, "run", "--offline", timeout=900)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-1500:]
    assert (home / "var/site/latest/index.html").exists() and (home / "var/site/v1/prices.json").exists()
    exported = ask(installed, home, "export", "--format", "xlsx", "--out", "all.xlsx")
    assert exported.returncode == 0 and (home / "all.xlsx").stat().st_size > 100_000
    for verb in (("query", "from marts.start_here"), ("trace", "headline.frontier_price"), ("sources",), ("send", "--to", "a@example.org", "--dry-run"),
                 ("throughput", "--model", "Llama-3.1-70B", "--accelerator", "H100-SXM"), ("hardware",), ("aliases",)):  # fmt: skip
        answered = ask(installed, home, *verb)
        assert answered.returncode in (0, 1) and "Traceback" not in answered.stderr, f"{verb}: {answered.stderr[-600:]}"


@pytest.fixture
def port() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    yield number


def test_the_ui_opens_from_the_wheel(installed: Path, home: Path, port: int) -> None:
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "DEFLATION_HOME": str(home / "var")}
    with subprocess.Popen(
        [installed / "deflation", "serve", "--port", str(port)], cwd=home, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as served:
        try:
            for _ in range(240):
                assert served.poll() is None, served.stdout.read().decode()[-1500:] if served.stdout else ""
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/server_info", timeout=2) as answer:
                        assert answer.status == 200
                        return
                except urllib.error.HTTPError as refused:  # it answers, and wants the token of the printed address
                    assert refused.code == 401 and b"token" in refused.read()
                    return
                except OSError:
                    time.sleep(1)
            pytest.fail("the UI did not answer within four minutes")
        finally:
            served.terminate()
            served.wait(timeout=60)
