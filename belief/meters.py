"""What sellers charge beside input, output and cached tokens: searches, requests, reasoning and citation tokens, storage.

A request whose seller has such meters costs at least what its tokens cost: how much a meter counts is known only when the
answer is there. Unit: one row per provider, model, component and source.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from belief.judgement.statements import PRICES
from belief.names.aliases import resolve

OF_TEXT = {
    "request": "each request",
    "search": "web searches",
    "file_search": "file searches",
    "output_reasoning": "reasoning tokens",
    "output_citation": "citation tokens",
    "cache_storage_hour": "storage of cached tokens",
    "message": "each message",
}
"""Meters that a request for text may run up -> how a reader calls them."""
ALWAYS = ("request", "output_reasoning", "output_citation", "message")
"""Meters that every answer runs up."""
COLUMNS = ["provider", "model", "component", "value", "unit", "currency", "observed_at", "source", "source_url"]


def meters(packaged: pl.DataFrame, quotes: pl.DataFrame, aliases: pl.DataFrame) -> pl.DataFrame:
    """The meters of all offers: the packaged ones and the newest that pages print, by canonical model (``COLUMNS``)."""
    read = quotes.filter(
        pl.col("status").eq("in_force") & ~pl.col("component").is_in([*PRICES, "multiplier", "other"]) & pl.col("gone_at").is_null()
    )
    columns = ["provider", "model_label", *COLUMNS[2:]]
    rows = pl.concat([packaged.select(columns), read.select(columns)], how="vertical_relaxed")
    named = resolve(rows, aliases, on="observed_at").with_columns(
        pl.coalesce("model", pl.col("model_label").str.to_lowercase()).alias("model")
    )
    key = ["provider", "model", "component", "unit", "source"]
    return named.sort(*key, "observed_at", "value").unique(key, keep="last", maintain_order=True).select(COLUMNS)


def missing(table: pl.DataFrame, provider: str, model: str, day: date) -> tuple[list[str], list[str]]:
    """The meters a total of token prices lacks, and those charged only where they are used, in words with their price.

    Searches are part of every answer of a seller that also charges for requests, citations or reasoning. One per meter, the
    newest source's.
    """
    rows = table.filter(
        (pl.col("provider") == provider)
        & (pl.col("model") == model)
        & pl.col("component").is_in(list(OF_TEXT))
        & (pl.col("observed_at") <= day)
    )
    newest = rows.sort("component", "observed_at", "source").unique("component", keep="last", maintain_order=True).to_dicts()
    always = any(r["component"] in ALWAYS for r in newest)
    said: dict[bool, list[str]] = {True: [], False: []}
    for r in newest:
        said[r["component"] in ALWAYS or (always and r["component"] == "search")].append(
            f"{OF_TEXT[r['component']]} ({r['value']:g} {r['currency']} per {r['unit']}, {r['source']}, seen {r['observed_at']})"
        )
    return said[True], said[False]
