"""Installed from the docs alone: the commands of docs/operations/deploy.md and the steps of deploy/Dockerfile, each in a root of its own.

A root is this machine's own file system with a writable layer over it (an overlay in a mount namespace), without the project's
checkout, state or environment. It asks the package registry for the locked dependencies (``-m live``) and needs Linux and root.
No systemd and no container engine runs inside: units are enabled as in a chroot, and what they start is started here, as their user.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import pytest

from tests.conftest import ROOT

BASE = "ln -sf /usr/bin/python3 /usr/local/bin/python; rm -f /usr/lib/python3*/EXTERNALLY-MANAGED"
"""What makes this machine's system a base image of Python: the program's name, and no distribution that owns its packages."""
DOCS, DOCKERFILE = ROOT / "docs" / "operations" / "deploy.md", ROOT / "deploy" / "Dockerfile"
LAYERS = """
set -e
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
mount -t proc proc "$1/root/proc"
mount --rbind /dev "$1/root/dev"
mount -t tmpfs tmpfs "$1/root/tmp"
mount -t tmpfs tmpfs "$1/root%(hidden)s"
mkdir -p "$1/root%(hidden)s/origin" && mount --bind -o ro "$1/origin" "$1/root%(hidden)s/origin"
"""
CAGE = """
for folder in $2; do mkdir -p "$1/keep/$folder"; [ -n "$(ls -A "$1/keep/$folder")" ] || chown "$3" "$1/keep/$folder"; mount --bind "$1/keep/$folder" "$1/root/$folder"; done
mount -o remount,ro "$1/root"
"""
"""What a container is given: its volumes to write in, and nothing else."""


class Root:
    """A root of its own below ``scratch``: what is written in it stays there."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        for name in ("upper", "work", "root", "keep"):
            (scratch / name).mkdir()
        self.hidden = f"/{ROOT.parts[1]}"
        clone = ["git", "clone", "--quiet", "--bare", str(ROOT), str(scratch / "origin")]
        subprocess.run(clone, check=True, capture_output=True)

    def do(self, script: str, *, user: str = "", writes: str = "", timeout: float = 1800, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a script inside; as ``user`` without any capability; with ``writes``, only those folders can be written and are kept."""
        drop = f"setpriv --reuid {user} --regid {user} --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs " if user else ""
        layers = LAYERS % {"hidden": self.hidden} + (CAGE if writes else "")
        registry = {k: v for k, v in os.environ.items() if k.upper().startswith(("PIP_", "UV_", "SSL_", "HTTP_", "HTTPS_", "NO_PROXY"))}
        given = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/root"} | registry | env
        inside = f"{drop}env -i {' '.join(f'{k}={shlex.quote(v)}' for k, v in given.items())} sh -e -c {shlex.quote(script)}"
        outside = f'{layers}\nexec chroot "$1/root" {inside}'
        return subprocess.run(
            ["unshare", "--mount", "sh", "-c", outside, "sh", str(self.scratch), writes, user or "root"],
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Root]:
    made = Root(tmp_path)
    able = made.do("test ! -e pyproject.toml")
    if able.returncode:
        pytest.skip(f"no root of its own can be made here: {able.stderr.strip()[-200:]}")
    yield made


def held(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.mark.live
def test_the_timer_is_installed_by_the_commands_of_the_docs_and_its_service_publishes_the_day(root: Root) -> None:
    [block] = re.findall(r"\*\*A timer\*\*.*?```sh\n(.*?)```", DOCS.read_text(), re.DOTALL)
    commands = [re.sub(r"\s+# .*", "", line) for line in block.splitlines()]
    *first, start, last = commands
    assert start.startswith("systemctl start ") and any("enable --now" in line for line in first)
    address = shlex.split(commands[0])[2]
    # the address of the docs leads to this checkout; without a running systemd units are enabled, and started by us
    here = f"git config --system url.{root.hidden}/origin.insteadOf {address}; git config --system safe.directory '*'"
    held(root.do("\n".join([here, *first]).replace("enable --now", "enable"), SYSTEMD_OFFLINE="1"))
    held(root.do("test -e /etc/systemd/system/timers.target.wants/deflation.timer"))
    unit = ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(held(root.do("cat /etc/systemd/system/deflation.service")))
    service = unit["Service"]
    state, starts = f"/var/lib/{service['StateDirectory']}", service["ExecStart"]
    home = dict([service["Environment"].split("=", 1)])
    assert home["DEFLATION_HOME"] == state
    held(root.do(f"install -d -o {service['User']} -m {service['StateDirectoryMode']} {state}"))
    uid = held(root.do(f"id -u {service['User']}")).strip()
    said = held(root.do(starts, user=uid, writes=state.lstrip("/"), **home))
    assert "report " in said and "Traceback" not in said
    told = root.do(last, writes=state.lstrip("/"))
    assert told.returncode in (0, 1) and "published" in told.stdout, told.stdout + told.stderr


def steps() -> Iterator[tuple[str, str]]:
    """The instructions of the Dockerfile, in order, lines joined."""
    for line in DOCKERFILE.read_text().replace("\\\n", " ").splitlines():
        if line.strip() and not line.startswith("#"):
            word, _, rest = line.partition(" ")
            yield word, rest.strip()


@pytest.mark.live
def test_the_steps_of_the_image_make_a_program_that_publishes_as_its_user_on_a_root_that_cannot_be_written(root: Root) -> None:
    env: dict[str, str] = {}
    place, user, entry, command, stage = "/", "", [], [], 0
    for word, rest in steps():
        if word == "FROM":
            stage, env = stage + 1, {}
            held(root.do(BASE))
        elif word == "WORKDIR":
            place = rest
            held(root.do(f"mkdir -p {place}"))
        elif word == "ENV":
            env |= {k: v.replace("$PATH", "/usr/local/bin:/usr/bin:/bin") for k, v in (pair.split("=", 1) for pair in shlex.split(rest))}
        elif word == "COPY" and not rest.startswith("--from"):
            *what, where = rest.split()
            target = f"{place}/{where}"
            put = f"mkdir -p {target}; tar x -C {target}" if where == "./" else f"mkdir -p {place}; tar x -C {place}"
            held(root.do(f"git -C {root.hidden}/origin -c safe.directory='*' archive HEAD {' '.join(what)} | ({put})"))
        elif word == "COPY":
            assert rest == "--from=build /app/.venv /app/.venv", "both stages have one root here: nothing to copy"
        elif word == "RUN":
            held(root.do(f"cd {place}; {rest}", **env))
        elif word == "USER":
            user = rest
        elif word in ("ENTRYPOINT", "CMD"):
            entry, command = (json.loads(rest), command) if word == "ENTRYPOINT" else (entry, json.loads(rest))
    assert (stage, user) == (2, "10001") and not held(root.do("ls -A /app/.venv/bin | grep -E '^(pytest|mypy|ruff)$' || true"))
    cage = {"user": user, "writes": "state home/deflation"}
    said = held(root.do(shlex.join([*entry, *command]), **cage, **env))
    assert "report " in said and "Traceback" not in said
    asked = "deflation status --quiet || echo exit $?; touch /app/x || true; id -u"
    healthy = root.do(asked, **cage, **env)
    assert healthy.returncode == 0 and healthy.stdout.strip().splitlines()[-1] == user, healthy.stdout + healthy.stderr
    assert "Read-only file system" in healthy.stderr
    assert "exit 1" in healthy.stdout or "NOT" not in healthy.stdout, "the health check says what the status says"
