"""The formulas bound to columns: polars by default, DuckDB and Spark through narwhals, one text for all.

``evaluate`` runs every stage on a frame that already has the joined columns; ``prepare`` does the part that
depends on one table only before a join, which is what makes large grids cheap. Formulas are in ``stages``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from throughput.engine import stages
from throughput.engine.efficiency import Constants
from throughput.physics import ops
from throughput.physics.ops import Value


class ExpressionOps:
    """``ops`` for narwhals expressions; engines differ in integer rules, so numbers are made floats first."""

    def maximum(self, a: Value, b: Value) -> Value:
        """The larger of two columns."""
        return nw.max_horizontal(_expression(a), _expression(b))

    def minimum(self, a: Value, b: Value) -> Value:
        """The smaller of two columns."""
        return nw.min_horizontal(_expression(a), _expression(b))

    def where(self, condition: Value, yes: Value, no: Value) -> Value:
        """``yes`` where the condition holds, else ``no``; a plain bool chooses at once."""
        if isinstance(condition, bool):
            return yes if condition else no
        return nw.when(condition).then(_expression(yes)).otherwise(_expression(no))

    def exp(self, a: Value) -> Value:
        """E to the power of a column."""
        return a.exp()

    def log(self, a: Value) -> Value:
        """The natural logarithm of a column."""
        return a.log()

    def ceil(self, a: Value) -> Value:
        """The next whole number up, as a float."""
        return a.ceil().cast(nw.Float64)


def _expression(value: Value) -> Value:
    return value if isinstance(value, nw.Expr) else nw.lit(value)


ops.register(nw.Expr, ExpressionOps())


class Columns(Mapping[str, Value]):
    """Column expressions by name; optional columns that are absent are their neutral number.

    With a ``prefix``, a column called ``prefix + name`` stands for ``name`` (DuckDB macros need it: a macro's
    parameter hides a column of the same name).
    """

    def __init__(self, names: list[str], prefix: str = "") -> None:
        self._names = set(names)
        self._prefix = prefix

    def __getitem__(self, name: str) -> Value:
        if self._prefix and self._prefix + name in self._names:
            return nw.col(self._prefix + name)
        if name in self._names:
            return nw.col(name)
        if name in stages.OPTIONAL:
            return stages.OPTIONAL[name]
        raise KeyError(f"the engine needs a column {name!r}; the frame has {', '.join(sorted(self._names))}")

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._names | set(stages.OPTIONAL)))

    def __len__(self) -> int:
        return len(self._names | set(stages.OPTIONAL))


ROWS_AT_ONCE = 32_768
"""Rows of an eager frame computed together: their columns stay in the processor's caches."""


def run(frame: Any, steps: tuple[stages.Stage, ...], constants: Constants, prefix: str = "", keep: Sequence[str] = ()) -> Any:
    """Add the columns of each stage in turn; accepts and returns any frame narwhals knows, lazily if lazy.

    A polars DataFrame is computed as arrays, slice by slice on all processors; everything else as expressions. Only the columns
    ``keep`` are returned where some are named.
    """
    if isinstance(frame, pl.DataFrame) and not prefix:
        return _by_arrays(frame, steps, constants, keep)
    data = nw.from_native(frame)
    for step in steps:
        names = list(data.collect_schema().names())
        new = step(Columns(names, prefix), constants)
        data = data.with_columns(**{name: _expression(value) for name, value in new.items()})
    return (data.select(*keep) if keep else data).to_native()


KEPT_BYTES = 30_000_000
"""A block that glibc, once it has freed it, takes as the size below which memory is kept and not given back to the kernel."""


def _keep_freed_memory() -> None:
    """Let the allocator reuse the memory of temporaries; page faults on fresh pages cost more than the arithmetic (half the time)."""
    np.empty(KEPT_BYTES, np.uint8)


def _by_arrays(frame: pl.DataFrame, steps: tuple[stages.Stage, ...], constants: Constants, keep: Sequence[str]) -> pl.DataFrame:
    columns: dict[str, Value] = {}
    for column in frame.get_columns():
        if column.name in stages.WORDS:
            words = column.fill_null("")
            names = words.unique().to_list()
            columns[column.name] = ops.Words(words.cast(pl.Enum(names)).to_physical().to_numpy(), names)
        elif column.dtype.is_numeric():
            columns[column.name] = _one_number(column.to_numpy())
    _keep_freed_memory()
    plan = _plan(columns, steps, constants, frozenset(keep))
    starts = range(0, max(frame.height, 1), ROWS_AT_ONCE)
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        parts = list(
            threads.map(lambda start: _one_slice(columns, start, min(frame.height - start, ROWS_AT_ONCE), plan, constants, keep), starts)
        )
    added = pl.DataFrame({name: np.concatenate([part[name] for part in parts]) for name in parts[0]})
    if keep:
        stood = [n for n in keep if n not in added.columns]
        return (frame.select(stood).hstack(added) if stood else added).select(keep)
    return frame.drop(added.columns, strict=False).hstack(added)


def _one_number(values: np.ndarray) -> Value:
    """A column that says the same in every row as that number: what follows from it is worked out once."""
    if len(values) and values[0] == values[-1] == values[len(values) // 2] and (values == values[0]).all():
        return np.float64(values[0])
    return values


class _Arrays(dict[str, Value]):
    """Columns as arrays by name, which remembers the names that were asked for; a missing one is named."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        super().__init__(values)
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> Value:
        self.read.add(name)
        return super().__getitem__(name)

    def __missing__(self, name: str) -> Value:
        raise KeyError(f"the engine needs a column {name!r}; the frame has {', '.join(sorted(self))}")


Plan = Sequence[tuple[stages.Stage, frozenset[str]]]
"""Stages in order, each with the columns that are needed after it."""


def _plan(columns: Mapping[str, Value], steps: tuple[stages.Stage, ...], constants: Constants, keep: frozenset[str]) -> Plan:
    """The stages that lead to the columns ``keep`` (all where none is named), found by watching one row."""
    one = {name: column if isinstance(column, np.float64) else column[:1] for name, column in columns.items()}
    values = _Arrays({**stages.OPTIONAL, **one})
    seen = []
    with np.errstate(all="ignore"):
        for step in steps:
            values.read = set()
            new = step(values, constants)
            seen.append((step, values.read, set(new)))
            values.update(new)
    needed = set(keep) if keep else set(values)
    plan: list[tuple[stages.Stage, frozenset[str]]] = []
    for step, read, made in reversed(seen):
        if made & needed:
            plan.insert(0, (step, frozenset(needed)))
            needed = (needed - made) | read if keep else needed
    return plan


def _one_slice(
    columns: Mapping[str, Value], start: int, height: int, plan: Plan, constants: Constants, keep: Sequence[str]
) -> dict[str, np.ndarray]:
    """The new columns (of ``keep`` where some are named) of ``height`` rows from ``start`` on; what is used up is let go."""
    values: dict[str, Value] = dict(stages.OPTIONAL)
    values.update({n: column if isinstance(column, np.float64) else column[start : start + height] for n, column in columns.items()})
    added: dict[str, Value] = {}
    with np.errstate(all="ignore"):
        for step, after in plan:
            new = step(values, constants)
            added.update({n: v for n, v in new.items() if not keep or n in keep})
            values = {n: v for n, v in {**values, **new}.items() if n in after}
    return {n: v if isinstance(v, np.ndarray) else np.full(height, float(v)) for n, v in added.items()}


def evaluate(frame: Any, constants: Constants | None = None, keep: Sequence[str] = ()) -> Any:
    """The whole engine on joined columns (accelerator, architecture, format, deployment, load): all outputs.

    ``frame`` is a polars DataFrame or LazyFrame, a DuckDB relation or a Spark DataFrame; the result is the same
    kind with the columns of ``stages.ALL`` added. Without ``constants`` the packaged calibration is used. Stages
    whose columns are already there (``prepare``) are not run again.
    """
    return run(frame, _remaining(frame, stages.ALL), constants or _packaged(), keep=keep)


def decode(frame: Any, constants: Constants | None = None) -> Any:
    """Only one decode step per row: the fast path for sweeps over batch, best on a frame from ``prepare``."""
    steps = (stages.architecture, *stages.DEPLOY, *stages.STEP)
    return run(frame, _remaining(frame, steps), constants or _packaged())


def serve(frame: Any, constants: Constants | None = None, keep: Sequence[str] = ()) -> Any:
    """Rates and latencies of the closed loop, without power, money and verdict."""
    return run(frame, _remaining(frame, (stages.architecture, *stages.SERVE)), constants or _packaged(), keep=keep)


def prepare(frame: Any, constants: Constants | None = None) -> Any:
    """Everything about a configuration that does not depend on its load, once, before a sweep is joined."""
    return run(frame, _remaining(frame, (stages.architecture, *stages.DEPLOY)), constants or _packaged())


def prepare_architectures(frame: Any, constants: Constants | None = None) -> Any:
    """Parameter counts and cache geometry of each architecture, once, before any join."""
    return run(frame, (stages.architecture,), constants or _packaged())


def _remaining(frame: Any, steps: tuple[stages.Stage, ...]) -> tuple[stages.Stage, ...]:
    names = set(nw.from_native(frame).collect_schema().names())
    return tuple(s for s in steps if stages.FIRST_OUTPUT.get(s) not in names)


def _packaged() -> Constants:
    from throughput.engine.efficiency import load_constants

    return load_constants()
