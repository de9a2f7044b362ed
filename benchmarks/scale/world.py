"""Synthetic price intervals in the warehouse's own schema: offers whose price falls in steps, laid down in the declared order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

import duckdb

from warehouse.schema.columns import COLUMNS
from warehouse.schema.tables import table

FIRST, DAY = date(2023, 1, 1), date(2026, 11, 27)
STEPS = 10
"""Intervals of one offer, about 140 days each: the last one is in force."""

VALUES = {
    "interval_id": "left(md5(offer || '|' || step), 24)",
    "offer_id": "'provider-' || provider || '|model-' || model || '|standard|'",
    "developer": "'developer-' || model % 40",
    "family": "'family-' || model % 300",
    "open_weights": "model % 3 = 0",
    "provider_tier": "if(provider % 9 = 0, 'first_party', 'host')",
    "provider": "'provider-' || lpad(provider::VARCHAR, 5, '0')",
    "model": "'model-' || lpad(model::VARCHAR, 6, '0')",
    "tier": "'standard'",
    "condition": "''",
    "model_label": "'Model ' || model",
    "currency": "'USD'",
    "price_input_usd_per_mtok": "round(price, 4)",
    "price_output_usd_per_mtok": "round(price * 4, 4)",
    "price_cached_input_usd_per_mtok": "round(price / 10, 4)",
    "valid_from": "begins",
    "valid_to": "ends",
    "valid_from_basis": "'observed'",
    "end_reason": "if(ends IS NULL, '', 'changed')",
    "observed_at": "begins",
    "confirmed_at": "coalesce(ends, DATE '2026-11-26')",
    "first_seen": "begins",
    "changed_before": "begins",
    "source": "'prices/provider-' || provider",
    "source_url": "'https://provider-' || provider || '.example/pricing'",
    "licence": "'facts of public price lists'",
    "witness": "'prices/provider-' || provider",
    "rank": "1",
    "origin": "'fetched'",
    "evidence": "'row ' || model || ': Model ' || model || ' | ' || round(price, 4)",
    "snapshot_sha256": "md5(offer::VARCHAR) || md5(step::VARCHAR)",
    "status": "'first_party'",
    "families": "1",
}


def generated(columns: Sequence[str], rows: int) -> str:
    """The SELECT that draws ``rows`` intervals with some columns, in the declared order (model, provider, day): nothing has to be sorted."""
    offers = max(rows // STEPS, 1)
    providers = max(int(math.sqrt(offers) / 2), 1)
    shown = ", ".join(f"CAST({VALUES.get(c, 'NULL')} AS {COLUMNS[c].type}) AS {c}" for c in columns)
    return f"""
        WITH drawn AS (
          SELECT i // {STEPS} AS offer, i % {STEPS} AS step, (i // {STEPS}) // {providers} AS model, (i // {STEPS}) % {providers} AS provider
          FROM range({offers * STEPS}) AS r(i)
        ),
        dated AS (
          SELECT *, DATE '{FIRST}' + (step * 140 + (hash(offer, step) % 90)::INTEGER)::INTEGER AS begins,
                 if(step = {STEPS - 1}, NULL, DATE '{FIRST}' + ((step + 1) * 140 + (hash(offer, step + 1) % 90)::INTEGER)::INTEGER) AS ends,
                 (0.05 + (hash(model) % 1000) / 100.0) * pow(0.8, step) * (0.8 + (hash(offer) % 400) / 1000.0) AS price
          FROM drawn
        )
        SELECT {shown} FROM dated"""


def lay_down(con: duckdb.DuckDBPyConnection, rows: int) -> None:
    """Fill ``core.price_interval`` with ``rows`` intervals, and the one-row tables that the marts ask."""
    con.execute(f"INSERT INTO core.price_interval BY NAME {generated(table('core.price_interval').columns, rows)}")
    con.execute("INSERT INTO core.vintage (as_of, build_id, code_version) VALUES (?, 'scale', 'scale')", [DAY])
    con.execute("INSERT INTO core.edition_day (edition_day, as_of, age_days, clock) VALUES (?, ?, 0, 'system')", [DAY, DAY])
    con.execute("INSERT INTO core.definition (definition_id, value) VALUES ('freshness.in_force', 90)")


def lay_marts(con: duckdb.DuckDBPyConnection, rows: int) -> None:
    """The two marts that are asked, as they would be published, without the index of their key (it would not fit into memory)."""
    con.execute("CREATE SCHEMA marts")
    con.execute(f"CREATE TABLE marts.price_history AS {generated(table('marts.price_history').columns, rows)}")
    con.execute(
        f"CREATE TABLE marts.price_now AS SELECT * FROM ({generated(table('marts.price_now').columns, rows)}) WHERE valid_to IS NULL"
    )
