"""The text of a page outside its tables, line by line: headings with their level, everything else with its place in the document."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sources.pages.layout.tables.drawn import drawn_tables
from sources.pages.layout.tables.plain_text import with_bars
from sources.pages.layout.words import Vocabulary
from sources.pages.page import Page
from sources.pages.tables import heading_level, markdown_cell
from units.quantity import amounts, plain

_BLOCKS = frozenset(
    "p div li ul ol section article main header footer aside h1 h2 h3 h4 h5 h6 dd dt dl tr td th table tbody thead button label "
    "figure form nav details summary blockquote pre".split()
)
_SKIP = frozenset("script style template noscript svg head select option".split())
_STRUCK = frozenset("del s strike".split())
_SIGN = re.compile(r"(?:US)?[$€¥£]")


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line. ``level``: 1 to 6 for a heading, 0 else; ``path``: the elements it stands in, outermost first."""

    text: str
    number: int
    level: int = 0
    path: tuple[int, ...] = ()
    struck: bool = False
    ident: str = ""
    """The identifier printed as code behind a name: the line is the name of a model."""
    lost: bool = False
    """Whether a struck amount stood in the line, or its last figure may be cut: what is left may say other than before."""


def page_lines(page: Page, vocabulary: Vocabulary) -> list[Line]:
    """The lines of a page outside its tables, with figures joined to the sign before and the unit behind them."""
    lines = (
        html_lines(page.tree.body, {node.mem_id for node, _ in drawn_tables(page.tree, vocabulary)})
        if page.is_html and not page.is_markdown and page.tree.body is not None
        else text_lines(with_bars(page.text, vocabulary))
    )
    return joined_lines(lines)


def html_lines(body: Any, drawn: Collection[int] = ()) -> list[Line]:
    """The lines of an HTML tree; an element that begins a block begins a line."""
    lines: list[Line] = []
    words: list[str] = []
    count = 0

    def flush(level: int, path: tuple[int, ...]) -> None:
        text = plain("".join(words))
        words.clear()
        if text:
            lines.append(Line(text, len(lines) + 1, level, path))

    def walk(node: Any, level: int, path: tuple[int, ...]) -> None:
        nonlocal count
        child = node.first_child if hasattr(node, "first_child") else node.child
        while child is not None:
            tag = child.tag
            if drawn and child.mem_id in drawn:
                flush(level, path)
            elif tag == "-text":
                words.append(child.text_content or "")
            elif tag == "br":
                flush(level, path)
            elif tag in _STRUCK or "line-through" in f"{child.attributes.get('style') or ''} {child.attributes.get('class') or ''}":
                flush(level, path)
                text = plain(child.text(deep=True, separator=" "))
                lines.append(Line(text, len(lines) + 1, 0, path, struck=True)) if text else None
            elif tag in _SKIP or tag in ("-comment", "sup") or (tag == "table" and child.css_first("td, th") is not None):
                flush(level, path) if tag == "table" else None
            elif tag in _BLOCKS:
                count += 1
                flush(level, path)
                inner, own = (*path, count), heading_level(child) or level
                walk(child, own, inner)
                flush(own, inner)
            else:
                walk(child, level, path)
            child = child.next

    walk(body, 0, (0,))
    flush(0, (0,))
    return lines


_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
_BOLD = re.compile(r"^(\s*(?:\d{1,2}[.)]\s+)?)\*\*((?:[^*]|\*(?!\*)){2,80})\*\*:?\s*$")
_TABLE = re.compile(r"^\s*\|.*\|\s*$")
_TAGS = re.compile(r"^\s*<table\b", re.I)
_TAGS_END = re.compile(r"</table\s*>", re.I)
_FENCE = re.compile(r"^\s*(```|~~~)")
_NEXT_LINK = re.compile(r"(?<=\))\s*(?=\[)")
_CODE = re.compile(r"([^`|]{2,80}?)\s*`([\w./:@-]{3,80})`")
"""A name with its identifier as code behind it."""
_PRICED_CODE = re.compile(r"`([A-Za-z][\w./:@-]*[\d-][\w./:@-]*)`")
"""The one identifier of a sentence that prints prices: what they are the prices of."""
_COMPONENT = re.compile(r"^\s*<[A-Z]\w*(?:\s[^>]*)?$")
_MARK = re.compile(r"^\s*(?:[-*+•]|\d{1,2}[.)])\s+")


def _bold(raw: str) -> re.Match[str] | None:
    """A line in bold whole that prints no amount: a heading without its marks."""
    found = _BOLD.match(raw)
    return None if found is None or amounts(raw) else found


def text_lines(text: str) -> list[Line]:
    """The lines of Markdown or plain text, without tables, code and front matter."""
    lines: list[Line] = []
    fenced = opened = tags = False
    source = text.splitlines()
    start = (
        next((n + 1 for n, line in enumerate(source[1:40], 1) if line.strip() == "---"), 0) if source and source[0].strip() == "---" else 0
    )
    for number, raw in enumerate(source[start:], start + 1):
        if _FENCE.match(raw):
            fenced = not fenced
        opened = opened or bool(_COMPONENT.match(raw))
        if opened:  # a component's properties are read as data, not as lines
            opened = "/>" not in raw
            continue
        if tags or _TAGS.match(raw):
            tags = not _TAGS_END.search(raw)
            continue
        if fenced or _FENCE.match(raw) or _TABLE.match(raw) or not raw.strip():
            continue
        heading = _HEADING.match(raw) or _bold(raw)
        for part in _NEXT_LINK.split(_MARK.sub("", heading[2] if heading else raw)):
            code = _CODE.fullmatch(part.strip()) if not heading else None
            said = _PRICED_CODE.findall(part) if not (heading or code) and amounts(part) else []
            of_it = said[0] if len(said) == 1 and part.count("`") == 2 else ""
            cell = markdown_cell(code[1] if code else part.replace(f"`{of_it}`", " ") if of_it else part)
            if cell.text:
                lines.append(
                    Line(
                        cell.text,
                        number,
                        (len(heading[1]) if heading[1].startswith("#") else 6 if heading[1][:1].isspace() else 5) if heading else 0,
                        ident=code[2] if code else of_it,
                        lost=any(amounts(s) for s in cell.struck),
                    )
                )
    if lines and not text.endswith("\n") and lines[-1].number == len(source) and amounts(lines[-1].text):
        lines[-1] = replace(lines[-1], lost=True)  # a text that ends within a line may have been cut in it
    return lines


def joined_lines(lines: list[Line]) -> list[Line]:
    """The lines with each figure joined to a lone sign in front of it and to the unit behind it."""
    return list(_joined(lines))


def _joined(lines: list[Line]) -> Iterator[Line]:
    """Lines with a lone currency sign put before the figure that follows, and a unit that begins a line put behind its figure."""
    held: Line | None = None
    for line in lines:
        if held is not None and _SIGN.fullmatch(held.text) and re.match(r"[\d.]", line.text) and not line.struck:
            held = replace(held, text=held.text + line.text)
        elif (
            held is not None
            and not held.level
            and re.search(r"[$€¥£元]", held.text)
            and re.match(r"(?:/|per\b)\s*\S", line.text, re.I)
            and len(line.text) < 40
        ):
            held = replace(held, text=f"{held.text} {line.text}")
        else:
            if held is not None:
                yield held
            held = line
    if held is not None:
        yield held
