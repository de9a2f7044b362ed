"""Launch and early prices: Epoch AI's hand-collected list (CC BY 4.0) and public announcements.

Belongs here: prices from before any tracker existed. Each row of Epoch's list cites an archived page; the
page's own date is the observation date.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from datetime import date
from pathlib import Path

from research.builders.prices.price_rows import Row, exact

EPOCH_URL = "https://epoch.ai/data-insights/llm-inference-price-trends"
_UNIT = re.compile(r"^\$/1M (input|output) tokens(?: \(for (<=|>) ?128k tokens\))?$")
_ARCHIVE = re.compile(r"web\.archive\.org/web/(\d{4})(\d{2})(\d{2})")


def rows(folder: Path) -> tuple[list[Row], list[tuple[date, str, int]]]:
    """Input and output token prices of Epoch's full list, without fine-tuned models and unnamed rows."""
    found: dict[tuple, dict[str, object]] = defaultdict(dict)
    with (folder / "epoch_api_prices_full_view.csv").open(newline="", encoding="utf-8-sig") as file:
        for r in csv.DictReader(file):
            unit = _UNIT.match(r["Price Unit"].strip())
            label = (r["Model Version"] or r["Model"]).strip().strip('"').strip()
            vendor = r["Organization (API vendor)"].strip()
            if not unit or not label or not vendor or r["Fine Tuned Model"]:
                continue
            archived = _ARCHIVE.search(r["Archived price link"])
            seen = date(*map(int, archived.groups())) if archived else date.fromisoformat(r["Price date"])
            condition = "prompts > 128k" if unit.group(2) == ">" else ""
            key = (
                vendor,
                label,
                condition,
                max(seen, date.fromisoformat(r["Price date"])),
                r["Archived price link"],
            )
            found[key][unit.group(1)] = exact(r["Price"].lstrip("$"))
    out = [
        Row(
            source="epoch",
            source_provider=vendor,
            model_label=label,
            valid_from=seen,
            observed_at=seen,
            prices=dict(prices),
            condition=condition,
            source_ref="epoch_api_prices_full_view.csv (2025-03)",
            source_url=url,
        )
        for (vendor, label, condition, seen, url), prices in sorted(found.items(), key=lambda i: i[0][:4])
        if len(prices) == 2
    ]
    return out, sorted({(r.observed_at, r.source_ref, 0) for r in out})


def launches() -> tuple[list[Row], list[tuple[date, str, int]]]:
    """Prices published at launch, kept by hand in research/builders/prices/launch_prices.csv with the page that says so."""
    path = Path(__file__).resolve().parent / "launch_prices.csv"
    out = []
    with path.open(newline="") as file:
        for r in csv.DictReader(file):
            start, end = date.fromisoformat(r["valid_from"]), r["valid_to"]
            known = date.fromisoformat(r["observed_at"])
            out.append(
                Row(
                    source="launch",
                    source_provider=r["provider"],
                    model_label=r["model_label"],
                    valid_from=start,
                    observed_at=known,
                    prices={"input": exact(r["input"]), "output": exact(r["output"])},
                    valid_to=date.fromisoformat(end) if end else None,
                    end_reason="changed" if end else "",
                    closed_observed_at=date.fromisoformat(end) if end else None,
                    valid_from_basis="launch",
                    source_ref=r["source_ref"],
                    source_url=r["source_url"],
                )
            )
    return out, []
