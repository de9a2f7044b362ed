"""Tables: which cells are heads, which column names the model, and what every amount in them is the price of.

Models stand in rows (``Model | Input | Output``), in columns (a first column of ``Input``, ``Output``), or over the table in a
heading; the vocabulary decides which, never a position.
"""

from __future__ import annotations

from sources.pages.layout.around import Around
from sources.pages.layout.claims import Block
from sources.pages.layout.declaration import Layout
from sources.pages.layout.tables.columns import models_in_columns
from sources.pages.layout.tables.heads import Table, body_of, column_texts, head_rows, is_bare, qualified, role_of, row_label, telling
from sources.pages.layout.tables.rows import models_in_rows
from sources.pages.layout.words import Vocabulary
from sources.pages.tables import Grid


def read_grid(grid: Grid, vocabulary: Vocabulary, layout: Layout, around: Around, number: int) -> Block:
    """The claims of one table. Nothing is raised: what is not understood is a problem of its claim, or a note."""
    where = f"table {grid.index + 1}" + (f" ({' > '.join(grid.heading)})" if grid.heading else "")
    table = Table(grid, vocabulary, layout, around, Block(where, before=grid.before))
    table.heads = head_rows(grid, layout)
    labels = layout.columns_of(grid.width) if not table.heads else None
    table.columns = tuple(vocabulary.read(layout.cleaned(t)) for t in (labels or column_texts(grid, table.heads)))
    table.roles = tuple(role_of(table, n) for n in range(len(table.columns)))
    table.roles = tuple(telling(table, n) for n in range(len(table.columns)))
    table.columns = qualified(table)
    table.bare = tuple(is_bare(table, n) for n in range(len(table.columns)))
    table.lists = tuple(dict.fromkeys((m.currency, m.unit) for m in table.columns if m.currency or m.unit))
    table.priced = any(role == "price" and (m.direction or m.cache or m.unit) for m, role in zip(table.columns, table.roles, strict=True))
    table.block.combined = not any(m.direction in ("output", "both") for m in table.columns)
    if (table.priced or any(m.conditions for m in table.columns)) and table.heads and not body_of(table):
        table.block.losses.append((where, "the table has heads of prices and no row below them", where, " | ".join(grid.header())))
    if _by_column(table):
        models_in_columns(table, number)
    else:
        models_in_rows(table, number)
    return table.block


def _by_column(table: Table) -> bool:
    """Whether the components stand in rows: no column head says one and some row head does."""
    if any(m.direction or m.cache for m, role in zip(table.columns, table.roles, strict=True) if role == "price"):
        return False
    hits = 0
    for _, row in body_of(table):
        said = table.vocabulary.read(row_label(row))
        hits += bool((said.direction or said.cache) and said.understood)
    return hits > 0
