"""Model names as pages print them, without what is no part of a name: marks, states of life, thresholds, dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sources.pages.layout.claims import Block
from sources.pages.layout.figures import tidy
from sources.pages.layout.words import NOTHING, Vocabulary
from sources.pages.periods import Period, period_in

_LIFE = re.compile(
    r"\s*[\[(]_?(?:deprecated|retired|legacy|limited availability|preview(?: only)?|experimental|limited preview|sunset|obsolete|discontinued|已下线|即将下线|new|新品)[^()\[\]]*[\])]",
    re.I,
)
_BADGE = re.compile(r"\s+(?:新品|new!|推荐|hot)$", re.I)
_OFFER = re.compile(r"\s*[-–(\[]?\s*(?:(?:up to|save) )?\d{1,2} ?% ?(?:off|discount|cheaper)\b.*$", re.I)
"""A discount behind a name, and all that is said of it."""
_PROVISO = re.compile(r"\s*\(((?:w/o?|with|without) ?[^()]{3,60})\)$", re.I)
"""A bracket behind a name that says with or without what the price holds."""

_MORE = re.compile(
    r"[^A-Za-z0-9 ./_-]|\b(?:through|until|up|ending|starting|effective|from|beginning|as|new|hot|over|under|above|below|at|more|less|longer|shorter|exceeding"
    r"|context|prompts?|inputs?|tokens?|\w{2}-(?:east|west|north|south|central)\w*-\d)\b|^[-./ ]|[-. ]$|\d\s?[KMkm]\s?-",
    re.I,
)
"""What a printed name must hold for more than a name to stand in it."""


@dataclass(frozen=True, slots=True)
class Name:
    """A model's printed name with the conditions and days that stood in it."""

    text: str
    conditions: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    tier: str = ""


def read_name(text: str, vocabulary: Vocabulary) -> Name:
    """The name in a printed text; ``text`` is empty where only conditions stand in it (a row that continues the one above)."""
    if not _MORE.search(text):
        return Name(" ".join(text.split()))
    text = _BADGE.sub("", _OFFER.sub("", _LIFE.sub("", tidy(text)))).strip()
    text, period = period_in(text)
    bracket = re.search(r"\s*\(([^()]{3,30})\)$", text)
    inside = vocabulary.read(bracket[1]) if bracket else NOTHING
    tier = inside.tier if inside.understood and not inside.direction else ""
    text = text[: bracket.start()] if bracket and tier else text
    proviso = _PROVISO.search(text)
    text = text[: proviso.start()] if proviso else text
    said = vocabulary.read(text)
    if proviso:
        said = replace(said, conditions=(*said.conditions, proviso[1]), rest=said.rest or text)
    if said.conditions and said.understood and not re.match(r"[^\w\s]", text):
        return Name(text, (), period.since, period.until, tier)  # a class of models by its size, not a band of a price
    for condition in said.conditions:
        text = text.replace(condition, "") if condition in text else text
    if said.conditions:
        text = re.sub(r"\(\s*\)|\[\s*\]", "", text)
    text = re.sub(r"^[\s↳└>·•*:\-–]+|[\s:,;·|–-]+$", "", " ".join(text.split()))
    return Name(text, said.conditions, period.since, period.until, tier)


def days_in(texts: Sequence[str]) -> Period:
    """From when and until when headings and lines say that the prices below them hold; empty where they name no day."""
    found = [period_in(text)[1] for text in texts]
    return Period(next((p.since for p in found if p.since), ""), next((p.until for p in found if p.until), ""))


_NO_NAME = re.compile(r"[<>={};\"\x00-\x1f\\|]|['`]|\$\s?\d|\b(?:prices?|pricing|tokens?)\b|价格|单价|计费|定价|时段", re.I)


def may_be_name(text: str) -> bool:
    """Whether a text may name a model: letters, and no mark-up, code or amount."""
    return bool(re.search(r"[^\W\d_]", text)) and not _NO_NAME.search(text) and len(text) <= 120


def several(lines: tuple[str, ...]) -> list[str]:
    """The models a cell names: lines that all look like identifiers, or alike names set apart by a comma, a slash or "and".

    ``Sonnet 4.6 / 4.5`` repeats the name for each version. Of other lines the first is the name.
    """
    if len(lines) > 1:
        return list(lines) if all(re.fullmatch(r"[\w.:/@-]*-[\w.:/@-]+", line) for line in lines) else [lines[0]]
    line = lines[0] if lines else ""
    parts = [p.strip() for p in re.split(r" / |,(?! ?\d)| and ", re.sub(r"\s*\([^()]*\)$", "", line)) if p.strip()]
    if len(parts) > 1 and all(re.fullmatch(r"\d+(?:\.\d+)*", p) for p in parts[1:]) and " " in parts[0]:
        return [parts[0], *(f"{parts[0].rpartition(' ')[0]} {p}" for p in parts[1:])]
    alike = len(parts) > 1 and all(p[:3].lower() == parts[0][:3].lower() and len(p) > 3 for p in parts)
    return parts if alike else [line]


def named_before(blocks: Sequence[Block]) -> None:
    """Give a table without names those that the lines in front of it mention, of the names the page's other tables print.

    The maker's word may be left out (``Opus 4.6`` for ``Claude Opus 4.6``); a longer name is not taken for a shorter one.
    """
    known = sorted({c.name for block in blocks for c in block.claims if c.name}, key=len, reverse=True)
    for block in (b for b in blocks if b.claims and b.before and not any(c.name for c in b.claims)):
        sentence, found = block.before.split("\n")[0], []
        for name in known:
            for said in (name, name.partition(" ")[2]):
                pattern = rf"(?<![\w.-]){re.escape(said)}(?![\w-]|\.\d)" if len(said) > 4 else "(?!)"
                if name not in found and re.search(pattern, sentence):
                    found.append(name)
                    sentence = re.sub(pattern, " ", sentence)
        block.claims = [
            replace(c, name=name, record=(c.record[0], n, 0, *c.record[3:])) for n, name in enumerate(found) for c in block.claims
        ] or block.claims
