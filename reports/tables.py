"""Tables, once as data and then as HTML, plain text and CSV.

Belongs here: the shape of a table and its three forms. Not here: which columns a section shows
(``sections``) and how a number is written (``numbers``).
"""

from __future__ import annotations

import html
import textwrap
from dataclasses import dataclass, field

import polars as pl
from markupsafe import Markup

from reports.facts import FactBook
from reports.writing.numbers import MISSING
from reports.writing.shown import Sentence, Shown, say

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class Link:
    """A cell that leads to a source."""

    text: Shown | Sentence
    url: str

    def __str__(self) -> str:
        return str(self.text)

    def __html__(self) -> str:
        inner = self.text.__html__()
        if not self.url or not inner:
            return inner
        return f'<a href="{html.escape(self.url)}" rel="noopener noreferrer nofollow">{inner}</a>'


Cell = Shown | Sentence | Link
PHONE_COLUMNS = 5
"""Columns that stand side by side on a phone."""
EMPTY = Sentence(())


@dataclass(frozen=True)
class Column:
    """A column's header and whether it holds figures (right aligned)."""

    header: str
    figures: bool = False


@dataclass(frozen=True)
class Table:
    """Headers, rows of cells, and the caption that says what the rows are."""

    caption: Sentence
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    emphasised: frozenset[int] = field(default_factory=frozenset)
    """Rows that carry a total or the champion."""
    folded: bool = False
    """Whether the page shows it on demand: a chart above it already says the same."""


def table(
    caption: str | Sentence,
    columns: list[Column],
    rows: list[list[Cell]],
    emphasised: set[int] | None = None,
    folded: bool = False,
) -> Table | None:
    """A table, or None where there is no row."""
    said = caption if isinstance(caption, Sentence) else say(caption)
    for column in columns:
        say(column.header)  # a header holds words alone, none about the present
    return Table(said, tuple(columns), tuple(map(tuple, rows)), frozenset(emphasised or ()), folded) if rows else None


def ranked(book: FactBook, caption: str, columns: list[Column], rows: list[list[Cell]], *, by: str, limit: int) -> Table | None:
    """The first ``limit`` rows of a list in its declared order, with a caption that says ``k of n, by X`` where it is cut.

    The only way to show less than all: whatever else is shown is shown whole.
    """
    if len(rows) <= limit:
        return table(caption, columns, rows)
    said = say(caption + " ({k} of {n}, by " + by + ")", k=book.tally(limit), n=book.tally(len(rows)))
    return table(said, columns, rows[:limit])


def page_html(made: Table) -> Markup:
    """The table for the page: caption, column and row headers, a focusable frame that scrolls sideways.

    On a phone a row of more than ``PHONE_COLUMNS`` cells is told as a paragraph, each cell behind its column's header.
    """
    stacked = len(made.columns) > PHONE_COLUMNS
    head = "".join(f'<th scope="col"{_num(c)}>{html.escape(c.header)}</th>' for c in made.columns)
    body = []
    for i, row in enumerate(made.rows):
        cells = [f'<th scope="row"{_kind(made.columns[0], row[0])}>{row[0].__html__()}</th>']
        for column, cell in zip(made.columns[1:], row[1:], strict=True):
            named = f' data-h="{html.escape(column.header)}"' if stacked else ""
            cells.append(f"<td{named}{_kind(column, cell)}>{cell.__html__()}</td>")
        total = ' class="total"' if i in made.emphasised else ""
        body.append(f"<tr{total}>{''.join(cells)}</tr>")
    label, kind = html.escape(str(made.caption)), ' class="stack"' if stacked else ""
    return Markup(
        f'<div class="scroll" role="region" tabindex="0" aria-label="{label}"><table{kind}>'
        f"<caption>{made.caption.__html__()}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


def plain_text(made: Table, width: int = 78) -> str:
    """The table in columns of text. What does not fit ``width`` is wrapped in its cell; the longest texts
    (evidence, a reason, a method) go below their row, once where it repeats.
    """
    grid = [[str(cell) for cell in row] for row in made.rows]
    aside = _asides(made, grid, width)
    shown = [i for i in range(len(made.columns)) if i not in aside]
    widths = _widths(made, grid, shown, width)
    lines = [str(made.caption)] if made.caption else []
    lines += _row_lines([made.columns[i].header for i in shown], shown, widths, made)
    lines.append("  ".join("-" * widths[i] for i in shown))
    told: dict[int, str] = {}
    for row in grid:
        lines += _row_lines([row[i] for i in shown], shown, widths, made)
        for i in aside:
            if row[i] and told.get(i) != row[i]:
                told[i] = row[i]
                label = f"{made.columns[i].header}: {row[i]}"
                lines += textwrap.wrap(
                    label,
                    width,
                    initial_indent="    ",
                    subsequent_indent="      ",
                    break_long_words=False,
                    break_on_hyphens=False,
                )
    return "\n".join(lines)


def _asides(made: Table, grid: list[list[str]], width: int) -> list[int]:
    """Text columns, longest first, that have to leave the row so that the rest fits."""
    longest = [max([len(c.header), *(len(row[i]) for row in grid)]) for i, c in enumerate(made.columns)]
    kept, aside = list(range(len(longest))), []
    candidates = sorted((i for i in kept[1:] if not made.columns[i].figures and longest[i] > 18), key=lambda i: -longest[i])
    while candidates and sum(min(longest[i], 26) for i in kept) + 2 * (len(kept) - 1) > width:
        aside.append(candidates.pop(0))
        kept.remove(aside[-1])
    return sorted(aside)


def _widths(made: Table, grid: list[list[str]], shown: list[int], width: int) -> dict[int, int]:
    """Column widths that fit ``width`` where words allow it; a day or a name is never cut in two."""
    widths, least = {}, {}
    for i in shown:
        cells = [made.columns[i].header, *(row[i] for row in grid)]
        widths[i] = max(map(len, cells))
        least[i] = min(
            24,
            max(
                len(word)
                for cell in cells
                for word in (cell.split() if not made.columns[i].figures or cell == cells[0] else [cell]) or [""]
            ),
        )
    while sum(widths.values()) > width - 2 * (len(shown) - 1):
        loose = [i for i in shown if widths[i] > least[i]]
        if not loose:
            break
        widths[max(loose, key=lambda i: widths[i] - least[i])] -= 1
    return widths


def _row_lines(cells: list[str], shown: list[int], widths: dict[int, int], made: Table) -> list[str]:
    wrapped = [textwrap.wrap(cell, widths[i], break_on_hyphens=False) or [""] for cell, i in zip(cells, shown, strict=True)]
    lines = []
    for k in range(max(map(len, wrapped))):
        parts = [part[k] if k < len(part) else "" for part in wrapped]
        lines.append(
            "  ".join(
                p.rjust(widths[i]) if made.columns[i].figures else p.ljust(widths[i]) for p, i in zip(parts, shown, strict=True)
            ).rstrip()
        )
    return lines


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """CSV for a spreadsheet: text that would start a formula gets a leading apostrophe, numbers stay numbers."""
    return frame.select(_guarded(name) if kind == pl.String else name for name, kind in frame.schema.items()).write_csv().encode()


PRICE_COLUMNS = (
    ("provider", "Provider", False),
    ("model", "Model", False),
    ("tier", "Tier", False),
    ("price_input_usd_per_mtok", "Input", True),
    ("price_cached_input_usd_per_mtok", "Cached", True),
    ("price_output_usd_per_mtok", "Output", True),
    ("valid_from", "In force since", False),
    ("status", "Status", False),
    ("confirmed_at", "Last seen", False),
    ("source", "Source", False),
    ("origin", "Read", False),
)


def price_table(book: FactBook) -> Markup:
    """Every current price as one compact table: a row is its mart row, a column its mart column.

    Cells carry no source of their own: ``data-mart`` on the table and ``data-col`` on the headers say it.
    """
    head = "".join(
        f'<th scope="col" data-col="{c}"{" class=n" if n else ""}><button type="button">{t}</button></th>' for c, t, n in PRICE_COLUMNS
    )
    body = []
    linked: set[str] = set()
    for row in book.rows("price_now"):
        cells = []
        for column, _title, figures in PRICE_COLUMNS:
            text = html.escape(str(row.show(column)))
            if column == "tier" and row.has("condition") and row.raw("condition"):
                text += ", " + html.escape(str(row.show("condition")))
            url = row.url() if column == "source" else ""
            if url in linked:  # a feed's address stands at its first row; thousands of copies would double the page
                url = ""
            elif url:
                linked.add(url)
            text = f'<a href="{html.escape(url)}" rel="noopener noreferrer nofollow">{text}</a>' if url else text
            cells.append(f"<td>{text}" if figures or len(text) <= 40 else f"<td class=w>{text}")
        body.append("<tr>" + "".join(cells))
    return Markup(f'<table id="prices" data-mart="price_now"><thead><tr>{head}</tr></thead><tbody>{"".join(body)}</tbody></table>')


def _guarded(name: str) -> pl.Expr:
    """A column of text on one line each, none of which a spreadsheet would run."""
    line = pl.col(name).str.replace_all("\x00", "", literal=True).str.replace_all(r"[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+", " ")
    begins = line.str.strip_chars_start().str.head(1).is_in(list(FORMULA_STARTS)) | line.str.head(1).is_in(list(FORMULA_STARTS))
    return pl.when(begins).then(pl.lit("'") + line).otherwise(line).alias(name)


def _num(column: Column) -> str:
    return ' class="n"' if column.figures else ""


def _kind(column: Column, cell: Cell) -> str:
    """The cell's class: figures, a day that must not break, or a long word that must."""
    if column.figures:
        return ' class="n no"' if str(cell) == MISSING else ' class="n"'
    text = str(cell)
    if text == MISSING:
        return ' class="no"'
    if len(text) == 10 and text[4:5] == "-" and text[7:8] == "-":
        return ' class="d"'
    if len(text) > 36:
        return ' class="t w"'
    return ' class="w"' if any(len(word) > 24 for word in text.split()) else ""
