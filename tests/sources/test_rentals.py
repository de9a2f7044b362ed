"""Rental offers: dollars per accelerator-hour with the count that divides them, or a refusal."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest

from benchmarks.unseen.rentals import SHAPES as RENTAL_SHAPES
from benchmarks.unseen.rentals import drawings as rental_drawings
from benchmarks.unseen.rentals import score as rental_score
from sources.catalogue import UNTRUSTED, source, sources, stranger
from sources.contract import live_breaches
from sources.pages.quote import ImplausibleValue, PageChanged, RentalQuote
from sources.pages.rentals.names import accelerator_of, why_not
from sources.pages.rentals.offers import Offers, instance, plausible_usd


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
    document |= {"Items": [item], "Count": 1}
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


def test_an_instance_nobody_has_counted_is_shown_and_takes_no_other_down(page: Callable[[str], str]) -> None:
    quotes = {q.sku: q for q in read("aws", page("aws_public_feed_2026-09-10.json").replace("p5.48xlarge", "p9.48xlarge"))}
    assert quotes["p4d.24xlarge"].left_out == "" and "rental_skus" in quotes["p9.48xlarge"].left_out
    assert quotes["p9.48xlarge"].accelerators_in_offer == 0, "nobody divides by a number nobody knows"


def test_names_nobody_has_mapped_are_shown_on_every_page(page: Callable[[str], str]) -> None:
    for name, capture in (("lambda", "lambda_rows_2026-09-16.html"), ("coreweave", "coreweave_blocks_2026-09-16.html")):
        text = page(capture)
        quotes = read(name, text + text.replace("H100", "X900"))
        left = {q.accelerator: q.left_out for q in quotes if q.left_out}
        assert len(left) == 1 and "X900" in next(iter(left)) and "nobody has mapped" in next(iter(left.values()))
        with pytest.raises(PageChanged, match="X900"):
            read(name, text.replace("H100", "X900").replace("B200", "X900"))  # a page of unknown names alone is no offer


def test_a_list_that_is_cut_or_goes_on_is_refused(page: Callable[[str], str]) -> None:
    document = json.loads(page(AZURE))
    for change in ({"NextPageLink": "https://prices.azure.com/next"}, {"Items": document["Items"][:1]}, {"Items": []}, {"Items": None}):
        with pytest.raises(PageChanged):
            read("azure", json.dumps(document | change))
    with pytest.raises(UNTRUSTED):
        read("azure", page(AZURE)[:-40])
    with pytest.raises(PageChanged):
        read("aws", json.dumps({"manifest": {}, "regions": {"US East (N. Virginia)": {}}}))
    with pytest.raises(PageChanged):
        read("lambda", page("lambda_rows_2026-09-16.html").replace("<tbody>", "<tbody hidden>").replace("$", ""))


CAPTURES = {
    "azure": AZURE,
    "aws": "aws_public_feed_2026-09-10.json",
    "coreweave": "coreweave_blocks_2026-09-16.html",
    "lambda": "lambda_rows_2026-09-16.html",
}


@pytest.mark.parametrize("name", sorted(CAPTURES))
def test_every_capture_keeps_the_promises_of_its_contract_and_half_of_it_does_not(name: str, page: Callable[[str], str]) -> None:
    quotes, contract = read(name, page(CAPTURES[name])), source(f"rentals/{name}").contract
    names = [q.accelerator for q in quotes]
    assert live_breaches(contract, len(quotes), names) == []
    assert live_breaches(contract, 0, []) and live_breaches(contract, len(quotes) // 4, names, names, len(quotes))


def test_coreweave_blocks_printed_twice_count_once_and_are_per_node(page: Callable[[str], str]) -> None:
    text = page("coreweave_blocks_2026-09-16.html")
    assert {(q.accelerator, q.value) for q in read("coreweave", text)} == {("H100-SXM", Decimal("6.155")), ("B200-SXM", Decimal("8.6"))}
    with pytest.raises(PageChanged, match="per node"):
        read("coreweave", text.replace("GPU Count", "Racks"))
    two = source("rentals/coreweave").parsed(text.replace("$68.80", "$58.80", 1).encode())
    assert {q.accelerator for q in two.quotes} == {"H100-SXM"}, "of two prices of one offer neither is believed"
    assert [(o.subject, o.extent) for o in two.left_out] == [("NVIDIA HGX B200", "entry")] and "two prices" in two.left_out[0].reason


def test_a_node_price_taken_for_one_gpu_is_refused(page: Callable[[str], str]) -> None:
    text = page("coreweave_blocks_2026-09-16.html").replace('table-meta-value">8<', 'table-meta-value">1<')
    with pytest.raises(PageChanged, match="node's price"):
        read("coreweave", text)
    with pytest.raises(ImplausibleValue, match="node's price"):
        Offers("x").add("A100-SXM-80GB", Decimal("14.32"), "14.32", 1, "e", "l")


def test_a_node_at_a_low_price_is_still_no_gpu_and_a_gpu_divided_twice_is_none() -> None:
    for accelerator, total in (("RTX A6000 48GB", "4.00"), ("L40S", "7.12"), ("H100-SXM", "21.12"), ("H100-SXM", "0.33")):
        with pytest.raises(ImplausibleValue, match="node's price"):
            Offers("x").add(accelerator, Decimal(total), total, 1, "e", "l")  # eight times, or an eighth of, its usual price
    low, high = plausible_usd("H100-SXM")
    assert low < Decimal("0.8") and high > Decimal("12.29"), "spot at its lowest and Azure's list price are believed"


def test_no_packaged_offer_is_outside_what_is_believed() -> None:
    from reference import load

    names = {r["accelerator"]: accelerator_of(r["accelerator"]) or r["accelerator"] for r in load("rental_prices").to_dicts()}
    outside = [
        r
        for r in load("rental_prices").to_dicts()
        if not plausible_usd(names[r["accelerator"]])[0] <= r["usd_per_accelerator_hour"] <= plausible_usd(names[r["accelerator"]])[1]
    ]
    assert outside == []


def test_a_machine_whose_host_costs_more_than_its_gpu_is_shown_apart(page: Callable[[str], str]) -> None:
    text = page("aws_public_feed_2026-09-10.json").replace("p4d.24xlarge", "g6e.16xlarge")  # one L40S, 21.96 USD an hour
    left = [q for q in read("aws", text) if q.left_out]
    assert [(q.accelerator, q.sku) for q in left] == [("g6e.16xlarge", "g6e.16xlarge")] and "a host that costs more" in left[0].left_out


SECOND = {
    "nebius/2026-08-22.rebuilt.html": (10, ("H100-SXM", "3.85", "on_demand", ""), ("L40S", "0.9", "spot", "")),
    "nebius/2026-09-29.cut.html": (
        21,
        ("H200-SXM", "4.5", "on_demand", ""),
        ("H200-SXM", "5.4", "on_demand", "2026-10-01"),
        ("B200-SXM", "0.99", "spot", ""),
    ),
    "lambda/2026-08-22.clusters.cut.html": (6, ("B200-SXM", "9.86", "reserved", ""), ("B200-SXM", "8.87", "reserved", "")),
    "coreweave/2026-08-22.rebuilt.html": (6, ("GB200", "10.5", "on_demand", ""), ("H100-SXM", "2.46375", "spot", "")),
    "hyperstack/2026-08-22.rebuilt.html": (1, ("H100-SXM", "3.2", "on_demand", "")),
}


@pytest.mark.parametrize("capture", sorted(SECOND))
def test_the_real_rental_pages_are_read_whatever_their_tables_are_made_of(capture: str, shared_data: Path) -> None:
    read_as = source(f"rentals/{capture.split('/')[0]}").parsed((shared_data / "rentals2" / "captures" / capture).read_bytes())
    found = {(q.accelerator, f"{q.value:f}", q.term, q.effective_from) for q in read_as.quotes if isinstance(q, RentalQuote)}
    count, *some = SECOND[capture]
    assert len(read_as.quotes) == count and set(some) <= found and not read_as.is_partial


def test_a_price_of_another_product_on_a_rental_page_is_noted_and_not_read(shared_data: Path) -> None:
    read_as = source("rentals/coreweave").parsed(
        (shared_data / "rentals2" / "captures" / "coreweave" / "2026-08-22.rebuilt.html").read_bytes()
    )
    assert {(o.extent, o.subject) for o in read_as.left_out} == {("amount", f"NVIDIA {n}") for n in ("GB200 NVL72", "HGX B200", "HGX H100")}


def test_a_column_nobody_knows_is_no_price_of_the_part() -> None:
    html = (
        "<html><body><h2>GPU prices</h2><table><tr><th>GPU model</th><th>Price per GPU hour</th><th>Support surcharge per GPU hour</th></tr>"
        "<tr><td>NVIDIA H100 SXM</td><td>$2.40</td><td>$1.10</td></tr></table></body></html>"
    )
    read_as = source("rentals/hyperstack").parsed(html.encode())
    assert [f"{q.value}" for q in read_as.quotes] == ["2.4"] and [o.subject for o in read_as.left_out] == ["Support surcharge per GPU hour"]


def test_a_table_of_gpus_without_an_hour_or_a_count_is_left_out_as_a_block() -> None:
    html = (
        "<html><body><table><tr><th>GPU model</th><th>Price per GPU hour</th></tr><tr><td>NVIDIA H100 SXM</td><td>$2.40</td></tr></table>"
        "<table><tr><th>GPU model</th><th>Price per month</th></tr><tr><td>NVIDIA H200 SXM</td><td>$1900</td></tr></table></body></html>"
    )
    read_as = source("rentals/hyperstack").parsed(html.encode())
    assert (
        len(read_as.quotes) == 1
        and read_as.is_partial
        and read_as.left_out[0].extent == "block"
        and "Price per month" in read_as.left_out[0].reason
    )


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


def catalogue(*rows: str, provider: str = "gcp") -> bytes:
    body = BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr(f"v1/{provider}.csv", "\n".join(["instance_name,location,price,gpu_count,gpu_name,gpu_memory,spot", *rows]))
    return body.getvalue()


def test_the_catalogue_counts_chips_of_a_slice_and_shows_what_it_leaves_out() -> None:
    quotes = read(
        "gpuhunt",
        catalogue(
            "v5litepod-8,us-east1,9.6,1,v5litepod-8,128.0,False",
            "v5p-8,us-east5,16.8,1,tpu-v5p-8,95,False",
            "a2,us-east1,4.0,1,A100,40.0,True",
            "nv6,eastus,0.45,1,A10,4.0,False",
            "x,eastus,1.5,1,Quantum7,64,False",
            "h,eastus,98.32,1,H100,80,False",
            "cpu,eastus,0.1,0,,,False",
        ),
    )
    read_as = {q.sku: (q.accelerator, q.value, q.accelerators_in_offer, q.left_out.split(":")[0].split(";")[0]) for q in quotes}
    assert read_as == {
        "v5litepod-8": ("TPU-v5e", Decimal("1.2"), 8, ""),
        "v5p-8": ("TPU-v5p", Decimal("4.2"), 4, ""),
        "a2": ("A100-SXM-40GB", Decimal(4), 1, ""),
        "nv6": ("A10 4.0 GB", Decimal("0.45"), 0, "a slice, or another part than the known one of this name"),
        "x": ("Quantum7 64 GB", Decimal("1.5"), 0, "nobody has mapped this name"),
        "h": ("H100 80 GB", Decimal("98.32"), 0, "outside the plausible prices of this part"),
    }  # a node's price for one GPU
    with pytest.raises(PageChanged, match="expected a price"):
        read("gpuhunt", catalogue("a2,us-east1,four,1,A100,40.0,True"))


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
    assert [
        accelerator_of(n, m) for n, m in (("H100", "94.0"), ("H100NVL", ""), ("RTX4090", "24"), ("RTX6000Ada", "48.0"), ("MI325X", "288"))
    ] == ["H100-NVL", "H100-NVL", "RTX-4090", "RTX 6000 Ada 48GB", "MI325X"]
    assert accelerator_of("NVIDIA X9000") is None and accelerator_of("RTX A5900") is None
    assert accelerator_of("MI250X") == "MI250X", "a card of two dies is not one of them"


def test_a_part_of_another_memory_is_another_part() -> None:
    assert accelerator_of("A10", "24 GB") == "A10" and accelerator_of("V100", "32 GB") == "V100-SXM2-32GB"
    assert accelerator_of("A10", "4 GB") is None, "a sixth of a GPU at a sixth of its price is not that GPU"
    assert accelerator_of("V100", "16 GB") == accelerator_of("Tesla V100-SXM2-16GB") == "V100-16GB"
    assert accelerator_of("V100", "8 GB") is None and "memory differs" in why_not("V100")
    assert accelerator_of("H100 SXM", "640 GB") == "H100-SXM", "the memory of a whole node"


def test_every_listed_accelerator_is_found_by_its_own_name_and_aliases() -> None:
    from reference.specs.engine import project_names, read_list

    assert {n: accelerator_of(n) for n in read_list()["accelerator"] if accelerator_of(n) not in (n, RENTED.get(n))} == {}
    assert set(project_names().values()) == set(read_list()["accelerator"])


RENTED = {"RTX-PRO-6000-Blackwell": "RTX-PRO-6000-SE"}
"""Names whose rented part is another one of the name: clouds hold the server edition."""


def test_every_instance_type_is_known_with_its_address() -> None:
    from reference import load

    table = load("rental_skus")
    known = set(load("accelerator_list")["accelerator"])
    assert set(table["accelerator"]) <= known
    assert table["source_url"].str.starts_with("https://").all() and table.select("provider", "sku").is_duplicated().sum() == 0
    assert instance("azure", "standard_nd96isr_h200_v5") == ("H200-SXM", 8)


ONE_OF_EACH = list({(d.unit, d.place, d.terms): d for d in rental_drawings()}.values())


@pytest.mark.parametrize("shape", RENTAL_SHAPES)
def test_a_list_drawn_in_a_layout_nobody_has_is_read_whole(shape: str) -> None:
    for drawing in ONE_OF_EACH:
        drawn, right, wrong, said = rental_score(shape, drawing)
        assert (right, wrong) == (drawn, 0), (drawing, said)


def test_a_price_by_the_hour_of_nobody_knows_how_many_gpus_is_no_offer() -> None:
    page = "| Instance | Price |\n|---|---|\n| H100 node | $23.92 /hr |\n| A100 node | $11.00 /hr |\n"
    with pytest.raises(UNTRUSTED):
        stranger("acme", "rentals").read(page.encode())
    counted = page.replace("| Instance |", "| Instance | GPUs |").replace("|---|", "|---|---|").replace("node |", "node | 8 |")
    assert [(q.accelerator, q.value) for q in stranger("acme", "rentals").read(counted.encode())][0] == ("H100-SXM", Decimal("2.99"))
