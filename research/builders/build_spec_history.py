"""Build reference/spec_history.csv from the study captures, Epoch's vintages and found documents.

Every figure is read by the project's own parsers; this script only maps a printed name to an accelerator,
adds the capture's date and address, and drops repeated values. Run it again when captures or names change:

    DEFLATION_DATA=../shared/data .venv/bin/python -m research.builders.build_spec_history

Inputs: DATA/hardware (captures, index.csv, epoch, spec_db_check.csv), reference/accelerator_labels.csv
(printed name -> accelerator), research/builders/spec_found.csv (values found in public documents, each with its address)
and research/builders/spec_rejected.csv (rows ruled out, with the reason).
"""

from __future__ import annotations

import csv
import os
import re
from datetime import date
from pathlib import Path

from reference.specs.history import SCHEMA
from sources.catalogue import UNTRUSTED, source
from sources.pages.quote import SpecQuote

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "reference"
ACCESSED = date(2026, 11, 22)
"""The day undated captures were read."""
VENDORS = ("nvidia", "amd", "aws", "google", "intel", "microsoft", "groq", "cerebras")
EPOCH_URL = "https://epoch.ai/data/ml_hardware.csv"
LICENCES = {"hardware/epoch": "CC BY 4.0", "hardware/evokernel": "CC BY-SA 4.0", "gpuhunt": "MPL-2.0"}


def main() -> None:
    """Write the dated specifications and the list of hardware parts from the study's files."""
    data = Path(os.environ.get("DEFLATION_DATA", ROOT.parent / "shared" / "data")) / "hardware"
    labels = {(r["source"], r["label"]): r["accelerator"] for r in _rows(REFERENCE / "accelerator_labels.csv")}
    vendors = {r["accelerator"]: r["vendor"] for r in _rows(REFERENCE / "accelerator_list.csv")}
    rows = [
        *captures(data, labels),
        *epoch(data, labels),
        *cards(data, labels),
        *gpuhunt(data, labels),
        *_rows(ROOT / "research" / "builders" / "spec_found.csv"),
    ]
    rejected = {
        (r["source"], r["accelerator"], r["field"], r["value"]): r["reason"]
        for r in _rows(ROOT / "research" / "builders" / "spec_rejected.csv")
    }
    for row in rows:
        row["vendor"] = vendors[row["accelerator"]]
        row.setdefault("licence", LICENCES.get(row["source"], "facts"))
        row["rejected_because"] = rejected.pop((row["source"], row["accelerator"], row["field"], row["value"]), "") or rejected.get(
            (row["source"], row["accelerator"], row["field"], "*"), ""
        )
    unused = [k for k in rejected if k[3] != "*"]
    if unused:
        raise SystemExit(f"spec_rejected.csv names rows that do not exist: {unused}")
    write(changes(rows))
    write_parts(sorted((data / "epoch").glob("ml_hardware_*.csv"))[-1])


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def captures(data: Path, labels: dict[tuple[str, str], str]) -> list[dict[str, str]]:
    """Rows of every vendor capture that its parser trusts; names outside the list are left out."""
    index = {r["file"]: r for r in _rows(data / "index.csv")}
    found = []
    for vendor in VENDORS:
        for path in sorted((data / "captures" / vendor).iterdir()):
            entry = index.get(f"{vendor}/{path.name}", {})
            try:
                quotes = source(f"hardware/{vendor}").read(path.read_bytes())
            except UNTRUSTED as error:
                print(f"left out {path.name}: {error}")
                continue
            for q in quotes:
                assert isinstance(q, SpecQuote)
                name = labels.get((q.source, q.accelerator))
                if name is None:
                    print(f"no accelerator for {q.source} {q.accelerator!r}")
                elif name:
                    found.append(row_of(q, name, day_of(entry.get("date", "")), entry.get("official_url", ""), path.name))
    return found


def row_of(q: SpecQuote, name: str, day: str, url: str, capture: str) -> dict[str, str]:
    """One history row; values divided from a board, rounded, or of a kernel guide carry that qualifier."""
    qualifier = q.qualifier
    if re.search(r"/\d+\)$", q.accelerator):
        qualifier = "; ".join(filter(None, [qualifier, "divided from a board, rack or instance total"]))
    if capture.startswith("nki_"):
        qualifier = "kernel guide, rounded"
    if capture.startswith("scaling_book"):
        qualifier = "scaling book, rounded"
    whole_pflops = re.fullmatch(r"\d{1,2}", q.value_text.strip()) and q.value >= 1000
    if (whole_pflops or re.search(r"Typical|mi300x_official", capture)) and q.field.endswith(("tflops", "tops")):
        qualifier = "; ".join(filter(None, [qualifier, "rounded to PFLOPS"]))
    return {
        "accelerator": name,
        "field": q.field,
        "value": f"{q.value:f}",
        "unit": q.unit,
        "qualifier": qualifier,
        "observed_at": day,
        "source": q.source,
        "label": q.accelerator,
        "source_url": address(url),
        "evidence": f"{q.locator}: {q.value_text}"[:160],
        "basis": q.basis,
    }


ELSEWHERE = {
    "Hot Chips 2024 deck": "https://www.sgpjbg.com/baogao/465025.html",
    "": "https://y-ic.de/",
    "several datasheet PDFs (addresses inside)": "https://www.nvidia.com/en-us/data-center/hgx/",
}
"""Addresses of captures whose index entry names a document instead."""


def address(text: str) -> str:
    """The address in an index entry or a database's link column."""
    text = ELSEWHERE.get(text.strip(), text).split()[0].rstrip(";,")
    return text if text.startswith("http") else f"https://{text}"


def day_of(text: str) -> str:
    """A capture's date as an ISO day; undated captures get the day they were read."""
    m = re.match(r"(\d{4})-(\d{2})(?:-(\d{2}))?", text)
    return f"{m[1]}-{m[2]}-{m[3] or '01'}" if m else ACCESSED.isoformat()


def epoch(data: Path, labels: dict[tuple[str, str], str]) -> list[dict[str, str]]:
    """All vintages of Epoch's table, and its release dates."""
    found = []
    for path in sorted((data / "epoch").glob("ml_hardware_*.csv")):
        day = path.stem[-10:]
        sheets = {r["Hardware name"].strip(): r for r in _rows(path)}
        for q in source("hardware/epoch").read(path.read_bytes()):
            assert isinstance(q, SpecQuote)
            if name := labels.get((q.source, q.accelerator)):
                found.append(
                    row_of(
                        q,
                        name,
                        day,
                        sheets[q.accelerator]["Link to datasheet"].split()[0]
                        if sheets[q.accelerator]["Link to datasheet"].strip()
                        else EPOCH_URL,
                        path.name,
                    )
                )
        for label, r in sheets.items():
            name = labels.get(("hardware/epoch", label))
            if name and r["Release date"]:
                found.append(
                    {
                        "accelerator": name,
                        "field": "launch_date",
                        "value": r["Release date"],
                        "unit": "date",
                        "qualifier": "",
                        "observed_at": day,
                        "source": "hardware/epoch",
                        "label": label,
                        "source_url": EPOCH_URL,
                        "evidence": "column Release date",
                        "basis": "secondary",
                    }
                )
    return found


def cards(data: Path, labels: dict[tuple[str, str], str]) -> list[dict[str, str]]:
    """The evokernel cards."""
    found = []
    for path in sorted((data / "captures" / "evokernel").glob("*.yaml")):
        for q in source("hardware/evokernel").read(path.read_bytes()):
            assert isinstance(q, SpecQuote)
            if name := labels.get((q.source, q.accelerator)):
                found.append(row_of(q, name, "2026-05-04", "https://github.com/ying-wen/evokernel-spec", path.name))
    return found


def gpuhunt(data: Path, labels: dict[tuple[str, str], str]) -> list[dict[str, str]]:
    """Memory as gpuhunt's catalogue has it (its only specification)."""
    return [
        {
            "accelerator": labels["check", r["accelerator"]],
            "field": "memory_gb",
            "value": f"{float(r['value']):g}",
            "unit": "GB",
            "qualifier": "",
            "observed_at": "2026-09-01",
            "source": "gpuhunt",
            "label": r["accelerator"],
            "source_url": "https://github.com/dstackai/gpuhunt",
            "evidence": "catalogue entry",
            "basis": "secondary",
        }
        for r in _rows(data / "spec_db_check.csv")
        if r["source"] == "gpuhunt" and r["field"] == "memory_gb" and r["value"] and labels.get(("check", r["accelerator"]))
    ]


def changes(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Keep a value when it first appears in a source, and again only after another value stood there."""
    rows = sorted(rows, key=lambda r: (r["accelerator"], r["field"], r["source"], r["label"], r["qualifier"], r["observed_at"], r["value"]))
    kept: list[dict[str, str]] = []
    for row in rows:
        last = kept[-1] if kept else {}
        same = all(last.get(k) == row[k] for k in ("accelerator", "field", "source", "label", "qualifier", "value"))
        if not same:
            kept.append(row)
    return kept


PARTS = (
    ("memory_gb", "Memory (bytes)", 1e9),
    ("memory_bandwidth_gb_s", "Memory bandwidth (byte/s)", 1e9),
    ("tensor_tflops", "Tensor-FP16/BF16 performance (FLOP/s)", 1e12),
    ("tdp_w", "TDP (W)", 1),
    ("price_usd", "Release price (USD)", 1),
)


def write_parts(path: Path) -> None:
    """Every part of Epoch's newest vintage with a launch date, for the trends over all accelerators."""
    rows = []
    for r in _rows(path):
        if r["Release date"]:
            figures = {name: f"{float(r[column]) / scale:g}" if r[column] and float(r[column]) > 0 else "" for name, column, scale in PARTS}
            rows.append(
                {
                    "part": r["Hardware name"].strip(),
                    "maker": r["Manufacturer"],
                    "launch_date": r["Release date"],
                    **figures,
                    "source_url": EPOCH_URL,
                    "observed_at": path.stem[-10:],
                    "licence": "CC BY 4.0",
                }
            )
    with (REFERENCE / "hardware_parts.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda r: (r["launch_date"], r["part"])))
    print(f"hardware_parts.csv: {len(rows)} rows")


def write(rows: list[dict[str, str]]) -> None:
    """Write ``spec_history.csv`` with the columns of its schema."""
    path = REFERENCE / "spec_history.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(SCHEMA), lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    print(
        f"{path.name}: {len(rows)} rows, {len({r['accelerator'] for r in rows})} accelerators, {len({r['vendor'] for r in rows})} vendors"
    )


if __name__ == "__main__":
    main()
