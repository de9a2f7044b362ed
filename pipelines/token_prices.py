"""Token volumes of anybody, priced by the warehouse: names resolved, prices chosen, the family computed.

Belongs here: which tables feed the token indices when a person brings the volumes. Not here: a rule or a formula.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from belief.names.slugs import resolve_slugs
from forecasting.tokens import pricing, token_index, volumes
from pipelines.settings import load_settings
from warehouse.store import query

ROUTER = "openrouter"
TABLES = {
    "prices": "from core.input_price",
    "models": "from core.input_model",
    "quality": "select model, ability_logit as quality from stats.latent_quality",
    "aliases": "from core.model_alias",
    "volumes": f"from core.token_volume where gateway = '{ROUTER}'",
}


def price_volumes(frame: pl.DataFrame, by: str, window: int | None = None) -> tuple[pl.DataFrame, list[str]]:
    """The token family of a volumes file and sentences about what was left out, estimated or provisional.

    Raises ``volumes.BadVolumes``, and ``WarehouseUnusable`` without a published warehouse (``deflation run --offline``).
    """
    published = load_settings().published
    day: date = query(published, "select as_of from core.vintage").item()
    tables = {name: query(published, sql) for name, sql in TABLES.items()}
    history = tables["volumes"]
    rows, said = volumes.read(frame)
    rows, late = volumes.until(rows, day)
    names = resolve_slugs(
        [*rows["slug"], *history["model_label"]], tables["aliases"], day, tables["prices"].filter(pl.col("provider") == ROUTER)["model"]
    )
    priced = token_index.priced_volumes(rows, names, tables["prices"], tables["models"], volumes.measurements(history, names), ROUTER)
    table, told = token_index.build(priced, by, tables["quality"], window)
    found = pricing.leaks(priced.drop_nulls("model"), tables["prices"], tables["models"], ROUTER)
    return table, [*said, *late, *token_index.remarks(priced, table, by), *pricing.said(found), *told]
