"""Cases of SQL models: given rows, expected rows, run on DuckDB in memory.

Beside ``NAME.sql`` stands ``NAME.case.yaml``, a list of cases:

    - case: a price that ended is not in force
      given:
        core.price_interval: [{interval_id: a, model: m, valid_to: 2026-01-02}]
      expect: [{model: m}]

Columns left out of a given row are null; ``expect`` compares the columns it names, rows in any order, figures to nine
digits; an empty list says that no row comes out. The file of definitions is given unless the case gives its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import yaml

from reference import definitions
from warehouse.models import SQL, Model
from warehouse.schema.frames import polars_schema
from warehouse.schema.tables import table

DEFINITIONS = "core.definition"
DIGITS = 9


@dataclass(frozen=True, slots=True)
class Case:
    """One case: its sentence, rows by table, and the rows the model must give."""

    name: str
    given: Mapping[str, Sequence[Mapping[str, Any]]]
    expect: Sequence[Mapping[str, Any]]


def case_path(model: Model) -> Path:
    """Where the cases of a model stand."""
    folder, _, name = model.name.partition(".")
    return SQL / folder / f"{name}.case.yaml"


def cases(model: Model) -> tuple[Case, ...]:
    """The cases of a model, none where it has no file. Raises ``ValueError`` naming the file and what is wrong in it."""
    path = case_path(model)
    if not path.exists():
        return ()
    told = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(told, list) or not all(isinstance(one, dict) and {"case", "given", "expect"} <= set(one) for one in told):
        raise ValueError(f"{path.name}: expected a list of cases with case, given and expect")
    strangers = {name for one in told for name in one["given"]} - set(model.inputs)
    if strangers:
        raise ValueError(f"{path.name}: gives rows of {sorted(strangers)}, which {model.name} does not read")
    return tuple(Case(one["case"], one["given"], one["expect"] or []) for one in told)


def run_case(model: Model, case: Case) -> pl.DataFrame:
    """The rows the model gives for the case's given rows."""
    with duckdb.connect(":memory:") as con:
        con.execute("SET TimeZone = 'UTC'")
        for schema in sorted({name.partition(".")[0] for name in model.inputs}):
            con.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        for name in model.inputs:
            given = _frame(name, case.given.get(name))
            con.register("given", given.to_arrow())
            con.execute(f"CREATE TABLE {name} AS FROM given")
            con.unregister("given")
        return con.sql(model.sql.rstrip().rstrip(";")).pl()


def differences(model: Model, case: Case) -> str:
    """What is wrong with the model's answer in one text; empty when it gives exactly the expected rows."""
    got = run_case(model, case)
    names = sorted({name for row in case.expect for name in row}) or got.columns
    unknown = [name for name in names if name not in got.columns]
    if unknown:
        return f"expects {unknown}, which {model.name} does not give"
    found, wanted = _sorted(got.select(names).to_dicts(), names), _sorted(case.expect, names)
    if found == wanted:
        return ""
    return f"missing {[r for r in wanted if r not in found]}; unexpected {[r for r in found if r not in wanted]}; {len(wanted)} rows expected, {len(found)} found"


def _frame(name: str, rows: Sequence[Mapping[str, Any]] | None) -> pl.DataFrame:
    if name == DEFINITIONS and rows is None:
        return definitions.table()
    schema = polars_schema(table(name))
    unknown = {column for row in rows or () for column in row} - set(schema)
    if unknown:
        raise ValueError(f"{name} has no column {sorted(unknown)}; it has {list(schema)}")
    typed = [{c: _typed(row.get(c), schema[c]) for c in schema} for row in rows or ()]
    return pl.DataFrame(typed, schema=schema, strict=False)


def _typed(value: Any, kind: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime) and isinstance(kind, pl.Datetime):
        return datetime(value.year, value.month, value.day)
    return str(value) if kind == pl.String and value is not None else value


def _sorted(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> list[dict[str, Any]]:
    plain = [{name: _plain(row.get(name)) for name in names} for row in rows]
    return sorted(plain, key=lambda row: [str(row[name]) for name in names])


def _plain(value: Any) -> Any:
    """Figures to nine significant digits, moments as dates where they are midnight, the rest as it is."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float, Decimal)):
        return float(f"{float(value):.{DIGITS}g}")
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).date() if (value.hour, value.minute, value.second) == (0, 0, 0) else value.replace(tzinfo=None)
    return value
