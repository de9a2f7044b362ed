"""Sentences follow the data: rising, falling, no evidence, not measured."""

from __future__ import annotations

import editions
import polars as pl
import pytest

from reports import narrative
from reports.facts import FactBook


def book(*rows: dict, **marts: pl.DataFrame) -> FactBook:
    facts = pl.DataFrame(list(rows), infer_schema_length=None) if rows else pl.DataFrame()
    return FactBook(editions.full_edition(facts=facts, marts=marts))


@pytest.mark.parametrize(
    ("interval", "words"),
    [
        ((1.7, 3.9), "cheaper a year"),
        ((0.9, 3.9), "No evidence"),
        ((0.4, 0.8), "dearer"),
        ((None, None), "no interval is known"),
    ],
)
def test_the_headline_follows_the_interval(interval, words):
    assert words in str(
        narrative.headline(book(editions.fact("headline.decline_factor", 1.5, "factor_per_year", *interval)))
    )


def test_the_headline_gives_the_interval_and_the_previous_value():
    said = str(narrative.headline(FactBook(editions.full_edition())))
    assert (
        said
        == "AI inference is getting 2.6× cheaper a year (95\u202f% interval 1.7–3.9×; 2.7× in the previous edition)."
    )


def test_an_unmeasured_headline_says_so():
    assert str(narrative.headline(book())) == "How fast the price of inference falls is not yet measured."


@pytest.mark.parametrize(
    ("before", "words"),
    [(0.5, "it is up to"), (0.7, "it is down to"), (0.6, "said the same"), (0.60004, "said the same")],
)
def test_a_change_is_said_only_where_the_printed_figures_differ(before, words):
    rows = [
        editions.fact("headline.frontier_price", 0.6, "usd_per_mtok", 0.55, 0.65),
        editions.fact("headline.frontier_price_previous", before, "usd_per_mtok", 0.55, 0.65),
    ]
    assert words in str(narrative.since(book(*rows), "headline.frontier_price"))


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("accelerating", "speeding up"),
        ("decelerating", "slowing down"),
        ("no evidence", "no evidence"),
        ("nonsense", "not yet measured"),
        (None, "not yet measured"),
    ],
)
def test_acceleration_is_said_as_the_test_found_it(verdict, words):
    assert words in str(
        narrative.acceleration(book(editions.fact("headline.acceleration", 0.02, "p_value", text_value=verdict)))
    )


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.2, 0.9, "no change is a real possibility"),
        (0.2, 0.5, "below today's price"),
        (0.7, 0.9, "above today's price"),
    ],
)
def test_a_forecast_says_whether_it_includes_today(low, high, words):
    rows = [
        editions.fact("headline.frontier_price", 0.6, "usd_per_mtok"),
        editions.fact("headline.forecast_365d", 0.5, "usd_per_mtok", low, high, text_value="2027-11-22"),
    ]
    assert words in str(narrative.forecast(book(*rows)))


@pytest.mark.parametrize(("off", "words"), [(0.0, "sum exactly"), (1e-6, "the rest is unexplained")])
def test_causes_that_do_not_sum_are_not_hidden(off, words):
    causes = pl.DataFrame({"cause": ["a", "b"], "change_log": [-0.05, -0.03 + off]})
    assert words in str(narrative.revision(book(editions.fact("revision.total_log", -0.08, "log"), revision=causes)))


@pytest.mark.parametrize(
    ("ratio", "words"), [(2.7, "the GPU-hour floor of $0.20."), (0.8, "below the cost of renting")]
)
def test_a_price_below_the_floor_is_said(ratio, words):
    rows = [
        editions.fact("headline.gpu_hour_floor", 0.2, "usd_per_mtok"),
        editions.fact("headline.price_to_gpu_hour_floor", ratio, "ratio"),
    ]
    assert words in str(narrative.floors(book(*rows)))


@pytest.mark.parametrize(
    ("gpu", "energy", "words"), [(0.2, 0.01, "GPU-hour floor binds"), (0.01, 0.2, "energy floor binds")]
)
def test_the_floor_that_binds_is_the_higher_one(gpu, energy, words):
    rows = [
        editions.fact("headline.gpu_hour_floor", gpu, "usd_per_mtok"),
        editions.fact("headline.energy_floor", energy, "usd_per_mtok"),
    ]
    assert words in str(narrative.floors(book(*rows)))


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(-1.5, -1.1, "raises total spending"), (-0.9, -0.5, "grows less"), (-1.3, -0.9, "do not say")],
)
def test_elasticity_is_read_by_its_interval(low, high, words):
    assert words in str(narrative.jevons(book(editions.fact("jevons.elasticity", -1.0, "elasticity", low, high))))


def test_a_quiet_day_is_said_and_a_busy_one_counted():
    assert "No price changed" in str(narrative.events(book()))
    assert str(narrative.events(FactBook(editions.full_edition()))) == "Prices of the day: 2 cut, 1 new."
