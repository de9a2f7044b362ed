"""One module per verb of the command line.

A module's first docstring line is its help in ``deflation --help``; it exposes ``command``, a click
command. Heavy imports (dagster, polars, duckdb, statsmodels) stay inside the functions.
"""
