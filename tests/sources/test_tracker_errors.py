"""The known errors of the trackers (design/PRICES.md) come out right in the believed history.

Each figure is the maker's list price of that day, from its own page or announcement named beside it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

import reference
from belief import prices
from belief.request_cost import canonical_models
from sources import health
from sources.backfill import captures
from sources.captures import read_captures
from sources.catalogue import sources
from sources.fetching.archive import Archive
from sources.reading.parsed import quote_schema

DAY = date(2026, 11, 22)
INPUT, OUTPUT = "price_input_usd_per_mtok", "price_output_usd_per_mtok"

LISTED = [
    # o3: launched at 10/40, cut on 2025-06-10 (OpenAI announcement); a tracker went back to 10/40 for ten months
    ("openai", "o3", "2025-05-01", 10, 40),
    ("openai", "o3", "2025-06-12", 2, 8),
    ("openai", "o3", "2025-12-01", 2, 8),
    ("openai", "o3", "2026-08-25", 2, 8),
    # claude-sonnet-5: the rise to 3/15 announced for 2026-09-01 never came
    ("anthropic", "claude-sonnet-5", "2026-08-15", 2, 10),
    ("anthropic", "claude-sonnet-5", "2026-09-15", 2, 10),
    ("anthropic", "claude-sonnet-5", "2026-11-20", 2, 10),
    # deepseek-chat and deepseek-reasoner: five models under two names, a promotion, off-peak prices taken for base prices
    ("deepseek", "deepseek-chat", "2024-08-01", 0.14, 0.28),
    ("deepseek", "deepseek-chat", "2025-01-31", 0.14, 0.28),
    ("deepseek", "deepseek-chat", "2025-03-01", 0.27, 1.1),
    ("deepseek", "deepseek-chat", "2025-07-20", 0.27, 1.1),
    ("deepseek", "deepseek-reasoner", "2025-07-20", 0.55, 2.19),
    ("deepseek", "deepseek-chat", "2025-10-15", 0.28, 0.42),
    ("deepseek", "deepseek-v4-pro", "2026-06-15", 0.435, 0.87),
    # gpt-4o: trackers carried the May price under the name after it had moved to the August release, twice
    ("openai", "gpt-4o-2024-08-06", "2024-10-25", 2.5, 10),
    ("openai", "gpt-4o-2024-08-06", "2025-06-15", 2.5, 10),
    ("openai", "gpt-4o", "2025-06-15", 2.5, 10),
    # slips of ten, fields exchanged, stale and moved aliases
    ("mistral", "ministral-8b", "2025-08-20", 0.1, 0.1),
    ("cohere", "command-r7b-12-2024", "2025-12-05", 0.0375, 0.15),
    ("mistral", "open-mixtral-8x7b", "2024-07-05", 0.7, 0.7),
    ("google", "gemini-1.5-pro", "2025-06-20", 1.25, 5),
    ("google", "gemini-1.5-flash", "2025-06-20", 0.075, 0.3),
    ("openai", "gpt-4", "2025-06-20", 30, 60),
    ("openai", "gpt-3.5-turbo", "2025-08-05", 0.5, 1.5),
    ("anthropic", "claude-3-5-haiku-latest", "2025-06-20", 0.8, 4),
]


def believed(archive: Archive) -> dict[str, pl.DataFrame]:
    """The price tables of the day from an archive, as the daily job builds them."""
    quotes, states = [pl.DataFrame(schema=quote_schema("prices"))], []
    for source in (s for s in sources().values() if s.kind == "prices"):
        reading = read_captures(source, archive, DAY)
        quotes.append(reading.quotes)
        states.append(health.reading_frame(source, reading, DAY, health.capture_frame([])))
    return prices.build(pl.concat(quotes), pl.concat(states), sources(), DAY)


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    return believed(Archive(tmp_path_factory.mktemp("empty")))["core.price_interval"]


@pytest.fixture(scope="module")
def backfilled(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> dict[str, pl.DataFrame]:
    archive = Archive(tmp_path_factory.mktemp("backfilled"))
    list(captures(shared_data / "prices", sources(), archive, datetime.combine(DAY, datetime.min.time(), tzinfo=UTC)))
    return believed(archive)


def price_on(intervals: pl.DataFrame, provider: str, name: str, day: date) -> list[tuple[float, float]]:
    model = canonical_models(name, [provider], day, reference.at("model_aliases", DAY))[provider]
    held = intervals.filter(
        (pl.col("provider") == provider)
        & (pl.col("model") == model)
        & (pl.col("tier") == "standard")
        & (pl.col("condition") == "")
        & (pl.col("valid_from") <= day)
        & (pl.col("valid_to").is_null() | (pl.col("valid_to") > day))
    )
    return held.select(INPUT, OUTPUT).rows()


@pytest.mark.parametrize(("provider", "name", "day", "given", "wanted"), LISTED)
def test_the_list_price_of_the_day_is_believed_from_packaged_history(
    packaged: pl.DataFrame, provider: str, name: str, day: str, given: float, wanted: float
) -> None:
    assert price_on(packaged, provider, name, date.fromisoformat(day)) == [(pytest.approx(given), pytest.approx(wanted))]


@pytest.mark.parametrize(("provider", "name", "day", "given", "wanted"), LISTED)
def test_captured_pages_change_no_list_price_for_the_worse(
    backfilled: dict[str, pl.DataFrame], provider: str, name: str, day: str, given: float, wanted: float
) -> None:
    assert price_on(backfilled["core.price_interval"], provider, name, date.fromisoformat(day)) == [
        (pytest.approx(given), pytest.approx(wanted))
    ]


def test_no_chat_model_is_believed_above_200_dollars_but_those_whose_maker_lists_it(packaged: pl.DataFrame) -> None:
    dear = set(packaged.filter(pl.col(OUTPUT) > 200)["model"])
    assert dear <= {"o1-pro", "gpt-5-4-pro", "gpt-5-5-pro"}, dear


def test_a_wrong_price_is_absent_rather_than_believed(packaged: pl.DataFrame) -> None:
    assert price_on(packaged, "mistral", "open-mixtral-8x7b", date(2024, 5, 5)) == [
        (0.7, 0.7)
    ]  # the tracker had that of 8x22B; the page of March says
    assert price_on(packaged, "mistral", "mistral-small-2409", date(2024, 11, 5)) == []  # the name had moved, its price had not


def test_a_model_whose_name_moved_on_is_not_sold_under_it_any_more(packaged: pl.DataFrame) -> None:
    now = packaged.filter((pl.col("provider") == "deepseek") & pl.col("valid_to").is_null())
    assert "deepseek-v3" not in set(now["model"]) and "deepseek-r1" not in set(now["model"])


def test_a_first_party_page_and_the_feeds_speak_of_one_offer(backfilled: dict[str, pl.DataFrame]) -> None:
    key = ["provider", "model", "tier", "condition"]
    said = backfilled["core.price_witness"]
    fed = said.filter(pl.col("origin") == "packaged").select(key).unique()
    for source, least in (
        ("prices/anthropic", 1.0),
        ("prices/openai", 0.95),
        ("prices/xai", 1.0),
        ("prices/groq", 1.0),
        ("prices/novita", 0.95),
        ("prices/siliconflow", 1.0),
    ):
        own = said.filter(pl.col("source") == source).select(key).unique()
        assert own.join(fed, on=key).height / own.height >= least, source


def test_no_page_is_quarantined_against_the_packaged_history(backfilled: dict[str, pl.DataFrame]) -> None:
    held = backfilled["core.quarantine"].filter(
        pl.col("source").str.starts_with("prices/") & ~pl.col("reason").str.contains("contradicts itself")
    )
    assert set(held["source"]) <= {"prices/openrouter"}, held.select("provider", "model", "source", "reason").rows()


def test_every_label_of_a_makers_own_page_means_a_model(backfilled: dict[str, pl.DataFrame]) -> None:
    ranks = {key: s.contract.rank for key, s in sources().items()}
    own = backfilled["core.unmapped_label"].filter(pl.col("source").is_in([k for k, r in ranks.items() if r == "first_party"]))
    assert set(own["source"]) <= {"prices/zhipu"}, own.rows()  # retired models of the China list, for review


def test_the_announced_rise_is_kept_apart_from_prices_in_force(backfilled: dict[str, pl.DataFrame]) -> None:
    later = backfilled["core.announced_price"]
    assert {"2025-09-05T16:00Z", "2026-08-16T16:00Z"} <= set(later["effective_from"])
    assert {"peak", "off-peak"} <= set(later.filter(pl.col("effective_from") == "2026-08-16T16:00Z")["tier"])


def test_a_yuan_list_beside_a_dollar_list_changes_no_dollar_price(backfilled: dict[str, pl.DataFrame]) -> None:
    rows = backfilled["core.price_interval"].filter(pl.col("provider").is_in(["deepseek", "minimax", "moonshot", "mistral"]))
    assert set(rows.filter(pl.col("currency") != "USD")["condition"].str.extract(r"(list in \w+)$")) == {"list in CNY", "list in EUR"}
    assert rows.filter((pl.col("currency") == "USD") & pl.col("condition").str.contains("list in")).is_empty()
