"""Build reference/accelerators.csv, the engine's hardware table, from spec_history.csv.

    .venv/bin/python -m research.builders.build_accelerators

Run after build_spec_history.py. A test compares the file with what this prints, so a figure edited by hand
in the table fails.
"""

from __future__ import annotations

from datetime import date

from reference.specs.engine import engine_table, read_list
from reference.specs.history import REFERENCE, read_history

AS_OF = date(2026, 11, 27)


def main() -> None:
    """Write ``accelerators.csv`` as the engine reads it on ``AS_OF``."""
    table = engine_table(read_history(), read_list(), AS_OF)
    table.write_csv(REFERENCE / "accelerators.csv")
    print(f"accelerators.csv: {table.height} rows")


if __name__ == "__main__":
    main()
