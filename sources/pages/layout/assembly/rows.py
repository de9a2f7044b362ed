"""Wide rows from the priced claims of one record: one model at one tier under one set of conditions."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sources.pages.layout.assembly.settle import Priced
from sources.pages.layout.declaration import Layout
from sources.pages.layout.words import SHORT
from units.quantity import TOKEN_UNITS

Judge = Callable[[Decimal, str, str], str]
"""Amount, unit and currency -> why no token costs that much (empty: it may)."""


@dataclass(slots=True)
class Row:
    """One wide row in the making: what tells it apart (``key``) and its prices by component.

    ``key``: model, tier, conditions, currency, unit, since, until, region.
    """

    block: str
    record: tuple[int, ...]
    key: tuple[Any, ...]
    prices: dict[str, Priced]
    extras: list[Priced]
    ident: str
    repeats: bool = False


def rows_of(block: str, record: tuple[int, ...], priced: Sequence[Priced], layout: Layout, judge: Judge | None) -> tuple[list[Row], str]:
    """The rows of one record, or why it is held."""
    extras = [p for p in priced if not p.wide]
    rows, problem = _grouped(block, record, [p for p in priced if p.wide], layout)
    if problem:
        return [], problem
    _plain_where_alone(rows)
    rows, extras = _of_inference(rows, extras, layout)
    _sole_output(rows, extras, layout)
    if _paid_by_the_minute(extras):
        extras += [replace(row.prices.pop("output"), wide=False) for row in rows if "output" in row.prices]
    _spread(rows)
    problem = next((found for row in rows if (found := _implausible(row, judge))), "")
    if problem:
        return [], problem
    if rows:
        rows[-1].extras = extras
    elif extras:
        rows = [Row(block, record, (), {}, extras, "")]
    return rows, ""


def _grouped(block: str, record: tuple[int, ...], priced: Sequence[Priced], layout: Layout) -> tuple[list[Row], str]:
    """Prices by what tells rows apart, or the component that has two of them in one row."""
    groups: dict[tuple[object, ...], Row] = {}
    for p in priced:
        told = tuple(same_band(c) for c in p.conditions)
        key = (p.claim.name, p.tier, told, p.claim.money.currency or "USD", p.unit, p.claim.since, p.claim.until, p.claim.region)
        row = groups.setdefault(key, Row(block, record, key, {}, [], p.claim.ident, layout.repeats))
        twin = row.prices.setdefault(p.component, p)
        if twin.claim.money.amount != p.claim.money.amount:
            return [], f"two prices for {p.component}, {twin.claim.money.text} and {p.claim.money.text}"
    return list(groups.values()), ""


def _plain_where_alone(rows: list[Row]) -> None:
    """A price of short requests beside none of longer ones is the price."""
    for row in rows:
        if row.key[2] == (SHORT,) and not any(len(other.key[2]) and other is not row for other in rows):
            row.key = (*row.key[:2], (), *row.key[3:])
            row.prices = {c: replace(p, conditions=()) for c, p in row.prices.items()}


def _of_inference(rows: list[Row], extras: list[Priced], layout: Layout) -> tuple[list[Row], list[Priced]]:
    """Rows of inference by tokens; what is of training, or of input alone where that is no row, goes to the long form."""
    if any(p.component == "training" for p in extras):  # what is trained is what these prices are of
        rows, extras = [], [*(replace(p, wide=False) for row in rows for p in row.prices.values()), *extras]
    answers = any({"output", "cached_input"} & set(row.prices) for row in rows) or any(
        p.claim.meaning.direction == "output" for p in extras
    )
    if not layout.input_alone and not answers:
        rows, extras = [], [*(replace(p, component="embedding", wide=False) for row in rows for p in row.prices.values()), *extras]
    return rows, extras


def _paid_by_the_minute(extras: Sequence[Priced]) -> bool:
    """Whether what is heard is paid by the minute alone, so that tokens are no price of it."""
    return not any(p.component == "input_audio" for p in extras) and any(
        p.component == "audio_minute" and p.claim.meaning.direction == "input" for p in extras
    )


def _sole_output(rows: list[Row], extras: list[Priced], layout: Layout) -> None:
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


def same_band(condition: str) -> str:
    """A threshold by its comparison and size alone: ``Prompts \u2264 200K tokens`` and ``\u2264 200k`` are one."""
    found = re.findall(r"<=|>=|[<>\u2264\u2265\uff1c\uff1e]|[\[(\])]|up to|longer than|over|above|\d[\d.,]*\s?[km]?", condition.lower())
    text = "".join(found).replace("<=", "\u2264").replace(">=", "\u2265").replace(" ", "")
    return text if re.search(r"\d", text) and re.search(r"[^\d.,km]", text) else condition


def one_unit(rows: list[Row], held: list[tuple[str, str, str, str]]) -> list[Row]:
    """Rows without those that say per thousand what another says per million; where the two do not agree, neither is kept."""
    kept: list[Row] = []
    groups: dict[tuple[object, ...], list[Row]] = {}
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


def _spread(rows: list[Row]) -> None:
    """A price without a condition or a day beside such ones of its record holds under each of them, where they lack it."""
    for plain in [r for r in rows if r.key and not (r.key[2] or r.key[5] or r.key[6])]:
        others = [r for r in rows if r is not plain and (r.key[1], *r.key[3:5], r.key[7]) == (plain.key[1], *plain.key[3:5], plain.key[7])]
        if others and not any(set(plain.prices) & set(o.prices) for o in others):
            for other in others:
                said = next(iter(other.prices.values())).conditions
                other.prices.update(
                    {
                        c: replace(p, claim=replace(p.claim, since=other.key[5], until=other.key[6]), conditions=said)
                        for c, p in plain.prices.items()
                    }
                )
            rows.remove(plain)


def _implausible(row: Row, judge: Judge | None) -> str:
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
