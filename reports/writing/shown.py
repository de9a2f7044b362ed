"""Text that may be shown: figures that came out of the fact book, and sentences of words around them.

Belongs here: what a printed thing is, how words and figures are joined, and the refusal of a figure without a
source. Not here: facts and marts themselves (``facts``), how a number is written (``numbers``).
"""

from __future__ import annotations

import html
import re
import string
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from markupsafe import Markup

from reports.glossary import PATTERN, meaning

NAME_LIMIT = 90
"""A name longer than this is cut: a 500-character model name must not break a table."""


class StaleWord(ValueError):
    """A sentence speaks of the present in words of its own; only a confirmed day may (``reports.freshness``)."""


_PRESENT = re.compile(
    r"\b(?:today(?:'s)?|now|nowadays|currently|at present|unchanged|no change|no price changed|did not change)\b", re.IGNORECASE
)


_ASCII_DIGIT = re.compile("[0-9]")


class UnsourcedFigure(ValueError):
    """A template or a sentence tried to print a figure that is no fact."""


class Shown(str):
    """Text that came out of the book; in HTML it carries its source."""

    source: str
    value: str
    tag: str

    def __new__(cls, text: str, source: str, value: str = "", tag: str = "span") -> Self:
        """``text`` with the fact it shows, its value as stored, and the HTML tag it stands in."""
        made = super().__new__(cls, text)
        made.source, made.value, made.tag = source, value, tag
        return made

    def __html__(self) -> str:
        """The text escaped, in a tag that names its source where it holds a figure."""
        if not has_digit(self):
            return explained(str(self))
        attributes = f' data-f="{html.escape(self.source)}"'
        if self.tag == "data":
            attributes += f' value="{html.escape(self.value)}"'
        return f"<{self.tag}{attributes}>{explained(str(self))}</{self.tag}>"


@dataclass(frozen=True)
class Sentence:
    """Words and what was shown between them; prints as text and as HTML."""

    parts: tuple[str | Shown, ...]

    def __str__(self) -> str:
        return "".join(map(str, self.parts))

    def __html__(self) -> str:
        """Every part escaped, figures in the tag that names their source."""
        return "".join(p.__html__() if isinstance(p, Shown) else explained(p) for p in self.parts)

    def __bool__(self) -> bool:
        return bool(self.parts)


def explained(text: str) -> str:
    """Escaped text whose terms carry their meaning, to be read on hover and in print."""
    out, at = [], 0
    for found in PATTERN.finditer(text):
        out += [
            html.escape(text[at : found.start()]),
            f'<abbr title="{html.escape(meaning(found.group()))}">{html.escape(found.group())}</abbr>',
        ]
        at = found.end()
    return "".join([*out, html.escape(text[at:])])


def say(words: str, **shown: Shown | Sentence | str) -> Sentence:
    """Fill ``{name}`` places of ``words`` with what the book showed. Raises ``UnsourcedFigure`` on a digit."""
    parts: list[str | Shown] = []
    for literal, name, _spec, _conversion in string.Formatter().parse(words):
        parts.append(_wordy(literal))
        if name is None:
            continue
        part = shown[name]
        if isinstance(part, Sentence):
            parts.extend(part.parts)
        else:
            parts.append(part if isinstance(part, Shown) else _wordy(part))
    return Sentence(tuple(part for part in parts if part))


def join(sentences: Iterable[Sentence], separator: str = " ") -> Sentence:
    """Several sentences as one."""
    parts: list[str | Shown] = []
    for sentence in sentences:
        if sentence:
            parts += ([separator] if parts else []) + list(sentence.parts)
    return Sentence(tuple(parts))


def only_facts(value: Any) -> Any:
    """Jinja's ``finalize``: let words and what the book showed pass; refuse every other figure."""
    if value is None or isinstance(value, (Shown, Sentence, Markup)):
        return "" if value is None else value
    if isinstance(value, str):
        return _wordy(value)
    raise UnsourcedFigure(
        f"a template printed {value!r} of type {type(value).__name__}, expected something that the fact book "
        "showed; use book.value(...), row.show(...) or book.count(...)"
    )


def clean(text: str, limit: int = NAME_LIMIT) -> str:
    """One line of printable text: no control or direction characters, runs of space as one, cut at ``limit``."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def safe_url(url: str | None) -> str:
    """The address if it is plain http(s), else '' (a source's page may hold anything)."""
    if not url or any(c.isspace() or unicodedata.category(c)[0] == "C" for c in url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc else ""


def has_digit(text: str) -> bool:
    """Whether there is a figure in the text, in any script."""
    return _ASCII_DIGIT.search(text) is not None or (not text.isascii() and any(c.isdigit() for c in text))


def _wordy(text: str) -> str:
    if has_digit(text):
        raise UnsourcedFigure(f"the words {text[:60]!r} hold a figure that is no fact; show it through the fact book")
    found = _PRESENT.search(text)
    if found:
        raise StaleWord(
            f"the words {text[:60]!r} say {found.group()!r}; write {{when}} and fill it with Confirmed.when(), which knows the day"
        )
    return text
