"""Scores and volumes read since packaging: labels to models, scales told apart, re-based lists cut, one row per change."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import polars as pl
import pytest

import reference
from belief import scores
from belief.names.score_labels import forms, resolve_labels
from reference.schema import SCHEMAS
from sources.reading.parsed import quote_schema

TODAY = date(2026, 11, 27)
FIRST = date(2026, 9, 1)


@pytest.mark.parametrize(
    ("label", "model", "effort"),
    [
        ("GPT-5.6-Sol (xhigh)", "gpt-5-6-sol", "xhigh"),
        ("qwen3.8-max", "qwen3-8-max", ""),
        ("Qwen3.8-Max (xhigh)", "qwen3-8-max", "xhigh"),
        ("claude-3-7-sonnet-20250219_1K", "claude-3-7-sonnet", "1k"),
        ("gpt-5-4-high", "gpt-5-4", "high"),
        ("gpt-5.1-codex-max", "gpt-5-1-codex-max", ""),
        ("openai-gpt-5-6-luna-high", "gpt-5-6-luna", "high"),
        ("anthropic/claude-4.7-opus-20260416", "claude-opus-4-7", ""),
    ],
)
def test_a_label_becomes_its_model_and_its_effort(label: str, model: str, effort: str) -> None:
    found = resolve_labels([label], reference.at("model_aliases", TODAY), TODAY).row(0, named=True)
    assert (found["model"], found["effort"]) == (model, effort)


@pytest.mark.parametrize("label", ["AfterQuery-GPT-OSS-20B", "gpt-5.4-high (codex-harness)", "Nobody 7B"])
def test_a_derived_build_or_another_harness_is_no_score_of_the_model(label: str) -> None:
    assert resolve_labels([label], reference.at("model_aliases", TODAY), TODAY)["model"].to_list() == [None]


def test_the_full_name_is_tried_before_any_word_is_taken_for_an_effort() -> None:
    assert forms("qwen3.8-max")[0] == ("qwen3.8-max", "")


def quotes(*readings: tuple[date, dict[str, float]], version: str = "", unit: str = "index") -> pl.DataFrame:
    """Rows of raw.scores_*: a list of label -> score on each day."""
    rows = []
    for day, board in readings:
        for label, value in board.items():
            row: dict[str, object] = {name: "" for name, kind in quote_schema("scores").items() if kind == pl.String}
            rows.append(
                row
                | {
                    "source": "scores/list",
                    "model_label": label,
                    "benchmark": "list index",
                    "benchmark_version": version,
                    "value": value,
                    "unit": unit,
                    "measurer": "lister",
                    "effort": "best listed",
                    "observed_at": day,
                    "confirmed_at": day,
                    "quote_id": f"{day}{label}",
                    "fetched_at": datetime.combine(day, datetime.min.time(), timezone.utc),
                    "gone_at": None,
                }
            )
    return pl.DataFrame(rows, schema=quote_schema("scores"))


MODELS = (
    "gpt-5-5",
    "gpt-5-4",
    "gpt-5-2",
    "gpt-5-1",
    "claude-opus-4-7",
    "claude-opus-4-6",
    "glm-5",
    "kimi-k2-5",
    "deepseek-v3-2",
    "gemini-2-5-pro",
)
BOARD = {m: 20.0 + 4 * k for k, m in enumerate(MODELS)}
EMPTY = pl.DataFrame(schema=SCHEMAS["quality_scores"])


def test_a_list_whose_models_all_moved_at_once_begins_a_new_version_and_a_revision_does_not() -> None:
    revised = BOARD | {"glm-5": 30.0}
    rebased = {m: v - 9 for m, v in BOARD.items()}
    days = [FIRST + timedelta(days=k) for k in range(3)]
    found = scores.versioned(quotes((days[0], BOARD), (days[1], revised), (days[2], rebased)))
    versions = {d: set(found.filter(pl.col("observed_at") == d)["benchmark_version"]) for d in days}
    assert versions == {days[0]: {""}, days[1]: {""}, days[2]: {f"since {days[2]}"}}


def test_a_score_shown_every_day_is_one_row_until_it_changes() -> None:
    days = [FIRST + timedelta(days=k) for k in range(3)]
    joined = scores.joined(
        EMPTY, quotes((days[0], BOARD), (days[1], BOARD), (days[2], BOARD | {"glm-5": 50.0})), reference.at("model_aliases", TODAY), TODAY
    )
    assert joined.height == len(BOARD) + 1
    assert set(joined["benchmark_version"]) == {"best listed [lister]"}
    assert joined.filter(pl.col("model") == "glm-5").sort("first_seen")["score"].to_list() == [BOARD["glm-5"], 50.0]


def test_shares_become_per_cent_and_the_measurer_is_part_of_the_scale() -> None:
    joined = scores.joined(EMPTY, quotes((FIRST, {"glm-5": 0.81}), version="v2", unit="share"), reference.at("model_aliases", TODAY), TODAY)
    assert joined.select("score", "unit", "benchmark_version").row(0) == (81.0, "percent", "best listed v2 [lister]")


def test_the_newest_reading_of_a_volume_stands_and_the_packaged_ones_stay() -> None:
    packaged = reference.load("token_volumes").head(5)
    rows = []
    for day, value in ((FIRST, 10.0), (FIRST + timedelta(days=1), 11.0)):
        row: dict[str, object] = {name: "" for name, kind in quote_schema("volumes").items() if kind == pl.String}
        rows.append(
            row
            | {
                "source": "volumes/openrouter",
                "model_label": "a/b",
                "measure": "total_tokens",
                "period": "2026-08-31",
                "value": value,
                "unit": "tokens",
                "period_days": 1,
                "observed_at": day,
                "confirmed_at": day,
                "fetched_at": datetime.combine(day, datetime.min.time(), timezone.utc),
            }
        )
    both = scores.volumes(packaged, pl.DataFrame(rows, schema=quote_schema("volumes")))
    assert both.height == packaged.height + 1
    assert both.filter(pl.col("model_label") == "a/b").select("gateway", "period_start", "value").row(0) == (
        "openrouter",
        date(2026, 8, 31),
        11.0,
    )
