"""Answers follow the data: every template on a fall, a rise, neither and missing; words about the present need a day."""

from __future__ import annotations

from datetime import date, timedelta

import editions
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import charts, narrative, questions
from reports.charts import findings
from reports.facts import FactBook
from reports.freshness import Confirmed
from reports.narrative.words import between, direction, moved
from reports.questions import changed, floors, outlook, pace, record, unknown
from reports.writing.shown import Shown, StaleWord, say


def book(*rows: dict, **marts: list[dict]) -> FactBook:
    facts = pl.DataFrame(list(rows), infer_schema_length=None) if rows else pl.DataFrame()
    return FactBook(editions.full_edition(facts=facts, marts={k: editions.declared(f"marts.{k}", v) for k, v in marts.items()}))


def rate(value: float | None, low: float | None = None, high: float | None = None, fact: str = "headline.decline_factor") -> dict:
    return editions.fact(fact, value, "factor_per_year", low, high)


STATES = {
    "fall": (rate(2.0, 1.6, 2.5), "fell", "50", "between 38\u202f% and 60\u202f% less"),
    "rise": (rate(0.5, 0.4, 0.8), "rose", "100", "between 20\u202f% and 150\u202f% more"),
    "neither": (rate(1.02, 0.92, 1.12), "flat", "flat", "between 11\u202f% less and 9\u202f% more"),
    "exactly nothing": (rate(1.0), "flat", "flat", "no interval is known"),
    "fall without interval": (rate(2.0), "fell", "50", "no interval is known"),
    "rise without interval": (rate(0.5), "rose", "100", "no interval is known"),
    "missing": (rate(None), "unknown", "not known", "no data"),
}


@pytest.mark.parametrize("state", STATES)
def test_the_words_of_a_measure_follow_its_sign(state):
    fact, way, figure, interval = STATES[state]
    said = book(fact)
    change = said.change("headline.decline_factor")
    assert direction(change) == way
    assert figure in str(moved(change)) and str(between(change)) == interval
    top, title, subject = (str(f(said)) for f in (pace.headline, pace.chart_title, pace.short))
    words = {"fell": "fell", "rose": "rose", "flat": "stayed flat", "unknown": "not known"}
    assert all(words[way] in text for text in (top, title, subject))
    assert not any(w in top for k, w in words.items() if k != way)


@settings(deadline=None, max_examples=60)
@given(st.floats(0.05, 20), st.floats(1.0, 5.0))
def test_nothing_is_said_to_have_fallen_when_the_whole_interval_rose(value, spread):
    said = book(rate(value, value / spread, value * spread))
    text = f"{pace.headline(said)} {pace.chart_title(said)} {pace.short(said)}"
    assert ("fell" in text) == (value / spread > 1) and ("rose" in text) == (value * spread < 1)


@pytest.mark.parametrize(
    ("other", "differs"),
    [(rate(1.8, 1.5, 2.2, "headline.decline_factor_fresh"), True), (rate(1.01, 0.9, 1.1, "headline.decline_factor_fresh"), False)],
)
def test_measures_that_differ_are_never_shown_without_a_because(other, differs):
    said = book(rate(1.02, 0.92, 1.12), other)
    assert (" because " in str(pace.because(said))) == differs
    assert ("while" in str(pace.headline(said))) == differs


@pytest.mark.parametrize(
    ("low", "high", "title", "words"),
    [
        (0.2, 0.5, "fall from", "a fall"),
        (0.7, 0.9, "rise from", "a rise"),
        (0.2, 0.9, "may fall, stay or rise", "may fall, stay or rise"),
        (None, None, "not known", "no interval"),
    ],
)
def test_a_forecast_says_which_side_of_the_price_it_lies_on(low, high, title, words):
    rows = [
        editions.fact("headline.frontier_price", 0.6, "usd_per_mtok"),
        editions.fact("headline.forecast_365d", 0.5, "usd_per_mtok", low, high),
    ]
    assert title in str(outlook.chart_title(book(*rows))) and words in str(outlook.forecast(book(*rows)))


def test_no_forecast_and_no_price_are_said():
    assert str(outlook.forecast(book())) == "No forecast has been issued." and "not known" in str(outlook.price(book()))


@pytest.mark.parametrize(("median", "where"), [(0.1, "below"), (0.5, "within"), (0.9, "above")])
def test_a_forecast_stands_beside_what_such_prices_did_in_the_last_year(median, where):
    rows = [
        editions.fact("headline.frontier_price", 0.6, "usd_per_mtok"),
        editions.fact("headline.forecast_365d", median, "usd_per_mtok", 0.05, 0.95),
    ]
    last = {**rate(1.2, 0.9, 2.0, "headline.usual_factor"), "text_value": "2026-11-22", "n": 17}
    said = str(outlook.usual(book(*rows, last)))
    assert f"lies {where}" in said and "50\u202f% less and 10\u202f% more" in said
    assert str(outlook.usual(book(*rows))) == ""


@pytest.mark.parametrize(("median", "because"), [(0.4, False), (0.8, True)])
def test_a_forecast_against_the_measured_direction_has_a_because(median, because):
    rows = [
        rate(2.0, 1.5, 3.0),
        editions.fact("headline.frontier_price", 0.6, "usd_per_mtok"),
        editions.fact("headline.forecast_365d", median, "usd_per_mtok", 0.1, 0.9),
    ]
    assert (" because " in str(outlook.because(book(*rows)))) == because


@pytest.mark.parametrize(
    ("ratio", "words"), [(2.7, "covers the cost"), (0.8, "below the cost"), (1.0, "covers the cost"), (None, "not known")]
)
def test_the_price_against_its_cost_follows_the_ratio(ratio, words):
    rows = [
        editions.fact("headline.gpu_hour_floor", 0.2, "usd_per_mtok"),
        editions.fact("headline.price_to_gpu_hour_floor", ratio, "ratio"),
    ]
    assert words in str(floors.against_cost(book(*rows)))


def test_a_price_below_its_cost_is_explained():
    below = [{"series": "A at least 1", "model": "m", "price_usd_per_mtok": 0.1, "price_to_gpu_hour_floor_ratio": 0.8}]
    assert "because" in str(
        floors.floors(
            book(series_floor_gap=below, frontier=[{"series": "A at least 1", "is_headline": True, "obs_date": editions.AS_OF}])
        ).said[-1]
    )


@pytest.mark.parametrize(
    ("ratios", "words"),
    [
        ((0.7, 0.8), "closer than repeating the last price at every"),
        ((1.2, 1.1), "no closer"),
        ((0.7, 1.2), "not over the others"),
        ((), "No forecast has come due"),
    ],
)
def test_the_record_is_told_as_it_is(ratios, words):
    rows = [
        {"model": "m", "is_champion": True, "horizon_days": h, "crps_ratio": r, "n": 9} for h, r in zip((30, 365), ratios, strict=False)
    ]
    said = book(track_record=rows) if rows else book()
    assert words in str(record.chart_title(said)) and record.record(said).said


@pytest.mark.parametrize(
    ("before", "words"), [(0.5, "it is up to"), (0.7, "it is down to"), (0.6, "gave the same"), (0.60004, "gave the same")]
)
def test_a_change_is_said_only_where_the_printed_figures_differ(before, words):
    rows = [
        editions.fact("headline.frontier_price", 0.6, "usd_per_mtok", 0.55, 0.65),
        editions.fact("headline.frontier_price_previous", before, "usd_per_mtok", 0.55, 0.65),
    ]
    assert words in str(changed.changed(book(*rows)).said[0])


def test_a_first_edition_has_nothing_to_compare_with():
    assert "first edition" in str(changed.changed(book()).said[0])


@pytest.mark.parametrize(("off", "words"), [(0.0, "sum exactly"), (1e-6, "the rest is unexplained")])
def test_causes_that_do_not_sum_are_not_hidden(off, words):
    causes = [{"cause": "a", "change_log": -0.05}, {"cause": "b", "change_log": -0.03 + off}]
    assert words in str(narrative.revision(book(editions.fact("revision.total_log", -0.08, "log"), revision=causes)))


@pytest.mark.parametrize(
    ("factor", "words"), [(1.3, "cheaper ("), (0.761, "31\u202f% dearer"), (1.0, "cost the same"), (None, "not known")]
)
def test_a_basket_that_rose_is_not_explained_as_a_fall(factor, words):
    said = book(editions.fact("decomposition.total_factor", factor, "factor", text_value="a to b"))
    assert words in str(narrative.basket(said))


@pytest.mark.parametrize(("factor", "words"), [(1.3, "fell"), (0.761, "rose"), (1.0, "stood still"), (None, "not known")])
def test_the_title_over_the_parts_follows_the_total(factor, words):
    rows = [{"component": "rental", "change_factor": 0.8, "change_share": 0.74}]
    assert words in str(findings.parts(book(editions.fact("decomposition.total_factor", factor, "factor"), decomposition=rows)))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((3.0, 1.0), "1 of 1 x fell"),
        ((1.0, 3.0), "1 of 1 x rose"),
        ((2.0, 2.0), "0 of 1 x fell over the time shown, 0 rose"),
        ((2.0,), "Too few points"),
        ((), "Too few points"),
    ],
)
def test_the_title_over_lines_counts_those_that_fell(values, words):
    data = pl.DataFrame(
        {"series": ["s"] * len(values), "date": [date(2026, 1, 1 + i) for i in range(len(values))], "v": list(values)},
        schema={"series": pl.String, "date": pl.Date, "v": pl.Float64},
    )
    assert words in str(findings.fell(book(), "x", data, "series", "v"))


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (1.2, 2.0, "1 of 1 x fell for certain, 0 rose"),
        (0.4, 0.8, "0 of 1 x fell for certain, 1 rose"),
        (0.9, 1.1, "0 of 1 x fell for certain, 0 rose"),
    ],
)
def test_the_title_over_rates_counts_what_is_certain(low, high, words):
    assert words in str(findings.certain(book(), "x", pl.DataFrame({"rate": [1.0], "lower": [low], "upper": [high]})))


@pytest.mark.parametrize(("below", "words"), [(0.5, "as often below"), (0.8, "fell below"), (0.2, "fell above")])
def test_the_title_over_outcomes_follows_their_balance(below, words):
    data = pl.DataFrame({"lower": [0.0, 0.5], "upper": [0.5, 1.0], "share": [below, 1 - below]})
    assert words in str(findings.balance(data))


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("accelerating", "faster"),
        ("decelerating", "more slowly"),
        ("no evidence", "Too early"),
        ("nonsense", "not known"),
        (None, "not known"),
    ],
)
def test_the_pace_is_said_as_the_test_found_it(verdict, words):
    assert words in str(narrative.acceleration(book(editions.fact("headline.acceleration", 0.02, "p_value", text_value=verdict))))


@pytest.mark.parametrize(("task", "words"), [(2.0, "fell 50"), (0.5, "rose 100"), (1.0, "stayed flat"), (None, "not known")])
def test_the_cost_of_a_task_follows_its_sign(task, words):
    assert words in str(narrative.per_task(book(rate(task, fact="headline.cost_per_task_factor"), rate(1.5))))


@pytest.mark.parametrize(
    ("low", "high", "words"), [(-1.5, -1.1, "raises total spending"), (-0.9, -0.5, "grows less"), (-1.3, -0.9, "do not say")]
)
def test_elasticity_is_read_by_its_interval(low, high, words):
    assert words in str(narrative.jevons(book(editions.fact("jevons.elasticity", -1.0, "elasticity", low, high))))


# freshness


def confirmed(age: int | None, cadence: float | None) -> Confirmed:
    day = None if age is None else editions.AS_OF - timedelta(days=age)
    return Confirmed(editions.AS_OF, day, cadence, Shown("13 November 2026", "freshness:x.confirmed_at"))


@pytest.mark.parametrize(
    ("age", "cadence", "fresh"),
    [
        (0, 1, True),
        (1, 1, False),
        (2, 1, False),
        (6, 7, True),
        (7, 7, False),
        (0, None, True),
        (3, None, False),
        (None, 7, False),
        (-1, 7, False),
    ],
)
def test_the_present_may_be_spoken_of_only_inside_the_sources_cadence(age, cadence, fresh):
    at = confirmed(age, cadence)
    assert at.is_fresh == fresh
    assert ("today" in str(at.when())) == fresh and ("today" in str(at.as_seen())) == fresh
    assert (str(at.no_change()) == "No price changed.") == fresh
    assert fresh or "not known" in str(at.no_change())


@pytest.mark.parametrize(
    "words", ["costs a dollar today", "Today's price", "no change", "No price changed", "it is unchanged", "costs now", "currently cheap"]
)
def test_a_sentence_cannot_speak_of_the_present_by_itself(words):
    with pytest.raises(StaleWord):
        say(words)


def test_the_page_says_today_only_where_the_price_was_seen_within_its_cadence():
    def made(age: int) -> str:
        rows = [
            {"fact_id": i, "confirmed_at": editions.AS_OF - timedelta(days=age), "cadence_days": 1} for i in editions.facts()["fact_id"]
        ]
        edition = editions.full_edition(marts=editions.marts() | {"fact_freshness": editions.declared("marts.fact_freshness", rows)})
        return " ".join(str(s) for a in questions.answers(FactBook(edition)) for s in a.said) + str(questions.seen(FactBook(edition)))

    assert "today" in made(0) and "today" not in made(86) and "28 August 2026" in made(86)


def test_a_quiet_month_is_said_with_the_day_of_the_newest_price_and_a_busy_one_is_counted():
    assert "not known" in str(changed.counted(book()))
    assert (
        str(changed.counted(FactBook(editions.full_edition())))
        == "Confirmed in the last month: 3 cuts, 1 rise, 1 new, 1 withdrawn. Newest price confirmed today."
    )


def test_a_table_that_is_cut_says_k_of_n_by_what(full):
    many = [
        {
            "event_date": editions.AS_OF,
            "kind": "cut",
            "provider": "p",
            "model": f"m{i}",
            "token_class": "output",
            "change_share": -i / 100,
            "status": "confirmed",
        }
        for i in range(9)
    ]
    made = changed.who(book(price_events=many)).table
    assert made is not None and len(made.rows) == 3 and "(3 of 9, by size, one per offer)" in str(made.caption)
    assert [str(r[1]) for r in made.rows] == [f"{m} at p, output" for m in ("m8", "m7", "m6")]


def test_an_offer_is_listed_once_and_cached_input_comes_last():
    moved = [("m", "output", -0.2), ("m", "input", -0.3), ("n", "cached_input", 4.0), ("o", "input", 0.1), ("m", "cached_input", -0.9)]
    rows = [
        {
            "event_date": editions.AS_OF,
            "kind": "cut",
            "provider": "p",
            "model": m,
            "token_class": t,
            "change_share": c,
            "status": "confirmed",
        }
        for m, t, c in moved
    ]
    made = changed.who(book(price_events=rows)).table
    assert made is not None and [str(r[1]) for r in made.rows] == ["m at p, input", "o at p, input", "n at p, cached input"]


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (0.3, "went up from $0.30 on"),
        (0.9, "went down from $0.90 on"),
        (0.6, "is $0.60, as on"),
        (0.6001, "is $0.60, as on"),
        (None, "first edition"),
    ],
)
def test_the_forecast_is_set_beside_the_one_before_it(before, words):
    rows = [editions.fact("headline.forecast_365d", 0.6, "usd_per_mtok", 0.3, 1.2)]
    rows += [editions.fact("revision.previous_value", before, "usd_per_mtok")] if before else []
    assert words in str(changed.changed(book(*rows)).said[0])


def test_the_cause_of_a_change_is_told_in_words_and_not_by_the_name_of_a_step():
    causes = [{"cause": "passage_of_time", "change_log": 0.1}, {"cause": "new_prices", "change_log": -0.4}]
    rows = [editions.fact("headline.forecast_365d", 0.6, "usd_per_mtok"), editions.fact("revision.previous_value", 0.8, "usd_per_mtok")]
    said = str(changed.changed(book(*rows, revision=causes)).said[0])
    assert said.endswith("Main cause: prices that were new.") and "_" not in said


@pytest.mark.parametrize(
    ("held", "words"), [((0.84, 0.85), "fewer than it promises"), ((0.93, 0.9), "as many as it promises"), ((0.84, 0.95), "of outcomes.")]
)
def test_an_interval_that_held_less_than_its_name_says_so(held, words):
    rows = [
        {"horizon_days": h, "model": "m", "is_champion": True, "n": 9, "coverage_90_share": c}
        for h, c in zip((365, 180), held, strict=True)
    ]
    assert words in str(record.record(book(track_record=rows)).said[0])


def test_all_gaps_are_counted_where_not_all_are_told():
    rows = [{"topic": f"topic {chr(97 + i)}", "why": "nobody says"} for i in range(5)]
    assert "5 gaps" in str(unknown.unknown(book(not_known=rows)).said[-1])


@pytest.mark.parametrize("name", sorted(charts.ALL))
def test_a_chart_without_data_is_not_drawn(name):
    assert charts.ALL[name](book()) is None


def test_an_unconfirmed_move_is_counted_apart_and_never_listed():
    rows = [
        {
            "event_date": editions.AS_OF,
            "kind": "rise",
            "provider": "p",
            "model": "m",
            "token_class": "output",
            "change_share": 39.0,
            "status": s,
        }
        for s in ("unconfirmed", "held")
    ]
    answer = changed.who(book(price_events=rows))
    assert answer.table is None and "2 more are not confirmed" in str(answer.said[0])
