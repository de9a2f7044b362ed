"""Rental offers: dollars per accelerator-hour with the count that divides them, or a refusal."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest

from sources.catalog import UNTRUSTED, source, sources
from sources.offers import Offers, accelerator_of, instance
from sources.quote import ImplausibleValue, PageChanged, RentalQuote


def read(name: str, body: bytes | str) -> list[RentalQuote]:
    quotes = source(f"rentals/{name}").read(body.encode() if isinstance(body, str) else body)
    return [q for q in quotes if isinstance(q, RentalQuote)]


@pytest.fixture
def page(shared_data: Path) -> Callable[[str], str]:
    return lambda name: (shared_data / "hardware" / "captures" / "rental_pages" / name).read_text(encoding="utf-8")


AZURE = "azure_retail_prices_ND96isr_H100_v5_2026-09-16.json"


def test_azure_divides_a_machine_by_its_gpus_and_leaves_windows_and_low_priority_out(page: Callable[[str], str]) -> None:
    found = {q.term: q.value for q in read("azure", page(AZURE))}
    assert found == {"on_demand": Decimal("12.29"), "spot": Decimal("2.271192")}


def test_a_reservation_is_divided_by_the_hours_of_its_term(page: Callable[[str], str]) -> None:
    document = json.loads(page(AZURE))
    item = document["Items"][0] | {"type": "Reservation", "reservationTerm": "3 Years", "retailPrice": 26280 * 32.0}
    document["Items"] = [item]
    (quote,) = read("azure", json.dumps(document))
    assert (quote.term, quote.value) == ("reserved_3yr", Decimal(4))


def test_other_currencies_units_and_unknown_machines_are_refused(page: Callable[[str], str]) -> None:
    text = page(AZURE)
    for old, new in (('"USD"', '"EUR"'), ("1 Hour", "1 Month"), ("Standard_ND96isr_H100_v5", "Standard_ND128_X900_v9")):
        with pytest.raises(PageChanged):
            read("azure", text.replace(old, new))


def test_aws_prices_are_those_of_the_instance_divided(page: Callable[[str], str]) -> None:
    found = {q.sku: (q.accelerator, q.value, q.observed_at) for q in read("aws", page("aws_public_feed_2026-09-10.json"))}
    assert found["p5.48xlarge"] == ("H100-SXM", Decimal("6.88"), "2026-09-10")
    with pytest.raises(PageChanged, match="rental_skus"):
        read("aws", page("aws_public_feed_2026-09-10.json").replace("p5.48xlarge", "p9.48xlarge"))


def test_coreweave_blocks_printed_twice_count_once_and_are_per_node(page: Callable[[str], str]) -> None:
    text = page("coreweave_blocks_2026-09-16.html")
    assert {(q.accelerator, q.value) for q in read("coreweave", text)} == {("H100-SXM", Decimal("6.155")), ("B200-SXM", Decimal("8.6"))}
    with pytest.raises(PageChanged, match="per node"):
        read("coreweave", text.replace("GPU Count", "Racks"))
    with pytest.raises(PageChanged, match="two prices"):
        read("coreweave", text.replace("$49.24", "$59.24", 1))


def test_a_node_price_taken_for_one_gpu_is_refused(page: Callable[[str], str]) -> None:
    text = page("coreweave_blocks_2026-09-16.html").replace('table-meta-value">8<', 'table-meta-value">1<')
    with pytest.raises(ImplausibleValue, match="node's price"):
        read("coreweave", text)
    with pytest.raises(ImplausibleValue, match="node's price"):
        Offers("x").add("A100-SXM-80GB", Decimal("14.32"), "14.32", 1, "e", "l")


def test_lambda_reads_the_table_and_not_the_script_beside_it(page: Callable[[str], str]) -> None:
    text = page("lambda_rows_2026-09-16.html")
    assert [q.value for q in read("lambda", text)] == [Decimal("3.99"), Decimal("4.29")]  # not the script's 99.99
    with pytest.raises(PageChanged, match="per GPU and hour"):
        read("lambda", text.replace("PRICE/GPU/HR*", "PRICE/NODE/HR"))


def test_the_catalogue_leaves_out_providers_whose_terms_forbid_it() -> None:
    folder = source("rentals/gpuhunt").folder / "specimens"
    quotes = read("gpuhunt", (folder / "catalog.zip").read_bytes())
    assert {q.provider for q in quotes} == {"nebius", "oci"}
    body = BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("newcloud.csv", "instance_name,location,price,gpu_count,gpu_name,gpu_memory,spot\n")
    with pytest.raises(PageChanged, match="read its terms"):
        read("gpuhunt", body.getvalue())


def test_sources_whose_terms_forbid_collection_are_no_sources() -> None:
    forbidden = ("vast", "runpod", "shadeform", "silicondata", "cme", "together", "crusoe")
    assert [k for k in sources() if k.startswith("rentals/") and any(f in k for f in forbidden)] == []


@pytest.mark.parametrize("name", ["hyperstack", "nebius"])
def test_tables_must_say_that_they_are_per_gpu_and_hour(name: str) -> None:
    text = next((source(f"rentals/{name}").folder / "specimens").glob("*.html")).read_text(encoding="utf-8")
    assert read(name, text)
    with pytest.raises(UNTRUSTED):
        read(name, text.replace("Pricing Per Hour", "Price per month").replace("GPU-hour", "month"))


def test_gpu_names_are_mapped_or_refused() -> None:
    assert accelerator_of("NVIDIA A100 PCIe 80GB") == "A100-PCIe-80GB"
    assert accelerator_of("8x NVIDIA A100 SXM", "40 GB") == "A100-SXM-40GB"
    assert accelerator_of("RTX A5000") is None
    with pytest.raises(PageChanged):
        accelerator_of("NVIDIA X9000")


def test_every_instance_type_is_known_with_its_address() -> None:
    from sources.reference import load

    table = load("rental_skus")
    known = set(load("accelerator_list")["accelerator"])
    assert set(table["accelerator"]) <= known
    assert table["source_url"].str.starts_with("https://").all() and table.select("provider", "sku").is_duplicated().sum() == 0
    assert instance("azure", "standard_nd96isr_h200_v5") == ("H200-SXM", 8)
