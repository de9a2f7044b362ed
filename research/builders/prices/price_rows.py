"""One row shape for all witnesses of prices, and the rules that every row passes.

Belongs here: the row, exact decimals, the cleaning rules that need no knowledge of one tracker. What one
tracker got wrong about one model is a row of ``reference/corrections.csv``; how a tracker's file
is read is in ``price_witnesses.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation

HIGHEST_USD_PER_MTOK = Decimal(200)
"""No chat price above this is believed without an exception below (17 unit errors in one tracker's release)."""

DEAR = {
    "o1-pro": "OpenAI's own price list: 150 in, 600 out",
    "o1-pro-2025-03-19": "as o1-pro",
    **dict.fromkeys(
        ("gpt-5.4-pro", "gpt-5.4-pro-2026-03-05", "gpt-5.5-pro", "gpt-5.5-pro-2026-04-24"),
        "OpenAI's own price list: long prompts 60 in, 270 out",
    ),
}
"""Label endings whose price above the limit stands, with the reason."""

LOWEST_USD_PER_MTOK = Decimal("0.001")
"""Below this a per-token or per-second figure was taken for a price per million tokens."""

SLOTS = ("input", "output", "cached", "cache_write", "cache_write_1h")


def exact(text: object) -> Decimal | None:
    """Decimal of a printed number without trailing zeros; None for empty, negative or unreadable."""
    if text is None or text == "":
        return None
    try:
        value = Decimal(str(text))
    except InvalidOperation:
        return None
    if not value.is_finite() or value < 0:
        return None
    return value.quantize(Decimal("0.000000001")).normalize() + 0


def day(text: str | None) -> date | None:
    """The UTC date of an ISO date or timestamp."""
    return date.fromisoformat(text[:10]) if text else None


@dataclass(frozen=True, slots=True)
class Row:
    """What one witness said one offer cost from ``valid_from`` until ``valid_to``."""

    source: str
    source_provider: str
    model_label: str
    valid_from: date
    observed_at: date
    prices: dict[str, Decimal | None]
    tier: str = "standard"
    condition: str = ""
    valid_to: date | None = None
    closed_observed_at: date | None = None
    end_reason: str = ""
    valid_from_basis: str = "observed"
    source_ref: str = ""
    source_url: str = ""
    basis: str = "quoted"
    correction_id: str = ""
    provider: str = field(default="")

    def key(self) -> tuple[str, ...]:
        """What makes rows one offer of one witness: their prices follow one another in time."""
        return (self.source, self.provider, self.source_provider, self.model_label, self.tier, self.condition)


def cleaned(row: Row) -> tuple[Row | None, str]:
    """The row after the general rules, or None with the name of the rule that refused it.

    Rules: an ended interval must have lasted; 0 is "free" only in a free tier, elsewhere absent is better
    than zero; a price below 0.001 is another unit; a price above 200 USD/Mtok needs an exception; cached input dearer than input, and an output
    price below the input price, are field mix-ups.
    """
    if row.valid_to is not None and row.valid_to <= row.valid_from:
        return None, "rule-no-duration"
    prices, notes = dict(row.prices), []
    free = row.tier == "free"
    for slot in SLOTS:
        if prices.get(slot) == 0 and not (free and slot in ("input", "output")):
            prices[slot] = None
            notes.append("rule-zero")
    price_in, price_out = prices.get("input"), prices.get("output")
    if price_in is None and price_out is None:
        return None, "rule-no-price"
    if not free and min(p for p in (price_in, price_out) if p is not None) < LOWEST_USD_PER_MTOK:
        return None, "rule-below-0.001"
    top = max(p for p in prices.values() if p is not None)
    if top > HIGHEST_USD_PER_MTOK and row.model_label.split("/")[-1] not in DEAR:
        return None, "rule-above-200"
    pictures = "image" in row.model_label or "omni" in row.model_label  # their output is not text
    if price_in is not None and price_out is not None and price_out < price_in and not (free or pictures):
        return None, "rule-output-below-input"
    if price_in is not None and prices.get("cached") is not None and prices["cached"] > price_in:
        prices["cached"] = None
        notes.append("rule-cached-above-input")
    tag = row.correction_id or ("" if not notes else sorted(set(notes))[0] if notes != ["rule-zero"] else "")
    return replace(row, prices=prices, correction_id=tag), ""


def chained(rows: list[Row]) -> list[Row]:
    """Rows of one offer in order of time, equal neighbours joined, each closed when the next one begins."""
    rows = sorted(rows, key=lambda r: (r.valid_from, r.observed_at))
    out: list[Row] = []
    for row in rows:
        if out:
            last = out[-1]
            touching = last.valid_to is None or last.valid_to >= row.valid_from
            known = last.observed_at <= row.observed_at  # else joining would make us know it later than we did
            if touching and known and last.prices == row.prices:
                out[-1] = replace(
                    last,
                    valid_to=row.valid_to,
                    closed_observed_at=row.closed_observed_at,
                    end_reason=row.end_reason,
                )
                continue
            if touching:
                if last.valid_from == row.valid_from:
                    out.pop()
                else:
                    out[-1] = replace(
                        last,
                        valid_to=row.valid_from,
                        end_reason="changed",
                        closed_observed_at=max(row.observed_at, last.observed_at),
                    )
        out.append(row)
    return out
