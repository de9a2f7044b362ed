"""The plain-text twin: complete on its own, made from the same sections as the page.

Belongs here: lines, rules and wrapping. Not here: what is said (``sections``, ``narrative``).
"""

from __future__ import annotations

import textwrap

from reports import narrative, questions, tables
from reports.facts import FactBook
from reports.inputs import Edition
from reports.page.told import Told, tell
from reports.sections import Section
from reports.writing.shown import Sentence, say

WIDTH = 78


def text(edition: Edition) -> str:
    """The edition as text: every answer with its table, then what the further pages say."""
    return text_and_book(edition)[0]


def text_and_book(edition: Edition, further: bool = True, told: Told | None = None) -> tuple[str, FactBook]:
    """The text and the book that knows every figure printed in it; without ``further``, the answers alone (for a mail)."""
    told = told or tell(edition)
    book = told.book
    parts = [str(say("DEFLATION   The price of AI inference, {day}", day=book.day())), "=" * WIDTH]
    if edition.corrects:
        parts += [_wrap(narrative.correction(book)), *(f"  {f}: {b} before, {a} after" for f, b, a in book.changes()), ""]
    parts += [_wrap(questions.headline(book)), "", _wrap(questions.seen(book))]
    parts += [_answer(a) for a in told.answers]
    if further:
        parts += [_section(s) for s in told.further]
        parts += ["", _wrap(say("Every price, with its source, is in data/price_now.csv beside this text and in marts.price_now."))]
    tail = say(
        "Vintage {v}, edition {e}. The pages have the charts, the data and the SQL of each number.",
        v=book.meta("vintage"),
        e=book.meta("edition_id"),
    )
    parts += ["", "-" * WIDTH, _wrap(tail)]
    return "\n".join(parts) + "\n", book


def _answer(answer: questions.Answer) -> str:
    lines = ["", answer.question.upper(), "-" * len(answer.question)]
    for figure in answer.figures:
        lines.append(f"  {figure.label:<36} {str(figure.said):>14}  {figure.detail}".rstrip())
    lines += [_wrap(sentence) for sentence in answer.said]
    if answer.table:
        lines += ["", tables.plain_text(answer.table, WIDTH)]
    return "\n".join(lines)


def _section(section: Section) -> str:
    lines = ["", section.title.upper(), "-" * len(section.title), _fill(section.question)]
    lines += [_wrap(sentence) for sentence in section.said]
    if section.missing:
        lines.append(_wrap(section.missing))
    lines += [_wrap(note) for note in section.notes]
    for made in section.tables:
        lines += ["", tables.plain_text(made, WIDTH)]
    return "\n".join(lines)


def _wrap(sentence: Sentence) -> str:
    return _fill(str(sentence))


def _fill(words: str) -> str:
    return textwrap.fill(words, WIDTH, break_long_words=False, break_on_hyphens=False)
