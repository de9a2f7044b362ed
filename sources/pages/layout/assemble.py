"""Stage two: from claims to quotes. A record with a token price that is not understood is held whole; the rest is kept.

One wide row is one model at one tier under one set of conditions. Meters (per image, per hour, per search), other kinds of tokens
and struck prices are long form only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from sources.pages.layout.claims import Block, Claim
from sources.pages.layout.declaration import Layout
from sources.pages.layout.names import may_be_name
from sources.pages.layout.words import SHORT, Meaning, bands
from sources.pages.meters import meter
from sources.pages.quote import LeftOut, PriceQuote
from units.quantity import TOKEN_UNITS

_DISPUTED_SHARE = 0.2
"""Beyond this share of rows that another place prices otherwise a place is held whole."""
Judge = Callable[[Decimal, str, str], str]
"""Amount, unit and currency -> why no token costs that much (empty: it may)."""
_INPUT_ALONE = re.compile(r"embed|rerank|moderation|guard|\bbge\b|\be5\b|classif", re.I)
_HELD_SHARE = 0.5
"""Beyond this share of held records the structure of a block is not understood, and nothing of it is kept."""


@dataclass(slots=True)
class Assembled:
    """Quotes in page order, and what is left out: records held with their reason, notes on amounts that are no token price."""

    quotes: list[PriceQuote] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def hold(self, subject: str, reason: str, locator: str, evidence: str = "") -> None:
        """Leave a record out that looks like a token price."""
        self.left_out.append(LeftOut(subject=subject, reason=reason, locator=locator, evidence=evidence, extent="block"))


@dataclass(frozen=True, slots=True)
class _Priced:
    """A claim whose component and unit are settled. ``wide``: whether it stands in the wide form."""

    claim: Claim
    component: str
    unit: str
    wide: bool
    tier: str
    conditions: tuple[str, ...]


def assemble(blocks: Iterable[Block], layout: Layout, judge: Judge | None = None) -> Assembled:
    """All that the blocks of a page give."""
    result = Assembled()
    kept: list[_Row] = []
    for block in blocks:
        kept += _block_rows(block, layout, judge, result)
    _emit(_agreed(kept, result), layout, result)
    return result


@dataclass(slots=True)
class _Row:
    block: str
    record: tuple[int, ...]
    key: tuple[Any, ...]
    prices: dict[str, _Priced]
    extras: list[_Priced]
    ident: str
    repeats: bool = False


def _block_rows(block: Block, layout: Layout, judge: Judge | None, result: Assembled) -> list[_Row]:
    records: dict[tuple[int, ...], list[Claim]] = {}
    for claim in (replace(c, status="struck") if "original" in c.meaning.senses else c for c in block.claims):
        records.setdefault(claim.record, []).append(claim)
    rows: list[_Row] = []
    held: list[tuple[str, str, str, str]] = list(block.losses)
    troubled: set[tuple[object, ...]] = set()
    for record, claims in records.items():
        priced, problem = _settled(claims, layout)
        if not problem:
            made, problem = _rows_of(block.where, record, priced, layout, judge)
        if problem:
            held.append((claims[0].name or block.where, problem, claims[0].locator, claims[0].evidence))
            troubled.add((record[:3], claims[0].money.currency))
        else:
            rows += made
    rows = [r for r in rows if not r.key or (r.record[:3], r.key[3]) not in troubled]
    rows = _one_unit(rows, held)
    if block.combined:
        answers = any("output" in r.prices for r in rows)
        for row in [
            r
            for r in rows
            if r.prices and "output" not in r.prices and ("cached_input" in r.prices or ((answers or block.whole) and not _may_lack(r)))
        ]:
            p = next(iter(row.prices.values()))
            held.append((p.claim.name, "it has no output price", p.claim.locator, p.claim.evidence))
            rows.remove(row)
    wide = sum(bool(r.prices) for r in rows)
    if held and wide and len(held) > _HELD_SHARE * (len(held) + wide):
        held.append(
            (block.where, f"{len(held)} of {len(held) + wide} records are not understood, so the others are held too", block.where, "")
        )
        rows = []
    for said in held:
        result.hold(*said)
    result.left_out += [note for claims in records.values() for note in _notes(claims)]
    return rows


def _may_lack(row: _Row) -> bool:
    """Whether a model may have no output price per token of text: it embeds, or its output is priced otherwise."""
    return bool(_INPUT_ALONE.search(str(row.key[0]))) or any(
        "output" in p.component or p.claim.meaning.direction == "output" for p in row.extras
    )


def _notes(claims: Sequence[Claim]) -> list[LeftOut]:
    """Amounts that nothing calls a price of tokens or of a known meter."""
    return [
        LeftOut(
            subject=c.name,
            reason=f"{c.money.text} {c.money.currency} is no price of tokens",
            locator=c.locator,
            evidence=c.evidence,
            extent="amount",
        )
        for c in claims
        if not (c.meaning.unit or c.meaning.meter or c.meaning.direction or c.meaning.cache)
    ]


def _settled(claims: Sequence[Claim], layout: Layout) -> tuple[list[_Priced], str]:
    """The claims of a record with component and unit, or why the record is held."""
    settled: list[_Priced] = []
    for claim in claims:
        found = _settle(claim, layout)
        if isinstance(found, str):
            if claim.status == "struck":
                continue
            return [], found
        settled += found
    return settled, ""


def _settle(claim: Claim, layout: Layout) -> list[_Priced] | str:
    said = claim.meaning
    if not said.unit and said.meter:
        if claim.problem and (said.direction or said.cache):
            return []
        told = meter(f"per {said.meter}")
        return (
            [_Priced(claim, told[0] if told else "other", said.meter, False, said.tier or "standard", said.conditions)]
            if claim.name
            else []
        )
    if said.thing == "hour" and claim.name and not (said.direction or said.cache or said.unit):
        return [_Priced(claim, "hour", "1 hour", False, said.tier or "standard", said.conditions)]
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
        settled.append(_Priced(claim, component, f"{unit}-hours" if component == "cache_storage_hour" else unit, shown, tier, conditions))
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
    if said.direction == "both":
        return ("input", "output") if not kind else "it is called input and output at once"
    if said.direction:
        return (f"{said.direction}_{kind}" if kind else said.direction,)
    if said.thing in ("embedding", "rerank") or _INPUT_ALONE.search(name):
        return ("input",) if not kind else (f"input_{kind}",)
    if said.thing:
        return ("other",)
    if layout.one_price == "both":
        return ("input", "output")
    return ("input",) if layout.one_price == "input" else "no word says whether it is for input or output"


def _rows_of(block: str, record: tuple[int, ...], priced: Sequence[_Priced], layout: Layout, judge: Judge | None) -> tuple[list[_Row], str]:
    groups: dict[tuple[object, ...], _Row] = {}
    extras: list[_Priced] = []
    for p in priced:
        if not p.wide:
            extras.append(p)
            continue
        key = (
            p.claim.name,
            p.tier,
            tuple(_same(c) for c in p.conditions),
            p.claim.money.currency or "USD",
            p.unit,
            p.claim.since,
            p.claim.until,
            p.claim.region,
        )
        row = groups.setdefault(key, _Row(block, record, key, {}, [], p.claim.ident, layout.repeats))
        twin = row.prices.setdefault(p.component, p)
        if twin.claim.money.amount != p.claim.money.amount:
            return [], f"two prices for {p.component}, {twin.claim.money.text} and {p.claim.money.text}"
    rows = list(groups.values())
    for row in rows:
        if row.key[2] == (SHORT,) and not any(len(other.key[2]) and other is not row for other in rows):
            row.key = (*row.key[:2], (), *row.key[3:])
            row.prices = {c: replace(p, conditions=()) for c, p in row.prices.items()}
    if any(p.component == "training" for p in extras):  # what is trained is what these prices are of: long form only
        rows, extras = [], [*(replace(p, wide=False) for row in rows for p in row.prices.values()), *extras]
    if not layout.input_alone and not any({"output", "cached_input"} & set(row.prices) for row in rows):
        rows, extras = [], [*(replace(p, component="embedding", wide=False) for row in rows for p in row.prices.values()), *extras]
    _sole_output(rows, extras, layout)
    if any(
        p.component == "audio_minute" and p.claim.meaning.direction == "input" for p in extras
    ):  # paid by the minute heard, not by tokens alone
        extras += [replace(row.prices.pop("output"), wide=False) for row in rows if "output" in row.prices]
    _spread(rows)
    for row in rows:
        problem = _implausible(row, judge)
        if problem:
            return [], problem
    if rows:
        rows[-1].extras = extras
    elif extras:
        rows = [_Row(block, record, (), {}, extras, "")]
    return rows, ""


def _sole_output(rows: list[_Row], extras: list[_Priced], layout: Layout) -> None:
    """A model that answers in one kind of tokens alone (speech) has that price for its output, where the layout says so."""
    for row in (r for r in rows if "output" not in r.prices):
        kinds = [
            p
            for p in extras
            if p.component.startswith("output_") and (p.tier, p.conditions) == (row.key[1], next(iter(row.prices.values())).conditions)
        ]
        if len(kinds) == 1 and kinds[0].component.removeprefix("output_") in layout.sole_output:
            row.prices["output"] = replace(kinds[0], component="output", wide=True)
            extras.remove(kinds[0])


def _same(condition: str) -> str:
    """A threshold by its comparison and size alone: ``Prompts \u2264 200K tokens`` and ``\u2264 200k`` are one."""
    found = re.findall(r"<=|>=|[<>\u2264\u2265\uff1c\uff1e]|[\[(\])]|up to|longer than|over|above|\d[\d.,]*\s?[km]?", condition.lower())
    text = "".join(found).replace("<=", "\u2264").replace(">=", "\u2265").replace(" ", "")
    return text if re.search(r"\d", text) and re.search(r"[^\d.,km]", text) else condition


def _one_unit(rows: list[_Row], held: list[tuple[str, str, str, str]]) -> list[_Row]:
    """Rows without those that say per thousand what another says per million; where the two do not agree, neither is kept."""
    kept: list[_Row] = []
    groups: dict[tuple[object, ...], list[_Row]] = {}
    for row in rows:
        groups.setdefault((row.record[:3], *row.key[:4], *row.key[5:]) if row.key else (id(row),), []).append(row)
    for group in groups.values():
        values = {tuple(sorted((c, p.claim.money.amount * TOKEN_UNITS[p.unit]) for c, p in row.prices.items())) for row in group}
        if len(group) == 1:
            kept += group
        elif len(values) == 1:
            kept.append(min(group, key=lambda row: TOKEN_UNITS[str(row.key[4])]))
        else:
            p = next(iter(group[0].prices.values()))
            held.append(
                (
                    p.claim.name,
                    f"its prices {' and '.join(f'{p.claim.money.text} per {p.unit}' for row in group for p in row.prices.values())} do not agree",
                    p.claim.locator,
                    p.claim.evidence,
                )
            )
    return kept


def _spread(rows: list[_Row]) -> None:
    """A price without a condition beside conditioned ones of its record holds under each of them, where they lack it."""
    for plain in [r for r in rows if r.key and not r.key[2]]:
        others = [r for r in rows if r is not plain and r.key[2] and (r.key[1], *r.key[3:]) == (plain.key[1], *plain.key[3:])]
        if others and not any(set(plain.prices) & set(o.prices) for o in others):
            for other in others:
                other.prices.update(plain.prices)
            rows.remove(plain)


def _implausible(row: _Row, judge: Judge | None) -> str:
    values = {c: p.claim.money.amount for c, p in row.prices.items()}
    if "input" not in values:
        return "it has no input price"
    if values.get("cached_input", Decimal(0)) > values.get("input", Decimal("Infinity")) and values.get("input"):
        return "its cached price is above its input price"
    for p in row.prices.values():
        against = judge(p.claim.money.amount, p.unit, p.claim.money.currency) if judge else ""
        if against:
            return f"{p.component} {p.claim.money.text}: {against}"
    return ""


def _agreed(rows: list[_Row], result: Assembled) -> list[_Row]:
    """Rows said once: a repetition is dropped, a contradiction between two places is held on both sides."""
    seen: dict[tuple[object, ...], list[_Row]] = {}
    for row in rows:
        if row.prices:
            seen.setdefault((*row.key, row.record) if row.repeats else row.key, []).append(row)
    dropped: set[int] = set()
    disputes: Counter[str] = Counter()
    apart: set[frozenset[str]] = set()
    alike: set[frozenset[str]] = set()
    sizes = Counter(row.block for row in rows if row.prices)
    for key, found in seen.items():
        twins = sorted(found, key=lambda row: -sizes[row.block])  # of two places the fuller list is the page's own
        values = [{c: p.claim.money.amount for c, p in t.prices.items()} for t in twins]
        for n, twin in enumerate(twins[1:], 1):
            same = [t for t, v in zip(twins[:n], values, strict=False) if v == values[n]]
            if any(t.block != twin.block or twin.ident in ("", t.ident) for t in same):
                dropped.add(id(twin))
            alike |= {frozenset((t.block, twin.block)) for t in same}
        left = [t for t in twins if id(t) not in dropped]
        if len(left) > 1 and not (all(t.ident for t in left) and len({t.ident for t in left}) == len(left)):
            dropped |= {id(t) for t in left}
            disputes.update({t.block for t in left})
            apart |= {
                frozenset((a.block, b.block)) for a in left for b in left if a.block != b.block and _under(a.block) == _under(b.block) != ""
            }
            result.hold(str(key[0]), f"{len(left)} prices at tier {key[1]} that differ", ", ".join(t.block for t in left[:3]))
    unlike = {
        place for pair in apart - alike for place in pair
    }  # below one heading and alike in no model: something unsaid, a tier, tells them apart
    unlike |= {place for pair in alike if pair & unlike for place in pair}  # what says the same as one of them is of the same tier
    dropped |= {id(row) for row in rows if row.block in unlike}
    for place in sorted(unlike):
        result.hold(place, "other tables below its heading price the same models otherwise", place)
    for place, count in disputes.items():  # places that contradict each other so often are not of one kind, whatever they are
        if count >= 2 and count > _DISPUTED_SHARE * sizes[place]:
            dropped |= {id(row) for row in rows if row.block == place}
            result.hold(place, f"{count} of its {sizes[place]} rows are priced otherwise elsewhere on the page", place)
    for row in rows:
        whole = _whole(row, seen) if row.prices and row.key[2] else None
        if whole is None:
            continue
        odd = [
            (p, whole.prices[c])
            for c, p in row.prices.items()
            if c in whole.prices and whole.prices[c].claim.money.amount != p.claim.money.amount
        ]
        if not odd and set(row.prices) <= set(whole.prices):
            dropped.add(id(row))
        elif odd and _is_lower(row):  # below a band the price is the plain one, or one of them is wrong
            dropped |= {id(row), id(whole)}
            result.hold(
                str(row.key[0]),
                f"{odd[0][0].claim.money.text} below a threshold and {odd[0][1].claim.money.text} without one do not agree",
                odd[0][0].claim.locator,
                odd[0][0].claim.evidence,
            )
    for row in rows:
        if id(row) in dropped:
            row.prices = {}
    return rows


def _under(block: str) -> str:
    """The headings a table stands below."""
    return block.partition(" (")[2]


def _is_lower(row: _Row) -> bool:
    """Whether a row's condition is a band that begins at nothing."""
    return bool(re.match(r"[^<]*(?:<=|\u2264|<|up to)", str(row.key[2][0])))


def _whole(row: _Row, seen: dict[tuple[object, ...], list[_Row]]) -> _Row | None:
    """The unconditioned row of a conditioned one's model and tier, in another block."""
    return next((twin for twin in seen.get((*row.key[:2], (), *row.key[3:]), []) if twin.block != row.block and twin.prices), None)


def _emit(rows: list[_Row], layout: Layout, result: Assembled) -> None:
    number = 0
    said: set[tuple[object, ...]] = set()
    for row in rows:
        for component, p in row.prices.items():
            result.quotes.append(_quote(p, component, layout, number))
        number += bool(row.prices)
        for p in row.extras:
            key = (p.claim.name, p.component, p.unit, p.tier, p.conditions, p.claim.money, p.claim.status)
            if key not in said:
                said.add(key)
                result.quotes.append(_quote(p, p.component, layout, None))


def _quote(p: _Priced, component: str, layout: Layout, row: int | None) -> PriceQuote:
    claim = p.claim
    status = claim.status if claim.status != "in_force" else "announced" if claim.since else "promotional" if claim.until else "in_force"
    return PriceQuote(
        model_label=claim.name,
        component=component,
        value=claim.money.amount,
        value_text=claim.money.text,
        unit=p.unit,
        currency=claim.money.currency or "USD",
        evidence=claim.evidence,
        locator=claim.locator,
        tier=p.tier,
        condition=", ".join(layout.condition(c) for c in p.conditions),
        status=status,
        effective_from=claim.since,
        effective_to=claim.until,
        region=claim.region,
        model_id=claim.ident,
        row=row,
    )
