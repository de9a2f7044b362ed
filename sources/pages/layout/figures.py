"""Stage one: every amount in a line of text, with the words that belong to it.

Pages print ``$0.21 / $0.168 cached``, ``$0.05 input$0.08 output``, ``Input: $2.50``, ``$0.25 (text) $0.50 (audio)``. Words in
front of the first amount make the line one of labels in front, words behind the last one of labels behind; a unit and a bracket
always belong to the amount they follow. A line with words on both sides is read by the side that speaks of prices.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from sources.pages.build import is_free
from sources.pages.layout.declaration import Layout
from sources.pages.layout.words import NOTHING, Meaning, Vocabulary, under
from sources.pages.periods import Period, period_in
from units.quantity import Money, amount_spans, plain

BARE = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+")
_OWN = re.compile(
    r"\s*(?:(?:USD|EUR|CNY|RMB)\b)?\s*(?:(?:/|\bper\b)\s*(?:1,?000(?:,?000)?|\d+)?\s?[^\s$€¥£(),;·|/]+(?:\s(?:minutes?|hours?|seconds?|queries|prompts|searches|requests|calls|pages|images|documents|results|classes))?"
    r"(?:\s(?:(?:million|thousand|m|k|input|output|cached|prompt|completion|text|audio|image)\s)*(?:tokens?|toks?|characters?|chars?)\b)?)?\s*(?:\([^()]*\))?",
    re.I,
)
_FOOTNOTE = re.compile(r"\s*(?:\(\d\)|\[\^?\d{1,2}\]|[*†‡§]+)(?=$|\s)")
_RAISED = re.compile(r"\^[*†‡\d]{1,4}\^|(?<=[\w)])\^[*†‡\d]{1,2}(?=\s|$)")
_RESOLUTION = re.compile(r"\bper (?:\d+(?:\.\d+)?)[kp](?:/\d+(?:\.\d+)?[kp])* (images?|videos?|seconds?)\b", re.I)
"""Pictures and films of a size: the meter is the picture."""
_PER_MONEY = re.compile(r"\(\s*[\d.,]+\s?[KMB]?\s*(?:tokens?\s*)?(?:/|per)\s*(?:[$€¥£]\s?1)?\s*\)", re.I)
"""How much a unit of money buys (``(10M / $1)``): the price in front of it once more, upside down."""
_ASIDE = re.compile(r"(?<!\w)_[^_$€¥£\d]{8,160}_(?!\w)")
"""Emphasised words without a figure, beside a figure: a remark."""
_OR = re.compile(r"[\s,;]*or[\s,;]*", re.I)
_OTHER_DOLLAR = re.compile(r"(?<![A-Za-z])(?!US\$)[A-Z]{1,3}\$\s?\d")
"""Dollars of another country (``A$2``, ``HK$2``): no amount in a currency that is known."""
_IN_OUT = {"in": "input", "out": "output"}
_WAY = re.compile(r"^(in|out)(?=\s*(?:\(|$)|\s+context\b)", re.I)


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount with what the words beside it say."""

    money: Money
    meaning: Meaning
    words: str = ""
    period: Period = Period()
    by_head: bool = False
    """Whether its meaning is one of several that the head of its column names in order."""


def tidy(text: str) -> str:
    """A printed text without footnote marks, doubled currency signs and odd spaces."""
    text = _RAISED.sub("", _FOOTNOTE.sub("", _PER_MONEY.sub("", plain(text))))
    text = _RESOLUTION.sub(r"per \1", text)
    text = _ASIDE.sub("", text) if "_" in text and re.search(r"\d", text) else text
    return re.sub(r"\$ (?=\d)", "$", re.sub(r"\$+", "$", text)).strip()


@lru_cache(maxsize=50_000)
def figures(text: str, vocabulary: Vocabulary, *, currency: str = "") -> tuple[Figure, ...]:
    """The amounts of a text, in order. With ``currency`` (said by the column) a text that is a bare figure is an amount."""
    text = tidy(text)
    if is_free(text):
        return (Figure(Money(text, Decimal(0), currency), NOTHING),)
    spans = [] if _OTHER_DOLLAR.search(text) else amount_spans(text)
    if not spans:
        if currency and BARE.fullmatch(text):
            return (Figure(Money(text, Decimal(text.replace(",", "")), currency), NOTHING),)
        return ()
    own, gaps = _gaps(text, spans)
    words = _shared_out(gaps, vocabulary)
    return _one_unit([_figure(money, said, beside, vocabulary) for (money, _, _), said, beside in zip(spans, own, words, strict=True)])


def _one_unit(found: list[Figure]) -> tuple[Figure, ...]:
    """Prices of tokens with the unit that is said once, behind the last of them (``$2.50 in, $10 out (per 1M tokens)``)."""
    unit = found[-1].meaning.unit
    if (
        len(found) < 2
        or not unit
        or any(f.meaning.unit or f.meaning.meter or not (f.meaning.direction or f.meaning.cache) for f in found[:-1])
    ):
        return tuple(found)
    return tuple(replace(f, meaning=replace(f.meaning, unit=unit)) for f in found)


def _figure(money: Money, said: str, beside: str, vocabulary: Vocabulary) -> Figure:
    """An amount with its words; where it is per a search, an hour or a page, the words around it say nothing of tokens."""
    per = vocabulary.read(said)
    text, period = period_in(f"{beside} {said}".strip())
    if per.meter and not per.unit:
        return Figure(money, Meaning(meter=per.meter, senses=vocabulary.read(text).senses - {"input", "output", "cached", "cache"}), text)
    return Figure(money, vocabulary.read(text), text, period)


def _gaps(text: str, spans: list[tuple[Money, int, int]]) -> tuple[list[str], list[str]]:
    """(what belongs to each amount, the words between: before the first, between any two, after the last)."""
    own, gaps, last = [], [], 0
    for n, (_, start, end) in enumerate(spans):
        gaps.append(text[last:start])
        limit = spans[n + 1][1] if n + 1 < len(spans) else len(text)
        match = _OWN.match(text[end:limit])
        said = match[0] if match else ""
        own.append(said.strip(" ,;"))
        last = end + len(said)
    gaps.append(text[last:])
    for n in range(len(spans) - 1):
        if _OR.fullmatch(gaps[n + 1]):  # one price said in two ways is of what the second is of
            own[n], gaps[n + 1] = f"{own[n]} {' '.join(re.findall(r'[(][^()]*[)]', own[n + 1]))}".strip(), ""
    return own, gaps


def _shared_out(gaps: list[str], vocabulary: Vocabulary) -> list[str]:
    """The words of each amount, from in front of it or from behind."""
    bare = [re.sub(r"^[\s,;·|/:+&-]+|[\s,;·|/:+&-]+$", "", gap) for gap in gaps]
    bare = [_WAY.sub(lambda m: _IN_OUT[m[1].lower()], gap) for gap in bare]
    first, final = vocabulary.read(bare[0]), vocabulary.read(bare[-1])
    behind = (
        bool(bare[-1])
        and not (first.direction or first.cache)
        and (len(gaps) > 2 or not first.priced or bool(final.direction or final.cache))
    )
    if not behind:
        return bare[:-1] if not bare[-1] else [*bare[:-2], f"{bare[-2]} {bare[-1]}".strip()]
    return [f"{bare[0]} {bare[1]}".strip(), *bare[2:]]


def ordered(given: Sequence[Figure], layout: Layout) -> Sequence[Figure]:
    """Amounts that no word tells apart, as what the layout declares for so many in one place, in their order."""
    order = next((o for o in layout.cell_order if len(o) == len(given)), None)
    if order is None and len(given) == 2 and not (given[0].words or given[1].words) and 0 < given[0].money.amount <= given[1].money.amount:
        order = ["input", "output"]  # as every page prints a pair: what goes in, then what comes out, which never costs less
    if order is None or any(f.meaning.direction or f.meaning.cache for f in given):
        return given
    return [replace(f, meaning=under(f.meaning, layout.vocabulary.read(said))) for f, said in zip(given, order, strict=True)]
