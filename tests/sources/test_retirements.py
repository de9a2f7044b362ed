"""Makers' pages of deprecations: which model ends on which day, and what is no such statement."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources.catalogue import UNTRUSTED, source, sources
from sources.pages.lifecycle import dates_in, read_retirements
from sources.pages.page import Page
from sources.pages.quote import PageChanged, RetirementQuote


def read(text: str) -> dict[str, tuple[str, str, str, str]]:
    return {q.model_label: (q.retired_on, q.announced_on, q.replacement, q.status) for q in read_retirements(Page(text.encode()))}


KNOWN = {
    "anthropic/2026-08-21.md": (19, "claude-3-7-sonnet-20250219", "2026-02-19", "retired"),
    "openai/2025-11-13.html": (50, "gpt-3.5-turbo-instruct", "2026-09-28", "announced"),
    "openai/2026-08-21.md": (120, "gpt-3.5-turbo", "2026-10-23", "announced"),
    "google/2026-08-21.md": (40, "gemini-3-pro-preview", "2026-03-09", "earliest"),
    "mistral/2026-08-21.md": (40, "mistral-large-2402", "2025-06-16", "announced"),
    "xai/2026-08-21.md": (8, "grok-code-fast-1", "2026-05-15", "announced"),
    "deepseek/2026-08-21.md": (2, "deepseek-reasoner", "2026-07-24", "announced"),
    "groq/2026-08-21.md": (36, "llama-3.3-70b-versatile", "2026-08-16", "announced"),
    "bedrock/2025-11-13.html": (31, "Claude 3 Opus", "2026-01-15", "announced"),
    "azure/2025-11-13.html": (35, "Mistral-large-2407", "2025-05-13", "announced"),
    "vertex/2026-08-22.partner-models.md": (8, "claude-3-haiku", "2026-08-23", "announced"),
    "vertex/2026-08-21.md": (29, "gemini-2.5-pro", "2026-10-20", "announced"),
    "cerebras/2026-08-21.md": (13, "zai-glm-4.7", "", "deprecated"),
    "xiaomi/2026-08-21.md": (4, "mimo-v2-pro", "2026-06-30", "announced"),
}


@pytest.mark.parametrize("page", sorted(KNOWN))
def test_a_makers_page_tells_its_ends(page: str, shared_data: Path) -> None:
    quotes = source(f"retirements/{page.split('/')[0]}").read((shared_data / "prices2" / "deprecations" / page).read_bytes())
    least, label, day, status = KNOWN[page]
    found = {q.model_label: q for q in quotes if isinstance(q, RetirementQuote)}
    assert len(found) >= least and (found[label].retired_on, found[label].status) == (day, status)
    assert all(q.provider == page.split("/")[0] and q.evidence for q in found.values())


@pytest.mark.parametrize("page", ["zai/2026-08-21.md", "minimax/2026-08-21.md"])
def test_a_page_of_news_without_an_end_is_refused(page: str, shared_data: Path) -> None:
    with pytest.raises(PageChanged, match="found none"):
        read_retirements(Page((shared_data / "prices2" / "deprecations" / page).read_bytes()))


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("October 10, 2026, 00:00:00", "2026-10-10"),
        ("5/22/2026", "2026-05-22"),
        ("08/16/26", "2026-08-16"),
        ("Beijing Time 2026.6.30 00:00", "2026-06-30"),
        ("2026年8月31日", "2026-08-31"),
        ("31 August 2026", "2026-08-31"),
        ("Jan 20, 2027", "2027-01-20"),
        ("April 28th, 2025", "2025-04-28"),
    ],
)
def test_a_day_is_read_in_the_ways_makers_print_it(said: str, day: str) -> None:
    assert [d for d, _ in dates_in(said)] == [day]


@pytest.mark.parametrize("said", ["August 31", "13/45/2026", "version 2026.6", "gpt-4-0125", "1.2.2026.3"])
def test_half_a_day_is_none(said: str) -> None:
    assert dates_in(said) == []


@pytest.mark.parametrize("said", ["Not sooner than June 9, 2027", "May 19, 2027 or later", "No shutdown date announced", "N/A", ""])
def test_a_bound_is_no_end(said: str) -> None:
    table = f"| Model ID | Retirement date | Replacement |\n|---|---|---|\n| a-1 | {said} | b-1 |\n| a-0 | May 1, 2026 | b-1 |\n"
    assert read(table) == {"a-0": ("2026-05-01", "", "b-1", "announced")}


def test_a_column_of_ends_wins_over_one_of_deprecations_and_the_identifier_over_the_name() -> None:
    table = "| Model | API | Deprecation | Retirement | Alternative |\n|---|---|---|---|---|\n| Big 2 | big-2508 | 5/22/2026 | 8/31/2026 | Big 3 |\n"
    assert read(table) == {"big-2508": ("2026-08-31", "2026-05-22", "Big 3", "announced")}


def test_the_one_to_use_instead_is_not_the_one_that_ends() -> None:
    text = "`old-1` was discontinued on May 25, 2026; please use `new-2` instead.\n\nRequests to `old-0` will be shut down on May 1, 2026 and redirect to `new-2`.\n"
    assert read(text) == {"old-1": ("2026-05-25", "", "new-2", "announced"), "old-0": ("2026-05-01", "", "new-2", "announced")}


@pytest.mark.parametrize(
    "text",
    [
        "The `reasoning_effort` parameter of `some-model-1` will be removed on May 1, 2026.",
        "You can check if `some-model-1` is retired.",
        "`some-model-1` may be retired at short notice.",
        "`some-model-1` is no longer available to newly registered users.",
        "Fine-tuning for `some-model-1` is retired on May 1, 2026.",
        "`some-model-1` is the newest model, released May 1, 2026.",
    ],
)
def test_what_is_said_of_something_else_ends_no_model(text: str) -> None:
    with pytest.raises(PageChanged):
        read_retirements(Page(text.encode()))


def test_the_day_of_a_message_is_not_the_day_of_an_end() -> None:
    found = read("### 2025-04-28: text-moderation\n\nOn April 28th, 2025, we notified developers that `text-moderation` will be retired.\n")
    assert found == {"text-moderation": ("", "2025-04-28", "", "deprecated")}


def test_a_page_of_earliest_days_says_so_in_every_row() -> None:
    text = "The dates are the earliest possible dates.\n\n| Model | Shutdown date |\n|---|---|\n| a-1 | May 1, 2027 |\n"
    assert read(text)["a-1"][3] == "earliest"


def test_every_maker_with_a_page_is_a_source_with_a_specimen() -> None:
    makers = [s for key, s in sources().items() if key.startswith("retirements/")]
    assert len(makers) >= 18 and all(any((s.folder / "specimens").glob("*.golden.csv")) for s in makers)
    with pytest.raises(UNTRUSTED, match="retirements/openai"):
        source("retirements/openai").read(b"<html><body><p>Welcome</p></body></html>")
