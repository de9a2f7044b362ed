"""The sheets of a text layer: parts with a sentence each, a row a line, a cell a line, or everything in one line."""

from __future__ import annotations

import re
from dataclasses import replace

from reference.specs.basis import without_comments
from sources.pages.specs import rst
from sources.pages.specs.figures import clean, figures
from sources.pages.specs.layers import cut_footnotes
from sources.pages.specs.sheets.declaration import SheetWords
from sources.pages.specs.sheets.labels import cut_at_labels
from sources.pages.specs.sheets.sheet import KEPT, VALUE, Line, Sheet, kept_labels

_BEGINS = re.compile(r"(?:[1-9*] )?(?:(?:configurable )?up to |max\.? )?[~\d]", re.IGNORECASE)
_COMPONENT = re.compile(r"(?:^|\s)[-•]\s+([A-Z][^:\n]{2,90}):\s(.*?)(?=\s[-•]\s+[A-Z][^:\n]{2,90}:\s|\n\s*\n(?!\s*[-•])|\Z)", re.DOTALL)
_BLOCK = re.compile(
    r"^([A-Z][A-Za-z]+(?: [A-Za-z]+)?)[ \t]*\n\s*\n(.*?)(?=^[A-Z][A-Za-z]+(?: [A-Za-z]+)?[ \t]*\n\s*\n|\Z)", re.DOTALL | re.MULTILINE
)


def of_text(text: str, words: SheetWords) -> list[Sheet]:
    """The sheets of a text; empty where it is none."""
    whole = _of_components(text, words) or _of_lines(text, words)
    return [whole] if whole else _of_layers(text, words)


def _of_components(text: str, words: SheetWords) -> Sheet | None:
    """Parts with a sentence each: after a dash and a colon, or on a line of their own above it."""
    plain, notes = rst.plain_roles(text), cut_footnotes(clean(text))[1]
    for form in (_COMPONENT, _BLOCK):
        found = [Line(clean(m[1]), (clean(m[2]),)) for m in form.finditer(plain) if len(m[1].split()) < 10]
        if kept_labels(words, [line.label for line in found]) >= 2:
            return Sheet([], found, notes=notes)
    return None


def _of_lines(text: str, words: SheetWords) -> Sheet | None:
    """A row a line: the label ends where the first value begins. A line of a label alone takes the lines of values below it."""
    lines: list[Line] = []
    heads: list[str] = []
    body, notes = cut_footnotes("\n".join(clean(x) for x in without_comments(text).splitlines() if x.strip()))
    for raw in body.splitlines():
        said = raw.strip(" •-")
        at = VALUE.search(said)
        label = said[: at.start()].strip(" :|\t") if at else said
        label = "" if _BEGINS.match(said) else label
        is_label = label and len(label) < 100 and len(label.split()) < 12 and not re.search(r", [a-z]", label)  # no half of a sentence
        kind = words.meaning(label).kind if is_label else ""
        if at and label and len(said) < 200 and (kind in (*KEPT, "ignored") or (lines and len(label) < 60 and figures(said))):
            lines.append(Line(label, (said[at.start() :],)))
        elif not at and kind in KEPT and len(said) < 80:
            lines.append(Line(label, ()))
        elif at and not label and lines and len(said) < 120:
            lines[-1] = replace(lines[-1], cells=(*lines[-1].cells, said))
        elif not lines and words.products(said):
            heads.append(said)
    lines = [line for line in lines if line.cells]
    if sum(words.meaning(line.label).kind in KEPT for line in lines) < 3:
        return None
    return _under(heads, lines, words, notes, apart=True)


def _under(heads: list[str], lines: list[Line], words: SheetWords, notes: dict[str, str], *, apart: bool) -> Sheet:
    """Lines below the last words before them that name as many parts as their cells are."""
    last = heads[-1] if heads else ""
    if not words.parts(last) and lines and words.parts(" ".join(lines[0].cells)):
        last, lines = " ".join(lines[0].cells), lines[1:]  # older tables head their first column "Form Factor"
    found = list({p.name: p for p in words.parts(last)}.values())  # a title names parts that the heads name again
    names = [last[a.start : b.start if b else len(last)].strip(" |,") for a, b in zip(found, [*found[1:], None], strict=False)]
    if len(names) == 1:
        names = []
    return Sheet(names, lines, last if last and not names else heads[-1] if heads else "", notes, apart=apart)


def _of_layers(text: str, words: SheetWords) -> list[Sheet]:
    """Sheets in one line each: cut again at every label. A text whose lines are no sheets of their own is one line."""
    said = re.sub(r"(?<=\d) I (?=\d)", " | ", without_comments(text))
    lines = [clean(line) for line in said.splitlines() if line.strip()]
    apart = [s for line in lines if (s := _of_layer(line, words)) and (s.heads or words.parts(s.title))]
    whole = _of_layer(" ".join(lines), words)
    return apart if len(apart) > 1 else [whole] if whole else []


def _of_layer(text: str, words: SheetWords) -> Sheet | None:
    body, notes = cut_footnotes(text)
    head, cut = cut_at_labels(body, words)
    kept = [value for label, value in cut if words.meaning(label).kind in KEPT]
    if any(";" in value for value in kept) or len(kept) < 2 or sum(bool(_BEGINS.match(value)) for value in kept) < max(2, 0.6 * len(kept)):
        return None  # words of a text that also name rows of sheets
    for mark in (m for m in notes if m.isdigit()):
        head = re.sub(
            rf"(?<=\d\d\d){mark}(?!\d)|(?<=SXM){mark}(?!\d)|(?<=NVL){mark}(?!\d)|(?:(?<=\s)|^){mark}(?=\s|$)|\s\^{mark}(?!\d)", " ", head
        )
    return _under([head], [Line(label, (value,)) for label, value in cut], words, notes, apart=False)
