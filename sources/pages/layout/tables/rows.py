"""Tables whose rows are models: which column names them, what a row says of itself, and what is not read in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sources.pages.build import is_empty, row_evidence
from sources.pages.layout.figures import BARE, Figure, figures, tidy
from sources.pages.layout.names import Name, read_name, several
from sources.pages.layout.tables.component_rows import ends_in_components, has_component_each, split_name
from sources.pages.layout.tables.heads import Table, body_of, claim_of, column_texts, priced_in
from sources.pages.layout.words import CACHES, DIRECTIONS, NOTHING, Meaning, under, within_page
from sources.pages.tables import Cell
from units.quantity import amounts


def models_in_rows(table: Table, number: int) -> None:
    """Add the claims of a table whose rows are models to its block."""
    name_column = _name_column(table)
    id_column = next((n for n, role in enumerate(table.roles) if role == "id" and n != name_column), None)
    apart = ends_in_components(table, name_column)
    of_one = apart or has_component_each(table)
    kinds = None if of_one else kinds_column(table, name_column)
    if kinds is not None:
        table.roles = (*table.roles[:kinds], "condition_column", *table.roles[kinds + 1 :])
    firsts: dict[str, int] = {}
    section, section_name = NOTHING, ""
    above: list[tuple[Name, tuple[int, ...]]] = []
    for r, row in body_of(table):
        found = {c: priced_in(table, cell, c) for c, cell in enumerate(row)}
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
        named, component = split_name(" ".join(lines), table.vocabulary) if apart else ("", NOTHING)
        lines = (named,) if apart else lines
        names = [read_name(t, table.vocabulary) for t in several(tuple(t for t in lines if t))] or [Name("")]
        ident = tidy(row[id_column].text) if id_column is not None else label.text.removeprefix(label.link).strip() if label.link else ""
        given: list[tuple[Name, tuple[int, ...]]] = [
            (name, (number, firsts.setdefault(name.text, r) if of_one else r, n)) for n, name in enumerate(names)
        ]
        if not names[0].text and name_column is None:
            given = [(replace(names[0], text=section_name or table.around.name), (number, r, 0))]
        elif not names[0].text and not label.missing:  # the cell above reaches down: its models go on
            given = [
                (replace(name, conditions=names[0].conditions), (number, r, n) if names[0].conditions else record)
                for n, (name, record) in enumerate(above)
            ] or given
        above = given
        for name, record in given:
            _row_claims(table, name, ident, row, r, found, under(component, section), record)


def _has_empty_price(table: Table, row: Sequence[Cell]) -> bool:
    """Whether a row without amounts is a model without prices rather than a line between sections."""
    return (
        any(role == "price" and cell.text and not cell.spanned and is_empty(cell.text) for role, cell in zip(table.roles, row, strict=True))
        and sum(bool(c.text) and not c.spanned for c in row) > 1
    )


def _section(table: Table, row: Sequence[Cell], section: Meaning, name: str) -> tuple[Meaning, str]:
    texts = list(dict.fromkeys(c.text for c in row if c.text))
    if not texts or len(texts) > 2:
        return section, name
    said = table.vocabulary.read(" ".join(texts))
    return said, texts[0] if not said.understood and len(texts) == 1 else name


def _name_column(table: Table) -> int | None:
    if table.layout.name_column:
        heads = column_texts(table.grid, table.heads)
        declared = next((n for n, text in enumerate(heads) if re.fullmatch(table.layout.name_column, tidy(text), re.I)), None)
        if declared is not None or any(_identifies(table, n) for n, role in enumerate(table.roles) if role in ("", "id")):
            return declared
    for role in ("name", "id"):
        if role in table.roles:
            return table.roles.index(role)
    body = body_of(table)
    texts = [
        n
        for n, role in enumerate(table.roles)
        if role == ""
        and not any(priced_in(table, row[n], n) for _, row in body)
        and any(row[n].text and not table.vocabulary.read(row[n].text).understood for _, row in body)
    ]
    return texts[0] if len(texts) == 1 else None


def kinds_column(table: Table, name_column: int | None) -> int | None:
    """The column that tells rows of one model and different prices apart where nothing else does (``base``, ``turbo``)."""
    tiers = [
        n
        for n, r in enumerate(table.roles)
        if r == "tier_column" and any(table.vocabulary.read(row[n].text).tier for _, row in body_of(table))
    ]
    if name_column is None or tiers or {"condition_column", "region"} & set(table.roles):
        return None
    groups: dict[str, list[Sequence[Cell]]] = {}
    for _, row in body_of(table):
        groups.setdefault(row[name_column].text, []).append(row)
    twins = [rows for name, rows in groups.items() if name and len(rows) > 1]
    for n, role in enumerate(table.roles):
        if role not in ("", "note", "tier_column") or n == name_column or not twins:
            continue
        texts = [[row[n].text for row in rows] for rows in twins]
        if all(len(set(told)) == len(told) and all(map(_is_kind, told)) for told in texts):
            return n
    return None


def _is_kind(text: str) -> bool:
    """Whether a cell may say of what kind a model is served: a few words without a figure of money or a bare number."""
    return 0 < len(text) <= 30 and bool(re.search(r"[^\W\d_]{2}", text)) and not amounts(text)


_SIZE = re.compile(r"\d+(?:[.,]\d+)?\s?[KMkm]?")


_NO_BAND = re.compile(r"无阶梯(?:计价)?|no (?:tiers?|limit)|all|any", re.I)
_TOKENS = re.compile(r"tok|词元", re.I)
_THOUSANDS = re.compile(r"\b[Kk] ?tok|千 ?tok", re.I)


def _identifies(table: Table, column: int) -> bool:
    """Whether every cell of a column is one word with a digit or a hyphen in it."""
    return all(
        re.fullmatch(r"[\w./:@-]*[\d-][\w./:@-]*", row[column].text) and not BARE.fullmatch(row[column].text) for _, row in body_of(table)
    )


_COMPONENTS = DIRECTIONS | CACHES | {"cache", "read", "write"}
_CELL_ROLES = ("tier_column", "unit_column", "component_column", "condition_column", "region")


@dataclass(slots=True)
class _Told:
    """What a row says of all its prices: in cells of tiers, units and conditions, and by what is not read in it."""

    said: Meaning = NOTHING
    region: str = ""
    problems: dict[str, str] = field(default_factory=dict)
    """By the currency and unit of a list of prices; under the empty key, of the whole row."""

    def against(self, column: Meaning, above: Meaning) -> str:
        """Why the prices of a column of this row cannot be read; empty where nothing is against them."""
        if column.unit and above.unit not in ("", column.unit):
            return f"its column says per {column.unit} and the lines above per {above.unit}"
        found = self.problems.get(f"{column.currency} {column.unit}") or self.problems.get("")
        return found or ("" if column.understood else f"the column {column.rest!r} is not known")


def _row_claims(
    table: Table,
    name: Name,
    ident: str,
    row: Sequence[Cell],
    r: int,
    found: dict[int, list[Figure]],
    section: Meaning,
    record: tuple[int, ...],
) -> None:
    told = _told(table, row, found)
    for c, given in found.items():
        column = table.columns[c]
        place = (column.currency, column.unit)
        list_number = table.lists.index(place) if place in table.lists else 0
        for figure in given:
            near = under(figure.meaning, replace(column, senses=column.senses - _COMPONENTS) if figure.by_head else column)
            if (
                not figure.by_head
                and figure.meaning.direction
                and column.direction
                and figure.meaning.direction != column.direction
                and not figure.meaning.cache
            ):
                near = replace(near, senses=near.senses | (column.senses & DIRECTIONS))
            meaning = within_page(under(under(under(near, told.said), section), table.around.meaning), table.around.page)
            if not table.roles[c] and table.priced:
                meaning = under(meaning, Meaning(unit="1M tokens"))  # beside prices of tokens no amount is passed over
            trouble = told.against(column, table.around.meaning)
            table.block.claims.append(
                claim_of(table, name, figure, meaning, row, r, c, (*record, list_number), ident, trouble, told.region)
            )
        if row[c].struck and table.roles[c] == "price":
            _struck(table, name, row, r, c, record, ident)


def _told(table: Table, row: Sequence[Cell], found: dict[int, list[Figure]]) -> _Told:
    told, conditions = _Told(), []
    for c, role in enumerate(table.roles):
        if role not in _CELL_ROLES or is_empty(row[c].text):
            continue
        cell = table.vocabulary.read(row[c].text if role != "unit_column" else f"per {row[c].text}")
        if role == "region":
            told.region = row[c].text
        elif role == "condition_column" and cell.understood and cell.tier and not cell.conditions:
            told.said = under(told.said, cell)
        elif role == "condition_column":
            conditions += _band(table, c, row[c], cell)
        elif role == "unit_column" and not (cell.unit or cell.meter) and not _TOKENS.search(row[c].text):
            told.said = under(told.said, Meaning(meter=row[c].text))
        elif role == "unit_column" and not (cell.unit or cell.meter):
            told.problems[""] = f"the unit {row[c].text!r} is not known"
        else:
            told.said = under(told.said, cell)
    if any(cell.missing for c, cell in enumerate(row) if table.roles[c] == "price"):
        told.problems[""] = "the row has fewer cells than the table"
    told.problems |= _unreadable(table, row, found)
    unknown = [c for c in found if found[c] and table.priced and not table.roles[c]]
    if unknown:
        told.problems[""] = f"the column {_head(table, unknown[-1])!r} is not known"
    told.said = replace(told.said, conditions=(*told.said.conditions, *conditions))
    return told


def _band(table: Table, column: int, cell: Cell, said: Meaning) -> list[str]:
    """The condition in a cell of a column of them; none where it is the length of the context, which bounds nothing."""
    if (not said.conditions and _SIZE.fullmatch(cell.text)) or _NO_BAND.fullmatch(cell.text):
        return []
    thousands = _THOUSANDS.search(_head(table, column)) and not re.search(r"\d\s?[km]", cell.text, re.I)
    return [" ".join(f"{line}K" for line in cell.lines) if thousands else cell.printed or cell.text]


def _head(table: Table, column: int) -> str:
    return column_texts(table.grid, table.heads)[column]


def _struck(table: Table, name: Name, row: Sequence[Cell], r: int, c: int, record: tuple[int, ...], ident: str) -> None:
    meaning = within_page(under(table.columns[c], table.around.meaning), table.around.page)
    for text in row[c].struck:
        for figure in figures(table.layout.cleaned(text), table.vocabulary):
            table.block.claims.append(
                replace(claim_of(table, name, figure, under(figure.meaning, meaning), row, r, c, record, ident), status="struck")
            )


def _unreadable(table: Table, row: Sequence[Cell], found: dict[int, list[Figure]]) -> dict[str, str]:
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
