"""The workflow of deploy/actions, step by step as it stands there: a day runs, its state is kept, the next day goes on from it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import yaml

from tests.conftest import ROOT
from tests.journeys.conftest import Run

JOB = yaml.safe_load((ROOT / "deploy" / "actions" / "daily.yml").read_text())["jobs"]["run"]
OWN = [step["name"] for step in JOB["steps"] if "run" in step]
TRACKER = """#!/bin/sh
case "$2" in
  list) title=${6#in:title \\"}; grep -qxF "${title%%\\"}" %(told)s && echo 1 ;;
  create) echo "$4" >> %(told)s; cat >> %(told)s.bodies ;;
esac
exit 0
"""
"""An issue tracker of two verbs: finds the open issue of a title, and keeps what it is told."""


def _steps(workspace: Path, names: list[str], **also: str) -> dict[str, subprocess.CompletedProcess[str]]:
    """Run the named steps' own commands under the shell and in the environment of the workflow; secrets and variables are unset, as in a new fork."""

    def filled(value: str) -> str:
        known = {"github.workspace": str(workspace)}
        return re.sub(r"\$\{\{\s*(.*?)(?: \|\| '(.*?)')?\s*\}\}", lambda m: known.get(m[1], m[2] or ""), value)

    given = {k: v for k, v in os.environ.items() if not k.startswith("DEFLATION_")}
    given |= {k: filled(v) for k, v in JOB["env"].items()} | also
    done = {}
    for step in (s for s in JOB["steps"] if s.get("name") in names):
        env = given | {k: filled(v) for k, v in step.get("env", {}).items()}
        shell = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]]
        done[step["name"]] = subprocess.run(shell, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    return done


def test_the_steps_of_the_workflow_run_a_day_and_the_next_day_goes_on_from_it(tmp_path: Path, offline_home: Path, deflation: Run) -> None:
    fetch, run, forget, keep, report = OWN
    remote, workspace, told = tmp_path / "remote.git", tmp_path / "work", tmp_path / "told"
    for folder in (workspace / "nothing", tmp_path / "bin"):
        folder.mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet", "--bare", str(remote)], check=True)
    tracker = tmp_path / "bin" / "gh"
    tracker.write_text(TRACKER % {"told": told})
    tracker.chmod(0o755)
    told.touch()
    # the internet is a folder without a page, the origin a repository beside it
    also = {"STATE_REMOTE": str(remote), "DEFLATION_MIRROR": str(workspace / "nothing"), "PATH": f"{tracker.parent}:{os.environ['PATH']}"}
    state = workspace / "state"

    first = _steps(workspace, [fetch], **also)[fetch]
    assert first.returncode == 0 and list(state.iterdir()) == [], first.stderr
    shutil.copytree(offline_home / "cache", state / "cache")  # what steps made of the same inputs: seconds, not another result
    day = _steps(workspace, [run, forget, keep, report], **also)
    assert {name: done.returncode for name, done in day.items()} == dict.fromkeys(OWN[1:], 0), "\n".join(
        d.stdout[-1500:] + d.stderr[-1500:] for d in day.values()
    )
    uploaded = next(s["with"]["path"] for s in JOB["steps"] if s.get("uses", "").startswith("actions/upload-pages-artifact"))
    assert (workspace / uploaded / "index.html").exists() and (workspace / uploaded / "latest" / "index.html").exists()
    titles = told.read_text().splitlines()
    assert len(titles) == len(set(titles)) > 20 and all(t.startswith("source broken: ") for t in titles)
    bodies = Path(f"{told}.bodies").read_text()
    assert "    " in bodies and "deflation sources --broken" in bodies and "no file" in bodies

    assert _steps(workspace, [report], **also)[report].returncode == 0
    assert told.read_text().splitlines() == titles, "an issue that is open is not opened again"

    issued = sorted(p.name for p in (state / "issued").iterdir())
    shutil.rmtree(state)
    again = _steps(workspace, [fetch, keep], **also)
    assert {done.returncode for done in again.values()} == {0}, [d.stderr for d in again.values()]
    assert issued and sorted(p.name for p in (state / "issued").iterdir()) == issued and (state / "state.json").exists()
    assert not list(state.glob("*.duckdb")) and not (state / ".git").exists()
    assert deflation(state, "verify").returncode == 0
    commits = subprocess.run(["git", "-C", str(remote), "rev-list", "--count", "state"], capture_output=True, text=True, check=True)
    assert commits.stdout.strip() == "1", "the state is one commit, however many days"


def test_a_step_that_fails_leaves_the_state_and_what_is_broken_told(tmp_path: Path) -> None:
    always = {s["name"] for s in JOB["steps"] if s.get("if") == "always()"}
    assert set(OWN[3:]) == always, "the state is kept and what broke is told even where the run failed"
    workspace = tmp_path / "work"
    (workspace / "state").mkdir(parents=True)
    done = _steps(workspace, OWN[4:], STATE_REMOTE=str(tmp_path), GH="false")[OWN[4]]
    assert done.returncode == 0 and "nothing is published" in done.stdout, done.stderr
