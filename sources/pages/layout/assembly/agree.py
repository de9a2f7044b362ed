"""What the places of a page say of one model: repetitions are dropped, contradictions are held on both sides."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from sources.pages.layout.assembly.result import Assembled
from sources.pages.layout.assembly.rows import Row
from sources.pages.layout.words import SHORT, is_lower

_DISPUTED_SHARE = 0.2
"""Beyond this share of rows that another place prices otherwise a place is held whole."""


def agreed(rows: list[Row], result: Assembled) -> list[Row]:
    """Rows said once: a repetition is dropped, a contradiction between two places is held on both sides."""
    seen: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        if row.prices:
            seen.setdefault((*row.key, row.record) if row.repeats else row.key, []).append(row)
    page = _Places(Counter(row.block for row in rows if row.prices))
    for key, found in seen.items():
        page.compare(key, found, result)
    page.hold_unlike(rows, result)
    page.hold_disputed(rows, result)
    _hold_bands(rows, seen, page.dropped, result)
    for row in rows:
        if id(row) in page.dropped:
            row.prices = {}
    _end_replaced(rows)
    return rows


def _end_replaced(rows: list[Row]) -> None:
    """A price without days ends on the day from which the page announces another of that model, at its tier or by hours of the day."""
    announced: dict[tuple[object, ...], dict[str, set[str]]] = {}
    for row in (r for r in rows if r.prices and r.key[5]):
        announced.setdefault(_seller(row), {}).setdefault(str(row.key[1]), set()).add(str(row.key[5]))
    for row in (r for r in rows if r.prices and not (r.key[5] or r.key[6])):
        tiers = announced.get(_seller(row), {})
        days = tiers.get(str(row.key[1]), set()) or (
            tiers.get("peak", set()) & tiers.get("off-peak", set()) if row.key[1] == "standard" else set()
        )
        if len(days) == 1:
            until = next(iter(days))
            row.key = (*row.key[:6], until, row.key[7])
            row.prices = {c: replace(p, claim=replace(p.claim, until=until)) for c, p in row.prices.items()}


def _seller(row: Row) -> tuple[object, ...]:
    """A row's model, currency, unit and region: what one list of prices has once."""
    return (row.key[0], row.key[3], row.key[4], row.key[7])


@dataclass(slots=True)
class _Places:
    """The places of a page, by how their rows agree with those of others."""

    sizes: Counter[str]
    dropped: set[int] = field(default_factory=set)
    disputes: Counter[str] = field(default_factory=Counter)
    apart: set[frozenset[str]] = field(default_factory=set)
    alike: set[frozenset[str]] = field(default_factory=set)

    def compare(self, key: tuple[object, ...], found: list[Row], result: Assembled) -> None:
        """The rows of one model, tier and condition: repetitions go, two prices hold them all."""
        twins = sorted(found, key=lambda row: -self.sizes[row.block])  # of two places the fuller list is the page's own
        values = [{c: p.claim.money.amount for c, p in t.prices.items()} for t in twins]
        for n, twin in enumerate(twins[1:], 1):
            same = [t for t, v in zip(twins[:n], values, strict=False) if v == values[n]]
            if any(t.block != twin.block or twin.ident in ("", t.ident) for t in same):
                self.dropped.add(id(twin))
            self.alike |= {frozenset((t.block, twin.block)) for t in same}
        left = [t for t in twins if id(t) not in self.dropped]
        if len(left) > 1 and not (all(t.ident for t in left) and len({t.ident for t in left}) == len(left)):
            self.dropped |= {id(t) for t in left}
            self.disputes.update({t.block for t in left})
            self.apart |= {
                frozenset((a.block, b.block)) for a in left for b in left if a.block != b.block and _under(a.block) == _under(b.block) != ""
            }
            result.hold(str(key[0]), f"{len(left)} prices at tier {key[1]} that differ", ", ".join(t.block for t in left[:3]))

    def hold_unlike(self, rows: list[Row], result: Assembled) -> None:
        """Places below one heading and alike in no model: something unsaid, a tier, tells them apart."""
        unlike = {place for pair in self.apart - self.alike for place in pair}
        unlike |= {place for pair in self.alike if pair & unlike for place in pair}  # what says the same as one of them is of the same tier
        self.dropped |= {id(row) for row in rows if row.block in unlike}
        for place in sorted(unlike):
            result.hold(place, "other tables below its heading price the same models otherwise", place)

    def hold_disputed(self, rows: list[Row], result: Assembled) -> None:
        """Places that contradict others so often that they are not of one kind, whatever they are."""
        for place, count in self.disputes.items():
            if count >= 2 and count > _DISPUTED_SHARE * self.sizes[place]:
                self.dropped |= {id(row) for row in rows if row.block == place}
                result.hold(place, f"{count} of its {self.sizes[place]} rows are priced otherwise elsewhere on the page", place)


def _hold_bands(rows: list[Row], seen: dict[tuple[object, ...], list[Row]], dropped: set[int], result: Assembled) -> None:
    """Rows of a band beside a row without one: below it the price is the plain one, or one of them is wrong."""
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
            dropped.add(id(whole if row.key[2] == (SHORT,) else row))  # beside long requests the plain price is that of short ones
        elif odd and is_lower(str(row.key[2][0])):
            dropped |= {id(row), id(whole)}
            result.hold(
                str(row.key[0]),
                f"{odd[0][0].claim.money.text} below a threshold and {odd[0][1].claim.money.text} without one do not agree",
                odd[0][0].claim.locator,
                odd[0][0].claim.evidence,
            )


def _under(block: str) -> str:
    """The headings a table stands below."""
    return block.partition(" (")[2]


def _whole(row: Row, seen: dict[tuple[object, ...], list[Row]]) -> Row | None:
    """The unconditioned row of a conditioned one's model and tier, in another block."""
    return next((twin for twin in seen.get((*row.key[:2], (), *row.key[3:]), []) if twin.block != row.block and twin.prices), None)
