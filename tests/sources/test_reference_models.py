"""Canonical models and aliases: one label, one day, one model; exact, never by likeness."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from belief.names.aliases import normalise, propose, resolve, unmapped
from reference import load

HERE = Path(__file__).resolve().parent
SCRIPTS = HERE.parents[1] / "research" / "builders"
ALIASES = load("model_aliases")
FAR = date(2999, 1, 1)


def one(label: str, provider: str = "openrouter", day: date = date(2026, 6, 1)) -> str | None:
    frame = pl.DataFrame({"provider": [provider], "model_label": [label], "valid_from": [day]})
    return resolve(frame, ALIASES)["model"][0]


def test_no_alias_means_two_models_at_one_time() -> None:
    spans = ALIASES.with_columns(pl.col("valid_from").fill_null(date(1900, 1, 1)), pl.col("valid_to").fill_null(FAR)).sort(
        "alias", "provider", "valid_from"
    )
    before = pl.col("valid_to").shift(1).over("alias", "provider")
    assert spans.filter(pl.col("valid_from") < before).height == 0
    assert spans.filter(pl.col("valid_to") <= pl.col("valid_from")).height == 0


def test_aliases_are_normalised_and_their_models_exist() -> None:
    for alias in ALIASES["alias"].unique():
        assert normalise(alias) == alias, alias
    assert set(ALIASES["model"]) == set(load("models")["model"])
    assert ALIASES.filter(pl.col("reason") == "").height == 0


def test_every_frontier_setting_label_is_the_model_a_person_read_it_as() -> None:
    with (HERE / "golden_frontier_models.csv").open(newline="") as file:
        golden = list(csv.DictReader(file))
    assert len(golden) > 100
    wrong = [r for r in golden if one(r["model_label"], r["provider"], date.fromisoformat(r["day"])) != r["model"]]
    assert wrong == []


@pytest.mark.parametrize(
    "left,right",
    [
        ("deepseek/deepseek-r1", "deepseek/deepseek-r1-0528"),
        ("deepseek/deepseek-chat", "deepseek/deepseek-chat-v3-0324"),
        ("qwen/qwen3-235b-a22b", "qwen/qwen3-235b-a22b-2507"),
        ("qwen/qwen3-235b-a22b-2507", "qwen/qwen3-235b-a22b-thinking-2507"),
        ("openai/gpt-4o", "openai/gpt-4o-mini"),
        ("openai/gpt-4o-2024-05-13", "openai/gpt-4o-2024-08-06"),
        ("anthropic/claude-3.5-sonnet-20240620", "anthropic/claude-3.5-sonnet"),
        ("x-ai/grok-4", "x-ai/grok-4-fast"),
        ("meta-llama/llama-3.1-405b", "meta-llama/llama-3.1-405b-instruct"),
        ("meta-llama/llama-3-70b-instruct", "meta-llama/llama-3.1-70b-instruct"),
        ("google/gemini-2.5-flash", "google/gemini-2.5-flash-lite"),
        ("openai/o1", "openai/o1-mini"),
        ("moonshotai/kimi-k2", "moonshotai/kimi-k2-0905"),
        ("mistralai/mistral-large", "mistralai/mistral-large-2512"),
    ],
)
def test_look_alikes_stay_apart(left: str, right: str) -> None:
    assert one(left) and one(right) and one(left) != one(right)


@pytest.mark.parametrize(
    "provider,label,day,model",
    [
        ("openai", "gpt-4o", date(2024, 6, 1), "gpt-4o-2024-05-13"),
        ("openai", "gpt-4o", date(2024, 11, 1), "gpt-4o-2024-08-06"),
        ("deepseek", "deepseek-chat", date(2025, 1, 10), "deepseek-v3"),
        ("deepseek", "deepseek-chat", date(2025, 4, 1), "deepseek-v3-0324"),
        ("deepseek", "deepseek-chat", date(2025, 8, 25), "deepseek-v3-1"),
        ("openrouter", "deepseek/deepseek-chat", date(2025, 8, 25), "deepseek-v3"),
        ("mistral", "mistral-small-latest", date(2025, 2, 1), "mistral-small-2501"),
        ("mistral", "mistral-small-latest", date(2025, 7, 1), "mistral-small-2506"),
        ("openai", "gpt-3.5-turbo", date(2023, 5, 1), "gpt-3-5-turbo-0301"),
        ("openai", "gpt-3.5-turbo", date(2024, 3, 1), "gpt-3-5-turbo-0125"),
    ],
)
def test_moving_names_mean_the_model_of_their_day(provider: str, label: str, day: date, model: str) -> None:
    assert one(label, provider, day) == model


@pytest.mark.parametrize(
    "label",
    [
        "us.anthropic.claude-3-5-sonnet-20241022-v2:0",
        "Claude 3.5 Sonnet",
        "anthropic/claude-3.5-sonnet:beta",
        "claude-3-5-sonnet-v2@20241022",
        "vertex_ai/claude-3-5-sonnet-v2",
    ],
)
def test_spellings_of_one_model_are_one(label: str) -> None:
    assert one(label) == "claude-3-5-sonnet-20241022"


def test_an_unknown_label_stays_unmapped_and_is_listed() -> None:
    frame = pl.DataFrame(
        {
            "provider": ["openai", "openai"],
            "model_label": ["gpt-99-hyper", "gpt-4o"],
            "valid_from": [date(2026, 1, 1)] * 2,
        }
    )
    out = resolve(frame, ALIASES)
    assert out["model"].to_list() == [None, "gpt-4o-2024-08-06"]
    assert unmapped(out).rows() == [("openai", "gpt-99-hyper", 1)]


def test_an_ambiguous_alias_table_is_refused() -> None:
    rows = pl.DataFrame(
        {
            "alias": ["x", "x"],
            "provider": ["*", "*"],
            "valid_from": [None, None],
            "valid_to": [None, None],
            "model": ["a", "b"],
        },
        schema={
            "alias": pl.String,
            "provider": pl.String,
            "valid_from": pl.Date,
            "valid_to": pl.Date,
            "model": pl.String,
        },
    )
    frame = pl.DataFrame({"provider": ["p"], "model_label": ["X"], "valid_from": [date(2026, 1, 1)]})
    with pytest.raises(ValueError, match="means a and b"):
        resolve(frame, rows)


def test_row_order_and_count_stay() -> None:
    history = load("price_history").head(500).sort("price_input_usd_per_mtok")
    assert resolve(history, ALIASES).drop("model").equals(history)


def test_almost_every_packaged_offer_has_a_model() -> None:
    rows = resolve(load("price_history"), ALIASES)
    assert rows["model"].null_count() < 0.005 * rows.height


def test_proposals_never_bridge_a_number() -> None:
    assert propose(["llama-3.1-71b-instruct"], ["llama-3-1-70b-instruct"]).height == 0
    assert propose(["gpt-4o-minni"], ["gpt-4o-mini"])["model"].to_list() == ["gpt-4o-mini"]


@given(st.text(max_size=60))
@example("*:")  # the star that a colon hid survived one pass
def test_normalising_twice_changes_nothing(label: str) -> None:
    assert normalise(normalise(label)) == normalise(label)


def test_models_know_developer_and_release_where_it_matters() -> None:
    scored = set(load("quality_scores").filter(pl.col("benchmark") == "GPQA-Diamond")["model"])
    priced = set(resolve(load("price_history"), ALIASES)["model"].drop_nulls())
    models = load("models").filter(pl.col("model").is_in(list(scored & priced)))
    assert models.height >= 300
    assert models.filter(pl.col("developer") == "").height == 0
    assert models["release_date"].null_count() == 0


def test_rebuilding_aliases_gives_the_packaged_rows(shared_data: Path) -> None:
    from research.builders import build_models as build

    rows = build.aliases(build.labels(shared_data), build.read(SCRIPTS / "curated_aliases.csv"))
    text = pl.DataFrame(rows, schema=dict.fromkeys(ALIASES.columns, pl.String))
    packaged = pl.read_csv(build.FOLDER / "model_aliases.csv", infer_schema=False)
    assert text.fill_null("").equals(packaged.fill_null(""))
