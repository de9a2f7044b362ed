"""How each tracker's file becomes price rows: one function per witness, nothing judged here.

Each function returns ``(rows, snapshots)``: the rows as the tracker stated them and the days on which the
tracker was looked at. Sources and licences: DATA.md. Corrections and plausibility belong elsewhere.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib import resources
from pathlib import Path
from types import SimpleNamespace

from belief.names.conditions import canonical
from research.builders.prices.price_rows import Row, day, exact

Snapshots = list[tuple[date, str, int]]
RADAR = "model-price-radar-mcp==0.1.0"
RADAR_URL = "https://web.archive.org/web/*/openrouter.ai/api/v1/models"
GENAI, GENAI_DAY = "genai-prices==0.2.3", date(2026, 11, 10)
GENAI_URL = "https://github.com/pydantic/genai-prices"
MODELPRICES, MODELPRICES_DAY = "model-prices==0.0.5", date(2026, 10, 26)


def openrouter() -> tuple[list[Row], Snapshots]:
    """31 monthly archived copies of OpenRouter's model list, as carried by model-price-radar-mcp (MIT)."""
    raw = resources.files("model_price_radar").joinpath("data/history.json.gz").read_bytes()
    shots = sorted(json.loads(gzip.decompress(raw))["snapshots"], key=lambda s: s["date"])
    rows: list[Row] = []
    for shot, after in zip(shots, [*shots[1:], None], strict=True):
        for label, (price_in, price_out) in sorted(shot["prices"].items()):
            if label.startswith("~") or label.startswith("openrouter/"):
                continue  # moving aliases and routers: not an offer of one model
            gone = after is not None and label not in after["prices"]
            free = label.endswith(":free")  # a 0 elsewhere is a gap in the feed, refused by the zero rule
            rows.append(
                Row(
                    source="openrouter",
                    source_provider="openrouter",
                    model_label=label,
                    valid_from=day(shot["date"]),
                    observed_at=day(shot["date"]),
                    prices={"input": exact(price_in), "output": exact(price_out)},
                    tier="free" if free else "standard",
                    valid_to=day(after["date"]) if gone else None,
                    closed_observed_at=day(after["date"]) if gone else None,
                    end_reason="removed" if gone else "",
                    source_ref=RADAR,
                    source_url=RADAR_URL,
                )
            )
    return rows, [(day(s["date"]), RADAR, len(s["prices"])) for s in shots]


def _change_points(path: Path, source: str, ref: str, url: str) -> tuple[list[Row], Snapshots]:
    """Rows of a change-point table (valid_from, valid_to, end_reason, commit) made from a repository's history."""
    rows: list[Row] = []
    seen: dict[date, set[str]] = defaultdict(set)
    with path.open(newline="") as file:
        for r in csv.DictReader(file):
            start, end = day(r["valid_from"]), day(r["valid_to"])
            seen[start].add(r["commit"])
            prices = {
                "input": exact(r["input"]),
                "output": exact(r["output"]),
                "cached": exact(r["cached"]),
                "cache_write": exact(r["cache_write"]),
            }
            common = dict(
                source=source,
                source_provider=r["provider"],
                model_label=r["model"],
                valid_from=start,
                observed_at=start,
                valid_to=end,
                closed_observed_at=end,
                end_reason=r["end_reason"],
                valid_from_basis="commit",
                source_ref=ref.format(r["commit"]),
                source_url=url,
            )
            rows.append(Row(prices=prices, **common))
            if r.get("batch_input"):
                batch = {"input": exact(r["batch_input"]), "output": exact(r["batch_output"])}
                rows.append(Row(prices=batch, tier="batch", **common))
            if r.get("fast_input"):
                fast = {"input": exact(r["fast_input"]), "output": exact(r["fast_output"])}
                rows.append(Row(prices=fast, tier="fast", **common))
            threshold = above(r.get("above") or r.get("tier_size") or r.get("tier_start") or "")
            high_in = r.get("input_above") or r.get("tier_input")
            if threshold and high_in:
                high = {
                    "input": exact(high_in),
                    "output": exact(r.get("output_above") or r.get("tier_output")),
                    "cached": exact(r.get("tier_cached")),
                }
                rows.append(Row(prices=high, condition=threshold, **common))
    return rows, [(d, ref.format(sorted(c)[0]), 0) for d, c in sorted(seen.items())]


def above(tokens: object) -> str:
    """The condition of a price for prompts above so many tokens, in the shared spelling and to the token."""
    return canonical(f"prompts > {int(float(str(tokens).lower().replace('k', '000')))}") if str(tokens or "") else ""


ROUNDED = date(2024, 1, 2)
"""One copy of LiteLLM's file has its figures cut to few digits; the next copy, of 2024-01-31, has them back."""


def _without_rounded_copy(rows: list[Row]) -> list[Row]:
    """The rows as if the rounded copy had not been taken: its short-lived values gone, the ones before reopened."""
    back = date(2024, 1, 31)
    kept = [r for r in rows if not (r.valid_from == ROUNDED and r.valid_to == back and r.end_reason == "changed")]
    return [
        replace(r, valid_to=None, closed_observed_at=None, end_reason="") if r.valid_to == ROUNDED and r.end_reason == "changed" else r
        for r in kept
    ]


def litellm(tables: Path) -> tuple[list[Row], Snapshots]:
    """LiteLLM's price file (MIT) as copied day by day by tokencost (MIT) and in LiteLLM's own releases."""
    url = "https://github.com/BerriAI/litellm/blob/main/model_prices_and_context_window.json"
    rows, looks = _change_points(tables / "litellm_all_scd2.csv", "litellm", "litellm model_prices@{}", url)
    return _without_rounded_copy(rows), looks


def modelsdev(tables: Path) -> tuple[list[Row], Snapshots]:
    """The git history of models.dev (MIT)."""
    return _change_points(tables / "modelsdev_scd2.csv", "models.dev", "sst/models.dev@{}", "https://github.com/sst/models.dev")


def genai_history(tables: Path) -> tuple[list[Row], Snapshots]:
    """The git history of genai-prices (MIT)."""
    return _change_points(tables / "genai_prices_scd2.csv", "genai-prices", "pydantic/genai-prices@{}", GENAI_URL)


_TIERS = {"batch": "batch", "flex": "flex", "priority": "priority", "fast": "fast", "default": "standard"}
_GENAI_SLOTS = {
    "input": "input_mtok",
    "output": "output_mtok",
    "cached": "cache_read_mtok",
    "cache_write": "cache_write_mtok",
    "cache_write_1h": "cache_write_1h_mtok",
}


def genai_package() -> tuple[list[Row], Snapshots]:
    """The released package genai-prices 0.2.3 (MIT): every price it would charge, by day, hour, tier and prompt length."""
    from genai_prices.data import providers

    rows: list[Row] = []
    for provider in providers:
        for model in provider.models:
            found = model.prices if isinstance(model.prices, list) else [model.prices]
            timed = [(getattr(p, "constraint", None), getattr(p, "prices", p)) for p in found]
            rows += _genai_periods(provider.id, model.id, timed)
            base = timed[0][1] if timed[0][0] is None else timed[-1][1]
            for variant in model.price_variants or []:
                (key, value), *more = variant.when.items()
                if not more and key in ("processing", "service_tier", "speed") and value in _TIERS and value != "default":
                    rows += _genai_rows(provider.id, model.id, _overridden(base, variant.prices), variant.constraint, _TIERS[value], "")
    return rows, [(GENAI_DAY, GENAI, len(rows))]


def _genai_periods(provider: str, label: str, timed: list[tuple[object, object]]) -> list[Row]:
    """The rows of one model: dated prices follow one another, prices of hours stand beside the last of them."""
    starts = sorted(c.start_date for c, _ in timed if hasattr(c, "start_date"))
    clocks = [c for c, _ in timed if type(c).__name__ == "TimeOfDateConstraint"]
    rows: list[Row] = []
    for constraint, price in timed:
        if constraint is None and starts and starts[0] <= GENAI_DAY:
            continue  # the price before the first declared start: its own start is not known
        of_day = constraint in clocks
        tier = "peak" if of_day else "off-peak" if clocks else "standard"
        hours = f"{constraint.start_time:%H:%M}-{constraint.end_time:%H:%M} UTC" if of_day else ""
        rows += _genai_rows(
            provider, label, price, constraint, tier, hours, since=starts[-1] if of_day and starts and starts[-1] <= GENAI_DAY else None
        )
    return rows


def _overridden(base: object, variant: object) -> object:
    """A variant's prices laid over the standard ones: what it does not name, it does not change."""
    return SimpleNamespace(
        **{
            name: getattr(variant, name, None) if getattr(variant, name, None) is not None else getattr(base, name, None)
            for name in _GENAI_SLOTS.values()
        }
    )


def _genai_rows(
    provider: str, label: str, price: object, constraint: object, tier: str, hours: str, since: date | None = None
) -> list[Row]:
    """One row for the base price and one for each step of the prompt's length, each with all components it charges."""
    values = {slot: getattr(price, name, None) for slot, name in _GENAI_SLOTS.items()}
    starts = sorted({t.start for v in values.values() if hasattr(v, "base") for t in v.tiers})
    declared = getattr(constraint, "start_date", None) or since
    common = dict(
        source="genai-prices",
        source_provider=provider,
        model_label=label,
        observed_at=GENAI_DAY,
        tier=tier,
        valid_from=declared or GENAI_DAY,
        valid_from_basis="declared" if declared else "observed",
        source_ref=GENAI,
        source_url=GENAI_URL,
    )

    def charged(value: object, start: int) -> Decimal | None:
        if not hasattr(value, "base"):
            return exact(value)
        return exact(
            max((t for t in value.tiers if t.start <= start), key=lambda t: t.start).price
            if any(t.start <= start for t in value.tiers)
            else value.base
        )

    conditions = [(0, hours), *((start, ", ".join(c for c in (above(start), hours) if c)) for start in starts)]
    return [
        Row(prices={slot: charged(value, start) for slot, value in values.items()}, condition=words, **common)
        for start, words in conditions
    ]


_ARCHIVED = re.compile(r"web\.archive\.org/web/(\d{4})(\d{2})(\d{2})")
_BASES = {"models.dev commit": "commit", "documented": "declared", "first observed": "observed"}


def modelprices() -> tuple[list[Row], Snapshots]:
    """The released package model-prices 0.0.5 (MIT): dated rates with an evidence address each, and hours of the day."""
    raw = json.loads(resources.files("model_prices").joinpath("snapshot.json").read_text())
    hours = raw["schedules"].get("schedule", [])
    rows: list[Row] = []
    for provider, models in raw["prices"].items():
        clocks = [h for h in hours if h["provider"] == provider]
        for label, modes in models.items():
            removed = raw["status"].get(provider, {}).get(label) == "removed"
            for mode, periods in modes.items():
                rows += _modelprices_rows(provider, label, mode, periods, removed, clocks)
    return rows, [(MODELPRICES_DAY, MODELPRICES, len(rows))]


def _nearest_day(moment: str) -> date:
    """The day whose UTC midnight is nearest to a documented moment: makers' days begin at their own midnight."""
    return day((datetime.fromisoformat(moment) + timedelta(hours=12)).isoformat()) if "T" in moment else day(moment)


def _modelprices_rows(provider: str, label: str, mode: str, periods: list[dict], removed: bool, clocks: list[dict]) -> list[Row]:
    """The rows of one mode: each period states the whole schedule and ends all of the one before it."""
    rows: list[Row] = []
    begins = [_begin(p) for p in periods]
    for position, period in enumerate(periods):
        if period["rates"] is None:
            continue  # marks the end of the price before it
        rates, last = period["rates"], position == len(periods) - 1
        proof = _ARCHIVED.search(rates["source"])
        start = begins[position] or _begin({"rates": rates})
        seen = start
        if rates["valid_from_basis"] == "documented":  # known to us when the page was archived, or at release
            seen = max(start, date(*map(int, proof.groups()))) if proof else MODELPRICES_DAY
        gone = MODELPRICES_DAY if last and removed else None
        end = None if last else begins[position + 1]
        if end is not None and end <= start:
            continue
        reason = "removed" if gone else "" if end is None else "declared" if periods[position + 1]["rates"] is None else "changed"
        common = dict(
            source="model-prices",
            source_provider=provider,
            model_label=label,
            valid_from=start,
            observed_at=min(seen, MODELPRICES_DAY),
            valid_from_basis=_BASES[rates["valid_from_basis"]],
            tier="standard" if mode in ("standard", "thinking") else "fast" if mode == "ultrafast" else mode,
            valid_to=gone or end,
            closed_observed_at=MODELPRICES_DAY if gone else None if end is None else max(seen, end),
            end_reason=reason,
            source_ref=MODELPRICES,
            source_url=rates["source"],
        )
        note = mode if mode in ("thinking", "ultrafast") else ""
        stated = [Row(prices=_modelprices_prices(rates), condition=note, **common)]
        stated += [
            Row(
                prices=_modelprices_prices(high | {"cache_write_1h_multiple": rates.get("cache_write_1h_multiple")}),
                condition=", ".join(w for w in (above(high["above"]), note) if w),
                **common,
            )
            for high in rates.get("tiers") or []
        ]
        rows += [r for row in stated for r in _by_the_clock(row, clocks)] if mode == "standard" else stated
    return rows


def _begin(period: dict) -> date | None:
    """The first day of a period: as it says, the nearest midnight where a moment is documented; None where it names none."""
    rates = period["rates"]
    moment = max(filter(None, (period.get("start"), rates and rates["valid_from"])), default=None)
    if not moment:
        return None
    return _nearest_day(moment) if rates is None or rates["valid_from_basis"] == "documented" else day(moment)


def _modelprices_prices(rates: dict) -> dict[str, Decimal | None]:
    hour = rates.get("cache_write_1h_multiple")
    return {
        "input": exact(rates.get("input")),
        "output": exact(rates.get("output")),
        "cached": exact(rates.get("cache_read")),
        "cache_write": exact(rates.get("cache_write")),
        "cache_write_1h": exact(Decimal(str(rates["input"])) * Decimal(str(hour)))
        if hour is not None and rates.get("input") is not None
        else None,
    }


def _by_the_clock(row: Row, clocks: list[dict]) -> list[Row]:
    """A row cut where a rule of hours begins or ends; within the rule, one row for each of its prices."""
    rows = [row]
    for clock in clocks:
        if clock.get("off_peak_multiplier") is not None and row.model_label not in clock["off_peak_multiplier"]:
            continue
        start, end = _nearest_day(clock["valid_from"]), _nearest_day(clock["valid_until"]) if clock.get("valid_until") else None
        rows = [piece for r in rows for piece in _clocked(r, clock, start, end)]
    return rows


def _clocked(row: Row, clock: dict, start: date, end: date | None) -> list[Row]:
    first, last = max(start, row.valid_from), min((d for d in (end, row.valid_to) if d), default=None)
    if last is not None and last <= first:
        return [row]
    before = (
        [replace(row, valid_to=first, closed_observed_at=max(row.observed_at, first), end_reason="changed")]
        if first > row.valid_from
        else []
    )
    after = (
        [replace(row, valid_from=last, valid_from_basis="declared", observed_at=MODELPRICES_DAY)]
        if last is not None and (row.valid_to is None or last < row.valid_to)
        else []
    )
    whole = last == row.valid_to
    stated = dict(valid_from_basis="declared", observed_at=max(row.observed_at, MODELPRICES_DAY)) if before else {}
    inside = replace(
        row,
        **stated,
        valid_from=first,
        valid_to=last,
        end_reason=row.end_reason if whole else "changed",
        closed_observed_at=row.closed_observed_at if whole else last and max(row.observed_at, last),
    )
    peaks, factor = clock.get("peak_hours_utc"), clock.get("peak_multiplier")
    days = ", monday-friday" if clock.get("weekdays_only") else ""
    days += ", not on public holidays" if clock.get("holidays") else ""
    if peaks is None:
        peaks, factor = clock["off_peak_hours_utc"], clock["off_peak_multiplier"][row.model_label]
    dear = {slot: None if p is None else exact(p * Decimal(str(factor))) for slot, p in inside.prices.items()}
    kinds = ("off-peak", "peak") if "peak_hours_utc" in clock else ("standard", "off-peak")
    timed = [
        replace(
            inside, tier=kinds[1], prices=dear, condition=", ".join(w for w in (canonical(f"{a}-{b} UTC{days}"), inside.condition) if w)
        )
        for a, b in peaks
    ]
    return [*before, replace(inside, tier=kinds[0]), *timed, *after]
