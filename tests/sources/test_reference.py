"""The packaged facts: every row says who, where, when and under which licence; nothing is known too early."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

import reference
from reference.schema import ORIGIN, SCHEMAS

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 22)
USABLE = {
    "MIT",
    "Apache-2.0",
    "CC-BY-4.0",
    "MPL-2.0",
    "MIT; attribution to Artificial Analysis",
    "public domain (US government)",
    "ECB: free reuse, source named",
    "facts",
    "facts of public price lists",
    "facts disclosed by the operators",
    "facts of a published survey",
}


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_row_names_its_source_licence_and_day(name: str) -> None:
    frame = reference.load(name)
    assert frame.height > 0
    assert list(frame.columns)[-len(ORIGIN) :] == list(ORIGIN)
    assert set(frame["licence"]) <= USABLE
    assert frame.filter((pl.col("source") == "") | (pl.col("source_ref") == "")).height == 0
    assert set(frame["basis"]) <= {"quoted", "derived", "assumed"}
    assert frame["observed_at"].null_count() == 0
    assert frame["observed_at"].max() <= TODAY


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_a_table_has_no_row_twice(name: str) -> None:
    frame = reference.load(name)
    assert frame.is_duplicated().sum() == 0


def test_an_unknown_table_is_named_with_what_there_is() -> None:
    with pytest.raises(FileNotFoundError, match="price_history"):
        reference.load("prices_of_last_year")


def test_all_declared_tables_are_listed() -> None:
    assert set(SCHEMAS) <= set(reference.tables())


def test_data_md_is_what_its_script_writes() -> None:
    from research.builders import write_data_md

    text = (ROOT / "DATA.md").read_text()
    assert write_data_md.spliced(text) == text, "run .venv/bin/python -m research.builders.write_data_md"


HISTORY = reference.load("price_history")
OFFER = ["source", "provider", "model_label", "tier", "condition"]


def test_an_end_is_known_exactly_where_there_is_an_end() -> None:
    assert HISTORY.filter(pl.col("valid_to").is_null() != pl.col("closed_observed_at").is_null()).height == 0
    assert HISTORY.filter(pl.col("closed_observed_at") < pl.col("observed_at")).height == 0
    assert HISTORY.filter(pl.col("valid_to") <= pl.col("valid_from")).height == 0


def test_only_declared_prices_begin_after_they_were_seen() -> None:
    early = HISTORY.filter(pl.col("valid_from") > pl.col("observed_at"))
    assert set(early["valid_from_basis"]) <= {"declared"}


@pytest.mark.parametrize("day", [date(2023, 12, 1), date(2025, 6, 1), date(2026, 8, 16), TODAY])
def test_as_known_on_a_day_intervals_are_disjoint_and_nothing_is_later(day: date) -> None:
    known = reference.at("price_history", day)
    assert known["observed_at"].max() <= day
    assert known.filter(pl.col("closed_observed_at") > day).height == 0
    following = known.sort([*OFFER, "valid_from"]).with_columns(pl.col("valid_from").shift(-1).over(OFFER).alias("next"))
    overlap = following.filter(pl.col("next").is_not_null() & (pl.col("valid_to").is_null() | (pl.col("valid_to") > pl.col("next"))))
    assert overlap.height == 0


@pytest.mark.parametrize(
    "early,late",
    [(date(2024, 2, 1), date(2025, 6, 1)), (date(2025, 6, 1), TODAY), (date(2026, 9, 30), date(2026, 10, 1))],
)
def test_later_knowledge_never_changes_an_earlier_day(early: date, late: date) -> None:
    assert reference.as_known(reference.as_known(HISTORY, late), early).equals(reference.as_known(HISTORY, early))


def in_force(day: date, as_of: date = TODAY) -> pl.DataFrame:
    known = reference.at("price_history", as_of)
    return known.filter(pl.col("valid_from") <= day, pl.col("valid_to").is_null() | (pl.col("valid_to") > day))


def test_prices_cover_every_month_since_july_2023_and_four_hundred_models_now() -> None:
    from belief.names.aliases import resolve

    day = date(2023, 7, 31)
    while day < TODAY:
        assert in_force(day).height >= 10, day
        day = (day.replace(day=1) + timedelta(days=62)).replace(day=1) - timedelta(days=1)
    now = resolve(in_force(TODAY), reference.load("model_aliases"))
    assert now["model"].n_unique() >= 400
    assert resolve(HISTORY, reference.load("model_aliases"))["model"].n_unique() >= 1000
    assert HISTORY["valid_from"].min() < date(2022, 1, 1)


def blend(provider: str, label: str, day: date) -> set[tuple[float, float]]:
    rows = in_force(day).filter(
        pl.col("provider") == provider,
        pl.col("model_label") == label,
        pl.col("tier") == "standard",
        pl.col("condition") == "",
    )
    return {(float(r["price_input_usd_per_mtok"]), float(r["price_output_usd_per_mtok"])) for r in rows.iter_rows(named=True)}


@pytest.mark.parametrize(
    "provider,label,day,prices",
    [
        ("openai", "o3", date(2025, 10, 20), (2.0, 8.0)),
        ("openai", "o3", date(2026, 8, 5), (2.0, 8.0)),
        ("openai", "o3", TODAY, (2.0, 8.0)),
        ("anthropic", "claude-sonnet-5", date(2026, 9, 15), (2.0, 10.0)),
        ("anthropic", "claude-sonnet-5", TODAY, (2.0, 10.0)),
        ("openai", "gpt-4o-2024-05-13", date(2024, 6, 1), (5.0, 15.0)),
        ("deepseek", "deepseek-reasoner", date(2025, 1, 25), (0.55, 2.19)),
        ("openai", "davinci", date(2022, 7, 3), (60.0, 60.0)),
        ("openai", "davinci", date(2022, 12, 1), (20.0, 20.0)),
    ],
)
def test_the_trackers_known_errors_come_out_right(provider: str, label: str, day: date, prices: tuple[float, float]) -> None:
    assert blend(provider, label, day) == {prices}


def test_no_price_is_in_another_unit() -> None:
    for column in ("price_input_usd_per_mtok", "price_output_usd_per_mtok"):
        paid = HISTORY.filter(pl.col("tier") != "free", pl.col(column).is_not_null())
        assert float(paid[column].min()) >= 0.001
        dear = paid.filter(pl.col(column) > 200)
        assert set(dear["model_label"].str.split("/").list.last()) <= {
            "o1-pro",
            "o1-pro-2025-03-19",
            "gpt-5.4-pro",
            "gpt-5.4-pro-2026-03-05",
            "gpt-5.5-pro",
            "gpt-5.5-pro-2026-04-24",
        }


def test_no_free_price_outside_a_free_tier_and_no_cached_price_above_input() -> None:
    zero = HISTORY.filter((pl.col("price_input_usd_per_mtok") == 0) | (pl.col("price_output_usd_per_mtok") == 0))
    assert set(zero["tier"]) == {"free"}
    assert HISTORY.filter(pl.col("price_cached_input_usd_per_mtok") > pl.col("price_input_usd_per_mtok")).height == 0


def test_a_single_look_at_a_page_proves_that_day_alone() -> None:
    epoch = HISTORY.filter(pl.col("source") == "epoch")
    assert set(epoch["end_reason"]) == {"point"}


def test_launch_prices_since_trackers_exist_are_confirmed_by_a_tracker() -> None:
    from belief.names.aliases import resolve

    rows = resolve(HISTORY, reference.load("model_aliases"))
    key = ["model", "price_input_usd_per_mtok", "price_output_usd_per_mtok"]
    launches = rows.filter(pl.col("source") == "launch", pl.col("valid_from") >= date(2023, 3, 14))
    confirmed = launches.join(rows.filter(pl.col("source") != "launch").select(key).unique(), on=key, how="semi")
    assert set(launches["model_label"]) - set(confirmed["model_label"]) == set()


def test_rebuilding_prices_gives_the_packaged_rows(shared_data: Path) -> None:
    pytest.importorskip("model_price_radar", reason="model-price-radar-mcp is a build input, not a dependency")
    from research.builders.prices import build_price_history as build

    rows, _ = build.collect(shared_data / "prices" / "tables", shared_data / "forecast" / "epoch_price_trends")
    assert build.frame(build.build(rows, [])).equals(HISTORY)


def test_every_figure_of_a_sellers_page_has_its_address_its_day_and_its_place() -> None:
    pages = reference.load("price_pages")
    assert pages.height > 5000 and pages.filter(~pl.col("source_url").str.starts_with("https://")).is_empty()
    assert pages.filter(
        (pl.col("evidence") == "") | pl.col("observed_at").is_null() | (pl.col("confirmed_at") > pl.col("observed_at"))
    ).is_empty()
    assert pages.filter(pl.col("evidence").str.len_chars() > 400)["source"].unique().to_list() in (
        [],
        ["prices/azure"],
    )  # places and figures, no prose
