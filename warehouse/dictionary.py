"""The data dictionary from the declared schema: ``docs/dictionary.md`` and ``marts.start_here``."""

from __future__ import annotations

import polars as pl

from warehouse.ddl import described
from warehouse.models import examples, macros_told
from warehouse.schema.columns import COLUMNS
from warehouse.schema.tables import RAW_SHAPES, TABLES

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
            f"One row: {table.text}." + (f" Key: {', '.join(table.key)}." if table.key else ""),
            "",
            "| column | type | meaning |",
            "|---|---|---|",
        ]
        lines += [f"| {c} | {COLUMNS[c].type} | {described(c).replace('|', chr(92) + '|')} |" for c in table.columns] + [""]
    return "\n".join(lines)


if __name__ == "__main__":
    print(markdown())
