"""The schema, declared once: ``columns.py`` says what a name means, ``tables.py`` which table has it.

DDL, ``COMMENT ON``, the polars schema checked at every write, ``docs/dictionary.md`` and
``marts.start_here`` are generated from ``COLUMNS`` and ``TABLES`` there. No duckdb here: any layer may read the schema.
"""
