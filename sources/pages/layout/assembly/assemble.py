"""Stage two: from claims to quotes. A record with a token price that is not understood is held whole; the rest is kept.

One wide row is one model at one tier under one set of conditions. Meters (per image, per hour, per search), other kinds of tokens
and struck prices are long form only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sources.pages.layout.assembly.agree import agreed
from sources.pages.layout.assembly.result import Assembled
from sources.pages.layout.assembly.rows import Judge, Row, one_unit, rows_of
from sources.pages.layout.assembly.settle import INPUT_ALONE, Priced, settled_claims
from sources.pages.layout.claims import Block, Claim
from sources.pages.layout.declaration import Layout
from sources.pages.quote import LeftOut, PriceQuote

_HELD_SHARE = 0.5
"""Beyond this share of held records the structure of a block is not understood, and nothing of it is kept."""


def assemble(blocks: Iterable[Block], layout: Layout, judge: Judge | None = None) -> Assembled:
    """All that the blocks of a page give."""
    result = Assembled()
    kept: list[Row] = []
    for block in blocks:
        kept += _block_rows(block, layout, judge, result)
    _emit(agreed(kept, result), layout, result)
    return result


def _block_rows(block: Block, layout: Layout, judge: Judge | None, result: Assembled) -> list[Row]:
    records: dict[tuple[int, ...], list[Claim]] = {}
    for claim in (replace(c, status="struck") if "original" in c.meaning.senses else c for c in block.claims):
        records.setdefault(claim.record, []).append(claim)
    rows: list[Row] = []
    held: list[tuple[str, str, str, str]] = list(block.losses)
    troubled: set[tuple[object, ...]] = set()
    for record, claims in records.items():
        priced, problem = settled_claims(claims, layout)
        if not problem:
            made, problem = rows_of(block.where, record, priced, layout, judge)
        if problem:
            held.append((claims[0].name or block.where, problem, claims[0].locator, claims[0].evidence))
            troubled.add((record[:3], claims[0].money.currency))
        else:
            rows += made
    rows = [r for r in rows if not r.key or (r.record[:3], r.key[3]) not in troubled]
    rows = one_unit(rows, held)
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


def _may_lack(row: Row) -> bool:
    """Whether a model may have no output price per token of text: it embeds, or its output is priced otherwise."""
    return bool(INPUT_ALONE.search(str(row.key[0]))) or any(
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


def _emit(rows: list[Row], layout: Layout, result: Assembled) -> None:
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


def _quote(p: Priced, component: str, layout: Layout, row: int | None) -> PriceQuote:
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
