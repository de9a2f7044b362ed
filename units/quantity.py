"""Text to exact quantity: money, counts and units as they are printed on pages.

Here belongs the reading of a printed figure together with the unit printed next to it. What a figure is a
price *of* belongs to the parsers. Nothing is guessed: a figure that cannot be read exactly, or a unit
that is not known, raises ``UnreadableQuantity`` and never becomes a default.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

TOKEN_UNITS = {"1M tokens": Decimal(1), "1K tokens": Decimal(1000), "1 token": Decimal(1_000_000)}
"""Units a token price is quoted in -> factor to a price per million tokens."""

CURRENCIES = {
    "$": "USD",
    "US$": "USD",
    "USD": "USD",
    "€": "EUR",
    "EUR": "EUR",
    "¥": "CNY",
    "￥": "CNY",
    "元": "CNY",
    "CNY": "CNY",
    "RMB": "CNY",
    "人民币": "CNY",
    "£": "GBP",
    "GBP": "GBP",
    "美元": "USD",
    "欧元": "EUR",
}

_SYMBOL = r"US\$|\$|€|¥|￥|£|USD|EUR|CNY|RMB|GBP|美元|欧元|元"
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+"
_WHOLE = r"(?!\d|[.,]\d)"
"""A figure ends here: ``0,30`` (a decimal comma) and ``1.2.3`` are no figures and must not be read in part."""
_MONEY = re.compile(
    rf"(?P<pre>{_SYMBOL})\s*(?P<a>{_NUMBER}){_WHOLE}|"
    rf"(?<![\d.,])(?P<b>{_NUMBER}){_WHOLE}\s*(?P<post>{_SYMBOL})"
)


class UnreadableQuantity(ValueError):
    """A figure or unit that cannot be read exactly; the message names the text."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount as printed: ``text`` (the figure's own characters), exact ``amount``, ISO ``currency``."""

    text: str
    amount: Decimal
    currency: str


@lru_cache(maxsize=65_536)
def plain(text: str) -> str:
    """Normalise width, spaces and invisible marks (NBSP, BOM, zero-width, bidi) and strip markdown escapes.

    Raised, lowered and circled figures (``$15\u00b9``, ``\u2460``) are footnote marks and dropped: compatibility
    normalisation would glue them to the price.
    """
    if text.isascii():  # nothing to normalise: most cells of most pages, and ten times faster
        return " ".join(text.replace("\\$", "$").replace("\\~", "~").split())
    text = _without(text, "No")
    text = unicodedata.normalize("NFKC", text.replace("￥", "¥").replace("\\$", "$").replace("\\~", "~"))
    return re.sub(r"\s+", " ", _without(text, "Cf")).strip()


def _without(text: str, category: str) -> str:
    """A text without the characters of a Unicode category; each different character is looked up once."""
    return text.translate({ord(c): None for c in set(text) if unicodedata.category(c) == category})


def amounts(text: str) -> list[Money]:
    """Every amount of money printed in ``text``, in order; an amount needs a currency sign or code.

    ``$$1.5`` is one amount (a doubled sign is a page's typo), ``1,250.00`` has a thousands separator.
    """
    return [money for money, _, _ in amount_spans(re.sub(r"\$+", "$", plain(text)))]


def amount_spans(text: str) -> list[tuple[Money, int, int]]:
    """Every amount in a text that is already ``plain``, with the places where it begins and ends (its sign included)."""
    found = []
    for match in _MONEY.finditer(text):
        figure = match["a"] or match["b"]
        sign = match["pre"] or match["post"]
        found.append((Money(figure, Decimal(figure.replace(",", "")), CURRENCIES[sign]), match.start(), match.end()))
    return found


def one_amount(text: str) -> Money:
    """The only amount in ``text``; raises ``UnreadableQuantity`` when there is none or more than one."""
    found = amounts(text)
    if len(found) != 1:
        raise UnreadableQuantity(f"expected one amount of money in {text!r}, found {len(found)}")
    return found[0]


def number(text: str) -> Decimal:
    """A bare figure (``"1,024"``, ``".5"``) as exact decimal; raises ``UnreadableQuantity`` otherwise."""
    cleaned = plain(text)
    if not re.fullmatch(_NUMBER, cleaned):
        raise UnreadableQuantity(f"expected a figure, found {text!r}")
    return Decimal(cleaned.replace(",", ""))


_MILLION = re.compile(
    r"(?<![\d.])1 ?m(?![a-z])|(?<![\d.])1 ?m ?tok|(?<![\w.])m ?tok|mtok|million|(?<![\d.])1000000(?!\d)"
    r"|百万|(?<![\w.])mm(?!\w)|(?<![\w.])m (?:input |output )?token"
)
_THOUSAND = re.compile(
    r"(?<![\d.])1 ?k(?![a-z])|(?<![\d.])1 ?k ?tok|(?<![\w.])k ?tok|ktok|thousand|(?<![\d.])1000(?!\d)"
    r"|千|(?<![\w.])k (?:input |output )?token"
)
_OTHER_MULTIPLE = re.compile(
    r"(?<![\d.])(?!1 ?[mk百千]|1000 ?tok|1000000 ?tok)\d[\d.]* ?(?:m|k|mm|million|thousand|百万|千|万)?"
    r" ?(?:input |output )?tok|[十千]万|[十百]千|billion|亿|(?<!百)万 ?(?:个 ?)?tok|hundred"
)
_OTHER_THING = re.compile(
    r"char|\bword|\bpage|\bimage|request|search|quer|\bcall|second|minute|\bhour|\bstep|\bpixel|字符|汉字|次|张|秒|页|分钟|小时"
)


def token_unit(text: str) -> str:
    """The token unit printed in ``text``: ``1M tokens`` or ``1K tokens``.

    Reads ``/ 1M tokens``, ``per million tokens``, ``/MTok``, ``per 1,000 tokens``, ``百万tokens`` and kin.
    Raises ``UnreadableQuantity`` when the text names no unit, two, a multiple no page is known to use
    (``per 10M tokens``) or a million of something else (``per 1M characters``).
    """
    t = plain(text).lower().replace(",", "")
    millions, thousands = _MILLION.search(t), _THOUSAND.search(t)
    if bool(millions) == bool(thousands) or _OTHER_MULTIPLE.search(t) or ("tok" not in t and _OTHER_THING.search(t)):
        raise UnreadableQuantity(f"expected one token unit (per million or per thousand) in {text!r}")
    return "1M tokens" if millions else "1K tokens"
