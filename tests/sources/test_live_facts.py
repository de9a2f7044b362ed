"""Live readings join the packaged facts without overwriting them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl

from belief.live_facts import electricity, known, latest_electricity, rental_prices, spec_history, unmapped_names
from reference import load
from reference.specs.history import best_specs, read_history
from sources.reading.parsed import quote_schema

DAY = date(2026, 11, 25)


def quotes(kind: str, *rows: dict[str, object]) -> pl.DataFrame:
    schema = quote_schema(kind)
    blank = {c: ("" if t == pl.String else None) for c, t in schema.items()}
    return pl.DataFrame(
        [blank | {"observed_at": DAY, "quote_id": f"q{i}", "source_url": "https://x.example"} | r for i, r in enumerate(rows)],
        schema=schema,
    )


def sheet(value: float, label: str = "H100 SXM") -> dict[str, object]:
    return {
        "source": "hardware/nvidia",
        "accelerator": label,
        "field": "tdp_w",
        "value": value,
        "unit": "W",
        "basis": "official",
        "evidence": "e",
    }


def test_an_unchanged_sheet_adds_nothing_and_a_changed_one_a_dated_row() -> None:
    known, labels = read_history(), load("accelerator_labels")
    same, unmapped = spec_history(known, quotes("hardware", sheet(700)), labels)
    assert same.height == known.height and unmapped == []
    newer, _ = spec_history(known, quotes("hardware", sheet(720)), labels)
    assert newer.height == known.height + 1
    tdp = (pl.col("accelerator") == "H100-SXM") & (pl.col("field") == "tdp_w")
    assert best_specs(newer, DAY).filter(tdp)["value"].item() == "720"
    assert best_specs(newer, date(2026, 11, 24)).filter(tdp)["value"].item() == "700"


def test_a_rounded_figure_never_displaces_the_finer_one_and_a_changed_one_does() -> None:
    def used(value: float) -> tuple[str, str]:
        page = sheet(value, "MI300X") | {"source": "hardware/amd", "field": "bf16_dense_tflops", "unit": "TFLOPS dense"}
        table, _ = spec_history(read_history(), quotes("hardware", page), load("accelerator_labels"))
        row = (
            best_specs(table, DAY).filter((pl.col("accelerator") == "MI300X") & (pl.col("field") == "bf16_dense_tflops")).row(0, named=True)
        )
        return row["value"], table.filter((pl.col("accelerator") == "MI300X") & (pl.col("observed_at") == DAY))["qualifier"].item()

    assert used(1300) == ("1307.4", "rounded") and used(1310) == ("1307.4", "rounded")
    assert used(1290) == ("1290", "") and used(1307.5) == ("1307.5", "")


def test_a_part_nobody_has_mapped_is_reported_not_guessed() -> None:
    known = read_history()
    table, unmapped = spec_history(known, quotes("hardware", sheet(900, "H999 SXM")), load("accelerator_labels"))
    assert table.height == known.height and unmapped == ["hardware/nvidia: H999 SXM"]


def test_live_offers_stand_beside_packaged_ones() -> None:
    packaged = load("rental_prices")
    row = {
        "source": "rentals/lambda",
        "provider": "lambda",
        "accelerator": "H100-SXM",
        "currency": "USD",
        "term": "on_demand",
        "sku": "NVIDIA H100 SXM",
        "accelerators_in_offer": 8,
        "value": 3.99,
    }
    table = rental_prices(packaged, quotes("rentals", row, row | {"currency": "EUR"}))
    assert table.height == packaged.height + 1 and table.schema == packaged.schema
    assert table.filter(pl.col("source") == "rentals/lambda")["usd_per_accelerator_hour"].cast(pl.Float64).item() == 3.99


def test_a_page_shown_every_day_leaves_the_first_and_the_last_look_of_each_price() -> None:
    row = {
        "source": "rentals/lambda",
        "provider": "lambda",
        "accelerator": "RTX 4090",
        "currency": "USD",
        "term": "on_demand",
        "sku": "s",
        "accelerators_in_offer": 1,
    }
    prices = [4.0, 4.0, 4.0, 3.0, 3.0, 3.0]
    daily = [row | {"observed_at": date(2026, 11, 1 + i), "value": p} for i, p in enumerate(prices)]
    packaged = load("rental_prices").head(0)
    table = rental_prices(packaged, quotes("rentals", *daily), {"rtx4090": "RTX-4090"})
    assert table.select("observed_at", pl.col("usd_per_accelerator_hour").cast(pl.Float64)).rows() == [
        (date(2026, 11, 1), 4.0),
        (date(2026, 11, 3), 4.0),
        (date(2026, 11, 4), 3.0),
        (date(2026, 11, 6), 3.0),
    ]
    assert set(table["accelerator"]) == {"RTX-4090"}
    same_page = rental_prices(packaged, quotes("rentals", row | {"value": 4.0, "confirmed_at": date(2026, 12, 20)}))
    assert same_page["observed_at"].to_list() == [DAY, date(2026, 12, 20)], "a page that never changed was still seen"


def test_a_name_outside_the_project_is_no_news_and_a_rented_part_without_a_sheet_is() -> None:
    outside = load("accelerator_labels").filter(pl.col("accelerator").is_null()).row(0, named=True)
    history, unmapped = spec_history(
        read_history(), quotes("hardware", sheet(25, outside["label"]) | {"source": outside["source"]}), load("accelerator_labels")
    )
    assert unmapped == []
    shown = unmapped_names(
        ["hardware/nvidia: H999: rev A"],
        load("rental_prices").head(0).vstack(load("rental_prices").head(1).with_columns(accelerator=pl.lit("X999"))),
        history,
    )
    assert set(shown["accelerator_label"]) == {"H999: rev A", "X999"} and shown["reason"].str.contains("add").all()


def test_a_live_statistic_is_a_vintage_of_the_packaged_one_of_its_publisher() -> None:
    packaged = load("electricity")
    first = (
        packaged.filter((pl.col("source") == "EIA") & (pl.col("region") == "US-VA") & (pl.col("sector") == "IND"))
        .sort("period")
        .row(-1, named=True)
    )
    row = {
        "source": "energy/eia",
        "quantity": "electricity_price",
        "subject": "US-VA",
        "period": first["period"],
        "qualifier": "IND",
        "unit": "cents per kilowatt-hour",
    }
    assert electricity(packaged, quotes("energy", row | {"value": first["usd_per_kwh"] * 100})).height == packaged.height
    revised = latest_electricity(electricity(packaged, quotes("energy", row | {"value": first["usd_per_kwh"] * 110})), DAY)
    found = revised.filter((pl.col("region") == "US-VA") & (pl.col("period") == first["period"]) & (pl.col("sector") == "IND")).to_dicts()
    assert len(found) == 1 and found[0]["vintages_count"] == 2 and abs(found[0]["revision_share"] - 0.1) < 1e-6


def test_a_revised_price_is_a_new_vintage_and_each_day_sees_its_own() -> None:
    packaged = load("electricity")
    row = {
        "source": "energy/eia",
        "quantity": "electricity_price",
        "subject": "US-VA",
        "period": "2026-08",
        "qualifier": "IND",
        "unit": "cents per kilowatt-hour",
        "value": 9.5,
    }
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


def test_offers_left_out_are_counted_with_their_reason_and_never_priced() -> None:
    row = {
        "source": "rentals/aws",
        "provider": "aws",
        "accelerator": "p9.48xlarge",
        "currency": "USD",
        "term": "on_demand",
        "value": 99.0,
        "sku": "p9.48xlarge",
        "accelerators_in_offer": 0,
        "left_out": "not counted",
    }
    known = row | {"accelerator": "H100-SXM", "accelerators_in_offer": 8, "value": 6.88, "left_out": "", "sku": "p5.48xlarge"}
    old = row | {"accelerator": "p8.48xlarge", "observed_at": date(2026, 11, 20)}
    offers = quotes("rentals", row, row | {"region": "eu"}, known, old)
    packaged = load("rental_prices").head(0)
    table = rental_prices(packaged, offers)
    assert table["accelerator"].to_list() == ["H100-SXM"]
    assert unmapped_names([], table, read_history(), offers).rows() == [("rentals/aws", "p9.48xlarge", "not counted (2 offers)")]


def test_of_two_readings_on_one_day_the_later_one_is_that_days_price() -> None:
    row = {
        "source": "rentals/lambda",
        "provider": "lambda",
        "accelerator": "H100-SXM",
        "currency": "USD",
        "term": "on_demand",
        "sku": "s",
        "accelerators_in_offer": 1,
    }
    first, second = (
        row | {"value": v, "quote_id": i, "fetched_at": datetime(2026, 11, 25, h, tzinfo=UTC)}
        for v, i, h in ((4.0, "z", 6), (3.0, "a", 18))
    )
    for order in ((first, second), (second, first)):
        table = rental_prices(load("rental_prices").head(0), known(quotes("rentals", *order), DAY))
        assert table["usd_per_accelerator_hour"].cast(pl.Float64).to_list() == [3.0]


def test_an_announced_rental_price_counts_from_its_day_on_and_then_replaces_the_old_one() -> None:
    row = {
        "source": "rentals/nebius",
        "provider": "nebius",
        "accelerator": "H100-SXM",
        "currency": "USD",
        "term": "on_demand",
        "sku": "HGX H100",
        "accelerators_in_offer": 1,
        "fetched_at": datetime(2026, 9, 29, 6, tzinfo=UTC),
        "observed_at": date(2026, 9, 29),
        "confirmed_at": date(2026, 10, 2),
    }
    page = [row | {"value": 3.85}, row | {"value": 4.5, "effective_from": "2026-10-01"}]
    table = rental_prices(load("rental_prices").head(0), quotes("rentals", *page))
    assert table.select("observed_at", pl.col("usd_per_accelerator_hour").cast(pl.Float64)).rows() == [
        (date(2026, 9, 29), 3.85),
        (date(2026, 10, 2), 4.5),
    ]
