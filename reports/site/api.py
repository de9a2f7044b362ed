"""The machine-readable twin of the site: static JSON and Parquet under ``v1/``, described by one JSON Schema.

::

    v1/schema.json                      JSON Schema (2020-12) of every document, made from ``warehouse.schema``
    v1/index.json                       what there is, with rows, day, edition and licence
    v1/prices.json  v1/prices.parquet   and so for every table of ``TABLES``
    v1/history/index.json               provider, model -> path
    v1/history/PROVIDER/MODEL.json      every believed interval of one model at one seller
    v1/badge.svg

Plain files: any web server is enough. A document is ``{"version", "as_of", "edition", "table", "rows"}``; a row holds
the columns of the mart of that name, dates as ISO text, absent values as null. ``version`` is raised, and the folder
with it, when a column changes its meaning or goes. Names that came from outside never name a file: what is not made
of letters, digits, dots and dashes is named by its hash.
"""

from __future__ import annotations

import hashlib
import html
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import polars as pl

from reports import questions
from reports.facts import FactBook
from reports.inputs import Edition
from units.grammar import unit_of
from warehouse.schema.columns import COLUMNS
from warehouse.schema.tables import TABLES as DECLARED

VERSION = 1
FOLDER = f"v{VERSION}"
HISTORY = "marts.price_history"
TABLES: dict[str, str] = {
    "prices": "marts.price_now",
    "events": "marts.price_events",
    "indices": "marts.indices",
    "headline": "marts.headline_methods",
    "rates": "marts.hedonic_rates",
    "frontier": "marts.frontier",
    "forecasts": "marts.champion_forecasts",
    "track_record": "marts.track_record",
    "floors": "marts.series_floor_gap",
    "health": "marts.data_health",
    "facts": "facts.fact",
    "freshness": "marts.fact_freshness",
}
"""Document -> the table it holds, whole."""
LICENCE = "CC-BY-4.0 for the compilation; each row names its source, whose terms hold for the row"
_JSON_TYPES = {"VARCHAR": "string", "DOUBLE": "number", "BIGINT": "integer", "BOOLEAN": "boolean", "DATE": "string"}
_SAFE = re.compile(r"[a-z0-9][a-z0-9.-]{0,79}")


def files(edition: Edition) -> Iterator[tuple[str, bytes]]:
    """All files under ``v1/`` for one edition."""
    history = _frame(edition, HISTORY)
    frames = {name: _frame(edition, table) for name, table in TABLES.items()}
    listed = {}
    for name, frame in frames.items():
        yield f"{FOLDER}/{name}.json", _document(edition, TABLES[name], frame)
        yield f"{FOLDER}/{name}.parquet", _parquet(frame)
        listed[name] = {"table": TABLES[name], "rows": frame.height, "json": f"{name}.json", "parquet": f"{name}.parquet"}
    history = history.sort("provider", "model", "valid_from", nulls_last=True)
    rows, at, paths = _rows(history), 0, []
    for provider, model, many in history.group_by("provider", "model", maintain_order=True).len().rows():
        path = f"history/{slug(str(provider))}/{slug(str(model))}.json"
        paths.append({"provider": provider, "model": model, "path": path, "rows": many})
        yield f"{FOLDER}/{path}", _json(_head(edition) | {"table": HISTORY, "rows": rows[at : at + many]})
        at += many
    yield (
        f"{FOLDER}/history/index.json",
        _json({"version": VERSION, "as_of": edition.as_of.isoformat(), "edition": edition.edition_id, "rows": paths}),
    )
    yield f"{FOLDER}/history.parquet", _parquet(history)
    listed["history"] = {"table": HISTORY, "rows": history.height, "json": "history/index.json", "parquet": "history.parquet"}
    yield f"{FOLDER}/index.json", _json(_head(edition) | {"licence": LICENCE, "schema": "schema.json", "documents": listed})
    yield f"{FOLDER}/schema.json", _json(schema())
    yield f"{FOLDER}/badge.svg", badge(edition)


def schema() -> dict[str, Any]:
    """The JSON Schema of every document: ``#/$defs/NAME`` describes ``NAME.json``, ``history`` one file of the history."""
    rows = {name: _row_schema(table) for name, table in (TABLES | {"history": HISTORY}).items()}
    head = {
        "version": {"const": VERSION},
        "as_of": {"type": "string", "format": "date"},
        "edition": {"type": "string"},
        "table": {"type": "string"},
    }
    documents = {
        name: {
            "type": "object",
            "required": [*head, "rows"],
            "additionalProperties": False,
            "properties": head | {"rows": {"type": "array", "items": row}},
        }
        for name, row in rows.items()
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Deflation, the price of AI inference", "$defs": documents}


def slug(name: str) -> str:
    """The name as part of an address where it is one already, else its hash."""
    low = name.lower()
    return low if _SAFE.fullmatch(low) and ".." not in low else "x-" + hashlib.sha256(name.encode()).hexdigest()[:16]


def badge(edition: Edition) -> bytes:
    """A small picture with the first measure and the edition's day, to stand in a README."""
    book = FactBook(edition)
    left, right = "AI inference", f"{questions.pace.badge(book)} ({edition.as_of.isoformat()})"
    first, second = 8 * len(left) + 4, 7 * len(right) + 10
    said = html.escape(f"{left}: {right}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{first + second}" height="20" role="img" aria-label="{said}"><title>{said}</title>'
        f'<rect width="{first}" height="20" fill="#2b2a28"/><rect x="{first}" width="{second}" height="20" fill="#1f4e79"/>'
        f'<g fill="#fff" font-family="DejaVu Sans,Verdana,sans-serif" font-size="11" text-anchor="middle"><text x="{first / 2}" y="14">{html.escape(left)}</text>'
        f'<text x="{first + second / 2}" y="14">{html.escape(right)}</text></g></svg>\n'
    ).encode()


def _row_schema(table: str) -> dict[str, Any]:
    columns = {}
    for name in DECLARED[table].columns:
        kind = _JSON_TYPES[COLUMNS[name].type]
        described = COLUMNS[name].text + (f" [{unit_of(name)}]" if unit_of(name) else "")
        columns[name] = {"type": [kind, "null"], "description": described} | ({"format": "date"} if COLUMNS[name].type == "DATE" else {})
    return {"type": "object", "description": f"one row of {table}: {DECLARED[table].text}", "required": list(columns), "additionalProperties": False,
            "properties": columns}  # fmt: skip


def _frame(edition: Edition, table: str) -> pl.DataFrame:
    return edition.facts if table == "facts.fact" else edition.mart(table.removeprefix("marts."))


def _head(edition: Edition) -> dict[str, Any]:
    return {"version": VERSION, "as_of": edition.as_of.isoformat(), "edition": edition.edition_id}


def _document(edition: Edition, table: str, frame: pl.DataFrame) -> bytes:
    return _json(_head(edition) | {"table": table, "rows": _rows(frame)})


def _rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """The rows with their days as ISO text."""
    return frame.with_columns(pl.col(pl.Date).dt.to_string("iso")).to_dicts()


def _parquet(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out, compression="zstd")
    return out.getvalue()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n"
