"""Rebuild reference/retirements.csv: the days on which makers end their models, read from kept copies of their own pages.

    .venv/bin/python -m research.builders.build_retirements DEFLATION_DATA

Facts only: label, day, replacement, address. The pages are read by the reader that reads the live ones.
"""

from __future__ import annotations

import csv
import sys
from datetime import date
from pathlib import Path

import polars as pl

from reference.schema import SCHEMAS
from sources.catalogue import sources
from sources.pages.quote import PageChanged, RetirementQuote

FOLDER = Path(__file__).resolve().parent.parent.parent / "reference"


def main() -> None:
    """Write one row per maker, label and page: the newest statement of each label."""
    folder = Path(sys.argv[1]) / "prices2"
    with (folder / "index.csv").open(encoding="utf-8-sig", newline="") as file:
        pages = [r for r in csv.DictReader(file) if r["kind"] == "deprecations"]
    known, rows = sources(), []
    for page in pages:
        source = known.get(f"retirements/{page['provider']}")
        if source is None:
            print(f"no reader: {page['file']}")
            continue
        try:
            quotes = source.read((folder / page["file"]).read_bytes())
        except PageChanged as error:
            print(f"{page['file']}: {error}")
            continue
        rows += [
            {
                "provider": q.provider or page["provider"],
                "model_label": q.model_label,
                "retired_on": date.fromisoformat(q.retired_on) if len(q.retired_on) == 10 else None,
                "replacement": q.replacement,
                "status": q.status,
                "source": source.key,
                "source_ref": page["repo_ref"],
                "source_url": page["url"],
                "licence": "facts",
                "observed_at": date.fromisoformat(page["date"][:10]),
                "basis": "quoted",
            }
            for q in quotes
            if isinstance(q, RetirementQuote)
        ]
    table = pl.DataFrame(rows, schema=SCHEMAS["retirements"], infer_schema_length=None)
    table = table.sort("provider", "model_label", "observed_at").unique(["provider", "model_label"], keep="last", maintain_order=True)
    table.write_csv(FOLDER / "retirements.csv")
    print(f"{table.height} names of {table['provider'].n_unique()} sellers, {table['retired_on'].is_not_null().sum()} with a day")


if __name__ == "__main__":
    main()
