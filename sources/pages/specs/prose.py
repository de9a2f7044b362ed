"""Specification prose of one chip: announcements and articles with a figure beside the word it is for.

Sentences, not tables: each pattern names what a figure is of, and a figure hedged by "over" or "up to" is
the maker's rounding and is not read. Comment lines of a saved copy name the chip but give no figures.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reference.specs.basis import without_comments
from sources.pages.quote import PageChanged, SpecQuote
from sources.pages.specs.figures import clean, figures
from sources.pages.specs.rows import SpecRows

_HEDGE = re.compile(r"(?:over|more than|nearly|almost|around|about|roughly|approximately|under)\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One kind of statement: ``kind`` memory, bandwidth, tdp or compute; the group ``f`` is figure and unit."""

    kind: str
    text: str
    precision: str = ""
    sense: str = "dense"


def read(text: str, name: str, patterns: Sequence[Pattern], needed: Sequence[str]) -> list[SpecQuote]:
    """Every statement the patterns find in the page's own words; raises ``PageChanged`` when one of ``needed`` is missing.

    All copies of one statement must agree; the contract refuses two values of one field.
    """
    if re.search(r"[\w,;/-]\Z", text):
        raise PageChanged(f"expected the text of {name} to end with a sentence, found it cut short: {text[-40:]!r}")
    body = clean(without_comments(text))
    out = SpecRows("secondary")
    found: set[str] = set()
    for pattern in patterns:
        for m in re.finditer(pattern.text, body):
            figure = figures(m["f"])
            if len(figure) != 1 or _HEDGE.search(body[: m.start("f")]):
                continue
            found.add(pattern.kind)
            if pattern.kind == "compute":
                out.compute(name, pattern.precision, pattern.sense, figure[0].value, figure[0].unit, figure[0].text, m[0], "text")
            elif pattern.kind == "memory":
                out.memory(name, figure[0], m[0], "text")
            elif pattern.kind == "bandwidth":
                out.bandwidth(name, figure[0], m[0], "text")
            else:
                out.power(name, figure[0], m[0], "text")
    missing = [k for k in needed if k not in found]
    if missing:
        raise PageChanged(f"expected {' and '.join(missing)} of {name} in the text, found none")
    return out.quotes()
