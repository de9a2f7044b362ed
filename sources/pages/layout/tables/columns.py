"""Tables whose rows are components: the models stand in the columns, or over the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sources.pages.layout.figures import Figure, figures, tidy
from sources.pages.layout.names import read_name
from sources.pages.layout.tables.heads import Table, body_of, claim_of, column_texts, row_label
from sources.pages.layout.words import NOTHING, under, within_page
from sources.pages.tables import Cell
from units.quantity import amounts


def models_in_columns(table: Table, number: int) -> None:
    """Add the claims of a table whose rows are components to its block."""
    table.block.combined = table.block.whole = True
    first = min((c for _, row in body_of(table) for c in range(len(row)) if _cell_amounts(table, row[c], c)), default=None)
    if first is None:
        return
    heads = column_texts(table.grid, table.heads)
    section = NOTHING
    for r, row in body_of(table):
        label = row_label(row[:first])
        said = table.vocabulary.read(table.layout.cleaned(label))
        cells = {c: _cell_amounts(table, row[c], c) for c in range(first, len(row))}
        if not any(cells.values()):
            if label and all(not c.text or c.spanned for c in row[1:]):
                section = said
            continue
        for c, given in cells.items():
            column = table.columns[c]
            names = [heads[c]] if not column.understood else table.around.names or (table.around.name,)
            for n, figure in ((n, figure) for n in range(len(names)) for figure in given):
                name = read_name(names[n], table.vocabulary)
                near = under(under(under(figure.meaning, said), replace(column, rest="")), section)
                meaning = within_page(under(near, table.around.meaning), table.around.page)
                problem = "" if said.understood else f"the row {said.rest!r} is not known"
                problem = f"{row[c].struck[0]!r} is struck beside it" if row[c].struck and not _replaces(row[c], given) else problem
                table.block.claims.append(
                    claim_of(
                        table,
                        name,
                        figure,
                        meaning,
                        row,
                        r,
                        c,
                        (number, c + n * len(row), 0 if said.direction or said.cache else r + 1, 0),
                        problem=problem,
                    )
                )
    if any(cell.missing for _, row in body_of(table) if _may_price(table, row, first) for cell in row[first:]):
        table.block.claims = [
            replace(claim, problem=claim.problem or "a row of the table has fewer cells than it") for claim in table.block.claims
        ]


def _replaces(cell: Cell, given: Sequence[Figure]) -> bool:
    """Whether the one amount in force in a cell stands for the one that is struck in it: nothing says that they are of two kinds."""
    gone = sum(len(amounts(tidy(text))) for text in cell.struck)
    return gone == len(given) == 1 and given[0].meaning.senses <= {"drop", "price"} and not given[0].meaning.conditions


def _may_price(table: Table, row: Sequence[Cell], first: int) -> bool:
    """Whether a row holds prices, or says that it should."""
    said = table.vocabulary.read(row_label(row))
    return bool(said.understood and (said.direction or said.cache)) or any(
        _cell_amounts(table, cell, c) for c, cell in enumerate(row[first:], first)
    )


def _cell_amounts(table: Table, cell: Cell, column: int) -> list[Figure]:
    if column == 0:
        return []
    currency = table.columns[column].currency or table.around.meaning.currency or table.around.page.currency or table.layout.currency
    return [
        replace(f, money=replace(f.money, currency=f.money.currency or currency or "USD"))
        for f in figures(table.layout.cleaned(cell.text), table.vocabulary)
    ]
