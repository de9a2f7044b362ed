"""What people ask, asked as they would: by the queries that ``marts.start_here`` prints, on the file of an offline run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

QUESTIONS = {
    "cheapest_with_a_score", "my_bill", "who_cut_most", "price_with_cache", "self_host_or_buy", "tokens_per_joule", "how_wrong", "what_changed",
    "who_says_so", "stale_prices", "open_or_closed", "price_per_task",
}  # fmt: skip


@pytest.fixture(scope="module")
def published(offline_home: Path):
    with duckdb.connect(str(offline_home / "published.duckdb"), read_only=True) as con:
        yield con


def ask(con: Any, sql: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = con.cursor().sql(sql).pl().to_dicts()
    return rows


def answer(con: Any, question: str) -> list[dict[str, Any]]:
    ((sql,),) = con.execute("select sql from marts.start_here where table_name = ?", [f"example: {question}"]).fetchall()
    return ask(con, sql)


def test_start_here_lists_the_twelve_questions_and_every_table_function(published) -> None:
    listed = {name for (name,) in published.execute("select table_name from marts.start_here").fetchall()}
    assert {f"example: {q}" for q in QUESTIONS} <= listed
    made = {f"{s}.{f}" if s != "main" else f for s, f in published.execute(
        "select schema_name, function_name from duckdb_functions() where function_type = 'table_macro' and not internal and function_name not like 'asked%'").fetchall()}  # fmt: skip
    assert {f"{m}(...)" for m in made} <= listed


def test_1_the_cheapest_scored_model_is_named_seller_by_seller(published) -> None:
    rows = answer(published, "cheapest_with_a_score")
    assert len(rows) > 10 and all(r["score"] >= 75 for r in rows) and len({r["provider"] for r in rows}) == len(rows)
    best = ask(published, """select min(p.price_output_usd_per_mtok) as usd from marts.price_now p join core.input_score s using (model)
        where p.tier = 'standard' and p.condition = '' and s.benchmark = 'GPQA-Diamond' and s.score >= 75 and p.price_output_usd_per_mtok > 0""")  # fmt: skip
    assert rows[0]["price_output_usd_per_mtok"] == best[0]["usd"]


def test_2_the_bill_of_gpt_4o_fell_from_2250_to_1250_dollars(published) -> None:
    # $5 and $15 in May 2024, $2.50 and $10 since: 300 x 5 + 50 x 15 and 300 x 2.5 + 50 x 10.
    assert [(r["asked"], r["cost_usd"]) for r in answer(published, "my_bill")] == [
        ("on 2024-05-20", 2250.0),
        ("on the vintage day", 1250.0),
    ]


@pytest.mark.parametrize("day", ["2025-06-25", "2025-07-03", "2026-03-01"])
def test_2_the_windows_that_a_lagging_tracker_had_wrong_are_right(published, day) -> None:
    rows = ask(
        published, f"from marts.bill('gpt-4o', input_tokens := 300e6, output_tokens := 50e6, on_day := '{day}') where provider = 'openai'"
    )
    assert [r["cost_usd"] for r in rows] == [1250.0]


def test_2_a_name_means_in_sql_what_it_means_on_the_command_line(published) -> None:
    from datetime import date

    import reference
    from belief.request_cost import canonical_models

    aliases = reference.at("model_aliases", date(2026, 11, 27))
    for name in (
        "gpt-4o",
        "GPT-4o",
        "openai/gpt-4o",
        "claude sonnet 4.5",
        "claude-sonnet-4-5",
        "deepseek-v3.2",
        "llama-3.3-70b-instruct",
        "no such model",
    ):
        ours = {r["provider"]: r["model"] for r in ask(published, f"from marts.meant('{name}', day := '2026-11-27')")}
        theirs = canonical_models(name, ["openai", "openrouter", "anthropic"], date(2026, 11, 27), aliases)
        assert ours.get("*") == theirs.get("*"), name


def test_3_cuts_of_the_year_are_counted_over_offers_sold_on_both_days(published) -> None:
    rows = answer(published, "who_cut_most")
    assert rows and all(r["cuts"] + r["rises"] <= r["offers_on_both_days"] and r["median_cut_share"] < 0 for r in rows)
    assert [r["cuts"] for r in rows] == sorted((r["cuts"] for r in rows), reverse=True)


def test_4_claude_sonnet_with_its_cache_price(published) -> None:
    own = [r for r in answer(published, "price_with_cache") if r["provider"] == "anthropic" and r["valid_to"] is None]
    assert [(r["price_input_usd_per_mtok"], r["price_cached_input_usd_per_mtok"], r["price_output_usd_per_mtok"]) for r in own] == [
        (3.0, 0.3, 15.0)
    ]


def test_5_self_hosting_is_weighed_against_the_cheapest_seller(published) -> None:
    (row,) = answer(published, "self_host_or_buy")
    assert row["accelerators"] == 8 and row["cost_usd_per_month"] == pytest.approx(row["usd_per_accelerator_hour"] * 8 * 730)
    assert row["self_host_usd_per_mtok"] == pytest.approx(row["cost_usd_per_month"] / min(2000, row["capacity_mtok_per_month"]))
    assert row["break_even_mtok_per_month"] == pytest.approx(row["cost_usd_per_month"] / row["api_usd_per_mtok"])
    assert row["verdict"] == "api" and row["tok_s_per_user"] >= 20
    (own,) = ask(
        published,
        f"select throughput_tok_per_s as each from marts.throughput where model = '{row['model']}' and accelerator = 'H100-SXM' "
        f"and precision = '{row['weight_precision']}' and service_level_tok_s_per_user = {row['service_level_tok_s_per_user']}",
    )
    assert row["capacity_mtok_per_month"] == pytest.approx(own["each"] * 8 * 3600 * 730 / 1e6)
    (sold,) = ask(
        published,
        f"select price_input_usd_per_mtok * {row['isl'] / row['osl']} + price_output_usd_per_mtok as usd from marts.price_now where "
        f"provider = '{row['api_provider']}' and model like 'llama-3-3-70b%' and tier = 'standard' and condition = ''",
    )
    assert row["api_usd_per_mtok"] == pytest.approx(sold["usd"])  # what is bought is the same: the output with its input


def test_5_any_model_and_chip_can_be_asked(published) -> None:
    rows = ask(published, "from self_host(model := 'gpt-oss-120b', n := 8, tokens_per_month := 1e9)")
    assert len({r["accelerator"] for r in rows}) > 10 and any(r["verdict"] != "not known" for r in rows)


@pytest.mark.parametrize(
    ("call", "why"),
    [
        ("model := 'no such model'", "no model"),
        ("model := 'gpt-oss-120b', accelerator := 'abacus'", "no accelerator"),
        ("model := 'Llama-3.1-405B', accelerator := 'H100-SXM', n := 1", "does not fit"),
    ],
)
def test_5_a_question_without_an_answer_says_which_part_of_it_is_unknown(published, call, why) -> None:
    (row,) = ask(published, f"from self_host({call})")
    assert row["verdict"].startswith(why) and row["cost_usd_per_month"] is None


def test_6_both_chips_answer_in_tokens_per_joule(published) -> None:
    rows = answer(published, "tokens_per_joule")
    assert {r["accelerator"] for r in rows} == {"H100-SXM", "MI300X"} and all(0.05 < r["tokens_per_joule"] < 500 for r in rows)


def test_8_changes_since_a_day_are_cuts_and_rises_alone(published) -> None:
    rows = answer(published, "what_changed")
    assert all((r["kind"] == "cut") == (r["change_share"] < 0) for r in rows)
    assert all(r["output_after_usd_per_mtok"] != r["output_before_usd_per_mtok"] for r in rows)


def test_9_the_headline_price_leads_to_a_page(published) -> None:
    steps = answer(published, "who_says_so")
    assert {"query", "price", "source"} <= {s["kind"] for s in steps}
    assert all(s["source_url"].startswith("http") for s in steps if s["kind"] == "price")


def test_10_every_price_in_force_is_counted_with_the_day_it_was_last_seen(published) -> None:
    rows = answer(published, "stale_prices")
    assert sum(r["prices"] for r in rows) == ask(published, "select count(*) as n from marts.price_now")[0]["n"]
    assert all(r["oldest"] is not None and r["older_than_30_days"] <= r["prices"] for r in rows)


def test_11_the_gap_between_open_and_closed_weights_is_one_query(published) -> None:
    rows = answer(published, "open_or_closed")
    assert [(r["threshold"], r["open_weights"]) for r in rows] == [(t, o) for t in (60, 70, 80) for o in (False, True)]
    by = {(r["threshold"], r["open_weights"]): r["price_output_usd_per_mtok"] for r in rows}
    assert all(by[80, o] >= by[70, o] >= by[60, o] for o in (False, True))


def test_12_a_task_has_a_price_for_every_counted_model(published) -> None:
    rows = answer(published, "price_per_task")
    assert len({r["model"] for r in rows}) > 30 and all(0 < r["cost_usd_per_task"] < 100 for r in rows)


def test_the_published_file_is_in_a_format_that_duckdb_1_4_reads(offline_home: Path) -> None:
    header = (offline_home / "published.duckdb").read_bytes()[:4096]
    assert header[8:12] == b"DUCK" and int.from_bytes(header[12:20], "little") <= 67  # 1.4 LTS reads 64 to 67


def test_the_file_describes_itself_and_holds_what_its_dictionary_allows(published) -> None:
    assert ask(published, "select count(*) as n from marts.dictionary")[0]["n"] > 1500
    assert not ask(published, "select table_name, column_name, undeclared_values from marts.dictionary where undeclared_values <> ''")
    assert not ask(
        published, "select table_name, column_name from marts.dictionary where table_rows > 0 and filled_rows = 0 and empty_until = ''"
    )
    assert not ask(published, "select table_name, column_name from marts.dictionary where outside_window_rows > 0")
    (window,) = ask(
        published, "select table_name, column_name from marts.dictionary where window_days is not null and table_name like 'marts.%'"
    )
    assert (window["table_name"], window["column_name"]) == ("marts.price_events", "seen_on")
