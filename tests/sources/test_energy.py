"""Electricity prices: nulls, zeros, units and positions read as the interfaces mean them; the key never leaves."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sources.catalogue import UNTRUSTED, source
from sources.contract import ContractBroken, live_breaches
from sources.fetching.fetch import Fetcher, FetchFailed
from sources.pages.quote import EnergyQuote, ImplausibleValue, PageChanged


def read(name: str, body: bytes | str | object) -> list[EnergyQuote]:
    if not isinstance(body, bytes | str):
        body = json.dumps(body)
    quotes = source(f"energy/{name}").read(body.encode() if isinstance(body, str) else body)
    return [q for q in quotes if isinstance(q, EnergyQuote)]


@pytest.fixture
def folder(shared_data: Path) -> Path:
    return shared_data / "hardware" / "captures" / "electricity"


EIA = "eia_v2_retail_sales_2023-01_values_real_envelope_documented.json"


def test_eia_rows_keep_state_sector_and_unit_and_drop_what_is_no_price(folder: Path) -> None:
    quotes = read("eia", (folder / EIA).read_bytes())
    found = {(q.subject, q.qualifier): q for q in quotes}
    assert found["US-AL", "IND"].value == Decimal("6.81") and found["US-AL", "IND"].unit == "cents per kilowatt-hour"
    assert ("US-AK", "OTH") not in found  # null
    assert ("US-AK", "TRA") not in found  # "0" without customers
    assert found["US-AR", "TRA"].value == Decimal("13.94")


def test_a_zero_where_electricity_was_sold_is_refused(folder: Path) -> None:
    document = json.loads((folder / EIA).read_text())
    row = next(r for r in document["response"]["data"] if r["sectorid"] == "IND")
    row["price"] = "0"
    with pytest.raises(ImplausibleValue, match="sold"):
        read("eia", document)


def test_rows_without_state_or_unit_are_refused(folder: Path) -> None:
    with pytest.raises(PageChanged, match="stateid"):
        read("eia", (folder / "eia_monthly_nulls_macrogauge.json").read_bytes())


def test_a_unit_that_changes_is_refused_by_its_bounds(folder: Path) -> None:
    text = (folder / EIA).read_text()
    with pytest.raises(ContractBroken, match="known quantity and unit"):
        read("eia", text.replace("cents per kilowatt-hour", "dollars per megawatt-hour"))
    with pytest.raises(ContractBroken, match="outside"):
        read("eia", text.replace('"price": "20.28"', '"price": "2028"'))


def test_a_total_may_be_text_or_a_number_and_figures_may_start_with_a_point(folder: Path) -> None:
    document = json.loads((folder / EIA).read_text())
    first = read("eia", document)
    document["response"]["total"] = int(document["response"]["total"])
    assert read("eia", document) == first
    document["response"]["data"][0]["price"] = ".95"
    assert read("eia", document)[0].value == Decimal(".95")


def test_eurostat_positions_are_row_major_and_sparse(folder: Path) -> None:
    quotes = read("eurostat", next(folder.glob("eurostat*")).read_bytes())
    assert [(q.qualifier, q.value) for q in quotes] == [
        ("X_TAX MWH500-1999", Decimal("0.1297")),
        ("X_VAT MWH500-1999", Decimal("0.1534")),
        ("X_TAX MWH20-499", Decimal("0.1638")),
        ("X_VAT MWH20-499", Decimal("0.1946")),
        ("I_TAX MWH20-499", Decimal("0.23")),
    ]
    assert {(q.subject, q.period, q.unit) for q in quotes} == {("FR", "2025-S2", "EUR/kWh")}


def test_electricity_for_nothing_is_refused_in_every_source(folder: Path) -> None:
    tariffs = next(folder.glob("eurostat*")).read_text()
    with pytest.raises(ContractBroken, match=r"FR 2025-S2 .*: 0 EUR/kWh is outside"):
        read("eurostat", tariffs.replace("0.1297", "0"))
    rows = [r for r in json.loads((folder / EIA).read_text())["response"]["data"] if r["sectorid"] == "TRA"][:1]
    with pytest.raises(ImplausibleValue, match="sold"):  # without customers beside it nobody knows that nobody was served
        read(
            "eia", {"response": {"data": [{k: v for k, v in r.items() if k not in ("customers", "sales")} | {"price": "0"} for r in rows]}}
        )


def test_two_prices_of_one_month_are_a_contradiction_and_one_given_twice_is_not(folder: Path) -> None:
    document = json.loads((folder / EIA).read_text())
    rows = document["response"]["data"]
    document["response"]["data"] = [*rows, rows[0]]
    assert len(read("eia", document)) == len(read("eia", (folder / EIA).read_bytes())) + 1
    document["response"]["data"] = [*rows, rows[0] | {"price": "11"}]
    with pytest.raises(ContractBroken, match="two values"):
        read("eia", document)


def test_a_mistranslated_unit_is_refused(folder: Path) -> None:
    text = (folder / EIA).read_text()
    for wrong in ("cents per megawatt-hour", "Cent pro Kilowattstunde", "dollars per kilowatt-hour", ""):
        with pytest.raises(ContractBroken, match="known quantity and unit"):
            read("eia", text.replace("cents per kilowatt-hour", wrong))
    with pytest.raises(PageChanged, match="unit of energy"):
        read("eurostat", next(folder.glob("eurostat*")).read_text().replace('"KWH"', '"KWH_DE"'))


def test_captures_keep_the_promises_of_their_contracts_and_emptied_ones_do_not(folder: Path) -> None:
    for name, path in (("eia", folder / EIA), ("eurostat", next(folder.glob("eurostat*")))):
        quotes, contract = read(name, path.read_bytes()), source(f"energy/{name}").contract
        names = [q.subject for q in quotes]
        assert live_breaches(contract, len(quotes), names, names, len(quotes)) == []
        assert live_breaches(contract, len(quotes) // 4, names, names, len(quotes))
        with pytest.raises(UNTRUSTED):
            read(name, path.read_bytes()[:-300])
    with pytest.raises(PageChanged):
        read("eia", {"response": {"total": "10404", "data": []}})


@pytest.mark.parametrize(("old", "new"), [('"KWH"', '"MTOE"'), ('"5"', '"77"'), ('"2.0"', '"1.3"'), ('"currency"', '"money"')])
def test_eurostat_shapes_that_do_not_fit_are_refused(folder: Path, old: str, new: str) -> None:
    with pytest.raises(UNTRUSTED):
        read("eurostat", next(folder.glob("eurostat*")).read_text().replace(old, new))


KEY = "Secret/Key+1"


@pytest.fixture
def echo() -> Iterator[tuple[str, list[str]]]:
    """A server that answers with the address it was asked, as EIA's interface does, and fails for /broken."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            status = 404 if self.path.startswith("/robots") else 500 if self.path.startswith("/broken") else 200
            body = json.dumps({"request": {"params": {"api_key": KEY}}, "path": self.path}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}", asked
    server.shutdown()


def fetcher(host: str) -> Fetcher:
    return Fetcher(
        "ops@example.org",
        clock=lambda: datetime(2026, 11, 22, tzinfo=UTC),
        sleep=lambda _: None,
        proxy="",
        resolver=lambda *_: ["127.0.0.1"],
        trusted_addresses=frozenset({"127.0.0.1"}),
        keys={f"eia.example:{host.split(':')[1]}": ("api_key", KEY)},
    )


def test_the_key_travels_on_the_wire_and_nowhere_else(echo: tuple[str, list[str]]) -> None:
    host, asked = echo
    address = f"http://eia.example:{host.split(':')[1]}"
    answer = fetcher(host).fetch(f"{address}/v2/data/?frequency=monthly")
    assert any("api_key=Secret%2FKey%2B1" in path for path in asked)
    kept = f"{answer.url} {answer.final_url} {answer.body.decode()}"
    assert "Secret" not in kept and "REDACTED" in kept
    with pytest.raises(FetchFailed) as failure:
        fetcher(host).fetch(f"{address}/broken")
    assert "Secret" not in f"{failure.value}{failure.value.__cause__!r}"


def test_without_a_key_the_source_says_what_to_set() -> None:
    with pytest.raises(FetchFailed, match="DEFLATION_EIA_API_KEY"):
        Fetcher("ops@example.org", clock=lambda: datetime(2026, 11, 22, tzinfo=UTC)).fetch(source("energy/eia"))
    assert "api_key" not in " ".join(source("energy/eia").contract.urls)
