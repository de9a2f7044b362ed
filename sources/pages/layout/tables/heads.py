"""The heads of a table: which rows are heads, what every column says, and what stands in its cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sources.pages.build import is_empty, is_free, row_evidence
from sources.pages.layout.around import Around
from sources.pages.layout.claims import Block, Claim
from sources.pages.layout.declaration import Layout
from sources.pages.layout.figures import BARE, Figure, figures, ordered, tidy
from sources.pages.layout.names import Name
from sources.pages.layout.words import SHORT, Meaning, Vocabulary, under
from sources.pages.tables import Cell, Grid
from units.quantity import amounts


@dataclass(slots=True)
class Table:
    """A grid while it is read: its heads, what its columns say, and the block its claims go to."""

    grid: Grid
    vocabulary: Vocabulary
    layout: Layout
    around: Around
    block: Block
    heads: int = 0
    columns: tuple[Meaning, ...] = ()
    roles: tuple[str, ...] = ()
    lists: tuple[tuple[str, str], ...] = ()
    """The currencies and units of its columns: a row of a dollar and a euro list is two records."""
    bare: tuple[bool, ...] = ()
    """Of each column whether its bare figures are amounts: what stands over the table says their currency and their unit."""
    priced: bool = False
    """Whether some column says that it holds prices of tokens."""


def head_rows(grid: Grid, layout: Layout) -> int:
    """How many rows at the top are heads: the first unless it holds a price, and those below it that cut a merged head up."""
    count = 0
    for row in grid.rows:
        if not count and all(c.header for c in row) and len(grid.rows) > 1:
            count = 1
            continue
        if not count and layout.columns_of(grid.width) and any(BARE.fullmatch(tidy(c.text)) for c in row):
            break
        if any(amounts(tidy(c.text)) or c.struck or is_free(c.text) for c in row) or (
            count and any(BARE.fullmatch(tidy(c.text)) for c in row)
        ):
            break
        if count and not (
            all(c.header for c in row) or not any(c.text for c in grid.rows[count - 1]) or _cut_up(grid.rows[count - 1], row)
        ):
            break
        count += 1
    return count


def _cut_up(above: Sequence[Cell], row: Sequence[Cell]) -> bool:
    """Whether a row divides a head that is merged over several columns of the row above, or continues one merged downwards."""
    pairs = range(1, len(row))
    return any(above[c].spanned and above[c].text == above[c - 1].text and row[c].text != row[c - 1].text for c in pairs) or any(
        row[c].spanned and row[c].text == above[c].text and row[c].text for c in range(len(row)) if not above[c].spanned
    )


def column_texts(grid: Grid, heads: int) -> list[str]:
    """The head of every column, merged heads from the outside in."""
    if not heads:
        return [""] * grid.width
    return [" ".join(dict.fromkeys(grid.rows[r][c].text for r in range(heads) if grid.rows[r][c].text)) for c in range(grid.width)]


def role_of(table: Table, n: int) -> str:
    """``price``, a word of ``ROLES``, or ``""`` where the head explains nothing."""
    said = table.columns[n]
    role = next(
        (r for r in ("name", "id", "region", "tier_column", "unit_column", "component_column", "condition_column") if r in said.senses), ""
    )
    if "note" in said.senses and said.direction != "both":
        return "note"
    if said.direction or said.cache or (said.unit and role in ("", "unit_column")):
        return "price"
    if role:
        return role
    return "price" if said.priced or said.meter or said.tier or said.currency else ""


def telling(table: Table, n: int) -> str:
    """The role of a column; one whose cells all name a band, or a component, tells rows apart, and so does one without a head that names tiers."""
    if table.roles[n] not in ("", "note") or not table.heads:
        return table.roles[n]
    said = [table.vocabulary.read(row[n].text) for _, row in body_of(table) if row[n].text]
    if said and all(m.understood and m.conditions for m in said):
        return "condition_column"
    if len(said) > 1 and all(m.understood and (m.direction or m.cache) for m in said) and not any(m.direction for m in table.columns):
        return "component_column"
    if said and all(map(_PLACES.fullmatch, (row[n].text for _, row in body_of(table)))):
        return "region"
    headless = not any(column_texts(table.grid, table.heads)[n : n + 1])
    return "component_column" if headless and said and all(m.understood and (m.tier or m.conditions) for m in said) else table.roles[n]


def is_bare(table: Table, n: int) -> bool:
    """Whether all cells of a column of tokens' prices are bare figures, in a currency and a unit that are said over the table."""
    said, over = table.columns[n], under(table.around.meaning, table.around.page)
    if not (said.direction or said.cache) or not over.currency or not (said.unit or over.unit):
        return False
    texts = [tidy(row[n].text) for _, row in body_of(table)]
    return all(BARE.fullmatch(t) or is_empty(t) or is_free(t) for t in texts) and any("." in t or len(t) < 4 for t in texts if t)


_PLACE = re.compile(
    r"\b(?:global|regional?|zone|us|usa|eu|uk|europe|asia|apac|emea|america|americas|japan|india|china|mainland|singapore|international|other regions)\b",
    re.I,
)
_PLACES = re.compile(rf"(?:{_PLACE.pattern}|\b(?:data|standard|deployments?|only|all|other)\b|[\s,/&()-])+", re.I)
"""A cell that names places and nothing else says where a price holds: it is no model."""


def qualified(table: Table) -> tuple[Meaning, ...]:
    """Columns in which places that tell groups of whole prices apart (``EU input``, ``EU output``) are a condition."""
    groups: dict[str, set[str]] = {}
    for said, role in zip(table.columns, table.roles, strict=True):
        if role == "price" and said.direction and not said.cache:
            groups.setdefault(said.rest, set()).add(said.direction)
    if (
        len(groups) < 2
        or any(rest and not _PLACE.search(rest) for rest in groups)
        or any(found != {"input", "output"} for found in groups.values())
    ):
        return table.columns
    return tuple(
        replace(m, rest="", conditions=(*m.conditions, m.rest)) if m.rest in groups and m.rest and role == "price" else m
        for m, role in zip(table.columns, table.roles, strict=True)
    )


def priced_in(table: Table, cell: Cell, column: int) -> list[Figure]:
    """The amounts of a cell, read by the currency of its column; none in a column that is not of prices."""
    if table.roles[column] not in ("price", ""):
        return []
    found: list[Figure] = []
    currency = table.columns[column].currency or table.around.meaning.currency or table.around.page.currency or table.layout.currency
    bare = (
        currency if table.roles[column] == "price" and (table.columns[column].currency or table.layout.bare or table.bare[column]) else ""
    )
    text = table.layout.cleaned(cell.text)
    given = figures(text, table.vocabulary, currency=bare)
    said = table.columns[column]
    for figure in _by_head(table, column, given) if said.direction or said.cache else ordered(given, table.layout):
        found.append(replace(figure, money=replace(figure.money, currency=figure.money.currency or currency or "USD")))
    return found


def _by_head(table: Table, column: int, given: Sequence[Figure]) -> Sequence[Figure]:
    """Amounts without words below a head that names as many components in their order (``Input / Cached``, ``Price (input / output)``)."""
    if len(given) < 2 or any(f.words for f in given):
        return given
    head = column_texts(table.grid, table.heads)[column]
    for text in (re.sub(r"\([^()]*\)", "", head), *re.findall(r"\(([^()]*)\)", head)):
        parts = [t for t in re.split(r"\s*[/|]\s*", re.sub(r"\bper\b.*$|/ ?1?[MK]\b.*$", "", text)) if t]
        said = [table.vocabulary.read(t) for t in parts]
        if len(parts) == len(given) and all(m.understood and (m.direction or m.cache) for m in said):
            return [replace(f, meaning=under(m, f.meaning), by_head=True) for f, m in zip(given, said, strict=True)]
    return given


def body_of(table: Table) -> list[tuple[int, list[Cell]]]:
    """The rows below the heads, each with its number."""
    return [(r, row) for r, row in enumerate(table.grid.rows) if r >= table.heads]


def row_label(row: Sequence[Cell]) -> str:
    """The words of the cells in front of the first amount of a row."""
    words: list[str] = []
    for cell in row:
        if amounts(tidy(cell.text)) or is_free(cell.text) or is_empty(cell.text) or BARE.fullmatch(tidy(cell.text)):
            break
        if tidy(cell.text) not in words:
            words.append(tidy(cell.text))
    return " ".join(words)


def claim_of(
    table: Table,
    name: Name,
    figure: Figure,
    meaning: Meaning,
    row: Sequence[Cell],
    r: int,
    c: int,
    record: tuple[int, ...],
    ident: str = "",
    problem: str = "",
    region: str = "",
) -> Claim:
    """The claim of one figure in one cell: what the cell, its row and the table say of it, and what is against it."""
    stated = {unit for unit in (table.columns[c].unit, figure.meaning.unit) if unit}
    if len(stated) > 1:
        problem = problem or f"its cell says per {figure.meaning.unit} and its column per {table.columns[c].unit}"
    if not figure.meaning.understood:
        problem = problem or f"the words {figure.meaning.rest!r} beside {figure.money.text} are not known"
    said = replace(meaning, conditions=_with_name(name.conditions, meaning.conditions))
    said = under(Meaning(frozenset({name.tier})), said) if name.tier else said
    return Claim(
        name.text,
        said,
        figure.money,
        row_evidence(list(row)),
        table.grid.locator(r, c),
        record,
        ident,
        status="promotional" if _LIMITED.search(figure.money.text) or row[c].struck else "in_force",
        region=region,
        since=figure.period.since or name.since or table.around.since,
        until=figure.period.until or name.until or table.around.until,
        problem=problem,
    )


_LIMITED = re.compile(r"limited|限时", re.I)


def _with_name(own: tuple[str, ...], said: tuple[str, ...]) -> tuple[str, ...]:
    """Conditions of a price: a band in the model's name is that of the prices that say no other, or that they are the short ones."""
    if not own:
        return said
    others = tuple(c for c in said if c != SHORT)
    return others if any(c.endswith("context") for c in others) else (*own, *(c for c in others if c not in own))
