"""DeepSeek's price page in English or Chinese, as HTML, Markdown or plain text, with its dated states.

Models stand in columns (or, in older and announced lists, in rows); prices by cache hit, cache miss and output;
by time of day or peak hours; struck, discounted until a moment in a footnote, or announced from a moment. A
list without dates that an announced list replaces ends when that one begins.
"""

from __future__ import annotations

import re
from dataclasses import replace

from sources.pages.build import PriceRows
from sources.pages.page import Page
from sources.pages.quote import PageChanged, PriceQuote
from sources.providers.deepseek.blocks import blocks
from sources.providers.deepseek.labels import Offer
from sources.providers.deepseek.offers import meters, offers
from sources.providers.deepseek.times import announcements, announces, period
from units.quantity import token_unit


def parse(page: Page) -> list[PriceQuote]:
    """Quotes of the page; raises ``PageChanged`` for a priced row, footnote or date that is not understood."""
    tables, prose = blocks(page)
    rows = PriceRows()
    lists: list[list[Offer]] = []
    seen = set()
    for block in tables:
        if not any(c.text or c.struck for row in block.rows for c in row):
            raise PageChanged(f"{block.locator(0)}: expected a table, found an empty one")
        words = tuple(tuple((c.text, c.struck) for c in row) for row in block.rows)
        if words in seen:
            continue
        seen.add(words)
        found = offers(block, prose)
        if not found:
            meters(block, rows)
            continue
        if len(currencies := {o.currency for o in found}) > 1:
            raise PageChanged(f"{block.locator(0)}: expected one currency in a table, found {sorted(currencies)}")
        since, until = period(block.lead)
        if announces(block.lead) and not since:
            raise PageChanged(f"{block.locator(0)}: expected the moment from which the announced list holds, found {block.lead[-80:]!r}")
        lists.append([replace(o, since=o.since or since, until=o.until or until) for o in found])
    if missing := announcements(prose) - {o.since for offered in lists for o in offered}:
        raise PageChanged(f"expected the price list announced for {', '.join(sorted(missing))}, found none")
    _one_in_force(lists)
    _agree_on_unit(prose, lists)
    for offer in _distinct(_ended(lists)):
        _add(rows, offer)
    if not any(q.row is not None for q in rows.quotes):
        raise PageChanged("expected a table of models and prices per token, found none")
    return rows.quotes


def _ended(lists: list[list[Offer]]) -> list[Offer]:
    """All offers in page order; those in force end where an announced list with their model begins."""
    begins = {(o.model, o.currency): o.since for offered in lists for o in offered if o.since and all(p.since for p in offered)}
    return [
        o if o.since or o.until or (o.model, o.currency) not in begins else replace(o, until=begins[(o.model, o.currency)])
        for offered in lists
        for o in offered
    ]


def _agree_on_unit(prose: str, lists: list[list[Offer]]) -> None:
    """The unit the page's first sentence names must be that of its tables."""
    said = re.findall(r"units? of (?:per )?([^.\n]{1,20}?tokens)|以[“\"]?([^”\"\n]{1,12}?tokens?)[”\"]?为单位", prose, re.I)
    units = {token_unit(a or b) for a, b in said}
    if units and units != {o.unit for offered in lists for o in offered}:
        raise PageChanged(f"expected prices {' or '.join(sorted(units))} as the page says, found another unit in a table")


def _one_in_force(lists: list[list[Offer]]) -> None:
    """Two lists of one model's prices cannot both be in force: one of them must begin at a named moment."""
    lists_in_force = [{(o.model, o.currency) for o in offered if not o.since} for offered in lists]
    for n, offered in enumerate(lists_in_force):
        for other in lists_in_force[:n]:
            if offered & other:
                raise PageChanged(f"expected one price list in force for {min(offered & other)[0]}, found two")


def _distinct(found: list[Offer]) -> list[Offer]:
    """Offers without repetitions; the same offer at two prices is a contradiction."""
    kept: dict[tuple[str, ...], Offer] = {}
    for offer in found:
        other = kept.setdefault(offer.key, offer)
        if other.amounts() != offer.amounts():
            raise PageChanged(
                f"expected one price list for {offer.model} ({offer.tier} {offer.condition}), found two "
                f"({other.locator} and {offer.locator})"
            )
    return list(kept.values())


def _add(rows: PriceRows, offer: Offer) -> None:
    status = "announced" if offer.since else "promotional" if offer.promotional else "in_force"
    fields = {
        "unit": offer.unit,
        "tier": offer.tier,
        "condition": offer.condition,
        "effective_from": offer.since,
        "effective_to": offer.until,
        "evidence": offer.evidence,
        "locator": offer.locator,
    }
    rows.add(offer.model, offer.prices, status=status, **fields)
    for component, money in offer.struck.items():
        rows.extra(offer.model, component, money, status="struck", **fields)
