"""Dated rental offers of the study whose licence allows carrying them, for build_market_facts.py."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import polars as pl

from reference.schema import SCHEMAS
from research.builders.study_rows import CHIPS, REFUSED_WORDS, chip_names, number, read

RENTAL_LICENCES = {
    "github.com/tugot17/": "MIT",
    "github.com/becloudready/": "Apache-2.0",
    "github.com/tardellirs/": "MIT",
    "github.com/dstackai/gpuhunt": "MPL-2.0",
    "github.com/ddbit/llamaboxweb": "Apache-2.0",
    "Zenodo AWS Spot": "CC-BY-4.0",
}
PROVIDERS = {
    "AWS": "aws",
    "GCP": "gcp",
    "ori.co": "ori",
    "crusoecloud": "crusoe",
    "vast-ai": "vast.ai",
    "ovh cloud": "ovh",
    "primeintellect (marketplace median)": "primeintellect",
    "verda": "datacrunch",
}
FORBIDDEN = ("runpod", "vast.ai", "shadeform", "together", "crusoe")
"""Sellers whose terms forbid collecting their prices (audit of 2026-10): not sources, whoever copied them."""
MARKETS = ("primeintellect", "vast.ai", "akash", "salad", "tensordock", "spheron", "runpod")


def rentals(data: Path) -> pl.DataFrame:
    """Dated offers of the allowed sources, thinned to the days on which a price changed (and the last look)."""
    chips, series = chip_names(), defaultdict(dict)
    for r in read(data / "hardware" / "rental.csv"):
        licence = next((lic for start, lic in RENTAL_LICENCES.items() if r["source"].startswith(start)), None)
        if licence is None or REFUSED_WORDS.search(r["note"] + r["source"]) or r["type"].startswith("index"):
            continue
        provider = PROVIDERS.get(r["provider"], r["provider"].lower())
        if provider in FORBIDDEN:
            continue
        note = r["note"]
        chip = CHIPS.get(note, r["accelerator"])  # tugot17 names the board in its file name, carried in the note
        term = {"mixed_on_demand_and_spot": "mixed"}.get(r["type"], r["type"])
        if "not stated" in note:
            term = "unstated"
        kind = note if note in ("spot", "community", "secure", "marketplace", "prototyping", "production") else ""
        where, _, page = r["source"].partition(" <- ")
        where, _, ref = where.partition(" @")
        where, _, rest = where.partition(" ") if where.startswith("github.com") else (where, "", "")
        key = (
            provider,
            chips.get(chip, chip),
            r["region"],
            term,
            kind,
            number(r["accelerators_in_offer"]),
            where,
            licence,
        )
        origin = f"{rest} @{ref}" if ref else rest or where
        series[key].setdefault(r["observed_date"], []).append((r["usd_per_accelerator_hour"], origin, note, page))
    rows = []
    for (provider, chip, region, term, kind, count, where, licence), days in series.items():
        last, final = None, max(days)
        for day in sorted(days):
            prices = sorted(days[day], key=lambda p: float(p[0]))
            price, ref, note, page = prices[len(prices) // 2]
            if price == last and day != final:
                continue
            last = price
            url = page or ("https://doi.org/10.5281/zenodo.23082767" if where.startswith("Zenodo") else f"https://{where}")
            rows.append(
                {
                    "provider": provider,
                    "accelerator": chip,
                    "region": region,
                    "term": term,
                    "usd_per_accelerator_hour": price,
                    "accelerators_in_offer": None if count is None else int(count),
                    "provider_kind": "marketplace" if provider in MARKETS else "cloud",
                    "note": "; ".join(n for n in (kind, note) if n) if kind != note else note,
                    "source": where,
                    "source_ref": ref,
                    "source_url": url,
                    "licence": licence,
                    "observed_at": day,
                    "basis": "quoted",
                }
            )
    frame = pl.DataFrame(rows, infer_schema_length=None).with_columns(pl.col("observed_at").str.to_date())
    return frame.cast(SCHEMAS["rental_prices"]).sort(
        "provider",
        "accelerator",
        "term",
        "region",
        "observed_at",
        "source",
        "note",
        "usd_per_accelerator_hour",
    )
