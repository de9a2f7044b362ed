"""A card: lines that belong to one model, where a label stands over or beside each price.

``Input`` / ``$3 / MTok`` / ``Output`` / ``$15 / MTok``; a condition between a label and its price is the price's own, one over
several labels is theirs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sources.pages.build import is_empty, is_free
from sources.pages.layout.claims import Block, Claim
from sources.pages.layout.declaration import Layout
from sources.pages.layout.figures import figures, ordered, tidy
from sources.pages.layout.names import read_name
from sources.pages.layout.text.lines import Line
from sources.pages.layout.words import DIRECTIONS, MODALITIES, NOTHING, Meaning, under, within_page
from sources.pages.periods import Period
from units.quantity import amounts


def holds_price(line: Line) -> bool:
    """Whether a line prints an amount of money (or says Free where a price may stand)."""
    return bool(amounts(tidy(line.text))) or is_free(line.text)


_SPOKEN = {"input": "input", "output": "output", "输入": "input", "输出": "output"}
"""Words that announce a price even where the figure behind them cannot be read."""
_LEAD = re.compile(r"([^$€¥£元]{2,40}):\s")
"""Words at the beginning of a line that a colon sets over all of its prices."""


@dataclass(slots=True)
class _Labels:
    """The labels in force while a card is read from top to bottom."""

    component: Meaning = NOTHING
    conditions: tuple[str, ...] = ()
    inner: bool = False
    scope: Meaning = NOTHING
    last: str = ""

    def take(self, said: Meaning) -> None:
        """A label line: a component, a condition, or a scope (tier, unit, kind) of what follows."""
        if said.direction or said.cache or said.senses & {"write", "read", "cache"}:
            self.conditions = () if self.inner and self.last != "condition" else self.conditions
            self.inner = self.inner and self.last != "condition"
            generic = self.component if self.component.senses & {"cache"} and not self.component.direction else NOTHING
            self.component, self.last = (
                under(said, Meaning(generic.senses & {"cache"})) if said.senses & {"write", "read"} else said,
                "component",
            )
        elif said.conditions and not said.tier:
            self.inner = self.last == "component"
            self.conditions, self.last = said.conditions, "condition"
        elif not said.says_nothing:
            self.scope, self.last = under(said, self.scope), "scope"


def read_card(
    lines: Sequence[Line],
    name: str,
    around: Meaning,
    page: Meaning,
    layout: Layout,
    block: Block,
    record: tuple[int, ...],
    ident: str = "",
    days: Period = Period(),
) -> None:
    """Add the claims of one card to ``block``."""
    labels = _Labels()
    found = read_name(name, layout.vocabulary)
    found = replace(found, since=found.since or days.since, until=found.until or days.until)
    leads: dict[tuple[str, ...], int] = {(): 0}
    first, announced = len(block.claims), set()
    for n, line in enumerate(lines):
        text = layout.cleaned(line.text)
        if text == name and not holds_price(line):
            continue
        if line.struck:
            continue
        if not holds_price(line):
            said = layout.vocabulary.read(text)
            if is_empty(text):
                announced.discard(labels.component.direction)
                labels.component, labels.last = replace(labels.component, senses=labels.component.senses & {"cache"}), "price"
            elif said.understood:
                labels.take(said)
                announced |= (
                    {said.direction}
                    if said.direction in DIRECTIONS and not (said.cache or said.thing or said.senses & MODALITIES)
                    else set()
                )
            elif len(text.split()) <= 4:
                announced |= (
                    {_SPOKEN[m[0].lower()] for m in re.finditer("|".join(_SPOKEN), text, re.I)} if re.search(r"\d", text) else set()
                )
                labels.component, labels.last = NOTHING, "text"
            continue
        labels.last = "price"
        over = _LEAD.match(text)
        lead = layout.vocabulary.read(over[1]) if over else NOTHING
        given = figures(text, layout.vocabulary)
        said = labels.component
        for place, figure in enumerate(given if said.direction or said.cache else ordered(given, layout)):
            own = under(figure.meaning, Meaning(conditions=lead.conditions)) if lead.understood else figure.meaning
            label = NOTHING if own.direction or own.cache else labels.component
            if (
                not figure.meaning.understood
                and place == 0
                and found.text
                and figure.meaning.rest
                and found.text.startswith(figure.meaning.rest)
            ):
                own = replace(own, rest="")
            meaning = under(under(under(under(own, label), Meaning(conditions=labels.conditions)), labels.scope), around)
            meaning = within_page(meaning, page)
            meaning = replace(meaning, conditions=tuple(dict.fromkeys((*found.conditions, *meaning.conditions))))
            meaning = under(Meaning(frozenset({found.tier})), meaning) if found.tier else meaning
            problem = "" if own.understood else f"the words {own.rest!r} beside {figure.money.text} are not known"
            problem = "an amount beside it is struck or cut" if line.lost else problem
            money = replace(figure.money, currency=figure.money.currency or around.currency or page.currency or layout.currency or "USD")
            block.claims.append(
                Claim(
                    found.text,
                    meaning,
                    money,
                    _evidence(found.text, lines, n, figure.money.text),
                    f"line {line.number}",
                    (*record, leads.setdefault(lead.conditions, len(leads))),
                    ident,
                    since=figure.period.since or found.since,
                    until=figure.period.until or found.until,
                    problem=problem,
                )
            )
    lost = announced - {c.meaning.direction for c in block.claims[first:]}
    if lost and not any(c.meaning.direction == "both" for c in block.claims[first:]):
        block.claims[first:] = [
            replace(c, problem=c.problem or f"no price can be read where {' and '.join(sorted(lost))} is said")
            for c in block.claims[first:]
        ]


def _evidence(name: str, lines: Sequence[Line], n: int, figure: str) -> str:
    """The model, the labels before a price and the price itself, in the page's words."""
    before = [line.text for line in lines[max(0, n - 2) : n] if not holds_price(line) and line.text != name and len(line.text) < 80]
    text = lines[n].text
    at = max(0, text.find(figure) - 120) if len(text) > 200 else 0
    return " | ".join(filter(None, [name, *before, text[at : at + 200]]))[:500]
