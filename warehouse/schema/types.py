"""The two record types of the schema: a column of the dictionary and a table made of columns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A name with one meaning everywhere. ``type`` is a DuckDB type; ``low``/``high`` are plausible limits."""

    name: str
    type: str
    text: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table: ``schema.name``, what one row is, its columns in order, its key (unique, not null)."""

    name: str
    text: str
    columns: tuple[str, ...]
    key: tuple[str, ...] = ()
    family: str = ""
    """Set where many tables share one shape (one raw table per source)."""
    order: tuple[str, ...] = ()
    """How the rows lie in the file: by what is asked most, so that a reader skips what he did not ask for; default the key."""
    window: tuple[str, int] | None = None
    """Set where the table holds the last days before the vintage day alone: the column of the day, and how many days."""


def declare(name: str, text: str, columns: str, key: str = "", order: str = "", window: tuple[str, int] | None = None) -> Table:
    """A table from its columns, its key and the order of its rows written as words between spaces."""
    return Table(name, text, tuple(columns.split()), tuple(key.split()), order=tuple(order.split()) or tuple(key.split()), window=window)
