"""The fact book: the only way from a fact or a mart cell to the reader's eye.

Every accessor writes the value once (``numbers``), notes what was printed and where it came from, and
returns a ``Shown``, which templates may print. A bare number, or text with a digit that did not pass
through the book, is refused by ``shown.only_facts`` (Jinja's ``finalize``). Sentences are built with
``shown.say``, whose literal words may hold no digit.

Sources are written ``fact:<fact_id>.<field>``, ``change:<fact_id>.<end>``, ``freshness:<fact_id>.confirmed_at``, ``mart:<name>.<row>.<column>``, ``count:<name>?<filter>`` and
``edition:<field>``; the figures' list beside each edition holds them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from reports.freshness import Confirmed
from reports.inputs import Edition, columns_of
from reports.writing import numbers
from reports.writing.shown import NAME_LIMIT, Shown, clean, has_digit, safe_url
from warehouse.schema.enumerations import OF


class Printed(NamedTuple):
    """One thing that was printed: its text, its source, the value behind it and its unit."""

    text: str
    source: str
    value: str
    unit: str


class Change(NamedTuple):
    """A relative change with its interval: raw values to decide by, and their sizes without sign to print.

    ``shown``, ``shown_low`` and ``shown_high`` print the size alone; the words around them say the direction.
    """

    value: float | None
    low: float | None
    high: float | None
    shown: Shown
    shown_low: Shown
    shown_high: Shown


@dataclass(eq=False)
class FactBook:
    """All that one rendering may print, and the list of what it printed."""

    edition: Edition
    printed: list[Printed] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._facts = {row["fact_id"]: row for row in self.edition.facts.iter_rows(named=True)}
        self._freshness = {row["fact_id"]: row for row in self.edition.mart("fact_freshness").iter_rows(named=True)}

    # facts
    def has(self, fact_id: str) -> bool:
        """Whether the fact exists and has a value or a text."""
        row = self._facts.get(fact_id)
        return row is not None and (row["value"] is not None or bool(row["text_value"]))

    def raw(self, fact_id: str, column: str = "value") -> Any:
        """The stored value, to decide by; never to print."""
        return self._facts.get(fact_id, {}).get(column)

    def fact_ids(self, section: str | None = None) -> list[str]:
        """Ids in order, of one section or of all."""
        return [i for i, row in self._facts.items() if section in (None, row["section"])]

    def value(self, fact_id: str, like: str = "") -> Shown:
        """The fact's value to the digit that its interval allows, or that of the fact it stands beside (``like``)."""
        row = self._facts.get(fact_id, {})
        ends = self._facts.get(like, row)
        half = _half(ends.get("lower"), ends.get("upper"))
        unit = row.get("unit") or ""
        return self._note(numbers.write(row.get("value"), unit, half), f"fact:{fact_id}.value", row.get("value"), unit)

    def interval(self, fact_id: str) -> Shown:
        """Both ends of the fact's interval, or '–'."""
        row = self._facts.get(fact_id, {})
        return self._interval(row.get("lower"), row.get("upper"), row.get("unit") or "", f"fact:{fact_id}.interval")

    def level(self, fact_id: str) -> Shown:
        """The interval's level, '95 %'."""
        return self.field(fact_id, "interval_level", "share")

    def field(self, fact_id: str, column: str, unit: str = "") -> Shown:
        """Another column of the fact: text, n, as_of, basis, sql."""
        value = self._facts.get(fact_id, {}).get(column)
        if isinstance(value, date):  # facts are told in sentences, where a day stands in words
            return self._note(numbers.write_day(value), f"fact:{fact_id}.{column}", value, "date")
        return self._any(
            value,
            unit or ("n" if column == "n" else ""),
            f"fact:{fact_id}.{column}",
            400 if column == "sql" else NAME_LIMIT,
        )

    def confirmed(self, fact_id: str) -> Confirmed:
        """When the fact was last confirmed, by the oldest of the rows that it names."""
        row = self._freshness.get(fact_id, {})
        day = row.get("confirmed_at")
        shown = self._note(numbers.write_day(day) if day else numbers.MISSING, f"freshness:{fact_id}.confirmed_at", day, "date")
        return Confirmed(self.edition.as_of, day, row.get("cadence_days"), shown)

    def change(self, fact_id: str) -> Change:
        """The fact as a change in a year: a factor of n times cheaper is a change of one nth less one."""
        row = self._facts.get(fact_id, {})
        value, lower, upper = (_as_change(row.get(c), row.get("unit") or "") for c in ("value", "lower", "upper"))
        low, high = (None, None) if lower is None or upper is None else sorted((lower, upper))
        half = None if low is None or high is None else (high - low) / 2.0
        said = {
            name: self._note(numbers.write(None if at is None else abs(at), "share", half), f"change:{fact_id}.{name}", at, "share")
            for name, at in (("value", value), ("low", low), ("high", high))
        }
        return Change(value, low, high, said["value"], said["low"], said["high"])

    # marts
    def rows(self, mart: str, where: Callable[[dict[str, Any]], bool] = lambda _row: True) -> list[Row]:
        """The mart's rows in their order, those for which ``where`` holds."""
        frame = self.edition.mart(mart)
        return [Row(self, mart, i, r) for i, r in enumerate(frame.iter_rows(named=True)) if where(r)]

    def count(self, mart: str, **equals: Any) -> Shown:
        """How many rows have these values: a count is a figure as well, its source is the filter."""
        found = sum(
            all(row[k] in v if isinstance(v, (set, frozenset, tuple)) else row[k] == v for k, v in equals.items())
            for row in self.edition.mart(mart).iter_rows(named=True)
        )
        terms = "&".join(f"{k}={'|'.join(map(str, v)) if isinstance(v, tuple) else v}" for k, v in sorted(equals.items()))
        return self._note(numbers.write(float(found), "count"), f"count:{mart}?{terms}", found, "count")

    def distinct(self, mart: str, column: str) -> Shown:
        """How many different values a column has."""
        found = self.edition.mart(mart)[column].drop_nulls().n_unique()
        return self._note(numbers.write(float(found), "count"), f"distinct:{mart}.{column}", found, "count")

    def tally(self, counted: int) -> Shown:
        """A number of rows as counted by the table that shows them."""
        return self._note(numbers.write(float(counted), "count"), f"tally:{counted}", counted, "count")

    # the edition itself
    def meta(self, name: str) -> Shown:
        """``as_of``, ``vintage``, ``edition_id``, ``corrects`` or ``correction_note`` of the edition."""
        return self._any(getattr(self.edition, name), "", f"edition:{name}", 300)

    def day(self) -> Shown:
        """The edition's day in words."""
        return self._note(numbers.write_day(self.edition.as_of), "edition:as_of", self.edition.as_of, "date")

    def changes(self) -> Iterator[tuple[Shown, Shown, Shown]]:
        """What a correction changed: fact, value before, value after."""
        for row in self.edition.changes.iter_rows(named=True):
            fact = row["fact_id"]
            unit, half = self.raw(fact, "unit") or "", _half(self.raw(fact, "lower"), self.raw(fact, "upper"))
            before, after = (
                self._note(numbers.write(row[c], unit, half), f"changes:{fact}.{c}", row[c], unit) for c in ("before", "after")
            )
            yield self._any(fact, "", f"changes:{fact}.fact_id", NAME_LIMIT), before, after

    def _interval(self, lower: float | None, upper: float | None, unit: str, source: str) -> Shown:
        if lower is None or upper is None:
            return self._note(numbers.MISSING, source, None, unit)
        text = numbers.write_interval(lower, upper, unit)
        return self._note(text, source, f"{lower!r} {upper!r}", unit)

    def _any(self, value: Any, unit: str, source: str, limit: int) -> Shown:
        if isinstance(value, date):
            return self._note(numbers.write_date(value), source, value, "date")
        if isinstance(value, bool) or value is None:
            return self._note({True: "yes", False: "no", None: numbers.MISSING}[value], source, value, unit)
        if isinstance(value, (int, float)):
            return self._note(numbers.write(float(value), unit), source, value, unit)
        return self._note(clean(str(value), limit), source, None, "text")

    def _note(self, text: str, source: str, value: Any, unit: str) -> Shown:
        written = "" if value is None else repr(value) if isinstance(value, float) else str(value)
        if has_digit(text):
            self.printed.append(Printed(text, source, written, unit))
        return Shown(text, source, written, "data" if isinstance(value, (int, float)) else "span")


@dataclass(frozen=True, eq=False)
class Row:
    """One row of a mart, read through the book."""

    book: FactBook
    mart: str
    index: int
    cells: dict[str, Any]

    def raw(self, column: str) -> Any:
        """The stored value, to decide by; never to print."""
        return self.cells[column]

    def has(self, column: str) -> bool:
        """Whether there is something to print."""
        return self.cells[column] not in (None, "")

    def show(self, column: str, lower: str = "", upper: str = "", unit: str = "") -> Shown:
        """The cell as text; with the columns of its interval, to the digit that the interval allows."""
        value = self.cells[column]
        unit = unit or numbers.unit_of(column)
        if isinstance(value, float):
            half = _half(self.cells[lower], self.cells[upper]) if lower else None
            return self.book._note(numbers.write(value, unit, half), self._source(column), value, unit)
        if isinstance(value, str) and f"marts.{self.mart}.{column}" in OF:
            value = value.replace("_", " ")  # one of a few declared words, written as one reads it
        return self.book._any(
            value, "count" if columns_of(f"marts.{self.mart}")[column] == "BIGINT" else "", self._source(column), NAME_LIMIT
        )

    def long(self, column: str, limit: int = 320) -> Shown:
        """A text that may run over lines: evidence, a reason."""
        return self.book._any(self.cells[column], "", self._source(column), limit)

    def interval(self, value: str, lower: str, upper: str, unit: str = "") -> Shown:
        """Both ends of the interval of ``value``."""
        if columns_of(f"marts.{self.mart}")[lower] == "DATE":
            if self.cells[lower] is None or self.cells[upper] is None:
                return self.book._note(numbers.MISSING, self._source(lower), None, "date")
            low, high = (numbers.write_date(self.cells[c]) for c in (lower, upper))
            return self.book._note(f"{low} to {high}", self._source(lower), f"{low} {high}", "date")
        return self.book._interval(self.cells[lower], self.cells[upper], unit or numbers.unit_of(value), self._source(lower))

    def url(self, column: str = "source_url") -> str:
        """The address, if it is one that a reader may be sent to."""
        return safe_url(self.cells[column])

    def _source(self, column: str) -> str:
        return f"mart:{self.mart}.{self.index}.{column}"


def _as_change(value: float | None, unit: str) -> float | None:
    """A value as a relative change: n times cheaper is one nth of the price; a share is one already."""
    if value is None or (unit.startswith("factor") and value <= 0):
        return None
    return 1.0 / value - 1.0 if unit.startswith("factor") else value


def _half(lower: float | None, upper: float | None) -> float | None:
    return None if lower is None or upper is None else (upper - lower) / 2.0
