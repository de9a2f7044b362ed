"""Tables: which cells are heads, which column names the model, and what every amount in them is the price of.

Models stand in rows (``Model | Input | Output``), in columns (a first column of ``Input``, ``Output``), or over the table in a
heading; the vocabulary decides which, never a position.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sources.pages.build import is_empty, is_free, row_evidence
from sources.pages.layout.claims import Block, Claim
from sources.pages.layout.declaration import Layout
from sources.pages.layout.figures import BARE, Figure, figures, ordered, tidy
from sources.pages.layout.names import Name, read_name, several
from sources.pages.layout.words import DIRECTIONS, NOTHING, SHORT, Meaning, Vocabulary, under, within_page
from sources.pages.tables import Cell, Grid
from units.quantity import amounts


@dataclass(frozen=True, slots=True)
class Around:
    """What stands over a block: the meaning of its headings, the nearest heading that may name a model, what the page says of all prices."""

    meaning: Meaning = NOTHING
    name: str = ""
    page: Meaning = NOTHING
    since: str = ""
    until: str = ""
    names: tuple[str, ...] = ()
    """The models of a table without names, where several share its heading."""


@dataclass(slots=True)
class _Table:
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
    priced: bool = False
    """Whether some column says that it holds prices of tokens."""


def read_grid(grid: Grid, vocabulary: Vocabulary, layout: Layout, around: Around, number: int) -> Block:
    """The claims of one table. Nothing is raised: what is not understood is a problem of its claim, or a note."""
    where = f"table {grid.index + 1}" + (f" ({' > '.join(grid.heading)})" if grid.heading else "")
    table = _Table(grid, vocabulary, layout, around, Block(where, before=grid.before))
    table.heads = _head_rows(grid, layout)
    labels = layout.columns_of(grid.width) if not table.heads else None
    table.columns = tuple(vocabulary.read(layout.cleaned(t)) for t in (labels or _column_texts(grid, table.heads)))
    table.roles = tuple(_role(table, n) for n in range(len(table.columns)))
    table.columns = _qualified(table)
    table.lists = tuple(dict.fromkeys((m.currency, m.unit) for m in table.columns if m.currency or m.unit))
    table.priced = any(role == "price" and (m.direction or m.cache or m.unit) for m, role in zip(table.columns, table.roles, strict=True))
    table.block.combined = not any(m.direction in ("output", "both") for m in table.columns)
    if (table.priced or any(m.conditions for m in table.columns)) and table.heads and not _body(table):
        table.block.losses.append((where, "the table has heads of prices and no row below them", where, " | ".join(grid.header())))
    if _by_column(table):
        _models_in_columns(table, number)
    else:
        _models_in_rows(table, number)
    return table.block


def _head_rows(grid: Grid, layout: Layout) -> int:
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
        if count and not (all(c.header for c in row) or _cut_up(grid.rows[count - 1], row)):
            break
        count += 1
    return count


def _cut_up(above: Sequence[Cell], row: Sequence[Cell]) -> bool:
    """Whether a row divides a head that is merged over several columns of the row above, or continues one merged downwards."""
    pairs = range(1, len(row))
    return any(above[c].spanned and above[c].text == above[c - 1].text and row[c].text != row[c - 1].text for c in pairs) or any(
        row[c].spanned and row[c].text == above[c].text and row[c].text for c in range(len(row)) if not above[c].spanned
    )


def _column_texts(grid: Grid, heads: int) -> list[str]:
    """The head of every column, merged heads from the outside in."""
    if not heads:
        return [""] * grid.width
    return [" ".join(dict.fromkeys(grid.rows[r][c].text for r in range(heads) if grid.rows[r][c].text)) for c in range(grid.width)]


def _role(table: _Table, n: int) -> str:
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


_PLACE = re.compile(
    r"\b(?:global|regional?|zone|us|usa|eu|uk|europe|asia|apac|emea|america|americas|japan|india|china|mainland|singapore|international|other regions)\b",
    re.I,
)


def _qualified(table: _Table) -> tuple[Meaning, ...]:
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


def _priced(table: _Table, cell: Cell, column: int) -> list[Figure]:
    """The amounts of a cell, read by the currency of its column; none in a column that is not of prices."""
    if table.roles[column] not in ("price", ""):
        return []
    found: list[Figure] = []
    currency = table.columns[column].currency or table.around.meaning.currency or table.around.page.currency or table.layout.currency
    bare = currency if table.roles[column] == "price" and (table.columns[column].currency or table.layout.bare) else ""
    text = table.layout.cleaned(cell.text)
    given = figures(text, table.vocabulary, currency=bare)
    said = table.columns[column]
    for figure in given if said.direction or said.cache else ordered(given, table.layout):
        found.append(replace(figure, money=replace(figure.money, currency=figure.money.currency or currency or "USD")))
    return found


def _body(table: _Table) -> list[tuple[int, list[Cell]]]:
    return [(r, row) for r, row in enumerate(table.grid.rows) if r >= table.heads]


def _by_column(table: _Table) -> bool:
    """Whether the components stand in rows: no column head says one and some row head does."""
    if any(m.direction or m.cache for m, role in zip(table.columns, table.roles, strict=True) if role == "price"):
        return False
    hits = 0
    for _, row in _body(table):
        said = table.vocabulary.read(_row_label(row))
        hits += bool((said.direction or said.cache) and said.understood)
    return hits > 0


def _row_label(row: Sequence[Cell]) -> str:
    """The words of the cells in front of the first amount of a row."""
    words: list[str] = []
    for cell in row:
        if amounts(tidy(cell.text)) or is_free(cell.text) or is_empty(cell.text) or BARE.fullmatch(tidy(cell.text)):
            break
        if cell.text not in words:
            words.append(cell.text)
    return " ".join(words)


def _claim(
    table: _Table,
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
        status="promotional" if _LIMITED.search(figure.money.text) else "in_force",
        region=region,
        since=name.since or table.around.since,
        until=name.until or table.around.until,
        problem=problem,
    )


def _with_name(own: tuple[str, ...], said: tuple[str, ...]) -> tuple[str, ...]:
    """Conditions of a price: a band in the model's name is that of the prices that say no other, or that they are the short ones."""
    if not own:
        return said
    others = tuple(c for c in said if c != SHORT)
    return others if any(c.endswith("context") for c in others) else (*own, *(c for c in others if c not in own))


def _models_in_rows(table: _Table, number: int) -> None:
    name_column = _name_column(table)
    id_column = next((n for n, role in enumerate(table.roles) if role == "id" and n != name_column), None)
    section, section_name = NOTHING, ""
    above: list[tuple[Name, tuple[int, ...]]] = []
    for r, row in _body(table):
        found = {c: _priced(table, cell, c) for c, cell in enumerate(row)}
        if not any(found.values()):
            if (
                any(cell.missing for c, cell in enumerate(row) if table.roles[c] == "price")
                and not any(c.spanned for c in row)
                and table.priced
                and (sum(bool(c.text) for c in row) > 1 or row is table.grid.rows[-1])
            ):
                table.block.losses.append(
                    (row[0].text, "the row has fewer cells than the table", table.grid.locator(r, 0), row_evidence(list(row)))
                )
            elif not _has_empty_price(table, row):
                section, section_name = _section(table, row, section, section_name)
            continue
        label = row[name_column] if name_column is not None else Cell()
        lines = tuple(table.layout.cleaned(t) for t in ((label.link,) if label.link else label.lines or (label.text,)))
        names = [read_name(t, table.vocabulary) for t in several(tuple(t for t in lines if t))] or [Name("")]
        ident = tidy(row[id_column].text) if id_column is not None else label.text.removeprefix(label.link).strip() if label.link else ""
        given: list[tuple[Name, tuple[int, ...]]] = [(name, (number, r, n)) for n, name in enumerate(names)]
        if not names[0].text and name_column is None:
            given = [(replace(names[0], text=section_name or table.around.name), (number, r, 0))]
        elif not names[0].text and not label.missing:  # the cell above reaches down: its models go on
            given = [
                (replace(name, conditions=names[0].conditions), (number, r, n) if names[0].conditions else record)
                for n, (name, record) in enumerate(above)
            ] or given
        above = given
        for name, record in given:
            _row_claims(table, name, ident, row, r, found, section, record)


def _has_empty_price(table: _Table, row: Sequence[Cell]) -> bool:
    """Whether a row without amounts is a model without prices rather than a line between sections."""
    return (
        any(role == "price" and cell.text and not cell.spanned and is_empty(cell.text) for role, cell in zip(table.roles, row, strict=True))
        and sum(bool(c.text) and not c.spanned for c in row) > 1
    )


def _section(table: _Table, row: Sequence[Cell], section: Meaning, name: str) -> tuple[Meaning, str]:
    texts = list(dict.fromkeys(c.text for c in row if c.text))
    if not texts or len(texts) > 2:
        return section, name
    said = table.vocabulary.read(" ".join(texts))
    return said, texts[0] if not said.understood and len(texts) == 1 else name


def _name_column(table: _Table) -> int | None:
    if table.layout.name_column:
        heads = _column_texts(table.grid, table.heads)
        declared = next((n for n, text in enumerate(heads) if re.fullmatch(table.layout.name_column, tidy(text), re.I)), None)
        if declared is not None or any(_identifies(table, n) for n, role in enumerate(table.roles) if role in ("", "id")):
            return declared
    for role in ("name", "id"):
        if role in table.roles:
            return table.roles.index(role)
    body = _body(table)
    texts = [
        n
        for n, role in enumerate(table.roles)
        if role == ""
        and not any(_priced(table, row[n], n) for _, row in body)
        and any(row[n].text and not table.vocabulary.read(row[n].text).understood for _, row in body)
    ]
    return texts[0] if len(texts) == 1 else None


_SIZE = re.compile(r"\d+(?:[.,]\d+)?\s?[KMkm]?")
_THOUSANDS = re.compile(r"\b[Kk] ?tok|千 ?tok", re.I)
_LIMITED = re.compile(r"limited|限时", re.I)


def _identifies(table: _Table, column: int) -> bool:
    """Whether every cell of a column is one word with a digit or a hyphen in it."""
    return all(
        re.fullmatch(r"[\w./:@-]*[\d-][\w./:@-]*", row[column].text) and not BARE.fullmatch(row[column].text) for _, row in _body(table)
    )


_CELL_ROLES = ("tier_column", "unit_column", "component_column", "condition_column", "region")


def _row_claims(
    table: _Table,
    name: Name,
    ident: str,
    row: Sequence[Cell],
    r: int,
    found: dict[int, list[Figure]],
    section: Meaning,
    record: tuple[int, ...],
) -> None:
    said, conditions, region = NOTHING, [], ""
    problems: dict[str, str] = {}
    for c, role in enumerate(table.roles):
        if role in _CELL_ROLES and not is_empty(row[c].text):
            cell = table.vocabulary.read(row[c].text if role != "unit_column" else f"per {row[c].text}")
            if role == "region":
                region = row[c].text
            elif role == "condition_column":
                if not cell.conditions and _SIZE.fullmatch(row[c].text):
                    continue  # the length of the context, no band of it
                thousands = (
                    role == "condition_column" and _THOUSANDS.search(_head(table, c)) and not re.search(r"\d\s?[km]", row[c].text, re.I)
                )
                conditions.append(" ".join(f"{line}K" for line in row[c].lines) if thousands else row[c].printed or row[c].text)
            elif role == "unit_column" and not (cell.unit or cell.meter):
                problems[""] = f"the unit {row[c].text!r} is not known"
            else:
                said = under(said, cell)
    if any(cell.missing for c, cell in enumerate(row) if table.roles[c] == "price"):
        problems[""] = "the row has fewer cells than the table"
    problems |= _unreadable(table, row, found)
    for c, given in found.items():
        if given and table.priced and not table.roles[c]:
            problems[""] = f"the column {_head(table, c)!r} is not known"
    said = replace(said, conditions=(*said.conditions, *conditions))
    for c, given in found.items():
        column = table.columns[c]
        for figure in given:
            near = under(figure.meaning, column)
            if figure.meaning.direction and column.direction and figure.meaning.direction != column.direction and not figure.meaning.cache:
                near = replace(near, senses=near.senses | (column.senses & DIRECTIONS))
            meaning = within_page(under(under(under(near, said), section), table.around.meaning), table.around.page)
            trouble = (
                problems.get(f"{column.currency} {column.unit}")
                or problems.get("")
                or ("" if column.understood else f"the column {column.rest!r} is not known")
            )
            if column.unit and table.around.meaning.unit not in ("", column.unit):
                trouble = f"its column says per {column.unit} and the lines above per {table.around.meaning.unit}"
            if not table.roles[c] and table.priced:
                meaning = under(meaning, Meaning(unit="1M tokens"))  # beside prices of tokens no amount is passed over
            place = (column.currency, column.unit)
            list_number = table.lists.index(place) if place in table.lists else 0
            table.block.claims.append(_claim(table, name, figure, meaning, row, r, c, (*record, list_number), ident, trouble, region))
        if row[c].struck and table.roles[c] == "price":
            _struck(table, name, row, r, c, record, ident)


def _head(table: _Table, column: int) -> str:
    return _column_texts(table.grid, table.heads)[column]


def _struck(table: _Table, name: Name, row: Sequence[Cell], r: int, c: int, record: tuple[int, ...], ident: str) -> None:
    meaning = within_page(under(table.columns[c], table.around.meaning), table.around.page)
    for text in row[c].struck:
        for figure in figures(table.layout.cleaned(text), table.vocabulary):
            table.block.claims.append(
                replace(_claim(table, name, figure, under(figure.meaning, meaning), row, r, c, record, ident), status="struck")
            )


def _unreadable(table: _Table, row: Sequence[Cell], found: dict[int, list[Figure]]) -> dict[str, str]:
    """Why the prices of a currency in a row are not read: a price struck with none in force in its place, or figures that are no amount."""
    problems = {}
    for c, cell in enumerate(row):
        if table.roles[c] != "price":
            continue
        said = table.columns[c]
        struck = sum(len(amounts(tidy(text))) for text in cell.struck)
        given = found.get(c, ())
        if struck and (
            struck > len(given)
            or any(f.meaning.direction == "both" for f in given)
            or (struck < len(given) > 1 and not any(f.words for f in given))
        ):  # told apart by their order alone: it is not known which is gone
            problems[f"{said.currency} {said.unit}"] = f"{cell.struck[0]!r} is struck and nothing is in force beside it"
        elif not found.get(c) and (said.direction or said.cache) and re.search(r"\d", cell.text):
            problems[f"{said.currency} {said.unit}"] = f"{cell.text!r} is no price that can be read exactly"
    return problems


def _models_in_columns(table: _Table, number: int) -> None:
    table.block.combined = table.block.whole = True
    first = min((c for _, row in _body(table) for c in range(len(row)) if _cell_amounts(table, row[c], c)), default=None)
    if first is None:
        return
    heads = _column_texts(table.grid, table.heads)
    section = NOTHING
    for r, row in _body(table):
        label = _row_label(row[:first])
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
                problem = f"{row[c].struck[0]!r} is struck beside it" if row[c].struck else problem
                table.block.claims.append(
                    _claim(
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
    if any(cell.missing for _, row in _body(table) for cell in row[first:]):
        table.block.claims = [
            replace(claim, problem=claim.problem or "a row of the table has fewer cells than it") for claim in table.block.claims
        ]


def _cell_amounts(table: _Table, cell: Cell, column: int) -> list[Figure]:
    if column == 0:
        return []
    currency = table.columns[column].currency or table.around.meaning.currency or table.around.page.currency or table.layout.currency
    return [
        replace(f, money=replace(f.money, currency=f.money.currency or currency or "USD"))
        for f in figures(table.layout.cleaned(cell.text), table.vocabulary)
    ]
