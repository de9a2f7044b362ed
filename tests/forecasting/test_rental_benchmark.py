"""Rentals as a benchmark: matched links, breaks at gaps, suppression, families apart."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

import reference
from forecasting.floors.rentals import believed
from forecasting.indices import rental_index

TODAY = date(2026, 11, 27)


def offers(*rows: tuple[str, str, float, str]) -> pl.DataFrame:
    """Rentals from (month 'YYYY-MM', provider, USD per hour, provider kind), one part and term, seen on the 15th."""
    return pl.DataFrame(
        [
            {
                "provider": p,
                "accelerator": "H100-SXM",
                "region": "",
                "term": "on_demand",
                "accelerators_in_offer": 1,
                "note": "",
                "source": "s",
                "usd_per_accelerator_hour": usd,
                "provider_kind": kind,
                "observed_at": date.fromisoformat(f"{month}-15"),
            }
            for month, p, usd, kind in rows
        ]
    )


def index(*rows: tuple[str, str, float, str], family: str = "neocloud") -> dict[str, dict]:
    """month -> row of one family."""
    table = rental_index.build(offers(*rows), TODAY).filter(pl.col("seller_family") == family)
    return {f"{r['month']:%Y-%m}": r for r in table.iter_rows(named=True)}


def each(month: str, *usd: float) -> list[tuple[str, str, float, str]]:
    """One offer of each of a, b, c ... in a month."""
    return [(month, name, price, "cloud") for name, price in zip("abcdef", usd, strict=False)]


def test_matched_changes_chain_and_a_new_dear_seller_moves_nothing() -> None:
    found = index(*each("2026-01", 2.0, 3.0, 4.0), *each("2026-02", 1.0, 1.5, 2.0), ("2026-02", "d", 50.0, "cloud"))
    assert found["2026-01"]["status"] == "begins"
    assert found["2026-02"]["index_ratio"] == pytest.approx(0.5)
    assert found["2026-02"]["status"] == "published"
    assert found["2026-02"]["level_usd_per_hour"] == pytest.approx(1.75)


def test_an_offer_seen_in_two_years_only_gives_no_value_between_and_no_change_of_one() -> None:
    found = index(*each("2025-07", 2.0, 3.0, 4.0), *each("2026-07", 4.0, 6.0, 8.0))
    assert set(found) == {"2025-07", "2026-07"}
    assert found["2026-07"]["status"] == "link_missing"
    assert found["2026-07"]["chain_start"] == date(2026, 7, 1)
    assert found["2026-07"]["index_ratio"] == 1.0


def test_two_sellers_are_suppressed_with_the_number() -> None:
    found = index(*each("2026-01", 2.0, 3.0), *each("2026-02", 2.0, 3.0))
    assert found["2026-02"]["status"] == "suppressed: 2 of 3 sellers"
    assert found["2026-02"]["index_ratio"] is None
    assert found["2026-02"]["level_usd_per_hour"] is None


def test_three_sellers_of_whom_one_is_matched_are_suppressed_and_a_new_chain_begins_after() -> None:
    found = index(
        *each("2026-01", 2.0, 3.0, 4.0),
        ("2026-02", "a", 2.0, "cloud"),
        ("2026-02", "x", 3.0, "cloud"),
        ("2026-02", "y", 3.0, "cloud"),
        ("2026-03", "a", 1.0, "cloud"),
        ("2026-03", "x", 1.5, "cloud"),
        ("2026-03", "y", 1.5, "cloud"),
    )
    assert found["2026-02"]["status"] == "suppressed: 1 matched changes of 1 sellers"
    assert found["2026-03"]["index_ratio"] == pytest.approx(0.5)
    assert found["2026-03"]["chain_start"] == date(2026, 2, 1)


def test_families_are_never_blended() -> None:
    rows = [*each("2026-01", 2.0, 2.0, 2.0), ("2026-01", "aws", 9.0, "cloud"), ("2026-01", "vast", 1.0, "marketplace")]
    table = rental_index.build(offers(*rows), TODAY)
    assert set(table["seller_family"]) == {"neocloud", "hyperscaler", "marketplace"}
    assert index(*rows)["2026-01"]["level_usd_per_hour"] == 2.0


def test_no_month_without_an_observation_has_a_value_on_the_packaged_offers() -> None:
    rentals = believed(reference.load("rental_prices"), TODAY)
    table = rental_index.build(rentals, TODAY)
    seen = set(
        rentals.with_columns(pl.col("observed_at").dt.truncate("1mo").alias("month")).select("accelerator", "term", "month").unique().rows()
    )
    assert set(table.select("accelerator", "term", "month").rows()) == seen
    assert (
        table.filter(pl.col("status") == "published")["series_count"].min() >= 3
        if table.filter(pl.col("status") == "published").height
        else True
    )
