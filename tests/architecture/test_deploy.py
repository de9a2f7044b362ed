"""What is deployed is held by the linters of its own kind, and the workflow's own steps run here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pipelines.settings import Settings, load_settings
from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
BIN = Path(sys.executable).parent


def _run(*command: str | Path, **more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False, **more)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "command",
    [
        ["hadolint", "deploy/Dockerfile"],
        ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", "deploy/compose.yaml"],
        ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", "deploy/compose.team.yaml"],
        ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", "deploy/actions/daily.yml"],
        ["kubernetes-validate", "--strict", "deploy/k8s/deflation.yaml"],
    ],
    ids=lambda c: c[0] + " " + c[-1],
)
def test_a_linter_of_its_kind_finds_nothing(command: list[str]) -> None:
    done = _run(BIN / command[0], *command[1:], cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze on this machine (apt-get install systemd)")
def test_the_units_verify_and_are_hardened() -> None:
    units = sorted((DEPLOY / "systemd").glob("*"))
    told = _run("systemd-analyze", "verify", *units)
    faults = [line for line in (told.stdout + told.stderr).splitlines() if "is not executable" not in line and line.strip()]
    assert not faults, faults
    exposure = _run("systemd-analyze", "security", "--offline=true", "--threshold=30", DEPLOY / "systemd" / "deflation.service")
    assert exposure.returncode == 0, exposure.stdout[-500:]


def test_the_image_takes_every_package_of_the_wheel_and_no_state_or_environment() -> None:
    dockerfile, ignored = (DEPLOY / "Dockerfile").read_text(), (ROOT / ".dockerignore").read_text().split()
    import tomllib

    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]["include"]
    for name in (p.rstrip("*").rstrip(".") for p in packages):
        assert f"COPY {name} {name}\n" in dockerfile, f"the image lacks {name}"
        assert name not in ignored
    assert {".git", ".venv", "var", "deploy/.env"} <= set(ignored)
    assert "\nUSER 10001" in dockerfile and "--no-dev" in dockerfile and "HEALTHCHECK" in dockerfile


def test_only_the_site_reaches_the_web_server_of_compose() -> None:
    mounted = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]["site"]["volumes"]
    assert [m["volume"]["subpath"] for m in mounted if isinstance(m, dict)] == ["site"] and all(
        m["read_only"] for m in mounted if isinstance(m, dict)
    )


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("hush\n")
    assert load_settings({"DEFLATION_SMTP_PASSWORD_FILE": str(secret)}).smtp_password.get_secret_value() == "hush"
    secret.write_text("")
    assert load_settings({"DEFLATION_SMTP_PASSWORD_FILE": str(secret)}).smtp_password == Settings().smtp_password
    with pytest.raises(ValueError, match="DEFLATION_SMTP_PASSWORD_FILE: expected a file"):
        load_settings({"DEFLATION_SMTP_PASSWORD_FILE": str(tmp_path / "gone")})


def test_the_workflow_keeps_the_state_of_a_day_for_the_next(tmp_path: Path) -> None:
    remote, home = tmp_path / "remote.git", tmp_path / "state"
    _run("git", "init", "--quiet", "--bare", remote)
    env = os.environ | {"STATE_REMOTE": str(remote), "DEFLATION_HOME": str(home)}
    script = DEPLOY / "actions" / "state.sh"
    assert _run("bash", script, "fetch", env=env).returncode == 0 and home.is_dir()
    (home / "archive").mkdir()
    (home / "archive" / "index.jsonl").write_text("day one")
    (home / "build.duckdb").write_text("made anew")
    for _ in range(2):  # the second day replaces the first: one commit, no growth
        kept = _run("bash", script, "keep", env=env)
        assert kept.returncode == 0, kept.stderr
    shutil.rmtree(home)
    assert _run("bash", script, "fetch", env=env).returncode == 0
    assert (
        (home / "archive" / "index.jsonl").read_text() == "day one"
        and not (home / "build.duckdb").exists()
        and not (home / ".git").exists()
    )
    assert _run("git", "-C", remote, "rev-list", "--count", "state").stdout.strip() == "1"


def test_the_workflow_opens_one_issue_a_broken_source(tmp_path: Path) -> None:
    """`gh` and `deflation` are stood in for by programs that keep what they were asked."""
    (tmp_path / "published.duckdb").write_text("")
    told = tmp_path / "told"
    gh, deflation = tmp_path / "gh", tmp_path / "deflation"
    gh.write_text(
        f'#!/bin/sh\ncase "$2" in list) case "$*" in *known*) echo 7;; esac;; create) echo "$*" >> {told}; cat >> {told};; esac\n'
    )
    deflation.write_text('#!/bin/sh\nprintf "source,message\\nprices/known,gone\\nprices/new,moved away\\n"\n')
    for program in (gh, deflation):
        program.chmod(0o755)
    done = _run(
        "bash",
        DEPLOY / "actions" / "report_broken.sh",
        env=os.environ | {"GH": str(gh), "DEFLATION": str(deflation), "DEFLATION_HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    assert "source broken: prices/new" in told.read_text() and "moved away" in told.read_text() and "known" not in told.read_text()
