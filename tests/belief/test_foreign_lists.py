"""Lists that trackers carry converted are told by their figures alone, and dollars are left dollars."""

from __future__ import annotations

import polars as pl

from belief.judgement.foreign_lists import LISTED, with_currency
from belief.judgement.statements import PRICES, RANKS

RATES = pl.DataFrame({"currency": ["CNY", "CNY", "EUR"], "units_per_usd": [6.9, 7.3, 0.9]})
YUAN = [(0.5, 2.0), (2.0, 8.0), (4.0, 18.0), (6.0, 24.0), (8.0, 28.0), (0.8, 2.0)]


def stated(prices: list[tuple[float, float]], source: str = "feed", rank: int = RANKS["feed"]) -> pl.DataFrame:
    inputs, outputs = zip(*prices, strict=True)
    return pl.DataFrame({PRICES["input"]: inputs, PRICES["output"]: outputs}).with_columns(
        pl.lit(source).alias("source"),
        pl.lit("maker").alias("provider"),
        pl.lit(rank).alias("rank"),
        pl.lit("USD").alias("currency"),
        *(pl.lit(None, dtype=pl.Float64).alias(c) for c in LISTED),
    )


def converted(rate: float, digits: int) -> list[tuple[float, float]]:
    return [(round(a / rate, digits), round(b / rate, digits)) for a, b in YUAN]


def currencies(frame: pl.DataFrame) -> list[str]:
    return with_currency(frame, RATES)["currency"].unique().sort().to_list()


def test_a_list_in_yuan_is_told_at_whatever_rate_and_digits_it_was_converted() -> None:
    assert currencies(stated(converted(7.25, 3))) == ["CNY"]
    assert currencies(stated(converted(7.0, 9))) == ["CNY"]


def test_a_list_in_dollars_stays_one_even_where_its_figures_are_fine() -> None:
    assert currencies(stated(YUAN)) == ["USD"]
    assert currencies(stated([(0.0375, 0.15), (0.075, 0.3), (0.125, 0.375), (1.25, 10.0), (0.018, 0.09), (0.2475, 1.43)])) == ["USD"]


def test_two_odd_figures_are_no_proof() -> None:
    assert currencies(stated(converted(7.25, 3)[:1])) == ["USD"]


def test_only_the_source_that_converted_is_marked_and_no_sellers_page_is() -> None:
    both = pl.concat([stated(converted(7.25, 3), "a"), stated(YUAN, "b"), stated(converted(7.25, 3), "page", RANKS["first_party"])])
    marked = with_currency(both, RATES)
    assert dict(marked.select("source", "currency").unique().rows()) == {"a": "CNY", "b": "USD", "page": "USD"}


def test_the_listed_figures_stand_beside_the_trackers_dollars() -> None:
    given = stated(converted(7.25, 3))
    marked = with_currency(given, RATES)
    assert marked.select(LISTED).rows() == YUAN
    assert marked.drop("currency", *LISTED).equals(given.drop("currency", *LISTED))
    assert with_currency(stated(YUAN), RATES).select(pl.col(LISTED).null_count()).row(0) == (6, 6)
