"""The verb ``price`` on a published warehouse: a cost with its interval, an honest no, and its exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.conftest import Run


def test_a_cost_is_said_with_tier_interval_and_source(deflation: Run, offline_home: Path) -> None:
    done = deflation(offline_home, "price", "gpt-4o", "--provider", "openai", "--at", "2024-12-01", "--input", "1000000", "--output", "0")
    assert done.returncode == 0 and "2.500000 USD" in done.stdout
    assert "tier standard" in done.stdout and "interval " in done.stdout and "source " in done.stdout


def test_several_providers_come_as_a_table_sorted_by_cost(deflation: Run, offline_home: Path) -> None:
    done = deflation(offline_home, "price", "gpt-oss-120b", "--input", "1000000", "--output", "1000000", "--format", "csv")
    totals = [float(line.split(",")[0]) for line in done.stdout.splitlines()[1:] if line.split(",")[0]]
    assert done.returncode == 0 and len(totals) > 5 and totals == sorted(totals)


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["gpt-4oo", "--input", "1", "--output", "1"], 1, "near names: gpt-4o"),
        (
            ["gpt-4o", "--provider", "openai", "--tier", "fast", "--at", "2024-12-01", "--input", "1", "--output", "1"],
            1,
            "no price in the tier fast",
        ),
        (["gpt-4o", "--provider", "opnai", "--input", "1", "--output", "1"], 1, "near names: openai"),
        (["gpt-4o", "--at", "yesterday", "--input", "1", "--output", "1"], 2, "ISO 8601"),
        (["gpt-4o", "--input", "1", "--cached", "2", "--output", "1"], 2, "part of the input"),
        (["gpt-4o", "--tier", "cheap", "--input", "1", "--output", "1"], 2, "no tier"),
    ],
)
def test_what_cannot_be_answered_is_said_in_a_sentence(
    deflation: Run, offline_home: Path, arguments: list[str], status: int, words: str
) -> None:
    done = deflation(offline_home, "price", *arguments)
    assert done.returncode == status and words in done.stderr and "Traceback" not in done.stderr and done.stdout == ""


def test_before_the_first_run_the_verb_answers_from_packaged_prices_and_says_so(deflation: Run, tmp_path: Path) -> None:
    done = deflation(tmp_path, "price", "gpt-4o", "--input", "1", "--output", "1")
    assert done.returncode == 0 and "packaged with the project" in done.stderr


def test_a_model_that_nothing_resembles_is_said_without_a_list_of_none(deflation: Run, tmp_path: Path) -> None:
    done = deflation(tmp_path, "price", "nosuchmodel", "--input", "1", "--output", "1")
    assert done.returncode == 1 and done.stderr.rstrip().endswith("no model is known as 'nosuchmodel'")


def test_a_list_without_publications_says_so(deflation: Run, tmp_path: Path) -> None:
    done = deflation(tmp_path, "rollback", "--list")
    assert done.returncode == 0 and done.stdout == "" and "no earlier publication is kept" in done.stderr
