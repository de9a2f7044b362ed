"""What the words of a label say about a price: the shared vocabulary and a provider's additions, read phrase by phrase.

A label (a column head, a row head, a heading, the words beside an amount) is read by taking out, in turn, conditions, units,
currencies and the phrases of the vocabulary. What is left over is ``rest``: nothing in it is understood, and nothing is guessed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from sources.pages.meters import meter
from units.quantity import CURRENCIES, plain

DIRECTIONS = frozenset({"input", "output"})
CACHES = frozenset({"cached", "cache_write", "storage", "explicit"})
MODALITIES = frozenset({"text", "image", "audio", "video"})
TIER_WORDS = frozenset({"standard", "batch", "flex", "priority", "fast", "peak", "off-peak", "free"})
THINGS = frozenset({"training", "embedding", "rerank", "search", "request", "hour"})
ROLES = frozenset({"name", "id", "note", "region", "tier_column", "unit_column", "component_column", "condition_column"})
SENSES = (
    DIRECTIONS
    | CACHES
    | MODALITIES
    | TIER_WORDS
    | THINGS
    | ROLES
    | {"condition", "original", "reserved", "cache", "write", "read", "5m", "1h", "price", "drop"}
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a label says. Empty fields: it does not say. ``rest``: the words nobody has explained."""

    senses: frozenset[str] = frozenset()
    unit: str = ""
    meter: str = ""
    currency: str = ""
    conditions: tuple[str, ...] = ()
    rest: str = ""

    @property
    def direction(self) -> str:
        """``input``, ``output``, ``both`` where it names the two, or empty."""
        found = self.senses & DIRECTIONS
        return "both" if len(found) == 2 else next(iter(found), "")

    @property
    def cache(self) -> str:
        """``cached``, ``cache_write``, ``storage`` or empty; ``write`` and ``read`` alone are of a cache."""
        for sense in ("storage", "cache_write", "explicit", "cached"):
            if sense in self.senses:
                return sense
        if "write" in self.senses:
            return "cache_write"
        if "read" in self.senses or "cache" in self.senses:
            return "cached"
        return ""

    @property
    def tier(self) -> str:
        """The service tier it names, or empty; a tier beside ``standard`` is the tier."""
        found = self.senses & TIER_WORDS
        return next(iter(sorted(found - {"standard"})), "standard" if found else "")

    @property
    def thing(self) -> str:
        """What is priced where it is not inference by text tokens."""
        return next(iter(sorted(self.senses & THINGS)), "")

    @property
    def priced(self) -> bool:
        """Whether the label speaks of a price of tokens or of what a model does."""
        return bool(self.direction or self.cache or self.unit or "price" in self.senses)

    @property
    def understood(self) -> bool:
        """Whether every word was explained."""
        return not self.rest

    @property
    def says_nothing(self) -> bool:
        """Whether it explains nothing about a price."""
        return not (self.senses - {"drop"} or self.unit or self.meter or self.conditions or self.currency)


NOTHING = Meaning()

_SIZE = r"\d+(?:[.,]\d+)?\s?(?:k|m|万|千)?"
_LESS = r"(?:<=|>=|≤|≥|<|>|＜|＞|up to|at most|at least|below|under|over|above|more than|greater than|less than|longer than|shorter than|exceeding|不超过|超过)"
_CONDITION = re.compile(
    rf"\(?(?P<a>(?:for )?(?:prompts?|context(?: length)?|inputs?|input length|prompt length|输入长度|上下文|token|tokens)?\s*(?:\(?(?:with|of|that are|is)\)?\s*)?"
    rf"(?:\d+\s?[km]?\s?(?:<|≤|<=|＜)\s?(?:input|tokens?|prompt|context|输入)\s?(?:<|≤|<=|＜)\s?{_SIZE}|{_LESS}\s?{_SIZE}|[\[(]\s?{_SIZE}\s?[,，]\s?{_SIZE}\s?[\])]|[\[(]\s?\d+\s?\+\s?[\])]"
    rf"|\d+\s?[km]\s?[-–~]\s?\d+\s?[km])\s*(?:input tokens?|prompt tokens?|tokens? context|context length|context|prompts?|tokens?|token|in length)?)\)?(?![a-z0-9])",
    re.IGNORECASE,
)
_HOURS = re.compile(
    r"(?:(?:UTC|GMT|北京时间|Beijing time)[ :：]?\s*)?\d{1,2}:\d{2}\s*[-–—~至]\s*\d{1,2}:\d{2}(?:\s*(?:UTC|GMT)\b)?", re.IGNORECASE
)
"""Hours of the day: a condition, and of a discounted price the sign that it is that of the hours off the peak."""
_LESS_BY_DAY = re.compile(r"discount|off-?peak|优惠|错峰|夜间", re.IGNORECASE)
_REGION = re.compile(
    r"(?<![\w-])(?:us|eu|ap|ca|sa|me|af|cn)-(?:east|west|north|south|central|northeast|southeast)(?:-\d)?(?![\w-])", re.IGNORECASE
)
_DIRECTION = (
    r"(?:(?:input|output|cached|prompt|completion|cache|read|write|hit|miss|text|audio|image|video|generated|embedding|training|的)\s*)*"
)
_TOKENS = r"(?:tokens?|toks?|tk|词元)"
_UNITS = (
    (
        "1M tokens",
        re.compile(
            rf"(?:\bper\b|/|每|\beach\b|(?<![\d.,\w]))\s*(?:1\s?|one\s|a\s)?(?:mm|m|mio|million|millions|1,?000,?000|百万)\s*\(?(?P<w>{_DIRECTION}){_TOKENS}\)?(?![a-z])",
            re.I,
        ),
    ),
    ("1M tokens", re.compile(r"(?:\bper\b|/|每)?\s*\b(?:1\s?)?m(?:tok(?:en)?s?|t)\b", re.I)),
    (
        "1K tokens",
        re.compile(
            rf"(?:\bper\b|/|每|\beach\b|(?<![\d.,\w]))\s*(?:1\s?|one\s|a\s)?(?:k|thousand|1,?000|千)\s*\(?(?P<w>{_DIRECTION}){_TOKENS}\)?(?![a-z])",
            re.I,
        ),
    ),
    ("1K tokens", re.compile(r"(?:\bper\b|/)?\s*\b(?:1\s?)?ktok(?:en)?s?\b", re.I)),
    (
        "1M tokens",
        re.compile(
            r"(?:\bper\b|/|每)\s*(?:1\s?|one\s|a\s)?(?:mm|m|million|1,?000,?000|百万)(?![a-z0-9\u4e00-\u9fff]|[,.]\d)(?!\s*(?:char|image|pixel|page|request|search|call|quer|second|minute|step|字符|byte|utf|video|audio|document|row|operation|url|read|write|result|record|event|unit))",
            re.I,
        ),
    ),
    ("1 token", re.compile(rf"(?:\bper\b|/)\s*(?:one\s|1\s)?(?P<w>{_DIRECTION})token(?!s)\b", re.I)),
)
_OTHER_MULTIPLE = re.compile(
    r"(?:\bper\b|/|每)\s*(?!1\s?[km]?\b|1\s?(?:million|thousand|百万|千)|1,?000\b|1,?000,?000\b)\d[\d,.]*\s?(?:k|m|million|thousand|百万|千|万)?\s?(?:\w+\s)?tok|[十千]万|(?<!百)万\s?(?:个\s?)?tok|billion tok|hundred",
    re.I,
)
_CURRENCY = re.compile(r"US\$|[$€¥£￥]|\b(?:USD|EUR|CNY|RMB|GBP|euros?|dollars?|yuan)\b|美元|欧元|人民币|元", re.I)
_SPELT = {"EURO": "EUR", "EUROS": "EUR", "DOLLAR": "USD", "DOLLARS": "USD", "YUAN": "CNY"}
_KINDS = re.compile(r"(?:text|images?|audio|video)(?:\s?/\s?(?:text|images?|audio|video))+", re.I)
"""Kinds of tokens in one breath (``text / image / video``): no price per image."""
_PER = re.compile(r"(?:\bper\b|/|每)\s*[a-z0-9, \-\u4e00-\u9fff]+", re.I)


_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class _Phrases:
    """Phrases in one pattern, longest first, and for each of its groups the number of its senses."""

    numbers: list[int]
    pattern: re.Pattern[str]


class Vocabulary:
    """Phrases with their senses; ``read`` is pure and remembers what it has read."""

    def __init__(self, words: Mapping[str, str], own: int = 0) -> None:
        """``own``: how many of the words, the first ones, are a provider's and stronger than the others."""
        self._senses: list[frozenset[str]] = []
        alternatives: list[tuple[int, str]] = []
        for pattern, senses in words.items():
            said = frozenset(senses.split())
            if said - SENSES:
                raise ValueError(f"{pattern!r}: expected senses among {', '.join(sorted(SENSES))}, found {sorted(said - SENSES)}")
            self._senses.append(said)
            number = len(self._senses) - 1
            alternatives += [(number, part) for part in _alternatives(pattern)]
        alternatives.sort(key=lambda a: (a[0] >= own, -len(a[1])))
        by_letter = _by_first_letter([a for a in alternatives if not _CHINESE.search(a[1])])
        tried = "|".join(f"{ahead}(?:{_either(some)})" for ahead, some in by_letter)
        numbers = [n for _, some in by_letter for n, _ in some]
        self._words = _Phrases(numbers, re.compile(rf"(?<![a-z0-9])(?:{tried})(?![a-z0-9])", re.IGNORECASE))
        signs = [a for a in alternatives if _CHINESE.search(a[1])]
        self._signs = _Phrases([n for n, _ in signs], re.compile(_either(signs), re.IGNORECASE))
        self.read = lru_cache(maxsize=50_000)(self._read)

    def _read(self, text: str) -> Meaning:
        """The meaning of a label; an unreadable multiple (``per 10M tokens``) stays in ``rest``."""
        left = plain(text)
        conditions, left = _take(_CONDITION, left)
        conditions = tuple(re.sub(r"^for ", "", c.strip(" ()")) if not re.search(r"[\[(]\s?\d", c) else c.strip() for c in conditions)
        hours, left = _take(_HOURS, left)
        regions, left = _take(_REGION, left)
        left = _KINDS.sub(lambda m: m[0].replace("/", ","), left)
        unit, left = _unit(left)
        other = ""
        if not unit:
            told = meter(left)
            if told is not None:
                other, left = told[1], _PER.sub(" ", left)
        currencies = {CURRENCIES[_SPELT.get(m[0].upper(), m[0].upper())] for m in _CURRENCY.finditer(left)}
        left = _CURRENCY.sub(" ", left)
        senses: set[str] = set()
        named: list[str] = []
        for phrases in (self._signs, self._words) if _CHINESE.search(left) else (self._words,):

            def taken(match: re.Match[str], phrases: _Phrases = phrases) -> str:
                said = self._senses[phrases.numbers[(match.lastindex or 1) - 1]]
                senses.update(said - {"condition"})
                if "condition" in said:
                    named.append(match[0].lower())
                return " "

            left = phrases.pattern.sub(taken, left)
        if hours and _LESS_BY_DAY.search(text):
            senses.add("off-peak")
        rest = " ".join(re.findall(r"[^\W_][\w.+-]*", left))
        if len(currencies) > 1:
            rest = f"{rest} {' '.join(sorted(currencies))}".strip()
        return Meaning(
            frozenset(senses), unit, other, currencies.pop() if len(currencies) == 1 else "", (*conditions, *hours, *regions, *named), rest
        )


def _alternatives(pattern: str) -> list[str]:
    """A pattern cut at its outer bars."""
    parts, depth, last = [], 0, 0
    for n, sign in enumerate(pattern):
        depth += (sign == "(") - (sign == ")")
        if sign == "|" and depth == 0:
            parts.append(pattern[last:n])
            last = n + 1
    return [p for p in [*parts, pattern[last:]] if p]


def _by_first_letter(parts: list[tuple[int, str]]) -> list[tuple[str, list[tuple[int, str]]]]:
    """The phrases that can begin with a letter, in their order, behind a look at that letter: a word is held against these alone."""
    first = [part[0].lower() if re.match(r"[a-z](?![?*{])", part, re.IGNORECASE) else "" for _, part in parts]
    letters = sorted(set(first) - {""})
    groups = [(f"(?={letter})", [p for p, f in zip(parts, first, strict=True) if f in ("", letter)]) for letter in letters]
    others = [p for p, f in zip(parts, first, strict=True) if not f]
    return [*groups, (f"(?![{''.join(letters)}])", others)] if others else groups


def _either(parts: list[tuple[int, str]]) -> str:
    return "|".join("(" + re.sub(r"\((?!\?)", "(?:", part) + ")" for _, part in parts)


def _take(pattern: re.Pattern[str], text: str) -> tuple[tuple[str, ...], str]:
    found = tuple(" ".join((m[1] if m.re.groups else m[0]).split()) for m in pattern.finditer(text))
    return found, pattern.sub(" ", text)


def _unit(text: str) -> tuple[str, str]:
    """The token unit in a label and the label without it (the words inside it, ``1M input tokens``, stay)."""
    if _OTHER_MULTIPLE.search(text):
        return "", text
    found: set[str] = set()
    for unit, pattern in _UNITS:

        def keep(match: re.Match[str], unit: str = unit) -> str:
            found.add(unit)
            return f" {match.groupdict().get('w') or ''} "

        text = pattern.sub(keep, text)
    return (found.pop(), text) if len(found) == 1 else ("", text)


@lru_cache(maxsize=1)
def shared_words() -> dict[str, str]:
    """The vocabulary all providers share (``vocabulary.toml``)."""
    return dict(tomllib.loads((Path(__file__).with_name("vocabulary.toml")).read_text(encoding="utf-8"))["words"])


@lru_cache(maxsize=64)
def _vocabulary(own: tuple[tuple[str, str], ...]) -> Vocabulary:
    return Vocabulary({**dict(own), **{k: v for k, v in shared_words().items() if k not in dict(own)}}, len(own))


def vocabulary(own: Mapping[str, str] | None = None) -> Vocabulary:
    """The shared vocabulary with a provider's own words; raises ``ValueError`` for an unknown sense."""
    return _vocabulary(tuple(sorted((own or {}).items())))


@lru_cache(maxsize=50_000)
def under(near: Meaning, far: Meaning) -> Meaning:
    """``near`` with what only ``far`` says; senses that ``near`` decides are its own."""
    senses = set(near.senses)
    for group in (DIRECTIONS, CACHES | {"cache", "write", "read"}, MODALITIES, TIER_WORDS, THINGS, {"5m", "1h"}, {"price"}, {"reserved"}):
        if not near.senses & group:
            senses |= far.senses & group
    return replace(
        near,
        senses=frozenset(senses),
        unit=near.unit or ("" if near.meter else far.unit),
        meter=near.meter or ("" if near.unit else far.meter),
        currency=near.currency or far.currency,
        conditions=near.conditions + tuple(c for c in far.conditions if c not in near.conditions),
    )


@lru_cache(maxsize=50_000)
def within_page(said: Meaning, page: Meaning) -> Meaning:
    """``said`` with what the page says of all its prices; its unit is only that of a price of tokens, not of every amount."""
    return under(said, page if said.direction or said.cache else replace(page, unit=""))


SHORT = "short context"
"""The price of requests that are not long: a condition only beside a price of long ones."""


def is_lower(condition: str) -> bool:
    """Whether a condition is a band that begins at nothing."""
    return bool(re.match(r"[^<]*(?:<=|\u2264|<|up to)", condition))


def bands(conditions: tuple[str, ...]) -> tuple[str, ...]:
    """Conditions without those in words (``long context``) that another one says in figures."""
    figures = [c for c in conditions if re.search(r"\d\s?[km]?", c, re.I)]
    return tuple(c for c in conditions if c in figures or not (figures and c.endswith("context")))
