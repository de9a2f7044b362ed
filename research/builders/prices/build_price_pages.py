"""Rebuild reference/price_pages.parquet: prices that sellers published, read by hand or from their own meters.

    .venv/bin/python -m research.builders.prices.build_price_pages DEFLATION_DATA

Inputs: the hand-read rows beside the captures of ``prices`` and ``prices2`` (an ``index.csv`` says which page and day each
is of) and Azure's retail meters. Each row keeps the page's address, the day it was shown, and the place of the figure: the
row of the list with the figures as printed. No sentence of a page is kept. What has no day or is no publisher's page is
printed as skipped.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl

from reference.schema import SCHEMAS
from sources.backfill import PART_OF_A_PAGE, days
from sources.catalogue import sources
from sources.pages.build import PriceRows
from sources.pages.quote import WIDE_COMPONENTS, PriceQuote
from sources.providers.azure.meters import read_items

FOLDER = Path(__file__).resolve().parents[3] / "reference"
METERS_URL = "https://prices.azure.com/api/retail/prices"
NEWEST = date(2026, 11, 22)
"""The day of the newest snapshot of the study: a copy whose month is still running is not of a later day."""
FACTS = "facts of public price lists"
Row = dict[str, object]


def hand_read(folder: Path, skipped: Counter[str]) -> list[Row]:
    """The rows beside the captures of one folder, a row per printed figure."""
    with (folder / "index.csv").open(encoding="utf-8-sig", newline="") as file:
        listed = [r for r in csv.DictReader(file) if r.get("expected_csv")]
    rows: list[Row] = []
    for entry in listed:
        span = days(entry.get("capture_date") or entry.get("date") or "")
        path = folder / entry["expected_csv"]
        if span is None or not path.exists():
            skipped[f"no day or no rows: {entry['file']}"] += 1
            continue
        with path.open(encoding="utf-8-sig", newline="") as file:
            read = list(csv.DictReader(file))
        for n, row in enumerate(read):
            rows += _figures(entry, row, n, (span[0], min(span[1], NEWEST)))
    return rows


def _figures(entry: dict[str, str], row: dict[str, str], n: int, span: tuple[date, date]) -> list[Row]:
    """One long row per figure of one wide row."""
    url = (entry.get("official_url") or entry.get("url") or "").split(" ")[0]
    part = any(p in entry["kind"] for p in PART_OF_A_PAGE) or "excerpt" in entry["kind"] or "cut" in entry["kind"]
    printed = {c: row[w].strip() for c, w in WIDE_COMPONENTS.items() if row.get(w, "").strip()}
    place = f"row {n + 1}: {row['model']}" + "".join(f" | {c.replace('_', ' ')} {v}" for c, v in printed.items()) + f" per {row['unit']}"
    common: Row = {
        "provider": entry["provider"],
        "model_label": row["model"],
        "tier": row["tier"] or "standard",
        "condition": row["condition"] or "",
        "unit": row["unit"],
        "currency": row["currency"],
        "status": "in_force",
        "effective_from": row.get("valid_from") or "",
        "effective_to": row.get("valid_to") or "",
        "wide_row": n,
        "evidence": place,
        "source": f"prices/{entry['provider']}",
        "source_ref": entry.get("found_in") or entry.get("repo_ref") or entry["file"],
        "source_url": f"{url}#{Path(entry['file']).stem}" if part else url,
        "licence": FACTS,
        "observed_at": span[1],
        "confirmed_at": span[0],
        "basis": "quoted",
    }
    return [common | {"component": c, "value": float(v)} for c, v in printed.items()]


def meters(path: Path) -> list[Row]:
    """Azure's retail meters, read by the reader of their service; the regions of a meter are its place, not its price."""
    with path.open(newline="") as file:
        listed = list(csv.DictReader(file))
    rows: list[Row] = []
    for start in sorted({r["effective_start"] for r in listed}):
        items = [
            {
                "meterName": r["meter"],
                "unitOfMeasure": r["unit"],
                "productName": r["product"],
                "retailPrice": r["retail_price_usd"],
                "currencyCode": "USD",
                "armRegionName": "",
                "effectiveStartDate": r["effective_start"],
            }
            for r in listed
            if r["effective_start"] == start
        ]
        rows += _metered(items, date.fromisoformat(listed[0]["observed_date"]), len(rows))
    return rows


def _metered(items: list[dict[str, str]], day: date, first: int) -> list[Row]:
    wide = PriceRows("")
    seen: dict[tuple[str, str], dict[str, str]] = {}
    for item in items:  # several regions of one meter may differ in price: the lowest is the list, as on the price page
        key = (item["meterName"], item["unitOfMeasure"])
        if key not in seen or float(item["retailPrice"]) < float(seen[key]["retailPrice"]):
            seen[key] = item
    read_items(list(seen.values()), wide)
    return [_of_meter(q, day, first) for q in wide.quotes if q.row is not None]


def _of_meter(quote: PriceQuote, day: date, first: int) -> Row:
    return {
        "provider": "azure",
        "model_label": quote.model_label,
        "tier": quote.tier,
        "condition": quote.condition,
        "unit": quote.unit,
        "currency": quote.currency,
        "status": "in_force",
        "effective_from": quote.effective_from,
        "effective_to": "",
        "wide_row": first + (quote.row or 0),
        "evidence": quote.evidence,
        "source": "prices/azure",
        "source_ref": f"retail meters of {day}",
        "source_url": METERS_URL,
        "licence": FACTS,
        "observed_at": day,
        "confirmed_at": day,
        "basis": "quoted",
        "component": quote.component,
        "value": float(quote.value),
    }


def main() -> None:
    """Write ``price_pages.parquet``; print what was read of each source and what was left out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=FOLDER)
    args = parser.parse_args()
    skipped: Counter[str] = Counter()
    rows = [row for name in ("prices", "prices2") for row in hand_read(args.data / name, skipped)] + meters(
        args.data / "prices" / "tables" / "azure_retail_meters.csv"
    )
    table = pl.DataFrame(rows, schema=SCHEMAS["price_pages"], infer_schema_length=None).sort(
        "source", "observed_at", "source_url", "wide_row", "component"
    )
    table.write_parquet(args.out / "price_pages.parquet", compression="zstd", compression_level=15, statistics=False)
    known = sources()
    for (source,), part in table.group_by("source", maintain_order=True):
        print(
            f"{part.height:6d} figures, {part['observed_at'].n_unique():3d} days  {source}{'' if source in known else '  (no source folder: a seller that is not read daily)'}"
        )
    print("\n".join(f"skipped {what}" for what in sorted(skipped)))


if __name__ == "__main__":
    main()
