"""README, --help and docs say the same thing: documented commands run, every verb is documented."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.journeys.conftest import Run

README = (ROOT / "README.md").read_text()
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), ROOT / "CONTRIBUTING.md", ROOT / "DATA.md"]
VERBS = sorted(p.stem.replace("_", "-") for p in (ROOT / "pipelines" / "commands").glob("[a-z]*.py"))


def commands(text: str) -> list[str]:
    """The deflation commands of a text's shell blocks, without comments and the program's path."""
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    lines = [line.split(" #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line.removeprefix(".venv/bin/deflation ") for line in lines if line.startswith(".venv/bin/deflation ")]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_an_example(verb: str, tmp_path: Path, deflation: Run) -> None:
    done = deflation(tmp_path, verb, "--help")
    assert done.returncode == 0 and "deflation " + verb in done.stdout.replace("\n", " "), done.stdout


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_documented(verb: str) -> None:
    assert any(re.search(rf"deflation {verb}\b", page.read_text()) for page in PAGES), f"no page mentions `deflation {verb}`"


@pytest.mark.parametrize(
    "command",
    [
        c
        for c in commands(README)
        if c.split()[0] in ("query", "trace", "throughput", "hardware", "sources", "model", "verify") and c != "sources check"
    ],
)
def test_the_readmes_commands_run_as_they_stand(command: str, offline_home: Path, deflation: Run) -> None:
    done = deflation(offline_home, *shlex.split(command))
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() or "--broken" in command, "it printed nothing"


def test_the_readmes_dry_run_writes_a_mail(offline_home: Path, deflation: Run) -> None:
    command = next(c for c in commands(README) if c.startswith("send "))
    done = deflation(offline_home, *shlex.split(command))
    assert done.returncode == 0 and list((offline_home / "outbox").glob("*.eml"))


@pytest.mark.parametrize("command", commands(README))
def test_the_readme_names_only_verbs_and_options_there_are(command: str, tmp_path: Path, deflation: Run) -> None:
    words = shlex.split(command)
    said = deflation(tmp_path, words[0], "--help").stdout
    for option in (w.split("=")[0] for w in words[1:] if w.startswith("--")):
        assert option in said, f"{words[0]} has no {option}"


def test_the_two_commands_come_first_and_ci_calls_them() -> None:
    assert README.index("make run") < README.index("make test") < README.index("## ")
    assert "make test" in (ROOT / ".ci" / "run").read_text()
    assert len(re.findall(r"^[a-z]+:.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)) <= 12


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"


def test_every_dependency_says_why_it_is_there() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    declared = tomllib.loads(text)["project"]["dependencies"]
    silent = [d for d in declared if not re.search(re.escape(f'"{d}",') + r"\s+#", text)]
    assert not silent, f"dependencies without a reason: {silent}"
