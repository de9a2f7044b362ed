"""DAGSTER ASSETS: each reads, calls one pure function, writes, and returns metadata. Key = schema.table.

No loop, arithmetic or SQL here (a test holds that). What is computed belongs to the libraries.
"""
