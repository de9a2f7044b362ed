"""Corrections of known errors of the trackers: data with a reason and an ``expect`` guard.

A row of ``sources/reference/corrections.csv`` names the tracker, provider, model label and tier, what is
expected to be found there (``valid_from=2026-09-01;input=3``; fields of ``FIELDS``), and what to do:
``drop`` the row, or ``replace`` fields (``output=0.15;cached=``). When nothing matches, the tracker has
changed: the build stops and says so, so that no correction outlives the error it corrects.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

from price_rows import SLOTS, Row, day, exact


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
    same = (row.source, row.provider, row.model_label) == (
        correction["source_name"], correction["provider"], correction["model_label"])
    if not same or (correction["tier"] and row.tier != correction["tier"]):
        return False
    for name, text in fields(correction["expect"]).items():
        wanted = exact(text) if name in SLOTS else day(text) if name in ("valid_from", "valid_to") else text
        if value_of(row, name) != wanted:
            return False
    return True


def applied(rows: list[Row], corrections: list[dict[str, str]], refused: list[tuple[str, Row]]) -> list[Row]:
    """The rows with every correction applied; raises LookupError where a correction matches nothing."""
    by_offer: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    for correction in corrections:
        key = (correction["source_name"], correction["provider"], correction["model_label"])
        by_offer.setdefault(key, []).append(correction)
    used, out = set(), []
    for row in rows:
        for correction in by_offer.get((row.source, row.provider, row.model_label), []):
            if not matches(row, correction):
                continue
            used.add(correction["correction_id"])
            if correction["action"] == "drop":
                refused.append((correction["correction_id"], row))
                break
            changed = fields(correction["replace"])
            prices = {**row.prices, **{k: exact(v) for k, v in changed.items() if k in SLOTS}}
            dates = {k: day(v) for k, v in changed.items() if k in ("valid_from", "valid_to", "closed_observed_at")}
            row = replace(row, prices=prices, correction_id=correction["correction_id"], **dates)
        else:
            out.append(row)
    stale = [c["correction_id"] for c in corrections if c["correction_id"] not in used]
    if stale:
        raise LookupError(
            f"corrections {', '.join(stale)}: expected rows were not found in their trackers; "
            "the tracker has changed: check its row and delete or renew the correction"
        )
    return out
