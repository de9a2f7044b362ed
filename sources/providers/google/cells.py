"""The grammar of a price cell on Google's page: several prices with modality, threshold, period or meter each.

``$0.25 (text / image / video) $0.50 (audio) $1.00 / 1,000,000 tokens per hour (storage price)`` is three
prices. Every word between two prices must be understood; one unknown word refuses the cell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sources.pages.build import is_empty, is_free, money_of
from sources.pages.dates import iso_date
from sources.pages.quote import PageChanged
from sources.pages.tables import Cell
from units.quantity import Money, one_amount, plain, token_unit


@dataclass(frozen=True)
class Price:
    """One price of a cell: ``modality`` words (empty: all), ``when`` (condition, until, since), ``meter`` (empty: tokens)."""

    money: Money
    modality: str = ""
    when: tuple[str, str, str] = ("", "", "")
    meter: str = ""


_TAIL = (
    ("or", r"or$"),
    ("limit", r",? ?(?:for )?(?:prompts?|context|inputs?) (<=|≤|<|>|≥|>=|up to|longer than) ?(\d+k)(?: tokens?)?"),
    ("until", r"through ([A-Z][a-z]+ \d{1,2}, \d{4})\.?"),
    ("since", r"starting (?:on |from )?([A-Z][a-z]+ \d{1,2}, \d{4})\.?"),
    ("storage", r"/ ?([\d,]+M?) tokens per hour(?: \(storage(?: price)?\))?"),
    ("tokens", r"(?:/|per) ?((?:[\d,]+ ?(?:M|K)?|million) tokens)"),
    (
        "meter",
        r"(?:/|per) ?(min|minute|second|sec|hour|image|frame|song|page|request|video|[\d.]+K(?:/[\d.]+K)? images?)\b(?: \(?output\)?)?",
    ),
    ("aside", r"\((\$?[\d.]+ (?:/|per) (?:image|second|frame|minute|min))\)"),
    ("modality", r"\(([a-z][a-z /,\[\]&]*)\)"),
    ("note", r"[*†‡]+|\[\d\]"),
    ("words", r"(?:,? ?and$|,? ?equivalent to$|[,.;]|(?:non-)?thinking:$)"),
)


def prices_of(cell: Cell, unit: str, where: str) -> list[Price]:
    """Every price in the cell; empty for a mark of absence; raises ``PageChanged`` for a word not understood."""
    if cell.missing or (cell.struck and not re.search(r"\d", cell.text)):
        raise PageChanged(f"{where}: expected a price in force, found a struck or missing one")
    text = plain(cell.text)
    if is_empty(text) or re.match(r"not (available|supported)\b", text, re.I):
        return []
    if is_free(text):
        money = money_of(text)
        return [Price(money)] if money else []
    head, *pieces = re.split(r"(?=(?<![\w(])\$)", text)
    if not pieces or not re.fullmatch(r"(?:(?:non-)?thinking: ?|equivalent to |_?same as standard,[^$]*)?", head, re.I):
        raise PageChanged(f"{where}: expected prices, found {text!r}")
    found: list[Price] = []
    lead = head.strip(": ").lower()
    waiting: list[int] = []
    for piece in pieces:
        price, flags = _piece(piece, unit, where)
        condition = lead if lead.endswith("thinking") else ""
        if condition and not price.when[0]:
            price = Price(price.money, price.modality, (condition, *price.when[1:]), price.meter)
        if waiting and price.modality:
            for n in waiting:
                found[n] = Price(found[n].money, price.modality, found[n].when, found[n].meter)
            waiting = []
        found.append(price)
        if "or" in flags:
            waiting.append(len(found) - 1)
        lead = flags.get("lead", "")
    return found


def _piece(piece: str, unit: str, where: str) -> tuple[Price, dict[str, str]]:
    """Read ``$X`` and the words after it up to the next price; ``flags`` say what the words announce."""
    amount = re.match(r"\$\s?[\d,]*\.?\d+(?![\d,]*\d)", piece)
    if amount is None:
        raise PageChanged(f"{where}: expected a price, found {piece!r}")
    rest = piece[amount.end() :].strip()
    seen: dict[str, re.Match[str]] = {}
    while rest:
        kind, match = next(((k, m) for k, pattern in _TAIL if (m := re.match(pattern, rest, re.I)) and m[0]), ("", None))
        if match is None:
            raise PageChanged(f"{where}: expected known words after {amount[0]}, found {rest!r}")
        if kind in seen and kind not in ("words", "note", "aside"):
            raise PageChanged(f"{where}: expected one {kind} after {amount[0]}, found {piece!r}")
        seen[kind] = match
        rest = rest[match.end() :].strip()
    if "tokens" in seen and token_unit("/ " + seen["tokens"][1]) != unit:
        raise PageChanged(f"{where}: expected prices per {unit}, found {piece!r}")
    condition = f"prompts {_sign(seen['limit'][1])} {seen['limit'][2].lower()}" if "limit" in seen else ""
    when = (condition, iso_date(seen["until"][1]) if "until" in seen else "", iso_date(seen["since"][1]) if "since" in seen else "")
    modality = seen["modality"][1].lower() if "modality" in seen else ""
    meter = "token-hour" if "storage" in seen else seen["meter"][1].lower() if "meter" in seen else ""
    if not meter and "note" in seen and modality == "image":
        meter = "image"
    lead = seen["words"][0].strip(" :,.") if "words" in seen else ""
    return Price(one_amount(amount[0]), modality, when, meter), {"lead": lead.lower()} | ({"or": "1"} if "or" in seen else {})


def _sign(word: str) -> str:
    return {"≤": "<=", "up to": "<=", "≥": ">=", "longer than": ">"}.get(word.lower(), word)
