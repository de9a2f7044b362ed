"""SQL models and checks: one file per table or rule; its header comment is its documentation.

``sql/core`` and ``sql/marts`` hold one SELECT per table (``marts/price_now.sql`` fills
``marts.price_now``); ``sql/facts`` SELECTs that make fact rows; ``sql/checks`` SELECTs that must return
no row; ``sql/examples`` queries for readers; ``sql/macros`` the table functions of the published file. Dependencies are parsed from the SQL, never listed by hand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SQL = Path(__file__).parent / "sql"


@dataclass(frozen=True, slots=True)
class Model:
    """One SQL file: the table it fills (or the check's name), its header comment, its SELECT, its inputs."""

    name: str
    text: str
    sql: str
    inputs: tuple[str, ...]
    blocking: bool = False
    table: str = ""


def _read(path: Path, name: str) -> Model:
    source = path.read_text(encoding="utf-8")
    header = re.match(r"(?:--[^\n]*\n)*", source)
    comment = "\n".join(line.removeprefix("--").strip() for line in (header[0] if header else "").splitlines())
    settings = dict(re.findall(r"^(severity|table):\s*(\S+)$", comment, re.MULTILINE))
    text = re.sub(r"^(severity|table):.*$", "", comment, flags=re.MULTILINE).strip()
    return Model(name, text, source, tables_of(source), settings.get("severity", "error") == "error", settings.get("table", ""))


def tables_of(sql: str) -> tuple[str, ...]:
    """The ``schema.table`` names a SELECT reads, sorted, without its own CTEs and without table functions."""
    import sqlglot
    from sqlglot import exp

    tree = sqlglot.parse_one(sql, read="duckdb")
    return tuple(sorted({f"{t.db}.{t.name}" for t in tree.find_all(exp.Table) if t.db and t.name}))


def taken_from(sql: str, columns: Sequence[str]) -> str:
    """The one table whose rows a SELECT takes as they lie, ``columns`` unchanged; empty where it joins, groups or orders them."""
    import sqlglot
    from sqlglot import exp

    tree = sqlglot.parse_one(sql, read="duckdb")
    reads = list(tree.find_all(exp.Table))
    moved = (
        exp.Join,
        exp.Group,
        exp.Distinct,
        exp.Order,
        exp.Window,
        exp.AggFunc,
        exp.With,
        exp.SetOperation,
        exp.Subquery,
        exp.Limit,
        exp.Unnest,
    )
    if not isinstance(tree, exp.Select) or len(reads) != 1 or not columns or tree.find(*moved):
        return ""
    plain = {projected.name for projected in tree.expressions if isinstance(projected, exp.Column) and not projected.is_star}
    return f"{reads[0].db}.{reads[0].name}" if set(columns) <= plain else ""


@cache
def models(folder: str) -> tuple[Model, ...]:
    """The models of ``sql/<folder>`` in name order; each name is ``<folder>.<file stem>``."""
    return tuple(_read(path, f"{folder}.{path.stem}") for path in sorted((SQL / folder).glob("*.sql")))


def examples() -> dict[str, tuple[str, str]]:
    """The example queries: name -> (what it answers, SQL)."""
    return {m.name.partition(".")[2]: (m.text, m.sql) for m in models("examples")}


def readers_macros() -> tuple[str, ...]:
    """The CREATE MACRO statements of ``sql/macros``, those that others call first; each file's comment says what it answers."""
    paths = sorted((SQL / "macros").glob("*.sql"), key=lambda p: (p.stem not in ("trace", "meant"), p.stem))
    return tuple(path.read_text(encoding="utf-8") for path in paths)


def macros_told() -> list[tuple[str, str, str]]:
    """The table functions for readers: name, what it answers, a call that runs as it stands."""
    told = []
    for sql in readers_macros():
        comment = " ".join(line.removeprefix("--").strip() for line in sql.splitlines() if line.startswith("--"))
        text, _, call = comment.partition(" call: ")
        told.append((re.search(r"MACRO (\S+?)\(", sql)[1], text, call))  # type: ignore[index]
    return told


def _selects(folder: str) -> tuple[str, ...]:
    return tuple(m.sql for m in models(folder))


def _inputs(folder: str) -> tuple[str, ...]:
    return tuple(sorted({i for m in models(folder) for i in m.inputs}))


def fact_selects() -> tuple[str, ...]:
    """The SELECTs that make fact rows, in file order."""
    return _selects("facts")


def fact_inputs() -> tuple[str, ...]:
    """The tables all facts rest on, sorted."""
    return _inputs("facts")


def lineage_selects() -> tuple[str, ...]:
    """The SELECTs that make the chains of facts."""
    return _selects("lineage")


def lineage_inputs() -> tuple[str, ...]:
    """The tables the chains are made from."""
    return _inputs("lineage")
