"""Are changes of meaning noticed? ``python -m benchmarks.mutations [NAME ...] [--list]``

Each entry of ``mutations.toml`` is made alone in a copy of the project, and the tests it names are run there. Caught: a
test fails. Survived: all pass, which means that nobody would notice such a fault. Prints each and the share caught, and ends with
1 below ``BAR``. Belongs here: making and undoing. Not here: which changes (``mutations.toml``).
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BAR = 0.95
"""The share of mutations that the tests must catch."""
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "var", "__pycache__", "*.egg-info", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"
)
LONGEST_S = 300


@dataclass(frozen=True)
class Mutation:
    """One change: ``old`` in ``file`` becomes ``new``; ``tests`` are pytest arguments of which one run must fail."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


def mutations() -> list[Mutation]:
    """The declared mutations. Raises ``KeyError`` for an entry that lacks a member."""
    told = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["mutation"]
    return [Mutation(m["name"], m["file"], m["old"], m["new"], tuple(m["tests"])) for m in told]


def outcome(tests: str, copy: Path) -> str:
    """Run pytest arguments in the copy: the first test that failed, or nothing. Raises ``ValueError`` when they did not run."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *shlex.split(tests)]
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    run = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, timeout=LONGEST_S, check=False)
    failed = [line.removeprefix("FAILED ").partition(" - ")[0] for line in run.stdout.splitlines() if line.startswith("FAILED")]
    if run.returncode == 0:
        return ""
    if run.returncode == 1 and failed:
        return failed[0]
    raise ValueError(f"{shlex.join(command[1:])} did not run: {(run.stdout + run.stderr)[-400:]}")


def caught_by(mutation: Mutation, copy: Path) -> str:
    """The test that fails on a mutation, or nothing.

    Raises ``ValueError`` where the text to change does not stand exactly once in its file, or the tests do not run.
    """
    path = copy / mutation.file
    text = path.read_text(encoding="utf-8")
    if text.count(mutation.old) != 1:
        raise ValueError(f"{mutation.name}: expected the text to change once in {mutation.file}, found it {text.count(mutation.old)} times")
    path.write_text(text.replace(mutation.old, mutation.new), encoding="utf-8")
    try:
        return next((test for tests in mutation.tests if (test := outcome(tests, copy))), "")
    finally:
        path.write_text(text, encoding="utf-8")


def main() -> None:
    """Make every mutation, or the named ones."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="words of the names to try; all by default")
    parser.add_argument("--list", action="store_true", help="print the names alone")
    asked = parser.parse_args()
    chosen = [m for m in mutations() if not asked.names or any(word in m.name for word in asked.names)]
    if asked.list:
        print("\n".join(f"{m.name}  ({m.file})" for m in chosen))
        return
    survived = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
        for tests in sorted({tests for m in chosen for tests in m.tests}):
            if broken := outcome(tests, copy):
                raise SystemExit(f"{broken} fails without any mutation: mend it first")
        for mutation in chosen:
            test = caught_by(mutation, copy)
            print(f"{'caught  ' if test else 'SURVIVED'} {mutation.name}{f': {test}' if test else ''}", flush=True)
            survived += [] if test else [mutation.name]
    share = 1 - len(survived) / len(chosen) if chosen else 0.0
    print(f"{len(chosen) - len(survived)} of {len(chosen)} caught ({share:.0%})")
    sys.exit(0 if share >= BAR else 1)


if __name__ == "__main__":
    main()
