"""The data dictionary from the declared schema: ``docs/dictionary.md``, ``marts.start_here`` and ``marts.dictionary``."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from warehouse.ddl import described, quote, told
from warehouse.models import examples, macros_told
from warehouse.schema.columns import COLUMNS
from warehouse.schema.enumerations import EMPTY_UNTIL, OF, values_of
from warehouse.schema.frames import from_rows
from warehouse.schema.tables import RAW_SHAPES, TABLES
from warehouse.schema.types import Table

FIRST = (
    "marts.price_now",
    "marts.price_history",
    "marts.price_events",
    "marts.frontier",
    "marts.decline_rates",
    "marts.forecasts",
    "marts.quality_price",
    "marts.task_price",
    "marts.floor_gap",
    "marts.throughput",
    "marts.hardware_league",
    "marts.claims",
    "marts.track_record",
    "marts.data_health",
    "marts.dictionary",
    "facts.fact",
)
"""The tables a newcomer meets first, in this order."""


def start_here() -> pl.DataFrame:
    """Where to begin: the main tables with what a row is, then example queries that run as they stand."""
    rows = [(name, f"one row: {TABLES[name].text}", f"from {name} limit 20") for name in FIRST]
    rows += [(f"example: {name}", text, _statement(sql)) for name, (text, sql) in examples().items()]
    rows += [(f"{name}(...)", text, call) for name, text, call in macros_told()]
    rows.append(
        (
            "throughput(...)",
            "what a model does on an accelerator, from the engine's formulas",
            "from throughput(model := 'llama-3.1-70b', accelerator := 'h100-sxm', weight_precision := 'fp8', concurrency := 64)",
        )
    )
    return pl.DataFrame([(i, *row) for i, row in enumerate(rows, 1)], schema=["ordinal", "table_name", "answers", "sql"], orient="row")


PROFILED = tuple(name for name in TABLES if not name.startswith("raw.") and name != "marts.dictionary")
"""The tables that ``contents`` looks into: all that a reader may ask."""


def contents(read: Callable[[str], pl.DataFrame]) -> pl.DataFrame:
    """``marts.dictionary``: every column with its meaning and how it is filled, counted by one query a table."""
    rows: list[dict[str, object]] = []
    for table in (TABLES[name] for name in PROFILED):
        found = read(_profile(table)).row(0, named=True)
        for i, name in enumerate(table.columns, 1):
            place = f"{table.name}.{name}"
            window = table.window if table.window and table.window[0] == name else None
            rows.append({
                "table_name": table.name, "ordinal": i, "column_name": name, "column_type": COLUMNS[name].type, "meaning": described(name),
                "allowed_values": values_of(place), "empty_until": EMPTY_UNTIL.get(place, ""), "window_days": window[1] if window else None,
                "table_rows": found["rows"], "filled_rows": found[f"filled {name}"], "undeclared_values": found.get(f"undeclared {name}") or "",
                "outside_window_rows": found["outside"] if window else 0,
            })  # fmt: skip
    return from_rows("marts.dictionary", rows)


def _profile(table: Table) -> str:
    asked = ["count(*) AS rows"]
    for name in table.columns:
        asked.append(f'count("{name}") AS "filled {name}"')
        if words := OF.get(f"{table.name}.{name}"):
            known = ", ".join(map(quote, words))
            asked.append(
                f'string_agg(DISTINCT "{name}", \', \' ORDER BY "{name}") FILTER ("{name}" NOT IN ({known})) AS "undeclared {name}"'
            )
    if table.window:
        day, days = table.window
        asked.append(
            f'count(*) FILTER ("{day}" NOT BETWEEN (SELECT max(as_of) - {days} FROM core.vintage) AND (SELECT max(as_of) FROM core.vintage)) AS outside'
        )
    return f"SELECT {', '.join(asked)} FROM {table.name}"


def _statement(sql: str) -> str:
    return "\n".join(line for line in sql.splitlines() if not line.startswith("--")).strip()


def markdown() -> str:
    """The dictionary as Markdown: every table with its columns, types and meanings."""
    lines = [
        "# Data dictionary",
        "",
        "Generated from `warehouse/schema`; the same words stand in the catalogue's comments (`duckdb_tables()`, `duckdb_columns()`).",
        "",
    ]
    for table in (*TABLES.values(), *RAW_SHAPES.values()):
        lines += [
            f"## {table.name}",
            "",
            f"One row: {told(table)}." + (f" Key: {', '.join(table.key)}." if table.key else ""),
            "",
            "| column | type | meaning |",
            "|---|---|---|",
        ]
        lines += [f"| {c} | {COLUMNS[c].type} | {described(c, table.name).replace('|', chr(92) + '|')} |" for c in table.columns] + [""]
    return "\n".join(lines)


if __name__ == "__main__":
    print(markdown())
