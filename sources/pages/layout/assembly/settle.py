"""What a claim is the price of: its component, its unit and its tier, or why none can be told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sources.pages.layout.claims import Claim
from sources.pages.layout.declaration import Layout
from sources.pages.layout.names import may_be_name
from sources.pages.layout.words import Meaning, bands
from sources.pages.meters import meter

INPUT_ALONE = re.compile(r"embed|rerank|moderation|guard|\bbge\b|\be5\b|classif", re.I)


@dataclass(frozen=True, slots=True)
class Priced:
    """A claim whose component and unit are settled. ``wide``: whether it stands in the wide form."""

    claim: Claim
    component: str
    unit: str
    wide: bool
    tier: str
    conditions: tuple[str, ...]


def settled_claims(claims: Sequence[Claim], layout: Layout) -> tuple[list[Priced], str]:
    """The claims of a record with component and unit, or why the record is held."""
    settled: list[Priced] = []
    for claim in claims:
        found = _settle(claim, layout)
        if isinstance(found, str):
            if claim.status == "struck":
                continue
            return [], found
        settled += found
    return settled, ""


def _settle(claim: Claim, layout: Layout) -> list[Priced] | str:
    said = claim.meaning
    if not said.unit and said.meter:
        if claim.problem and (said.direction or said.cache):
            return []
        told = meter(f"per {said.meter}")
        return (
            [Priced(claim, told[0] if told else "other", said.meter, False, said.tier or "standard", said.conditions)] if claim.name else []
        )
    if said.thing == "hour" and claim.name and not (said.direction or said.cache or said.unit):
        return [Priced(claim, "hour", "1 hour", False, said.tier or "standard", said.conditions)]
    if said.thing in ("search", "request", "hour") and not (said.direction or said.cache):
        return []
    if not (said.unit or said.direction or said.cache) or (not claim.money.amount and said.tier == "free"):
        return []
    unit = said.unit or layout.unit if claim.money.amount else layout.unit or said.unit
    if claim.problem:
        return claim.problem
    if not unit:
        return "no unit is printed for it"
    if "reserved" in said.senses:
        return "it is a price of capacity that is reserved, or of a tier that is not known"
    if not may_be_name(claim.name):
        return f"{claim.money.text} {claim.money.currency} per {unit}: no model is named for it"
    components = _components(said, claim.name, layout)
    if isinstance(components, str):
        return components
    explicit = ("explicit cache",) if said.cache == "explicit" else ()
    conditions, tier = (*bands(said.conditions), *explicit), said.tier or "standard"
    wide = claim.status != "struck"
    settled = []
    for component in components:
        shown = (
            wide
            and component in ("input", "output", "cached_input", "cache_write_5m", "cache_write_1h")
            and said.cache != "explicit"
            and not _elsewhere(said)
            and tier != "free"
        )
        settled.append(Priced(claim, component, f"{unit}-hours" if component == "cache_storage_hour" else unit, shown, tier, conditions))
    return settled


def _elsewhere(said: Meaning) -> bool:
    """Whether the price is of a tuned model, a tool or machine time: long form only."""
    return said.thing in ("training", "search", "request", "hour")


def _components(said: Meaning, name: str, layout: Layout) -> tuple[str, ...] | str:
    """The components a claim prices, or why none can be told."""
    kinds = said.senses & {"text", "image", "audio", "video"}
    kind = "" if not kinds or "text" in kinds else sorted(kinds)[0]
    if said.cache == "storage":
        return ("cache_storage_hour",)
    if said.cache == "cache_write":
        return ("cache_write_1h",) if "1h" in said.senses else ("cache_write_5m",)
    if said.cache:
        if said.direction == "output":
            return "it is called cached and output at once"
        return ({"": "cached_input", "audio": "cached_input_audio", "image": "cached_input_image"}.get(kind, "other"),)
    if said.thing == "training" and not said.direction:
        return ("training",)
    if said.direction == "both" and INPUT_ALONE.search(name):
        return ("input",)
    if said.direction == "both":
        return ("input", "output") if not kind else "it is called input and output at once"
    if said.direction:
        return (f"{said.direction}_{kind}" if kind else said.direction,)
    if said.thing in ("embedding", "rerank") or INPUT_ALONE.search(name):
        return ("input",) if not kind else (f"input_{kind}",)
    if said.thing:
        return ("other",)
    if layout.one_price == "both":
        return ("input", "output")
    return ("input",) if layout.one_price == "input" else "no word says whether it is for input or output"
