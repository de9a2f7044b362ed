"""The sheet that a table is: which way round it stands, what its columns are of, and what stands aside of its values."""

from __future__ import annotations

import re
from dataclasses import replace

from sources.pages.quote import PageChanged
from sources.pages.specs.figures import clean, figures
from sources.pages.specs.sheets.cells import unit_in
from sources.pages.specs.sheets.declaration import SheetWords
from sources.pages.specs.sheets.sheet import COUNTED, KEPT, VALUE, Line, Sheet, kept_labels
from sources.pages.tables import Grid

_COMPARED = re.compile(r"improvement|factor|speed-?up|\bvs\.?\b|versus|generational|gain\b", re.IGNORECASE)
"""Heads of tables that compare, in rounded figures, what other sheets state."""
_ROW = re.compile(r"configuration|form factor", re.IGNORECASE)
"""Labels of rows without figures that heads are not."""
_ASIDE = re.compile(r"^(?:units?|notes?|remarks?|comments?|description|source)$", re.IGNORECASE)
_SENSE = re.compile(r"^\W*(?:with(?:out)? (?:structured )?sparsity|sparse|dense)\b", re.IGNORECASE)


def _texts(grid: Grid) -> list[list[str]]:
    return [
        [clean((c.printed or c.text) + "".join("*" if n == "*" else f" ^{n}" for n in c.notes if len(n) < 3)) for c in row]
        for row in grid.rows
    ]


def of_grid(grid: Grid, words: SheetWords, notes: dict[str, str]) -> Sheet | None:
    """The sheet of a table, quantities down and accelerators across whichever way it was printed; None where it is none."""
    rows = _texts(grid)
    if not rows or any(_COMPARED.search(c) for c in rows[0][1:]):
        return None
    down = [kept_labels(words, [r[c] for r in rows if c < len(r)]) for c in range(min(2, max(map(len, rows))))]
    across = max(kept_labels(words, r) for r in rows[:2])
    if max(down) < 2 and across >= 2 or across > max(down):
        if len({len(r) for r in rows}) > 1:
            raise PageChanged(f"expected rows as long as the header, found rows of {sorted({len(r) for r in rows})} cells")
        named = max(range(len(rows[0])), key=lambda c: sum(bool(words.parts(r[c])) for r in rows[1:] if c < len(r)))
        width = len(rows[0])
        rows = [[r[c] if c < len(r) else "" for r in rows] for c in [named, *(c for c in range(width) if c != named)]]
        if not any(words.parts(c) for c in rows[0][1:]) and not any(COUNTED.search(r[0]) for r in rows):
            return None
    elif max(down) >= 2:
        label = down.index(max(down))
        rows = [[clean(" ".join(dict.fromkeys(r[: label + 1]))), *r[label + 1 :]] for r in rows]
    else:
        return None
    return _sheet(rows, words, notes, " ".join((*grid.heading, grid.caption)))


def _sheet(rows: list[list[str]], words: SheetWords, notes: dict[str, str], title: str) -> Sheet:
    """Rows of label and cells, under one row of heads where there is one."""
    heads: list[str] = []
    first = rows[0]
    tells = any(words.products(c) for c in first[1:])
    if len(first) > 1 and (tells or (words.meaning(first[0]).kind not in KEPT and not _ROW.search(first[0]))):
        if tells or not any(figures(c) for c in first[1:]):
            heads, rows = first[1:], rows[1:]
    notes = dict(notes) | _row_notes(rows)
    while heads and rows and not rows[0][0] and not any(figures(c) for c in rows[0]):
        heads, rows = [clean(f"{a} {b}") for a, b in zip(heads, rows[0][1:], strict=False)], rows[1:]
    units = next((i for i, h in enumerate(heads) if re.fullmatch(r"units?", h, re.I)), None)
    lines = []
    for row in rows:
        cells = row[1:]
        if units is not None and units < len(cells):
            cells = [c if i == units or figures(c) else f"{c} {cells[units]}" for i, c in enumerate(cells)]
        lines.append(Line(row[0], tuple(cells)))
    kept = [i for i, h in enumerate(heads) if not _ASIDE.match(h)]
    if kept and all(_SENSE.search(heads[i]) for i in kept):
        told = [
            Line(f"{line.label} ({heads[i]})", (line.cells[i],)) for line in lines for i in kept if i < len(line.cells) and line.cells[i]
        ]
        return Sheet([], told, title, notes)
    names = words.columns(heads)
    named = [i for i in kept if names[i]]
    if not named and len(kept) > 1:  # one column of values among others: the one whose head holds a unit
        valued = [i for i in kept if unit_in(heads[i]) or re.search(r"^values?$", heads[i], re.IGNORECASE)]
        if len(valued) == 1:
            (at,) = valued
            unit = unit_in(heads[at])
            told = [
                Line(line.label, (f"{line.cells[at]} {unit}".strip() if not figures(line.cells[at]) else line.cells[at],)) for line in lines
            ]
            return Sheet([], told, title, notes)
    strange = (
        tuple(heads[i] for i in kept if i not in named and any(i < len(line.cells) and VALUE.search(line.cells[i]) for line in lines))
        if named
        else ()
    )
    if named:
        kept = named
    if heads and len(kept) < len(heads):
        lines = [replace(line, cells=tuple(line.cells[i] for i in kept)) if len(line.cells) == len(heads) else line for line in lines]
        heads = [heads[i] for i in kept]
    return Sheet(
        heads if named else heads if len(heads) > 1 else [], lines, " ".join([title, *(heads if not named else [])]), notes, strange
    )


def _row_notes(rows: list[list[str]]) -> dict[str, str]:
    """Footnotes that a copied sheet keeps as rows of its table."""
    return {m[1]: "sparse" for row in rows if (m := re.match(r"(\*+|\d)\s+(?:Shown )?With sparsity", row[0], re.IGNORECASE))}
