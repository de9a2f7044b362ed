"""The plain-text twin: complete on its own, made from the same sections as the page.

Belongs here: lines, rules and wrapping. Not here: what is said (``sections``, ``narrative``).
"""

from __future__ import annotations

import textwrap
from collections.abc import Collection

from reports import narrative
from reports.facts import FactBook
from reports.inputs import MARTS, Edition
from reports.page import tables
from reports.page.shown import Sentence, say
from reports.sections import Section, sections

WIDTH = 78


def text(edition: Edition, only: Collection[str] | None = None) -> str:
    """The report as text; with ``only``, the sections of these keys (for a mail), else all and every price."""
    return text_and_book(edition, only)[0]


def text_and_book(edition: Edition, only: Collection[str] | None = None) -> tuple[str, FactBook]:
    """The text and the book that knows every figure printed in it."""
    from reports.page.render import key_figures, standfirst

    book = FactBook(edition)
    parts = [str(say("DEFLATION   The price of AI inference, {day}", day=book.day())), "=" * WIDTH]
    if edition.corrects:
        parts += [_wrap(narrative.correction(book)), *(f"  {f}: {b} before, {a} now" for f, b, a in book.changes()), ""]
    parts += [_wrap(narrative.headline(book)), "", _wrap(standfirst(book)), ""]
    for figure in key_figures(book):
        parts.append(f"  {figure.label:<28} {figure.value:>10}  {figure.detail}".rstrip())
    parts += [_section(s) for s in sections(book) if only is None or s.key in only]
    if only is None:
        parts.append(_prices(book))
    where = "The page beside this text has" if only is None else "The HTML part and the published page have"
    tail = say(
        "Vintage {v}, edition {e}. " + where + " the charts, the data and the SQL of each number.",
        v=book.meta("vintage"),
        e=book.meta("edition_id"),
    )
    parts += ["", "-" * WIDTH, _wrap(tail)]
    return "\n".join(parts) + "\n", book


def _section(section: Section) -> str:
    lines = ["", section.title.upper(), "-" * len(section.title), _fill(section.question)]
    lines += [_wrap(sentence) for sentence in section.said]
    if section.missing:
        lines.append(_wrap(section.missing))
    lines += [_wrap(note) for note in section.notes]
    for made in section.tables:
        lines += ["", tables.plain_text(made, WIDTH)]
    return "\n".join(lines)


def _prices(book: FactBook) -> str:
    title = "Every price today"
    head = ["", title.upper(), "-" * len(title)]
    if not book.rows("price_now"):
        return "\n".join([*head, "Not yet measured: " + MARTS["price_now"].why_missing + "."])
    said = say("Every price, with its source, is in data/price_now.csv beside this text and in marts.price_now.")
    return "\n".join([*head, _wrap(said)])


def _wrap(sentence: Sentence) -> str:
    return _fill(str(sentence))


def _fill(words: str) -> str:
    return textwrap.fill(words, WIDTH, break_long_words=False, break_on_hyphens=False)
