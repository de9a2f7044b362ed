"""The few operations that plain operators do not cover, for floats, numpy arrays and column expressions.

A formula of this package uses ``+ - * / **``, comparisons and the functions below, nothing else; so one text
of the formula runs on a Python float, on a numpy array (calibration) and on a narwhals expression (polars,
DuckDB, Spark). ``grid.py`` registers the expression side; this module must not know narwhals.

Comparisons give booleans of the same kind; ``where`` chooses by them; ``both`` and ``either`` combine them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

Value = Any
"""float | numpy array | column expression."""


class ColumnOps(Protocol):
    """What an expression library must offer to carry the formulas (see ``grid.ExpressionOps``)."""

    def maximum(self, a: Value, b: Value) -> Value:
        """The larger, element by element."""

    def minimum(self, a: Value, b: Value) -> Value:
        """The smaller, element by element."""

    def where(self, condition: Value, yes: Value, no: Value) -> Value:
        """``yes`` where the condition holds, else ``no``."""

    def exp(self, a: Value) -> Value:
        """E to the power of ``a``."""

    def log(self, a: Value) -> Value:
        """The natural logarithm."""

    def ceil(self, a: Value) -> Value:
        """The next whole number up."""


class Words:
    """A text column as small whole numbers: ``codes`` (array) into ``names``; compares with a str, row by row."""

    def __init__(self, codes: np.ndarray, names: Sequence[str]) -> None:
        self.codes, self.names = codes, list(names)

    def __eq__(self, other: object) -> Any:
        return self.codes == (self.names.index(other) if isinstance(other, str) and other in self.names else -1)

    def __getitem__(self, rows: slice) -> Words:
        return Words(self.codes[rows], self.names)

    __hash__ = None  # type: ignore[assignment]

    def __len__(self) -> int:
        return len(self.codes)

    def numbers(self, table: Mapping[str, float], default: float) -> np.ndarray:
        """The number that belongs to each row's word."""
        found: np.ndarray = np.array([table.get(n, default) for n in self.names], dtype=float)[self.codes]
        return found


_EXPRESSIONS: list[tuple[type, ColumnOps]] = []


def register(kind: type, operations: ColumnOps) -> None:
    """Let values of type ``kind`` (a column expression) take part in the formulas."""
    _EXPRESSIONS[:] = [(k, o) for k, o in _EXPRESSIONS if k is not kind] + [(kind, operations)]


def _columns(*values: Value) -> ColumnOps | None:
    for kind, operations in _EXPRESSIONS:
        if any(isinstance(v, kind) for v in values):
            return operations
    return None


def maximum(a: Value, b: Value) -> Value:
    """The larger of two values, element by element."""
    o = _columns(a, b)
    if o is not None:
        return o.maximum(a, b)
    return np.maximum(a, b) if isinstance(a, np.ndarray) or isinstance(b, np.ndarray) else (a if a >= b else b)


def minimum(a: Value, b: Value) -> Value:
    """The smaller of two values, element by element."""
    o = _columns(a, b)
    if o is not None:
        return o.minimum(a, b)
    return np.minimum(a, b) if isinstance(a, np.ndarray) or isinstance(b, np.ndarray) else (a if a <= b else b)


def where(condition: Value, yes: Value, no: Value) -> Value:
    """``yes`` where the condition holds, else ``no``."""
    o = _columns(condition, yes, no)
    if o is not None:
        return o.where(condition, yes, no)
    return np.where(condition, yes, no) if isinstance(condition, np.ndarray) else (yes if condition else no)


def exp(a: Value) -> Value:
    """E to the power of a."""
    o = _columns(a)
    return o.exp(a) if o is not None else (np.exp(a) if isinstance(a, np.ndarray) else float(np.exp(a)))


def log(a: Value) -> Value:
    """Natural logarithm; the caller keeps the argument positive."""
    o = _columns(a)
    return o.log(a) if o is not None else (np.log(a) if isinstance(a, np.ndarray) else float(np.log(a)))


def ceil(a: Value) -> Value:
    """Smallest whole number not below a, as a float on every engine."""
    o = _columns(a)
    return o.ceil(a) if o is not None else (np.ceil(a) if isinstance(a, np.ndarray) else float(np.ceil(a)))


def choose(key: Value, table: dict[str, float], default: Value) -> Value:
    """The number that belongs to a text key; ``default`` for keys the table does not have.

    ``key`` is a str, ``Words``, a numpy array of str, or a text column.
    """
    if isinstance(key, str):
        return table.get(key, default)
    if isinstance(key, Words):
        return key.numbers(table, default)
    result: Value = np.full(len(key), default, dtype=float) if isinstance(key, np.ndarray) else default
    for name, number in table.items():
        result = where(key == name, number, result)
    return result
