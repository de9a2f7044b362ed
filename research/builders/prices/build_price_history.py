"""Rebuild reference/price_history.parquet and price_snapshots.csv from public packages and tables.

    python3.11 -m venv T && T/bin/pip install polars==2.1.0 genai-prices==0.2.3 model-prices==0.0.5 \\
        model-price-radar-mcp==0.1.0 --no-deps   (plus httpx2 and pydantic for genai-prices; never litellm)
    T/bin/python -m research.builders.prices.build_price_history DEFLATION_DATA/prices/tables [EPOCH_FOLDER]

The same inputs give the same rows in the same order. What is refused is printed by rule, and
``--refused FILE`` writes every refused row, so that nothing disappears unseen.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from belief.names.offer_keys import region_of, tier_of
from reference.schema import PRICES, SCHEMAS
from research.builders.prices import price_corrections, price_epoch
from research.builders.prices import price_witnesses as witnesses
from research.builders.prices.price_rows import SLOTS, Row, chained, cleaned

FOLDER = Path(__file__).resolve().parents[3] / "reference"
LICENCES = {
    "openrouter": "MIT",
    "litellm": "MIT",
    "models.dev": "MIT",
    "genai-prices": "MIT",
    "model-prices": "MIT",
    "epoch": "CC-BY-4.0",
    "launch": "facts of public price lists",
}
WITNESS = {
    "litellm": "litellm+models.dev",
    "models.dev": "litellm+models.dev",
    "model-prices": "litellm+models.dev",
    "genai-prices": "genai-prices",
    "openrouter": "openrouter",
    "epoch": "epoch",
    "launch": "launch",
}
"""Sources that copy one another are one witness (PRICES.md, trap 14)."""


def provider_map() -> dict[tuple[str, str], str | None]:
    """(source, source's provider name) -> slug, or None where the table says not to package it."""
    with (FOLDER / "providers.csv").open(newline="") as file:
        return {(r["source_name"], r["source_provider"]): r["provider"] if r["packaged"] == "true" else None for r in csv.DictReader(file)}


def continued(history: list[Row], package: list[Row], on: date) -> list[Row]:
    """A tracker's git history carried on by its released package: what the package lacks ended by that day.

    The package states whole schedules: of a model it lists, a tier or condition it lacks has ended too. A schedule that the
    history already has is not stated again, unless the package dates it.
    """
    listed = {(r.source_provider, r.model_label) for r in package}
    stated = {(r.source_provider, r.model_label, r.tier, r.condition) for r in package}
    known = {(r.source_provider, r.model_label, r.tier, r.condition): r for r in history if r.valid_to is None}
    ended = []
    for row in history:
        key = (row.source_provider, row.model_label, row.tier, row.condition)
        if row.valid_to is None and key not in stated:
            gone = "removed" if key[:2] not in listed else "changed"
            starts = (
                [r.valid_from for r in package if (r.source_provider, r.model_label) == key[:2] and r.valid_from > row.valid_from]
                if gone == "changed"
                else []
            )
            end = min(starts, default=on)
            row = replace(row, valid_to=end, closed_observed_at=on, end_reason=gone)
        ended.append(row)
    fresh = []
    for row in package:
        before = known.get((row.source_provider, row.model_label, row.tier, row.condition))
        same = before is not None and all(before.prices.get(s) == row.prices.get(s) for s in ("input", "output"))
        if not (same and row.valid_from_basis == "observed"):
            fresh.append(row)
    return ended + fresh


def collect(tables: Path, epoch: Path) -> tuple[list[Row], dict[str, witnesses.Snapshots]]:
    """All rows of all witnesses and the days each was looked at."""
    history, days = witnesses.genai_history(tables)
    package, package_days = witnesses.genai_package()
    genai = continued(history, package, witnesses.GENAI_DAY)
    found = {
        "openrouter": witnesses.openrouter(),
        "litellm": witnesses.litellm(tables),
        "models.dev": witnesses.modelsdev(tables),
        "genai-prices": (genai, days + package_days),
        "model-prices": witnesses.modelprices(),
        "epoch": price_epoch.rows(epoch),
        "launch": price_epoch.launches(),
    }
    return [r for rows, _ in found.values() for r in rows], {s: shots for s, (_, shots) in found.items()}


def of_one_day(row: Row) -> Row:
    """Single looks at a page prove that day alone."""
    if row.source != "epoch":
        return row
    return replace(row, valid_to=row.valid_from + timedelta(days=1), end_reason="point", closed_observed_at=row.observed_at)


def build(rows: list[Row], refused: list[tuple[str, Row]]) -> list[Row]:
    """Named, corrected, cleaned and chained rows in a fixed order; what is refused is appended to ``refused``."""
    names = provider_map()
    named = []
    for row in rows:
        slug = names.get((row.source, row.source_provider))
        if row.source == "litellm" and row.model_label.startswith("openrouter/"):
            slug = None  # the tracker's provider field names the maker; the label names the reseller
        if row.model_label.startswith("~"):
            slug = None  # OpenRouter's moving aliases mean another model every few weeks
        if slug is None:
            refused.append(("not packaged", row))
            continue
        region = region_of(row.model_label, row.source_provider)
        if row.model_label.endswith(":extended"):
            region = "extended context"  # OpenRouter: the same model with a longer window at another price
        if row.model_label.endswith(":thinking"):
            region = "thinking"
        if slug == "fireworks" and row.model_label.endswith("-us"):
            region = "region us"
        words = ", ".join(w for w in (row.condition, region) if w)
        named.append(replace(row, provider=slug, condition=words, tier=tier_of(row.model_label, slug, row.tier)))
    offers: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in price_corrections.applied(named, price_corrections.read(FOLDER / "corrections.csv"), refused):
        good, rule = cleaned(row)
        if good is None:
            refused.append((rule, row))
        else:
            offers[good.key()].append(good)
    out = [of_one_day(r) for key in offers for r in chained(offers[key])]
    return sorted(out, key=lambda r: (r.provider, r.model_label, r.tier, r.condition, r.source, r.valid_from))


def frame(rows: list[Row]) -> pl.DataFrame:
    """The packaged table, one line per row."""
    records = []
    for r in rows:
        record = {
            "provider": r.provider,
            "model_label": r.model_label,
            "tier": r.tier,
            "condition": r.condition,
            "currency": "USD",
            **{name: r.prices.get(slot) for name, slot in zip(PRICES, SLOTS, strict=True)},
            "valid_from": r.valid_from,
            "valid_to": r.valid_to,
            "valid_from_basis": r.valid_from_basis,
            "end_reason": r.end_reason,
            "closed_observed_at": r.closed_observed_at,
            "witness": WITNESS[r.source],
            "correction_id": r.correction_id,
            "source": r.source,
            "source_ref": r.source_ref,
            "source_url": r.source_url,
            "licence": LICENCES[r.source],
            "observed_at": r.observed_at,
            "basis": r.basis,
        }
        records.append(record)
    schema = SCHEMAS["price_history"]
    return pl.DataFrame(records, schema=schema, infer_schema_length=None).unique(maintain_order=True)


def main() -> None:
    """Write ``price_history.parquet`` from the witnesses' tables, cleaned and corrected."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tables", type=Path)
    parser.add_argument("epoch", type=Path)
    parser.add_argument("--refused", type=Path)
    parser.add_argument("--out", type=Path, default=FOLDER)
    args = parser.parse_args()
    refused: list[tuple[str, Row]] = []
    rows, shots = collect(args.tables, args.epoch)
    table = frame(build(rows, refused))
    table.write_parquet(args.out / "price_history.parquet", compression="zstd", compression_level=15, statistics=False)
    snapshots = pl.DataFrame(
        [
            {
                "rows": n,
                "source": s,
                "source_ref": ref,
                "source_url": "",
                "licence": LICENCES[s],
                "observed_at": d,
                "basis": "quoted",
            }
            for s, days in sorted(shots.items())
            for d, ref, n in sorted(days)
        ],
        schema=SCHEMAS["price_snapshots"],
    )
    snapshots.write_csv(args.out / "price_snapshots.csv")
    print(f"{table.height} rows, {table.select('provider', 'model_label').n_unique()} offers; refused:")
    for (rule, source), n in sorted(Counter((rule, r.source) for rule, r in refused).items()):
        print(f"  {n:6d}  {rule} ({source})")
    if args.refused:
        with args.refused.open("w", newline="") as file:
            out = csv.writer(file)
            for rule, r in refused:
                out.writerow(
                    [
                        rule,
                        r.source,
                        r.source_provider,
                        r.model_label,
                        r.tier,
                        r.valid_from,
                        r.valid_to,
                        *r.prices.values(),
                    ]
                )


if __name__ == "__main__":
    main()
