"""Benchmark scores, rentals, energy and currencies: no estimate passes for a fact, versions stay apart."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from reference import load
from research.builders.prices import price_corrections as corrections
from research.builders.prices import price_rows as prices
from research.builders.quality_labels import split


def test_scores_cover_the_scales_the_forecasts_use() -> None:
    scores = load("quality_scores")
    models = scores.group_by("benchmark").agg(pl.col("model").n_unique().alias("n"))
    found = dict(models.rows())
    assert found["GPQA-Diamond"] >= 300 and found["MMLU"] >= 80 and found["LMArena-Elo"] >= 30 and found["Epoch-ECI"] >= 150


def test_index_versions_before_and_after_the_rebasing_are_apart() -> None:
    index = load("quality_scores").filter(pl.col("benchmark").str.starts_with("AA-Intelligence-Index"))
    before = index.filter(pl.col("as_of") < date(2026, 6, 1))
    after = index.filter(pl.col("as_of") >= date(2026, 6, 1))
    assert before.height and after.height
    assert not set(before["benchmark_version"]) & set(after["benchmark_version"])


def test_scores_are_seen_before_they_are_copied_and_belong_to_known_models() -> None:
    scores = load("quality_scores")
    assert scores.filter(pl.col("first_seen") > pl.col("as_of")).height == 0
    assert scores.filter(pl.col("observed_at") > pl.col("as_of")).height == 0
    assert set(scores["model"]) <= set(load("models")["model"])
    percent = scores.filter(pl.col("unit") == "percent")
    assert percent["score"].min() >= 0 and percent["score"].max() <= 100
    assert scores.filter(pl.col("benchmark") == "GPQA-Diamond")["n_items"].unique().to_list() == [198]


def test_epochs_own_runs_carry_the_day_of_the_run() -> None:
    runs = load("quality_scores").filter(pl.col("source") == "Epoch AI Benchmarking Hub", pl.col("benchmark") == "GPQA-Diamond")
    assert runs.filter(pl.col("observed_at") < date(2025, 6, 1)).height >= 40


@pytest.mark.parametrize(
    "label,source,expected",
    [
        ("o3-2025-04-16_high", "Epoch AI Benchmarking Hub", ("o3-2025-04-16", "high")),
        ("claude-opus-4-1-20250805_27K", "Epoch AI Benchmarking Hub", ("claude-opus-4-1-20250805", "27k")),
        ("GPT-5 (high)", "Artificial Analysis", ("GPT-5", "high")),
        (
            "Claude Opus 4.6 (Non-reasoning, High Effort)",
            "Artificial Analysis",
            ("Claude Opus 4.6", "non-reasoning, high effort"),
        ),
        ("Qwen3 235B A22B 2507 (Reasoning)", "Artificial Analysis", ("Qwen3 235B A22B 2507 Thinking", "")),
        ("GPT-4o (Aug '24)", "Artificial Analysis", ("GPT-4o (Aug '24)", "")),
        ("claude-opus-4-5-20251101-thinking-32k", "LMArena", ("claude-opus-4-5-20251101", "thinking-32k")),
    ],
)
def test_reasoning_effort_is_split_from_the_name(label: str, source: str, expected: tuple[str, str]) -> None:
    assert split(label, source) == expected


def test_no_rental_is_an_index_an_estimate_or_from_a_seller_that_forbids_it() -> None:
    rentals = load("rental_prices")
    words = re.compile(r"suspect|estimate|seed|synthetic|simulat|index", re.IGNORECASE)
    assert [n for n in rentals["note"] if words.search(n)] == []
    assert not set(rentals["provider"]) & {"runpod", "vast.ai", "shadeform", "together", "crusoe"}
    assert set(rentals["term"]) <= {"on_demand", "spot", "mixed", "unstated", "reserved_1yr", "reserved_3yr"}
    assert rentals["usd_per_accelerator_hour"].min() > Decimal("0.01") and rentals["usd_per_accelerator_hour"].max() < Decimal(50)
    h100 = rentals.filter(pl.col("accelerator") == "H100-SXM", pl.col("term") == "on_demand")["usd_per_accelerator_hour"].cast(float)
    assert 1.5 < h100.median() < 8


def test_an_estimate_row_would_be_refused() -> None:
    from research.builders import build_market_facts as market

    assert market.REFUSED_WORDS.search("median of 1 rows; SUSPECT: seven times below")
    assert market.REFUSED_WORDS.search("estimate") and market.REFUSED_WORDS.search("random seed 42")
    assert not market.REFUSED_WORDS.search("daily median USD per GPU-hour")


def test_the_row_cut_in_two_in_the_electricity_file_is_not_packaged() -> None:
    power = load("electricity")
    assert power.filter(pl.col("source_ref").str.contains("2025-S2")).height == 0
    assert power.filter(pl.col("usd_per_kwh").is_null() & pl.col("eur_per_kwh").is_null()).height == 0
    us = power.filter(pl.col("sector") == "IND", pl.col("region") == "US")["usd_per_kwh"]
    assert 0.03 < us.min() and us.max() < 0.2


def test_pue_is_disclosed_never_assumed_and_at_least_one() -> None:
    pue = load("pue")
    assert pue["pue"].min() >= 1.0 and "model_assumption" not in set(pue["scope"])
    assert not [o for o in pue["operator"] if "assumed" in o]


def test_measured_energy_states_its_boundary_and_falls_with_batch() -> None:
    energy = load("energy_measured")
    assert "" not in set(energy["boundary"]) and energy["energy_j_per_output_token"].min() > 0
    same = energy.filter(
        pl.col("model") == "Qwen/Qwen3-14B",
        pl.col("accelerator") == "B200-SXM",
        pl.col("task") == "lm-arena-chat",
    ).sort("batch_concurrency")
    joules = same["energy_j_per_output_token"].to_list()
    assert joules[0] > 3 * joules[-1]


def test_exchange_rates_are_units_per_dollar() -> None:
    rates = load("exchange_rates").filter(pl.col("month") == date(2025, 6, 1))
    found = dict(rates.select("currency", "units_per_usd").rows())
    assert 0.8 < found["EUR"] < 0.95 and 7 < found["CNY"] < 7.4


def row(**changes: object) -> prices.Row:
    base = prices.Row(
        source="t",
        source_provider="p",
        model_label="m",
        valid_from=date(2026, 1, 1),
        observed_at=date(2026, 1, 1),
        prices={"input": Decimal(1), "output": Decimal(2)},
        provider="p",
    )
    return replace(base, **changes)


FIX = {
    "correction_id": "C1",
    "source_name": "t",
    "provider": "p",
    "model_label": "m*",
    "tier": "",
    "expect": "input=1",
    "action": "drop",
    "replace": "",
}


def test_a_correction_changes_only_what_it_expects() -> None:
    refused: list = []
    other = row(model_label="n")
    assert corrections.applied([row(), other], [FIX], refused) == [other] and len(refused) == 1
    fixed = corrections.applied([row()], [{**FIX, "action": "replace", "replace": "output=3;valid_to=2026-02-01"}], [])
    assert fixed[0].prices["output"] == 3 and fixed[0].valid_to == date(2026, 2, 1) and fixed[0].correction_id == "C1"


def test_a_correction_that_matches_nothing_stops_the_build() -> None:
    with pytest.raises(LookupError, match="C1"):
        corrections.applied([row(prices={"input": Decimal(5), "output": Decimal(6)})], [FIX], [])


@pytest.mark.parametrize(
    "values,rule",
    [
        ({"input": "0", "output": "0"}, "rule-no-price"),
        ({"input": "135000", "output": "540000"}, "rule-above-200"),
        ({"input": "0.00000075", "output": "0.0000045"}, "rule-below-0.001"),
        ({"input": "0.15", "output": "0.0375"}, "rule-output-below-input"),
    ],
)
def test_implausible_rows_are_refused_by_name(values: dict[str, str], rule: str) -> None:
    assert prices.cleaned(row(prices={k: prices.exact(v) for k, v in values.items()})) == (None, rule)


def test_joining_equal_neighbours_never_makes_us_know_later() -> None:
    told_late = row(valid_from=date(2025, 6, 10), observed_at=date(2026, 11, 10))
    seen_early = row(valid_from=date(2025, 6, 22), observed_at=date(2025, 6, 22))
    joined = prices.chained([seen_early, told_late])
    assert [r.observed_at for r in joined] == [date(2026, 11, 10), date(2025, 6, 22)]


def test_rebuilding_scores_and_rentals_gives_the_packaged_rows(shared_data: Path) -> None:
    from research.builders import build_market_facts as market
    from research.builders import build_quality as quality

    assert quality.scores(shared_data).equals(load("quality_scores"))
    assert quality.task_tokens(shared_data).equals(load("task_tokens"))
    assert market.electricity(shared_data).equals(load("electricity"))
    assert market.energy(shared_data).equals(load("energy_measured"))
    assert market.pue(shared_data).equals(load("pue"))
    rebuilt = market.rentals(shared_data)
    assert rebuilt.equals(load("rental_prices"))
