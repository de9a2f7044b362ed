"""Corrections of known errors of the trackers: data with a reason and an ``expect`` guard.

A row of ``reference/corrections.csv`` names the tracker, provider, model label and tier, what is
expected to be found there (``valid_from=2026-09-01;input=3``; fields of ``FIELDS``), and what to do:
``drop`` the row, or ``replace`` fields (``output=0.15;cached=``). A label may be a shell pattern (``*:free``). When nothing matches, the tracker has
changed: the build stops and says so, so that no correction outlives the error it corrects.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

from research.builders.prices.price_rows import SLOTS, Row, day, exact


def read(path: Path) -> list[dict[str, str]]:
    """The corrections, in file order."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def fields(text: str) -> dict[str, str]:
    """``a=1;b=`` as a dictionary."""
    return dict(part.split("=", 1) for part in text.split(";") if part)


def value_of(row: Row, name: str) -> object:
    """A price slot or an attribute of the row, as a correction names it."""
    return row.prices.get(name) if name in SLOTS else getattr(row, name)


def matches(row: Row, correction: dict[str, str]) -> bool:
    """Whether the row is the one the correction expects."""
    if not fnmatchcase(row.model_label, correction["model_label"]) or (correction["tier"] and row.tier != correction["tier"]):
        return False
    for name, text in fields(correction["expect"]).items():
        wanted = exact(text) if name in SLOTS else day(text) if name in ("valid_from", "valid_to") else text
        if value_of(row, name) != wanted:
            return False
    return True


def applied(rows: list[Row], corrections: list[dict[str, str]], refused: list[tuple[str, Row]]) -> list[Row]:
    """The rows with every correction applied; raises LookupError where a correction matches nothing."""
    by_seller: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for correction in corrections:
        by_seller[correction["source_name"], correction["provider"]].append(correction)
    used, out = set(), []
    for row in rows:
        for correction in by_seller.get((row.source, row.provider), []):
            if not matches(row, correction):
                continue
            used.add(correction["correction_id"])
            if correction["action"] == "drop":
                refused.append((correction["correction_id"], row))
                break
            changed = fields(correction["replace"])
            prices = {**row.prices, **{k: exact(v) for k, v in changed.items() if k in SLOTS}}
            dates = {k: day(v) for k, v in changed.items() if k in ("valid_from", "valid_to", "closed_observed_at")}
            words = {k: v for k, v in changed.items() if k in ("tier", "condition", "end_reason")}
            row = replace(row, prices=prices, correction_id=correction["correction_id"], **dates, **words)
        else:
            out.append(row)
    stale = [c["correction_id"] for c in corrections if c["correction_id"] not in used]
    if stale:
        raise LookupError(
            f"corrections {', '.join(stale)}: expected rows were not found in their trackers; "
            "the tracker has changed: check its row and delete or renew the correction"
        )
    return out
