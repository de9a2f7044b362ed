"""Tables as files that other tools open: one workbook, Parquet, CSV, or a Frictionless data package with its citation.

Belongs here: the forms and their descriptions, made from ``warehouse.schema``. Not here: reading the warehouse and
writing files (``pipelines.commands.export``).
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from reports.site.api import HISTORY, LICENCE, TABLES
from reports.tables import csv_bytes
from warehouse.schema.columns import COLUMNS
from warehouse.schema.tables import TABLES as DECLARED

FORMS = ("xlsx", "parquet", "csv", "datapackage")
DEFAULT = tuple(sorted({*TABLES.values(), HISTORY}))
"""The tables of a release: those of the site's data files."""
EXCEL_ROWS = 1_048_575
"""Rows that a sheet of Excel holds below its header."""
_FIELD = {"VARCHAR": "string", "DOUBLE": "number", "BIGINT": "integer", "BOOLEAN": "boolean", "DATE": "date", "TIMESTAMPTZ": "datetime"}


def files(frames: Mapping[str, pl.DataFrame], form: str, as_of: date, build_id: str) -> dict[str, bytes]:
    """Relative path -> bytes for ``frames`` (``schema.table`` -> rows) in one of ``FORMS``."""
    if form == "xlsx":
        return {f"deflation-{as_of.isoformat()}.xlsx": workbook(frames)}
    if form == "parquet":
        return {f"{name}.parquet": _parquet(frame) for name, frame in frames.items()}
    data = {f"{name}.csv": csv_bytes(_iso(frame)) for name, frame in frames.items()}
    if form == "csv":
        return data
    package = {f"data/{name}": raw for name, raw in data.items()}
    return package | {
        "datapackage.json": json.dumps(descriptor(frames, package, as_of, build_id), indent=1, ensure_ascii=False).encode() + b"\n",
        "CITATION.cff": citation(as_of, build_id).encode(),
    }


def descriptor(frames: Mapping[str, pl.DataFrame], package: Mapping[str, bytes], as_of: date, build_id: str) -> dict[str, Any]:
    """The Frictionless descriptor (Tabular Data Package, version 1): every file with its hash, fields, keys and units."""
    resources = []
    for name in frames:
        path = f"data/{name}.csv"
        table = DECLARED[name]
        fields = [
            {"name": c, "type": _FIELD[COLUMNS[c].type], "description": COLUMNS[c].text}
            | ({"constraints": {"required": True}} if c in table.key else {})
            for c in table.columns
        ]
        key = {"primaryKey": list(table.key)} if table.key else {}
        resources.append({
            "name": name.replace(".", "-").replace("_", "-"), "path": path, "profile": "tabular-data-resource", "format": "csv", "mediatype": "text/csv",
            "encoding": "utf-8", "dialect": {"delimiter": ",", "quoteChar": "\"", "doubleQuote": True, "header": True}, "description": f"One row: {table.text}.", "bytes": len(package[path]),
            "hash": "sha256:" + hashlib.sha256(package[path]).hexdigest(), "schema": {"fields": fields, "missingValues": [""]} | key,
        })  # fmt: skip
    return {
        "profile": "tabular-data-package", "name": "deflation", "title": "Deflation: the price of AI inference", "version": f"{as_of.year}.{as_of.month}.{as_of.day}",
        "id": build_id, "created": f"{as_of.isoformat()}T00:00:00Z",
        "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/", "title": LICENCE}], "resources": resources,
    }  # fmt: skip


def citation(as_of: date, build_id: str) -> str:
    """CITATION.cff 1.2.0 of one release."""
    return (
        "cff-version: 1.2.0\nmessage: If you use these data, please cite them as below.\ntype: dataset\n"
        'title: "Deflation: the price of AI inference"\nauthors:\n  - name: The Deflation project\n'
        f'version: "{as_of.year}.{as_of.month}.{as_of.day}"\ndate-released: "{as_of.isoformat()}"\nlicense: CC-BY-4.0\n'
        f'identifiers:\n  - type: other\n    value: "build {build_id}"\n    description: The warehouse build that the tables were taken from\n'
    )


def workbook(frames: Mapping[str, pl.DataFrame]) -> bytes:
    """One Excel workbook: a sheet per table, and one that says what every column means. Text is never a formula or a link.

    Raises ``ValueError`` for a table with more rows than a sheet holds.
    """
    import xlsxwriter

    out = io.BytesIO()
    safe = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(out, safe) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for name, frame in frames.items():
            if frame.height > EXCEL_ROWS:
                raise ValueError(
                    f"{name}: {frame.height:,} rows do not fit a sheet of {EXCEL_ROWS:,}; export it as parquet or csv, or a query of it"
                )
            sheet = book.add_worksheet(name.rpartition(".")[2][:31])
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, frame.columns, bold)
            for n, row in enumerate(_naive(frame).iter_rows(), 1):
                for k, value in enumerate(row):
                    if isinstance(value, str):
                        sheet.write_string(n, k, value[:32_767])
                    elif value is not None:
                        sheet.write(n, k, value)
            sheet.autofilter(0, 0, frame.height, max(frame.width - 1, 0))
        sheet = book.add_worksheet("columns")
        sheet.write_row(0, 0, ["table", "column", "meaning"], bold)
        told = [(name, c, COLUMNS[c].text if c in COLUMNS else "") for name, frame in frames.items() for c in frame.columns]
        for n, row in enumerate(told, 1):
            for k, text in enumerate(row):
                sheet.write_string(n, k, text)
    return out.getvalue()


def _naive(frame: pl.DataFrame) -> pl.DataFrame:
    """Moments without their zone (they are UTC): a spreadsheet knows none."""
    return frame.with_columns(
        pl.col(c).dt.replace_time_zone(None) for c, t in frame.schema.items() if isinstance(t, pl.Datetime) and t.time_zone
    )


def _iso(frame: pl.DataFrame) -> pl.DataFrame:
    """Moments as ISO 8601 text in UTC."""
    return frame.with_columns(pl.col(c).dt.strftime("%Y-%m-%dT%H:%M:%SZ") for c, t in frame.schema.items() if isinstance(t, pl.Datetime))


def _parquet(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out, compression="zstd")
    return out.getvalue()


__all__ = ["DEFAULT", "FORMS", "citation", "descriptor", "files", "workbook"]
