"""Table macros as a DuckLake can keep them.

Its catalogue stores the default of a parameter as text and a type, which NULL has not. So a macro with NULL defaults is kept
as two: one that is given everything, and one of the macro's own name whose defaults stand for nothing said (an empty text,
minus infinity) and are handed on as NULL. NULL said by a caller stays NULL.
"""

from __future__ import annotations

import re

import duckdb

HEADER = re.compile(r"CREATE OR REPLACE MACRO (?P<name>[\w.]+)\((?P<parameters>[^)]*)\) AS TABLE\b(?P<body>.*)", re.DOTALL)
PARAMETER = re.compile(r"(\w+)\s*(?::=\s*([^,]+))?")
NO_TEXT, NO_NUMBER = "''", "'-Infinity'::DOUBLE"


def make(con: duckdb.DuckDBPyConnection, statement: str) -> None:
    """Create the macro of a CREATE MACRO statement in the current catalogue. Raises ``duckdb.Error``."""
    found = HEADER.search(statement)
    parameters = {name: default.strip() for name, default in PARAMETER.findall(found["parameters"])} if found else {}
    unsaid = [name for name, default in parameters.items() if default.upper() == "NULL"]
    if found is None or not unsaid:
        con.execute(statement)
        return
    name, given = found["name"], f"{found['name']}_given"
    con.execute(f"CREATE OR REPLACE MACRO {given}({', '.join(parameters)}) AS TABLE{found['body']}")
    defaults = parameters | {p: NO_NUMBER if _takes_number(con, given, list(parameters), p) else NO_TEXT for p in unsaid}
    said = (f"CASE WHEN CAST({p} AS VARCHAR) IN ('', '-inf') THEN NULL ELSE {p} END" if p in unsaid else p for p in parameters)
    shown = ", ".join(p + (f" := {default}" if default else "") for p, default in defaults.items())
    con.execute(f"CREATE OR REPLACE MACRO {name}({shown}) AS TABLE FROM {given}({', '.join(said)})")


def _takes_number(con: duckdb.DuckDBPyConnection, macro: str, parameters: list[str], asked: str) -> bool:
    """Whether the macro is understood when one parameter is a number and the others are unknown."""
    values = ", ".join("CAST(NULL AS DOUBLE)" if p == asked else "NULL" for p in parameters)
    try:
        con.execute(f"EXPLAIN FROM {macro}({values})")
    except duckdb.BinderException:
        return False
    return True
