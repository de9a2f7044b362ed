"""Live readings join the packaged facts without overwriting them."""

from __future__ import annotations

from datetime import date

import polars as pl

from sources.live_facts import electricity, latest_electricity, rental_prices, spec_history
from sources.reading import quote_schema
from sources.reference import load
from sources.specs.history import best_specs, read_history

DAY = date(2026, 11, 25)


def quotes(kind: str, *rows: dict[str, object]) -> pl.DataFrame:
    schema = quote_schema(kind)
    blank = {c: ("" if t == pl.String else None) for c, t in schema.items()}
    return pl.DataFrame([blank | {"observed_at": DAY, "quote_id": f"q{i}", "source_url": "https://x.example"} | r
                         for i, r in enumerate(rows)], schema=schema)


def sheet(value: float, label: str = "H100 SXM") -> dict[str, object]:
    return {"source": "hardware/nvidia", "accelerator": label, "field": "tdp_w", "value": value, "unit": "W", "basis": "official",
            "evidence": "e"}


def test_an_unchanged_sheet_adds_nothing_and_a_changed_one_a_dated_row() -> None:
    known, labels = read_history(), load("accelerator_labels")
    same, unmapped = spec_history(known, quotes("hardware", sheet(700)), labels)
    assert same.height == known.height and unmapped == []
    newer, _ = spec_history(known, quotes("hardware", sheet(720)), labels)
    assert newer.height == known.height + 1
    tdp = (pl.col("accelerator") == "H100-SXM") & (pl.col("field") == "tdp_w")
    assert best_specs(newer, DAY).filter(tdp)["value"].item() == "720"
    assert best_specs(newer, date(2026, 11, 24)).filter(tdp)["value"].item() == "700"


def test_a_part_nobody_has_mapped_is_reported_not_guessed() -> None:
    known = read_history()
    table, unmapped = spec_history(known, quotes("hardware", sheet(900, "H999 SXM")), load("accelerator_labels"))
    assert table.height == known.height and unmapped == ["hardware/nvidia: H999 SXM"]


def test_live_offers_stand_beside_packaged_ones() -> None:
    packaged = load("rental_prices")
    row = {"source": "rentals/lambda", "provider": "lambda", "accelerator": "H100-SXM", "currency": "USD", "term": "on_demand",
           "sku": "NVIDIA H100 SXM", "accelerators_in_offer": 8, "value": 3.99}
    table = rental_prices(packaged, quotes("rentals", row, row | {"currency": "EUR"}))
    assert table.height == packaged.height + 1 and table.schema == packaged.schema
    assert table.filter(pl.col("source") == "rentals/lambda")["usd_per_accelerator_hour"].cast(pl.Float64).item() == 3.99


def test_a_revised_price_is_a_new_vintage_and_each_day_sees_its_own() -> None:
    packaged = load("electricity")
    row = {"source": "energy/eia", "quantity": "electricity_price", "subject": "US-VA", "period": "2026-08", "qualifier": "IND",
           "unit": "cents per kilowatt-hour", "value": 9.5}
    first = electricity(packaged, quotes("energy", row))
    again = electricity(first, quotes("energy", row | {"observed_at": date(2026, 12, 1)}))
    revised = electricity(again, quotes("energy", row | {"observed_at": date(2026, 12, 20), "value": 9.7}))
    assert again.height == first.height and revised.height == first.height + 1
    here = (pl.col("region") == "US-VA") & (pl.col("period") == "2026-08")
    assert latest_electricity(revised, date(2026, 12, 10)).filter(here)["usd_per_kwh"].item() == 0.095
    now = latest_electricity(revised, date(2026, 12, 31)).filter(here).to_dicts()[0]
    assert (now["usd_per_kwh"], now["vintages_count"]) == (0.097, 2) and abs(now["revision_share"] - 0.2 / 9.5) < 1e-9
    euros = row | {"source": "energy/eurostat", "subject": "DE", "period": "2025-S2", "unit": "EUR/kWh", "value": 0.1297}
    table = electricity(packaged, quotes("energy", euros))
    assert table.filter(pl.col("source") == "energy/eurostat")["eur_per_kwh"].item() == 0.1297
