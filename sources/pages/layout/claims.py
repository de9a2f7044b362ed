"""What stage one hands to stage two: amounts with all that their surroundings say, and what was not understood.

A ``Claim`` is one amount of one model; a ``Block`` is a table, a card or a group of lines whose claims stand or fall together.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sources.pages.layout.words import Meaning
from units.quantity import Money


@dataclass(frozen=True, slots=True)
class Claim:
    """An amount and what it is said to be the price of. ``problem``: why it cannot be one (empty: nothing is against it)."""

    name: str
    meaning: Meaning
    money: Money
    evidence: str
    locator: str
    record: tuple[int, ...]
    ident: str = ""
    status: str = "in_force"
    region: str = ""
    since: str = ""
    until: str = ""
    problem: str = ""


@dataclass(slots=True)
class Block:
    """One table, card or group of lines: its claims in page order."""

    where: str
    claims: list[Claim] = field(default_factory=list)
    losses: list[tuple[str, str, str, str]] = field(default_factory=list)
    """Rows that lack cells: subject, reason, place and words."""
    whole: bool = False
    """Whether all components of a model stand in this block, so that a model without an output price has lost it."""
    before: str = ""
    """The lines in front of a table."""
    combined: bool = False
    """Whether input and output stand in one place, so that a row in which one is missing has lost it."""
