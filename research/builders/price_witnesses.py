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
from datetime import date
from importlib import resources
from pathlib import Path

from price_rows import Row, day, exact

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
            above = r.get("above") or _kilo(r.get("tier_size") or r.get("tier_start") or "")
            high_in = r.get("input_above") or r.get("tier_input")
            if above and high_in:
                high = {
                    "input": exact(high_in),
                    "output": exact(r.get("output_above") or r.get("tier_output")),
                    "cached": exact(r.get("tier_cached")),
                }
                rows.append(Row(prices=high, condition=f"prompts > {above}", **common))
    return rows, [(d, ref.format(sorted(c)[0]), 0) for d, c in sorted(seen.items())]


def _kilo(tokens: str) -> str:
    return f"{int(float(tokens)) // 1000}k" if tokens else ""


ROUNDED = date(2024, 1, 2)
"""One copy of LiteLLM's file has its figures cut to few digits; the next copy, of 2024-01-31, has them back."""


def _without_rounded_copy(rows: list[Row]) -> list[Row]:
    """The rows as if the rounded copy had not been taken: its short-lived values gone, the ones before reopened."""
    back = date(2024, 1, 31)
    kept = [r for r in rows if not (r.valid_from == ROUNDED and r.valid_to == back and r.end_reason == "changed")]
    return [
        replace(r, valid_to=None, closed_observed_at=None, end_reason="")
        if r.valid_to == ROUNDED and r.end_reason == "changed"
        else r
        for r in kept
    ]


def litellm(tables: Path) -> tuple[list[Row], Snapshots]:
    """LiteLLM's price file (MIT) as copied day by day by tokencost (MIT) and in LiteLLM's own releases."""
    url = "https://github.com/BerriAI/litellm/blob/main/model_prices_and_context_window.json"
    rows, looks = _change_points(tables / "litellm_all_scd2.csv", "litellm", "litellm model_prices@{}", url)
    return _without_rounded_copy(rows), looks


def modelsdev(tables: Path) -> tuple[list[Row], Snapshots]:
    """The git history of models.dev (MIT)."""
    return _change_points(
        tables / "modelsdev_scd2.csv", "models.dev", "sst/models.dev@{}", "https://github.com/sst/models.dev"
    )


def genai_history(tables: Path) -> tuple[list[Row], Snapshots]:
    """The git history of genai-prices (MIT)."""
    return _change_points(tables / "genai_prices_scd2.csv", "genai-prices", "pydantic/genai-prices@{}", GENAI_URL)


_TIERS = {"batch": "batch", "flex": "flex", "priority": "priority", "fast": "fast", "default": "standard"}


def genai_package() -> tuple[list[Row], Snapshots]:
    """The released package genai-prices 0.2.3 (MIT): current prices, variants, declared starts."""
    from genai_prices.data import providers

    rows: list[Row] = []
    for provider in providers:
        for model in provider.models:
            found = model.prices if isinstance(model.prices, list) else [model.prices]
            timed = [getattr(p, "constraint", None) for p in found]
            starts = [c.start_date for c in timed if hasattr(c, "start_date")]
            dated = bool(starts) and min(starts) <= GENAI_DAY
            clock = any(type(c).__name__ == "TimeOfDateConstraint" for c in timed)
            for price, constraint in zip(found, timed, strict=True):
                if constraint is None and dated:
                    continue  # the price before the first declared start: its own start is not known
                of_day = type(constraint).__name__ == "TimeOfDateConstraint"
                tier = "peak" if of_day else "off-peak" if clock else "standard"
                start, end = getattr(constraint, "start_time", None), getattr(constraint, "end_time", None)
                hours = f"{start:%H:%M}-{end:%H:%M} UTC" if of_day else ""
                rows += _genai_rows(provider.id, model.id, getattr(price, "prices", price), constraint, tier, hours)
            for variant in model.price_variants or []:
                (key, value), *more = variant.when.items()
                if (
                    not more
                    and key in ("processing", "service_tier", "speed")
                    and value in _TIERS
                    and value != "default"
                ):
                    rows += _genai_rows(provider.id, model.id, variant.prices, variant.constraint, _TIERS[value], "")
    return rows, [(GENAI_DAY, GENAI, len(rows))]


def _genai_rows(provider: str, label: str, price: object, constraint: object, tier: str, hours: str) -> list[Row]:
    fields = {
        "input": "input_mtok",
        "output": "output_mtok",
        "cached": "cache_read_mtok",
        "cache_write": "cache_write_mtok",
        "cache_write_1h": "cache_write_1h_mtok",
    }
    flat, high, above = {}, {}, ""
    for slot, name in fields.items():
        value = getattr(price, name, None)
        if hasattr(value, "base"):
            flat[slot] = exact(value.base)
            first = min(value.tiers, key=lambda t: t.start)
            high[slot], above = exact(first.price), _kilo(str(first.start))
        else:
            flat[slot] = high[slot] = exact(value)
    declared = getattr(constraint, "start_date", None)
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
    rows = [Row(prices=flat, condition=hours, **common)]
    if above:
        rows.append(Row(prices=high, condition=f"prompts > {above}" + (f", {hours}" if hours else ""), **common))
    return rows


_ARCHIVED = re.compile(r"web\.archive\.org/web/(\d{4})(\d{2})(\d{2})")
_BASES = {"models.dev commit": "commit", "documented": "declared", "first observed": "observed"}


def modelprices() -> tuple[list[Row], Snapshots]:
    """The released package model-prices 0.0.5 (MIT): dated rates with an evidence address each."""
    raw = json.loads(resources.files("model_prices").joinpath("snapshot.json").read_text())
    rows: list[Row] = []
    for provider, models in raw["prices"].items():
        for label, modes in models.items():
            for mode, periods in modes.items():
                removed = raw["status"].get(provider, {}).get(label) == "removed"
                rows += _modelprices_rows(provider, label, mode, periods, removed)
    return rows, [(MODELPRICES_DAY, MODELPRICES, len(rows))]


def _modelprices_rows(provider: str, label: str, mode: str, periods: list[dict], removed: bool) -> list[Row]:
    rows: list[Row] = []
    for position, period in enumerate(periods):
        rates = period["rates"]
        if rates is None:
            continue  # marks the end of the price before it
        start = day(rates["valid_from"])
        proof = _ARCHIVED.search(rates["source"])
        seen = start
        if rates["valid_from_basis"] == "documented":  # known to us when the page was archived, or at release
            seen = max(start, date(*map(int, proof.groups()))) if proof else MODELPRICES_DAY
        last = position == len(periods) - 1
        ends = not last and periods[position + 1]["rates"] is None
        end = day(periods[position + 1]["start"]) if ends else None
        gone = MODELPRICES_DAY if last and removed and end is None else None
        common = dict(
            source="model-prices",
            source_provider=provider,
            model_label=label,
            valid_from=start,
            observed_at=min(seen, MODELPRICES_DAY),
            valid_from_basis=_BASES[rates["valid_from_basis"]],
            tier="standard" if mode in ("standard", "thinking") else "fast" if mode == "ultrafast" else mode,
            valid_to=gone or end,
            closed_observed_at=MODELPRICES_DAY if gone or end else None,
            end_reason="removed" if gone else "declared" if end else "",
            source_ref=MODELPRICES,
            source_url=rates["source"],
        )
        note = mode if mode in ("thinking", "ultrafast") else ""
        prices = {
            "input": exact(rates.get("input")),
            "output": exact(rates.get("output")),
            "cached": exact(rates.get("cache_read")),
            "cache_write": exact(rates.get("cache_write")),
        }
        rows.append(Row(prices=prices, condition=note, **common))
        for high in rates.get("tiers") or []:
            dear = {
                "input": exact(high.get("input")),
                "output": exact(high.get("output")),
                "cached": exact(high.get("cache_read")),
                "cache_write": exact(high.get("cache_write")),
            }
            words = f"prompts > {_kilo(str(high['above']))}" + (f", {note}" if note else "")
            rows.append(Row(prices=dear, condition=words, **common))
    return rows
