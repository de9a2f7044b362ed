"""The workflow of deploy/actions, step by step as it stands there: a day runs, its state is kept, the next day finds it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import yaml

from tests.conftest import ROOT

JOB = yaml.safe_load((ROOT / "deploy" / "actions" / "daily.yml").read_text())["jobs"]["run"]


def _steps(workspace: Path, remote: Path, gh: Path, names: list[str]) -> dict[str, subprocess.CompletedProcess[str]]:
    """Run the named steps' own commands with the workflow's own environment; secrets and variables are unset, as in a new fork."""

    def filled(value: str) -> str:
        return re.sub(r"\$\{\{\s*(.*?)\s*\}\}", lambda m: str(workspace) if m[1] == "github.workspace" else "", value)

    given = {k: v for k, v in os.environ.items() if not k.startswith("DEFLATION_")}
    # the internet is a mirror without a page, and the issue tracker a program that keeps what it is told
    given |= {k: filled(v) for k, v in JOB["env"].items()} | {
        "STATE_REMOTE": str(remote),
        "GH": str(gh),
        "DEFLATION_MIRROR": str(workspace / "nothing"),
    }
    done = {}
    for step in (s for s in JOB["steps"] if s.get("name") in names):
        env = given | {k: filled(v) for k, v in step.get("env", {}).items()}
        done[step["name"]] = subprocess.run(
            ["bash", "-e", "-c", step["run"]], cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )
    return done


def test_the_steps_of_the_workflow_run_a_day_and_the_next_day_goes_on_from_it(tmp_path: Path, offline_home: Path) -> None:
    assert [s["name"] for s in JOB["steps"] if "run" in s] == [
        "fetch the state of yesterday",
        "run the day",
        "keep the state",
        "open an issue for what is broken",
    ]
    remote, workspace, gh, told = tmp_path / "remote.git", tmp_path / "work", tmp_path / "gh", tmp_path / "told"
    workspace.mkdir()
    (workspace / "nothing").mkdir()
    subprocess.run(["git", "init", "--quiet", "--bare", str(remote)], check=True)
    gh.write_text(f'#!/bin/sh\ncase "$2" in create) echo "$*" >> {told}; cat >> {told};; esac\n')
    gh.chmod(0o755)
    first = _steps(workspace, remote, gh, ["fetch the state of yesterday"])
    assert first["fetch the state of yesterday"].returncode == 0 and (workspace / "state").is_dir()
    shutil.copytree(
        offline_home / "cache", workspace / "state" / "cache"
    )  # what steps made of the same inputs: seconds, not another result
    day = _steps(workspace, remote, gh, ["run the day", "keep the state", "open an issue for what is broken"])
    assert {name: done.returncode for name, done in day.items()} == dict.fromkeys(day, 0), "\n".join(
        d.stdout[-1500:] + d.stderr[-1500:] for d in day.values()
    )
    assert (workspace / "state" / "site" / "index.html").exists(), "what the workflow uploads to Pages"
    upload = next(s for s in JOB["steps"] if s.get("uses", "").startswith("actions/upload-pages-artifact"))
    assert (workspace / upload["with"]["path"]).is_dir()
    shutil.rmtree(workspace / "state")
    again = _steps(workspace, remote, gh, ["fetch the state of yesterday"])
    assert again["fetch the state of yesterday"].returncode == 0
    assert (workspace / "state" / "published.duckdb").exists() and not (workspace / "state" / "build.duckdb").exists()
